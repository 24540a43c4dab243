#include "format/records/catalog_objects.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "format/bytes/message.h"

namespace tape::format {
namespace {

absl::Status Damaged(ObjectId object, std::string_view what) {
  return absl::DataLossError(Concat("catalog: object ", object, ": ", what));
}

absl::Status Wrong(ObjectId object, std::string_view field, uint64_t expected, uint64_t found) {
  return Damaged(object, Concat(field, ": expected ", expected, ", found ", found));
}

// Namespace and name, of whatever has them.
std::pair<ObjectId, std::string> NameOf(const CatalogRecord& record) {
  return std::visit(
      [](const auto& body) -> std::pair<ObjectId, std::string> {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<Body, TableRecord>) {
          return {body.schema, body.definition.name};
        } else if constexpr (std::is_same_v<Body, SchemaRecord>) {
          return {0, body.name};
        } else if constexpr (std::is_same_v<Body, DroppedRecord>) {
          return {};
        } else {
          return {body.schema, body.name};
        }
      },
      record.body);
}

}  // namespace

const CatalogObjects::Object* CatalogObjects::Find(ObjectId object) const {
  const auto found = objects_.find(object);
  return found == objects_.end() ? nullptr : &found->second;
}

absl::Status CatalogObjects::CheckFollows(const CatalogRecord& record) const {
  const Object* const before = Find(record.object);
  const bool dropped = record.type() == CatalogType::kDropped;
  const uint32_t version = before == nullptr ? 1 : before->version + 1;
  if (record.version != version) {
    return Wrong(record.object, "version", version, record.version);
  }
  if (before == nullptr) {
    return dropped ? Damaged(record.object, "is dropped and was never there") : absl::OkStatus();
  }
  if (before->type == CatalogType::kDropped) return Damaged(record.object, "was dropped before");
  if (!dropped && before->type != record.type()) {
    return Wrong(record.object, "type", static_cast<uint64_t>(before->type),
                 static_cast<uint64_t>(record.type()));
  }
  return absl::OkStatus();
}

absl::Status CatalogObjects::CheckNamespace(ObjectId object, ObjectId schema) const {
  const Object* const found = Find(schema);
  if (found != nullptr && found->type == CatalogType::kSchema) return absl::OkStatus();
  return Damaged(object, Concat("its schema ", schema, " does not exist"));
}

absl::Status CatalogObjects::Apply(const CatalogRecord& record) {
  if (absl::Status status = CheckFollows(record); !status.ok()) return status;
  const CatalogType type = record.type();
  Object object{.type = type, .version = record.version};
  std::tie(object.schema, object.name) = NameOf(record);
  if (type != CatalogType::kSchema && type != CatalogType::kDropped) {
    absl::Status status = CheckNamespace(record.object, object.schema);
    if (!status.ok()) return status;
  }
  if (const auto* table = std::get_if<TableRecord>(&record.body)) {
    if (absl::Status status = Resolve(record.object, *table).status(); !status.ok()) return status;
    for (const Column& column : table->definition.columns) object.columns[column.id] = column.name;
  }
  objects_[record.object] = std::move(object);
  next_object_ = std::max(next_object_, record.object + 1);
  return absl::OkStatus();
}

absl::Status CatalogObjects::FillTarget(const ForeignTarget& target, const Object& referenced,
                                        ForeignKey& key) const {
  const ObjectId table = target.table.value();
  const Object* const schema = Find(referenced.schema);
  if (schema == nullptr) return Damaged(table, "its schema does not exist");
  key.referenced_schema = schema->name;
  key.referenced_table = referenced.name;
  key.referenced_columns.clear();
  for (const ColumnId column : target.columns) {
    const auto found = referenced.columns.find(column);
    if (found == referenced.columns.end()) {
      return Damaged(table, Concat("column ", column.value(), " does not exist"));
    }
    key.referenced_columns.push_back(found->second);
  }
  return absl::OkStatus();
}

absl::StatusOr<Schema> CatalogObjects::Resolve(ObjectId table, const TableRecord& record) const {
  if (absl::Status status = CheckNamespace(table, record.schema); !status.ok()) return status;
  TableDefinition definition = record.definition;
  definition.schema = Find(record.schema)->name;
  Object self{.type = CatalogType::kTable, .schema = record.schema, .name = definition.name};
  for (const Column& column : definition.columns) {
    self.columns[column.id] = column.name;
    if (column.type.enum_id() == EnumId(0)) continue;
    const Object* const type = Find(column.type.enum_id().value());
    if (type != nullptr && type->type == CatalogType::kEnum) continue;
    return Damaged(table, Concat("the type ", column.type.enum_id().value(), " of column ",
                                 column.id.value(), " does not exist"));
  }
  if (record.targets.size() != definition.foreign_keys.size()) {
    return Wrong(table, "targets", definition.foreign_keys.size(), record.targets.size());
  }
  for (size_t i = 0; i < record.targets.size(); ++i) {
    if (!record.targets[i].has_value()) continue;
    const ObjectId id = record.targets[i]->table.value();
    const Object* const referenced = id == table ? &self : Find(id);
    if (referenced == nullptr || referenced->type != CatalogType::kTable) {
      return Damaged(table, Concat("refers to table ", id, ", which does not exist"));
    }
    absl::Status status = FillTarget(*record.targets[i], *referenced, definition.foreign_keys[i]);
    if (!status.ok()) return status;
  }
  absl::StatusOr<Schema> schema = Schema::Make(std::move(definition));
  if (schema.ok() || schema.status().code() == absl::StatusCode::kUnimplemented) return schema;
  return Damaged(table, {schema.status().message().data(), schema.status().message().size()});
}

}  // namespace tape::format
