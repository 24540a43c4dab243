// Conditions that one row of a table answers: CHECKs, and the WHERE of indexes. Whether they mean
// anything is found out when they are made, and not by the first row.
//
//   absl::Status status = CheckCondition(check.test, table, define);      // price > 'a lot'
//   status = CheckConditions(info, state);                // those that it keeps still mean
//   something
//
// Errors: kInvalidArgument with line, column and caret for types and functions that are not there.
#pragma once

#include "absl/status/status.h"
#include "engine/catalog/catalog_state.h"
#include "engine/sql/define/defining.h"
#include "engine/sql/tree/expression.h"
#include "tape/schema.h"

namespace tape::engine::sql {

// Refuses a condition that cannot be evaluated over the table's columns.
absl::Status CheckCondition(const Expression& condition, const TableDefinition& table,
                            const Defining& define);

// Refuses a table whose CHECKs and indexes cannot be read again from what the catalog keeps.
absl::Status CheckConditions(const TableInfo& table, const CatalogState& state);

}  // namespace tape::engine::sql
