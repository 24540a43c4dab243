// ON CONFLICT: what becomes of a row that a key is in the way of.
//
//   absl::StatusOr<Conflicts> conflicts = Conflicts::Bind(*insert.on_conflict, target, context);
//   absl::StatusOr<std::optional<RowNumber>> row = conflicts->Insert(given);   // one row
//
// The row is inserted, or nothing is done, or the row in the way is replaced: nothing comes back
// where no row was put. Keys are those of the target: columns or a constraint, all of them for DO
// NOTHING without one. A key that has a NULL is in nobody's way unless it says NULLS NOT DISTINCT.
//
// A row that the statement itself has put cannot be replaced by it again, as in PostgreSQL:
// kInvalidArgument.
//
// Thread-bound; what it is given outlives it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/change.h"
#include "engine/sql/session/assignments.h"
#include "engine/sql/session/matching_rows.h"
#include "engine/sql/session/statement_context.h"
#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {

class Conflicts {
 public:
  static absl::StatusOr<std::unique_ptr<Conflicts>> Bind(const OnConflict& conflict,
                                                         const ChangeTarget& target,
                                                         const StatementContext& context,
                                                         BindHook* hook);

  // `given` has one row.
  absl::StatusOr<std::optional<RowNumber>> Insert(const GivenRows& given);

 private:
  Conflicts(const OnConflict& conflict, const ChangeTarget& target, const StatementContext& context)
      : conflict_(conflict), target_(target), context_(context) {}

  absl::Status FindKeys();
  absl::Status BindUpdate(BindHook* hook);
  absl::Status Propose(const GivenRows& given);
  absl::StatusOr<std::optional<RowNumber>> FindInTheWay();
  absl::StatusOr<std::optional<RowNumber>> Replace(RowNumber row);

  const OnConflict& conflict_;
  const ChangeTarget& target_;
  const StatementContext& context_;
  std::vector<size_t> keys_;
  Scope scope_;  // the table, then EXCLUDED
  exec::ExpressionPtr where_;
  std::optional<Assignments> set_;
  std::vector<std::optional<exec::Value>> defaults_;  // of columns that are not given, where known
  std::vector<ColumnBuffer> proposed_;                // one row, all columns
  std::vector<bool> known_;                           // whether it will be that value
  absl::flat_hash_set<uint64_t> put_;                 // rows of this statement
};

}  // namespace tape::engine::sql
