// Reads a store: any process, the writer's own as well, with a writer or without.
//
//   absl::StatusOr<std::shared_ptr<StoreReader>> reader = StoreReader::Open(machine,
//   "/data/ticks"); absl::StatusOr<std::shared_ptr<const StoreSnapshot>> now =
//   (*reader)->TakeSnapshot(); absl::StatusOr<Lsn> next = (*reader)->WaitForCommit((*now)->lsn(),
//   1'000'000'000);
//
// Where the tail is, by what LIVE says (docs/format/live.md): a tail that is here is read as it
// stands, up to `committed`, whether its writer lives or has died; where there is none, or it went
// with the power, the WAL is replayed into private memory; where there is one and it cannot be
// reached, slices and WAL are what there is, and degraded() says so. Nothing in the store is
// written; the only thing that is asked of its disk is a shared lock.
//
// A snapshot of a generation that is known costs no system call but the lock (none where another
// snapshot of the generation lives). It is taken like this (R1, R2, R4):
//   1. g = generation; lease on g; g again, from the beginning where it moved;
//   2. catalog and manifests, where they were loaded under another generation;
//   3. S = committed; then of every table a copy of its tail's chains, and where its rows and kills
//      up to S end;
//   4. g again: where it moved, chunks may have left the chains meanwhile, from the beginning.
// A seal stores its manifest before it raises the generation and takes chunks out after that, so
// that every row up to S is in a slice of step 2 or in a chunk of step 3.
//
// A reader lives as long as its process: writers die, open again with the same tail or another one,
// close, seal and fold beside it. It looks at LIVE again when the control page says that the writer
// has left, when nothing was committed for a while, and, where it had replayed, at each snapshot.
//
// Errors: kNotFound where no store is; kDataLoss for damage, naming it; kAborted where what was
// found was gone again each time.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog.h"
#include "engine/io/machine.h"
#include "engine/io/mutex.h"
#include "engine/read/leases.h"
#include "engine/read/live_watch.h"
#include "engine/read/store_snapshot.h"
#include "engine/read/store_tail.h"
#include "engine/read/wal_tail.h"
#include "tape/ids.h"

namespace tape::engine {

class StoreReader {
 public:
  static absl::StatusOr<std::shared_ptr<StoreReader>> Open(const Machine& machine,
                                                           const std::string& folder);

  absl::StatusOr<std::shared_ptr<const StoreSnapshot>> TakeSnapshot();

  // The newest commit: at once where it is above, else when one is, or when the time is up and it
  // is not.
  absl::StatusOr<Lsn> WaitForCommit(Lsn above, int64_t timeout_ns);

  Lsn committed();
  Lsn durable();
  // Why there may be rows that it does not see; empty where there are none.
  std::string degraded();

 private:
  // Where rows come from that are in no slice.
  struct Source {
    LiveWatch live;
    std::shared_ptr<StoreTail> tail;
    std::unique_ptr<WalTail> replayed;  // nullptr: the tail that LIVE names
    std::string degraded;
  };
  // A table as it was loaded.
  struct Known {
    std::shared_ptr<TableReader> reader;
    std::shared_ptr<const SealedTable> sealed;
    uint64_t generation = 0;  // that was current before it was loaded
  };

  StoreReader(const Machine& machine, StorePlace store);

  absl::Status OpenSource() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::shared_ptr<Source>> TrySource() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status ReplayInto(Source& source, Lsn clean);
  absl::Status RefreshSource() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsQuiet() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status RefreshCatalog() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status RefreshTables(const CatalogState& state, uint64_t generation)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Load(const TableInfo& info, uint64_t generation)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::shared_ptr<const StoreSnapshot>> TrySnapshot()
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<StoreSnapshot::Tables> Capture(Lsn lsn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::unique_ptr<const TableSnapshot>> CaptureTable(const Known& known, Lsn lsn)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<Source> source();

  const Machine machine_;
  const StorePlace store_;
  const std::shared_ptr<Leases> leases_;

  Mutex mutex_;
  std::shared_ptr<Source> source_ ABSL_GUARDED_BY(mutex_);
  std::optional<Catalog> catalog_ ABSL_GUARDED_BY(mutex_);
  std::map<TableId, Known> tables_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_committed_ ABSL_GUARDED_BY(mutex_) = 0;  // when LIVE was looked at
  int64_t looked_ns_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tape::engine
