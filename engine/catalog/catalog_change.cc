#include "engine/catalog/catalog_change.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::CatalogRecord;
using format::Concat;
using format::ObjectId;

// Of keys that stay, the numbers that they have; of others, new ones.
class KeyNumbers {
 public:
  KeyNumbers(const TableInfo* before, const std::vector<Column>& columns)
      : before_(before), columns_(columns) {
    if (before == nullptr) return;
    const format::TableRecord& record = before->record;
    highest_ = record.primary_key_number;
    for (uint32_t number : record.unique_numbers) highest_ = std::max(highest_, number);
    for (uint32_t number : record.index_numbers) highest_ = std::max(highest_, number);
  }

  uint32_t Of(const KeyConstraint& key, bool primary) {
    if (before_ != nullptr) {
      const TableDefinition& old = before_->schema.definition();
      if (old.primary_key.has_value() && IsSame(key, *old.primary_key, primary, true)) {
        return before_->record.primary_key_number;
      }
      for (size_t i = 0; i < old.uniques.size(); ++i) {
        if (IsSame(key, old.uniques[i], primary, false)) return before_->record.unique_numbers[i];
      }
    }
    return ++highest_;
  }

 private:
  static std::vector<ColumnId> Ids(const std::vector<Column>& columns,
                                   const std::vector<std::string>& names) {
    std::vector<ColumnId> ids;
    for (const std::string& name : names) {
      const auto found = std::ranges::find(columns, name, &Column::name);
      if (found != columns.end()) ids.push_back(found->id);
    }
    return ids;
  }

  bool IsSame(const KeyConstraint& key, const KeyConstraint& old, bool primary,
              bool old_primary) const {
    return primary == old_primary && key.nulls_distinct == old.nulls_distinct &&
           Ids(columns_, key.columns) == Ids(before_->schema.columns(), old.columns);
  }

  const TableInfo* before_;
  const std::vector<Column>& columns_;
  uint32_t highest_ = 0;
};

absl::Status NoObject(ObjectId id) { return absl::NotFoundError(Concat("no object ", id)); }

}  // namespace

absl::Status CatalogChange::Add(CatalogRecord record) {
  record.version = state_.NextVersion(record.object);
  record.time = time_;
  std::vector<std::byte> bytes;
  if (absl::Status s = format::WriteCatalogRecord(record, bytes); !s.ok()) return s;
  if (absl::Status s = state_.Apply(base_ + 1, record); !s.ok()) {
    return absl::InvalidArgumentError(s.message());
  }
  records_.push_back(std::move(record));
  return absl::OkStatus();
}

absl::StatusOr<ObjectId> CatalogChange::CreateSchema(std::string name) {
  if (absl::Status s = ValidateIdentifier(name); !s.ok()) return s;
  if (state_.FindSchema(name) != nullptr) {
    return absl::AlreadyExistsError(Concat("schema ", name, " exists already"));
  }
  const ObjectId id = state_.next_object();
  CatalogRecord record{.object = id, .version = 1, .time = time_, .body = {}};
  record.body = format::SchemaRecord{.name = std::move(name), .comment = {}};
  if (absl::Status s = Add(std::move(record)); !s.ok()) return s;
  return id;
}

// ---- tables

// What a foreign key refers to, where that exists; else it is kept by its names.
std::optional<format::ForeignTarget> CatalogChange::Target(const ForeignKey& key,
                                                           const TableDefinition& definition,
                                                           ObjectId self) const {
  const std::string& schema =
      key.referenced_schema.empty() ? definition.schema : key.referenced_schema;
  const bool is_self = schema == definition.schema && key.referenced_table == definition.name;
  const TableInfo* table = is_self ? nullptr : state_.Find(schema, key.referenced_table);
  if (table == nullptr && !is_self) return std::nullopt;
  const std::vector<Column>& columns = is_self ? definition.columns : table->schema.columns();
  format::ForeignTarget target{.table = is_self ? TableId(self) : table->id, .columns = {}};
  for (const std::string& name : key.referenced_columns) {
    const auto found = std::ranges::find(columns, name, &Column::name);
    if (found == columns.end()) return std::nullopt;
    target.columns.push_back(found->id);
  }
  return target;
}

absl::StatusOr<format::TableRecord> CatalogChange::RecordOf(TableDefinition definition,
                                                            std::vector<std::string> unresolved,
                                                            const TableInfo* before) const {
  const SchemaInfo* schema = state_.FindSchema(definition.schema);
  if (schema == nullptr) {
    return absl::NotFoundError(Concat("schema ", definition.schema, " does not exist"));
  }
  absl::StatusOr<Schema> made = Schema::Make(std::move(definition));
  if (!made.ok()) return made.status();
  format::TableRecord record{.schema = schema->id, .definition = made->definition()};
  record.unresolved = std::move(unresolved);
  const ObjectId self = before == nullptr ? state_.next_object() : before->id.value();
  for (const ForeignKey& key : record.definition.foreign_keys) {
    record.targets.push_back(Target(key, record.definition, self));
  }
  KeyNumbers numbers(before, record.definition.columns);
  if (record.definition.primary_key.has_value()) {
    record.primary_key_number = numbers.Of(*record.definition.primary_key, true);
  }
  for (const KeyConstraint& unique : record.definition.uniques) {
    record.unique_numbers.push_back(numbers.Of(unique, false));
  }
  return record;
}

absl::StatusOr<TableId> CatalogChange::CreateTable(TableDefinition definition,
                                                   std::vector<std::string> unresolved) {
  if (state_.Find(definition.schema, definition.name) != nullptr) {
    return absl::AlreadyExistsError(
        Concat("table ", definition.schema, ".", definition.name, " exists already"));
  }
  auto table = RecordOf(std::move(definition), std::move(unresolved), nullptr);
  if (!table.ok()) return table.status();
  const ObjectId id = state_.next_object();
  CatalogRecord record{.object = id, .version = 1, .time = time_, .body = {}};
  record.body = *std::move(table);
  if (absl::Status s = Add(std::move(record)); !s.ok()) return s;
  return TableId(id);
}

absl::Status CatalogChange::AlterTable(TableId table, TableDefinition definition,
                                       std::vector<std::string> unresolved) {
  const TableInfo* before = state_.Find(table);
  if (before == nullptr) return NoObject(table.value());
  // Ids of columns are never used again.
  ColumnId highest;
  for (const auto& [id, type] : before->first_types) highest = std::max(highest, id);
  for (Column& column : definition.columns) {
    if (column.id == ColumnId()) column.id = ++highest;
  }
  auto body = RecordOf(std::move(definition), std::move(unresolved), before);
  if (!body.ok()) return body.status();
  if (body->definition == before->record.definition && body->targets == before->record.targets &&
      body->schema == before->record.schema && body->unresolved == before->record.unresolved) {
    return absl::OkStatus();  // nothing is new
  }
  CatalogRecord record{.object = table.value(), .version = 1, .time = time_, .body = {}};
  record.body = *std::move(body);
  return Add(std::move(record));
}

// ---- the rest

absl::StatusOr<EnumId> CatalogChange::CreateEnum(format::EnumRecord type) {
  const ObjectId id = state_.next_object();
  CatalogRecord record{.object = id, .version = 1, .time = time_, .body = {}};
  record.body = std::move(type);
  if (absl::Status s = Add(std::move(record)); !s.ok()) return s;
  return EnumId(id);
}

absl::Status CatalogChange::AlterEnum(EnumId id, format::EnumRecord type) {
  if (state_.FindEnum(id) == nullptr) return NoObject(id.value());
  CatalogRecord record{.object = id.value(), .version = 1, .time = time_, .body = {}};
  record.body = std::move(type);
  return Add(std::move(record));
}

absl::StatusOr<ObjectId> CatalogChange::CreateProgram(format::ProgramRecord program) {
  const ObjectId id = state_.next_object();
  CatalogRecord record{.object = id, .version = 1, .time = time_, .body = {}};
  record.body = std::move(program);
  if (absl::Status s = Add(std::move(record)); !s.ok()) return s;
  return id;
}

absl::Status CatalogChange::AlterProgram(ObjectId id, format::ProgramRecord program) {
  CatalogRecord record{.object = id, .version = 1, .time = time_, .body = {}};
  record.body = std::move(program);
  return Add(std::move(record));
}

absl::Status CatalogChange::AlterSchema(ObjectId id, format::SchemaRecord schema) {
  CatalogRecord record{.object = id, .version = 1, .time = time_, .body = {}};
  record.body = std::move(schema);
  return Add(std::move(record));
}

absl::Status CatalogChange::Drop(ObjectId id) {
  CatalogRecord record{.object = id, .version = 1, .time = time_, .body = {}};
  record.body = format::DroppedRecord{};
  return Add(std::move(record));
}

}  // namespace tape::engine
