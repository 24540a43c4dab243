// Manifest records to test with.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "format/records/manifest_record.h"

namespace tape::format {

inline constexpr Lsn kDurableOfTests(1'000'000);

inline Place PlaceOf(FileKind kind, uint32_t column, int32_t day, uint64_t offset = 64) {
  return {.kind = kind,
          .column = column,
          .generation = 1,
          .day = day,
          .offset = offset,
          .length = 128,
          .crc = 7 * column + 1};
}

// A slice of 1,000 rows, clustered, with an order tape.
inline SliceEntry SliceOf(uint64_t number, uint64_t first_row, int32_t day, uint32_t columns = 3) {
  SliceEntry slice{.slice = number,
                   .day = Day(day),
                   .schema_version = 1,
                   .shape = {1000, true, {true, true, false}},
                   .attached = false,
                   .least_time = 5,
                   .greatest_time = 9,
                   .least_lsn = Lsn(10),
                   .greatest_lsn = Lsn(20),
                   .runs = {{RowNumber(first_row), 400}, {RowNumber(first_row + 401), 600}},
                   .places = {}};
  for (uint32_t column = 1; column <= columns; ++column) {
    slice.places.push_back(PlaceOf(FileKind::kColumn, column, day));
  }
  slice.places.push_back(PlaceOf(FileKind::kOrderTape, 0, day));
  slice.places.push_back(PlaceOf(FileKind::kSummary, 0, day));
  return slice;
}

inline ManifestRecord RecordOf(uint64_t number, std::vector<ManifestEntry> entries,
                               uint64_t next_slice = 100) {
  return {.number = number,
          .sealed_rows = RowNumber(1'000'000),
          .history = Lsn(3),
          .schema_version = 2,
          .time = 77,
          .next_slice = next_slice,
          .entries = std::move(entries)};
}

}  // namespace tape::format
