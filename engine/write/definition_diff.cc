#include "engine/write/definition_diff.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace tape::engine {
namespace {

// What of a definition rows do not feel is made the same.
TableDefinition OfRows(const Schema& schema) {
  TableDefinition definition = schema.definition();
  definition.schema.clear();
  definition.name.clear();
  definition.comment.clear();
  definition.indexes.clear();
  definition.time_column.clear();
  definition.partition.reset();
  definition.cluster_column.reset();
  const std::vector<std::string> symbols = std::move(definition.options.symbols);
  definition.options = TableOptions();
  definition.options.symbols = symbols;
  for (Column& column : definition.columns) column.comment.clear();
  for (ForeignKey& key : definition.foreign_keys) {
    key.referenced_schema.clear();
    key.referenced_table.clear();
    key.referenced_columns.clear();
  }
  return definition;
}

std::string NameOf(const Schema& schema, std::optional<size_t> column) {
  return column.has_value() ? std::to_string(schema.column(*column).id.value()) : std::string();
}

bool SameRows(const TableInfo& before, const TableInfo& after) {
  return OfRows(before.schema) == OfRows(after.schema) &&
         before.record.targets == after.record.targets && SameLayout(before.schema, after.schema);
}

// Values of an ENUM that a column has are part of what may be stored in it.
bool SameEnums(const TableInfo& table, const CatalogState& before, const CatalogState& after) {
  return std::ranges::all_of(table.schema.columns(), [&](const Column& column) {
    const EnumInfo* old = before.FindEnum(column.type.enum_id());
    const EnumInfo* now = after.FindEnum(column.type.enum_id());
    return old == nullptr || now == nullptr || old->version == now->version;
  });
}

}  // namespace

bool SameLayout(const Schema& before, const Schema& after) {
  return NameOf(before, before.time_column()) == NameOf(after, after.time_column()) &&
         NameOf(before, before.cluster_column()) == NameOf(after, after.cluster_column()) &&
         before.partition() == after.partition() && before.history() == after.history();
}

DefinitionDiff DiffDefinitions(const CatalogState& before, const CatalogState& after) {
  DefinitionDiff diff;
  for (const auto& [id, info] : before.tables()) {
    if (after.Find(id) == nullptr) diff.dropped.push_back(id);
  }
  for (const auto& [id, info] : after.tables()) {
    const TableInfo* old = before.Find(id);
    if (old == nullptr) {
      diff.created.push_back(id);
    } else if (!SameRows(*old, info)) {
      diff.altered.push_back(id);
    } else if (old->version != info.version || !(old->schema == info.schema) ||
               !SameEnums(info, before, after)) {
      diff.described.push_back(id);
    }
  }
  return diff;
}

}  // namespace tape::engine
