// Values of single rows of a table, by their numbers: what an update needs of the row before it.
//
//   RowReader reader;
//   absl::Status status = reader.Read(table, place, RowNumber(17), columns, buffers);
//
// A row of the tail is a load for each column; a row of a slice decodes one block for each. Slices
// stay open between calls, within kOpenBytesMax of what is kept for them.
//
// kDataLoss where the bytes asked are damaged; kAborted where the snapshot has expired.
// Thread-compatible.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/live_rows.h"
#include "engine/read/table_snapshot.h"
#include "format/layout/slice_view.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::engine {

class RowReader {
 public:
  // Appends the row's values of these columns of the schema. `place` is what LiveRows says of the
  // row; nothing: it is in the tail.
  absl::Status Read(const TableSnapshot& table, const std::optional<LiveRows::Place>& place,
                    RowNumber row, std::span<const size_t> columns, std::span<ColumnBuffer> out);

 private:
  struct OpenColumn {
    std::shared_ptr<const MappedSlice> mapped;
    std::optional<size_t> column;  // none: written before the column was added
    std::unique_ptr<format::SliceReader> reader;
  };
  struct OpenSlice {
    uint64_t slice = 0;
    bool knows_order = false;
    std::vector<uint32_t> stored;  // by arrival; empty: the same
    std::map<size_t, OpenColumn> columns;
    uint64_t bytes = 0;
  };
  static constexpr uint64_t kOpenBytesMax = uint64_t{64} << 20;
  static constexpr uint64_t kColumnBytes = 16 << 10;  // what an open column keeps, about

  absl::Status ReadTail(const TableSnapshot& table, RowNumber row, std::span<const size_t> columns,
                        std::span<ColumnBuffer> out);
  OpenSlice& Find(uint64_t slice);
  absl::StatusOr<OpenColumn*> Open(const TableSnapshot& table, const format::SliceEntry& entry,
                                   OpenSlice& slice, size_t column);
  absl::StatusOr<uint32_t> StoredRow(OpenSlice& slice, OpenColumn& column, uint32_t arrival);
  void MakeRoom();

  std::map<size_t, ColumnBuffer> tail_values_;  // scratch, by column
  std::list<OpenSlice> open_;                   // most recently used first
  absl::flat_hash_map<uint64_t, std::list<OpenSlice>::iterator> by_slice_;
  uint64_t bytes_ = 0;
};

}  // namespace tape::engine
