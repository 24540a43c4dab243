// What a table takes as tape's slices: built day by day, read back and compared, and every byte
// counted.
//
//   absl::StatusOr<TableSize> size = MeasureTape(tables.quotes, 262'144);
//   size->columns[3].bits;        // a value
//
// Pure but for the clock that times the building.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/size/market_tables.h"

namespace tape::bench {

struct ColumnSize {
  size_t bytes = 0;                 // extents, directories; file headers; the dictionary's strings
  std::array<size_t, 10> blocks{};  // by encoding
};

struct TableSize {
  std::vector<ColumnSize> columns;
  size_t order_bytes = 0;  // order tape, with samples and displacements
  size_t summary_bytes = 0;
  size_t manifest_bytes = 0;  // by formula: its code comes with the write path
  size_t slices = 0;
  size_t days = 0;
  double build_seconds = 0;

  size_t total() const;
};

absl::StatusOr<TableSize> MeasureTape(const Table& table, size_t slice_rows);

}  // namespace tape::bench
