#include "engine/read/wal_tail.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/files/attachment.h"
#include "engine/files/names.h"
#include "engine/tail/control_page.h"
#include "engine/write/wal_reading.h"
#include "engine/write/wal_replay.h"
#include "format/bytes/file_header.h"
#include "format/bytes/message.h"
#include "format/records/wal_records.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr std::string_view kTailFolder = "/tail";
constexpr uint64_t kUnusedBytesMax = uint64_t{1} << 30;

class Replaying : public ReplayTarget {
 public:
  Replaying(const Machine& machine, const StorePlace& store, Catalog catalog)
      : machine_(machine),
        store_(store),
        catalog_(std::move(catalog)),
        budget_(~uint64_t{0}),
        memory_(std::make_unique<MemoryFileSystem>()),
        folder_{.files = memory_.get(),
                .path = std::string(kTailFolder),
                .store = store.uuid,
                .nonce = {},
                .epoch = 1,
                .budget = &budget_} {}

  absl::Status Run(Lsn clean);

  Catalog& catalog() override { return catalog_; }
  absl::StatusOr<OpenTable*> Table(TableId id) override;
  absl::StatusOr<RowNumber> Attach(OpenTable& table, const format::ManifestRecord& record,
                                   Lsn lsn) override;

  // ---- what became of it

  std::unique_ptr<MemoryFileSystem> TakeMemory() { return std::move(memory_); }
  Catalog TakeCatalog() { return std::move(catalog_); }
  const TailFolder& folder() const { return folder_; }
  WalTail::Tables Versions() const;

 private:
  struct Opened {
    std::unique_ptr<OpenTable> table;
    std::shared_ptr<TableReader> reader;
    std::shared_ptr<const TableVersion> version;
  };

  absl::Status MakeControl(Lsn last);
  absl::Status OpenTables();
  absl::Status LearnSymbols(Opened& opened) const;
  Lsn Durable(Lsn clean) const;

  const Machine machine_;
  const StorePlace& store_;
  Catalog catalog_;
  TailBudget budget_;
  std::unique_ptr<MemoryFileSystem> memory_;
  TailFolder folder_;
  std::map<TableId, Opened> tables_;
};

absl::Status Replaying::Run(Lsn clean) {
  if (absl::Status status = memory_->MakeDirectory(folder_.path); !status.ok()) return status;
  WalReplay replay(*this, WalReplay::Mode::kFillTails);
  absl::Status opened;
  absl::StatusOr<WalFindings> wal = ReadWal(
      machine_, JoinPath(store_.folder, "wal"), store_.uuid,
      [&](const format::WalGroup& group) { return replay.Apply(group); },
      [&] {
        opened = OpenTables();  // all of them, to hear what their manifests say
        return Durable(clean);
      });
  if (!opened.ok()) return opened;
  if (!wal.ok()) return wal.status();
  // A catalog that is lost must not look like that of a store without tables.
  if (!catalog_.has_file() && wal->first > Lsn(1)) {
    return absl::DataLossError(Concat(store_.folder,
                                      ": no catalog file, and the WAL begins with LSN ",
                                      wal->first.value(), ": expected LSN 1"));
  }
  if (absl::Status status = replay.Finish(); !status.ok()) return status;
  if (opened = OpenTables(); !opened.ok()) return opened;  // as they are in the end
  return MakeControl(wal->last);
}

// Bulk loads change manifests, which is not for a reader to do: they change its copy.
absl::StatusOr<RowNumber> Replaying::Attach(OpenTable& table, const format::ManifestRecord& record,
                                            Lsn) {
  Opened& opened = tables_.at(table.info.id);
  absl::StatusOr<std::optional<format::ManifestRecord>> change =
      AttachmentTo(*opened.version, record);
  if (!change.ok()) return change.status();
  if (!change->has_value()) return opened.version->sealed_rows();
  format::ManifestState state = *opened.version;
  absl::Status status = state.Apply(**std::move(change), format::ManifestFrame::kChange);
  if (!status.ok()) return status;
  opened.version = std::make_shared<const TableVersion>(std::move(state));
  if (status = LearnSymbols(opened); !status.ok()) return status;
  return opened.version->sealed_rows();
}

// ---- tables

absl::Status Replaying::OpenTables() {
  for (const auto& [id, info] : catalog_.tables()) {
    if (absl::StatusOr<OpenTable*> table = Table(id); !table.ok()) return table.status();
  }
  return absl::OkStatus();
}

absl::StatusOr<OpenTable*> Replaying::Table(TableId id) {
  const auto known = tables_.find(id);
  const TableInfo* info = catalog_.Find(id);
  if (known != tables_.end()) {
    if (info != nullptr && known->second.table->info.version == info->version) {
      return known->second.table.get();
    }
    // Altered or dropped since: what it had is in slices, or nobody wants it.
    if (absl::Status s = known->second.table->tail->RemoveChunks(); !s.ok()) return s;
    tables_.erase(known);
  }
  if (info == nullptr) return static_cast<OpenTable*>(nullptr);
  Opened opened;
  opened.table = std::make_unique<OpenTable>(*info);
  opened.reader = std::make_shared<TableReader>(PlaceOfTable(machine_, store_, *info), info->schema,
                                                kUnusedBytesMax);
  absl::StatusOr<std::shared_ptr<const TableVersion>> version = opened.reader->Load();
  if (absl::IsNotFound(version.status())) {
    return absl::DataLossError(
        Concat("table ", info->schema.schema_name(), ".", info->schema.name(),
               ": its manifest is gone: ", std::string(version.status().message())));
  }
  if (!version.ok()) return version.status();
  opened.version = *std::move(version);
  if (absl::Status status = LearnSymbols(opened); !status.ok()) return status;
  auto tail = TableTail::Create(folder_, TailTableOf(*info), opened.version->sealed_rows().value());
  if (!tail.ok()) return tail.status();
  opened.table->tail = *std::move(tail);
  return tables_.emplace(id, std::move(opened)).first->second.table.get();
}

absl::Status Replaying::LearnSymbols(Opened& opened) const {
  for (const auto& [column, counts] : opened.version->symbols()) {
    for (uint32_t code = 1; code <= counts.symbols; ++code) {
      auto text = opened.reader->Text(*opened.version, column, SymbolCode(code));
      if (!text.ok()) return text.status();
      absl::Status status =
          opened.table->symbols.Learn(column, SymbolCode(code), text->value_or(""));
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

Lsn Replaying::Durable(Lsn clean) const {
  for (const auto& [id, opened] : tables_) clean = std::max(clean, opened.reader->durable());
  return clean;
}

WalTail::Tables Replaying::Versions() const {
  WalTail::Tables versions;
  for (const auto& [id, opened] : tables_) {
    versions[id] =
        std::make_shared<const SealedTable>(opened.table->info, opened.reader, opened.version);
  }
  return versions;
}

absl::Status Replaying::MakeControl(Lsn last) {
  absl::StatusOr<std::unique_ptr<File>> file =
      memory_->Open(JoinPath(folder_.path, "control"), OpenMode::kCreateNew);
  if (!file.ok()) return file.status();
  if (absl::Status status = (*file)->Allocate(kStoreControlSize); !status.ok()) return status;
  auto mapping = (*file)->Map(0, kStoreControlSize, MapMode::kReadWrite);
  if (!mapping.ok()) return mapping.status();
  const format::FileHeader header{.kind = format::FileKind::kTailControl,
                                  .identity = {.store = store_.uuid}};
  WriteControlIdentity(header, {.nonce = folder_.nonce, .epoch = folder_.epoch},
                       (*mapping)->writable());
  auto& control = *reinterpret_cast<StoreControl*>((*mapping)->writable().data());
  control.committed.Store(last.value());
  control.durable.Store(last.value());
  control.catalog.Store(catalog_.changed().value());
  return absl::OkStatus();
}

}  // namespace

TablePlace PlaceOfTable(const Machine& machine, const StorePlace& store, const TableInfo& table) {
  return {
      .files = &machine.files,
      .host = &machine.host,
      .folder = JoinPath(store.folder, TableFolder(table.id, table.first_schema, table.first_name)),
      .store = store.uuid,
      .table = table.id};
}

absl::StatusOr<std::unique_ptr<WalTail>> WalTail::Replay(const Machine& machine,
                                                         const StorePlace& store, Lsn clean) {
  absl::StatusOr<Catalog> catalog = Catalog::Load(machine.files, store.folder, store.uuid);
  if (!catalog.ok()) return catalog.status();
  Replaying replaying(machine, store, *std::move(catalog));
  if (absl::Status status = replaying.Run(clean); !status.ok()) return status;
  absl::StatusOr<std::shared_ptr<StoreTail>> tail = StoreTail::Open(replaying.folder());
  if (!tail.ok()) return tail.status();
  Tables tables = replaying.Versions();
  return std::unique_ptr<WalTail>(new WalTail(replaying.TakeMemory(), *std::move(tail),
                                              replaying.TakeCatalog(), std::move(tables)));
}

}  // namespace tape::engine
