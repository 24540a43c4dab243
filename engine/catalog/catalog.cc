#include "engine/catalog/catalog.h"

#include <algorithm>
#include <utility>
#include <variant>

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
  if (absl::Status status = objects_.Apply(record); !status.ok()) return status;
  if (const auto* schema = std::get_if<format::SchemaRecord>(&record.body)) {
    namespaces_[schema->name] = record.object;
  }
  if (std::holds_alternative<format::TableRecord>(record.body)) {
    if (absl::Status status = ApplyTable(lsn, record); !status.ok()) return status;
  }
  if (std::holds_alternative<format::DroppedRecord>(record.body)) {
    tables_.erase(TableId(record.object));
    std::erase_if(namespaces_, [&](const auto& entry) { return entry.second == record.object; });
  }
  history_.push_back({lsn, record});
  changed_ = lsn;
  return absl::OkStatus();
}

absl::Status Catalog::ApplyTable(Lsn lsn, const CatalogRecord& record) {
  const auto& body = std::get<format::TableRecord>(record.body);
  absl::StatusOr<Schema> schema = objects_.Resolve(record.object, body);
  if (!schema.ok()) return schema.status();
  const TableId id(record.object);
  const auto known = tables_.find(id);
  TableInfo info{id, record.version, *std::move(schema), body, {}, {}, lsn};
  info.first_schema =
      known != tables_.end() ? known->second.first_schema : info.schema.schema_name();
  info.first_name = known != tables_.end() ? known->second.first_name : info.schema.name();
  tables_.insert_or_assign(id, std::move(info));
  return absl::OkStatus();
}

const TableInfo* Catalog::Find(std::string_view schema, std::string_view name) const {
  const auto found = std::ranges::find_if(tables_, [&](const auto& entry) {
    return entry.second.schema.schema_name() == schema && entry.second.schema.name() == name;
  });
  return found == tables_.end() ? nullptr : &found->second;
}

const TableInfo* Catalog::Find(TableId table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? nullptr : &found->second;
}

// What a foreign key refers to, where that exists; else it is kept by its names.
std::optional<format::ForeignTarget> Catalog::Target(const ForeignKey& key,
                                                     std::string_view schema) const {
  const TableInfo* table =
      Find(key.referenced_schema.empty() ? schema : std::string_view(key.referenced_schema),
           key.referenced_table);
  if (table == nullptr) return std::nullopt;
  format::ForeignTarget target{.table = table->id, .columns = {}};
  for (const std::string& name : key.referenced_columns) {
    const std::optional<size_t> column = table->schema.Find(name);
    if (!column.has_value()) return std::nullopt;
    target.columns.push_back(table->schema.column(*column).id);
  }
  return target;
}

absl::StatusOr<std::vector<CatalogRecord>> Catalog::CreateTable(const Schema& schema,
                                                                int64_t time) const {
  if (Find(schema.schema_name(), schema.name()) != nullptr) {
    return absl::AlreadyExistsError(
        Concat("table ", schema.schema_name(), ".", schema.name(), " exists already"));
  }
  std::vector<CatalogRecord> records;
  format::ObjectId next = objects_.next_object();
  const auto found = namespaces_.find(schema.schema_name());
  format::ObjectId schema_object = found == namespaces_.end() ? 0 : found->second;
  if (schema_object == 0) {
    schema_object = next++;
    records.push_back({.object = schema_object, .version = 1, .time = time, .body = {}});
    records.back().body = format::SchemaRecord{.name = schema.schema_name(), .comment = {}};
  }
  format::TableRecord table;
  table.schema = schema_object;
  table.definition = schema.definition();
  for (const ForeignKey& key : table.definition.foreign_keys) {
    table.targets.push_back(Target(key, schema.schema_name()));
  }
  uint32_t key = 0;
  if (table.definition.primary_key.has_value()) table.primary_key_number = ++key;
  for (size_t i = 0; i < table.definition.uniques.size(); ++i) {
    table.unique_numbers.push_back(++key);
  }
  records.push_back({.object = next, .version = 1, .time = time, .body = std::move(table)});
  return records;
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
