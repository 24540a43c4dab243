#include "format/types/schema_check.h"

#include <unordered_map>
#include <unordered_set>

#include "format/bytes/message.h"
#include "format/types/text_error.h"
#include "format/types/utf8.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

using Names = std::vector<std::string>;

// Keeps the first complaint and goes on: every check below stands any definition.
class DefinitionChecker {
 public:
  explicit DefinitionChecker(const TableDefinition& definition) : definition_(definition) {}

  absl::Status Run() {
    Table();
    Columns();
    Keys();
    ForeignKeys();
    Checks();
    Indexes();
    TimeAndCluster();
    Options();
    return error_;
  }

 private:
  template <typename... Parts>
  void Refuse(const Parts&... parts) {
    if (!error_.ok()) return;
    error_ = absl::InvalidArgumentError(Concat("table ", Quoted(definition_.name), ": ", parts...));
  }

  void Identifier(std::string_view what, std::string_view name) {
    const absl::Status status = ValidateIdentifier(name);
    if (status.ok()) return;
    const absl::string_view why = status.message();
    Refuse(what, ": ", std::string_view(why.data(), why.size()));
  }

  void SqlText(std::string_view what, std::string_view text) {
    if (text.size() > kMaxExpressionBytes) {
      Refuse(what, ": ", text.size(), " bytes, more than ", kMaxExpressionBytes);
    }
    if (!IsUtf8(text) || text.find('\0') != text.npos) Refuse(what, ": not UTF-8 text without NUL");
  }

  template <typename Enum>
  void Known(std::string_view what, Enum value, Enum last) {
    if (value > last) Refuse(what, " ", static_cast<int>(value), " is unknown");
  }

  void Table() {
    Identifier("schema name", definition_.schema);
    Identifier("name", definition_.name);
    SqlText("comment", definition_.comment);
    if (definition_.columns.empty()) Refuse("has no columns");
    if (definition_.columns.size() > kMaxColumns) {
      Refuse(definition_.columns.size(), " columns, more than ", kMaxColumns);
    }
  }

  void Columns() {
    std::unordered_set<ColumnId> ids;
    for (const Column& column : definition_.columns) {
      const std::string what = Concat("column ", Quoted(column.name));
      Identifier(what, column.name);
      SqlText(what, column.comment);
      if (!columns_.emplace(column.name, &column).second) Refuse(what, " appears twice");
      if (column.id == ColumnId() || !ids.insert(column.id).second) {
        Refuse(what, ": id ", column.id.value(), " is zero or taken");
      }
      ColumnType(what, column);
      Default(what, column);
    }
  }

  void ColumnType(std::string_view what, const Column& column) {
    const absl::Status status = column.type.Validate();
    const absl::string_view why = status.message();
    if (!status.ok()) Refuse(what, ": ", std::string_view(why.data(), why.size()));
    if (column.type.kind() == TypeKind::kInterval) {
      Refuse(what, ": INTERVAL is for expressions, not for columns");
    }
    if (column.sensitive && column.type.physical() == Physical::kCode32) {
      Refuse(what, ": SENSITIVE keeps no dictionary, which ", column.type.ToString(), " needs");
    }
  }

  void Default(std::string_view what, const Column& column) {
    using Kind = ColumnDefault::Kind;
    const Kind kind = column.default_value.kind;
    const TypeKind type = column.type.kind();
    Known(Concat(what, ": default"), kind, Kind::kSequence);
    SqlText(Concat(what, ": default"), column.default_value.literal);
    if (kind != Kind::kLiteral && !column.default_value.literal.empty()) {
      Refuse(what, ": a literal beside another default");
    }
    const bool whole = column.type.IsSerial() || type == TypeKind::kSmallint ||
                       type == TypeKind::kInteger || type == TypeKind::kBigint;
    const bool fits = kind == Kind::kNow ? column.type.IsTimestamp() || type == TypeKind::kDate
                      : kind == Kind::kRandomUuid ? type == TypeKind::kUuid
                      : kind == Kind::kSequence   ? whole
                                                  : true;
    if (!fits) Refuse(what, ": its default does not give a ", column.type.ToString());
    if (column.type.IsSerial() && (kind != Kind::kSequence || column.nullable)) {
      Refuse(what, ": ", column.type.ToString(), " is NOT NULL and its default is its sequence");
    }
  }

  const Column* Find(std::string_view what, std::string_view name) {
    const auto found = columns_.find(name);
    if (found != columns_.end()) return found->second;
    Refuse(what, ": column ", Quoted(name), " does not exist");
    return nullptr;
  }

  // The columns of a key or an index exist, are not too many and none is there twice.
  void ColumnList(std::string_view what, const Names& names, size_t most) {
    std::unordered_set<std::string_view> seen;
    if (names.empty()) Refuse(what, ": no columns");
    if (names.size() > most) Refuse(what, ": ", names.size(), " columns, more than ", most);
    for (const std::string& name : names) {
      Find(what, name);
      if (!seen.insert(name).second) Refuse(what, ": column ", Quoted(name), " appears twice");
    }
  }

  void Constraint(std::string_view what, const std::string& name) {
    Identifier(what, name);
    if (!constraints_.insert(name).second) Refuse(what, ": the name is taken");
  }

  void Key(std::string_view what, const KeyConstraint& key) {
    Constraint(what, key.name);
    ColumnList(what, key.columns, kMaxKeyColumns);
    Hashable(what, key.columns);
  }

  void Hashable(std::string_view what, const Names& names) {
    for (const std::string& name : names) {
      const Column* column = Find(what, name);
      if (column == nullptr || !column->type.element().IsJson()) continue;
      Refuse(what, ": column ", Quoted(name), " is ", column->type.ToString(),
             ", which cannot be compared for equality");
    }
  }

  void Keys() {
    if (definition_.uniques.size() > kMaxConstraints) {
      Refuse(definition_.uniques.size(), " UNIQUEs, more than ", kMaxConstraints);
    }
    if (definition_.primary_key.has_value()) {
      Key(Concat("primary key ", Quoted(definition_.primary_key->name)), *definition_.primary_key);
      PrimaryKeyIsNotNull();
    }
    for (const KeyConstraint& unique : definition_.uniques) {
      Key(Concat("unique ", Quoted(unique.name)), unique);
    }
  }

  void PrimaryKeyIsNotNull() {
    for (const std::string& name : definition_.primary_key->columns) {
      const Column* column = Find("primary key", name);
      if (column != nullptr && column->nullable) {
        Refuse("primary key: column ", Quoted(name), " is nullable");
      }
    }
  }

  void ForeignKeys() {
    if (definition_.foreign_keys.size() > kMaxConstraints) {
      Refuse(definition_.foreign_keys.size(), " foreign keys, more than ", kMaxConstraints);
    }
    for (const ForeignKey& key : definition_.foreign_keys) {
      const std::string what = Concat("foreign key ", Quoted(key.name));
      Constraint(what, key.name);
      ColumnList(what, key.columns, kMaxKeyColumns);
      Identifier(Concat(what, ": referenced schema"), key.referenced_schema);
      Identifier(Concat(what, ": referenced table"), key.referenced_table);
      for (const std::string& name : key.referenced_columns) {
        Identifier(Concat(what, ": referenced column"), name);
      }
      Known(Concat(what, ": ON DELETE"), key.on_delete, OnDelete::kSetNull);
      Referenced(what, key);
    }
  }

  void Referenced(std::string_view what, const ForeignKey& key) {
    const bool self =
        key.referenced_schema == definition_.schema && key.referenced_table == definition_.name;
    Names referenced = key.referenced_columns;
    if (self && referenced.empty() && definition_.primary_key.has_value()) {
      referenced = definition_.primary_key->columns;
    }
    if (self && referenced.empty()) Refuse(what, ": the table has no primary key to refer to");
    if (!referenced.empty() && referenced.size() != key.columns.size()) {
      Refuse(what, ": ", key.columns.size(), " columns refer to ", referenced.size());
    }
    for (size_t i = 0; self && i < referenced.size(); ++i) Find(what, referenced[i]);
  }

  void Checks() {
    if (definition_.checks.size() > kMaxConstraints) {
      Refuse(definition_.checks.size(), " CHECKs, more than ", kMaxConstraints);
    }
    for (const CheckConstraint& check : definition_.checks) {
      const std::string what = Concat("check ", Quoted(check.name));
      Constraint(what, check.name);
      SqlText(what, check.expression);
      if (check.expression.empty()) Refuse(what, ": no expression");
    }
  }

  void Indexes() {
    std::unordered_set<std::string_view> names;
    if (definition_.indexes.size() > kMaxIndexes) {
      Refuse(definition_.indexes.size(), " indexes, more than ", kMaxIndexes);
    }
    for (const IndexDefinition& index : definition_.indexes) {
      const std::string what = Concat("index ", Quoted(index.name));
      Identifier(what, index.name);
      if (!names.insert(index.name).second) Refuse(what, ": the name is taken");
      Names columns;
      for (const IndexColumn& column : index.columns) columns.push_back(column.name);
      ColumnList(what, columns, kMaxKeyColumns);
      if (index.unique) Hashable(what, columns);
      if (!index.include.empty()) ColumnList(Concat(what, " INCLUDE"), index.include, kMaxColumns);
      SqlText(Concat(what, " WHERE"), index.where);
      Known(Concat(what, ": method"), index.method, IndexMethod::kGin);
    }
  }

  void TimeAndCluster() {
    const std::string& time = definition_.time_column;
    if (const Column* column = time.empty() ? nullptr : Find("time column", time)) {
      const std::string what = Concat("time column ", Quoted(time));
      if (!column->type.IsTimestamp()) {
        Refuse(what, " is ", column->type.ToString(), ", expected TIMESTAMP or TIMESTAMPTZ");
      }
      if (column->nullable) Refuse(what, " is nullable");
      if (column->sensitive) Refuse(what, " is SENSITIVE, and so has no bounds to find days by");
    }
    if (definition_.cluster_column.has_value() && !definition_.cluster_column->empty()) {
      Symbol("cluster column", *definition_.cluster_column);
    }
    const Partition partition = definition_.partition.value_or(Partition::kNone);
    Known("partition", partition, Partition::kMonth);
    if (partition != Partition::kNone && !Schema::Decided(definition_).time_column.has_value()) {
      Refuse("PARTITION BY needs a NOT NULL timestamp column, named or plain to see");
    }
  }

  // A column that is to be stored as symbols.
  void Symbol(std::string_view role, std::string_view name) {
    const std::string what = Concat(role, " ", Quoted(name));
    const Column* column = Find(role, name);
    if (column == nullptr) return;
    if (!column->type.IsString()) {
      Refuse(what, " is ", column->type.ToString(), ", expected SYMBOL, ENUM, TEXT or VARCHAR");
    }
    if (column->sensitive) Refuse(what, " is SENSITIVE, and so has no dictionary");
  }

  void Options() {
    const TableOptions& options = definition_.options;
    if (options.slice_rows < kMinSliceRows || options.slice_rows > kMaxSliceRows) {
      Refuse("slice_rows ", options.slice_rows, " is not in ", kMinSliceRows, "..", kMaxSliceRows);
    }
    std::unordered_set<std::string_view> seen;
    for (const std::string& name : options.symbols) {
      Symbol("symbols: column", name);
      if (!seen.insert(name).second) Refuse("symbols: column ", Quoted(name), " appears twice");
    }
    DurabilityAndHistory(options);
    if (error_.ok() && !(options.ttl.empty() && options.retain.empty())) {
      error_ = absl::UnimplementedError(
          Concat("table ", Quoted(definition_.name), ": the options ttl and retain are reserved"));
    }
  }

  void DurabilityAndHistory(const TableOptions& options) {
    constexpr uint32_t kMaxIntervalMs = 3'600'000;
    const uint32_t milliseconds = options.durability_interval_ms;
    Known("durability", options.durability, Durability::kDurable);
    Known("history", options.history, History::kInterval);
    if (options.durability == Durability::kInterval &&
        (milliseconds == 0 || milliseconds > kMaxIntervalMs)) {
      Refuse("durability: interval of ", milliseconds, " ms is not in 1..", kMaxIntervalMs);
    }
    if (options.durability != Durability::kInterval && milliseconds != 0) {
      Refuse("durability: an interval that nothing uses");
    }
    const bool interval = options.history == History::kInterval;
    if (interval && options.history_interval_ns <= 0)
      Refuse("history: the interval is not above 0");
    if (!interval && options.history_interval_ns != 0) {
      Refuse("history: an interval that nothing uses");
    }
  }

  const TableDefinition& definition_;
  std::unordered_map<std::string_view, const Column*> columns_;
  std::unordered_set<std::string_view> constraints_;
  absl::Status error_;
};

}  // namespace

absl::Status CheckDefinition(const TableDefinition& definition) {
  return DefinitionChecker(definition).Run();
}

}  // namespace tape::format
