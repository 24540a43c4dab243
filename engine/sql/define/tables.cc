#include "engine/sql/define/tables.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "engine/sql/define/column_uses.h"
#include "engine/sql/define/constants.h"
#include "engine/sql/define/options.h"
#include "engine/sql/define/types.h"
#include "engine/sql/printer.h"
#include "format/bytes/message.h"
#include "format/types/schema_check.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

constexpr int64_t kDayNs = int64_t{86'400} * 1'000'000'000;

// What a column says of itself; its constraints on values are for the table.
class ColumnMaker {
 public:
  ColumnMaker(const ColumnDefinition& definition, TableDraft& draft, Defining& define)
      : definition_(definition), draft_(draft), define_(define) {}

  absl::Status Append() {
    const Name& name = definition_.name;
    if (FindColumn(draft_.definition.columns, name.text).has_value()) {
      return define_.At(name.place, Concat("column ", Quoted(name.text), " exists already"),
                        absl::StatusCode::kAlreadyExists);
    }
    if (absl::Status s = ValidateIdentifier(name.text); !s.ok()) {
      return define_.At(name.place, MessageOf(s));
    }
    absl::StatusOr<Type> type = TypeOf(definition_.type, define_);
    if (!type.ok()) return type.status();
    column_.name = name.text;
    column_.type = *type;
    for (const Constraint& constraint : definition_.constraints) {
      if (absl::Status s = Say(constraint); !s.ok()) return s;
    }
    if (absl::Status s = CheckNullable(); !s.ok()) return s;
    draft_.definition.columns.push_back(std::move(column_));
    for (const Constraint& constraint : definition_.constraints) {
      if (!IsOfValues(constraint)) continue;
      if (absl::Status s = ApplyConstraint(constraint, name.text, draft_, define_); !s.ok()) {
        return s;
      }
    }
    return absl::OkStatus();
  }

 private:
  static bool IsOfValues(const Constraint& constraint) {
    return std::holds_alternative<PrimaryKey>(constraint.rule) ||
           std::holds_alternative<Unique>(constraint.rule) ||
           std::holds_alternative<Check>(constraint.rule) ||
           std::holds_alternative<References>(constraint.rule);
  }

  absl::Status Say(const Constraint& constraint) {
    return std::visit(
        Overloaded{[&](const NotNull&) {
                     not_null_ = true;
                     column_.nullable = false;
                     return absl::OkStatus();
                   },
                   [&](const Nullable&) {
                     null_place_ = constraint.place;
                     return absl::OkStatus();
                   },
                   [&](const Default& value) { return SayDefault(value, constraint.place); },
                   [&](const Generated&) {
                     return define_.At(constraint.place,
                                       "a generated column: let a view or a trigger compute it");
                   },
                   [&](const Identity&) { return SaySequence(constraint.place); },
                   [&](const PrimaryKey& key) {
                     column_.nullable = false;
                     return key.autoincrement ? SayAutoincrement(constraint.place)
                                              : absl::OkStatus();
                   },
                   [&](const Sensitive&) {
                     column_.sensitive = true;
                     return absl::OkStatus();
                   },
                   [&](const auto&) { return absl::OkStatus(); }},
        constraint.rule);
  }

  absl::Status SayDefault(const Default& value, Place place) {
    if (has_default_) {
      return define_.At(place, Concat("column ", Quoted(column_.name), " has two defaults"));
    }
    if (column_.type.IsSerial()) {
      return define_.At(place, Concat("column ", Quoted(column_.name), " is ",
                                      column_.type.ToString(), ": its default is its sequence"));
    }
    has_default_ = true;
    absl::StatusOr<ColumnDefault> known = DefaultOf(value.value, column_.type, define_);
    if (!known.ok()) return known.status();
    column_.default_value = *std::move(known);
    return absl::OkStatus();
  }

  absl::Status SaySequence(Place place) {
    const TypeKind kind = column_.type.kind();
    const bool whole = kind == TypeKind::kSmallint || kind == TypeKind::kInteger ||
                       kind == TypeKind::kBigint || column_.type.IsSerial();
    if (!whole) {
      return define_.At(place, Concat("a sequence gives whole numbers, column ",
                                      Quoted(column_.name), " is ", column_.type.ToString()));
    }
    column_.nullable = false;
    column_.default_value = ColumnDefault::Sequence();
    return absl::OkStatus();
  }

  // SQLite's rowid, of 64 bits whatever kind of integer is said.
  absl::Status SayAutoincrement(Place place) {
    if (absl::Status s = SaySequence(place); !s.ok()) return s;
    column_.type = Type::Bigint();
    return absl::OkStatus();
  }

  absl::Status CheckNullable() const {
    if (!null_place_.has_value() || (column_.nullable && !column_.type.IsSerial())) {
      return absl::OkStatus();
    }
    return define_.At(*null_place_,
                      Concat("column ", Quoted(column_.name), " is said to be NULL and cannot be"));
  }

  const ColumnDefinition& definition_;
  TableDraft& draft_;
  Defining& define_;
  Column column_;
  bool not_null_ = false;
  bool has_default_ = false;
  std::optional<Place> null_place_;
};

class TableMaker {
 public:
  TableMaker(const CreateTable& create, TableDraft& draft, Defining& define)
      : create_(create), draft_(draft), define_(define) {}

  // Columns first: constraints and clauses may name any of them.
  absl::Status Make() {
    for (const TableElement& element : create_.elements) {
      const auto* column = std::get_if<ColumnDefinition>(&element);
      if (column == nullptr) continue;
      if (absl::Status s = AppendColumn(*column, draft_, define_); !s.ok()) return s;
    }
    for (const TableElement& element : create_.elements) {
      absl::Status status;
      if (const auto* constraint = std::get_if<Constraint>(&element)) {
        status = ApplyConstraint(*constraint, {}, draft_, define_);
      } else if (const auto* index = std::get_if<InlineIndex>(&element)) {
        status = AddIndex(*index);
      }
      if (!status.ok()) return status;
    }
    if (absl::Status s = AddPartition(); !s.ok()) return s;
    if (absl::Status s = AddCluster(); !s.ok()) return s;
    return ApplyOptions(create_.options, table(), define_);
  }

 private:
  TableDefinition& table() { return draft_.definition; }

  absl::Status AddIndex(const InlineIndex& inline_index) {
    auto columns = IndexColumnsOf(inline_index.columns, table(), define_);
    if (!columns.ok()) return columns.status();
    IndexDefinition index;
    if (inline_index.name.has_value()) index.name = inline_index.name->text;
    const bool taken = !index.name.empty() &&
                       std::ranges::count(table().indexes, index.name, &IndexDefinition::name) != 0;
    if (taken) {
      return define_.At(inline_index.place, Concat("index ", Quoted(index.name), " exists already"),
                        absl::StatusCode::kAlreadyExists);
    }
    index.columns = *std::move(columns);
    table().indexes.push_back(std::move(index));
    return absl::OkStatus();
  }

  absl::Status AddPartition() {
    if (!create_.partition.has_value()) return absl::OkStatus();
    const sql::Partition& partition = *create_.partition;
    constexpr std::array kUnits = {tape::Partition::kDay, tape::Partition::kDay,
                                   tape::Partition::kWeek, tape::Partition::kMonth,
                                   tape::Partition::kNone};
    table().partition = kUnits[static_cast<size_t>(partition.unit)];
    if (partition.columns.empty()) return absl::OkStatus();
    if (partition.columns.size() != 1) {
      return define_.At(partition.place, "a table is partitioned by one column, of times");
    }
    return SetTimeColumn(partition.columns.front());
  }

  absl::Status SetTimeColumn(const Name& name) {
    absl::StatusOr<std::vector<std::string>> column = NamedColumns({name}, table(), define_);
    if (!column.ok()) return column.status();
    const Column& known = table().columns[*FindColumn(table().columns, name.text)];
    if (!known.type.IsTimestamp()) {
      return define_.At(name.place,
                        Concat("a table is partitioned by a TIMESTAMP or a TIMESTAMPTZ, column ",
                               Quoted(name.text), " is ", known.type.ToString()));
    }
    table().time_column = name.text;
    return absl::OkStatus();
  }

  absl::Status AddCluster() {
    if (create_.cluster_by.empty()) return absl::OkStatus();
    if (create_.cluster_by.size() != 1) {
      return define_.At(create_.cluster_by[1].place, "a table is clustered by one column");
    }
    auto column = NamedColumns(create_.cluster_by, table(), define_);
    if (!column.ok()) return column.status();
    table().cluster_column = column->front();
    return absl::OkStatus();
  }

  const CreateTable& create_;
  TableDraft& draft_;
  Defining& define_;
};

absl::Status CheckIndexName(const CreateIndex& create, const TableDefinition& table,
                            const Defining& define) {
  if (!create.name.has_value()) return absl::OkStatus();
  const std::string& name = create.name->text;
  if (absl::Status s = ValidateIdentifier(name); !s.ok()) {
    return define.At(create.name->place, MessageOf(s));
  }
  if (std::ranges::count(table.indexes, name, &IndexDefinition::name) == 0) return absl::OkStatus();
  return define.At(
      create.name->place,
      Concat("index ", Quoted(name), " of table ", Quoted(table.name), " exists already"),
      absl::StatusCode::kAlreadyExists);
}

absl::StatusOr<IndexMethod> MethodOf(const std::optional<Name>& name, const Defining& define) {
  if (!name.has_value() || name->text == "btree") return IndexMethod::kBtree;
  if (name->text == "hash") return IndexMethod::kHash;
  if (name->text == "brin") return IndexMethod::kBrin;
  if (name->text == "gin") return IndexMethod::kGin;
  return define.At(name->place, Concat("no index method ", Quoted(name->text),
                                       ": btree, hash, brin and gin are"));
}

// A UNIQUE INDEX is a UNIQUE constraint of its name: that is what holds its rule.
absl::Status AddUniqueOf(const CreateIndex& create, const IndexDefinition& index,
                         TableDefinition& table, const Defining& define) {
  if (create.where) {
    return define.At(create.where->place, "a UNIQUE INDEX of some rows only is not enforced here");
  }
  KeyConstraint unique{
      .name = index.name, .columns = {}, .nulls_distinct = !create.nulls_not_distinct};
  for (const tape::IndexColumn& column : index.columns) unique.columns.push_back(column.name);
  table.uniques.push_back(std::move(unique));
  return absl::OkStatus();
}

absl::StatusOr<IndexDefinition> IndexOf(const CreateIndex& create, const TableDefinition& table,
                                        const Defining& define) {
  IndexDefinition index;
  auto columns = IndexColumnsOf(create.columns, table, define);
  if (!columns.ok()) return columns.status();
  index.columns = *std::move(columns);
  auto include = NamedColumns(create.include, table, define);
  if (!include.ok()) return include.status();
  index.include = *std::move(include);
  absl::StatusOr<IndexMethod> method = MethodOf(create.method, define);
  if (!method.ok()) return method.status();
  index.method = *method;
  index.unique = create.unique;
  if (create.where) {
    absl::Status status = CheckOneRow(*create.where, "the WHERE of an index", table, define);
    if (!status.ok()) return status;
    index.where = PrintOneRow(*create.where);
  }
  std::string front = table.name;
  for (const tape::IndexColumn& column : index.columns) front += "_" + column.name;
  std::set<std::string> taken;
  for (const IndexDefinition& other : table.indexes) taken.insert(other.name);
  index.name = create.name.has_value() ? create.name->text : format::FreeName(front, "idx", taken);
  return index;
}

// The unit of storage that comes nearest to a chunk of this length.
tape::Partition UnitOf(int64_t nanos) {
  if (nanos <= kDayNs) return tape::Partition::kDay;
  return nanos <= 7 * kDayNs ? tape::Partition::kWeek : tape::Partition::kMonth;
}

}  // namespace

absl::Status AppendColumn(const ColumnDefinition& column, TableDraft& draft, Defining& define) {
  return ColumnMaker(column, draft, define).Append();
}

absl::Status DefineTable(const CreateTable& create, Defining& define) {
  const Place place = create.name.parts.front().place;
  absl::StatusOr<QualifiedName> name = define.ResolveNew(create.name);
  if (!name.ok()) return name.status();
  if (absl::Status taken = define.CheckRelationIsFree(*name, place); !taken.ok()) {
    if (!create.if_not_exists) return taken;
    define.Warn(Concat("table ", Quoted(*name), " exists already, passed over"));
    return absl::OkStatus();
  }
  if (create.query) {
    return define.At(create.query->place, "CREATE TABLE AS: create the table, then INSERT",
                     absl::StatusCode::kUnimplemented);
  }
  if (create.available_after) {
    return define.At(create.available_after->place, "AVAILABLE AFTER is not kept yet",
                     absl::StatusCode::kUnimplemented);
  }
  TableDraft draft;
  draft.definition.schema = name->schema;
  draft.definition.name = name->name;
  if (absl::Status s = TableMaker(create, draft, define).Make(); !s.ok()) return s;
  auto made = define.change.CreateTable(std::move(draft.definition), std::move(draft.unresolved));
  return define.At(place, made.status());
}

absl::Status DefineIndex(const CreateIndex& create, Defining& define) {
  absl::StatusOr<const TableInfo*> info = define.FindTable(create.table);
  if (!info.ok()) return info.status();
  TableDefinition table = (*info)->schema.definition();
  if (absl::Status taken = CheckIndexName(create, table, define); !taken.ok()) {
    if (!create.if_not_exists || !absl::IsAlreadyExists(taken)) return taken;
    define.Warn(Concat("index ", Quoted(create.name->text), " exists already, passed over"));
    return absl::OkStatus();
  }
  absl::StatusOr<IndexDefinition> index = IndexOf(create, table, define);
  if (!index.ok()) return index.status();
  if (create.unique) {
    if (absl::Status s = AddUniqueOf(create, *index, table, define); !s.ok()) return s;
    define.rules.push_back({(*info)->id, RowsRule::Kind::kUnique, index->name, {}});
  }
  table.indexes.push_back(*std::move(index));
  const Place place = create.table.parts.front().place;
  return define.Alter(**info, std::move(table), place);
}

// ---- create_hypertable

const Call* HypertableCall(const Statement& statement) {
  const auto* query = statement.As<Query>();
  if (query == nullptr || !query->IsPlain()) return nullptr;
  const auto* select = std::get_if<Select>(&query->body);
  if (select == nullptr || select->items.size() != 1 || !select->from.empty()) return nullptr;
  const auto* invocation = select->items.front().value.As<Invocation>();
  if (invocation == nullptr) return nullptr;
  const Call& call = *invocation->call;
  return call.function.last().text == "create_hypertable" ? &call : nullptr;
}

absl::Status DefineHypertable(const Call& call, Defining& define) {
  std::vector<const std::string*> names;
  tape::Partition unit = tape::Partition::kWeek;  // as TimescaleDB has it
  for (const Argument& argument : call.arguments) {
    if (!argument.name.has_value()) {
      names.push_back(TextOf(argument.value));
    } else if (argument.name->text == "chunk_time_interval") {
      absl::StatusOr<int64_t> nanos = NanosecondsOf(argument.value, define);
      if (!nanos.ok()) return nanos.status();
      unit = UnitOf(*nanos);
    } else if (argument.name->text != "if_not_exists" && argument.name->text != "migrate_data") {
      return define.At(argument.name->place,
                       Concat("create_hypertable has no argument ", Quoted(argument.name->text)));
    }
  }
  if (names.size() != 2 || names[0] == nullptr || names[1] == nullptr) {
    return define.At(call.place, "expected create_hypertable('table', 'column', ...)");
  }
  ObjectName name;
  const size_t dot = names[0]->find('.');
  if (dot != std::string::npos) name.parts.push_back({names[0]->substr(0, dot), call.place});
  name.parts.push_back({names[0]->substr(dot == std::string::npos ? 0 : dot + 1), call.place});
  absl::StatusOr<const TableInfo*> info = define.FindTable(name);
  if (!info.ok()) return info.status();
  TableDefinition table = (*info)->schema.definition();
  auto column = NamedColumns({{*names[1], call.place}}, table, define);
  if (!column.ok()) return column.status();
  table.time_column = column->front();
  table.partition = unit;
  define.rules.push_back({(*info)->id, RowsRule::Kind::kNoRows, table.name, "made a hypertable"});
  return define.Alter(**info, std::move(table), call.place);
}

}  // namespace tape::engine::sql
