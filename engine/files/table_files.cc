#include "engine/files/table_files.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/files/attachment.h"
#include "engine/files/leftovers.h"
#include "engine/files/mapped_files.h"
#include "engine/files/symbol_files.h"
#include "engine/files/table_state.h"
#include "format/bytes/message.h"

namespace tape::engine {

using format::Concat;
using format::ManifestRecord;
using format::ManifestState;

TableFiles::TableFiles(std::unique_ptr<State> state) : state_(std::move(state)) {}
TableFiles::~TableFiles() = default;

absl::StatusOr<std::unique_ptr<TableFiles>> TableFiles::Create(const TablePlace& place,
                                                               const Schema& schema,
                                                               uint32_t schema_version,
                                                               Lsn durable) {
  // The folder may be what a crash left of an earlier try.
  absl::Status status = place.files->MakeDirectory(place.folder);
  if (!status.ok() && !absl::IsAlreadyExists(status)) return status;
  absl::StatusOr<std::unique_ptr<ManifestWriter>> manifest =
      ManifestWriter::Create(place, schema_version, durable);
  if (!manifest.ok()) return manifest.status();
  status = place.files->SyncDirectory(std::string(ParentPath(place.folder)));
  if (!status.ok()) return status;
  return std::unique_ptr<TableFiles>(
      new TableFiles(std::make_unique<State>(place, schema, schema_version, *std::move(manifest))));
}

absl::StatusOr<std::unique_ptr<TableFiles>> TableFiles::Open(const TablePlace& place,
                                                             const Schema& schema,
                                                             uint32_t schema_version) {
  std::string cut;
  absl::StatusOr<std::unique_ptr<ManifestWriter>> manifest = ManifestWriter::Open(place, cut);
  if (!manifest.ok()) return manifest.status();
  auto state = std::make_unique<State>(place, schema, schema_version, *std::move(manifest));
  if (!cut.empty()) state->recovered.push_back(std::move(cut));
  return std::unique_ptr<TableFiles>(new TableFiles(std::move(state)));
}

absl::Status TableFiles::RemoveLeftovers() {
  std::vector<std::string> removed;
  absl::Status status =
      engine::RemoveLeftovers(*state_->place.files, state_->paths,
                              {state_->named, state_->manifest->generation()}, removed);
  for (const std::string& path : removed) {
    state_->recovered.push_back(Concat(path, ": removed, no record names it"));
  }
  return status;
}

const std::vector<std::string>& TableFiles::recovered() const { return state_->recovered; }

std::shared_ptr<const ManifestState> TableFiles::manifest() const {
  return state_->manifest->state();
}

const absl::Status& TableFiles::failure() const { return state_->manifest->failure(); }

Lsn TableFiles::durable() const { return state_->manifest->durable(); }

Lsn TableFiles::DurableAt(int64_t time_ns) const { return state_->manifest->times().At(time_ns); }

const TablePlace& TableFiles::place() const { return state_->place; }

absl::StatusOr<std::vector<std::string>> TableFiles::Symbols(ColumnId column) const {
  std::vector<std::string> all;
  const std::shared_ptr<const ManifestState> version = manifest();
  const auto counts = version->symbols().find(column);
  if (counts == version->symbols().end()) return all;
  MappedFiles mapped(state_->place, state_->schema, 0);
  SymbolFiles symbols(state_->place, mapped);
  absl::StatusOr<std::shared_ptr<const format::SymbolFile>> file = symbols.Get(counts->second);
  if (!file.ok()) return file.status();
  std::vector<std::string_view> texts = (*file)->Texts();
  texts.resize(std::min<size_t>(texts.size(), counts->second.symbols));
  all.assign(texts.begin(), texts.end());
  return all;
}

// ---- changes

TableChange TableFiles::Begin(Lsn durable) {
  state_->current = ++state_->changes;
  return TableChange(std::make_unique<TableChange::State>(*state_, durable));
}

absl::Status TableFiles::Prepare(TableChange& change) {
  TableChange::State& state = *change.state_;
  return state.Do([&] {
    if (state.files.synced()) return absl::OkStatus();
    absl::Status status = state.files.Sync();
    if (state.files.sync_failed()) state_->manifest->Fail(status).IgnoreError();  // it is returned
    return status;
  });
}

absl::Status TableFiles::State::Append(const ManifestRecord& record, Lsn durable) {
  current = 0;
  const std::shared_ptr<const ManifestState> before = manifest->state();
  if (absl::Status status = manifest->Append(record, durable); !status.ok()) return status;
  named.Apply(*before, record);
  // The change is committed, whatever comes of this: where it fails for good, the next one says so.
  if (manifest->IsDueForRewriting()) manifest->Rewrite(durable).IgnoreError();
  return absl::OkStatus();
}

absl::Status TableFiles::Commit(TableChange change) {
  if (absl::Status status = Prepare(change); !status.ok()) return status;
  return state_->Append(change.record(), change.state_->durable);
}

absl::Status TableFiles::Attach(const ManifestRecord& record, Lsn durable) {
  absl::StatusOr<std::optional<ManifestRecord>> change =
      AttachmentTo(*state_->manifest->state(), record);
  if (!change.ok()) {
    const std::string_view text(change.status().message().data(), change.status().message().size());
    return {change.status().code(), Concat(state_->place.folder, ": ", text)};
  }
  return change->has_value() ? state_->Append(**change, durable) : absl::OkStatus();
}

std::vector<std::string> TableFiles::TakeUnneeded() {
  std::vector<std::string> paths;
  for (const TableFile& file : state_->named.TakeUnneeded()) {
    absl::StatusOr<std::string> path = state_->paths.Find(file);
    if (path.ok()) paths.push_back(*std::move(path));
  }
  return paths;
}

void TableFiles::SetSchema(const Schema& schema, uint32_t schema_version) {
  state_->current = 0;
  state_->schema = schema;
  state_->schema_version = schema_version;
  state_->layout = SliceLayoutOf(schema);
  state_->paths = TablePaths(*state_->place.files, state_->place.folder, schema);
}

absl::Status TableFiles::RewriteManifest(Lsn durable) { return state_->manifest->Rewrite(durable); }

}  // namespace tape::engine
