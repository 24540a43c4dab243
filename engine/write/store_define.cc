// StoreWriter: definitions, from a change of the catalog to files, tails and a commit.
#include <algorithm>
#include <utility>

#include "engine/files/names.h"
#include "engine/write/definition_diff.h"
#include "engine/write/store_writer.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

absl::Status AppendRecords(std::span<const format::CatalogRecord> records, Lsn lsn,
                           format::FrameWriter& frames) {
  for (const format::CatalogRecord& record : records) {
    std::vector<std::byte> bytes;
    if (absl::Status s = format::WriteCatalogRecord(record, bytes); !s.ok()) return s;
    absl::Status s = format::AppendWalCatalog(
        {.type = static_cast<uint32_t>(record.type()), .record = bytes}, lsn, frames);
    if (!s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace

CatalogChange StoreWriter::BeginDefine() const {
  MutexLock lock(&mutex_);
  return catalog_->Begin(machine_.host.RealTimeNs());
}

CatalogState StoreWriter::catalog() const {
  MutexLock lock(&mutex_);
  return catalog_->state();
}

absl::StatusOr<TableId> StoreWriter::CreateTable(const Schema& schema) {
  CatalogChange change = BeginDefine();
  const TableInfo* known = change.state().Find(schema.schema_name(), schema.name());
  if (known != nullptr && Find(known->id) == nullptr && known->schema == schema) {
    return OpenDefined(known->id);
  }
  if (change.state().FindSchema(schema.schema_name()) == nullptr) {
    if (auto made = change.CreateSchema(schema.schema_name()); !made.ok()) return made.status();
  }
  absl::StatusOr<TableId> id = change.CreateTable(schema.definition());
  if (!id.ok()) return id;
  if (absl::StatusOr<Lsn> lsn = Define(change); !lsn.ok()) return lsn.status();
  return id;
}

// A table that was defined before, when its tail could not be made.
absl::StatusOr<TableId> StoreWriter::OpenDefined(TableId id) {
  MutexLock lock(&mutex_);
  if (absl::Status status = SaveCatalog(); !status.ok()) return status;
  const TableInfo& info = *catalog_->Find(id);
  auto files = TableFiles::Open(TablePlaceOf(machine_, options_.folder, store_, info), info.schema,
                                info.version);
  if (!files.ok()) return files.status();
  absl::Status status = OpenNewTable(info, *std::move(files));
  if (!status.ok()) return status;
  return id;
}

absl::StatusOr<Lsn> StoreWriter::Define(const CatalogChange& change) {
  MutexLock seal_lock(&seal_mutex_);
  MutexLock lock(&mutex_);
  if (change.empty()) return sequence_->committed();
  if (catalog_->changed() != change.base()) {
    return absl::AbortedError(
        "another definition was committed meanwhile: what this one was made for is not there any "
        "more; run its statements again");
  }
  const DefinitionDiff diff = DiffDefinitions(catalog_->state(), change.state());
  if (!diff.dropped.empty() || !diff.altered.empty()) {
    return absl::UnimplementedError("tables with rows cannot be altered or dropped yet");
  }
  std::map<TableId, std::unique_ptr<TableFiles>> files;
  for (TableId id : diff.created) {
    auto made = MakeTableFiles(*change.state().Find(id));
    if (!made.ok()) return made.status();
    files[id] = *std::move(made);
  }
  absl::StatusOr<Lsn> lsn = LogDefinitions(change.records());
  if (!lsn.ok()) return lsn;
  for (TableId id : diff.created) {
    absl::Status status = OpenNewTable(*catalog_->Find(id), std::move(files[id]));
    if (!status.ok()) return status;
  }
  for (TableId id : diff.described) {
    std::shared_ptr<OpenTable>& table = tables_[id];
    table = std::make_shared<OpenTable>(*catalog_->Find(id), table->parts);
    table->files->SetSchema(table->info.schema, table->info.version);
  }
  return lsn;
}

// The folder and the first manifest, synced: a table of the catalog has them. What is left where
// the definition fails no catalog knows; the next open removes it, or this function.
absl::StatusOr<std::unique_ptr<TableFiles>> StoreWriter::MakeTableFiles(const TableInfo& info) {
  if (absl::Status status = wal_->status(); !status.ok()) return status;
  const TablePlace place = TablePlaceOf(machine_, options_.folder, store_, info);
  const absl::StatusOr<std::vector<DirectoryEntry>> entries = machine_.files.List(place.folder);
  if (entries.ok() && !IsUnusedTable(*entries)) {
    return absl::DataLossError(
        Concat(place.folder, ": has files of a table that the catalog does not know"));
  }
  if (absl::Status s = RemoveTree(machine_.files, place.folder); !s.ok()) return s;
  return TableFiles::Create(place, info.schema, info.version, wal_->durable());
}

absl::StatusOr<Lsn> StoreWriter::LogDefinitions(std::span<const format::CatalogRecord> records) {
  const auto append = [&](Lsn lsn, format::FrameWriter& frames) {
    return AppendRecords(records, lsn, frames);
  };
  const auto apply = [&](Lsn lsn) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    for (const format::CatalogRecord& record : records) {
      if (absl::Status s = catalog_->Apply(lsn, record); !s.ok()) return s;
    }
    return SaveCatalog();
  };
  return wal_->CommitLogged(append, apply);
}

// Readers of the tail know the catalog from its file alone.
absl::Status StoreWriter::SaveCatalog() {
  if (catalog_->changed() > catalog_->saved()) {
    absl::Status status = catalog_->Save(machine_.files, options_.folder, catalog_->changed());
    if (!status.ok()) return status;
  }
  control_->catalog.Store(catalog_->changed().value());
  return absl::OkStatus();
}

absl::Status StoreWriter::OpenNewTable(const TableInfo& info, std::unique_ptr<TableFiles> files) {
  auto table = std::make_shared<OpenTable>(info);
  table->files = std::move(files);
  auto tail = TableTail::Create(tail_folder_, TailTableOf(info), 0);
  if (!tail.ok()) return tail.status();
  table->tail = *std::move(tail);
  wal_->AddTable(*table->tail, {});
  tables_.emplace(info.id, std::move(table));
  return absl::OkStatus();
}

}  // namespace tape::engine
