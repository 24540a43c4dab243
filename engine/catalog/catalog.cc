#include "engine/catalog/catalog.h"

#include <algorithm>
#include <utility>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::CatalogRecord;
using format::Concat;

constexpr std::string_view kFilePrefix = "catalog.";
constexpr uint64_t kFileBytesMax = uint64_t{1} << 30;

std::string FileName(uint32_t generation) {
  std::string digits = std::to_string(generation);
  digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
  return Concat(kFilePrefix, digits);
}

uint32_t GenerationOf(std::string_view name) {
  if (!name.starts_with(kFilePrefix)) return 0;
  name.remove_prefix(kFilePrefix.size());
  uint64_t generation = 0;
  for (char c : name) {
    if (c < '0' || c > '9' || generation > 100'000'000) return 0;
    generation = generation * 10 + static_cast<uint64_t>(c - '0');
  }
  return static_cast<uint32_t>(generation);
}

format::FileIdentity Identity(const format::StoreUuid& store, uint32_t generation) {
  return {.store = store, .generation = generation};
}

}  // namespace

Catalog::Catalog(const format::StoreUuid& store) : store_(store) {}

absl::StatusOr<Catalog> Catalog::Load(FileSystem& files, const std::string& store_folder,
                                      const format::StoreUuid& store) {
  absl::StatusOr<std::vector<DirectoryEntry>> entries = files.List(store_folder);
  if (!entries.ok()) return entries.status();
  Catalog catalog(store);
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.is_directory)
      catalog.generation_ = std::max(catalog.generation_, GenerationOf(entry.name));
  }
  if (catalog.generation_ == 0) return catalog;
  const std::string path = JoinPath(store_folder, FileName(catalog.generation_));
  absl::StatusOr<std::vector<std::byte>> bytes = ReadWholeFile(files, path, kFileBytesMax);
  if (!bytes.ok()) return bytes.status();
  auto checkpoint = format::CatalogCheckpoint::Parse(*bytes, Identity(store, catalog.generation_));
  if (!checkpoint.ok()) {
    return absl::Status(checkpoint.status().code(),
                        Concat(path, ": ", std::string(checkpoint.status().message())));
  }
  for (const format::CatalogChange& change : checkpoint->records) {
    if (absl::Status status = catalog.Apply(change.lsn, change.record); !status.ok()) return status;
  }
  catalog.saved_ = checkpoint->complete;
  return catalog;
}

absl::Status Catalog::Apply(Lsn lsn, const CatalogRecord& record) {
  if (lsn <= saved_) return absl::OkStatus();
  if (absl::Status status = state_.Apply(lsn, record); !status.ok()) return status;
  history_.push_back({lsn, record});
  return absl::OkStatus();
}

absl::StatusOr<CatalogState> Catalog::At(Lsn lsn) const {
  CatalogState state;
  for (const format::CatalogChange& change : history_) {
    if (change.lsn > lsn) break;
    if (absl::Status status = state.Apply(change.lsn, change.record); !status.ok()) return status;
  }
  return state;
}

absl::StatusOr<std::vector<CatalogRecord>> Catalog::CreateTable(const Schema& schema,
                                                                int64_t time) const {
  CatalogChange change = Begin(time);
  if (change.state().FindSchema(schema.schema_name()) == nullptr) {
    if (auto made = change.CreateSchema(schema.schema_name()); !made.ok()) return made.status();
  }
  if (auto made = change.CreateTable(schema.definition()); !made.ok()) return made.status();
  return change.records();
}

absl::Status Catalog::Save(FileSystem& files, const std::string& store_folder, Lsn complete) {
  format::CatalogCheckpoint checkpoint{.records = history_, .complete = complete};
  std::vector<std::byte> bytes;
  const uint32_t generation = generation_ + 1;
  absl::Status status = format::AppendCatalogFile(Identity(store_, generation), checkpoint, bytes);
  if (!status.ok()) return status;
  status = ReplaceFile(files, JoinPath(store_folder, FileName(generation)), bytes);
  if (!status.ok()) return status;
  const uint32_t old = generation_;
  generation_ = generation;
  saved_ = complete;
  if (old == 0) return absl::OkStatus();
  return files.Unlink(JoinPath(store_folder, FileName(old)));
}

}  // namespace tape::engine
