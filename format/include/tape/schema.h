// What a table is: columns, constraints, indexes and options, as data.
//
//   absl::StatusOr<Schema> trades =
//       Schema::Builder("trades")
//           .Column("ts", Type::Timestamp()).NotNull()
//           .Column("symbol", Type::Symbol()).NotNull()
//           .Column("price", Type::Decimal(18, 2)).NotNull().Check("price > 0")
//           .Column("size", Type::Bigint()).NotNull()
//           .PartitionBy(Partition::kDay, "ts")
//           .ClusterBy("symbol")
//           .Build();
//   trades->time_column();             // 0
//   trades->physical(1);               // Physical::kCode32
//   trades->column(*trades->Find("price")).type.ToString();   // "DECIMAL(18,2)"
//
// A TableDefinition is what somebody said, in SQL or in code. A Schema is a definition that was
// completed (implied NOT NULLs, names of constraints, ids), found consistent, and decided (time
// column, days, cluster column). Nothing else can make a Schema, so that the rest of tape trusts
// one without looking.
//
// Expressions (CHECK, WHERE of an index) are SQL text here, and a default is the text of a value:
// whoever has a parser checks them. What a foreign key refers to is looked up by the catalog. Names
// are compared byte by byte; folding their case is the business of SQL.
//
// Every error is kInvalidArgument and names the table and the thing in it. Schema: immutable. The
// rest: thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tape/ids.h"
#include "tape/limits.h"
#include "tape/type.h"

namespace tape {

// ---- columns

struct ColumnDefault {
  enum class Kind : uint8_t {
    kNone = 0,        // NULL
    kLiteral = 1,     // `literal`, in the text form of the column's type
    kNow = 2,         // time of the commit: TIMESTAMP, TIMESTAMPTZ, DATE
    kRandomUuid = 3,  // UUID
    kSequence = 4,    // next of the column's own sequence: integers; every SERIAL has it
  };

  Kind kind = Kind::kNone;
  std::string literal;

  static ColumnDefault Literal(std::string text) { return {Kind::kLiteral, std::move(text)}; }
  static ColumnDefault Now() { return {Kind::kNow, {}}; }
  static ColumnDefault RandomUuid() { return {Kind::kRandomUuid, {}}; }
  static ColumnDefault Sequence() { return {Kind::kSequence, {}}; }

  friend bool operator==(const ColumnDefault&, const ColumnDefault&) = default;
};

struct Column {
  ColumnId id;  // 0 in a definition: one above the highest
  std::string name;
  Type type;
  bool nullable = true;
  // No bounds, no dictionary, no statistics, and printed as "***". A key on it keeps hashes only.
  bool sensitive = false;
  ColumnDefault default_value;
  std::string comment;

  // May block headers and summaries say anything about the values of this column?
  bool keeps_bounds() const { return !sensitive; }

  friend bool operator==(const Column&, const Column&) = default;
};

// ---- constraints and indexes. An empty name becomes the one PostgreSQL would give.

// PRIMARY KEY or UNIQUE. Its columns are not JSON, whose equality is not a matter of bytes.
struct KeyConstraint {
  std::string name;
  std::vector<std::string> columns;
  bool nulls_distinct = true;  // UNIQUE only: two NULLs do not collide

  friend bool operator==(const KeyConstraint&, const KeyConstraint&) = default;
};

struct CheckConstraint {
  std::string name;
  std::string expression;

  friend bool operator==(const CheckConstraint&, const CheckConstraint&) = default;
};

enum class OnDelete : uint8_t { kNoAction = 0, kRestrict = 1, kCascade = 2, kSetNull = 3 };

struct ForeignKey {
  std::string name;
  std::vector<std::string> columns;
  std::string referenced_schema;  // empty: the table's own
  std::string referenced_table;
  std::vector<std::string> referenced_columns;  // empty: its primary key
  OnDelete on_delete = OnDelete::kNoAction;

  friend bool operator==(const ForeignKey&, const ForeignKey&) = default;
};

enum class IndexMethod : uint8_t { kBtree = 0, kHash = 1, kBrin = 2, kGin = 3 };

struct IndexColumn {
  std::string name;
  bool descending = false;

  friend bool operator==(const IndexColumn&, const IndexColumn&) = default;
};

struct IndexDefinition {
  std::string name;
  std::vector<IndexColumn> columns;
  std::vector<std::string> include;
  std::string where;  // empty: every row
  IndexMethod method = IndexMethod::kBtree;
  bool unique = false;

  friend bool operator==(const IndexDefinition&, const IndexDefinition&) = default;
};

// ---- options

// What the unit of storage of a table is: UTC days, ISO weeks (from Monday), months, or all rows
// together.
enum class Partition : uint8_t { kNone = 0, kDay = 1, kWeek = 2, kMonth = 3 };

// What a commit survives when it returns. kDefault: the door it came through decides (SQL: durable,
// appender: process).
enum class Durability : uint8_t { kDefault = 0, kProcess = 1, kInterval = 2, kDurable = 3 };

// How long superseded versions of rows can be read. kDefault: decided, see Schema::Decided.
enum class History : uint8_t { kDefault = 0, kNone = 1, kAll = 2, kInterval = 3 };

struct TableOptions {
  Durability durability = Durability::kDefault;
  uint32_t durability_interval_ms = 0;  // kInterval only, 1 .. 3,600,000
  History history = History::kDefault;
  int64_t history_interval_ns = 0;  // kInterval only, above 0
  uint32_t slice_rows = kDefaultSliceRows;
  std::vector<std::string> symbols;  // string columns stored as symbols
  std::string ttl;                   // reserved: refused with kUnimplemented unless empty
  std::string retain;                // reserved as well

  friend bool operator==(const TableOptions&, const TableOptions&) = default;
};

// ---- the table

struct TableDefinition {
  std::string schema = "main";  // the namespace
  std::string name;
  std::vector<Column> columns;
  std::optional<KeyConstraint> primary_key;
  std::vector<KeyConstraint> uniques;
  std::vector<ForeignKey> foreign_keys;
  std::vector<CheckConstraint> checks;
  std::vector<IndexDefinition> indexes;
  std::string time_column;                    // PARTITION BY or hypertable column; empty: silent
  std::optional<Partition> partition;         // nothing: silent
  std::optional<std::string> cluster_column;  // nothing: silent; empty: none, on purpose
  TableOptions options;
  std::string comment;

  friend bool operator==(const TableDefinition&, const TableDefinition&) = default;
};

// A name of a schema, table, column, constraint or index: 1 .. kMaxIdentifierBytes bytes of UTF-8
// without NUL.
absl::Status ValidateIdentifier(std::string_view name);

class Schema {
 public:
  class Builder;

  // What tape decides where a definition is silent. Columns are indexes into the definition's.
  struct Decision {
    std::optional<size_t> time_column;
    std::optional<size_t> cluster_column;
    Partition partition = Partition::kNone;
    History history = History::kNone;
    std::string
        time_source;  // "PARTITION BY", "key trades_pkey", "index by_time", "its name"; empty: none
    std::string cluster_source;  // "CLUSTER BY", "key ...", "index ..."; empty: none

    friend bool operator==(const Decision&, const Decision&) = default;
  };

  // A pure function of a completed definition, so that the same words make the same table
  // everywhere. Keys and indexes are looked at in this order: primary key, uniques, indexes;
  // partial indexes are not, since they say nothing about most rows.
  // - Time column: the declared one; else the first NOT NULL timestamp in a key or index; else a
  //   NOT NULL timestamp called `timestamp`; else none. `created_at` and `updated_at` only if
  //   declared: they tell when a row was written, not what it is about.
  // - Cluster column: the declared one; else, where there is a time column, the first NOT NULL
  //   string column of the first key or index that has the time column and such a column; else
  //   none. Never a sensitive column.
  // - Partition: the declared one; else day where there is a time column, else none.
  // - History: the declared one; else all where some key lacks the time column, since its rows are
  //   things that change; else none: rows of a tick table are facts of one time.
  static Decision Decided(const TableDefinition& definition);

  // Completes, validates and decides.
  static absl::StatusOr<Schema> Make(TableDefinition definition);

  // As completed; Make of it gives an equal Schema.
  const TableDefinition& definition() const { return definition_; }
  const Decision& decision() const { return decision_; }

  const std::string& schema_name() const { return definition_.schema; }
  const std::string& name() const { return definition_.name; }
  const std::vector<Column>& columns() const { return definition_.columns; }
  const Column& column(size_t index) const { return definition_.columns[index]; }
  std::optional<size_t> Find(std::string_view column_name) const;

  std::optional<size_t> time_column() const { return decision_.time_column; }
  std::optional<size_t> cluster_column() const { return decision_.cluster_column; }
  Partition partition() const { return decision_.partition; }
  History history() const { return decision_.history; }
  const TableOptions& options() const { return definition_.options; }

  // Is this column stored as codes of a dictionary? Declared SYMBOL or ENUM, the cluster column, or
  // named in the option `symbols`.
  bool IsSymbol(size_t index) const { return is_symbol_[index]; }
  // How the column is stored: kCode32 for a symbol, else what its type says.
  Physical physical(size_t index) const {
    return is_symbol_[index] ? Physical::kCode32 : column(index).type.physical();
  }

  friend bool operator==(const Schema& a, const Schema& b) {
    return a.definition_ == b.definition_;
  }

 private:
  explicit Schema(TableDefinition definition);

  TableDefinition definition_;
  Decision decision_;
  std::vector<uint32_t> by_name_;  // column indexes in the order of their names
  std::vector<bool> is_symbol_;
};

// Writes a definition as one expression. What comes after Column() is about that column; a mistake
// is kept and returned by Build().
class Schema::Builder {
 public:
  explicit Builder(std::string table) { definition_.name = std::move(table); }

  Builder& InSchema(std::string schema);

  Builder& Column(std::string name, Type type);
  Builder& NotNull();
  Builder& Default(std::string literal);
  Builder& Default(ColumnDefault value);
  Builder& Sensitive();
  Builder& References(std::string table, std::string column,
                      OnDelete on_delete = OnDelete::kNoAction);

  // Of the columns named, or of the last one.
  Builder& PrimaryKey(std::vector<std::string> columns = {});
  Builder& Unique(std::vector<std::string> columns = {});
  Builder& UniqueNullsNotDistinct(std::vector<std::string> columns);
  // Of the table; named after the last column.
  Builder& Check(std::string expression, std::string name = {});
  // Of the last column; before the first one, of the table.
  Builder& Comment(std::string text);

  Builder& Add(KeyConstraint unique);
  Builder& Add(ForeignKey foreign_key);
  Builder& Add(IndexDefinition index);

  Builder& PartitionBy(Partition partition, std::string time_column = {});
  Builder& ClusterBy(std::string column);
  Builder& NotClustered() { return ClusterBy({}); }
  Builder& Symbols(std::vector<std::string> columns);
  Builder& SliceRows(uint32_t rows);
  Builder& With(TableOptions options);

  absl::StatusOr<Schema> Build() const;

 private:
  // The last column, or one to write to in vain after the mistake was kept.
  tape::Column& Last(std::string_view caller);
  std::vector<std::string> OrLast(std::vector<std::string> columns, std::string_view caller);

  TableDefinition definition_;
  tape::Column no_column_;
  absl::Status mistake_;
};

}  // namespace tape
