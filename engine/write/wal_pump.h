// Moves commits from the tails into the WAL: group after group, synced when somebody asks.
//
//   WalPump pump(std::move(wal), control, sequence);
//   pump.AddTable(tail, logged);
//   absl::Status status = pump.Write();            // everything that is committed now
//   status = pump.MakeDurable(lsn);                // and synced, up to this commit at least
//   status = pump.CommitLogged(append, apply);     // a change that must be in the WAL to be valid
//
// Who calls is free: the store's WAL thread, an embedder's, or a committer who waits. Whoever comes
// while another writes waits for it, and mostly finds its work done: that is the group commit.
//
// W1: MakeDurable returns ok only when every commit up to the LSN is in a synced group. W6: after a
// write or a sync that failed every call fails with that error, and nothing moves any more.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/mutex.h"
#include "engine/tail/commit_sequence.h"
#include "engine/tail/table_tail.h"
#include "engine/tail/tail_layout.h"
#include "engine/write/table_logger.h"
#include "engine/write/wal_writer.h"
#include "tape/ids.h"

namespace tape::engine {

class WalPump {
 public:
  // The control page and the sequence must outlive the pump, and every table's tail.
  WalPump(std::unique_ptr<WalWriter> wal, StoreControl& control, CommitSequence& sequence);

  void AddTable(TableTail& tail, const LoggedUpTo& logged);
  void RemoveTable(TableId table);

  // Puts everything that is committed into written groups.
  absl::Status Write();
  // Syncs what was written.
  absl::Status Sync();
  // Both, unless the commit is durable already.
  absl::Status MakeDurable(Lsn lsn);

  // One commit of its own that is made in the WAL before it is visible: definitions, bulk loads.
  // `append` writes its records; `apply`, once they are synced and before anybody sees the commit,
  // does what they say. Where either fails, the commit is published empty and the error returned.
  absl::StatusOr<Lsn> CommitLogged(
      absl::FunctionRef<absl::Status(Lsn, format::FrameWriter&)> append,
      absl::FunctionRef<absl::Status(Lsn)> apply);

  // Writes what these tables have in the WAL and not in slices again, and what `more` appends, as
  // one commit of its own, synced: segments before that LSN hold nothing of theirs any more. The
  // caller sees to it that nothing is sealed meanwhile.
  absl::StatusOr<Lsn> WriteAgain(std::span<const TableId> tables,
                                 absl::FunctionRef<absl::Status(format::FrameWriter&)> more);
  // The last LSN of the segments that must go so that `keep` are left; 0 where there are no more.
  Lsn LastBefore(uint64_t keep) const;

  // Segments whose LSNs are all at most `last` are not needed any more (W3).
  absl::Status Release(Lsn last);

  // Nothing is committed any more: what is in the WAL cannot be shown. The status stays.
  void Fail(const absl::Status& status);

  Lsn durable() const { return Lsn(control_.durable.Load()); }
  uint64_t segments() const;
  uint64_t written_bytes() const;
  absl::Status status() const;

 private:
  using Append = absl::FunctionRef<absl::Status(format::FrameWriter&)>;

  absl::Status WriteUpTo(Lsn last, Append more) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WriteGroup(Lsn last, Append more) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Lsn> GroupEnd(Lsn last) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Nothing is committed any more; returns the status.
  absl::Status Stop(absl::Status status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status StatusLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WakeReaders();
  absl::Status SyncLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  StoreControl& control_;
  CommitSequence& sequence_;
  mutable Mutex mutex_;
  std::unique_ptr<WalWriter> wal_ ABSL_GUARDED_BY(mutex_);
  std::map<TableId, TableLogger> loggers_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);  // of a group that could not be put together
};

}  // namespace tape::engine
