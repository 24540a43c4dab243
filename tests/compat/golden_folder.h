// A folder of golden files, in memory.
//
//   GoldenFiles files = LoadGoldenFiles(TAPE_SOURCE_DIR "/tests/compat/golden/v0/forms");
//   std::string text = GoldenText(files, "columns.csv");
//
// Pure functions, but for the one that reads.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "format/bytes/place.h"

namespace tape::compat {

// What to do when today's writer makes other bytes.
inline constexpr char kGoldenChanged[] =
    "format changed: run tests/compat/regenerate and update docs/format/versions.md";

using GoldenFiles = std::map<std::string, std::vector<std::byte>>;  // by name

// The files of a folder, without those of folders below it; empty where there is no such folder.
GoldenFiles LoadGoldenFiles(const std::string& folder);

// A file as text; empty where there is none.
std::string GoldenText(const GoldenFiles& files, const std::string& name);

// The identity of every golden file, but for column and day where there is none: the table and day
// of the examples in docs/format.
format::FileIdentity GoldenIdentity();

}  // namespace tape::compat
