#include "engine/sql/define/defining.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/sql/lexer/source.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {

using format::Concat;

namespace {

// Says what was decided, so that it stays whatever else is said.
void KeepDecided(const Schema& schema, TableDefinition& definition) {
  const Schema::Decision& decision = schema.decision();
  const auto name_of = [&](std::optional<size_t> column) {
    if (!column.has_value()) return std::string();
    const ColumnId id = schema.column(*column).id;
    const auto found = std::ranges::find(definition.columns, id, &Column::id);
    return found == definition.columns.end() ? std::string() : found->name;
  };
  const Schema::Decision now = Schema::Decided(definition);
  const auto differs = [&](std::optional<size_t> before, std::optional<size_t> after) {
    const std::string name = name_of(before);
    return name != (after.has_value() ? definition.columns[*after].name : std::string());
  };
  if (differs(decision.time_column, now.time_column)) {
    definition.time_column = name_of(decision.time_column);
  }
  if (differs(decision.cluster_column, now.cluster_column)) {
    definition.cluster_column = name_of(decision.cluster_column);
  }
  definition.partition = decision.partition;
  if (definition.options.history == schema.options().history && now.history != decision.history) {
    definition.options.history = decision.history;
  }
}

}  // namespace

std::string Quoted(std::string_view name) { return Concat("\"", name, "\""); }
std::string Quoted(const QualifiedName& name) {
  return Concat("\"", name.schema, ".", name.name, "\"");
}
std::string MessageOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

absl::Status Defining::At(Place place, std::string message, absl::StatusCode code) const {
  return {code, Describe(text, {.offset = place.offset, .message = std::move(message)})};
}

absl::Status Defining::At(Place place, const absl::Status& status) const {
  return status.ok() ? status : At(place, MessageOf(status), status.code());
}

absl::StatusOr<QualifiedName> Defining::Resolve(const ObjectName& name) const {
  if (name.parts.size() > 2) {
    return At(name.parts.front().place, "a name here has two parts at most: schema.name");
  }
  QualifiedName resolved{session.schema, name.last().text};
  if (name.parts.size() == 1) return resolved;
  const std::string& schema = name.parts.front().text;
  if (schema != "public" || state().FindSchema(schema) != nullptr) resolved.schema = schema;
  return resolved;
}

absl::StatusOr<QualifiedName> Defining::ResolveNew(const ObjectName& name) {
  absl::StatusOr<QualifiedName> resolved = Resolve(name);
  if (!resolved.ok()) return resolved;
  const Place place = name.parts.front().place;
  if (absl::Status s = ValidateIdentifier(resolved->name); !s.ok()) {
    return At(name.last().place, MessageOf(s));
  }
  if (state().FindSchema(resolved->schema) != nullptr) return resolved;
  if (resolved->schema != DefineSession().schema) {
    return At(place, Concat("schema ", Quoted(resolved->schema), " does not exist"),
              absl::StatusCode::kNotFound);
  }
  if (auto made = change.CreateSchema(resolved->schema); !made.ok()) return made.status();
  return resolved;
}

absl::StatusOr<const TableInfo*> Defining::FindTable(const ObjectName& name) const {
  absl::StatusOr<QualifiedName> resolved = Resolve(name);
  if (!resolved.ok()) return resolved.status();
  const TableInfo* table = state().Find(resolved->schema, resolved->name);
  if (table != nullptr) return table;
  const Place place = name.parts.front().place;
  const bool is_view =
      state().FindProgram(resolved->schema, resolved->name,
                          {ProgramKind::kView, ProgramKind::kMaterializedView}) != nullptr;
  if (is_view) return At(place, Concat(Quoted(*resolved), " is a view, not a table"));
  return At(place, Concat("table ", Quoted(*resolved), " does not exist"),
            absl::StatusCode::kNotFound);
}

absl::Status Defining::CheckRelationIsFree(const QualifiedName& name, Place place) const {
  std::string what;
  if (state().Find(name.schema, name.name) != nullptr) what = "table ";
  if (state().FindProgram(name.schema, name.name, {ProgramKind::kView}) != nullptr) what = "view ";
  if (state().FindProgram(name.schema, name.name, {ProgramKind::kMaterializedView}) != nullptr) {
    what = "materialized view ";
  }
  if (what.empty()) return absl::OkStatus();
  return At(place, Concat(what, Quoted(name), " exists already"), absl::StatusCode::kAlreadyExists);
}

absl::StatusOr<bool> Defining::HasRows(const TableInfo& info) const {
  return rows == nullptr ? absl::StatusOr<bool>(false) : rows->HasRows(info.id);
}

absl::Status Defining::Alter(const TableInfo& info, TableDefinition definition, Place place) {
  return Alter(info, std::move(definition), info.record.unresolved, place);
}

absl::Status Defining::Alter(const TableInfo& info, TableDefinition definition,
                             std::vector<std::string> unresolved, Place place) {
  absl::StatusOr<bool> has_rows = HasRows(info);
  if (!has_rows.ok()) return has_rows.status();
  if (*has_rows) KeepDecided(info.schema, definition);
  return At(place, change.AlterTable(info.id, std::move(definition), std::move(unresolved)));
}

absl::Status CheckRules(std::span<const RowsRule> rules, const CatalogState& after,
                        RowsCheck& rows) {
  for (const RowsRule& rule : rules) {
    const TableInfo* table = after.Find(rule.table);
    if (table == nullptr) continue;
    absl::StatusOr<bool> any = rows.HasRows(rule.table);
    if (!any.ok()) return any.status();
    if (!*any) continue;
    if (rule.kind == RowsRule::Kind::kNoRows) {
      return absl::FailedPreconditionError(
          Concat("table ", Quoted(rule.name), " has rows and cannot be ", rule.why));
    }
    if (absl::Status status = rows.Check(*table, rule); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace tape::engine::sql
