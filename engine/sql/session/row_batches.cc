#include "engine/sql/session/row_batches.h"

#include <algorithm>
#include <utility>

#include "engine/sql/session/stored_values.h"
#include "tape/limits.h"

namespace tape::engine::sql {

absl::StatusOr<exec::Batch> BatchOf(const RowsView& rows, std::span<const NamedType> types,
                                    size_t first) {
  exec::Batch batch{.rows = std::min<size_t>(rows.rows() - first, kBlockRows)};
  for (size_t column = 0; column < types.size(); ++column) {
    absl::StatusOr<exec::Vector> vector =
        VectorOf(types[column].type, rows.columns[column].Slice(first, batch.rows),
                 [&](SymbolCode code) { return rows.texts.Text(column, code); });
    if (!vector.ok()) return vector.status();
    batch.columns.push_back(*std::move(vector));
  }
  return batch;
}

}  // namespace tape::engine::sql
