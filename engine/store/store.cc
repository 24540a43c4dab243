#include "tape/store.h"

#include <algorithm>
#include <utility>

#include "engine/io/posix_file_system.h"
#include "engine/sql/define/define_script.h"
#include "engine/sql/define/programs.h"
#include "engine/sql/session/compiled_rules.h"
#include "engine/store/store_state.h"
#include "format/bytes/message.h"

namespace tape {
namespace {

using format::Concat;

engine::Machine PosixMachine() {
  return {engine::PosixFileSystem::Instance(), engine::PosixHost::Instance()};
}

std::string KindText(engine::RecoveryReport::Kind kind) {
  switch (kind) {
    case engine::RecoveryReport::Kind::kClean:
      return "clean";
    case engine::RecoveryReport::Kind::kProcess:
      return "process died";
    case engine::RecoveryReport::Kind::kPower:
      return "power lost";
    case engine::RecoveryReport::Kind::kLoseTail:
      return "tail given up";
  }
  return "unknown";
}

// Of those that a commit is checked for.
bool HasConstraints(const Schema& schema) {
  const TableDefinition& definition = schema.definition();
  return definition.primary_key.has_value() || !definition.uniques.empty() ||
         !definition.foreign_keys.empty() || !definition.checks.empty();
}

}  // namespace

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}

Store::~Store() {
  // A child has neither the threads nor the right to end what its parent goes on with.
  if (state_->forked()) (void)state_.release();
}

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const std::string& folder,
                                                   const StoreOptions& options) {
  if (!folder.starts_with('/')) {
    return absl::InvalidArgumentError(Concat("'", folder, "': a store is opened by its full path"));
  }
  auto state = std::make_unique<State>();
  state->options = options;
  state->folder = folder;
  if (options.read_only) {
    absl::StatusOr<std::shared_ptr<engine::StoreReader>> reader = state->Reader();
    if (!reader.ok()) return reader.status();
    return std::unique_ptr<Store>(new Store(std::move(state)));
  }
  auto writer =
      engine::StoreWriter::Open(PosixMachine(), {.folder = folder,
                                                 .create = options.create,
                                                 .lose_tail = options.lose_tail,
                                                 .shared_memory = options.shared_memory,
                                                 .tail_bytes_max = options.tail_bytes_max,
                                                 .wal_segment_bytes = options.wal_segment_bytes});
  if (!writer.ok()) return writer.status();
  state->writer = *std::move(writer);
  const engine::RecoveryReport& report = state->writer->recovery();
  state->recovery = {.kind = KindText(report.kind),
                     .committed = report.committed,
                     .rows = report.rows,
                     .notes = report.notes};
  if (options.threads) {
    state->threads = std::make_unique<engine::StoreThreads>(
        *state->writer,
        engine::ThreadIntervals{.wal_interval_ms = std::max<uint32_t>(options.wal_interval_ms, 1),
                                .sync_interval_ms = options.sync_interval_ms});
  }
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

const StoreRecovery& Store::recovery() const { return state_->recovery; }

std::string Store::degraded() const {
  if (state_->writer != nullptr) return {};
  absl::StatusOr<std::shared_ptr<engine::StoreReader>> reader = state_->Reader();
  return reader.ok() ? (*reader)->degraded() : std::string(reader.status().message());
}

absl::Status Store::State::CheckWriter() const {
  if (forked()) return engine::TailAppender::ForkedError();
  if (writer == nullptr) {
    return absl::FailedPreconditionError(Concat(folder, ": the store was opened read only"));
  }
  if (writer->closed()) return absl::FailedPreconditionError(Concat(folder, ": was closed"));
  return absl::OkStatus();
}

// ---- tables

absl::StatusOr<std::shared_ptr<engine::OpenTable>> Store::State::Find(
    std::string_view schema, std::string_view table) const {
  if (absl::Status status = CheckWriter(); !status.ok()) return status;
  std::shared_ptr<engine::OpenTable> found = writer->Find(schema, table);
  if (found == nullptr) return absl::NotFoundError(Concat("no table ", schema, ".", table));
  return found;
}

absl::Status Store::CreateTable(const Schema& schema) {
  if (absl::Status status = state_->CheckWriter(); !status.ok()) return status;
  return state_->writer->CreateTable(schema).status();
}

absl::StatusOr<std::vector<std::string>> Store::Define(std::string_view script) {
  if (absl::Status status = state_->CheckWriter(); !status.ok()) return status;
  engine::sql::StoreRows rows(*state_->writer);
  engine::sql::DefineScript definitions(*state_->writer, rows);
  if (absl::Status status = definitions.Run(script); !status.ok()) return status;
  return definitions.warnings();
}

absl::StatusOr<Schema> Store::GetSchema(std::string_view schema, std::string_view table) const {
  if (state_->writer == nullptr) {
    absl::StatusOr<std::unique_ptr<Snapshot>> now = TakeSnapshot();
    if (!now.ok()) return now.status();
    return (*now)->GetSchema(schema, table);
  }
  auto found = state_->Find(schema, table);
  if (!found.ok()) return found.status();
  return (*found)->info.schema;
}

absl::StatusOr<std::unique_ptr<Appender>> Store::OpenAppender(std::string_view schema,
                                                              std::string_view table) {
  if (state_->forked()) return engine::TailAppender::ForkedError();
  auto found = state_->Find(schema, table);
  if (!found.ok()) return found.status();
  engine::OpenTable& open = **found;
  if (open.has_appender.exchange(true, std::memory_order_acq_rel)) {
    return absl::AlreadyExistsError(
        Concat("table ", schema, ".", table, " has an appender; one at a time"));
  }
  ++open.appenders;
  const engine::FullTail when_full =
      state_->threads != nullptr ? engine::FullTail::kWait : engine::FullTail::kPrepare;
  auto appender = std::make_unique<Appender::State>(state_->writer.get(), *found, when_full);
  uint64_t codes = 0;
  for (size_t i = 0; i < open.info.schema.columns().size(); ++i) {
    const bool is_enum = open.info.schema.column(i).type.kind() == TypeKind::kEnum;
    const uint32_t known = open.symbols.Count(open.info.schema.column(i).id);
    appender->code_begins.push_back(open.info.schema.column(i).nullable ? 0 : 1);
    appender->code_ends.push_back(is_enum ? kMaxEnumValues + 1 : known + 1);
    if (open.info.schema.cluster_column() == i) codes = appender->code_ends.back();
  }
  absl::Status status = appender->tail.Start(codes);
  if (status.ok() && (HasConstraints(open.info.schema) || state_->HasTriggers(open.info))) {
    status = state_->Stage(*appender);
  }
  if (!status.ok()) {
    open.has_appender.store(false, std::memory_order_release);
    return status;
  }
  return std::unique_ptr<Appender>(new Appender(std::move(appender)));
}

absl::StatusOr<Watermarks> Store::GetWatermarks(std::string_view schema,
                                                std::string_view table) const {
  auto found = state_->Find(schema, table);
  if (!found.ok()) return found.status();
  const engine::TableControl& control = (*found)->tail->control();
  return Watermarks{.visible = RowNumber(control.visible.Load()),
                    .logged = RowNumber(control.logged.Load()),
                    .durable = RowNumber(control.durable.Load()),
                    .sealed = RowNumber(control.sealed.Load())};
}

// ---- reading

absl::StatusOr<std::shared_ptr<engine::StoreReader>> Store::State::Reader() {
  if (forked()) return engine::TailAppender::ForkedError();
  engine::MutexLock lock(&mutex);
  if (reader != nullptr) return reader;
  absl::StatusOr<std::shared_ptr<engine::StoreReader>> opened =
      engine::StoreReader::Open(PosixMachine(), folder);
  if (!opened.ok()) return opened;
  reader = *std::move(opened);
  return reader;
}

absl::StatusOr<engine::Changes*> Store::State::Changes() {
  absl::StatusOr<std::shared_ptr<engine::StoreReader>> opened = Reader();
  if (!opened.ok()) return opened.status();
  engine::MutexLock lock(&mutex);
  if (changes == nullptr) {
    rules = std::make_unique<engine::sql::CompiledRules>([this] { return writer->catalog(); },
                                                         engine::PosixHost::Instance());
    changes = std::make_unique<engine::Changes>(PosixMachine(), *writer, *std::move(opened),
                                                rules.get(), engine::ChangeOptions());
  }
  return changes.get();
}

bool Store::State::HasTriggers(const engine::TableInfo& table) const {
  return !engine::sql::TriggersOf(table, writer->catalog()).empty();
}

absl::Status Store::State::Stage(Appender::State& appender) {
  absl::StatusOr<engine::Changes*> shared = Changes();
  if (!shared.ok()) return shared.status();
  appender.staged =
      std::make_unique<engine::StagedAppender>((*shared)->Begin(), appender.table, appender.tail);
  return appender.staged->Start();
}

absl::StatusOr<std::vector<TableName>> Store::tables() const {
  absl::StatusOr<std::unique_ptr<Snapshot>> now = TakeSnapshot();
  if (!now.ok()) return now.status();
  return (*now)->tables();
}

absl::StatusOr<std::unique_ptr<Snapshot>> Store::TakeSnapshot() const {
  absl::StatusOr<std::shared_ptr<engine::StoreReader>> reader = state_->Reader();
  if (!reader.ok()) return reader.status();
  absl::StatusOr<std::shared_ptr<const engine::StoreSnapshot>> now = (*reader)->TakeSnapshot();
  if (!now.ok()) return now.status();
  return std::make_unique<Snapshot>(*std::move(now));
}

absl::StatusOr<Lsn> Store::WaitForCommit(Lsn above, int64_t timeout_ns) const {
  absl::StatusOr<std::shared_ptr<engine::StoreReader>> reader = state_->Reader();
  if (!reader.ok()) return reader.status();
  return (*reader)->WaitForCommit(above, timeout_ns);
}

// ---- commits and work

Lsn Store::committed() const {
  if (state_->closed.has_value()) return *state_->closed;
  if (state_->writer != nullptr) return state_->writer->sequence().committed();
  absl::StatusOr<std::shared_ptr<engine::StoreReader>> reader = state_->Reader();
  return reader.ok() ? (*reader)->committed() : Lsn();
}

Lsn Store::durable() const {
  if (state_->closed.has_value()) return *state_->closed;
  if (state_->writer != nullptr) return state_->writer->wal().durable();
  absl::StatusOr<std::shared_ptr<engine::StoreReader>> reader = state_->Reader();
  return reader.ok() ? (*reader)->durable() : Lsn();
}

absl::Status Store::status() const {
  if (state_->writer == nullptr || state_->closed.has_value()) return absl::OkStatus();
  if (absl::Status status = state_->CheckWriter(); !status.ok()) return status;
  return state_->writer->wal().status();
}

absl::Status Store::work_status() const {
  if (state_->threads == nullptr || state_->forked()) return absl::OkStatus();
  absl::Status status = state_->threads->wal_status();
  status.Update(state_->threads->seal_status());
  return status;
}

absl::Status Store::MakeDurable(Lsn lsn) {
  if (absl::Status status = state_->CheckWriter(); !status.ok()) return status;
  return state_->writer->wal().MakeDurable(lsn);
}

absl::StatusOr<uint64_t> Store::Seal(std::string_view schema, std::string_view table) {
  if (state_->forked()) return engine::TailAppender::ForkedError();
  auto found = state_->Find(schema, table);
  if (!found.ok()) return found.status();
  uint64_t sealed = 0;
  while (true) {
    absl::StatusOr<uint64_t> rows =
        state_->writer->Seal((*found)->info.id, engine::SealWhat::kEverything);
    if (!rows.ok()) return rows;
    if (*rows == 0) return sealed;
    sealed += *rows;
  }
}

absl::Status Store::Fold(std::string_view schema, std::string_view table) {
  auto found = state_->Find(schema, table);
  if (!found.ok()) return found.status();
  return state_->writer->Fold((*found)->info.id);
}

absl::Status Store::Work() {
  if (absl::Status s = state_->CheckWriter(); !s.ok()) return s;
  absl::Status status = engine::WorkOnWal(*state_->writer, /*sync=*/true);
  const absl::Status slices = engine::WorkOnSlices(*state_->writer);
  // A tail that was full has room again for what is sealed now.
  if (absl::IsResourceExhausted(status)) status = state_->writer->PrepareChunks();
  status.Update(slices);
  return status;
}

absl::Status Store::Close() {
  if (state_->forked()) return engine::TailAppender::ForkedError();
  if (state_->writer == nullptr || state_->closed.has_value()) return absl::OkStatus();
  for (const std::shared_ptr<engine::OpenTable>& table : state_->writer->tables()) {
    if (!table->has_appender.load(std::memory_order_acquire)) continue;
    return absl::FailedPreconditionError(
        Concat("table ", table->info.schema.schema_name(), ".", table->info.schema.name(),
               " has an appender, which goes before the store is closed"));
  }
  if (const int sessions = state_->open_sessions.load(std::memory_order_acquire); sessions != 0) {
    return absl::FailedPreconditionError(
        Concat(sessions, " sessions are open, which go before the store is closed"));
  }
  if (state_->threads != nullptr) state_->threads->Stop();
  {
    engine::MutexLock lock(&state_->mutex);
    state_->changes.reset();  // it has tails open
  }
  const Lsn last = state_->writer->sequence().committed();
  absl::Status status = state_->writer->Close();
  if (state_->writer->closed()) state_->closed = last;
  return status;
}

}  // namespace tape
