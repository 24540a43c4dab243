// Statements that define things: CREATE, and what its clauses say.
//
//   CREATE TABLE trades (ts TIMESTAMP NOT NULL, price DECIMAL(18,8) CHECK (price > 0))
//     PARTITION BY DAY (ts) CLUSTER BY (symbol)
//
//   CreateTable{.name = trades, .elements = {ColumnDefinition{ts, TIMESTAMP, {NotNull}}, ...},
//               .partition = Partition{kDay, {ts}}, .cluster_by = {symbol}}
//
// Everything is a value and says what was written, in the order in which it was; what it means
// (which column is the time column, whether a key exists) is for the binder. See expression.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/sql/tree/query.h"

namespace tape::engine::sql {

// ---- constraints

struct NotNull {
  friend bool operator==(const NotNull&, const NotNull&) = default;
};

// NULL, which says that nothing is asked.
struct Nullable {
  friend bool operator==(const Nullable&, const Nullable&) = default;
};

struct Default {
  Expression value{};
  friend bool operator==(const Default&, const Default&) = default;
};

// GENERATED ALWAYS AS (expression) STORED
struct Generated {
  Expression value{};
  friend bool operator==(const Generated&, const Generated&) = default;
};

// GENERATED ALWAYS | BY DEFAULT AS IDENTITY
struct Identity {
  bool always = false;
  friend bool operator==(const Identity&, const Identity&) = default;
};

// No columns where it is a column's own.
struct PrimaryKey {
  std::vector<Name> columns{};
  bool autoincrement = false;
  friend bool operator==(const PrimaryKey&, const PrimaryKey&) = default;
};

struct Unique {
  std::vector<Name> columns{};
  bool nulls_not_distinct = false;
  friend bool operator==(const Unique&, const Unique&) = default;
};

struct Check {
  Expression test{};
  friend bool operator==(const Check&, const Check&) = default;
};

enum class ReferentialAction : uint8_t {
  kUnsaid,
  kNoAction,
  kRestrict,
  kCascade,
  kSetNull,
  kSetDefault
};

// [FOREIGN KEY (columns)] REFERENCES table (target_columns)
struct References {
  std::vector<Name> columns{};
  ObjectName table{};
  std::vector<Name> target_columns{};
  ReferentialAction on_delete = ReferentialAction::kUnsaid;
  ReferentialAction on_update = ReferentialAction::kUnsaid;
  friend bool operator==(const References&, const References&) = default;
};

// SENSITIVE: nothing but the column's data may tell what is in it.
struct Sensitive {
  friend bool operator==(const Sensitive&, const Sensitive&) = default;
};

// Of a column or of a table; which kinds a place takes is for the parser to hold.
struct Constraint {
  std::optional<Name> name{};
  std::variant<NotNull, Nullable, Default, Generated, Identity, PrimaryKey, Unique, Check,
               References, Sensitive>
      rule{};
  Place place{};
  friend bool operator==(const Constraint&, const Constraint&) = default;
};

// ---- tables

struct ColumnDefinition {
  Name name{};
  TypeName type{};
  std::vector<Constraint> constraints{};
  friend bool operator==(const ColumnDefinition&, const ColumnDefinition&) = default;
};

struct IndexColumn {
  Expression key{};  // a column, or an expression
  bool descending = false;
  NullsOrder nulls = NullsOrder::kUnsaid;
  friend bool operator==(const IndexColumn&, const IndexColumn&) = default;
};

// INDEX name (columns) inside a CREATE TABLE
struct InlineIndex {
  std::optional<Name> name{};
  std::vector<IndexColumn> columns{};
  Place place{};
  friend bool operator==(const InlineIndex&, const InlineIndex&) = default;
};

using TableElement = std::variant<ColumnDefinition, Constraint, InlineIndex>;

enum class PartitionUnit : uint8_t { kRange, kDay, kWeek, kMonth, kNone };

struct Partition {
  PartitionUnit unit = PartitionUnit::kNone;
  std::vector<Name> columns{};
  Place place{};
  friend bool operator==(const Partition&, const Partition&) = default;
};

// name = value, in WITH (...) and SET (...). A word is kept as a string.
struct Option {
  Name name{};
  Owned<Expression> value{};  // empty: the option is on
  friend bool operator==(const Option&, const Option&) = default;
};

struct CreateTable {
  bool if_not_exists = false;
  ObjectName name{};
  std::vector<TableElement> elements{};
  std::optional<Partition> partition{};
  std::vector<Name> cluster_by{};
  Owned<Expression> available_after{};
  std::vector<Option> options{};
  Owned<Query> query{};  // AS SELECT ...
  friend bool operator==(const CreateTable&, const CreateTable&) = default;
};

// ---- the rest

struct CreateSchema {
  bool if_not_exists = false;
  Name name{};
  friend bool operator==(const CreateSchema&, const CreateSchema&) = default;
};

struct CreateEnum {
  ObjectName name{};
  std::vector<std::string> values{};
  friend bool operator==(const CreateEnum&, const CreateEnum&) = default;
};

struct CreateIndex {
  bool unique = false;
  bool concurrently = false;
  bool if_not_exists = false;
  std::optional<Name> name{};
  ObjectName table{};
  std::optional<Name> method{};  // btree, brin, hash, ...
  std::vector<IndexColumn> columns{};
  std::vector<Name> include{};
  bool nulls_not_distinct = false;
  std::vector<Option> options{};
  Owned<Expression> where{};
  friend bool operator==(const CreateIndex&, const CreateIndex&) = default;
};

struct CreateView {
  bool or_replace = false;
  bool if_not_exists = false;
  bool materialized = false;
  bool with_data = true;
  ObjectName name{};
  std::vector<Name> columns{};
  std::vector<Option> options{};
  Query query{};
  friend bool operator==(const CreateView&, const CreateView&) = default;
};

// NEW.column = value
struct TriggerAssignment {
  Name column{};
  Expression value{};
  friend bool operator==(const TriggerAssignment&, const TriggerAssignment&) = default;
};

// BEGIN assignments RETURN NEW; END;
struct TriggerBody {
  std::vector<TriggerAssignment> assignments{};
  std::string refusal{};  // not empty: why the body is none, with its place, to be raised at CREATE
  friend bool operator==(const TriggerBody& a, const TriggerBody& b) {
    return a.assignments == b.assignments && a.refusal.empty() == b.refusal.empty();
  }
};

struct CreateFunction {
  bool or_replace = false;
  ObjectName name{};
  std::optional<TypeName> returns{};
  std::optional<Name> language{};
  std::string body{};     // as it was written
  TriggerBody trigger{};  // what it says
  friend bool operator==(const CreateFunction&, const CreateFunction&) = default;
};

enum class TriggerTiming : uint8_t { kBefore, kAfter, kInsteadOf };
enum class TriggerEvent : uint8_t { kInsert, kUpdate, kDelete };

struct CreateTrigger {
  bool or_replace = false;
  Name name{};
  TriggerTiming timing = TriggerTiming::kBefore;
  std::vector<TriggerEvent> events{};
  std::vector<Name> update_columns{};  // UPDATE OF a, b
  ObjectName table{};
  bool for_each_row = false;
  Owned<Expression> when{};
  ObjectName function{};
  friend bool operator==(const CreateTrigger&, const CreateTrigger&) = default;
};

struct CreateExtension {
  bool if_not_exists = false;
  Name name{};
  bool cascade = false;
  friend bool operator==(const CreateExtension&, const CreateExtension&) = default;
};

}  // namespace tape::engine::sql
