#include "engine/write/wal_pump.h"

#include <algorithm>
#include <utility>

#include "engine/io/host.h"

namespace tape::engine {
namespace {

// A group is put together in memory: some megabytes of rows of one table at a time.
constexpr uint64_t kGroupBytes = uint64_t{8} << 20;

absl::Status NoMore(format::FrameWriter&) { return absl::OkStatus(); }

}  // namespace

WalPump::WalPump(std::unique_ptr<WalWriter> wal, StoreControl& control, CommitSequence& sequence)
    : control_(control), sequence_(sequence), wal_(std::move(wal)) {
  // What the control page says is durable is all that the next process believes of the WAL (W6), so
  // it must say so before the next segment does.
  wal_->SetOnSynced([this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    for (auto& [table, logger] : loggers_) logger.Synced();
    control_.durable.Store(wal_->synced().value());
  });
}

// What is logged was synced, by this process or the last one.
void WalPump::AddTable(TableTail& tail, const LoggedUpTo& logged) {
  MutexLock lock(&mutex_);
  TableLogger& logger = loggers_.emplace(tail.table().id, TableLogger(tail, logged)).first->second;
  logger.Written();
  logger.Synced();
}

void WalPump::RemoveTable(TableId table) {
  MutexLock lock(&mutex_);
  loggers_.erase(table);
}

// ---- groups

// The end of the next group: not more rows of a table than memory is meant for, but whole commits.
absl::StatusOr<Lsn> WalPump::GroupEnd(Lsn last) {
  for (const auto& [table, logger] : loggers_) {
    absl::StatusOr<Lsn> limit = logger.LimitGroup(wal_->next(), last, kGroupBytes);
    if (!limit.ok()) return limit;
    last = *limit;
  }
  return last;
}

absl::Status WalPump::WriteGroup(Lsn last, Append more) {
  auto* const loggers = &loggers_;  // the analysis does not see that the lambda runs under the lock
  const absl::Status status = wal_->WriteGroup(last, [&](format::FrameWriter& frames) {
    for (auto& [table, logger] : *loggers) {
      if (absl::Status s = logger.Append(last, frames); !s.ok()) return s;
    }
    return more(frames);
  });
  // What cannot be logged can never be durable, nor can anything behind it.
  if (!status.ok()) return Stop(status);
  for (auto& [table, logger] : loggers_) logger.Written();
  return absl::OkStatus();
}

absl::Status WalPump::Stop(absl::Status status) {
  if (status_.ok()) status_ = status;
  sequence_.Stop();
  return status;
}

void WalPump::Fail(const absl::Status& status) {
  MutexLock lock(&mutex_);
  Stop(status).IgnoreError();  // it is the caller's own
}

absl::Status WalPump::StatusLocked() const {
  return wal_->status().ok() ? status_ : wal_->status();
}

// `more` goes into the group that ends with `last`.
absl::Status WalPump::WriteUpTo(Lsn last, Append more) {
  while (true) {
    absl::StatusOr<Lsn> end = GroupEnd(last);
    if (!end.ok()) return end.status();
    if (*end == last) return WriteGroup(last, more);
    if (absl::Status status = WriteGroup(*end, NoMore); !status.ok()) return status;
  }
}

absl::Status WalPump::Write() {
  MutexLock lock(&mutex_);
  if (absl::Status s = StatusLocked(); !s.ok()) return s;
  const Lsn committed = sequence_.committed();
  if (committed < wal_->next()) return absl::OkStatus();
  if (absl::Status status = WriteUpTo(committed, NoMore); !status.ok()) return status;
  WakeReaders();
  return absl::OkStatus();
}

void WalPump::WakeReaders() {
  control_.wake.fetch_add(1, std::memory_order_release);
  WakeAll(control_.wake);
}

absl::Status WalPump::SyncLocked() {
  const absl::Status status = wal_->Sync();
  if (!status.ok()) sequence_.Stop();
  return status;
}

absl::Status WalPump::Sync() {
  MutexLock lock(&mutex_);
  return SyncLocked();
}

absl::Status WalPump::MakeDurable(Lsn lsn) {
  if (durable() >= lsn) return absl::OkStatus();
  // A group has at least one commit, so nothing is written for one that is not there.
  if (lsn > sequence_.committed()) {
    return absl::FailedPreconditionError("a commit cannot be durable before it is published");
  }
  MutexLock lock(&mutex_);
  if (durable() >= lsn) return absl::OkStatus();  // whoever was here before did it
  if (absl::Status s = StatusLocked(); !s.ok()) return s;
  if (wal_->written() < lsn) {
    if (absl::Status s = WriteUpTo(sequence_.committed(), NoMore); !s.ok()) return s;
    WakeReaders();
  }
  if (absl::Status s = SyncLocked(); !s.ok()) return s;
  return absl::OkStatus();
}

absl::StatusOr<Lsn> WalPump::CommitLogged(
    absl::FunctionRef<absl::Status(Lsn, format::FrameWriter&)> append,
    absl::FunctionRef<absl::Status(Lsn)> apply) {
  MutexLock lock(&mutex_);
  if (absl::Status s = StatusLocked(); !s.ok()) return s;
  // What is there already goes first, so that nobody waits for it behind this commit's number.
  const Lsn committed = sequence_.committed();
  if (committed >= wal_->next()) {
    if (absl::Status s = WriteUpTo(committed, NoMore); !s.ok()) return s;
    if (absl::Status s = SyncLocked(); !s.ok()) return s;
  }
  const Lsn lsn = sequence_.Take();
  sequence_.AwaitTurn(lsn);
  absl::Status status =
      WriteUpTo(lsn, [&](format::FrameWriter& frames) { return append(lsn, frames); });
  if (status.ok()) status = SyncLocked();
  if (status.ok()) status = apply(lsn);
  sequence_.Publish(lsn);
  WakeReaders();
  if (!status.ok()) return status;
  return lsn;
}

absl::StatusOr<Lsn> WalPump::WriteAgain(
    std::span<const TableId> tables, absl::FunctionRef<absl::Status(format::FrameWriter&)> more) {
  const auto append = [&](Lsn, format::FrameWriter& frames) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    for (TableId table : tables) {
      const auto logger = loggers_.find(table);
      if (logger == loggers_.end()) continue;  // dropped since
      if (absl::Status s = logger->second.AppendAgain(frames); !s.ok()) return s;
    }
    return more(frames);
  };
  return CommitLogged(append, [](Lsn) { return absl::OkStatus(); });
}

Lsn WalPump::LastBefore(uint64_t keep) const {
  MutexLock lock(&mutex_);
  return wal_->LastBefore(keep);
}

absl::Status WalPump::Release(Lsn last) {
  MutexLock lock(&mutex_);
  absl::Status status = wal_->Release(std::min(last, wal_->synced()));
  if (!wal_->status().ok()) sequence_.Stop();
  return status;
}

uint64_t WalPump::segments() const {
  MutexLock lock(&mutex_);
  return wal_->segments();
}

uint64_t WalPump::written_bytes() const {
  MutexLock lock(&mutex_);
  return wal_->written_bytes();
}

absl::Status WalPump::status() const {
  MutexLock lock(&mutex_);
  return StatusLocked();
}

}  // namespace tape::engine
