// What an error says of a constraint that a row breaks: table, constraint, columns, row and value.
//
//   return Violation(table, Concat("PRIMARY KEY ", name), key.columns,
//                    Concat(RowText(3), " has ", KeyText(table, key.columns, views, 3),
//                           ", which row 17 of the table has already"));
//   // table main.orders: PRIMARY KEY orders_pkey (id): row 3 of the commit has (7), which ...
//
// Rows of a commit are counted from 0, each table's by themselves, in the order in which they were
// staged. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "engine/change/staged_table.h"
#include "tape/column_view.h"

namespace tape::engine {

// "row 3 of the commit"
std::string RowText(uint64_t staged);

// "(7, 'x')": values of columns of the schema, in `rows`, which are all of them.
std::string KeyText(const StagedTable& table, std::span<const size_t> columns,
                    std::span<const ColumnView> rows, size_t row);

// kFailedPrecondition.
absl::Status Violation(const StagedTable& table, std::string_view constraint,
                       std::span<const size_t> columns, std::string_view what);

}  // namespace tape::engine
