// The writer of a store: everything that one process may do to it. What the public Store, its
// threads and its appenders are made of.
//
//   absl::StatusOr<std::unique_ptr<StoreWriter>> store = StoreWriter::Open(machine, options);
//   absl::StatusOr<TableId> trades = (*store)->CreateTable(schema);
//   std::shared_ptr<OpenTable> table = (*store)->Find(*trades);
//   TailAppender appender(*table->tail, (*store)->sequence(), FullTail::kPrepare);
//
//   status = (*store)->wal().Write();              // the pumps: any thread's to call
//   status = (*store)->PrepareChunks();
//   absl::StatusOr<uint64_t> rows = (*store)->Seal(*trades, SealWhat::kFullSlices);
//   status = (*store)->Close();
//
// One writer at a time: it holds byte 0 of LOCK as long as it lives, which the kernel drops with
// the process. A second one is refused with kUnavailable, naming the first.
//
// Thread-safe, but for Close and destruction, which come last.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog.h"
#include "engine/io/machine.h"
#include "engine/io/mutex.h"
#include "engine/tail/chain.h"
#include "engine/tail/commit_sequence.h"
#include "engine/write/definition_diff.h"
#include "engine/write/folder.h"
#include "engine/write/open_table.h"
#include "engine/write/reclaim.h"
#include "engine/write/recovery.h"
#include "engine/write/sealer.h"
#include "engine/write/wal_pump.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

struct WriterOptions {
  std::string folder;
  bool create = false;     // where there is no store
  bool lose_tail = false;  // go on without a tail that is out of reach
  std::string shared_memory = "/dev/shm";
  uint64_t tail_bytes_max = uint64_t{1} << 30;
  uint64_t wal_segment_bytes = format::kWalSegmentSize;
  // How long files and memory are kept for snapshots where locks on LOCK do not work.
  int64_t lease_grace_ns = int64_t{60} * 1'000'000'000;
  // Tails of less than a slice hold at most so many WAL segments: then they are written again.
  uint64_t small_tail_segments = 4;
};

class StoreWriter {
 public:
  static absl::StatusOr<std::unique_ptr<StoreWriter>> Open(const Machine& machine,
                                                           const WriterOptions& options);
  ~StoreWriter();
  StoreWriter(const StoreWriter&) = delete;
  StoreWriter& operator=(const StoreWriter&) = delete;

  const RecoveryReport& recovery() const { return report_; }
  const format::StoreUuid& store() const { return store_; }

  // ---- tables

  // A table of its own commit, and its namespace where that is new.
  absl::StatusOr<TableId> CreateTable(const Schema& schema);

  // Definitions as they are, and a draft of what comes next: any number of them, made one commit by
  // Define. kAborted where another one was committed since the draft began.
  //
  // An appender that is open goes on where its table's rows do not feel the change: names,
  // comments, indexes, options. Otherwise, and of a table that is dropped, it hears
  // kFailedPrecondition when it commits, and what it had not committed is not stored. `check` is
  // asked while no row can come to the tables that are altered; what it refuses is not committed.
  // Files and memory of dropped tables go when no snapshot needs them (R4).
  CatalogState catalog() const;
  // The commit of the last definition.
  Lsn defined() const { return Lsn(control_->catalog.Load()); }
  CatalogChange BeginDefine() const;
  absl::StatusOr<Lsn> Define(
      const CatalogChange& change,
      absl::FunctionRef<absl::Status()> check = [] { return absl::OkStatus(); });

  // Drops the days of a table that lie before a time as a whole; says how many. Their files go when
  // no snapshot needs them (R4); numbers of rows stay as they are.
  absl::StatusOr<uint64_t> DropDays(TableId id, int64_t before_ns);

  // nullptr where there is none.
  std::shared_ptr<OpenTable> Find(TableId table) const;
  std::shared_ptr<OpenTable> Find(std::string_view schema, std::string_view name) const;
  std::vector<std::shared_ptr<OpenTable>> tables() const;

  // Gives out `count` values of a column's own sequence, 1, 2, 3, ...; the first of them. Values
  // are logged ahead: a crash may skip some, and none is given out twice.
  absl::StatusOr<int64_t> TakeSequence(TableId id, ColumnId column, uint32_t count);

  // ---- commits

  CommitSequence& sequence() { return *sequence_; }
  WalPump& wal() { return *wal_; }

  // ---- work for the store's threads

  // Makes the next chunk of every table that has an appender ready. The first error, after all.
  absl::Status PrepareChunks();

  // Turns durable rows into slices; says how many. Kills and symbols go with them. All of them,
  // where the tail is crowded.
  absl::StatusOr<uint64_t> Seal(TableId id, SealWhat what);
  // Folds one day or key of a table (folder.h); false where there is nothing to fold.
  absl::StatusOr<bool> FoldStep(TableId id, FoldWhat what);
  // All of it.
  absl::Status Fold(TableId id);

  // ---- a bulk load (bulk_loader.h)

  // Everything that the tail has goes into slices, durable, and nobody but the load touches the
  // table's files until EndLoad. The caller has the place of the table's appender.
  absl::Status BeginLoad(const std::shared_ptr<OpenTable>& table);
  // The record of a change that is prepared becomes a commit: in the WAL, then in the manifest.
  absl::StatusOr<Lsn> AttachLoad(const std::shared_ptr<OpenTable>& table,
                                 format::ManifestRecord record);
  void EndLoad(OpenTable& table);

  // ---- giving back

  // Lets WAL segments, files and chunks go that nothing and nobody needs any more.
  absl::Status Release();
  // What waits for a snapshot to end (R4).
  size_t retained() const;
  // Rises with every manifest record of any table.
  uint64_t generation() const { return control_->generation.Load(); }

  // Syncs everything, says in LIVE that the store is clean, removes the tail. Appenders are gone.
  absl::Status Close();
  bool closed() const { return closed_; }

 private:
  StoreWriter(const Machine& machine, const WriterOptions& options);

  absl::Status MakeStore();
  absl::Status MakeFolder(const std::string& folder);
  absl::StatusOr<std::unique_ptr<File>> OpenLock();
  absl::Status TakeLock();
  absl::Status ReadStoreFile();
  absl::Status Begin(Recovered recovered);
  absl::Status BeginReclaim();
  void SealCrowdedTails();
  absl::Status AddLeftoverFolders() ABSL_EXCLUSIVE_LOCKS_REQUIRED(seal_mutex_);
  absl::StatusOr<std::unique_ptr<TableFiles>> MakeTableFiles(const TableInfo& info);
  bool WasDropped(TableId id) const;
  absl::StatusOr<TableId> OpenDefined(TableId id);
  // Nothing comes to these tables any more, and all that they have is in slices.
  absl::Status Freeze(std::span<const TableId> ids) ABSL_EXCLUSIVE_LOCKS_REQUIRED(seal_mutex_);
  void Thaw(std::span<const TableId> ids);
  absl::Status SealAll(const std::shared_ptr<OpenTable>& table)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(seal_mutex_);
  absl::Status CheckAlteration(const TableInfo& before, const TableInfo& after) const;
  absl::StatusOr<Lsn> Commit(const CatalogChange& change, const DefinitionDiff& diff)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(seal_mutex_, mutex_);
  absl::Status OpenAltered(TableId id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(seal_mutex_, mutex_);
  void ForgetDropped(TableId id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(seal_mutex_, mutex_);
  // `shown`: why the definitions, which the WAL has, are not in the catalog's file.
  absl::StatusOr<Lsn> LogDefinitions(std::span<const format::CatalogRecord> records,
                                     absl::Status& shown) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status OpenNewTable(const TableInfo& info, std::unique_ptr<TableFiles> files)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status SaveCatalog() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Does something to the table's files, and what its manifest then asks for.
  Lsn SealUpTo() const;
  absl::Status Change(const std::shared_ptr<OpenTable>& table,
                      absl::FunctionRef<absl::Status(Sealer&)> change)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(seal_mutex_);
  void ShowLoad(const std::shared_ptr<OpenTable>& table, uint64_t end_row)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(seal_mutex_);
  absl::StatusOr<LoggedUpTo> LoggedOf(TableTail& tail, Lsn last) const;
  absl::StatusOr<Lsn> FirstNeeded(const OpenTable& table) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(seal_mutex_);
  absl::StatusOr<Lsn> FirstNeeded() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(seal_mutex_);
  absl::Status ConfirmManifests() ABSL_EXCLUSIVE_LOCKS_REQUIRED(seal_mutex_);
  absl::Status WriteSmallTailsAgain() ABSL_EXCLUSIVE_LOCKS_REQUIRED(seal_mutex_);
  std::string Path(std::string_view name) const;

  const Machine machine_;
  const WriterOptions options_;
  format::StoreUuid store_{};
  std::unique_ptr<File> lock_file_;
  TailBudget budget_;
  RecoveryReport report_;
  LiveTail live_;
  TailFolder tail_folder_;
  std::unique_ptr<Mapping> control_mapping_;
  StoreControl* control_ = nullptr;
  std::unique_ptr<CommitSequence> sequence_;
  std::unique_ptr<WalPump> wal_;
  bool closed_ = false;

  mutable Mutex mutex_;
  std::unique_ptr<Catalog> catalog_ ABSL_GUARDED_BY(mutex_);
  std::map<TableId, std::shared_ptr<OpenTable>> tables_ ABSL_GUARDED_BY(mutex_);

  mutable Mutex sequence_mutex_;  // after the seal lock, before the WAL's
  mutable Mutex seal_mutex_;
  std::unique_ptr<Reclaim> reclaim_ ABSL_GUARDED_BY(seal_mutex_);
};

}  // namespace tape::engine
