#include "engine/catalog/catalog_state.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "format/bytes/message.h"

namespace tape::engine {

using format::CatalogRecord;
using format::ObjectId;

absl::Status CatalogState::Apply(Lsn lsn, const CatalogRecord& record) {
  if (absl::Status status = objects_.Apply(record); !status.ok()) return status;
  const ObjectId id = record.object;
  if (const auto* schema = std::get_if<format::SchemaRecord>(&record.body)) {
    schemas_[id] = {id, record.version, *schema};
  } else if (const auto* type = std::get_if<format::EnumRecord>(&record.body)) {
    enums_[EnumId(id)] = {EnumId(id), record.version, *type};
  } else if (const auto* program = std::get_if<format::ProgramRecord>(&record.body)) {
    programs_[id] = {id, record.version, *program};
  } else if (std::holds_alternative<format::TableRecord>(record.body)) {
    if (absl::Status status = ApplyTable(lsn, record); !status.ok()) return status;
  } else {
    Erase(id);
  }
  changed_ = lsn;
  return ResolveAgain(id);
}

void CatalogState::Erase(ObjectId id) {
  tables_.erase(TableId(id));
  enums_.erase(EnumId(id));
  programs_.erase(id);
  schemas_.erase(id);
}

absl::Status CatalogState::ApplyTable(Lsn lsn, const CatalogRecord& record) {
  const auto& body = std::get<format::TableRecord>(record.body);
  absl::StatusOr<Schema> schema = objects_.Resolve(record.object, body);
  if (!schema.ok()) return schema.status();
  const TableId id(record.object);
  const auto known = tables_.find(id);
  TableInfo info{id, record.version, *std::move(schema), body, {}, {}, lsn, {}, {}};
  if (known == tables_.end()) {
    info.first_schema = info.schema.schema_name();
    info.first_name = info.schema.name();
  } else {
    info.first_schema = known->second.first_schema;
    info.first_name = known->second.first_name;
    info.added = known->second.added;
    info.first_types = known->second.first_types;
  }
  for (const Column& column : info.schema.columns()) {
    const bool is_new = info.first_types.try_emplace(column.id, column.type).second;
    if (!is_new || known == tables_.end()) continue;
    info.added[column.id] = {record.version, column.default_value, record.time};
  }
  tables_.insert_or_assign(id, std::move(info));
  return absl::OkStatus();
}

// Names that other tables know this object by.
absl::Status CatalogState::ResolveAgain(ObjectId changed) {
  for (auto& [id, info] : tables_) {
    const auto refers = [&](const std::optional<format::ForeignTarget>& target) {
      return target.has_value() && target->table.value() == changed;
    };
    const bool named = id.value() != changed && (info.record.schema == changed ||
                                                 std::ranges::any_of(info.record.targets, refers));
    if (!named) continue;
    absl::StatusOr<Schema> schema = objects_.Resolve(id.value(), info.record);
    if (!schema.ok()) return schema.status();
    info.schema = *std::move(schema);
  }
  return absl::OkStatus();
}

// ---- what there is

const SchemaInfo* CatalogState::FindSchema(std::string_view name) const {
  for (const auto& [id, schema] : schemas_) {
    if (schema.record.name == name) return &schema;
  }
  return nullptr;
}

const SchemaInfo* CatalogState::FindSchema(ObjectId id) const {
  const auto found = schemas_.find(id);
  return found == schemas_.end() ? nullptr : &found->second;
}

std::string_view CatalogState::SchemaName(ObjectId id) const {
  const SchemaInfo* schema = FindSchema(id);
  return schema == nullptr ? std::string_view() : std::string_view(schema->record.name);
}

const TableInfo* CatalogState::Find(std::string_view schema, std::string_view name) const {
  const auto found = std::ranges::find_if(tables_, [&](const auto& entry) {
    return entry.second.schema.name() == name && entry.second.schema.schema_name() == schema;
  });
  return found == tables_.end() ? nullptr : &found->second;
}

const TableInfo* CatalogState::Find(TableId table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? nullptr : &found->second;
}

const EnumInfo* CatalogState::FindEnum(std::string_view schema, std::string_view name) const {
  for (const auto& [id, type] : enums_) {
    if (type.record.name == name && SchemaName(type.record.schema) == schema) return &type;
  }
  return nullptr;
}

const EnumInfo* CatalogState::FindEnum(EnumId type) const {
  const auto found = enums_.find(type);
  return found == enums_.end() ? nullptr : &found->second;
}

const ProgramInfo* CatalogState::FindProgram(std::string_view schema, std::string_view name,
                                             std::initializer_list<ProgramKind> kinds) const {
  for (const auto& [id, program] : programs_) {
    const bool of_kind = std::ranges::find(kinds, program.record.kind) != kinds.end();
    if (of_kind && program.record.name == name && SchemaName(program.record.schema) == schema) {
      return &program;
    }
  }
  return nullptr;
}

uint32_t CatalogState::NextVersion(ObjectId id) const {
  const format::CatalogObjects::Object* object = objects_.Find(id);
  return object == nullptr ? 1 : object->version + 1;
}

bool CatalogState::WasDropped(ObjectId id) const {
  const format::CatalogObjects::Object* object = objects_.Find(id);
  return object != nullptr && object->type == format::CatalogType::kDropped;
}

}  // namespace tape::engine
