// Rows of slices that were written under an earlier version of their table, read as the newest one
// says.
//
//   absl::StatusOr<ColumnBuffer> one = ValueOfAdded(column, added);    // what they all have
//   FillWith(*one, rows, out);
//   if (CanWiden(Physical::kInt32, Physical::kInt64)) Widen(view, out);
//
// A column that came later has the default that it came with: a constant, or the time of that
// commit; NULL where it had none. A type that was widened has the same values: whole numbers and
// decimals of one scale in more bytes, REAL as DOUBLE PRECISION. Nothing is rewritten for it.
//
// Pure functions; thread-safe.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "engine/catalog/catalog_state.h"
#include "tape/column_view.h"
#include "tape/schema.h"
#include "tape/type.h"

namespace tape::engine {

// One row, of the column's own form. kDataLoss for a default that the catalog cannot have.
absl::StatusOr<ColumnBuffer> ValueOfAdded(const Column& column, Physical physical,
                                          const AddedColumn& added);

// That row, again and again.
void FillWith(const ColumnBuffer& one, size_t rows, ColumnBuffer& out);

bool CanWiden(Physical from, Physical to);
// The same rows in `out`, which is of a form that the view's can be widened to.
void Widen(const ColumnView& from, ColumnBuffer& out);

}  // namespace tape::engine
