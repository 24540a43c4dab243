// Constraints and indexes, from what was written to what a table's definition keeps.
//
//   TableDraft draft{definition, {}};
//   absl::Status status = ApplyConstraint(constraint, {}, draft, define);
//   status = ResolvePending(define);          // after a statement: what was missing may be there
//
// A constraint that names a column, table or key which is not there is refused; where the session
// allows it, it is kept as text, with a warning, until a later statement makes what it names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/sql/define/defining.h"
#include "engine/sql/tree/definition.h"
#include "tape/schema.h"

namespace tape::engine::sql {

struct TableDraft {
  TableDefinition definition;
  std::vector<std::string> unresolved;
};

// PRIMARY KEY, UNIQUE, CHECK or REFERENCES. `column`: whose it is; empty for a table's.
absl::Status ApplyConstraint(const Constraint& constraint, std::string_view column,
                             TableDraft& draft, Defining& define);

// Of all kinds.
std::vector<std::string> ConstraintNames(const TableDefinition& table);

// The columns, each of which the table has.
absl::StatusOr<std::vector<std::string>> NamedColumns(const std::vector<Name>& names,
                                                      const TableDefinition& table,
                                                      const Defining& define);

absl::StatusOr<std::vector<tape::IndexColumn>> IndexColumnsOf(
    const std::vector<sql::IndexColumn>& columns, const TableDefinition& table,
    const Defining& define);

// Enforces the constraints that were kept and can be now.
absl::Status ResolvePending(Defining& define);

// The name of a constraint that was kept as text; empty where it has none.
std::string NameOfUnresolved(const std::string& text);

}  // namespace tape::engine::sql
