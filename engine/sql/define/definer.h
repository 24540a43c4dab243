// Runs statements of definition against an open change of the catalog.
//
//   CatalogChange change = store.BeginDefine();
//   Definer definer(change, session, &rows);
//   absl::Status status = definer.Run(*statement, text);        // one statement, whole or not at
//   all status = store.Define(change, ...);                         // all of them become one
//   commit for (const std::string& warning : definer.warnings()) ...
//
// A statement that fails leaves the change as it was. Statements that define nothing (queries,
// changes of rows) are kInvalidArgument; Defines() says which do. SET of the session's schema
// (also as search_path) and of unresolved_constraints is done here as well.
//
// Errors: kInvalidArgument, kNotFound or kAlreadyExists, with line, column and a caret;
// kFailedPrecondition for what depends on something, or rows that are in the way.
//
// Thread-bound.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "engine/catalog/catalog_change.h"
#include "engine/sql/define/defining.h"
#include "engine/sql/define/rows_check.h"
#include "engine/sql/tree/statement.h"
#include "tape/ids.h"

namespace tape::engine::sql {

// Days before `before` of a table go, once the change is committed.
struct DaysToDrop {
  TableId table;
  int64_t before_ns = 0;
};

class Definer {
 public:
  // `rows`: who knows of the rows that tables have; nullptr where none has any. All outlive it.
  Definer(CatalogChange& change, DefineSession& session, RowsCheck* rows)
      : change_(change), session_(session), rows_(rows) {}

  static bool Defines(const Statement& statement);

  // `text`: what the statement's places count in.
  absl::Status Run(const Statement& statement, std::string_view text);

  // What was done otherwise than one may think; since the beginning.
  const std::vector<std::string>& warnings() const { return warnings_; }
  // What rows must hold before the change is committed (rows_check.h).
  const std::vector<RowsRule>& rules() const { return rules_; }
  const std::vector<DaysToDrop>& days_to_drop() const { return days_to_drop_; }

 private:
  absl::Status RunForm(const Statement& statement, Defining& define);
  absl::Status ApplySetting(const Set& set, const Defining& define);

  CatalogChange& change_;
  DefineSession& session_;
  RowsCheck* const rows_;
  std::vector<std::string> warnings_;
  std::vector<RowsRule> rules_;
  std::vector<DaysToDrop> days_to_drop_;
};

}  // namespace tape::engine::sql
