// ALTER TABLE, action by action on a draft of the table's definition.
#include <algorithm>
#include <optional>
#include <utility>

#include "engine/sql/define/alterations.h"
#include "engine/sql/define/column_uses.h"
#include "engine/sql/define/constants.h"
#include "engine/sql/define/constraints.h"
#include "engine/sql/define/dependents.h"
#include "engine/sql/define/options.h"
#include "engine/sql/define/tables.h"
#include "engine/sql/define/types.h"
#include "engine/sql/define/widening.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

template <typename Named>
bool EraseNamed(std::vector<Named>& list, std::string_view name) {
  return std::erase_if(list, [&](const Named& entry) { return entry.name == name; }) != 0;
}

template <typename Named>
bool RenameNamed(std::vector<Named>& list, std::string_view from, const std::string& to) {
  bool any = false;
  for (Named& entry : list) {
    if (entry.name != from) continue;
    entry.name = to;
    any = true;
  }
  return any;
}

void Replace(std::vector<std::string>& names, std::string_view from, const std::string& to) {
  std::ranges::replace(names, std::string(from), to);
}

bool Has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::count(names, name) != 0;
}

bool TextHas(const std::string& text, std::string_view column) {
  const std::optional<std::string> renamed = WithColumnRenamed(text, column, "\x01");
  return renamed.has_value() && renamed->find('\x01') != std::string::npos;
}

class TableAlterer {
 public:
  TableAlterer(const TableInfo& info, Place place, Defining& define, std::vector<DaysToDrop>& days)
      : id_(info.id),
        place_(place),
        define_(define),
        days_(days),
        draft_{info.schema.definition(), info.record.unresolved} {}

  absl::Status Run(const std::vector<AlterAction>& actions) {
    for (const AlterAction& action : actions) {
      absl::Status status = std::visit([&](const auto& form) { return Do(form); }, action);
      if (status.ok()) status = Apply();
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  TableDefinition& table() { return draft_.definition; }
  const TableInfo& info() const { return *define_.state().Find(id_); }

  // The draft becomes the table's definition; generated names and ids come back from there.
  absl::Status Apply() {
    absl::Status status = define_.Alter(info(), draft_.definition, draft_.unresolved, place_);
    draft_ = {info().schema.definition(), info().record.unresolved};
    return status;
  }

  void Ask(RowsRule::Kind kind, std::string name, std::string why = {}) {
    define_.rules.push_back({id_, kind, std::move(name), std::move(why)});
  }

  absl::StatusOr<Column*> FindColumnOf(const Name& name) {
    const std::optional<size_t> index = FindColumn(table().columns, name.text);
    if (index.has_value()) return &table().columns[*index];
    return define_.At(
        name.place,
        Concat("column ", Quoted(name.text), " of table ", Quoted(table().name), " does not exist"),
        absl::StatusCode::kNotFound);
  }

  // ---- columns

  absl::Status Do(const AddColumn& add) {
    if (add.if_not_exists && FindColumn(table().columns, add.column.name.text).has_value()) {
      define_.Warn(Concat("column ", Quoted(add.column.name.text), " exists already, passed over"));
      return absl::OkStatus();
    }
    const std::vector<std::string> before = ConstraintNames(table());
    if (absl::Status s = AppendColumn(add.column, draft_, define_); !s.ok()) return s;
    const Column& column = table().columns.back();
    AskForValues(column);
    AskForNew(before);
    return absl::OkStatus();
  }

  // Rows that are there have the default, the same for all of them.
  void AskForValues(const Column& column) {
    const ColumnDefault::Kind kind = column.default_value.kind;
    const bool own = kind == ColumnDefault::Kind::kSequence ||
                     kind == ColumnDefault::Kind::kRandomUuid || column.type.IsSerial();
    if (own) {
      Ask(RowsRule::Kind::kNoRows, table().name,
          Concat("given column ", column.name, ", whose default differs from row to row"));
    } else if (kind == ColumnDefault::Kind::kNone && !column.nullable) {
      Ask(RowsRule::Kind::kNoRows, table().name,
          Concat("given column ", column.name, ", which is NOT NULL and has no default"));
    } else if (kind != ColumnDefault::Kind::kNone &&
               (column.type.physical() == Physical::kCode32 || column.type.IsArray())) {
      Ask(RowsRule::Kind::kNoRows, table().name,
          Concat("given column ", column.name, ": a default of its type is for new rows only"));
    }
  }

  // Constraints that were not there before.
  void AskForNew(const std::vector<std::string>& before) {
    const auto is_new = [&](const std::string& name) { return !Has(before, name); };
    if (table().primary_key.has_value() && is_new(table().primary_key->name)) {
      Ask(RowsRule::Kind::kUnique, table().primary_key->name);
      for (const std::string& column : table().primary_key->columns) {
        Ask(RowsRule::Kind::kNotNull, column);
      }
    }
    for (const KeyConstraint& unique : table().uniques) {
      if (is_new(unique.name)) Ask(RowsRule::Kind::kUnique, unique.name);
    }
    for (const CheckConstraint& check : table().checks) {
      if (is_new(check.name)) Ask(RowsRule::Kind::kCheck, check.name);
    }
    for (const ForeignKey& key : table().foreign_keys) {
      if (is_new(key.name)) Ask(RowsRule::Kind::kForeignKey, key.name);
    }
  }

  absl::Status Do(const DropColumn& drop) {
    const std::string name = drop.column.text;
    if (drop.if_exists && !FindColumn(table().columns, name).has_value()) {
      define_.Warn(Concat("column ", Quoted(name), " does not exist, passed over"));
      return absl::OkStatus();
    }
    absl::StatusOr<Column*> column = FindColumnOf(drop.column);
    if (!column.ok()) return column.status();
    if (absl::Status s = CheckNotOfLayout(drop.column, "dropped"); !s.ok()) return s;
    Dropping dropping(define_, drop.behavior == DropBehavior::kCascade, drop.column.place);
    if (absl::Status s = dropping.UsersOfColumn(info(), name); !s.ok()) return s;
    if (absl::Status s = DropKeysWith(name, dropping); !s.ok()) return s;
    draft_ = {info().schema.definition(), info().record.unresolved};
    RemoveColumn(name);
    return absl::OkStatus();
  }

  // Slices lie by time column and cluster column.
  absl::Status CheckNotOfLayout(const Name& column, std::string_view what) {
    const Schema& schema = info().schema;
    const size_t index = *schema.Find(column.text);
    if (schema.time_column() != index && schema.cluster_column() != index) {
      return absl::OkStatus();
    }
    absl::StatusOr<bool> has_rows = define_.HasRows(info());
    if (!has_rows.ok()) return has_rows.status();
    if (!*has_rows) return absl::OkStatus();
    return define_.At(column.place,
                      Concat("column ", Quoted(column.text), " cannot be ", std::string(what),
                             ": the table's rows lie by it"),
                      absl::StatusCode::kFailedPrecondition);
  }

  // Keys that have the column go with it; what refers to them only by CASCADE.
  absl::Status DropKeysWith(const std::string& column, Dropping& dropping) {
    std::vector<std::vector<std::string>> keys;
    if (table().primary_key.has_value()) keys.push_back(table().primary_key->columns);
    for (const KeyConstraint& unique : table().uniques) keys.push_back(unique.columns);
    for (const std::vector<std::string>& key : keys) {
      if (!Has(key, column)) continue;
      if (absl::Status s = dropping.ForeignKeysTo(id_, IdsOf(key)); !s.ok()) return s;
    }
    return absl::OkStatus();
  }

  std::vector<ColumnId> IdsOf(const std::vector<std::string>& names) {
    std::vector<ColumnId> ids;
    for (const std::string& name : names) {
      ids.push_back(table().columns[*FindColumn(table().columns, name)].id);
    }
    return ids;
  }

  void RemoveColumn(const std::string& name) {
    TableDefinition& now = table();
    std::erase_if(now.columns, [&](const Column& column) { return column.name == name; });
    if (now.primary_key.has_value() && Has(now.primary_key->columns, name)) now.primary_key.reset();
    std::erase_if(now.uniques, [&](const auto& unique) { return Has(unique.columns, name); });
    std::erase_if(now.foreign_keys, [&](const auto& key) { return Has(key.columns, name); });
    std::erase_if(now.checks, [&](const auto& check) { return TextHas(check.expression, name); });
    std::erase_if(now.indexes, [&](const IndexDefinition& index) {
      return Has(index.include, name) || TextHas(index.where, name) ||
             std::ranges::count(index.columns, name, &tape::IndexColumn::name) != 0;
    });
    std::erase(now.options.symbols, name);
    if (now.time_column == name) now.time_column.clear();
    if (now.time_column.empty() && now.partition != tape::Partition::kNone) now.partition.reset();
    if (now.cluster_column == name) now.cluster_column.reset();
  }

  absl::Status Do(const RenameColumn& rename) {
    absl::StatusOr<Column*> column = FindColumnOf(rename.from);
    if (!column.ok()) return column.status();
    const std::string& to = rename.to.text;
    if (FindColumn(table().columns, to).has_value()) {
      return define_.At(rename.to.place, Concat("column ", Quoted(to), " exists already"),
                        absl::StatusCode::kAlreadyExists);
    }
    const std::string from = rename.from.text;
    absl::Status status = CheckUnused(UsersOfColumn(info(), from, define_.state()),
                                      Concat("rename column ", from), rename.from.place, define_);
    if (!status.ok()) return status;
    (*column)->name = to;
    RenameIn(from, to);
    return absl::OkStatus();
  }

  void RenameIn(const std::string& from, const std::string& to) {
    TableDefinition& now = table();
    if (now.primary_key.has_value()) Replace(now.primary_key->columns, from, to);
    for (KeyConstraint& unique : now.uniques) Replace(unique.columns, from, to);
    for (ForeignKey& key : now.foreign_keys) {
      Replace(key.columns, from, to);
      const bool self = key.referenced_schema == now.schema && key.referenced_table == now.name;
      if (self) Replace(key.referenced_columns, from, to);
    }
    for (CheckConstraint& check : now.checks) {
      check.expression = WithColumnRenamed(check.expression, from, to).value_or(check.expression);
    }
    for (IndexDefinition& index : now.indexes) {
      for (tape::IndexColumn& column : index.columns) {
        if (column.name == from) column.name = to;
      }
      Replace(index.include, from, to);
      if (!index.where.empty()) {
        index.where = WithColumnRenamed(index.where, from, to).value_or(index.where);
      }
    }
    Replace(now.options.symbols, from, to);
    if (now.time_column == from) now.time_column = to;
    if (now.cluster_column == from) now.cluster_column = to;
  }

  absl::Status Do(const SetColumnType& set) {
    absl::StatusOr<Column*> column = FindColumnOf(set.column);
    if (!column.ok()) return column.status();
    if (set.conversion) {
      return define_.At(set.conversion->place, "USING would write every row anew: not here");
    }
    absl::StatusOr<Type> type = TypeOf(set.type, define_);
    if (!type.ok()) return type.status();
    const Type before = (*column)->type;
    const size_t index = *info().schema.Find(set.column.text);
    (*column)->type = *type;
    if (before.IsSerial()) (*column)->type = AsSerial(*type);
    absl::StatusOr<ColumnDefault> value =
        DefaultAs((*column)->default_value, (*column)->type, define_.state());
    if (!value.ok()) {
      return define_.At(set.type.place, Concat("the default of column ", Quoted(set.column.text),
                                               ": ", MessageOf(value.status())));
    }
    (*column)->default_value = *std::move(value);
    const bool resized = before.physical() != (*column)->type.physical();
    if (resized && IsInKey(set.column.text)) {
      Ask(RowsRule::Kind::kNoRows, table().name,
          Concat("given a wider column ", set.column.text, ", which is in a key"));
    }
    switch (ChangeOfType(before, (*column)->type, info().schema.IsSymbol(index))) {
      case TypeChange::kWider:
        break;
      case TypeChange::kNarrower:
        Ask(RowsRule::Kind::kValues, set.column.text);
        break;
      case TypeChange::kOther:
        Ask(RowsRule::Kind::kNoRows, table().name,
            Concat("given ", type->ToString(), " for ", before.ToString(), " in column ",
                   set.column.text, " without being written anew"));
    }
    return absl::OkStatus();
  }

  bool IsInKey(const std::string& column) {
    const auto has = [&](const KeyConstraint& key) { return Has(key.columns, column); };
    return (table().primary_key.has_value() && has(*table().primary_key)) ||
           std::ranges::any_of(table().uniques, has);
  }

  static Type AsSerial(const Type& type) {
    if (type.kind() == TypeKind::kBigint) return Type::Bigserial();
    return type.kind() == TypeKind::kInteger ? Type::Serial() : type;
  }

  absl::Status Do(const SetColumnDefault& set) {
    absl::StatusOr<Column*> column = FindColumnOf(set.column);
    if (!column.ok()) return column.status();
    if ((*column)->type.IsSerial()) {
      return define_.At(set.column.place, "the default of a SERIAL column is its sequence");
    }
    if (!set.value) {
      (*column)->default_value = ColumnDefault();
      return absl::OkStatus();
    }
    absl::StatusOr<ColumnDefault> value = DefaultOf(*set.value, (*column)->type, define_);
    if (!value.ok()) return value.status();
    (*column)->default_value = *std::move(value);
    return absl::OkStatus();
  }

  absl::Status Do(const SetColumnNotNull& set) {
    absl::StatusOr<Column*> column = FindColumnOf(set.column);
    if (!column.ok()) return column.status();
    (*column)->nullable = !set.not_null;
    if (set.not_null) {
      Ask(RowsRule::Kind::kNotNull, set.column.text);
      return absl::OkStatus();
    }
    const bool in_key =
        table().primary_key.has_value() && Has(table().primary_key->columns, set.column.text);
    if (in_key || (*column)->type.IsSerial()) {
      return define_.At(set.column.place,
                        Concat("column ", Quoted(set.column.text), " is NOT NULL by its ",
                               in_key ? "primary key" : "type"));
    }
    return CheckNotOfLayout(set.column, "made nullable");
  }

  // ---- constraints

  absl::Status Do(const sql::AddConstraint& add) {
    const std::vector<std::string> before = ConstraintNames(table());
    absl::Status status = ApplyConstraint(add.constraint, {}, draft_, define_);
    if (status.ok()) AskForNew(before);
    return status;
  }

  absl::Status Do(const DropConstraint& drop) {
    const std::string& name = drop.name.text;
    Dropping dropping(define_, drop.behavior == DropBehavior::kCascade, drop.name.place);
    const KeyConstraint* key = nullptr;
    if (table().primary_key.has_value() && table().primary_key->name == name) {
      key = &*table().primary_key;
    }
    for (const KeyConstraint& unique : table().uniques) {
      if (unique.name == name) key = &unique;
    }
    if (key != nullptr) {
      if (absl::Status s = dropping.ForeignKeysTo(id_, IdsOf(key->columns)); !s.ok()) return s;
      draft_ = {info().schema.definition(), info().record.unresolved};
    }
    if (Erase(name)) return absl::OkStatus();
    const std::string message =
        Concat("constraint ", Quoted(name), " of table ", Quoted(table().name), " does not exist");
    if (!drop.if_exists) {
      return define_.At(drop.name.place, message, absl::StatusCode::kNotFound);
    }
    define_.Warn(Concat(message, ", passed over"));
    return absl::OkStatus();
  }

  bool Erase(const std::string& name) {
    TableDefinition& now = table();
    if (now.primary_key.has_value() && now.primary_key->name == name) {
      now.primary_key.reset();
      return true;
    }
    std::erase_if(now.indexes, [&](const auto& i) { return i.unique && i.name == name; });
    const size_t kept = std::erase_if(
        draft_.unresolved, [&](const std::string& text) { return NameOfUnresolved(text) == name; });
    return EraseNamed(now.uniques, name) || EraseNamed(now.checks, name) ||
           EraseNamed(now.foreign_keys, name) || kept != 0;
  }

  absl::Status Do(const RenameConstraint& rename) {
    TableDefinition& now = table();
    const std::string& from = rename.from.text;
    const std::string& to = rename.to.text;
    if (Has(ConstraintNames(now), to)) {
      return define_.At(rename.to.place, Concat("constraint ", Quoted(to), " exists already"),
                        absl::StatusCode::kAlreadyExists);
    }
    bool any = RenameNamed(now.uniques, from, to) || RenameNamed(now.checks, from, to) ||
               RenameNamed(now.foreign_keys, from, to);
    if (now.primary_key.has_value() && now.primary_key->name == from) {
      now.primary_key->name = to;
      any = true;
    }
    if (any) return absl::OkStatus();
    return define_.At(rename.from.place, Concat("constraint ", Quoted(from), " does not exist"),
                      absl::StatusCode::kNotFound);
  }

  // ---- the table

  absl::Status Do(const RenameTable& rename) {
    const QualifiedName to{table().schema, rename.to.text};
    if (absl::Status s = define_.CheckRelationIsFree(to, rename.to.place); !s.ok()) return s;
    const std::string what = Concat("rename table ", table().name);
    absl::Status status =
        CheckUnused(UsersOf(id_.value(), define_.state()), what, rename.to.place, define_);
    if (!status.ok()) return status;
    RenameSelf(table().schema, to.name);
    return absl::OkStatus();
  }

  absl::Status Do(const SetSchema& set) {
    const QualifiedName to{set.schema.text, table().name};
    if (define_.state().FindSchema(to.schema) == nullptr) {
      return define_.At(set.schema.place, Concat("schema ", Quoted(to.schema), " does not exist"),
                        absl::StatusCode::kNotFound);
    }
    if (absl::Status s = define_.CheckRelationIsFree(to, set.schema.place); !s.ok()) return s;
    const std::string what = Concat("move table ", table().name);
    absl::Status status =
        CheckUnused(UsersOf(id_.value(), define_.state()), what, set.schema.place, define_);
    if (!status.ok()) return status;
    RenameSelf(to.schema, to.name);
    return absl::OkStatus();
  }

  void RenameSelf(const std::string& schema, const std::string& name) {
    TableDefinition& now = table();
    for (ForeignKey& key : now.foreign_keys) {
      if (key.referenced_schema != now.schema || key.referenced_table != now.name) continue;
      key.referenced_schema = schema;
      key.referenced_table = name;
    }
    now.schema = schema;
    now.name = name;
  }

  absl::Status Do(const SetOptions& set) {
    for (const Option& option : set.options) AskForOption(option.name.text);
    return ApplyOptions(set.options, table(), define_);
  }

  absl::Status Do(const ResetOptions& reset) {
    for (const Name& name : reset.names) AskForOption(name.text);
    return ResetOptionsOf(reset.names, table(), define_);
  }

  void AskForOption(const std::string& name) {
    if (name != "cluster" && name != "symbols" && name != "history") return;
    Ask(RowsRule::Kind::kNoRows, table().name,
        Concat("given another option ", name, " without being written anew"));
  }

  absl::Status Do(const DropDays& drop) {
    const Schema& schema = info().schema;
    if (!schema.time_column().has_value() || schema.partition() == tape::Partition::kNone) {
      return define_.At(drop.before.place,
                        Concat("table ", Quoted(table().name), " has no days to drop"));
    }
    for (const auto& [other, table] : define_.state().tables()) {
      for (const auto& target : table.record.targets) {
        if (!target.has_value() || target->table != id_) continue;
        return define_.At(drop.before.place,
                          Concat("rows of table ", Quoted(table.schema.name()),
                                 " refer to rows of this one: its days cannot be dropped"),
                          absl::StatusCode::kFailedPrecondition);
      }
    }
    absl::StatusOr<int64_t> before = TimeOf(drop.before, define_);
    if (!before.ok()) return before.status();
    days_.push_back({id_, *before});
    return absl::OkStatus();
  }

  const TableId id_;
  const Place place_;
  Defining& define_;
  std::vector<DaysToDrop>& days_;
  TableDraft draft_;
};

}  // namespace

absl::Status DefineAlteration(const AlterTable& alter, Defining& define,
                              std::vector<DaysToDrop>& days) {
  absl::StatusOr<const TableInfo*> info = define.FindTable(alter.table);
  if (absl::IsNotFound(info.status()) && alter.if_exists) {
    define.Warn(Concat("table ", Quoted(alter.table.last().text), " does not exist, passed over"));
    return absl::OkStatus();
  }
  if (!info.ok()) return info.status();
  return TableAlterer(**info, alter.table.parts.front().place, define, days).Run(alter.actions);
}

}  // namespace tape::engine::sql
