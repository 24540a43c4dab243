// A column of rows of the tail, whatever version of the table their chunk was made under.
//
//   absl::StatusOr<ColumnView> prices = ViewTailColumn(table, piece, column, buffer);
//
// kDataLoss where the chunk has the column in another form.
#pragma once

#include <cstddef>
#include <optional>

#include "absl/status/statusor.h"
#include "engine/read/table_snapshot.h"
#include "engine/tail/tail_scan.h"
#include "tape/column_view.h"

namespace tape::engine {

// Where a column lies in a chunk; none where the chunk was made before the column was added.
struct TailColumnArrays {
  std::optional<size_t> values;
  std::optional<size_t> validity;
};

absl::StatusOr<TailColumnArrays> FindTailColumn(const TableSnapshot& table, const TailChunk& chunk,
                                                size_t column);

// The rows of a piece, as they lie in the tail; values of no fixed size, and NULLs of a column that
// the chunk does not have, are gathered into `buffer`.
absl::StatusOr<ColumnView> ViewTailColumn(const TableSnapshot& table, const TailPiece& piece,
                                          size_t column, ColumnBuffer& buffer);

}  // namespace tape::engine
