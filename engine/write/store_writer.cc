#include "engine/write/store_writer.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "engine/files/names.h"
#include "format/bytes/message.h"
#include "format/records/store_file.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr std::string_view kStoreName = "TAPE";
constexpr std::string_view kLockName = "LOCK";
constexpr std::string_view kWalName = "wal";

// Values of a sequence that are logged ahead, in one sync.
constexpr int64_t kSequenceBatch = 1024;

// A tail with more than this is sealed rather than written again: a group is put together in
// memory.
constexpr uint64_t kSmallTailBytes = uint64_t{64} << 20;

// Of its rows and their bytes, in whole chunks.
uint64_t ChunkBytes(TableTail& tail) {
  uint64_t bytes = 0;
  for (TailRole role : {TailRole::kRows, TailRole::kHeap}) {
    const TailChainEnds& ends = tail.control().ends(role);
    for (uint64_t number = ends.first_chunk.Load(); number < ends.end_chunk.Load(); ++number) {
      if (const TailChunk* chunk = tail.chain(role).Chunk(number)) bytes += chunk->size_bytes();
    }
  }
  return bytes;
}

}  // namespace

StoreWriter::StoreWriter(const Machine& machine, const WriterOptions& options)
    : machine_(machine), options_(options), budget_(options.tail_bytes_max) {}

StoreWriter::~StoreWriter() = default;

std::string StoreWriter::Path(std::string_view name) const {
  return JoinPath(options_.folder, name);
}

// ---- opening

absl::StatusOr<std::unique_ptr<StoreWriter>> StoreWriter::Open(const Machine& machine,
                                                               const WriterOptions& options) {
  std::unique_ptr<StoreWriter> writer(new StoreWriter(machine, options));
  absl::Status status = writer->TakeLock();
  if (status.ok() && options.create) status = writer->MakeStore();
  if (status.ok()) status = writer->ReadStoreFile();
  if (!status.ok()) return status;
  absl::StatusOr<Recovered> recovered = Recover(machine,
                                                {.store_folder = options.folder,
                                                 .store = writer->store_,
                                                 .shared_memory = options.shared_memory,
                                                 .tail_bytes_min = options.tail_bytes_max,
                                                 .lose_tail = options.lose_tail},
                                                writer->budget_);
  if (!recovered.ok()) return recovered.status();
  if (status = writer->Begin(*std::move(recovered)); !status.ok()) return status;
  if (status = writer->BeginReclaim(); !status.ok()) return status;
  writer->SealCrowdedTails();
  return writer;
}

// Writers that die one soon after the other have no time to seal. Where it cannot be done, nothing
// is lost: the store's threads try again.
void StoreWriter::SealCrowdedTails() {
  for (const std::shared_ptr<OpenTable>& table : tables()) {
    if (!table->tail->crowded()) continue;
    absl::Status status = wal_->Write();
    if (status.ok()) status = wal_->Sync();
    if (status.ok()) status = Seal(table->info.id, SealWhat::kEverything).status();
    if (status.ok()) continue;
    const std::string_view text(status.message().data(), status.message().size());
    report_.notes.push_back(Concat("table ", table->info.schema.schema_name(), ".",
                                   table->info.schema.name(), " was not sealed: ", text));
  }
}

absl::Status StoreWriter::MakeFolder(const std::string& folder) {
  absl::Status status = machine_.files.MakeDirectory(folder);
  if (!status.ok() && !absl::IsAlreadyExists(status)) return status;
  return machine_.files.SyncDirectory(std::string(ParentPath(folder)));
}

// Makes what is missing of a store, under the lock; TAPE comes last, so that half a store is none.
absl::Status StoreWriter::MakeStore() {
  FileSystem& files = machine_.files;
  const absl::Status known = files.Stat(Path(kStoreName)).status();
  if (!absl::IsNotFound(known)) return known;  // what cannot be asked for may well be there
  if (absl::Status status = MakeFolder(Path(kWalName)); !status.ok()) return status;
  format::StoreFile store{.created = machine_.host.RealTimeNs()};
  machine_.host.FillRandom(std::as_writable_bytes(std::span(store.store)));
  const auto bytes = store.Serialize();
  return ReplaceFile(files, Path(kStoreName), bytes);
}

absl::StatusOr<std::unique_ptr<File>> StoreWriter::OpenLock() {
  FileSystem& files = machine_.files;
  if (options_.create) {
    if (absl::Status status = MakeFolder(options_.folder); !status.ok()) return status;
  } else if (absl::Status known = files.Stat(Path(kStoreName)).status(); absl::IsNotFound(known)) {
    return absl::NotFoundError(Concat(options_.folder, ": no store is here (no TAPE)"));
  } else if (!known.ok()) {
    return known;
  }
  absl::StatusOr<std::unique_ptr<File>> file = files.Open(Path(kLockName), OpenMode::kCreateNew);
  if (!absl::IsAlreadyExists(file.status())) return file;
  return files.Open(Path(kLockName), OpenMode::kReadWrite);
}

absl::Status StoreWriter::TakeLock() {
  absl::StatusOr<std::unique_ptr<File>> file = OpenLock();
  if (!file.ok()) return file.status();
  absl::StatusOr<bool> locked = (*file)->TryLock({0, 1}, LockKind::kExclusive);
  if (!locked.ok()) return locked.status();
  if (!*locked) {
    std::string who = "another process";
    if (ReadStoreFile().ok()) {
      absl::StatusOr<LiveTail> live = FindLiveTail(machine_, options_.folder, store_);
      if (live.ok() && live->file.has_value()) who = Concat("process ", live->file->process);
    }
    return absl::UnavailableError(Concat(options_.folder, ": ", who, " has the store open"));
  }
  lock_file_ = *std::move(file);
  return absl::OkStatus();
}

absl::Status StoreWriter::ReadStoreFile() {
  absl::StatusOr<std::vector<std::byte>> bytes =
      ReadWholeFile(machine_.files, Path(kStoreName), 4096);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<format::StoreFile> store = format::StoreFile::Parse(*bytes);
  if (!store.ok()) return store.status();
  store_ = store->store;
  return absl::OkStatus();
}

absl::Status StoreWriter::Begin(Recovered recovered) {
  report_ = std::move(recovered.report);
  live_ = std::move(recovered.live);
  tail_folder_ = recovered.tail_folder;
  control_mapping_ = std::move(recovered.control);
  control_ = reinterpret_cast<StoreControl*>(control_mapping_->writable().data());
  sequence_ = std::make_unique<CommitSequence>(control_->committed);
  absl::StatusOr<std::unique_ptr<WalWriter>> wal = WalWriter::Begin(
      machine_,
      {.folder = Path(kWalName), .store = store_, .segment_bytes = options_.wal_segment_bytes},
      recovered.wal);
  if (!wal.ok()) return wal.status();
  wal_ = std::make_unique<WalPump>(*std::move(wal), *control_, *sequence_);
  MutexLock lock(&mutex_);
  catalog_ = std::make_unique<Catalog>(std::move(recovered.catalog));
  tables_ = std::move(recovered.tables);
  for (const auto& [id, table] : tables_) {
    absl::StatusOr<LoggedUpTo> logged = LoggedOf(*table->tail, recovered.wal.durable);
    if (!logged.ok()) return logged.status();
    wal_->AddTable(*table->tail, *logged);
  }
  return absl::OkStatus();
}

// Everything that the WAL attaches is attached: what is not named now is a leftover.
absl::Status StoreWriter::BeginReclaim() {
  const std::vector<std::shared_ptr<OpenTable>> all = tables();
  MutexLock lock(&seal_mutex_);
  reclaim_ = std::make_unique<Reclaim>(machine_, *control_, *lock_file_, options_.lease_grace_ns);
  for (const std::shared_ptr<OpenTable>& table : all) reclaim_->AddLeftovers(table);
  if (absl::Status status = AddLeftoverFolders(); !status.ok()) return status;
  absl::StatusOr<std::vector<std::string>> dead = FindDeadTails(machine_, options_.folder, live_);
  if (dead.ok()) {
    for (std::string& folder : *dead) reclaim_->AddLeftover(std::move(folder));
  } else {
    report_.notes.emplace_back(dead.status().message());  // memory that is not free; no more
  }
  if (absl::Status status = reclaim_->Free(); !status.ok()) return status;
  for (const std::shared_ptr<OpenTable>& table : all) {
    for (const std::string& note : table->files->recovered()) report_.notes.push_back(note);
  }
  return absl::OkStatus();
}

bool StoreWriter::WasDropped(TableId id) const {
  MutexLock lock(&mutex_);
  return catalog_->state().WasDropped(id.value());
}

// Folders of tables that no catalog knows: made before the definition that never came.
absl::Status StoreWriter::AddLeftoverFolders() {
  absl::StatusOr<std::vector<DirectoryEntry>> entries = machine_.files.List(options_.folder);
  if (!entries.ok()) return entries.status();
  std::set<std::string> known;
  for (const std::shared_ptr<OpenTable>& table : tables()) {
    const TableInfo& info = table->info;
    known.insert(TableFolder(info.id, info.first_schema, info.first_name));
  }
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.is_directory || !IsTableFolder(entry.name) || known.contains(entry.name)) continue;
    const std::string path = Path(entry.name);
    absl::StatusOr<std::vector<DirectoryEntry>> folder = machine_.files.List(path);
    if (!folder.ok()) return folder.status();
    if (const std::optional<TableId> id = TableOfFolder(entry.name);
        id.has_value() && WasDropped(*id)) {
      reclaim_->AddLeftover(path);  // a snapshot may still read it
      continue;
    }
    const bool unused = IsUnusedTable(*folder);
    report_.notes.push_back(Concat(path, ": no catalog knows this folder, ",
                                   unused ? "removed" : "left alone: it has been used"));
    // At once: nobody can have seen a table that no catalog had, and its name may be used again.
    if (!unused) continue;
    if (absl::Status status = RemoveTree(machine_.files, path); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// What the WAL has of a tail: everything up to its last LSN. Symbols have none; those that are
// still there are written again, which nobody minds.
absl::StatusOr<LoggedUpTo> StoreWriter::LoggedOf(TableTail& tail, Lsn last) const {
  const TableControl& control = tail.control();
  absl::StatusOr<uint64_t> rows = tail.scan().EndOfCommitted(control.sealed.Load(), last);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<uint64_t> kills =
      tail.scan().EndOfCommittedKills(control.sealed_kills.Load(), last);
  if (!kills.ok()) return kills.status();
  return LoggedUpTo{.rows = *rows, .kills = *kills, .symbols = tail.symbols().first_entry()};
}

// ---- tables

std::shared_ptr<OpenTable> StoreWriter::Find(TableId table) const {
  MutexLock lock(&mutex_);
  const auto found = tables_.find(table);
  return found == tables_.end() ? nullptr : found->second;
}

std::shared_ptr<OpenTable> StoreWriter::Find(std::string_view schema, std::string_view name) const {
  MutexLock lock(&mutex_);
  const TableInfo* info = catalog_->Find(schema, name);
  if (info == nullptr) return nullptr;
  const auto found = tables_.find(info->id);
  return found == tables_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<OpenTable>> StoreWriter::tables() const {
  MutexLock lock(&mutex_);
  std::vector<std::shared_ptr<OpenTable>> all;
  for (const auto& [id, table] : tables_) all.push_back(table);
  return all;
}

absl::StatusOr<int64_t> StoreWriter::TakeSequence(TableId id, ColumnId column, uint32_t count) {
  MutexLock lock(&sequence_mutex_);
  const std::shared_ptr<OpenTable> table = Find(id);
  if (table == nullptr) return absl::NotFoundError(Concat("no table ", id.value()));
  const auto& columns = table->info.schema.columns();
  if (std::ranges::none_of(columns, [&](const Column& known) { return known.id == column; })) {
    return absl::NotFoundError(
        Concat("table ", table->info.schema.name(), " has no column ", column.value()));
  }
  ColumnSequence& sequence = table->sequences[column];
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  if (sequence.next > kMax - kSequenceBatch - int64_t{count}) {
    return absl::ResourceExhaustedError(Concat("table ", table->info.schema.name(),
                                               ": the sequence of column ", column.value(),
                                               " is at its end"));
  }
  const int64_t end = sequence.next + count;
  if (end > sequence.logged) {
    const int64_t logged = end + kSequenceBatch;
    absl::StatusOr<Lsn> lsn = wal_->WriteAgain({}, [&](format::FrameWriter& frames) {
      return format::AppendSequenceAdvance({id, column, logged}, frames);
    });
    if (!lsn.ok()) return lsn.status();
    sequence.logged = logged;
    sequence.since = *lsn;
  }
  return std::exchange(sequence.next, end);
}

// ---- work for the store's threads

absl::Status StoreWriter::PrepareChunks() {
  absl::Status first;
  for (const std::shared_ptr<OpenTable>& table : tables()) {
    if (!table->has_appender.load(std::memory_order_acquire)) continue;
    first.Update(table->tail->rows().Prepare());
    if (table->tail->has_bytes()) first.Update(table->tail->heap().Prepare());
  }
  return first;
}

absl::StatusOr<uint64_t> StoreWriter::Seal(TableId id, SealWhat what) {
  MutexLock lock(&seal_mutex_);
  const std::shared_ptr<OpenTable> table = Find(id);  // as it is now: it may be altered meanwhile
  if (table == nullptr) return absl::NotFoundError(Concat("no table ", id.value()));
  if (table->is_loading) return uint64_t{0};
  if (table->tail->crowded()) what = SealWhat::kEverything;
  uint64_t rows = 0;
  const absl::Status status = Change(table, [&](Sealer& sealer) {
    absl::StatusOr<uint64_t> sealed = sealer.Seal(what);
    if (sealed.ok()) rows = *sealed;
    return sealed.status();
  });
  if (!status.ok()) return status;
  return rows;
}

// A definition is durable a moment before it is committed; nobody's snapshot has it until then.
Lsn StoreWriter::SealUpTo() const { return std::min(wal_->durable(), sequence_->committed()); }

absl::Status StoreWriter::Change(const std::shared_ptr<OpenTable>& table,
                                 absl::FunctionRef<absl::Status(Sealer&)> change) {
  const uint64_t before = table->files->manifest()->number();
  Sealer sealer(*table, SealUpTo());
  absl::Status status = change(sealer);
  if (table->files->manifest()->number() != before) status.Update(reclaim_->AfterCommit(table));
  return status;
}

// The first LSN of what no slice of the table has yet, or of the group that has it again.
absl::StatusOr<Lsn> StoreWriter::FirstNeeded(const OpenTable& table) const {
  Lsn needed = wal_->durable() + 1;
  const TableControl& control = table.tail->control();
  const uint64_t sealed = control.sealed.Load();
  if (control.visible.Load() > sealed) {
    absl::StatusOr<Lsn> lsn = table.tail->scan().LsnOf(sealed);
    if (!lsn.ok()) return lsn;
    needed = std::min(needed, *lsn);
  }
  const uint64_t kills = control.sealed_kills.Load();
  if (control.kills.Load() != kills) {
    const absl::Status status = table.tail->scan().ForEachKill(
        kills, kills + 1, [&](const TailKill& kill) { needed = std::min(needed, Lsn(kill.lsn)); });
    if (!status.ok()) return status;
  }
  return std::max(needed, table.in_wal_since);
}

absl::StatusOr<Lsn> StoreWriter::FirstNeeded() const {
  Lsn needed = wal_->durable() + 1;
  for (const std::shared_ptr<OpenTable>& table : tables()) {
    absl::StatusOr<Lsn> lsn = FirstNeeded(*table);
    if (!lsn.ok()) return lsn;
    needed = std::min(needed, *lsn);
    MutexLock lock(&sequence_mutex_);
    for (const auto& [column, sequence] : table->sequences) {
      needed = std::min(needed, sequence.since);
    }
  }
  return needed;
}

// A table that seldom gets a row must not hold the segments of those that get many: what it has,
// and sequences, go into the newest segment, synced, and then the old ones can go (W3).
absl::Status StoreWriter::WriteSmallTailsAgain() {
  const Lsn old = wal_->LastBefore(options_.small_tail_segments);
  if (old == Lsn(0)) return absl::OkStatus();
  MutexLock lock(&sequence_mutex_);
  std::vector<std::shared_ptr<OpenTable>> small;
  std::vector<std::shared_ptr<OpenTable>> large;  // in bytes: few rows
  std::vector<format::WalSequence> sequences;
  const std::vector<std::shared_ptr<OpenTable>> all = tables();
  for (const std::shared_ptr<OpenTable>& table : all) {
    absl::StatusOr<Lsn> needed = FirstNeeded(*table);
    if (!needed.ok()) return needed.status();
    const TableControl& control = table->tail->control();
    const uint64_t rows = control.visible.Load() - control.sealed.Load();
    const bool has_slice = rows >= table->info.schema.options().slice_rows;
    if (*needed <= old && !has_slice) {
      const bool is_small = ChunkBytes(*table->tail) <= kSmallTailBytes;
      (is_small ? small : large).push_back(table);
    }
    for (const auto& [column, sequence] : table->sequences) {
      if (sequence.since > old) continue;
      sequences.push_back({table->info.id, column, sequence.logged});
    }
  }
  for (const std::shared_ptr<OpenTable>& table : large) {
    const absl::Status status =
        Change(table, [](Sealer& sealer) { return sealer.Seal(SealWhat::kEverything).status(); });
    if (!status.ok()) return status;
  }
  if (small.empty() && sequences.empty()) return absl::OkStatus();
  std::vector<TableId> ids;
  for (const std::shared_ptr<OpenTable>& table : small) ids.push_back(table->info.id);
  absl::StatusOr<Lsn> lsn = wal_->WriteAgain(ids, [&](format::FrameWriter& frames) {
    for (const format::WalSequence& sequence : sequences) {
      if (absl::Status s = format::AppendSequenceAdvance(sequence, frames); !s.ok()) return s;
    }
    return absl::OkStatus();
  });
  if (!lsn.ok()) return lsn.status();
  for (const std::shared_ptr<OpenTable>& table : small) table->in_wal_since = *lsn;
  for (const std::shared_ptr<OpenTable>& table : all) {
    for (auto& [column, sequence] : table->sequences) {
      if (sequence.since <= old) sequence.since = *lsn;
    }
  }
  return absl::OkStatus();
}

absl::Status StoreWriter::Release() {
  MutexLock lock(&seal_mutex_);
  if (absl::Status status = reclaim_->Free(); !status.ok()) return status;
  if (wal_->segments() < 2) return absl::OkStatus();
  if (absl::Status status = WriteSmallTailsAgain(); !status.ok()) return status;
  absl::StatusOr<Lsn> needed = FirstNeeded();
  if (!needed.ok()) return needed.status();
  // What else is in the segments that go: symbols that no slice uses yet, and definitions.
  for (const std::shared_ptr<OpenTable>& table : tables()) {
    if (table->is_loading) continue;  // sealed when the load began
    absl::Status status = Change(table, [](Sealer& sealer) { return sealer.SealSymbols(); });
    if (!status.ok()) return status;
  }
  {
    MutexLock catalog_lock(&mutex_);  // saved already, unless that failed
    if (absl::Status status = SaveCatalog(); !status.ok()) return status;
  }
  // The oldest segment: whether it goes.
  if (wal_->LastBefore(wal_->segments() - 1) >= *needed) return absl::OkStatus();
  if (absl::Status status = ConfirmManifests(); !status.ok()) return status;
  return wal_->Release(*needed - 1);  // W3
}

// The last record of a manifest looks like one that was never synced when it is damaged: what it
// said is then taken from the WAL. So it must not be the last when the WAL lets go of that.
absl::Status StoreWriter::ConfirmManifests() {
  for (const std::shared_ptr<OpenTable>& table : tables()) {
    TableFiles& files = *table->files;
    if (table->is_loading || files.manifest()->number() <= table->confirmed_record) continue;
    if (absl::Status s = files.Commit(files.Begin(SealUpTo())); !s.ok()) return s;
    table->confirmed_record = files.manifest()->number();
  }
  return absl::OkStatus();
}

size_t StoreWriter::retained() const {
  MutexLock lock(&seal_mutex_);
  return reclaim_->waiting();
}

absl::Status StoreWriter::Close() {
  if (closed_) return absl::OkStatus();
  absl::Status status = wal_->Write();
  if (status.ok()) status = wal_->Sync();
  for (const std::shared_ptr<OpenTable>& table : tables()) {
    MutexLock lock(&seal_mutex_);
    status.Update(table->files->failure());  // what it calls synced may not be (W6)
  }
  if (!status.ok()) return status;  // LIVE stays open: what the tail has is still needed
  format::LiveFile live = *live_.file;
  live.state = format::LiveState::kClean;
  live.clean_lsn = sequence_->committed();
  // LIVE may say clean from here on, whatever comes of it: nothing may be committed any more.
  sequence_->Stop();
  status = PublishLive(machine_, options_.folder, live);
  if (!status.ok()) return status;
  control_->left.Store(1);
  closed_ = true;
  {
    MutexLock lock(&seal_mutex_);
    status = reclaim_->Free();
    reclaim_.reset();
  }
  wal_.reset();
  {
    MutexLock lock(&mutex_);
    tables_.clear();
  }
  control_mapping_.reset();
  // A snapshot may have chunks to map yet: then it stays, and the next open removes it.
  const absl::StatusOr<bool> leased = lock_file_->IsLocked({kFirstLease, kLeases});
  if (!leased.ok() || !*leased) status.Update(RemoveTree(machine_.files, live_.folder));
  lock_file_.reset();
  return status;
}

}  // namespace tape::engine
