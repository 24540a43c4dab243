// StoreWriter: definitions, from a change of the catalog to files, tails and a commit.
#include <algorithm>
#include <set>
#include <utility>

#include "engine/files/names.h"
#include "engine/write/definition_diff.h"
#include "engine/write/key_entries.h"
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

// ---- a change of definitions
//
// 1. Appenders of the tables that are altered or dropped are stopped: whoever takes a commit's
//    number from now on hears of it. One number is taken after that and awaited, so that no commit
//    of before is still on its way.
// 2. Altered tables are sealed to their last row, under the old version: no row in the tail, and
//    none in the WAL that no slice has, is of another form than the new version says.
// 3. The records are one commit of the WAL; catalog file and generation follow before it is
//    published, so that a reader who sees it does not keep the old definitions.
// 4. Altered tables get an empty tail of their new form.
// A crash before 3 leaves the old definitions with more slices, one after it the new ones with a
// tail that has nothing.

absl::StatusOr<Lsn> StoreWriter::Define(const CatalogChange& change,
                                        absl::FunctionRef<absl::Status()> check) {
  MutexLock seal_lock(&seal_mutex_);
  if (change.empty()) return sequence_->committed();
  if (absl::Status status = wal_->status(); !status.ok()) return status;
  const CatalogState before = catalog();
  if (before.changed() != change.base()) {
    return absl::AbortedError(
        "another definition was committed meanwhile: what this one was made for is not there any "
        "more; run its statements again");
  }
  const DefinitionDiff diff = DiffDefinitions(before, change.state());
  std::vector<TableId> frozen = diff.altered;
  frozen.insert(frozen.end(), diff.dropped.begin(), diff.dropped.end());
  absl::Status status = frozen.empty() ? absl::OkStatus() : Freeze(frozen);
  for (TableId id : diff.altered) {
    if (!status.ok()) break;
    status = SealAll(Find(id));
    if (status.ok()) status = CheckAlteration(*before.Find(id), *change.state().Find(id));
  }
  if (status.ok()) status = check();
  if (!status.ok()) {
    Thaw(frozen);
    return status;
  }
  MutexLock sequence_lock(&sequence_mutex_);
  MutexLock lock(&mutex_);
  return Commit(change, diff);
}

absl::Status StoreWriter::Freeze(std::span<const TableId> ids) {
  absl::Status status;
  for (TableId id : ids) {
    const std::shared_ptr<OpenTable> table = Find(id);
    if (table == nullptr) {
      return absl::FailedPreconditionError(
          "a table could not be opened when it was made: open the store again first");
    }
    if (table->is_loading) {
      status.Update(absl::UnavailableError(
          Concat("table ", table->info.schema.name(), " is being loaded: not before that ends")));
    }
    table->tail->StopAppenders();
  }
  if (!status.ok()) return status;
  const Lsn last = sequence_->Take();
  sequence_->Publish(last);
  return wal_->MakeDurable(last);
}

void StoreWriter::Thaw(std::span<const TableId> ids) {
  for (TableId id : ids) {
    if (const std::shared_ptr<OpenTable> table = Find(id)) table->tail->ResumeAppenders();
  }
}

absl::Status StoreWriter::SealAll(const std::shared_ptr<OpenTable>& table) {
  uint64_t rows = 1;
  while (rows != 0) {
    const absl::Status status = Change(table, [&](Sealer& sealer) {
      absl::StatusOr<uint64_t> sealed = sealer.Seal(SealWhat::kEverything);
      rows = sealed.ok() ? *sealed : 0;
      return sealed.status();
    });
    if (!status.ok()) return status;
  }
  const absl::Status status = Change(table, [](Sealer& sealer) { return sealer.SealSymbols(); });
  if (!status.ok()) return status;
  const TableControl& control = table->tail->control();
  const uint64_t rest = control.visible.Load() - control.sealed.Load() + control.kills.Load() -
                        control.sealed_kills.Load();
  if (rest == 0) return absl::OkStatus();
  return absl::UnavailableError(Concat("table ", table->info.schema.name(), ": ", rest,
                                       " rows or kills of its tail are in no slice yet"));
}

// What slices that are there cannot be read as.
absl::Status StoreWriter::CheckAlteration(const TableInfo& before, const TableInfo& after) const {
  if (Find(before.id)->tail->control().visible.Load() == 0) return absl::OkStatus();
  const auto refuse = [&](std::string_view what) {
    return absl::FailedPreconditionError(
        Concat("table ", before.schema.name(), " has rows: ", std::string(what)));
  };
  if (!SameLayout(before.schema, after.schema)) {
    return refuse("its time column, days, cluster column and history stay as they are");
  }
  const std::vector<TableKey> keys = KeysOf(before);
  for (const TableKey& key : KeysOf(after)) {
    if (std::ranges::count(keys, key.number, &TableKey::number) != 0) continue;
    return refuse("a key that is new would have to be found in all of them");
  }
  return absl::OkStatus();
}

absl::StatusOr<Lsn> StoreWriter::Commit(const CatalogChange& change, const DefinitionDiff& diff) {
  std::map<TableId, std::unique_ptr<TableFiles>> files;
  for (TableId id : diff.created) {
    auto made = MakeTableFiles(*change.state().Find(id));
    if (!made.ok()) {
      for (TableId altered : diff.altered) tables_.at(altered)->tail->ResumeAppenders();
      for (TableId dropped : diff.dropped) tables_.at(dropped)->tail->ResumeAppenders();
      return made.status();
    }
    files[id] = *std::move(made);
  }
  absl::Status shown;
  absl::StatusOr<Lsn> lsn = LogDefinitions(change.records(), shown);
  // The WAL has the definitions and the next process will go by them: no row may be stored, or
  // shown, by somebody who does not know them.
  if (!shown.ok() && diff.altered.size() + diff.dropped.size() != 0) wal_->Fail(shown);
  if (!lsn.ok()) return lsn;
  for (TableId id : diff.dropped) ForgetDropped(id);
  absl::Status status;
  for (TableId id : diff.created) {
    status.Update(OpenNewTable(*catalog_->Find(id), std::move(files[id])));
  }
  for (TableId id : diff.altered) status.Update(OpenAltered(id));
  for (TableId id : diff.described) {
    std::shared_ptr<OpenTable>& table = tables_[id];
    table = std::make_shared<OpenTable>(*catalog_->Find(id), table->parts);
    table->files->SetSchema(table->info.schema, table->info.version);
  }
  if (!status.ok()) return status;
  return lsn;
}

absl::Status StoreWriter::OpenAltered(TableId id) {
  const std::shared_ptr<OpenTable> before = tables_.at(id);
  tables_.erase(id);
  auto table = std::make_shared<OpenTable>(*catalog_->Find(id));
  table->files = before->files;
  table->files->SetSchema(table->info.schema, table->info.version);
  table->sequences = before->sequences;
  table->in_wal_since = before->in_wal_since;
  if (absl::Status status = LearnSymbols(*table); !status.ok()) return status;
  auto tail = TableTail::Replace(tail_folder_, TailTableOf(table->info), *before->tail);
  if (!tail.ok()) return tail.status();
  table->tail = *std::move(tail);
  reclaim_->AfterDefinition();
  reclaim_->AddReplaced(before);
  wal_->RemoveTable(id);
  wal_->AddTable(*table->tail, {.rows = table->tail->control().visible.Load()});
  tables_.emplace(id, std::move(table));
  return absl::OkStatus();
}

void StoreWriter::ForgetDropped(TableId id) {
  wal_->RemoveTable(id);
  reclaim_->AddDropped(tables_.at(id));
  tables_.erase(id);
}

absl::StatusOr<uint64_t> StoreWriter::DropDays(TableId id, int64_t before_ns) {
  if (absl::Status s = wal_->MakeDurable(sequence_->committed()); !s.ok()) return s;
  MutexLock seal_lock(&seal_mutex_);
  const std::shared_ptr<OpenTable> table = Find(id);
  if (table == nullptr) return absl::NotFoundError(Concat("no table ", id.value()));
  if (table->is_loading) {
    return absl::UnavailableError(
        Concat("table ", table->info.schema.name(), " is being loaded: not before that ends"));
  }
  // What came of those days is in slices first, or it would stay.
  absl::Status status =
      Change(table, [](Sealer& sealer) { return sealer.Seal(SealWhat::kEverything).status(); });
  if (!status.ok()) return status;
  const Day end = PartitionOf(table->info.schema.partition(), before_ns);
  std::set<Day> days;
  for (const auto& [number, slice] : table->files->manifest()->slices()) {
    if (slice.day != kWithoutDay && slice.day < end) days.insert(slice.day);
  }
  if (days.empty()) return uint64_t{0};
  TableChange change = table->files->Begin(SealUpTo());
  for (Day day : days) change.RemoveDay(day);
  status = table->files->Commit(std::move(change));
  if (status.ok()) status = reclaim_->AfterCommit(table);
  if (!status.ok()) return status;
  return uint64_t{days.size()};
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

absl::StatusOr<Lsn> StoreWriter::LogDefinitions(std::span<const format::CatalogRecord> records,
                                                absl::Status& shown) {
  const auto append = [&](Lsn lsn, format::FrameWriter& frames) {
    return AppendRecords(records, lsn, frames);
  };
  const auto apply = [&](Lsn lsn) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    for (const format::CatalogRecord& record : records) {
      shown.Update(catalog_->Apply(lsn, record));
    }
    if (shown.ok()) shown = SaveCatalog();
    if (shown.ok()) reclaim_->AfterDefinition();
    return shown;
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
