#include "engine/sql/define/dependents.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "engine/sql/define/column_uses.h"
#include "engine/sql/define/constraints.h"
#include "engine/sql/define/relations.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using format::Concat;
using format::ObjectId;

// Whether a program's text has the word, or a star, which stands for all. A word may be another
// thing of that name: then a drop asks for CASCADE without need, which is the safe side.
bool Mentions(const ProgramInfo& program, std::string_view word) {
  const std::string& text = program.record.sql;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const auto is_part = [&](size_t i) {
      return i < text.size() &&
             (std::isalnum(static_cast<unsigned char>(text[i])) != 0 || text[i] == '_');
    };
    if ((at == 0 || !is_part(at - 1)) && !is_part(at + word.size())) return true;
  }
  return program.record.kind != ProgramKind::kTrigger && text.find("SELECT *") != std::string::npos;
}

// Whether a function of one of the table's triggers mentions it.
bool FunctionMentions(const ProgramInfo& trigger, std::string_view word,
                      const CatalogState& state) {
  for (ObjectId id : UsesOf(trigger, state)) {
    const auto function = state.programs().find(id);
    if (function != state.programs().end() && Mentions(function->second, word)) return true;
  }
  return false;
}

// The columns of a foreign key's target, those of a primary key where it names none.
std::vector<ColumnId> TargetColumns(const format::ForeignTarget& target,
                                    const CatalogState& state) {
  const TableInfo* table = state.Find(target.table);
  if (!target.columns.empty() || table == nullptr) return target.columns;
  std::vector<ColumnId> columns;
  const TableDefinition& definition = table->schema.definition();
  if (!definition.primary_key.has_value()) return columns;
  for (const std::string& name : definition.primary_key->columns) {
    columns.push_back(table->schema.column(*table->schema.Find(name)).id);
  }
  return columns;
}

bool SameSet(std::vector<ColumnId> a, std::vector<ColumnId> b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  return a == b;
}

}  // namespace

std::vector<const ProgramInfo*> UsersOf(ObjectId id, const CatalogState& state) {
  std::vector<const ProgramInfo*> users;
  for (const auto& [program_id, program] : state.programs()) {
    if (program_id != id && UsesOf(program, state).contains(id)) users.push_back(&program);
  }
  return users;
}

std::vector<const ProgramInfo*> UsersOfColumn(const TableInfo& table, std::string_view column,
                                              const CatalogState& state) {
  std::vector<const ProgramInfo*> users = UsersOf(table.id.value(), state);
  std::erase_if(users, [&](const ProgramInfo* user) {
    return !Mentions(*user, column) && !FunctionMentions(*user, column, state);
  });
  return users;
}

std::string Describe(const ProgramInfo& program) {
  switch (program.record.kind) {
    case ProgramKind::kView:
      return Concat("view ", program.record.name);
    case ProgramKind::kMaterializedView:
      return Concat("materialized view ", program.record.name);
    case ProgramKind::kFunction:
      return Concat("function ", program.record.name);
    case ProgramKind::kTrigger:
      return Concat("trigger ", program.record.name);
  }
  return program.record.name;
}

absl::Status CheckUnused(const std::vector<const ProgramInfo*>& users, std::string_view what,
                         Place place, const Defining& define) {
  if (users.empty()) return absl::OkStatus();
  return define.At(place,
                   Concat("cannot ", std::string(what), ": ", Describe(*users.front()),
                          " says its name; drop that first"),
                   absl::StatusCode::kFailedPrecondition);
}

absl::Status Dropping::Hindered(std::string_view what, std::string_view by) const {
  return define_.At(place_,
                    Concat("cannot drop ", std::string(what), ": ", std::string(by),
                           " depends on it (CASCADE drops both)"),
                    absl::StatusCode::kFailedPrecondition);
}

// ---- foreign keys

absl::Status Dropping::ForeignKeysOf(TableId from, TableId to,
                                     const std::vector<ColumnId>& columns) {
  const TableInfo& info = *define_.state().Find(from);
  TableDefinition definition = info.schema.definition();
  std::vector<ForeignKey> kept;
  for (size_t i = 0; i < definition.foreign_keys.size(); ++i) {
    const std::optional<format::ForeignTarget>& target = info.record.targets[i];
    const bool refers =
        target.has_value() && target->table == to &&
        (columns.empty() || SameSet(TargetColumns(*target, define_.state()), columns));
    if (!refers) {
      kept.push_back(definition.foreign_keys[i]);
      continue;
    }
    if (!cascade_) {
      return Hindered(
          Concat("what it refers to"),
          Concat("foreign key ", definition.foreign_keys[i].name, " of table ", definition.name));
    }
    define_.Warn(Concat("dropped foreign key ", definition.foreign_keys[i].name, " of table ",
                        Quoted(definition.name)));
  }
  if (kept.size() == definition.foreign_keys.size()) return absl::OkStatus();
  definition.foreign_keys = std::move(kept);
  return define_.Alter(info, std::move(definition), place_);
}

absl::Status Dropping::ForeignKeysTo(TableId id, const std::vector<ColumnId>& columns) {
  std::vector<TableId> others;
  for (const auto& [other, info] : define_.state().tables()) {
    const bool self = other == id && columns.empty();
    if (!self && !goes_.contains(other.value())) others.push_back(other);
  }
  for (TableId other : others) {
    if (absl::Status s = ForeignKeysOf(other, id, columns); !s.ok()) return s;
  }
  return absl::OkStatus();
}

// ---- objects

absl::Status Dropping::Table(TableId id) {
  const TableInfo* info = define_.state().Find(id);
  if (info == nullptr) return absl::OkStatus();  // gone along with another
  AlsoGoes(id.value());
  const std::string name = Concat("table ", info->schema.name());
  for (const ProgramInfo* trigger : TriggersOf(*info, define_.state())) {
    if (absl::Status s = define_.change.Drop(trigger->id); !s.ok()) return s;
  }
  std::vector<ObjectId> users;
  for (const ProgramInfo* user : UsersOf(id.value(), define_.state())) {
    if (goes_.contains(user->id)) continue;
    if (!cascade_) return Hindered(name, Describe(*user));
    users.push_back(user->id);
  }
  for (ObjectId user : users) {
    if (absl::Status s = Program(user); !s.ok()) return s;
  }
  if (absl::Status s = ForeignKeysTo(id, {}); !s.ok()) return s;
  return define_.change.Drop(id.value());
}

absl::Status Dropping::Program(ObjectId id) {
  const auto found = define_.state().programs().find(id);
  if (found == define_.state().programs().end()) return absl::OkStatus();
  AlsoGoes(id);
  const std::string name = Describe(found->second);
  std::vector<ObjectId> users;
  for (const ProgramInfo* user : UsersOf(id, define_.state())) {
    if (goes_.contains(user->id)) continue;
    if (!cascade_) return Hindered(name, Describe(*user));
    users.push_back(user->id);
  }
  for (ObjectId user : users) {
    if (absl::Status s = Program(user); !s.ok()) return s;
  }
  return define_.change.Drop(id);
}

absl::Status Dropping::Enum(EnumId id) {
  const EnumInfo* type = define_.state().FindEnum(id);
  if (type == nullptr) return absl::OkStatus();
  for (const auto& [table, info] : define_.state().tables()) {
    if (goes_.contains(table.value())) continue;
    for (const Column& column : info.schema.columns()) {
      if (column.type.enum_id() != id) continue;
      return define_.At(place_,
                        Concat("cannot drop type ", type->record.name, ": column ", column.name,
                               " of table ", info.schema.name(), " has it"),
                        absl::StatusCode::kFailedPrecondition);
    }
  }
  return define_.change.Drop(id.value());
}

absl::Status Dropping::Schema(ObjectId id) {
  const SchemaInfo& schema = *define_.state().FindSchema(id);
  const std::string name = Concat("schema ", schema.record.name);
  std::vector<TableId> tables;
  std::vector<ObjectId> programs;
  std::vector<EnumId> enums;
  for (const auto& [table, info] : define_.state().tables()) {
    if (info.record.schema == id) tables.push_back(table);
  }
  for (const auto& [program, info] : define_.state().programs()) {
    if (info.record.schema == id) programs.push_back(program);
  }
  for (const auto& [type, info] : define_.state().enums()) {
    if (info.record.schema == id) enums.push_back(type);
  }
  if (!cascade_ && tables.size() + programs.size() + enums.size() != 0) {
    return Hindered(name, "what is in it");
  }
  for (TableId table : tables) AlsoGoes(table.value());
  for (TableId table : tables) {
    if (absl::Status s = Table(table); !s.ok()) return s;
  }
  for (ObjectId program : programs) {
    if (absl::Status s = Program(program); !s.ok()) return s;
  }
  for (EnumId type : enums) {
    if (absl::Status s = Enum(type); !s.ok()) return s;
  }
  return define_.change.Drop(id);
}

absl::Status Dropping::UsersOfColumn(const TableInfo& table, const std::string& column) {
  std::vector<ObjectId> users;
  for (const ProgramInfo* user : sql::UsersOfColumn(table, column, define_.state())) {
    if (!cascade_) return Hindered(Concat("column ", column), Describe(*user));
    users.push_back(user->id);
  }
  for (ObjectId user : users) {
    if (absl::Status s = Program(user); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace tape::engine::sql
