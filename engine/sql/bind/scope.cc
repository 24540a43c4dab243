#include "engine/sql/bind/scope.h"

#include <utility>

#include "engine/sql/printer.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {

using format::Concat;

size_t Scope::AddRelation(std::string_view name, std::string_view schema) {
  relations_.push_back({std::string(name), std::string(schema)});
  return relations_.size() - 1;
}

size_t Scope::AddColumn(size_t relation, ScopeColumn column) {
  columns_.push_back({relation, std::move(column)});
  return columns_.size() - 1;
}

bool Scope::Means(const ObjectName& name, const Entry& entry) const {
  const size_t parts = name.parts.size();
  if (name.last().text != entry.column.name) return false;
  if (parts == 1) return !entry.column.qualified_only;
  const Relation& relation = relations_[entry.relation];
  if (name.parts[parts - 2].text != relation.name) return false;
  return parts == 2 || (parts == 3 && name.parts[0].text == relation.schema);
}

absl::StatusOr<size_t> Scope::Find(const ObjectName& name) const {
  std::optional<size_t> found;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (!Means(name, columns_[i])) continue;
    if (found) {
      return absl::InvalidArgumentError(
          Concat("column ", Print(name), " is ambiguous: it is in ",
                 PrintName(relations_[columns_[*found].relation].name), " and in ",
                 PrintName(relations_[columns_[i].relation].name)));
    }
    found = i;
  }
  if (found) return *found;
  return absl::InvalidArgumentError(Concat("column ", Print(name), " does not exist"));
}

}  // namespace tape::engine::sql
