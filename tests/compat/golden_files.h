// The golden files: what a day's folder holds, written by today's code, and read by it.
//
//   GoldenFiles files = LoadGoldenFiles(TAPE_SOURCE_DIR "/tests/compat/golden/v0/forms");
//   absl::StatusOr<GoldenDay> day = ParseGoldenDay(files);           // the text: what should be
//   there absl::StatusOr<GoldenFiles> today = WriteGoldenDay(*day, kernels);
//   absl::StatusOr<GoldenSlices> read = OpenGoldenDay(files, *day);  // the bytes: what is there
//
// A folder has columns.csv and slice1.csv, slice2.csv, ... (golden_rows.h), which people write, and
// what is made from them: a column file for each column, order.0001.tape where some slice has an
// order tape section, and slices.csv, which stands for the manifest: the shape of each slice, and
// where in which file its extents lie.
//
// GoldenSlices: immutable, refers to the files it was opened from.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "format/bytes/file_header.h"
#include "format/kernels/kernels.h"
#include "format/layout/slice_view.h"
#include "tests/compat/golden_folder.h"
#include "tests/compat/golden_rows.h"

namespace tape::compat {

struct GoldenDay {
  std::vector<GoldenColumn> columns;
  std::vector<GoldenRows> slices;

  std::string ColumnFile(size_t column) const;
};

absl::StatusOr<GoldenDay> ParseGoldenDay(const GoldenFiles& files);

// The files that are made, slices.csv among them.
absl::StatusOr<GoldenFiles> WriteGoldenDay(const GoldenDay& day, const format::Kernels& kernels);

// A line of slices.csv.
struct GoldenExtents {
  size_t slice = 0;  // from 1
  format::SliceShape shape;
  std::string file;
  size_t offset = 0;
  size_t length = 0;
};
absl::StatusOr<std::vector<GoldenExtents>> ParseGoldenExtents(const GoldenFiles& files);

// Checks the header of every file against its name, then parses the slices.
absl::StatusOr<std::vector<format::SliceView>> OpenGoldenDay(const GoldenFiles& files,
                                                             const GoldenDay& day);

// Which file of which store the golden file of this name says it is.
absl::StatusOr<format::FileHeader> GoldenHeader(const GoldenDay& day, const std::string& file);

// headers.bin, one header of each kind end to end, from headers.csv.
absl::StatusOr<std::vector<format::FileHeader>> ParseGoldenHeaders(const GoldenFiles& files);

}  // namespace tape::compat
