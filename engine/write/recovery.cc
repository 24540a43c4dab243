#include "engine/write/recovery.h"

#include <algorithm>
#include <utility>

#include "engine/tail/control_page.h"
#include "engine/write/wal_replay.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr std::string_view kControlName = "control";
constexpr std::string_view kWalFolder = "wal";
constexpr int kEpochShift = 32;  // of a tail's first generation

class Recovering : public ReplayTarget {
 public:
  Recovering(const Machine& machine, const RecoveryOptions& options, TailBudget& budget,
             Catalog catalog)
      : machine_(machine),
        options_(options),
        budget_(budget),
        found_{.catalog = std::move(catalog),
               .tables = {},
               .live = {},
               .tail_folder = {},
               .control = nullptr,
               .wal = {},
               .report = {}} {}

  absl::StatusOr<Recovered> Run();

  Catalog& catalog() override { return found_.catalog; }
  absl::StatusOr<OpenTable*> Table(TableId id) override;
  absl::StatusOr<RowNumber> Attach(OpenTable& table, const format::ManifestRecord& record,
                                   Lsn lsn) override;

 private:
  absl::StatusOr<Recovered> Open();
  absl::StatusOr<LiveTail> DecideLive();
  absl::Status UseTail();
  absl::Status MakeTail(const LiveTail& before);
  absl::Status MapControl(OpenMode mode);
  absl::StatusOr<WalFindings> Replay();
  absl::Status CheckCatalog(const WalFindings& wal) const;
  absl::Status SyncWal(const WalFindings& wal);
  absl::Status RewriteWhatMayBeLost();
  absl::Status OpenTables();
  absl::Status AdoptTails();
  absl::StatusOr<std::shared_ptr<OpenTable>> OpenOne(const TableInfo& info);
  absl::Status OpenTail(OpenTable& table);
  Lsn ManifestDurable() const;
  StoreControl& control() {
    return *reinterpret_cast<StoreControl*>(found_.control->writable().data());
  }

  const Machine machine_;
  const RecoveryOptions options_;
  TailBudget& budget_;
  bool tail_is_there_ = false;
  bool published_ = false;
  Lsn before_durable_;  // what the last writer knew to be durable
  Recovered found_;
};

absl::StatusOr<Recovered> Recovering::Run() {
  absl::StatusOr<Recovered> recovered = Open();
  // Shared memory that nothing names would stay until the machine starts anew.
  if (!recovered.ok() && !tail_is_there_ && !found_.live.folder.empty() && !published_) {
    found_.tables.clear();
    RemoveTree(machine_.files, found_.live.folder).IgnoreError();  // the first error is told
  }
  return recovered;
}

absl::StatusOr<Recovered> Recovering::Open() {
  absl::StatusOr<LiveTail> live = DecideLive();
  if (!live.ok()) return live.status();
  tail_is_there_ = live->state == LiveState::kHere;
  if (live->state == LiveState::kNone && live->file.has_value()) {
    before_durable_ = live->file->clean_lsn;
  }
  if (tail_is_there_) found_.live = *live;
  absl::Status status = tail_is_there_ ? UseTail() : MakeTail(*live);
  if (!status.ok()) return status;
  absl::StatusOr<WalFindings> wal = Replay();
  if (!wal.ok()) return wal.status();
  if (status = CheckCatalog(*wal); !status.ok()) return status;
  if (status = OpenTables(); !status.ok()) return status;
  if (status = AdoptTails(); !status.ok()) return status;
  if (status = SyncWal(*wal); !status.ok()) return status;
  if (status = RewriteWhatMayBeLost(); !status.ok()) return status;

  const Lsn committed = std::max(Lsn(control().committed.Load()), wal->last);
  // One commit may be in the WAL before it is published: a definition, a bulk load.
  if (tail_is_there_ && committed > Lsn(control().committed.Load()) + 1) {
    return absl::DataLossError(Concat("the WAL has LSN ", wal->last.value(),
                                      ", the tail ends with ", control().committed.Load()));
  }
  control().committed.Store(committed.value());
  control().durable.Store(wal->last.value());
  control().catalog.Store(found_.catalog.changed().value());
  // Snapshots that outlived the last writer are of an earlier generation.
  control().generation.Store(control().generation.Load() + 1);
  found_.wal = wal->start;
  found_.report.committed = committed;
  found_.report.wal_groups = wal->groups;
  found_.report.wal_bytes = wal->bytes;
  if (!wal->cut.empty()) found_.report.notes.push_back(wal->cut);
  found_.live.file->process = machine_.host.ProcessId();
  found_.live.file->since = machine_.host.RealTimeNs();
  published_ = true;  // or nobody can say that it was not
  status = PublishLive(machine_, options_.store_folder, *found_.live.file);
  if (!status.ok()) return status;
  return std::move(found_);
}

// ---- where the tail is

absl::StatusOr<LiveTail> Recovering::DecideLive() {
  absl::StatusOr<LiveTail> live = FindLiveTail(machine_, options_.store_folder, options_.store);
  if (!live.ok()) return live;
  switch (live->state) {
    case LiveState::kHere:
      found_.report.kind = RecoveryReport::Kind::kProcess;
      break;
    case LiveState::kNone:
      found_.report.kind = RecoveryReport::Kind::kClean;
      break;
    case LiveState::kOtherBoot:
      found_.report.kind = RecoveryReport::Kind::kPower;
      break;
    case LiveState::kOutOfReach:
    case LiveState::kDamaged:
      if (!options_.lose_tail) {
        return absl::FailedPreconditionError(
            Concat("the tail of this store is out of reach: ", live->reason,
                   "; rows in it may be nowhere else. Open the store where the tail is, or say "
                   "lose_tail to go on without them"));
      }
      found_.report.kind = RecoveryReport::Kind::kLoseTail;
      found_.report.notes.push_back(Concat("gave up the tail: ", live->reason));
  }
  return live;
}

absl::Status Recovering::MapControl(OpenMode mode) {
  const std::string path = JoinPath(found_.live.folder, kControlName);
  absl::StatusOr<std::unique_ptr<File>> file = machine_.files.Open(path, mode);
  if (!file.ok()) return file.status();
  if (mode == OpenMode::kCreateNew) {
    if (absl::Status s = (*file)->Allocate(kStoreControlSize); !s.ok()) return s;
  }
  auto mapping = (*file)->Map(0, kStoreControlSize, MapMode::kReadWrite);
  if (!mapping.ok()) return mapping.status();
  if (absl::Status s = (*mapping)->Prefault(); !s.ok()) return s;
  found_.control = *std::move(mapping);
  const format::LiveFile& live = *found_.live.file;
  found_.tail_folder = {.files = &machine_.files,
                        .path = found_.live.folder,
                        .store = options_.store,
                        .nonce = live.nonce,
                        .epoch = live.epoch,
                        .budget = &budget_};
  return absl::OkStatus();
}

absl::Status Recovering::UseTail() {
  if (absl::Status status = MapControl(OpenMode::kReadWrite); !status.ok()) return status;
  before_durable_ = Lsn(control().durable.Load());
  return CheckControlIdentity(
      found_.control->bytes(), {.store = options_.store},
      {.nonce = found_.tail_folder.nonce, .epoch = found_.tail_folder.epoch});
}

absl::Status Recovering::MakeTail(const LiveTail& before) {
  absl::StatusOr<LiveTail> made = MakeLiveTail(machine_,
                                               {.store_folder = options_.store_folder,
                                                .store = options_.store,
                                                .shared_memory = options_.shared_memory,
                                                .bytes_min = options_.tail_bytes_min},
                                               before.file);
  if (!made.ok()) return made.status();
  found_.live = *std::move(made);
  if (absl::Status status = MapControl(OpenMode::kCreateNew); !status.ok()) return status;
  const format::FileHeader header{.kind = format::FileKind::kTailControl,
                                  .identity = {.store = options_.store}};
  WriteControlIdentity(header,
                       {.nonce = found_.tail_folder.nonce, .epoch = found_.tail_folder.epoch},
                       found_.control->writable());
  // Above every generation of every tail before: leases on those are below.
  control().generation.Store(found_.tail_folder.epoch << kEpochShift);
  return absl::OkStatus();
}

// ---- the WAL

absl::StatusOr<WalFindings> Recovering::Replay() {
  WalReplay replay(*this,
                   tail_is_there_ ? WalReplay::Mode::kTailsAreThere : WalReplay::Mode::kFillTails);
  const std::string folder = JoinPath(options_.store_folder, kWalFolder);
  absl::Status opened;
  absl::StatusOr<WalFindings> wal = ReadWal(
      machine_, folder, options_.store,
      [&](const format::WalGroup& group) {
        if (tail_is_there_ && group.last > before_durable_) return absl::CancelledError();  // W6
        return replay.Apply(group);
      },
      [&] {
        opened = OpenTables();  // all of them, to hear what their manifests say
        return std::max(ManifestDurable(), before_durable_);
      });
  if (!wal.ok()) return wal;
  if (!opened.ok()) return opened;
  if (absl::Status status = replay.Finish(); !status.ok()) return status;
  found_.report.rows = replay.rows();
  return wal;
}

// A catalog that is lost must not look like that of a store without tables.
absl::Status Recovering::CheckCatalog(const WalFindings& wal) const {
  if (found_.catalog.has_file() || wal.first <= Lsn(1)) return absl::OkStatus();
  return absl::DataLossError(Concat(options_.store_folder, ": no catalog file, and the WAL begins ",
                                    "with LSN ", wal.first.value(),
                                    ": the definitions before it are nowhere"));
}

// Where no tail says what was synced, all that can be read counts, and is made durable now.
absl::Status Recovering::SyncWal(const WalFindings& wal) {
  const std::string folder = JoinPath(options_.store_folder, kWalFolder);
  for (const WalStart::Old& old : wal.start.old) {
    const std::string path = JoinPath(folder, WalSegmentName(old.number));
    absl::StatusOr<std::unique_ptr<File>> file = machine_.files.Open(path, OpenMode::kReadWrite);
    if (!file.ok()) return file.status();
    if (absl::Status status = (*file)->Sync(); !status.ok()) return status;
  }
  return machine_.files.SyncDirectory(folder);
}

// ---- tables

absl::Status Recovering::OpenTables() {
  std::vector<TableId> opened;
  for (const auto& [id, table] : found_.tables) opened.push_back(id);
  for (TableId id : opened) {  // some may have been dropped since
    if (absl::StatusOr<OpenTable*> table = Table(id); !table.ok()) return table.status();
  }
  for (const auto& [id, info] : found_.catalog.tables()) {
    absl::StatusOr<OpenTable*> table = Table(id);
    if (!table.ok()) return table.status();
  }
  return absl::OkStatus();
}

absl::Status Recovering::AdoptTails() {
  if (!tail_is_there_) return absl::OkStatus();
  for (const auto& [id, table] : found_.tables) {
    if (absl::Status status = OpenTail(*table); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// W6: what a process could read that a failed sync had left is written anew, before anything is
// built on it. Tables without a definition in the catalog file get one, so that readers of the tail
// need no WAL.
absl::Status Recovering::RewriteWhatMayBeLost() {
  const bool may_be_lost = tail_is_there_ && !found_.tables.empty();
  if (may_be_lost || found_.catalog.changed() > found_.catalog.saved()) {
    absl::Status status =
        found_.catalog.Save(machine_.files, options_.store_folder, found_.catalog.changed());
    if (!status.ok()) return status;
  }
  if (!may_be_lost) return absl::OkStatus();
  for (const auto& [id, table] : found_.tables) {
    absl::Status status = table->files->RewriteManifest(before_durable_);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<OpenTable*> Recovering::Table(TableId id) {
  const auto known = found_.tables.find(id);
  const TableInfo* info = found_.catalog.Find(id);
  if (info == nullptr) {  // dropped
    if (known != found_.tables.end() && known->second->tail != nullptr) {
      if (absl::Status s = known->second->tail->RemoveChunks(); !s.ok()) return s;
    }
    found_.tables.erase(id);
    return static_cast<OpenTable*>(nullptr);
  }
  const bool same = known != found_.tables.end() && known->second->info.version == info->version;
  if (same) return known->second.get();
  const std::shared_ptr<OpenTable> before =
      known != found_.tables.end() ? known->second : std::shared_ptr<OpenTable>();
  if (before != nullptr && before->tail != nullptr) {
    if (absl::Status status = before->tail->RemoveChunks(); !status.ok()) return status;
  }
  absl::StatusOr<std::shared_ptr<OpenTable>> table = OpenOne(*info);
  if (!table.ok()) return table.status();
  if (before != nullptr) (*table)->sequences = before->sequences;
  return found_.tables.insert_or_assign(id, *std::move(table)).first->second.get();
}

absl::StatusOr<std::shared_ptr<OpenTable>> Recovering::OpenOne(const TableInfo& info) {
  auto table = std::make_shared<OpenTable>(info);
  const TablePlace place = TablePlaceOf(machine_, options_.store_folder, options_.store, info);
  absl::StatusOr<std::unique_ptr<TableFiles>> files =
      TableFiles::Open(place, info.schema, info.version);
  // Its folder and its first manifest were durable before its definition was.
  if (absl::IsNotFound(files.status())) {
    return absl::DataLossError(Concat(
        place.folder, ": the catalog has table ", info.schema.schema_name(), ".",
        info.schema.name(), ", but its manifest is gone: ", std::string(files.status().message())));
  }
  if (!files.ok()) return files.status();
  table->files = *std::move(files);
  if (absl::Status status = LearnSymbols(*table); !status.ok()) return status;
  // A tail that is there is taken as the newest definition says: when all of the WAL was read.
  if (tail_is_there_) return table;
  if (absl::Status status = OpenTail(*table); !status.ok()) return status;
  return table;
}

absl::StatusOr<RowNumber> Recovering::Attach(OpenTable& table, const format::ManifestRecord& record,
                                             Lsn lsn) {
  if (absl::Status s = table.files->Attach(record, lsn); !s.ok()) return s;
  if (absl::Status s = LearnSymbols(table); !s.ok()) return s;
  return table.files->manifest()->sealed_rows();
}

absl::Status Recovering::OpenTail(OpenTable& table) {
  const uint64_t sealed = table.files->manifest()->sealed_rows().value();
  absl::StatusOr<std::unique_ptr<TableTail>> tail = absl::NotFoundError("");
  if (tail_is_there_) {
    tail = TableTail::Adopt(found_.tail_folder, TailTableOf(table.info),
                            Lsn(control().committed.Load()));
  }
  const bool fresh = absl::IsNotFound(tail.status());
  if (fresh) tail = TableTail::Create(found_.tail_folder, TailTableOf(table.info), sealed);
  if (!tail.ok()) return tail.status();
  table.tail = *std::move(tail);
  if (fresh) return absl::OkStatus();
  TableControl& control = table.tail->control();
  // The manifest may be ahead of the control page by the seal or the bulk load in which the process
  // died, but never behind it.
  if (control.sealed.Load() > sealed) {
    return absl::DataLossError(Concat(table.files->place().folder, ": its manifest has ", sealed,
                                      " rows, its tail says that ", control.sealed.Load(),
                                      " are in slices"));
  }
  table.tail->SkipTo(sealed);
  absl::Status learned;
  const absl::Status read = table.tail->scan().ForEachSymbol(
      table.tail->symbols().first_entry(), control.symbols.Load(), [&](const TailSymbol& symbol) {
        if (!learned.ok()) return;
        learned = table.symbols.Learn(symbol.column, symbol.code, symbol.text);
      });
  return read.ok() ? learned : read;
}

Lsn Recovering::ManifestDurable() const {
  Lsn durable;
  for (const auto& [id, table] : found_.tables) {
    durable = std::max(durable, table->files->durable());
  }
  return durable;
}

}  // namespace

absl::StatusOr<Recovered> Recover(const Machine& machine, const RecoveryOptions& options,
                                  TailBudget& budget) {
  absl::StatusOr<Catalog> catalog =
      Catalog::Load(machine.files, options.store_folder, options.store);
  if (!catalog.ok()) return catalog.status();
  return Recovering(machine, options, budget, *std::move(catalog)).Run();
}

}  // namespace tape::engine
