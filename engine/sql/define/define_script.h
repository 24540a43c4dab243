// Definitions, from a script's text to commits of a store.
//
//   StoreRows rows(store);
//   DefineScript script(store, rows);
//   absl::Status status = script.Run("CREATE SCHEMA scalp; SET schema = scalp; CREATE TABLE ...");
//   status = script.Run("BEGIN; DROP TABLE a; CREATE TABLE b (...); COMMIT");
//
// Statement by statement, each a commit of its own, but for those between BEGIN and COMMIT, which
// are one, or none where ROLLBACK ends them. The first that fails ends the script: those before it
// stay, an open transaction is given up. The session (schema, unresolved_constraints) stays from
// one Run to the next.
//
// Errors name the statement by its number. Thread-bound.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/sql/define/definer.h"
#include "engine/write/store_writer.h"

namespace tape::engine::sql {

// Whether tables have rows, as far as their writer knows. Rows themselves it does not look into:
// what has to hold of each is for one who can read and evaluate.
class StoreRows : public RowsCheck {
 public:
  explicit StoreRows(const StoreWriter& store) : store_(store) {}

  absl::StatusOr<bool> HasRows(TableId table) override;
  absl::Status Check(const TableInfo& after, const RowsRule& rule) override;

 private:
  const StoreWriter& store_;
};

class DefineScript {
 public:
  // Both outlive it.
  DefineScript(StoreWriter& store, RowsCheck& rows) : store_(store), rows_(rows) {}

  absl::Status Run(std::string_view text);

  const DefineSession& session() const { return session_; }
  // Of all statements so far.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  // A transaction, or one statement.
  struct Open {
    CatalogChange change;
    std::vector<RowsRule> rules;
    std::vector<DaysToDrop> days;
  };

  absl::Status RunOne(const Statement& statement, std::string_view text);
  absl::Status RunIn(Open& open, const Statement& statement, std::string_view text);
  absl::Status RunVerb(TransactionVerb verb);
  absl::Status Commit(const Open& open);

  StoreWriter& store_;
  RowsCheck& rows_;
  DefineSession session_;
  std::optional<Open> transaction_;
  std::vector<std::string> warnings_;
};

}  // namespace tape::engine::sql
