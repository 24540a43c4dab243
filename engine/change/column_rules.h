// What a column's type and NOT NULL ask of every row, and CHECKs: looked at when rows are staged,
// and when they are loaded in bulk.
//
//   absl::Status status = CheckRows(table.access().rules(), {schema, columns, texts},
//                                   /*first=*/table.rows());
//
// NOT NULL, the length of VARCHAR(n), in characters, the digits of DECIMAL(p,s), the labels of an
// ENUM, elements of arrays included; then each RowRule of the table; and that values and rows keep
// the limits of tape (kResourceExhausted). Pure functions.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "engine/change/row_rule.h"

namespace tape::engine {

// All columns of the schema; the first row will be row `first` of the commit.
absl::Status CheckRows(const TableRules& rules, const RowsView& rows, uint64_t first);

}  // namespace tape::engine
