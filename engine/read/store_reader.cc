#include "engine/read/store_reader.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "engine/write/live_tail.h"
#include "format/bytes/message.h"
#include "format/records/store_file.h"

namespace tape::engine {
namespace {

using format::Concat;

// A writer that makes a reader begin anew so often in a row is none.
constexpr int kTries = 64;
constexpr uint64_t kUnusedBytesMax = uint64_t{1} << 30;
// How long nothing is committed before LIVE is looked at again, and how often it is while waiting.
constexpr int64_t kQuietNs = 100'000'000;

std::string Text(const absl::Status& status) { return std::string(status.message()); }

// What was found is gone again, or something moved meanwhile.
constexpr std::string_view kMoved = "the store moved on";
absl::Status Moved() { return absl::AbortedError(kMoved.data()); }
absl::Status MovedFrom(const absl::Status& found) {
  return absl::AbortedError(Concat(kMoved, ": ", Text(found)));
}
bool IsMoved(const absl::Status& status) {
  return absl::IsAborted(status) && Text(status).starts_with(kMoved);
}

// The schema besides the version: renaming a namespace makes no new version of its tables.
bool IsSame(const TableInfo& a, const TableInfo& b) {
  return a.version == b.version && a.schema == b.schema;
}

}  // namespace

StoreReader::StoreReader(const Machine& machine, StorePlace store)
    : machine_(machine),
      store_(std::move(store)),
      leases_(Leases::Open(machine.files, JoinPath(store_.folder, "LOCK"))) {}

absl::StatusOr<std::shared_ptr<StoreReader>> StoreReader::Open(const Machine& machine,
                                                               const std::string& folder) {
  absl::StatusOr<std::vector<std::byte>> bytes =
      ReadWholeFile(machine.files, JoinPath(folder, "TAPE"), 4096);
  if (absl::IsNotFound(bytes.status())) {
    return absl::NotFoundError(Concat(folder, ": no store is here (no TAPE)"));
  }
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<format::StoreFile> store = format::StoreFile::Parse(*bytes);
  if (!store.ok()) {
    return absl::Status(store.status().code(), Concat(folder, "/TAPE: ", Text(store.status())));
  }
  std::shared_ptr<StoreReader> reader(new StoreReader(machine, {folder, store->store}));
  MutexLock lock(&reader->mutex_);
  if (absl::Status status = reader->OpenSource(); !status.ok()) return status;
  return reader;
}

// ---- where the tail is

absl::Status StoreReader::OpenSource() {
  absl::Status status;
  for (int i = 0; i < kTries; ++i) {
    absl::StatusOr<std::shared_ptr<Source>> source = TrySource();
    status = source.status();
    if (IsMoved(status)) continue;
    if (!status.ok()) return status;
    source_ = *std::move(source);
    catalog_.reset();
    tables_.clear();
    last_committed_ = source_->tail->control().committed.Load();
    looked_ns_ = machine_.host.MonotonicNs();
    return absl::OkStatus();
  }
  return status;
}

absl::StatusOr<std::shared_ptr<StoreReader::Source>> StoreReader::TrySource() {
  absl::StatusOr<LiveWatch> watch =
      LiveWatch::Begin(machine_.files, JoinPath(store_.folder, "LIVE"));
  if (!watch.ok()) return watch.status();
  absl::StatusOr<LiveTail> live = FindLiveTail(machine_, store_.folder, store_.uuid);
  if (!live.ok()) return live.status();
  auto source = std::make_shared<Source>(Source{*std::move(watch), nullptr, nullptr, {}});
  if (live->state == LiveState::kHere) {
    absl::StatusOr<std::shared_ptr<StoreTail>> tail = StoreTail::Open({.files = &machine_.files,
                                                                       .path = live->folder,
                                                                       .store = store_.uuid,
                                                                       .nonce = live->file->nonce,
                                                                       .epoch = live->file->epoch});
    const bool differs = absl::IsNotFound(tail.status()) || absl::IsDataLoss(tail.status());
    if (!tail.ok() && !differs) return tail.status();
    if (tail.ok()) source->tail = *std::move(tail);
    if (!tail.ok()) live->reason = Text(tail.status());
  }
  absl::Status status;
  if (source->tail == nullptr) {
    if (!live->reason.empty()) {
      source->degraded = Concat("degraded: sealed and WAL only: ", live->reason);
    }
    const bool clean = live->state == LiveState::kNone && live->file.has_value();
    status = ReplayInto(*source, clean ? live->file->clean_lsn : Lsn());
  }
  // What was read while a writer came may be of before and after.
  absl::StatusOr<bool> changed = source->live.Changed();
  if (!changed.ok()) return changed.status();
  if (*changed) return Moved();
  if (status.ok()) return source;
  // A writer whose tail is elsewhere takes segments and files away while they are read.
  const bool may_be_gone = absl::IsDataLoss(status) || absl::IsNotFound(status);
  return may_be_gone && leases_->has_writer() ? MovedFrom(status) : status;
}

absl::Status StoreReader::ReplayInto(Source& source, Lsn clean) {
  absl::StatusOr<std::unique_ptr<WalTail>> replayed = WalTail::Replay(machine_, store_, clean);
  if (!replayed.ok()) return replayed.status();
  source.replayed = *std::move(replayed);
  source.tail = source.replayed->tail();
  return absl::OkStatus();
}

// Nothing was committed since LIVE was looked at, some time ago: the writer may be another's now.
bool StoreReader::IsQuiet() {
  const uint64_t committed = source_->tail->control().committed.Load();
  const int64_t now = machine_.host.MonotonicNs();
  if (committed == last_committed_ && now - looked_ns_ < kQuietNs) return false;
  const bool quiet = committed == last_committed_;
  last_committed_ = committed;
  looked_ns_ = now;
  return quiet;
}

absl::Status StoreReader::RefreshSource() {
  // A tail that is out of reach may have a writer, who is heard of only through the WAL: it is
  // replayed again, but not at each question.
  if (!source_->degraded.empty()) {
    const bool is_new = machine_.host.MonotonicNs() - looked_ns_ < kQuietNs;
    return is_new ? absl::OkStatus() : OpenSource();
  }
  if (source_->tail->control().left.Load() != 0) return OpenSource();
  if (source_->replayed == nullptr && !IsQuiet()) return absl::OkStatus();
  absl::StatusOr<bool> changed = source_->live.Changed();
  if (!changed.ok()) return changed.status();
  return *changed ? OpenSource() : absl::OkStatus();
}

std::shared_ptr<StoreReader::Source> StoreReader::source() {
  MutexLock lock(&mutex_);
  return source_;
}

Lsn StoreReader::committed() { return Lsn(source()->tail->control().committed.Load()); }

Lsn StoreReader::durable() { return Lsn(source()->tail->control().durable.Load()); }

std::string StoreReader::degraded() { return source()->degraded; }

// ---- definitions and manifests

absl::Status StoreReader::RefreshCatalog() {
  const Lsn changed(source_->tail->control().catalog.Load());
  if (catalog_.has_value() && catalog_->changed() >= changed) return absl::OkStatus();
  if (source_->replayed != nullptr) {
    catalog_ = source_->replayed->catalog();
    return absl::OkStatus();
  }
  absl::StatusOr<Catalog> loaded = Catalog::Load(machine_.files, store_.folder, store_.uuid);
  if (absl::IsNotFound(loaded.status())) return Moved();  // replaced between List and Open
  if (!loaded.ok()) return loaded.status();
  if (loaded->changed() < changed) {
    return absl::DataLossError(
        Concat(store_.folder, ": the newest catalog ends with LSN ", loaded->changed().value(),
               ", the tail's control page knows of a definition at ", changed.value()));
  }
  catalog_ = *std::move(loaded);
  // What a table says of others may be said otherwise without a new version of its own.
  const Catalog* const catalog =
      &*catalog_;  // the analysis does not see that the lambda has the lock
  std::erase_if(tables_, [&](const auto& entry) {
    const TableInfo* info = catalog->Find(entry.first);
    return info != nullptr && !(info->schema == entry.second.sealed->schema());
  });
  return absl::OkStatus();
}

absl::Status StoreReader::RefreshTables(const CatalogState& state, uint64_t generation) {
  const std::map<TableId, TableInfo>& infos = state.tables();
  std::erase_if(tables_, [&](const auto& entry) { return !infos.contains(entry.first); });
  bool loaded = false;
  for (const auto& [id, info] : infos) {
    const auto known = tables_.find(id);
    const bool same = known != tables_.end() && known->second.generation == generation &&
                      IsSame(known->second.sealed->info(), info);
    if (same) continue;
    if (absl::Status status = Load(info, generation); !status.ok()) return status;
    loaded = true;
  }
  if (loaded) source_->tail->Forget();
  return absl::OkStatus();
}

absl::Status StoreReader::Load(const TableInfo& info, uint64_t generation) {
  Known& known = tables_[info.id];
  if (source_->replayed != nullptr) {
    known = {.reader = nullptr,
             .sealed = source_->replayed->tables().at(info.id),
             .generation = generation};
    return absl::OkStatus();
  }
  if (known.sealed == nullptr || !IsSame(known.sealed->info(), info)) {
    known.reader = std::make_shared<TableReader>(PlaceOfTable(machine_, store_, info), info.schema,
                                                 kUnusedBytesMax);
    known.sealed = nullptr;
  }
  absl::StatusOr<std::shared_ptr<const TableVersion>> version = known.reader->Load();
  if (absl::IsNotFound(version.status())) {
    tables_.erase(info.id);
    return absl::DataLossError(Concat("table ", info.schema.schema_name(), ".", info.schema.name(),
                                      ": its manifest is gone: ", Text(version.status())));
  }
  if (!version.ok()) {
    const absl::Status status = version.status();
    tables_.erase(info.id);
    return status;
  }
  const bool same =
      known.sealed != nullptr && known.sealed->version().number() == (*version)->number();
  if (!same) {
    known.sealed = std::make_shared<const SealedTable>(info, known.reader, *std::move(version));
  }
  known.generation = generation;
  return absl::OkStatus();
}

// ---- snapshots

absl::StatusOr<std::shared_ptr<const StoreSnapshot>> StoreReader::TakeSnapshot() {
  MutexLock lock(&mutex_);
  absl::Status status;
  for (int i = 0; i < kTries; ++i) {
    if (status = RefreshSource(); !status.ok()) return status;
    absl::StatusOr<std::shared_ptr<const StoreSnapshot>> snapshot = TrySnapshot();
    if (snapshot.ok()) return snapshot;
    status = snapshot.status();
    // Chunks that were gone are in slices now, or the tail is another one.
    if (!IsMoved(status) && !absl::IsNotFound(status)) return status;
    looked_ns_ = machine_.host.MonotonicNs() - kQuietNs;
  }
  return absl::AbortedError(
      Concat(store_.folder, ": no snapshot after ", kTries, " attempts: ", Text(status)));
}

absl::StatusOr<std::shared_ptr<const StoreSnapshot>> StoreReader::TrySnapshot() {
  const StoreControl& control = source_->tail->control();
  const uint64_t generation = control.generation.Load();
  absl::StatusOr<std::shared_ptr<const Lease>> lease = leases_->Take(generation);
  if (!lease.ok()) return lease.status();
  // A writer that finds no lock would use memory again that is read here.
  if (source_->replayed == nullptr && !leases_->has_file()) {
    return absl::UnavailableError(
        Concat(store_.folder, ": LOCK is missing, so that no writer can know of a snapshot"));
  }
  if (control.generation.Load() != generation) return Moved();
  if (source_->replayed != nullptr) {
    absl::StatusOr<bool> changed = source_->live.Changed();
    if (!changed.ok()) return changed.status();
    if (*changed) return Moved();
  }
  if (absl::Status status = RefreshCatalog(); !status.ok()) return status;
  // A definition is in the catalog a moment before it is committed, and for ever where its writer
  // dies in between: what is read then is what was before.
  const Lsn before(control.committed.Load());
  const bool is_ahead = catalog_->changed() > before;
  absl::Status refreshed;
  if (is_ahead) {
    absl::StatusOr<CatalogState> earlier = catalog_->At(before);
    refreshed = earlier.ok() ? RefreshTables(*earlier, generation) : earlier.status();
  } else {
    refreshed = RefreshTables(catalog_->state(), generation);
  }
  if (!refreshed.ok()) return refreshed;
  const Lsn lsn(control.committed.Load());
  if (Lsn(control.catalog.Load()) > catalog_->changed()) return Moved();
  if (is_ahead && lsn >= catalog_->changed()) return Moved();
  absl::StatusOr<StoreSnapshot::Tables> tables = Capture(lsn);
  // Whatever was found: it counts only if nothing was taken away meanwhile.
  if (control.generation.Load() != generation || control.left.Load() != 0) return Moved();
  if (!tables.ok()) return tables.status();
  return std::make_shared<const StoreSnapshot>(lsn, *std::move(lease), source_, *std::move(tables));
}

absl::StatusOr<StoreSnapshot::Tables> StoreReader::Capture(Lsn lsn) {
  StoreSnapshot::Tables tables;
  for (const auto& [id, known] : tables_) {
    absl::StatusOr<std::unique_ptr<const TableSnapshot>> table = CaptureTable(known, lsn);
    if (!table.ok()) return table.status();
    tables.emplace(id, *std::move(table));
  }
  return tables;
}

absl::StatusOr<std::unique_ptr<const TableSnapshot>> StoreReader::CaptureTable(const Known& known,
                                                                               Lsn lsn) {
  const TableVersion& version = known.sealed->version();
  const TableId id = known.sealed->info().id;
  if (version.history() > lsn) {
    return absl::AbortedError(Concat("snapshot expired: table ", id.value(), " has history from ",
                                     version.history().value(), " on, the snapshot is of ",
                                     lsn.value()));
  }
  absl::StatusOr<std::shared_ptr<SharedTail>> shared = source_->tail->Table(id);
  if (!shared.ok()) return shared.status();
  std::unique_ptr<TailSnapshot> tail;
  if (*shared != nullptr) {
    auto taken = TailSnapshot::Take(*std::move(shared), id, version.sealed_rows().value(), lsn);
    if (!taken.ok()) return taken.status();
    tail = *std::move(taken);
  } else {
    // Not made yet, or taken away with the whole tail.
    absl::StatusOr<bool> changed = source_->live.Changed();
    if (!changed.ok()) return changed.status();
    if (*changed) return Moved();
  }
  return std::make_unique<const TableSnapshot>(known.sealed, std::move(tail), lsn);
}

// ---- waiting

absl::StatusOr<Lsn> StoreReader::WaitForCommit(Lsn above, int64_t timeout_ns) {
  const int64_t now_ns = machine_.host.MonotonicNs();
  const int64_t longest_ns = std::numeric_limits<int64_t>::max() - now_ns;
  const int64_t deadline = now_ns + std::clamp<int64_t>(timeout_ns, 0, longest_ns);
  while (true) {
    const std::shared_ptr<Source> here = source();
    const StoreControl& control = here->tail->control();
    const uint32_t seen = control.wake.load(std::memory_order_acquire);
    const Lsn committed(control.committed.Load());
    if (committed > above) return committed;
    const int64_t left_ns = deadline - machine_.host.MonotonicNs();
    if (left_ns <= 0) return committed;
    WaitWhileEqual(control.wake, seen, std::min(left_ns, kQuietNs));
    MutexLock lock(&mutex_);
    if (absl::Status status = RefreshSource(); !status.ok()) return status;
  }
}

}  // namespace tape::engine
