#include "engine/sql/session/sql_session.h"

#include <utility>

#include "engine/sql/lexer/source.h"
#include "engine/sql/parser.h"
#include "engine/sql/session/changed_rows.h"
#include "engine/sql/session/parameters.h"
#include "engine/sql/session/queries.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

absl::Status HasFailed() {
  return absl::FailedPreconditionError(
      "the transaction has failed: statements are refused until ROLLBACK or COMMIT ends it");
}

bool ChangesRows(const Statement& statement) {
  return statement.As<Insert>() != nullptr || statement.As<Update>() != nullptr ||
         statement.As<Delete>() != nullptr;
}

}  // namespace

SqlSession::SqlSession(const SessionPlace& place, const SessionOptions& options)
    : place_(place),
      options_(options),
      durability_(options.durability),
      rows_(place.writer, place.changes, place.host) {
  define_.schema = options.schema;
}

// ---- text

absl::StatusOr<Result> SqlSession::Execute(std::string_view sql,
                                           const std::vector<SqlValue>& parameters) {
  absl::StatusOr<Statement> statement = ParseStatement(sql);
  absl::Status status = statement.status();
  if (status.ok()) status = FillParameters(parameters, *statement);
  if (status.ok()) return Run(*statement, sql);
  if (in_transaction()) transaction_->failed = true;
  return status;
}

absl::Status SqlSession::ExecuteScript(std::string_view sql, const Session::OnResult& each) {
  ScriptReader script(sql);
  while (script.Next()) {
    absl::Status status = script.statement().status();
    if (status.ok() && script.statement()->parameters != 0) {
      status = absl::InvalidArgumentError("a script has no parameters");
    }
    if (status.ok()) {
      absl::StatusOr<Result> result = Run(*script.statement(), sql);
      status = result.status();
      if (status.ok() && each != nullptr) status = each(script.text(), *result);
    } else if (in_transaction()) {
      transaction_->failed = true;
    }
    if (status.ok()) continue;
    return {status.code(),
            Concat("statement ", script.number(), ": ", std::string(status.message()))};
  }
  return absl::OkStatus();
}

// ---- transactions

absl::StatusOr<Result> SqlSession::Run(const Statement& statement, std::string_view text) {
  if (const auto* verb = statement.As<Transaction>()) return RunVerb(verb->verb);
  if (in_transaction()) {
    if (transaction_->failed) return HasFailed();
    absl::StatusOr<Result> result = RunInTransaction(statement, text);
    if (!result.ok()) transaction_->failed = true;
    return result;
  }
  Begin(/*opened=*/false);
  absl::StatusOr<Result> result = RunInTransaction(statement, text);
  transaction_.reset();
  return result;
}

absl::StatusOr<Result> SqlSession::RunVerb(TransactionVerb verb) {
  Result::Parts parts;
  if (verb == TransactionVerb::kBegin) {
    if (in_transaction()) {
      return absl::FailedPreconditionError("BEGIN: a transaction is open already");
    }
    Begin(/*opened=*/true);
    parts.command = "BEGIN";
    return Result(std::move(parts));
  }
  if (!in_transaction()) {
    return absl::FailedPreconditionError("there is no transaction: BEGIN opens one");
  }
  parts.command = verb == TransactionVerb::kCommit ? "COMMIT" : "ROLLBACK";
  parts.lsn = place_.writer.sequence().committed();
  if (verb == TransactionVerb::kRollback) {
    transaction_.reset();
    return Result(std::move(parts));
  }
  const bool failed = transaction_->failed;
  absl::StatusOr<Lsn> lsn =
      failed ? absl::AbortedError("the transaction had failed: COMMIT has rolled it back")
             : Commit();
  transaction_.reset();
  if (!lsn.ok()) return lsn.status();
  parts.lsn = *lsn;
  return Result(std::move(parts));
}

void SqlSession::Begin(bool opened) {
  transaction_.emplace();
  transaction_->opened = opened;
  transaction_->now = Timestamp::FromNanos(place_.host.RealTimeNs());
}

absl::StatusOr<Lsn> SqlSession::Commit() {
  if (transaction_->draft.has_value() && !transaction_->draft->empty()) return CommitDraft();
  if (transaction_->change == nullptr || transaction_->change->empty()) {
    return place_.writer.sequence().committed();
  }
  return transaction_->change->Commit(durability_);
}

absl::StatusOr<Lsn> SqlSession::CommitDraft() {
  const CatalogChange& draft = *transaction_->draft;
  rows_.SetCatalog(draft.state());
  absl::Status status = CheckRules(transaction_->rules, draft.state(), rows_);
  if (!status.ok()) return status;
  return place_.writer.Define(draft);
}

// ---- statements

absl::StatusOr<Result> SqlSession::RunInTransaction(const Statement& statement,
                                                    std::string_view text) {
  const bool had_change = transaction_->change != nullptr;
  const Change::Mark mark = had_change ? transaction_->change->mark() : 0;
  absl::StatusOr<Result::Parts> parts = RunForm(statement, text);
  if (!parts.ok()) {
    if (transaction_->change != nullptr) transaction_->change->RollBackTo(mark);
    return parts.status();
  }
  parts->command = CommandOf(statement);
  if (!transaction_->opened) {
    absl::StatusOr<Lsn> lsn = Commit();
    if (!lsn.ok()) return lsn.status();
    if (parts->lsn == Lsn()) parts->lsn = *lsn;
  }
  return Result(*std::move(parts));
}

absl::StatusOr<Result::Parts> SqlSession::RunForm(const Statement& statement,
                                                  std::string_view text) {
  if (Definer::Defines(statement)) return RunDefinition(statement, text);
  if (const auto* set = statement.As<Set>()) return RunSet(*set, text);
  if (const auto* show = statement.As<Show>()) return RunShow(*show, text);
  if (statement.As<Query>() != nullptr || ChangesRows(statement)) {
    return RunOnRows(statement, text);
  }
  const std::string message = Concat(std::string(CommandOf(statement)), " is not there yet");
  return absl::UnimplementedError(
      Describe(text, {.offset = statement.place.offset, .message = message}));
}

absl::StatusOr<Result::Parts> SqlSession::RunDefinition(const Statement& statement,
                                                        std::string_view text) {
  if (transaction_->change != nullptr && !transaction_->change->empty()) {
    return absl::UnimplementedError(
        Describe(text, {.offset = statement.place.offset,
                        .message = "a transaction that has changed rows defines nothing: "
                                   "definitions have one of their own"}));
  }
  if (!transaction_->draft.has_value()) transaction_->draft = place_.writer.BeginDefine();
  Definer definer(*transaction_->draft, define_, &rows_);
  absl::Status status = definer.Run(statement, text);
  if (!status.ok()) return status;
  std::vector<RowsRule>& rules = transaction_->rules;
  rules.insert(rules.end(), definer.rules().begin(), definer.rules().end());
  std::vector<DaysToDrop>& days = transaction_->days;
  days.insert(days.end(), definer.days_to_drop().begin(), definer.days_to_drop().end());
  if (!days.empty()) {
    return absl::UnimplementedError(Describe(
        text, {.offset = statement.place.offset, .message = "DROP DAYS is not there yet"}));
  }
  Result::Parts parts;
  parts.warnings = definer.warnings();
  return parts;
}

// A copy, made again where something was defined meanwhile.
const CatalogState& SqlSession::Catalog() {
  const Lsn defined = place_.writer.defined();
  if (!catalog_.has_value() || catalog_at_ != defined) catalog_ = place_.writer.catalog();
  catalog_at_ = defined;
  return *catalog_;
}

absl::StatusOr<Result::Parts> SqlSession::RunOnRows(const Statement& statement,
                                                    std::string_view text) {
  const bool defines = transaction_->draft.has_value() && !transaction_->draft->empty();
  if (defines && ChangesRows(statement)) {
    return absl::UnimplementedError(
        Describe(text, {.offset = statement.place.offset,
                        .message = "a transaction that defines something changes no rows: "
                                   "COMMIT the definitions first"}));
  }
  if (transaction_->change == nullptr) transaction_->change = place_.changes.Begin();
  const CatalogState& catalog = Catalog();
  const StatementContext context{.text = text,
                                 .catalog = catalog,
                                 .schema = define_.schema,
                                 .change = *transaction_->change,
                                 .values = {.now = transaction_->now, .host = &place_.host},
                                 .result_bytes_max = options_.result_bytes_max};
  if (const auto* query = statement.As<Query>()) {
    absl::StatusOr<RowSet> rows = RunQuery(*query, context);
    if (!rows.ok()) return rows.status();
    Result::Parts parts = std::move(*rows).TakeParts();
    absl::StatusOr<std::shared_ptr<const StoreSnapshot>> seen = context.change.Snapshot();
    if (!seen.ok()) return seen.status();
    parts.lsn = (*seen)->lsn();
    return parts;
  }
  absl::StatusOr<ChangedRows> changed =
      statement.As<Insert>() != nullptr   ? RunInsert(*statement.As<Insert>(), context)
      : statement.As<Update>() != nullptr ? RunUpdate(*statement.As<Update>(), context)
                                          : RunDelete(*statement.As<Delete>(), context);
  if (!changed.ok()) return changed.status();
  Result::Parts parts = std::move(changed->returned).TakeParts();
  parts.affected_rows = changed->affected_rows;
  return parts;
}

std::string_view CommandOf(const Statement& statement) {
  return std::visit(Overloaded{[](const Query&) { return "SELECT"; },
                               [](const Insert&) { return "INSERT"; },
                               [](const Update&) { return "UPDATE"; },
                               [](const Delete&) { return "DELETE"; },
                               [](const CreateTable&) { return "CREATE TABLE"; },
                               [](const CreateSchema&) { return "CREATE SCHEMA"; },
                               [](const CreateEnum&) { return "CREATE TYPE"; },
                               [](const CreateIndex&) { return "CREATE INDEX"; },
                               [](const CreateView&) { return "CREATE VIEW"; },
                               [](const CreateFunction&) { return "CREATE FUNCTION"; },
                               [](const CreateTrigger&) { return "CREATE TRIGGER"; },
                               [](const CreateExtension&) { return "CREATE EXTENSION"; },
                               [](const AlterTable&) { return "ALTER TABLE"; },
                               [](const AddEnumValue&) { return "ALTER TYPE"; },
                               [](const RenameEnumValue&) { return "ALTER TYPE"; },
                               [](const RenameObject&) { return "ALTER"; },
                               [](const Drop&) { return "DROP"; },
                               [](const Comment&) { return "COMMENT"; },
                               [](const Transaction&) { return "TRANSACTION"; },
                               [](const Set&) { return "SET"; },
                               [](const Show&) { return "SHOW"; },
                               [](const Explain&) { return "EXPLAIN"; },
                               [](const Attach&) { return "ATTACH"; },
                               [](const Detach&) { return "DETACH"; },
                               [](const RefreshView&) { return "REFRESH MATERIALIZED VIEW"; }},
                    statement.form);
}

}  // namespace tape::engine::sql
