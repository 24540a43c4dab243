#include "engine/sql/define/constraints.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/sql/define/column_uses.h"
#include "engine/sql/parser.h"
#include "engine/sql/printer.h"
#include "engine/sql/tree/statement.h"
#include "format/bytes/message.h"
#include "format/types/schema_check.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

// What a constraint names and is not there; nothing where all of it is.
struct Missing {
  Place place;
  std::string what;
};

// Types whose values can be equal.
int Family(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint:
    case TypeKind::kSerial:
    case TypeKind::kBigserial:
      return static_cast<int>(TypeKind::kBigint);
    case TypeKind::kText:
    case TypeKind::kVarchar:
    case TypeKind::kSymbol:
      return static_cast<int>(TypeKind::kText);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
      return static_cast<int>(TypeKind::kTimestamp);
    default:
      return static_cast<int>(type.kind());
  }
}

bool SameFamily(const Type& a, const Type& b) {
  return Family(a) == Family(b) && a.enum_id() == b.enum_id();
}

bool SameColumns(std::vector<std::string> a, std::vector<std::string> b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  return a == b;
}

bool IsKey(const TableDefinition& table, const std::vector<std::string>& columns) {
  if (table.primary_key.has_value() && SameColumns(table.primary_key->columns, columns)) {
    return true;
  }
  return std::ranges::any_of(table.uniques, [&](const KeyConstraint& unique) {
    return SameColumns(unique.columns, columns);
  });
}

OnDelete OnDeleteOf(ReferentialAction action) {
  switch (action) {
    case ReferentialAction::kRestrict:
      return OnDelete::kRestrict;
    case ReferentialAction::kCascade:
      return OnDelete::kCascade;
    case ReferentialAction::kSetNull:
      return OnDelete::kSetNull;
    default:
      return OnDelete::kNoAction;
  }
}

std::set<std::string> TakenNames(const TableDraft& draft) {
  const TableDefinition& table = draft.definition;
  std::set<std::string> taken;
  if (table.primary_key.has_value()) taken.insert(table.primary_key->name);
  for (const KeyConstraint& unique : table.uniques) taken.insert(unique.name);
  for (const CheckConstraint& check : table.checks) taken.insert(check.name);
  for (const ForeignKey& key : table.foreign_keys) taken.insert(key.name);
  for (const std::string& text : draft.unresolved) taken.insert(NameOfUnresolved(text));
  taken.erase("");
  return taken;
}

class ConstraintAdder {
 public:
  ConstraintAdder(const Constraint& constraint, std::string_view column, TableDraft& draft,
                  Defining& define)
      : constraint_(constraint), column_(column), draft_(draft), define_(define) {}

  // What is missing, and then nothing was added.
  absl::StatusOr<std::optional<Missing>> Add() {
    if (constraint_.name.has_value()) {
      if (TakenNames(draft_).contains(constraint_.name->text)) {
        return define_.At(constraint_.name->place,
                          Concat("constraint ", Quoted(constraint_.name->text), " of table ",
                                 Quoted(table().name), " exists already"),
                          absl::StatusCode::kAlreadyExists);
      }
    }
    if (const auto* key = std::get_if<PrimaryKey>(&constraint_.rule)) return AddPrimaryKey(*key);
    if (const auto* unique = std::get_if<Unique>(&constraint_.rule)) return AddUnique(*unique);
    if (const auto* check = std::get_if<Check>(&constraint_.rule)) return AddCheck(*check);
    return AddForeignKey(std::get<References>(constraint_.rule));
  }

  // As an ALTER TABLE that would add it.
  std::string Text() const {
    Constraint whole = constraint_;
    if (!column_.empty()) SetColumns(whole);
    AlterTable alter{.if_exists = false, .table = {{{table().name, {}}}}, .actions = {}};
    alter.actions.push_back(sql::AddConstraint{std::move(whole)});
    return Print(Statement{.form = std::move(alter), .place = {}, .parameters = 0});
  }

 private:
  using Added = absl::StatusOr<std::optional<Missing>>;

  TableDefinition& table() const { return draft_.definition; }

  std::string NameOr(std::string other) const {
    return constraint_.name.has_value() ? constraint_.name->text : std::move(other);
  }

  // As PostgreSQL names what has no name.
  std::string FreeName(const std::vector<std::string>& columns, std::string_view suffix) const {
    std::string front = table().name;
    for (const std::string& column : columns) front += "_" + column;
    return format::FreeName(front, suffix, TakenNames(draft_));
  }

  void SetColumns(Constraint& constraint) const {
    const std::vector<Name> own = {{std::string(column_), constraint.place}};
    if (auto* unique = std::get_if<Unique>(&constraint.rule)) unique->columns = own;
    if (auto* key = std::get_if<References>(&constraint.rule)) key->columns = own;
  }

  // The columns said, or the one whose constraint it is.
  Added Columns(const std::vector<Name>& names, std::vector<std::string>& columns) const {
    if (names.empty()) columns.emplace_back(column_);
    for (const Name& name : names) {
      if (!FindColumn(table().columns, name.text).has_value()) {
        return Missing{name.place, Concat("column ", Quoted(name.text), " of table ",
                                          Quoted(table().name), " does not exist")};
      }
      if (std::ranges::count(columns, name.text) != 0) {
        return define_.At(name.place, Concat("column ", Quoted(name.text), " is said twice"));
      }
      columns.push_back(name.text);
    }
    return std::optional<Missing>();
  }

  Added AddPrimaryKey(const PrimaryKey& key) {
    if (table().primary_key.has_value()) {
      return define_.At(constraint_.place,
                        Concat("table ", Quoted(table().name), " has a primary key already"));
    }
    KeyConstraint added{
        .name = NameOr(FreeName({}, "pkey")), .columns = {}, .nulls_distinct = true};
    Added missing = Columns(key.columns, added.columns);
    if (!missing.ok()) return missing;
    if (missing->has_value()) return define_.At((*missing)->place, (*missing)->what);
    table().primary_key = std::move(added);
    return std::optional<Missing>();
  }

  Added AddUnique(const Unique& unique) {
    KeyConstraint added{.name = {}, .columns = {}, .nulls_distinct = !unique.nulls_not_distinct};
    Added missing = Columns(unique.columns, added.columns);
    if (!missing.ok() || missing->has_value()) return missing;
    added.name = NameOr(FreeName(added.columns, "key"));
    table().uniques.push_back(std::move(added));
    return std::optional<Missing>();
  }

  Added AddCheck(const Check& check) {
    const absl::Status status = CheckOneRow(check.test, "a CHECK", table(), define_);
    if (absl::IsNotFound(status)) return Missing{check.test.place, MissingColumn(check.test)};
    if (!status.ok()) return status;
    // Named after its column where it is about one, as in PostgreSQL.
    std::set<std::string> columns;
    for (const Expression* use : ColumnsIn(check.test)) {
      columns.insert(use->As<ColumnName>()->name.last().text);
    }
    std::vector<std::string> named;
    if (columns.size() == 1) named.push_back(*columns.begin());
    table().checks.push_back({NameOr(FreeName(named, "check")), PrintOneRow(check.test)});
    return std::optional<Missing>();
  }

  std::string MissingColumn(const Expression& test) const {
    for (const Expression* use : ColumnsIn(test)) {
      const ObjectName& name = use->As<ColumnName>()->name;
      if (FindColumn(table().columns, name.last().text).has_value()) continue;
      return Concat("column ", Quoted(name.last().text), " of table ", Quoted(table().name),
                    " does not exist");
    }
    return "it names a column of another table";
  }

  // ---- foreign keys

  Added AddForeignKey(const References& references) {
    const bool moves = references.on_update != ReferentialAction::kUnsaid &&
                       references.on_update != ReferentialAction::kNoAction &&
                       references.on_update != ReferentialAction::kRestrict;
    if (moves) {
      return define_.At(constraint_.place, "ON UPDATE takes RESTRICT or NO ACTION here");
    }
    if (references.on_delete == ReferentialAction::kSetDefault) {
      return define_.At(constraint_.place,
                        "ON DELETE takes CASCADE, RESTRICT, SET NULL or NO ACTION here");
    }
    absl::StatusOr<QualifiedName> target = define_.Resolve(references.table);
    if (!target.ok()) return target.status();
    ForeignKey key{.name = {},
                   .columns = {},
                   .referenced_schema = target->schema,
                   .referenced_table = target->name,
                   .referenced_columns = {},
                   .on_delete = OnDeleteOf(references.on_delete)};
    for (const Name& name : references.target_columns) key.referenced_columns.push_back(name.text);
    Added missing = Columns(references.columns, key.columns);
    if (!missing.ok() || missing->has_value()) return missing;
    const std::string unmet = Unmet(key);
    if (!unmet.empty()) return Missing{references.table.parts.front().place, unmet};
    absl::Status status = CheckTypes(key, references.table.parts.front().place);
    if (!status.ok()) return status;
    key.name = NameOr(FreeName(key.columns, "fkey"));
    table().foreign_keys.push_back(std::move(key));
    return std::optional<Missing>();
  }

  // The table that it refers to: perhaps this one.
  const TableDefinition* Referenced(const ForeignKey& key) const {
    if (key.referenced_schema == table().schema && key.referenced_table == table().name) {
      return &table();
    }
    const TableInfo* known = define_.state().Find(key.referenced_schema, key.referenced_table);
    return known == nullptr ? nullptr : &known->schema.definition();
  }

  // What it names and is not there; empty where all of it is.
  std::string Unmet(const ForeignKey& key) const {
    const QualifiedName name{key.referenced_schema, key.referenced_table};
    const TableDefinition* referenced = Referenced(key);
    if (referenced == nullptr) return Concat("table ", Quoted(name), " does not exist");
    for (const std::string& column : key.referenced_columns) {
      if (FindColumn(referenced->columns, column).has_value()) continue;
      return Concat("column ", Quoted(column), " of table ", Quoted(name), " does not exist");
    }
    if (key.referenced_columns.empty()) {
      if (referenced->primary_key.has_value()) return {};
      return Concat("table ", Quoted(name), " has no primary key to refer to");
    }
    if (IsKey(*referenced, key.referenced_columns)) return {};
    std::string columns;
    for (const std::string& column : key.referenced_columns) {
      columns += (columns.empty() ? "" : ", ") + column;
    }
    return Concat("no PRIMARY KEY or UNIQUE of table ", Quoted(name), " has the columns (", columns,
                  ")");
  }

  absl::Status CheckTypes(const ForeignKey& key, Place place) const {
    const TableDefinition& referenced = *Referenced(key);
    const std::vector<std::string>& columns =
        key.referenced_columns.empty() ? referenced.primary_key->columns : key.referenced_columns;
    if (columns.size() != key.columns.size()) {
      return define_.At(place, Concat(key.columns.size(), " columns refer to ", columns.size()));
    }
    for (size_t i = 0; i < columns.size(); ++i) {
      const Column& from = table().columns[*FindColumn(table().columns, key.columns[i])];
      const Column& to = referenced.columns[*FindColumn(referenced.columns, columns[i])];
      if (SameFamily(from.type, to.type)) continue;
      return define_.At(place, Concat("column ", Quoted(from.name), " is ", from.type.ToString(),
                                      ", what it refers to is ", to.type.ToString()));
    }
    return absl::OkStatus();
  }

  const Constraint& constraint_;
  const std::string_view column_;
  TableDraft& draft_;
  Defining& define_;
};

// A constraint that was kept; nothing where the text is no longer one.
std::optional<Constraint> ParseUnresolved(const std::string& text) {
  absl::StatusOr<Statement> statement = ParseStatement(text);
  if (!statement.ok()) return std::nullopt;
  const auto* alter = statement->As<AlterTable>();
  if (alter == nullptr || alter->actions.size() != 1) return std::nullopt;
  const auto* add = std::get_if<sql::AddConstraint>(&alter->actions.front());
  return add == nullptr ? std::nullopt : std::optional(add->constraint);
}

RowsRule::Kind KindOf(const Constraint& constraint) {
  if (std::holds_alternative<Check>(constraint.rule)) return RowsRule::Kind::kCheck;
  if (std::holds_alternative<References>(constraint.rule)) return RowsRule::Kind::kForeignKey;
  return RowsRule::Kind::kUnique;
}

absl::Status ResolveTable(TableId id, Defining& define) {
  const TableInfo& info = *define.state().Find(id);
  TableDraft draft{info.schema.definition(), {}};
  const std::vector<std::string> kept = info.record.unresolved;
  bool any = false;
  for (const std::string& text : kept) {
    const std::optional<Constraint> constraint = ParseUnresolved(text);
    if (constraint.has_value()) {
      const DefineSession session{draft.definition.schema, true};
      Defining inside{define.change, session, text, define.warnings, define.rules, define.rows};
      absl::StatusOr<std::optional<Missing>> missing =
          ConstraintAdder(*constraint, {}, draft, inside).Add();
      if (missing.ok() && !missing->has_value()) {
        any = true;
        define.rules.push_back({id, KindOf(*constraint), NameOfUnresolved(text), {}});
        define.Warn(Concat("constraint ", NameOfUnresolved(text), " of table ",
                           Quoted(draft.definition.name), " is enforced from now on"));
        continue;
      }
    }
    draft.unresolved.push_back(text);
  }
  if (!any) return absl::OkStatus();
  return define.change.AlterTable(id, std::move(draft.definition), std::move(draft.unresolved));
}

}  // namespace

std::string NameOfUnresolved(const std::string& text) {
  const std::optional<Constraint> constraint = ParseUnresolved(text);
  return constraint.has_value() && constraint->name.has_value() ? constraint->name->text : "";
}

absl::Status ApplyConstraint(const Constraint& constraint, std::string_view column,
                             TableDraft& draft, Defining& define) {
  absl::StatusOr<std::optional<Missing>> missing =
      ConstraintAdder(constraint, column, draft, define).Add();
  if (!missing.ok()) return missing.status();
  if (!missing->has_value()) return absl::OkStatus();
  if (!define.session.allow_unresolved) {
    return define.At((*missing)->place,
                     Concat((*missing)->what,
                            " (SET unresolved_constraints = allow keeps such a "
                            "constraint until what it names is there)"),
                     absl::StatusCode::kNotFound);
  }
  Constraint named = constraint;
  if (!named.name.has_value()) {
    const std::string front = Concat(draft.definition.name, "_unresolved");
    named.name = Name{format::FreeName(front, "constraint", TakenNames(draft)), {}};
  }
  draft.unresolved.push_back(ConstraintAdder(named, column, draft, define).Text());
  define.Warn(Concat("constraint ", named.name->text, " of table ", Quoted(draft.definition.name),
                     " is kept and not enforced: ", (*missing)->what));
  return absl::OkStatus();
}

std::vector<std::string> ConstraintNames(const TableDefinition& table) {
  const std::set<std::string> names = TakenNames({table, {}});
  return {names.begin(), names.end()};
}

absl::StatusOr<std::vector<std::string>> NamedColumns(const std::vector<Name>& names,
                                                      const TableDefinition& table,
                                                      const Defining& define) {
  std::vector<std::string> columns;
  for (const Name& name : names) {
    if (!FindColumn(table.columns, name.text).has_value()) {
      return define.At(
          name.place,
          Concat("column ", Quoted(name.text), " of table ", Quoted(table.name), " does not exist"),
          absl::StatusCode::kNotFound);
    }
    columns.push_back(name.text);
  }
  return columns;
}

absl::StatusOr<std::vector<tape::IndexColumn>> IndexColumnsOf(
    const std::vector<sql::IndexColumn>& columns, const TableDefinition& table,
    const Defining& define) {
  std::vector<tape::IndexColumn> known;
  for (const sql::IndexColumn& column : columns) {
    const auto* name = column.key.As<ColumnName>();
    if (name == nullptr || name->name.parts.size() != 1) {
      return define.At(column.key.place, "an index is on columns, not on expressions");
    }
    absl::StatusOr<std::vector<std::string>> found =
        NamedColumns({name->name.last()}, table, define);
    if (!found.ok()) return found.status();
    known.push_back({found->front(), column.descending});
  }
  return known;
}

absl::Status ResolvePending(Defining& define) {
  std::vector<TableId> pending;
  for (const auto& [id, info] : define.state().tables()) {
    if (!info.record.unresolved.empty()) pending.push_back(id);
  }
  for (TableId id : pending) {
    if (absl::Status status = ResolveTable(id, define); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace tape::engine::sql
