#include "engine/sql/session/statement_context.h"

#include <memory>
#include <utility>

#include "engine/sql/printer.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {

using format::Concat;

std::optional<NamedType> CatalogTypes::Find(const ObjectName& name) const {
  if (name.parts.size() > 2) return std::nullopt;
  const std::string_view within = name.parts.size() == 2 ? name.parts[0].text : schema_;
  const EnumInfo* found = catalog_.FindEnum(within, name.last().text);
  if (found == nullptr) return std::nullopt;
  return ValueTypeOf(Type::Enum(found->id), catalog_);
}

absl::StatusOr<const TableInfo*> StatementContext::FindTable(const ObjectName& name) const {
  const Place place = name.parts.front().place;
  if (name.parts.size() > 2) {
    return At(place, Concat(Print(name), ": a table is called by its name, or schema and name"));
  }
  std::string_view within = schema;
  if (name.parts.size() == 2) within = name.parts[0].text;
  if (within == "public" && catalog.FindSchema("public") == nullptr) within = schema;
  const TableInfo* table = catalog.Find(within, name.last().text);
  if (table != nullptr) return table;
  return At(place, Concat("table \"", within, ".", name.last().text, "\" does not exist"),
            absl::StatusCode::kNotFound);
}

absl::Status StatementContext::At(Place place, std::string_view message,
                                  absl::StatusCode code) const {
  return At(place, absl::Status(code, absl::string_view(message.data(), message.size())));
}

absl::Status StatementContext::At(Place place, const absl::Status& status) const {
  return status.ok() ? status : Binder(text, {}).ErrorAt(place, status);
}

bool HasPlace(const absl::Status& status) { return status.message().substr(0, 5) == "line "; }

NamedType ValueTypeOf(const Type& type, const CatalogState& catalog) {
  if (type.kind() == TypeKind::kSerial) return {.type = Type::Integer()};
  if (type.kind() == TypeKind::kBigserial) return {.type = Type::Bigint()};
  if (type.kind() != TypeKind::kEnum) return {.type = type};
  const EnumInfo* found = catalog.FindEnum(type.enum_id());
  if (found == nullptr) return {.type = type};
  return {.type = type,
          .labels = std::make_shared<exec::EnumLabels>(found->record.values, found->record.name)};
}

std::vector<NamedType> ValueTypesOf(const Schema& schema, const CatalogState& catalog) {
  std::vector<NamedType> types;
  for (const Column& column : schema.columns()) types.push_back(ValueTypeOf(column.type, catalog));
  return types;
}

void AddTable(const TableInfo& table, const CatalogState& catalog, const RelationNames& names,
              Scope& scope) {
  const Schema& schema = table.schema;
  const size_t relation = names.alias.empty()
                              ? scope.AddRelation(schema.name(), schema.schema_name())
                              : scope.AddRelation(names.alias);
  for (const Column& column : schema.columns()) {
    NamedType type = ValueTypeOf(column.type, catalog);
    scope.AddColumn(relation, {.name = column.name,
                               .type = type.type,
                               .labels = std::move(type.labels),
                               .qualified_only = names.qualified_only});
  }
}

}  // namespace tape::engine::sql
