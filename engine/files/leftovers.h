// Files of a table that nothing names.
//
//   std::vector<std::string> removed;
//   absl::Status status = RemoveLeftovers(files, paths, {named, manifest.generation()}, removed);
//
// Removes files of names that tape gives which the newest manifest does not name, what has a name
// that begins with a dot, and folders of days that are empty then. Other files stay.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/files/named_files.h"
#include "engine/files/table_paths.h"
#include "engine/io/file_system.h"
#include "tape/ids.h"

namespace tape::engine {

struct NamedInTable {
  const NamedFiles& files;
  Generation manifest;
};

// Appends the paths of what was removed.
absl::Status RemoveLeftovers(FileSystem& files, const TablePaths& paths, const NamedInTable& named,
                             std::vector<std::string>& removed);

}  // namespace tape::engine
