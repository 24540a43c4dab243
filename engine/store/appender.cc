#include "tape/appender.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "engine/store/store_state.h"
#include "engine/write/column_rules.h"
#include "format/bytes/message.h"

namespace tape {
namespace {

using format::Concat;

std::string_view PhysicalName(Physical physical) {
  switch (physical) {
    case Physical::kBool:
      return "bool";
    case Physical::kInt16:
      return "int16_t";
    case Physical::kInt32:
      return "int32_t";
    case Physical::kInt64:
      return "int64_t";
    case Physical::kInt128:
      return "Int128";
    case Physical::kFloat32:
      return "float";
    case Physical::kFloat64:
      return "double";
    case Physical::kCode32:
      return "SymbolCode";
    case Physical::kBytes:
      return "std::string_view";
  }
  return "unknown";
}

}  // namespace

Appender::Appender(std::unique_ptr<State> state)
    : state_(std::move(state)), cursor_(&state_->cursor()) {
  const Schema& table = schema();
  for (size_t i = 0; i < table.columns().size(); ++i) {
    if (table.column(i).nullable) continue;
    required_ |= Bit(static_cast<uint32_t>(i));
    has_more_ = has_more_ || i >= 63;
  }
  cursor_->code_begins = state_->code_begins.data();
  cursor_->code_ends = state_->code_ends.data();
  state_->more_set.resize(table.columns().size());
}

Appender::~Appender() {
  if (state_->tail.forked()) {  // what it has is its parent's
    (void)state_.release();
    return;
  }
  state_->staged.reset();
  state_->tail.Abandon();
  state_->table->has_appender.store(false, std::memory_order_release);
}

const Schema& Appender::schema() const { return state_->table->info.schema; }

absl::StatusOr<uint32_t> Appender::FindColumn(std::string_view column, Physical physical) const {
  const std::optional<size_t> index = schema().Find(column);
  if (!index.has_value()) {
    return absl::NotFoundError(Concat("table ", schema().name(), " has no column ", column));
  }
  if (schema().physical(*index) != physical) {
    return absl::InvalidArgumentError(
        Concat("column ", column, " of table ", schema().name(), " takes values of ",
               PhysicalName(schema().physical(*index)), ", not of ", PhysicalName(physical)));
  }
  return static_cast<uint32_t>(*index);
}

absl::StatusOr<SymbolCode> Appender::Intern(std::string_view column, std::string_view text) {
  if (state_->tail.forked()) return state_->tail.ForkedError();
  absl::StatusOr<uint32_t> index = FindColumn(column, Physical::kCode32);
  if (!index.ok()) return index.status();
  if (schema().column(*index).type.kind() == TypeKind::kEnum) {
    return absl::InvalidArgumentError(Concat("column ", column,
                                             " is an ENUM: its codes are the "
                                             "positions of its values"));
  }
  absl::StatusOr<SymbolCode> code = state_->table->symbols.Intern(
      schema().column(*index).id, text, [&](ColumnId id, SymbolCode fresh, std::string_view name) {
        return state_->tail.AddSymbol(id, fresh, name);
      });
  if (code.ok()) {
    uint32_t& end = state_->code_ends[*index];
    end = std::max(end, code->value() + 1);
  }
  return code;
}

// ---- a row

void Appender::SetBytes(uint32_t column, std::string_view value) {
  if (state_->tail.forked()) return;
  if (state_->staged != nullptr) {
    state_->staged->PutBytes(column, value);
  } else {
    state_->tail.PutBytes(column, value);
  }
}

void Appender::RefuseCode(uint32_t column, uint32_t code) {
  const std::string name =
      Concat("column ", schema().column(column).name, " of table ", schema().name());
  if (code == 0) {
    state_->Fail(
        absl::FailedPreconditionError(Concat(name, ": code 0 is NULL, and it is NOT NULL")));
    return;
  }
  state_->Fail(absl::InvalidArgumentError(
      Concat(name, " has no symbol with code ", code, ": Intern gives codes")));
}

bool Appender::CheckRow() {
  if (!ok() || state_->tail.forked()) return NextChunk();
  for (size_t i = 0; i < schema().columns().size(); ++i) {
    const bool set =
        i < 63 ? (cursor_->set & Bit(static_cast<uint32_t>(i))) != 0 : state_->more_set[i];
    if (set || schema().column(i).nullable) continue;
    state_->more_set.assign(state_->more_set.size(), false);
    return state_->Fail(absl::FailedPreconditionError(
        Concat("table ", schema().name(), ", row ", next_row().value(), ": column ",
               schema().column(i).name, " is NOT NULL and was not set")));
  }
  state_->more_set.assign(state_->more_set.size(), false);
  return true;
}

void Appender::MarkMore(uint32_t column) { state_->more_set[column] = true; }

absl::Status Appender::CheckNoRowIsOpen() const {
  if (cursor_->set == 0 || !ok()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      Concat("table ", schema().name(), ", row ", next_row().value(),
             ": was begun and not ended; EndRow or Abandon comes before anything else"));
}

bool Appender::NextChunk() {
  if (state_->staged != nullptr && !state_->tail.forked()) return state_->staged->NextBlock();
  return state_->tail.NextChunk();
}

bool Appender::Append(std::span<const ColumnView> columns) {
  if (state_->tail.forked()) return NextChunk();
  absl::Status status = CheckNoRowIsOpen();
  if (status.ok()) status = engine::CheckColumns(schema(), state_->code_ends, columns);
  if (!status.ok()) return state_->Fail(std::move(status));
  return state_->staged != nullptr ? state_->staged->AppendColumns(columns)
                                   : state_->tail.AppendColumns(columns);
}

// ---- commits

void Appender::Kill(RowNumber row) {
  if (row >= next_row()) {
    state_->Fail(
        absl::InvalidArgumentError(Concat("table ", schema().name(), " has no row ", row.value(),
                                          " to kill, its next is ", next_row().value())));
  } else if (state_->staged != nullptr) {
    state_->staged->Kill(row);
  } else {
    state_->tail.Kill(row);
  }
}

absl::StatusOr<Lsn> Appender::Commit(Durability durability) {
  if (absl::Status status = CheckNoRowIsOpen(); !status.ok()) return status;
  if (state_->staged != nullptr) {
    return state_->staged->Commit(durability);
  }
  absl::StatusOr<Lsn> lsn = state_->store->sequence().committed();
  if (state_->tail.has_changes()) lsn = state_->tail.Commit();
  if (!lsn.ok()) return lsn;
  if (absl::Status status = Await(*lsn, durability); !status.ok()) return status;
  return lsn;
}

absl::StatusOr<Lsn> Appender::CommitTogether(std::span<Appender* const> appenders,
                                             Durability durability) {
  if (appenders.empty()) return absl::InvalidArgumentError("a commit of no appender");
  engine::CommitSequence& sequence = appenders[0]->state_->store->sequence();
  Durability strongest = durability;
  bool changes = false;
  bool checks = false;
  for (size_t i = 0; i < appenders.size(); ++i) {
    Appender& appender = *appenders[i];
    if (&appender.state_->store->sequence() != &sequence) {
      return absl::InvalidArgumentError("a commit over two stores: each has commits of its own");
    }
    if (std::count(appenders.begin(), appenders.end(), &appender) != 1) {
      return absl::InvalidArgumentError(
          Concat("the appender of table ", appender.schema().name(), " twice in one commit"));
    }
    if (absl::Status status = appender.CheckNoRowIsOpen(); !status.ok()) return status;
    if (absl::Status status = appender.state_->Ready(); !status.ok()) return status;
    changes = changes || appender.state_->tail.has_changes();
    checks = checks || appender.state_->staged != nullptr;
    if (durability == Durability::kDefault) {
      strongest = std::max(strongest, appender.schema().options().durability);
    }
  }
  if (checks) return CommitChecked(appenders, strongest);
  if (!changes) {
    const Lsn committed = sequence.committed();
    if (absl::Status status = appenders[0]->Await(committed, strongest); !status.ok())
      return status;
    return committed;
  }
  const Lsn lsn = sequence.Take();
  bool stopped = false;  // all of them, or none
  for (Appender* appender : appenders) stopped = stopped || appender->state_->tail.stopped();
  for (Appender* appender : appenders) {
    if (!stopped) appender->state_->tail.Stamp(lsn);
  }
  sequence.Publish(lsn);
  if (stopped) return engine::TailAppender::StoppedError();
  if (absl::Status status = appenders[0]->Await(lsn, strongest); !status.ok()) return status;
  return lsn;
}

// Some of them have constraints: what they staged is one change with what the others appended.
absl::StatusOr<Lsn> Appender::CommitChecked(std::span<Appender* const> appenders,
                                            Durability durability) {
  std::vector<engine::Change*> changes;
  std::vector<engine::TailAppender*> plain;
  for (Appender* appender : appenders) {
    State& state = *appender->state_;
    if (state.staged != nullptr) changes.push_back(&state.staged->change());
    if (state.staged == nullptr) plain.push_back(&state.tail);
  }
  if (durability == Durability::kDefault) durability = Durability::kProcess;
  absl::StatusOr<Lsn> lsn = engine::Change::CommitTogether(changes, plain, durability);
  for (Appender* appender : appenders) {
    if (appender->state_->staged != nullptr) appender->state_->staged->AfterCommit();
  }
  return lsn;
}

absl::Status Appender::Await(Lsn lsn, Durability durability) const {
  if (durability == Durability::kDefault) durability = schema().options().durability;
  if (durability != Durability::kDurable) return absl::OkStatus();
  return state_->store->wal().MakeDurable(lsn);
}

void Appender::Abandon() {
  if (state_->tail.forked()) return;
  if (state_->staged != nullptr) state_->staged->Abandon();
  state_->tail.Abandon();
  cursor_->set = 0;
  state_->more_set.assign(state_->more_set.size(), false);
}

bool Appender::ok() const { return status().ok(); }
const absl::Status& Appender::status() const {
  return state_->staged != nullptr ? state_->staged->status() : state_->tail.status();
}
RowNumber Appender::next_row() const {
  return RowNumber(state_->staged != nullptr ? state_->staged->rows() : state_->tail.rows());
}
uint64_t Appender::waits() const { return state_->tail.waits(); }

RowCursor& Appender::State::cursor() {
  return staged != nullptr ? staged->cursor() : tail.cursor();
}

bool Appender::State::Fail(absl::Status status) {
  return staged != nullptr ? staged->Fail(std::move(status)) : tail.Fail(std::move(status));
}

absl::Status Appender::State::Ready() {
  return staged != nullptr ? staged->Flush() : tail.ReadyToCommit();
}

}  // namespace tape
