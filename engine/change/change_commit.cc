#include "engine/change/change_commit.h"

#include <algorithm>
#include <utility>

#include "engine/change/foreign_keys.h"
#include "engine/change/key_rules.h"
#include "engine/change/table_access.h"
#include "format/bytes/message.h"

namespace tape::engine {

using format::Concat;

ChangeCommit::ChangeCommit(Changes& changes, std::span<Change* const> parts,
                           std::span<TailAppender* const> plain)
    : changes_(changes), parts_(parts), plain_(plain), tables_(changes, parts) {}

bool ChangeCommit::has_changes() const {
  return std::ranges::any_of(parts_, [](const Change* part) { return !part->empty(); }) ||
         std::ranges::any_of(plain_, [](const TailAppender* a) { return a->has_changes(); });
}

Durability ChangeCommit::Strongest(Durability durability) const {
  if (durability != Durability::kDefault) return durability;
  for (const auto& [id, taken] : taken_) {
    durability = std::max(durability, taken.table->schema().options().durability);
  }
  return durability;
}

absl::StatusOr<Lsn> ChangeCommit::Run(Durability durability) {
  absl::StatusOr<Lsn> lsn = changes_.writer_.sequence().committed();
  if (has_changes()) {
    MutexLock turn(&changes_.turn_);
    lsn = RunInTurn();
    GiveBack();
  }
  if (!lsn.ok()) return lsn;
  durability = Strongest(durability);
  for (Change* part : parts_) part->Forget();  // what it looked at too, and the lease on it
  if (durability != Durability::kDurable) return lsn;
  if (absl::Status status = changes_.writer_.wal().MakeDurable(*lsn); !status.ok()) return status;
  return lsn;
}

absl::StatusOr<Lsn> ChangeCommit::RunInTurn() {
  for (const Change* part : parts_) marks_.push_back(part->mark());
  absl::Status status = Take();
  if (status.ok()) status = Check();
  if (status.ok()) status = Store();
  if (status.ok()) {
    absl::StatusOr<Lsn> lsn = Publish();
    if (lsn.ok()) return lsn;
    status = lsn.status();
  }
  GiveUp();
  return status;
}

// ---- appenders

absl::Status ChangeCommit::Take() {
  for (StagedTable* table : tables_.all()) {
    if (absl::Status status = TakeOne(*table); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ChangeCommit::TakeOne(StagedTable& table) {
  TableAccess& access = table.access();
  const TableId id = access.table().info.id;
  if (taken_.contains(id)) return absl::OkStatus();
  if (changes_.writer_.Find(id) != access.shared_table()) {
    return absl::AbortedError(
        Concat("table ", table.name(), " was altered or dropped since the change began"));
  }
  TailAppender* appender = table.held();
  if (appender == nullptr) {
    absl::StatusOr<TailAppender*> took = access.Take(changes_.writer_.sequence());
    if (!took.ok()) return took.status();
    appender = *took;
  }
  taken_[id] = {&table, appender};
  table.Settle(access.table().symbols);
  return absl::OkStatus();
}

void ChangeCommit::GiveBack() {
  for (const auto& [id, taken] : taken_) {
    if (taken.table->held() == nullptr) taken.table->access().GiveBack();
  }
}

// ---- checking

absl::Status ChangeCommit::CheckConflicts(StagedTable& table) {
  if (table.kills().empty()) return absl::OkStatus();
  absl::StatusOr<const TableSnapshot*> view = tables_.View(table.access());
  if (!view.ok()) return view.status();
  for (const RowNumber row : table.kills()) {
    absl::StatusOr<bool> live = table.access().IsLive(**view, row);
    if (!live.ok()) return live.status();
    if (*live) continue;
    return absl::AbortedError(Concat("table ", table.name(), ": row ", row.value(),
                                     " was changed or deleted by another commit meanwhile"));
  }
  return absl::OkStatus();
}

absl::Status ChangeCommit::Check() {
  for (StagedTable* table : tables_.all()) {
    if (absl::Status status = CheckConflicts(*table); !status.ok()) return status;
  }
  ForeignKeys foreign_keys(tables_);
  if (absl::Status status = foreign_keys.Act(); !status.ok()) return status;
  if (absl::Status status = Take(); !status.ok()) return status;  // what it touched
  for (StagedTable* table : tables_.all()) {
    if (absl::Status status = CheckKeys(tables_, *table); !status.ok()) return status;
  }
  return foreign_keys.Check();
}

// ---- storing

absl::Status ChangeCommit::StoreRows(const Taken& taken) {
  StagedTable& table = *taken.table;
  TailAppender& appender = *taken.appender;
  if (absl::Status status = table.Intern(appender); !status.ok()) return status;
  const uint64_t first = appender.rows();
  const bool keeps_numbers = table.held() != nullptr;
  std::vector<ColumnView> views = table.views();
  std::vector<ColumnBuffer> live;
  if (table.dead() != 0 && !keeps_numbers) {
    std::vector<uint32_t> rows;
    for (uint64_t row = 0; row < table.rows(); ++row) {
      if (table.IsLive(row)) rows.push_back(static_cast<uint32_t>(row));
    }
    for (ColumnView& view : views) live.emplace_back(view.physical()).AppendRows(view, rows);
    for (size_t i = 0; i < views.size(); ++i) views[i] = live[i].view();
  }
  if (!appender.AppendColumns(views)) return appender.status();
  for (const RowNumber row : table.kills()) appender.Kill(row);
  for (uint64_t row = 0; keeps_numbers && row < table.rows(); ++row) {
    if (!table.IsLive(row)) appender.Kill(RowNumber(first + row));
  }
  return absl::OkStatus();
}

absl::Status ChangeCommit::Store() {
  stores_ = true;
  for (const auto& [id, taken] : taken_) {
    if (absl::Status status = StoreRows(taken); !status.ok()) return status;
  }
  for (const auto& [id, taken] : taken_) {
    if (absl::Status status = taken.appender->ReadyToCommit(); !status.ok()) return status;
  }
  for (TailAppender* appender : plain_) {
    if (absl::Status status = appender->ReadyToCommit(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<Lsn> ChangeCommit::Publish() {
  CommitSequence& sequence = changes_.writer_.sequence();
  const Lsn lsn = sequence.Take();
  // A table may have been altered until now: then nothing of the commit counts.
  const bool stopped =
      std::ranges::any_of(taken_, [](const auto& e) { return e.second.appender->stopped(); }) ||
      std::ranges::any_of(plain_, [](const TailAppender* appender) { return appender->stopped(); });
  if (stopped) {
    sequence.Publish(lsn);
    return TailAppender::StoppedError();
  }
  for (const auto& [id, taken] : taken_) taken.appender->Stamp(lsn);
  for (TailAppender* appender : plain_) appender->Stamp(lsn);
  sequence.Publish(lsn);
  for (const auto& [id, taken] : taken_) {
    for (KeyRise& rise : taken.table->access().rises()) rise.Keep(taken.appender->rows());
  }
  return lsn;
}

void ChangeCommit::GiveUp() {
  for (const auto& [id, taken] : taken_) {
    if (stores_) taken.appender->Abandon();
    for (KeyRise& rise : taken.table->access().rises()) rise.TakeBack();
  }
  for (size_t i = 0; i < marks_.size(); ++i) parts_[i]->RollBackTo(marks_[i]);
  tables_.Leave();
}

}  // namespace tape::engine
