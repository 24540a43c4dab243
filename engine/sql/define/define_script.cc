#include "engine/sql/define/define_script.h"

#include <utility>

#include "engine/sql/parser.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {

using format::Concat;

absl::StatusOr<bool> StoreRows::HasRows(TableId table) {
  const std::shared_ptr<OpenTable> open = store_.Find(table);
  return open != nullptr && open->tail->control().visible.Load() != 0;
}

absl::Status StoreRows::Check(const TableInfo& after, const RowsRule& rule) {
  return absl::FailedPreconditionError(Concat("table ", Quoted(after.schema.name()),
                                              " has rows, and nobody here can say whether ",
                                              Quoted(rule.name), " holds for them"));
}

absl::Status DefineScript::Run(std::string_view text) {
  ScriptReader script(text);
  while (script.Next()) {
    absl::Status status = script.statement().status();
    if (status.ok()) status = RunOne(*script.statement(), text);
    if (status.ok()) continue;
    transaction_.reset();
    return {status.code(), Concat("statement ", script.number(), ": ", MessageOf(status))};
  }
  if (!transaction_.has_value()) return absl::OkStatus();
  transaction_.reset();
  return absl::InvalidArgumentError("the script ends inside a transaction, which is given up");
}

absl::Status DefineScript::RunOne(const Statement& statement, std::string_view text) {
  if (const auto* verb = statement.As<Transaction>()) return RunVerb(verb->verb);
  if (transaction_.has_value()) return RunIn(*transaction_, statement, text);
  Open open{store_.BeginDefine(), {}, {}};
  if (absl::Status status = RunIn(open, statement, text); !status.ok()) return status;
  return Commit(open);
}

absl::Status DefineScript::RunIn(Open& open, const Statement& statement, std::string_view text) {
  Definer definer(open.change, session_, &rows_);
  absl::Status status = definer.Run(statement, text);
  warnings_.insert(warnings_.end(), definer.warnings().begin(), definer.warnings().end());
  open.rules.insert(open.rules.end(), definer.rules().begin(), definer.rules().end());
  open.days.insert(open.days.end(), definer.days_to_drop().begin(), definer.days_to_drop().end());
  return status;
}

absl::Status DefineScript::RunVerb(TransactionVerb verb) {
  if (verb == TransactionVerb::kBegin) {
    if (transaction_.has_value())
      return absl::InvalidArgumentError("a transaction is open already");
    transaction_ = Open{store_.BeginDefine(), {}, {}};
    return absl::OkStatus();
  }
  if (!transaction_.has_value()) return absl::InvalidArgumentError("no transaction is open");
  const Open open = *std::exchange(transaction_, std::nullopt);
  return verb == TransactionVerb::kCommit ? Commit(open) : absl::OkStatus();
}

absl::Status DefineScript::Commit(const Open& open) {
  const auto check = [&] { return CheckRules(open.rules, open.change.state(), rows_); };
  if (absl::StatusOr<Lsn> lsn = store_.Define(open.change, check); !lsn.ok()) return lsn.status();
  for (const DaysToDrop& drop : open.days) {
    absl::StatusOr<uint64_t> days = store_.DropDays(drop.table, drop.before_ns);
    if (!days.ok()) return days.status();
  }
  return absl::OkStatus();
}

}  // namespace tape::engine::sql
