// DROP, COMMENT and RENAME of whatever has a name.
#include <algorithm>
#include <optional>
#include <utility>

#include "engine/sql/define/alterations.h"
#include "engine/sql/define/dependents.h"
#include "engine/sql/parser.h"
#include "engine/sql/printer.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using format::Concat;
using format::ObjectId;

std::string_view KindText(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kTable:
      return "table";
    case ObjectKind::kView:
      return "view";
    case ObjectKind::kMaterializedView:
      return "materialized view";
    case ObjectKind::kIndex:
      return "index";
    case ObjectKind::kSchema:
      return "schema";
    case ObjectKind::kType:
      return "type";
    case ObjectKind::kFunction:
      return "function";
    case ObjectKind::kTrigger:
      return "trigger";
    case ObjectKind::kExtension:
      return "extension";
    case ObjectKind::kColumn:
      return "column";
    case ObjectKind::kConstraint:
      return "constraint";
  }
  return "object";
}

std::optional<ProgramKind> ProgramKindOf(ObjectKind kind) {
  if (kind == ObjectKind::kView) return ProgramKind::kView;
  if (kind == ObjectKind::kMaterializedView) return ProgramKind::kMaterializedView;
  if (kind == ObjectKind::kFunction) return ProgramKind::kFunction;
  return std::nullopt;
}

// What a name of this kind stands for; 0 where there is nothing. Not for indexes.
absl::StatusOr<ObjectId> FindObject(ObjectKind kind, const ObjectName& name,
                                    const std::optional<ObjectName>& table,
                                    const Defining& define) {
  const CatalogState& state = define.state();
  if (kind == ObjectKind::kSchema) {
    const SchemaInfo* schema = state.FindSchema(name.last().text);
    return schema == nullptr ? 0 : schema->id;
  }
  if (kind == ObjectKind::kTrigger) {
    if (!table.has_value()) {
      return define.At(name.parts.front().place, "expected ON and the trigger's table");
    }
    absl::StatusOr<const TableInfo*> info = define.FindTable(*table);
    if (!info.ok()) return info.status();
    for (const ProgramInfo* trigger : TriggersOf(**info, state)) {
      if (trigger->record.name == name.last().text) return trigger->id;
    }
    return ObjectId{0};
  }
  absl::StatusOr<QualifiedName> resolved = define.Resolve(name);
  if (!resolved.ok()) return resolved.status();
  if (kind == ObjectKind::kTable) {
    const TableInfo* info = state.Find(resolved->schema, resolved->name);
    return info == nullptr ? 0 : info->id.value();
  }
  if (kind == ObjectKind::kType) {
    const EnumInfo* type = state.FindEnum(resolved->schema, resolved->name);
    return type == nullptr ? 0 : type->id.value();
  }
  const std::optional<ProgramKind> program_kind = ProgramKindOf(kind);
  if (!program_kind.has_value()) return ObjectId{0};
  const ProgramInfo* program = state.FindProgram(resolved->schema, resolved->name, {*program_kind});
  return program == nullptr ? 0 : program->id;
}

absl::Status NoObject(ObjectKind kind, const ObjectName& name, const Defining& define) {
  return define.At(name.parts.front().place,
                   Concat(std::string(KindText(kind)), " ", Quoted(Print(name)), " does not exist"),
                   absl::StatusCode::kNotFound);
}

// ---- indexes, whose names are unique in their tables only

absl::StatusOr<const TableInfo*> TableOfIndex(const ObjectName& name,
                                              const std::optional<ObjectName>& table,
                                              const Defining& define) {
  const auto has = [&](const TableInfo& info) {
    return std::ranges::count(info.schema.definition().indexes, name.last().text,
                              &IndexDefinition::name) != 0;
  };
  if (table.has_value()) {
    absl::StatusOr<const TableInfo*> info = define.FindTable(*table);
    if (!info.ok() || has(**info)) return info;
    return static_cast<const TableInfo*>(nullptr);
  }
  absl::StatusOr<QualifiedName> resolved = define.Resolve(name);
  if (!resolved.ok()) return resolved.status();
  const TableInfo* found = nullptr;
  for (const auto& [id, info] : define.state().tables()) {
    if (info.schema.schema_name() != resolved->schema || !has(info)) continue;
    if (found != nullptr) {
      return define.At(
          name.parts.front().place,
          Concat("tables ", found->schema.name(), " and ", info.schema.name(),
                 " both have an index ", Quoted(resolved->name), ": say which, with ON"));
    }
    found = &info;
  }
  return found;
}

absl::Status DropIndex(const ObjectName& name, const Drop& drop, Defining& define) {
  absl::StatusOr<const TableInfo*> info = TableOfIndex(name, drop.table, define);
  if (!info.ok()) return info.status();
  if (*info == nullptr) return NoObject(ObjectKind::kIndex, name, define);
  TableDefinition table = (*info)->schema.definition();
  const auto index = std::ranges::find(table.indexes, name.last().text, &IndexDefinition::name);
  if (index->unique) {
    Dropping dropping(define, drop.behavior == DropBehavior::kCascade, name.parts.front().place);
    std::vector<ColumnId> columns;
    for (const tape::IndexColumn& column : index->columns) {
      columns.push_back((*info)->schema.column(*(*info)->schema.Find(column.name)).id);
    }
    if (absl::Status s = dropping.ForeignKeysTo((*info)->id, columns); !s.ok()) return s;
    std::erase_if(table.uniques, [&](const auto& u) { return u.name == index->name; });
  }
  table.indexes.erase(index);
  return define.Alter(*define.state().Find((*info)->id), std::move(table),
                      name.parts.front().place);
}

// ---- DROP

absl::Status DropOne(const Drop& drop, const ObjectName& name, ObjectId id, Dropping& dropping,
                     Defining& define) {
  switch (drop.kind) {
    case ObjectKind::kTable:
      return dropping.Table(TableId(id));
    case ObjectKind::kType:
      return dropping.Enum(EnumId(id));
    case ObjectKind::kSchema:
      return dropping.Schema(id);
    case ObjectKind::kView:
    case ObjectKind::kMaterializedView:
    case ObjectKind::kFunction:
    case ObjectKind::kTrigger:
      return dropping.Program(id);
    default:
      return define.At(name.parts.front().place, "this kind of thing cannot be dropped");
  }
}

absl::Status DropMissing(const Drop& drop, const ObjectName& name, Defining& define) {
  absl::Status status = NoObject(drop.kind, name, define);
  if (!drop.if_exists) return status;
  define.Warn(Concat(std::string(KindText(drop.kind)), " ", Quoted(Print(name)),
                     " does not exist, passed over"));
  return absl::OkStatus();
}

// ---- COMMENT

absl::Status CommentOnColumn(const Comment& comment, const std::string& text, Defining& define) {
  if (comment.name.parts.size() < 2) {
    return define.At(comment.name.parts.front().place, "expected table.column");
  }
  ObjectName table = comment.name;
  const Name column = table.parts.back();
  table.parts.pop_back();
  absl::StatusOr<const TableInfo*> info = define.FindTable(table);
  if (!info.ok()) return info.status();
  TableDefinition definition = (*info)->schema.definition();
  const auto found = std::ranges::find(definition.columns, column.text, &Column::name);
  if (found == definition.columns.end()) return NoObject(ObjectKind::kColumn, comment.name, define);
  found->comment = text;
  return define.Alter(**info, std::move(definition), column.place);
}

absl::Status CommentOn(const Comment& comment, ObjectId id, const std::string& text,
                       Defining& define) {
  const Place place = comment.name.parts.front().place;
  if (comment.kind == ObjectKind::kTable) {
    const TableInfo& info = *define.state().Find(TableId(id));
    TableDefinition definition = info.schema.definition();
    definition.comment = text;
    return define.Alter(info, std::move(definition), place);
  }
  if (comment.kind == ObjectKind::kType) {
    format::EnumRecord record = define.state().FindEnum(EnumId(id))->record;
    record.comment = text;
    return define.At(place, define.change.AlterEnum(EnumId(id), std::move(record)));
  }
  if (comment.kind == ObjectKind::kSchema) {
    format::SchemaRecord record = define.state().FindSchema(id)->record;
    record.comment = text;
    return define.At(place, define.change.AlterSchema(id, std::move(record)));
  }
  format::ProgramRecord record = define.state().programs().at(id).record;
  record.comment = text;
  return define.At(place, define.change.AlterProgram(id, std::move(record)));
}

// ---- RENAME

absl::Status RenameIndex(const RenameObject& rename, Defining& define) {
  absl::StatusOr<const TableInfo*> info = TableOfIndex(rename.name, {}, define);
  if (!info.ok()) return info.status();
  if (*info == nullptr) return NoObject(ObjectKind::kIndex, rename.name, define);
  TableDefinition table = (*info)->schema.definition();
  const std::string from = rename.name.last().text;
  for (IndexDefinition& index : table.indexes) {
    if (index.name == rename.to.text) {
      return define.At(rename.to.place, Concat("index ", Quoted(index.name), " exists already"),
                       absl::StatusCode::kAlreadyExists);
    }
  }
  std::ranges::find(table.indexes, from, &IndexDefinition::name)->name = rename.to.text;
  for (KeyConstraint& unique : table.uniques) {
    if (unique.name == from) unique.name = rename.to.text;
  }
  return define.Alter(**info, std::move(table), rename.to.place);
}

// The statement that a program is kept as says its name.
absl::Status RenameProgram(const RenameObject& rename, ObjectId id, Defining& define) {
  absl::Status status =
      CheckUnused(UsersOf(id, define.state()), "rename it", rename.to.place, define);
  if (!status.ok()) return status;
  const ProgramInfo& program = define.state().programs().at(id);
  const QualifiedName to{std::string(define.state().SchemaName(program.record.schema)),
                         rename.to.text};
  if (program.record.kind != ProgramKind::kFunction) {
    if (absl::Status s = define.CheckRelationIsFree(to, rename.to.place); !s.ok()) return s;
  } else if (define.state().FindProgram(to.schema, to.name, {ProgramKind::kFunction}) != nullptr) {
    return define.At(rename.to.place, Concat("function ", Quoted(to), " exists already"),
                     absl::StatusCode::kAlreadyExists);
  }
  absl::StatusOr<Statement> statement = ParseStatement(program.record.sql);
  if (!statement.ok()) return absl::DataLossError(MessageOf(statement.status()));
  if (auto* view = std::get_if<CreateView>(&statement->form)) {
    view->name.parts.back().text = to.name;
  } else if (auto* function = std::get_if<CreateFunction>(&statement->form)) {
    function->name.parts.back().text = to.name;
  }
  format::ProgramRecord record = program.record;
  record.name = to.name;
  record.sql = Print(*statement);
  return define.At(rename.to.place, define.change.AlterProgram(id, std::move(record)));
}

absl::Status RenameType(const RenameObject& rename, ObjectId id, Defining& define) {
  format::EnumRecord record = define.state().FindEnum(EnumId(id))->record;
  const QualifiedName to{std::string(define.state().SchemaName(record.schema)), rename.to.text};
  if (define.state().FindEnum(to.schema, to.name) != nullptr) {
    return define.At(rename.to.place, Concat("type ", Quoted(to), " exists already"),
                     absl::StatusCode::kAlreadyExists);
  }
  record.name = to.name;
  return define.At(rename.to.place, define.change.AlterEnum(EnumId(id), std::move(record)));
}

absl::Status RenameSchema(const RenameObject& rename, ObjectId id, Defining& define) {
  if (define.state().FindSchema(rename.to.text) != nullptr) {
    return define.At(rename.to.place, Concat("schema ", Quoted(rename.to.text), " exists already"),
                     absl::StatusCode::kAlreadyExists);
  }
  for (const auto& [program_id, program] : define.state().programs()) {
    absl::Status s = CheckUnused({&program}, "rename a schema", rename.to.place, define);
    if (!s.ok()) return s;
  }
  format::SchemaRecord record = define.state().FindSchema(id)->record;
  record.name = rename.to.text;
  return define.At(rename.to.place, define.change.AlterSchema(id, std::move(record)));
}

}  // namespace

absl::Status DefineDrop(const Drop& drop, Defining& define) {
  if (drop.kind == ObjectKind::kExtension) {
    define.Warn("extensions: nothing to drop, passed over");
    return absl::OkStatus();
  }
  Dropping dropping(define, drop.behavior == DropBehavior::kCascade,
                    drop.names.front().parts.front().place);
  std::vector<std::pair<ObjectId, const ObjectName*>> objects;
  for (const ObjectName& name : drop.names) {
    if (drop.kind == ObjectKind::kIndex) {
      absl::Status status = DropIndex(name, drop, define);
      if (absl::IsNotFound(status)) status = DropMissing(drop, name, define);
      if (!status.ok()) return status;
      continue;
    }
    absl::StatusOr<ObjectId> id = FindObject(drop.kind, name, drop.table, define);
    if (absl::IsNotFound(id.status()) && drop.if_exists) id = ObjectId{0};
    if (!id.ok()) return id.status();
    if (*id == 0) {
      if (absl::Status s = DropMissing(drop, name, define); !s.ok()) return s;
      continue;
    }
    dropping.AlsoGoes(*id);
    objects.emplace_back(*id, &name);
  }
  for (const auto& [id, name] : objects) {
    if (absl::Status s = DropOne(drop, *name, id, dropping, define); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status DefineComment(const Comment& comment, Defining& define) {
  const Place place = comment.name.parts.front().place;
  const std::string text = comment.text.value_or("");
  if (comment.kind == ObjectKind::kColumn) return CommentOnColumn(comment, text, define);
  if (comment.kind == ObjectKind::kIndex || comment.kind == ObjectKind::kConstraint ||
      comment.kind == ObjectKind::kExtension) {
    return define.At(place,
                     Concat("no comment is kept of a ", std::string(KindText(comment.kind))));
  }
  absl::StatusOr<ObjectId> id = FindObject(comment.kind, comment.name, comment.table, define);
  if (!id.ok()) return id.status();
  if (*id == 0) return NoObject(comment.kind, comment.name, define);
  return CommentOn(comment, *id, text, define);
}

absl::Status DefineRename(const RenameObject& rename, Defining& define) {
  if (rename.kind == ObjectKind::kIndex) return RenameIndex(rename, define);
  absl::StatusOr<ObjectId> id = FindObject(rename.kind, rename.name, {}, define);
  if (!id.ok()) return id.status();
  if (*id == 0) {
    if (!rename.if_exists) return NoObject(rename.kind, rename.name, define);
    define.Warn(Concat(Quoted(Print(rename.name)), " does not exist, passed over"));
    return absl::OkStatus();
  }
  if (absl::Status s = ValidateIdentifier(rename.to.text); !s.ok()) {
    return define.At(rename.to.place, MessageOf(s));
  }
  if (rename.kind == ObjectKind::kType) return RenameType(rename, *id, define);
  if (rename.kind == ObjectKind::kSchema) return RenameSchema(rename, *id, define);
  if (ProgramKindOf(rename.kind).has_value()) return RenameProgram(rename, *id, define);
  return define.At(rename.to.place, "this kind of thing cannot be renamed");
}

}  // namespace tape::engine::sql
