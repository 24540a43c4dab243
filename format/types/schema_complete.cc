// What a definition leaves unsaid and needs no decision: ids, names of constraints, NOT NULL of
// keys.
#include <algorithm>

#include "format/bytes/message.h"
#include "format/types/schema_check.h"
#include "format/types/utf8.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

using Names = std::vector<std::string>;

Column* FindColumn(TableDefinition& definition, std::string_view name) {
  for (Column& column : definition.columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

void SetNotNull(TableDefinition& definition, std::string_view name) {
  if (Column* column = FindColumn(definition, name)) column->nullable = false;
}

void CompleteColumns(TableDefinition& definition) {
  ColumnId highest;
  for (const Column& column : definition.columns) highest = std::max(highest, column.id);
  for (Column& column : definition.columns) {
    if (column.id == ColumnId()) column.id = ++highest;
    if (!column.type.IsSerial()) continue;
    column.nullable = false;
    if (column.default_value == ColumnDefault()) column.default_value = ColumnDefault::Sequence();
  }
  if (!definition.time_column.empty()) SetNotNull(definition, definition.time_column);
  if (!definition.primary_key.has_value()) return;
  for (const std::string& name : definition.primary_key->columns) SetNotNull(definition, name);
}

std::string Front(const TableDefinition& definition, const Names& columns) {
  std::string front = definition.name;
  for (const std::string& column : columns) {
    if (front.size() > kMaxIdentifierBytes) break;  // it will be cut anyway
    front.append("_").append(column);
  }
  return front;
}

// A given name is taken first, so that no generated one can get in its way.
void Take(const std::string& name, std::set<std::string>& taken) {
  if (!name.empty()) taken.insert(name);
}

void Fill(std::string& name, const std::string& front, std::string_view suffix,
          std::set<std::string>& taken) {
  if (!name.empty()) return;
  name = FreeName(front, suffix, taken);
  taken.insert(name);
}

void NameConstraints(TableDefinition& definition) {
  std::set<std::string> taken;
  std::optional<KeyConstraint>& primary_key = definition.primary_key;
  if (primary_key.has_value()) Take(primary_key->name, taken);
  for (const KeyConstraint& unique : definition.uniques) Take(unique.name, taken);
  for (const CheckConstraint& check : definition.checks) Take(check.name, taken);
  for (const ForeignKey& key : definition.foreign_keys) Take(key.name, taken);

  if (primary_key.has_value()) Fill(primary_key->name, definition.name, "pkey", taken);
  for (KeyConstraint& unique : definition.uniques) {
    Fill(unique.name, Front(definition, unique.columns), "key", taken);
  }
  for (CheckConstraint& check : definition.checks)
    Fill(check.name, definition.name, "check", taken);
  for (ForeignKey& key : definition.foreign_keys) {
    Fill(key.name, Front(definition, key.columns), "fkey", taken);
    if (key.referenced_schema.empty()) key.referenced_schema = definition.schema;
  }
}

void NameIndexes(TableDefinition& definition) {
  std::set<std::string> taken;
  for (const IndexDefinition& index : definition.indexes) Take(index.name, taken);
  for (IndexDefinition& index : definition.indexes) {
    Names columns;
    for (const IndexColumn& column : index.columns) columns.push_back(column.name);
    Fill(index.name, Front(definition, columns), "idx", taken);
  }
}

}  // namespace

std::string FreeName(std::string_view front, std::string_view suffix,
                     const std::set<std::string>& taken) {
  constexpr size_t kRoomForNumber = 4;  // of constraints, of which there are few
  static_assert(kMaxConstraints < 10'000 && kMaxIndexes < 10'000);
  front = front.substr(0, kMaxIdentifierBytes - 1 - suffix.size() - kRoomForNumber);
  front = front.substr(0, ValidUtf8Prefix(front));
  std::string name = Concat(front, "_", suffix);
  for (int number = 1; taken.count(name) != 0; ++number) {
    name = Concat(front, "_", suffix, number);
  }
  return name;
}

void CompleteDefinition(TableDefinition& definition) {
  CompleteColumns(definition);
  NameConstraints(definition);
  NameIndexes(definition);
}

}  // namespace tape::format
