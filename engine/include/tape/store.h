// A store: one directory, one process that writes, any number that read.
//
//   absl::StatusOr<std::unique_ptr<Store>> store = Store::Open("/data/ticks", {.create = true});
//   absl::Status made = (*store)->CreateTable(*schema);
//   absl::StatusOr<std::unique_ptr<Appender>> trades = (*store)->OpenAppender("main", "trades");
//   ...                                                       // appender.h
//   Watermarks rows = *(*store)->GetWatermarks("main", "trades");
//   absl::StatusOr<std::unique_ptr<Snapshot>> now = (*store)->TakeSnapshot();   // snapshot.h
//   absl::Status closed = (*store)->Close();
//
// Opening recovers what the last writer left, however it ended, and says what it found
// (recovery()). By default the store has two threads: one writes the WAL, makes memory ready for
// appenders and wakes readers; one seals. With `threads = false` it has none, and the caller calls
// Work() from one of its own.
//
// With `read_only = true` it is opened beside a writer, in any process, or without one: nothing in
// it is written, so that it may lie on media that cannot be, and every writing call is
// kFailedPrecondition. The same rows are seen in every process as soon as they are committed:
//
//   auto ticks = Store::Open("/data/ticks", {.read_only = true});
//   Lsn seen = (*ticks)->committed();
//   while (true) {
//     absl::StatusOr<Lsn> newest = (*ticks)->WaitForCommit(seen, 1'000'000'000);
//     if (!newest.ok()) return newest.status();
//     if (*newest == seen) continue;                          // a second without a commit
//     seen = *newest;
//     absl::StatusOr<std::unique_ptr<Snapshot>> now = (*ticks)->TakeSnapshot();
//     ...
//   }
//
// Closing syncs everything and takes the tail away. A store that is destroyed without Close is left
// as by a process that died: nothing that was committed is lost.
//
// Errors: kUnavailable where another process writes, naming it; kNotFound where no store is;
// kDataLoss for damage, naming file and place; kFailedPrecondition where the tail is out of reach
// (lose_tail), and for every commit once the WAL has failed.
//
// A child that was forked from the process cannot write with the store that it inherits: every call
// says so, and destroying it changes nothing. It may open the store for itself.
//
// Thread-safe, but for Close and destruction, which come last.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tape/appender.h"
#include "tape/bulk_loader.h"
#include "tape/ids.h"
#include "tape/schema.h"
#include "tape/session.h"
#include "tape/snapshot.h"
#include "tape/verify.h"

namespace tape {

struct StoreOptions {
  bool read_only = false;                       // the other options are then of no meaning
  bool create = false;                          // where there is none
  bool lose_tail = false;                       // go on without a tail that is out of reach
  bool threads = true;                          // of the store's own
  std::string shared_memory = "/dev/shm";       // where the tail lies; empty: in the store
  uint64_t tail_bytes_max = uint64_t{1} << 30;  // of all tables together
  uint64_t wal_segment_bytes = uint64_t{64} << 20;
  uint32_t wal_interval_ms = 2;     // how long a commit waits before it is in the WAL
  uint32_t sync_interval_ms = 100;  // and before it is synced, where nobody waits for it
};

// How far a table is: rows with lower numbers are ...
struct Watermarks {
  RowNumber visible;
  RowNumber logged;   // in the WAL, or in slices
  RowNumber durable;  // there, and synced
  RowNumber sealed;   // in slices
};

// What opening found.
struct StoreRecovery {
  std::string kind;                // "clean", "process died", "power lost", "tail given up"
  Lsn committed;                   // everything up to here is there
  uint64_t rows = 0;               // put back from the WAL
  std::vector<std::string> notes;  // what was cut or removed, and why
};

class Store {
 public:
  static absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& folder,
                                                     const StoreOptions& options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Of a store that is read only, nothing.
  const StoreRecovery& recovery() const;
  // Why there may be rows that a read-only store does not see, though they were committed: its tail
  // is out of reach. Empty where there are none.
  std::string degraded() const;

  // kAlreadyExists where the name is taken.
  absl::Status CreateTable(const Schema& schema);
  // Runs statements of SQL that define things, one after the other (docs/sql/definition.md), each a
  // commit of its own, but for those between BEGIN and COMMIT; returns what they warn of. The first
  // that fails ends it, and is named: what came before it stays.
  absl::StatusOr<std::vector<std::string>> Define(std::string_view script);
  absl::StatusOr<Schema> GetSchema(std::string_view schema, std::string_view table) const;
  absl::StatusOr<std::vector<TableName>> tables() const;

  // What is committed now, for ever.
  absl::StatusOr<std::unique_ptr<Snapshot>> TakeSnapshot() const;
  // The newest commit, by whichever process: returns when it is above, or when the time is up.
  absl::StatusOr<Lsn> WaitForCommit(Lsn above, int64_t timeout_ns) const;

  // kAlreadyExists where the table has an appender.
  absl::StatusOr<std::unique_ptr<Appender>> OpenAppender(std::string_view schema,
                                                         std::string_view table);

  // kAlreadyExists where the table has an appender or another load.
  absl::StatusOr<std::unique_ptr<BulkLoader>> BulkLoad(std::string_view schema,
                                                       std::string_view table,
                                                       const BulkLoadOptions& options = {});

  // SQL (session.h). It goes before the store is closed.
  absl::StatusOr<std::unique_ptr<Session>> OpenSession(const SessionOptions& options = {});

  // Of the writer only.
  absl::StatusOr<Watermarks> GetWatermarks(std::string_view schema, std::string_view table) const;
  Lsn committed() const;
  Lsn durable() const;
  // Why nothing can be committed any more, at any level: a write or a sync of the WAL has failed,
  // and what it did not keep would be lost. Reading goes on; opening the store anew may help.
  absl::Status status() const;
  // The last error of the store's own threads, while it lasts: a seal or a fold that failed is
  // tried again at the next interval, and loses nothing; memory and WAL grow until it succeeds.
  absl::Status work_status() const;
  // Returns when everything up to the commit survives a power loss.
  absl::Status MakeDurable(Lsn lsn);

  // Turns all durable rows of a table into slices now; says how many.
  absl::StatusOr<uint64_t> Seal(std::string_view schema, std::string_view table);

  // Merges the small and overlapping slices of a table's days, and drops row versions that nobody
  // can ask for any more. The store's threads do what pays of this by themselves.
  absl::Status Fold(std::string_view schema, std::string_view table);

  // Looks at everything that the store has on disk (verify.h). Disturbs nobody.
  absl::StatusOr<VerifyReport> Verify(const VerifyOptions& options = {}) const;

  // What the store's threads do, once: for stores that have none.
  absl::Status Work();

  // kFailedPrecondition while a table has an appender or a session is open. What can be asked of a
  // closed store is what it had: snapshots, committed(), durable().
  absl::Status Close();

 private:
  friend class Appender;
  friend class Session;
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tape
