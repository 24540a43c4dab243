// Rows of a change, as its rules are shown them, in batches that expressions can compute with.
//
//   for (size_t first = 0; first < rows.rows(); first += kBlockRows) {
//     absl::StatusOr<exec::Batch> batch = BatchOf(rows, types, first);
//
// Of at most kBlockRows rows each. Pure functions.
#pragma once

#include <span>

#include "absl/status/statusor.h"
#include "engine/change/row_rule.h"
#include "engine/exec/vector.h"
#include "engine/sql/bind/binder.h"

namespace tape::engine::sql {

// Rows from `first` on. The batch shows the view's memory.
absl::StatusOr<exec::Batch> BatchOf(const RowsView& rows, std::span<const NamedType> types,
                                    size_t first);

}  // namespace tape::engine::sql
