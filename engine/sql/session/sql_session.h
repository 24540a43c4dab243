// A session of SQL: what Session and its doors are made of.
//
//   SqlSession session({.writer = writer, .changes = changes, .host = host}, options);
//   absl::StatusOr<Result> result = session.Execute("SELECT 1", {});
//
// Every statement runs in a transaction: the one that BEGIN opened, or one of its own, which is
// committed behind it. A transaction has a change (engine/change) for rows, or a draft of the
// catalog for definitions: it becomes one commit, of the one kind or the other, so a statement of
// the other kind is refused in it. A statement that fails is taken back, whole; in a transaction
// that was opened everything is then refused until it ends.
//
// now() is the time at which the transaction began.
//
// Thread-bound; what it is given outlives it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog_change.h"
#include "engine/catalog/catalog_state.h"
#include "engine/change/change.h"
#include "engine/io/host.h"
#include "engine/sql/define/definer.h"
#include "engine/sql/session/rows_there.h"
#include "engine/sql/session/statement_context.h"
#include "engine/sql/tree/statement.h"
#include "engine/write/store_writer.h"
#include "tape/result.h"
#include "tape/session.h"

namespace tape::engine::sql {

struct SessionPlace {
  StoreWriter& writer;
  Changes& changes;
  Host& host;
};

// What was said since BEGIN, or with one statement.
struct OpenTransaction {
  bool opened = false;  // by BEGIN
  bool failed = false;
  Timestamp now{};
  std::unique_ptr<Change> change;
  std::optional<CatalogChange> draft;
  std::vector<RowsRule> rules;
  std::vector<DaysToDrop> days;
};

class SqlSession {
 public:
  SqlSession(const SessionPlace& place, const SessionOptions& options);

  absl::StatusOr<Result> Execute(std::string_view sql, const std::vector<SqlValue>& parameters);
  absl::Status ExecuteScript(std::string_view sql, const Session::OnResult& each);

  bool in_transaction() const { return transaction_.has_value() && transaction_->opened; }

 private:
  absl::StatusOr<Result> Run(const Statement& statement, std::string_view text);
  absl::StatusOr<Result> RunVerb(TransactionVerb verb);
  absl::StatusOr<Result> RunInTransaction(const Statement& statement, std::string_view text);
  absl::StatusOr<Result::Parts> RunForm(const Statement& statement, std::string_view text);
  absl::StatusOr<Result::Parts> RunDefinition(const Statement& statement, std::string_view text);
  absl::StatusOr<Result::Parts> RunOnRows(const Statement& statement, std::string_view text);
  absl::StatusOr<Result::Parts> RunSet(const Set& set, std::string_view text);
  absl::StatusOr<Result::Parts> RunShow(const Show& show, std::string_view text);

  void Begin(bool opened);
  absl::StatusOr<Lsn> Commit();
  absl::StatusOr<Lsn> CommitDraft();
  std::vector<std::pair<std::string, std::string>> Settings() const;
  const CatalogState& Catalog();

  const SessionPlace place_;
  const SessionOptions options_;
  Durability durability_;
  DefineSession define_;
  RowsThere rows_;
  std::optional<CatalogState> catalog_;  // as it was at this LSN
  Lsn catalog_at_;
  std::optional<OpenTransaction> transaction_;
};

// What a statement is called in its result: "INSERT", "CREATE TABLE".
std::string_view CommandOf(const Statement& statement);

}  // namespace tape::engine::sql
