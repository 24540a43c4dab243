#include "engine/sql/define/programs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/sql/define/column_uses.h"
#include "engine/sql/define/relations.h"
#include "engine/sql/parser.h"
#include "engine/sql/printer.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using format::Concat;
using format::ObjectId;

constexpr std::initializer_list<ProgramKind> kViews = {ProgramKind::kView,
                                                       ProgramKind::kMaterializedView};

template <typename Form>
absl::StatusOr<Form> Read(const ProgramInfo& program) {
  absl::StatusOr<Statement> statement = ParseStatement(program.record.sql);
  if (!statement.ok()) {
    return absl::DataLossError(
        Concat("the catalog's ", program.record.name, ": ", MessageOf(statement.status())));
  }
  const Form* form = statement->As<Form>();
  if (form != nullptr) return *form;
  return absl::DataLossError(
      Concat("the catalog's ", program.record.name, " is another statement"));
}

std::string PrintForm(StatementForm form) {
  return Print(Statement{.form = std::move(form), .place = {}, .parameters = 0});
}

// Makes it, or puts it in the place of the one before.
absl::Status Put(const ProgramInfo* before, format::ProgramRecord record, Defining& define) {
  if (before == nullptr) return define.change.CreateProgram(std::move(record)).status();
  record.comment = before->record.comment;
  return define.change.AlterProgram(before->id, std::move(record));
}

// The relation that a name in a program means: a table or a view.
std::optional<ObjectId> RelationOf(const ObjectName& name, std::string_view schema,
                                   const CatalogState& state) {
  if (name.parts.size() > 2) return std::nullopt;
  const std::string_view within = name.parts.size() == 2 ? name.parts[0].text : schema;
  if (const TableInfo* table = state.Find(within, name.last().text)) return table->id.value();
  if (const ProgramInfo* view = state.FindProgram(within, name.last().text, kViews))
    return view->id;
  return std::nullopt;
}

// Names without a schema mean the session's now, and the view's own when it is read again.
void Qualify(const QualifiedName& view, const DefineSession& session, CreateView& kept) {
  if (view.schema == session.schema) return;
  for (const ObjectName* name : RelationsIn(kept.query)) {
    if (name->parts.size() != 1) continue;
    auto& parts = const_cast<ObjectName*>(name)->parts;  // `kept` is ours
    parts.insert(parts.begin(), Name{session.schema, parts.front().place});
  }
}

// Reading a relation that is not there fails; whether its columns are is for the binder.
absl::Status CheckRelations(const Query& query, const Defining& define) {
  for (const ObjectName* name : RelationsIn(query)) {
    absl::StatusOr<QualifiedName> resolved = define.Resolve(*name);
    if (!resolved.ok()) return resolved.status();
    const CatalogState& state = define.state();
    if (state.Find(resolved->schema, resolved->name) != nullptr) continue;
    if (state.FindProgram(resolved->schema, resolved->name, kViews) != nullptr) continue;
    return define.At(name->parts.front().place,
                     Concat("table ", Quoted(*resolved), " does not exist"),
                     absl::StatusCode::kNotFound);
  }
  return absl::OkStatus();
}

// A query of one table and no subquery: then each plain name is a column of it, or was named by an
// item. Others are for the binder.
absl::Status CheckColumns(const Query& query, const Defining& define) {
  const auto* select = std::get_if<Select>(&query.body);
  const bool simple = select != nullptr && query.with.tables.empty() && select->from.size() == 1 &&
                      select->from[0].joins.empty() &&
                      std::holds_alternative<TableName>(select->from[0].first.form);
  if (!simple) return absl::OkStatus();
  absl::StatusOr<QualifiedName> name =
      define.Resolve(std::get<TableName>(select->from[0].first.form).name);
  if (!name.ok()) return name.status();
  const TableInfo* table = define.state().Find(name->schema, name->name);
  if (table == nullptr) return absl::OkStatus();  // a view
  std::vector<const Expression*> uses;
  const auto add = [&](const Expression& expression) {
    for (const Expression* use : ColumnsIn(expression)) uses.push_back(use);
  };
  for (const SelectItem& item : select->items) add(item.value);
  if (select->where) add(*select->where);
  for (const Expression* use : uses) {
    const ObjectName& column = use->As<ColumnName>()->name;
    if (column.parts.size() != 1 || table->schema.Find(column.last().text).has_value()) continue;
    return define.At(use->place,
                     Concat("column ", Quoted(column.last().text), " of table ", Quoted(*name),
                            " does not exist"),
                     absl::StatusCode::kNotFound);
  }
  return absl::OkStatus();
}

}  // namespace

// ---- views

absl::Status DefineView(const CreateView& create, Defining& define) {
  const Place place = create.name.parts.front().place;
  absl::StatusOr<QualifiedName> name = define.ResolveNew(create.name);
  if (!name.ok()) return name.status();
  const ProgramKind kind =
      create.materialized ? ProgramKind::kMaterializedView : ProgramKind::kView;
  const ProgramInfo* before = define.state().FindProgram(name->schema, name->name, {kind});
  if (before != nullptr && create.if_not_exists) {
    define.Warn(Concat("view ", Quoted(*name), " exists already, passed over"));
    return absl::OkStatus();
  }
  if (before == nullptr || !create.or_replace) {
    if (absl::Status s = define.CheckRelationIsFree(*name, place); !s.ok()) return s;
  }
  if (absl::Status s = CheckRelations(create.query, define); !s.ok()) return s;
  if (absl::Status s = CheckColumns(create.query, define); !s.ok()) return s;
  CreateView kept = create;
  kept.or_replace = false;
  kept.if_not_exists = false;
  Qualify(*name, define.session, kept);
  format::ProgramRecord record{.schema = define.state().FindSchema(name->schema)->id,
                               .kind = kind,
                               .name = name->name,
                               .sql = PrintForm(std::move(kept)),
                               .comment = {}};
  return define.At(place, Put(before, std::move(record), define));
}

// ---- functions

absl::Status DefineFunction(const CreateFunction& create, Defining& define) {
  const Place place = create.name.parts.front().place;
  absl::StatusOr<QualifiedName> name = define.ResolveNew(create.name);
  if (!name.ok()) return name.status();
  const ProgramInfo* before =
      define.state().FindProgram(name->schema, name->name, {ProgramKind::kFunction});
  if (before != nullptr && !create.or_replace) {
    return define.At(place, Concat("function ", Quoted(*name), " exists already"),
                     absl::StatusCode::kAlreadyExists);
  }
  const bool is_trigger =
      create.returns.has_value() && create.returns->name.last().text == "trigger";
  if (!is_trigger) return define.At(place, "a function RETURNS TRIGGER here: no other kind runs");
  if (create.language.has_value() && create.language->text != "plpgsql") {
    return define.At(create.language->place, "the language of a function is plpgsql here");
  }
  if (!create.trigger.refusal.empty()) {
    return define.At(place, Concat("the body of the function: ", create.trigger.refusal));
  }
  CreateFunction kept = create;
  kept.or_replace = false;
  format::ProgramRecord record{.schema = define.state().FindSchema(name->schema)->id,
                               .kind = ProgramKind::kFunction,
                               .name = name->name,
                               .sql = PrintForm(std::move(kept)),
                               .comment = {}};
  return define.At(place, Put(before, std::move(record), define));
}

// ---- triggers

namespace {

// The columns that a trigger's function assigns and reads are the table's.
absl::Status CheckBody(const CreateTrigger& create, const ProgramInfo& function,
                       const TableDefinition& table, const Defining& define) {
  const Place place = create.function.parts.front().place;
  absl::StatusOr<CreateFunction> read = ReadFunction(function);
  if (!read.ok()) return read.status();
  for (const TriggerAssignment& assignment : read->trigger.assignments) {
    if (!FindColumn(table.columns, assignment.column.text).has_value()) {
      return define.At(place,
                       Concat("function ", Quoted(function.record.name), " sets column ",
                              Quoted(assignment.column.text), ", which table ", Quoted(table.name),
                              " does not have"),
                       absl::StatusCode::kNotFound);
    }
    const absl::Status status =
        CheckOneRow(assignment.value, "a trigger", table, define, {"new", "old"});
    if (status.ok()) continue;
    return define.At(place,
                     Concat("function ", Quoted(function.record.name), ", column ",
                            Quoted(assignment.column.text),
                            ": its value asks for what a row of the table does not have"),
                     status.code());
  }
  return absl::OkStatus();
}

absl::Status CheckShape(const CreateTrigger& create, const Defining& define) {
  const Place place = create.name.place;
  if (create.timing != TriggerTiming::kBefore) {
    return define.At(place, "a trigger runs BEFORE the change here");
  }
  if (std::ranges::count(create.events, TriggerEvent::kDelete) != 0) {
    return define.At(place, "a trigger is for INSERT and UPDATE here");
  }
  if (!create.for_each_row) return define.At(place, "a trigger is FOR EACH ROW here");
  return absl::OkStatus();
}

}  // namespace

absl::Status DefineTrigger(const CreateTrigger& create, Defining& define) {
  absl::StatusOr<const TableInfo*> table = define.FindTable(create.table);
  if (!table.ok()) return table.status();
  if (absl::Status s = CheckShape(create, define); !s.ok()) return s;
  const ProgramInfo* before = nullptr;
  for (const ProgramInfo* trigger : TriggersOf(**table, define.state())) {
    if (trigger->record.name == create.name.text) before = trigger;
  }
  if (before != nullptr && !create.or_replace) {
    return define.At(create.name.place,
                     Concat("trigger ", Quoted(create.name.text), " exists already"),
                     absl::StatusCode::kAlreadyExists);
  }
  const TableDefinition& definition = (*table)->schema.definition();
  absl::StatusOr<QualifiedName> function = define.Resolve(create.function);
  if (!function.ok()) return function.status();
  const ProgramInfo* known =
      define.state().FindProgram(function->schema, function->name, {ProgramKind::kFunction});
  if (known == nullptr) {
    return define.At(create.function.parts.front().place,
                     Concat("function ", Quoted(*function), " does not exist"),
                     absl::StatusCode::kNotFound);
  }
  auto columns = std::vector<Name>(create.update_columns);
  for (const Name& column : columns) {
    if (FindColumn(definition.columns, column.text).has_value()) continue;
    return define.At(column.place, Concat("column ", Quoted(column.text), " does not exist"),
                     absl::StatusCode::kNotFound);
  }
  if (create.when) {
    absl::Status s = CheckOneRow(*create.when, "a trigger", definition, define, {"new", "old"});
    if (!s.ok()) return s;
  }
  if (absl::Status s = CheckBody(create, *known, definition, define); !s.ok()) return s;
  CreateTrigger kept = create;
  kept.or_replace = false;
  kept.table = {{{definition.schema, {}}, {definition.name, {}}}};
  kept.function = {{{function->schema, {}}, {function->name, {}}}};
  format::ProgramRecord record{.schema = (*table)->record.schema,
                               .kind = ProgramKind::kTrigger,
                               .name = create.name.text,
                               .sql = PrintForm(std::move(kept)),
                               .comment = {}};
  return define.At(create.name.place, Put(before, std::move(record), define));
}

// ---- what the catalog keeps

absl::StatusOr<CreateView> ReadView(const ProgramInfo& program) {
  return Read<CreateView>(program);
}
absl::StatusOr<CreateFunction> ReadFunction(const ProgramInfo& program) {
  return Read<CreateFunction>(program);
}
absl::StatusOr<CreateTrigger> ReadTrigger(const ProgramInfo& program) {
  return Read<CreateTrigger>(program);
}

std::vector<const ProgramInfo*> TriggersOf(const TableInfo& table, const CatalogState& state) {
  std::vector<const ProgramInfo*> triggers;
  for (const auto& [id, program] : state.programs()) {
    if (program.record.kind != ProgramKind::kTrigger) continue;
    if (UsesOf(program, state).contains(table.id.value())) triggers.push_back(&program);
  }
  std::ranges::sort(triggers, {}, [](const ProgramInfo* t) { return t->record.name; });
  return triggers;
}

std::set<ObjectId> UsesOf(const ProgramInfo& program, const CatalogState& state) {
  std::set<ObjectId> uses;
  const std::string_view schema = state.SchemaName(program.record.schema);
  const auto add = [&](const ObjectName& name) {
    if (const auto id = RelationOf(name, schema, state)) uses.insert(*id);
  };
  if (program.record.kind == ProgramKind::kTrigger) {
    absl::StatusOr<CreateTrigger> trigger = ReadTrigger(program);
    if (!trigger.ok()) return uses;
    add(trigger->table);
    const ProgramInfo* function =
        state.FindProgram(trigger->function.parts.front().text, trigger->function.last().text,
                          {ProgramKind::kFunction});
    if (function != nullptr) uses.insert(function->id);
  } else if (program.record.kind != ProgramKind::kFunction) {
    absl::StatusOr<CreateView> view = ReadView(program);
    if (!view.ok()) return uses;
    for (const ObjectName* name : RelationsIn(view->query)) add(*name);
  }
  return uses;
}

}  // namespace tape::engine::sql
