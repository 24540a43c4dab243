#include "tests/crash/model_store.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "tests/crash/read_back.h"

namespace tape::engine {
namespace {

const ColumnId kSymbolColumn(2);

}  // namespace

ModelStore::ModelStore(const Machine& machine, const ModelStoreOptions& options, Journal& journal)
    : machine_(machine), options_(options), journal_(journal) {}

ModelStore::~ModelStore() { Drop(); }

void ModelStore::Drop() {
  for (auto& appender : appenders_) appender.reset();
  for (auto& table : tables_) table.reset();
  writer_.reset();
}

// ---- opening and closing

absl::Status ModelStore::Open(uint32_t attempt) {
  Drop();
  attempt_ = attempt;
  auto writer = StoreWriter::Open(machine_, {.folder = options_.folder,
                                             .create = true,
                                             .shared_memory = options_.shared_memory,
                                             .tail_bytes_max = options_.tail_bytes_max,
                                             .wal_segment_bytes = options_.wal_segment_bytes});
  if (!writer.ok()) return writer.status();
  writer_ = *std::move(writer);
  committed_ = {};
  kills_ = {};
  for (size_t table = 0; table < kModelTables; ++table) {
    absl::Status status = OpenTable(table);
    if (status.ok()) continue;
    Drop();
    return status;
  }
  journal_.Began(committed_, attempt);
  return absl::OkStatus();
}

absl::Status ModelStore::OpenTable(size_t table) {
  tables_[table] = writer_->Find("main", ModelTableName(table));
  if (tables_[table] == nullptr) {
    if (journal_.IsDefined(table)) return absl::DataLossError("a table is gone");
    absl::StatusOr<TableId> id = writer_->CreateTable(ModelSchema(table));
    if (!id.ok()) return id.status();
    tables_[table] = writer_->Find(*id);
  }
  journal_.Defined(table);
  struct OpenTable& open = *tables_[table];
  absl::StatusOr<uint64_t> kills = CountKills(open, {machine_, options_.folder, writer_->store()});
  if (!kills.ok()) return kills.status();
  committed_.rows[table] = open.tail->control().visible.Load();
  committed_.kills[table] = *kills;
  return StartAppender(table);
}

absl::Status ModelStore::StartAppender(size_t table) {
  struct OpenTable& open = *tables_[table];
  appenders_[table] =
      std::make_unique<TailAppender>(*open.tail, writer_->sequence(), FullTail::kPrepare);
  open.has_appender = true;
  return appenders_[table]->Start(uint64_t{open.symbols.Count(kSymbolColumn)} + 1);
}

absl::Status ModelStore::Close() {
  if (writer_ == nullptr) return absl::FailedPreconditionError("not open");
  const uint64_t commits = journal_.acknowledged();
  for (auto& appender : appenders_) appender.reset();
  for (auto& table : tables_) table.reset();
  absl::Status status = writer_->Close();
  if (status.ok()) journal_.MadeDurable(commits);
  writer_.reset();
  return status;
}

// ---- rows

absl::StatusOr<SymbolCode> ModelStore::Intern(size_t table, const std::string& text) {
  return tables_[table]->symbols.Intern(
      kSymbolColumn, text, [&](ColumnId column, SymbolCode fresh, std::string_view symbol) {
        return appenders_[table]->AddSymbol(column, fresh, symbol);
      });
}

absl::Status ModelStore::Append(size_t table, uint64_t rows) {
  TailAppender& appender = *appenders_[table];
  if (!appender.ok()) return appender.status();
  const uint64_t first = appender.rows();
  for (uint64_t number = first; number < first + rows; ++number) {
    const ModelRow row(table, number, attempt_);
    absl::StatusOr<SymbolCode> code = Intern(table, row.symbol);
    if (!code.ok()) return code.status();
    appender.Put<int64_t>(0, row.time);
    appender.Put<uint32_t>(1, code->value());
    if (row.has_size) appender.Put<int64_t>(2, row.size);
    if (row.has_note) appender.PutBytes(3, row.note);
    if (!appender.EndRow()) return appender.status();
  }
  return absl::OkStatus();
}

absl::Status ModelStore::Fill(
    size_t table, uint64_t first, uint64_t rows, std::vector<ColumnBuffer>& buffers,
    absl::FunctionRef<absl::StatusOr<SymbolCode>(std::string_view)> intern) const {
  for (size_t i = 0; i < 4; ++i) buffers.emplace_back(tables_[table]->info.schema.physical(i));
  for (uint64_t number = first; number < first + rows; ++number) {
    const ModelRow row(table, number, attempt_);
    absl::StatusOr<SymbolCode> code = intern(row.symbol);
    if (!code.ok()) return code.status();
    buffers[0].Append<int64_t>(row.time);
    buffers[1].Append<uint32_t>(code->value());
    row.has_size ? (void)buffers[2].Append<int64_t>(row.size) : buffers[2].AppendNull();
    row.has_note ? (void)buffers[3].AppendBytes(row.note) : buffers[3].AppendNull();
  }
  return absl::OkStatus();
}

absl::Status ModelStore::AppendBatch(size_t table, uint64_t rows) {
  TailAppender& appender = *appenders_[table];
  if (!appender.ok()) return appender.status();
  std::vector<ColumnBuffer> buffers;
  const absl::Status filled =
      Fill(table, appender.rows(), rows, buffers,
           [&](std::string_view text) { return Intern(table, std::string(text)); });
  if (!filled.ok()) return filled;
  std::vector<ColumnView> columns;
  for (const ColumnBuffer& buffer : buffers) columns.push_back(buffer.view());
  return appender.AppendColumns(columns) ? absl::OkStatus() : appender.status();
}

absl::Status ModelStore::BulkLoad(size_t table, uint64_t rows) {
  Abandon(table);
  appenders_[table].reset();
  tables_[table]->has_appender = false;
  const absl::Status status = LoadAlone(table, rows);
  const absl::Status started = StartAppender(table);
  if (!started.ok()) Drop();  // as a user who cannot go on
  return status.ok() ? started : status;
}

absl::Status ModelStore::LoadAlone(size_t table, uint64_t rows) {
  auto load = BulkLoader::Begin(*writer_, tables_[table], {});
  if (!load.ok()) return load.status();
  std::vector<ColumnBuffer> buffers;
  const uint64_t first = (*load)->next_row().value();
  const absl::Status filled = Fill(table, first, rows, buffers,
                                   [&](std::string_view text) { return (*load)->Intern(1, text); });
  if (!filled.ok()) return filled;
  std::vector<ColumnView> columns;
  for (const ColumnBuffer& buffer : buffers) columns.push_back(buffer.view());
  if (absl::Status status = (*load)->Append(columns); !status.ok()) return status;
  ModelCounts after = committed_;
  after.rows[table] = first + rows;
  journal_.Tried(after);
  absl::StatusOr<Lsn> lsn = (*load)->Commit();
  if (!lsn.ok()) {
    // Where the WAL has failed nobody knows yet, and nothing else is committed.
    if (writer_->wal().status().ok()) journal_.Failed();
    return lsn.status();
  }
  journal_.Acknowledged();
  journal_.MadeDurable(journal_.acknowledged());
  committed_ = after;
  return absl::OkStatus();
}

void ModelStore::Kill(size_t table, uint64_t kills) {
  const uint64_t possible = KillsOf(committed_.rows[table]);
  for (uint64_t i = 0; i < kills; ++i) {
    const uint64_t kill = committed_.kills[table] + kills_[table];
    if (kill >= possible) return;
    appenders_[table]->Kill(RowNumber(KilledRow(kill)));
    ++kills_[table];
  }
}

void ModelStore::Abandon(size_t table) {
  appenders_[table]->Abandon();
  kills_[table] = 0;
}

// ---- commits

ModelCounts ModelStore::Counts() const {
  ModelCounts counts = committed_;
  for (size_t table = 0; table < kModelTables; ++table) {
    counts.rows[table] = appenders_[table]->rows();
    counts.kills[table] += kills_[table];
  }
  return counts;
}

absl::Status ModelStore::CommitOne(size_t table, const ModelCounts& after) {
  journal_.Tried(after);
  absl::StatusOr<Lsn> lsn = appenders_[table]->Commit();
  if (!lsn.ok()) {
    journal_.Failed();
    return lsn.status();
  }
  journal_.Acknowledged();
  committed_ = after;
  kills_[table] = 0;
  return absl::OkStatus();
}

absl::Status ModelStore::Commit() {
  for (size_t table = 0; table < kModelTables; ++table) {
    if (!appenders_[table]->has_changes()) continue;
    if (!appenders_[table]->ok()) return appenders_[table]->status();
    ModelCounts after = committed_;
    after.rows[table] = appenders_[table]->rows();
    after.kills[table] += kills_[table];
    if (absl::Status status = CommitOne(table, after); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ModelStore::CommitTogether() {
  for (auto& appender : appenders_) {
    if (absl::Status status = appender->ReadyToCommit(); !status.ok()) return status;
  }
  const ModelCounts after = Counts();
  journal_.Tried(after);
  const Lsn lsn = writer_->sequence().Take();
  for (auto& appender : appenders_) appender->Stamp(lsn);
  writer_->sequence().Publish(lsn);
  journal_.Acknowledged();
  committed_ = after;
  kills_ = {};
  return absl::OkStatus();
}

absl::Status ModelStore::MakeDurable() {
  const uint64_t commits = journal_.acknowledged();
  absl::Status status = writer_->wal().MakeDurable(writer_->sequence().committed());
  if (status.ok()) journal_.MadeDurable(commits);
  return status;
}

absl::Status ModelStore::Seal(SealWhat what) {
  for (const std::shared_ptr<struct OpenTable>& table : tables_) {
    absl::StatusOr<uint64_t> rows = writer_->Seal(table->info.id, what);
    if (!rows.ok()) return rows.status();
  }
  return absl::OkStatus();
}

// ---- reading back

absl::StatusOr<ModelCounts> ModelStore::ReadBack(const Model& model) {
  ModelCounts counts;
  for (size_t table = 0; table < kModelTables; ++table) {
    absl::StatusOr<TableFound> found =
        ReadTableBack(*tables_[table], table, model, {machine_, options_.folder, writer_->store()});
    if (!found.ok()) return found.status();
    counts.rows[table] = found->rows;
    counts.kills[table] = found->kills;
  }
  return counts;
}

std::string ModelStore::Check(Model& model, uint64_t promised) {
  absl::StatusOr<ModelCounts> found = ReadBack(model);
  return found.ok() ? model.Judge(*found, promised) : found.status().ToString();
}

}  // namespace tape::engine
