// The rows of the golden files, from the text that lies beside them.
//
//   absl::StatusOr<std::vector<GoldenColumn>> columns = ParseGoldenColumns(text_of_columns_csv);
//   absl::StatusOr<GoldenRows> rows = ParseGoldenRows(text_of_slice1_csv, *columns);
//   rows->columns[3].view();                 // one ColumnBuffer a column, in arrival order
//
// The text is what the files must hold, so nothing here uses what it is there to judge: numbers are
// read by the standard library, and no encoding, layout or type of tape is asked.
//
// columns.csv has a line for each column: its catalog id, name, physical form, role ("time",
// "cluster" or nothing) and options ("no bounds", "sensitive" or nothing).
//
// A file of rows has a header line with the columns' names and a line for each row. An empty field
// is NULL and "" the empty value. Numbers are decimal, booleans true or false; a floating value may
// be its bits, 0x7ff8000000000001, and a byte string its bytes, \x00ff. A first column `rows`,
// where there is one, says how many rows a line stands for, and an integer 10+3 grows by 3 from
// each of them to the next.
//
// Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tape/column_view.h"
#include "tape/type.h"

namespace tape::compat {

struct GoldenColumn {
  uint32_t id = 0;
  std::string name;
  Physical physical = Physical::kInt64;
  bool is_time = false;
  bool is_cluster = false;
  bool keeps_bounds = true;
  bool sensitive = false;
};

struct GoldenRows {
  std::vector<ColumnBuffer> columns;  // in arrival order

  size_t rows() const { return columns[0].rows(); }
};

// A CSV file's lines, as RFC 4180 has them, without line breaks inside values. `quoted` tells ""
// from nothing.
struct CsvField {
  std::string text;
  bool quoted = false;
};
using CsvLine = std::vector<CsvField>;
absl::StatusOr<std::vector<CsvLine>> ParseCsv(std::string_view text);

absl::StatusOr<std::vector<GoldenColumn>> ParseGoldenColumns(std::string_view csv);

absl::StatusOr<GoldenRows> ParseGoldenRows(std::string_view csv,
                                           const std::vector<GoldenColumn>& columns);

}  // namespace tape::compat
