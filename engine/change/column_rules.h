// What a column's type and NOT NULL ask of every row, and CHECKs: looked at when rows are staged.
//
//   absl::Status status = CheckRows(table, rows, /*first=*/table.rows());
//
// NOT NULL, the length of VARCHAR(n), in characters, the digits of DECIMAL(p,s), the labels of an
// ENUM, elements of arrays included; then each RowRule of the table; and that values and rows keep
// the limits of tape (kResourceExhausted). Pure functions.
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "engine/change/staged_table.h"
#include "tape/column_view.h"

namespace tape::engine {

// All columns of the schema; the first row will be the table's staged row `first`.
absl::Status CheckRows(const StagedTable& table, std::span<const ColumnView> rows, uint64_t first);

}  // namespace tape::engine
