#include "tests/documents/catalog_listing.h"

#include <vector>

#include "engine/sql/define/types.h"
#include "format/bytes/message.h"

namespace tape::documents {
namespace {

using engine::CatalogState;
using engine::TableInfo;

std::string Joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return format::Concat("(", out, ")");
}

std::string DefaultText(const ColumnDefault& value) {
  switch (value.kind) {
    case ColumnDefault::Kind::kNone:
      return "";
    case ColumnDefault::Kind::kLiteral:
      return format::Concat(" DEFAULT '", value.literal, "'");
    case ColumnDefault::Kind::kNow:
      return " DEFAULT now";
    case ColumnDefault::Kind::kRandomUuid:
      return " DEFAULT uuid";
    case ColumnDefault::Kind::kSequence:
      return " DEFAULT sequence";
  }
  return " DEFAULT ?";
}

std::string OnDeleteText(OnDelete on_delete) {
  switch (on_delete) {
    case OnDelete::kNoAction:
      return "";
    case OnDelete::kRestrict:
      return " ON DELETE RESTRICT";
    case OnDelete::kCascade:
      return " ON DELETE CASCADE";
    case OnDelete::kSetNull:
      return " ON DELETE SET NULL";
  }
  return " ON DELETE ?";
}

constexpr const char* kPartitions[] = {"none", "day", "week", "month"};
constexpr const char* kHistories[] = {"default", "none", "all", "interval"};
constexpr const char* kMethods[] = {"btree", "hash", "brin", "gin"};

std::string Head(const Schema& schema) {
  const auto name = [&](std::optional<size_t> column) {
    return column.has_value() ? schema.column(*column).name : std::string("-");
  };
  return "table " + schema.name() + " time=" + name(schema.time_column()) +
         " partition=" + kPartitions[static_cast<size_t>(schema.partition())] +
         " cluster=" + name(schema.cluster_column()) +
         " history=" + kHistories[static_cast<size_t>(schema.history())] + "\n";
}

std::string Columns(const Schema& schema, const CatalogState& state) {
  std::string out;
  for (const Column& column : schema.columns()) {
    out += "  " + column.name + " " + engine::sql::TypeText(column.type, state);
    if (!column.nullable) out += " NOT NULL";
    if (column.sensitive) out += " SENSITIVE";
    out += DefaultText(column.default_value) + "\n";
  }
  return out;
}

std::string Constraints(const TableInfo& info) {
  const TableDefinition& table = info.schema.definition();
  std::string out;
  if (table.primary_key.has_value()) {
    out += "  PRIMARY KEY " + table.primary_key->name + " " + Joined(table.primary_key->columns) +
           "\n";
  }
  for (const KeyConstraint& unique : table.uniques) {
    out += "  UNIQUE " + unique.name + " " + Joined(unique.columns);
    out += unique.nulls_distinct ? "\n" : " NULLS NOT DISTINCT\n";
  }
  for (const CheckConstraint& check : table.checks) {
    out += "  CHECK " + check.name + ": " + check.expression + "\n";
  }
  for (const ForeignKey& key : table.foreign_keys) {
    out += "  FOREIGN KEY " + key.name + " " + Joined(key.columns) + " -> " + key.referenced_table +
           " " + Joined(key.referenced_columns) + OnDeleteText(key.on_delete) + "\n";
  }
  for (const std::string& text : info.record.unresolved) out += "  UNRESOLVED " + text + "\n";
  return out;
}

std::string Indexes(const TableDefinition& table) {
  std::string out;
  for (const IndexDefinition& index : table.indexes) {
    std::vector<std::string> columns;
    for (const IndexColumn& column : index.columns) {
      columns.push_back(column.name + (column.descending ? " DESC" : ""));
    }
    out += "  INDEX " + index.name + " " + kMethods[static_cast<size_t>(index.method)] + " " +
           Joined(columns);
    if (!index.include.empty()) out += " INCLUDE " + Joined(index.include);
    if (!index.where.empty()) out += " WHERE " + index.where;
    out += "\n";
  }
  return out;
}

}  // namespace

std::string ListCatalog(const CatalogState& state, std::string_view schema) {
  std::string out = "schema " + std::string(schema) + "\n";
  for (const auto& [id, type] : state.enums()) {
    if (state.SchemaName(type.record.schema) != schema) continue;
    out += "enum " + type.record.name + " " + Joined(type.record.values) + "\n";
  }
  for (const auto& [id, info] : state.tables()) {
    if (info.schema.schema_name() != schema) continue;
    out += Head(info.schema) + Columns(info.schema, state) + Constraints(info) +
           Indexes(info.schema.definition());
  }
  for (const auto& [id, program] : state.programs()) {
    if (state.SchemaName(program.record.schema) != schema) continue;
    constexpr const char* kKinds[] = {"", "view", "materialized view", "function", "trigger"};
    out += std::string(kKinds[static_cast<size_t>(program.record.kind)]) + " " +
           program.record.name + "\n";
  }
  return out;
}

}  // namespace tape::documents
