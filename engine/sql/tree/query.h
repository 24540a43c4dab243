// Queries, as they are written; calls and windows, which hold them together with expression.h.
//
//   SELECT ts, last(price) AS close FROM trades WHERE symbol = 'AAPL' SAMPLE BY 1m FILL (PREV)
//
//   Query{.body = Select{.items = {{ts}, {last(price), close}}, .from = {{trades}},
//                        .where = symbol = 'AAPL', .sample = SampleBy{1m, {kPrev}}}}
//
// Everything is a value; see expression.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/sql/tree/expression.h"

namespace tape::engine::sql {

// ---- calls and windows

enum class NullsOrder : uint8_t { kUnsaid, kFirst, kLast };

struct OrderItem {
  Expression key{};
  bool descending = false;
  NullsOrder nulls = NullsOrder::kUnsaid;

  friend bool operator==(const OrderItem&, const OrderItem&) = default;
};

enum class FrameMode : uint8_t { kRows, kRange, kGroups };
enum class FrameEdge : uint8_t {
  kUnboundedPreceding,
  kPreceding,
  kCurrentRow,
  kFollowing,
  kUnboundedFollowing,
};
enum class FrameExclusion : uint8_t { kNone, kCurrentRow, kGroup, kTies };

struct FrameBound {
  FrameEdge edge = FrameEdge::kCurrentRow;
  Owned<Expression> distance{};  // of kPreceding and kFollowing

  friend bool operator==(const FrameBound&, const FrameBound&) = default;
};

struct Frame {
  FrameMode mode = FrameMode::kRange;
  FrameBound start{};
  FrameBound end{};
  FrameExclusion exclusion = FrameExclusion::kNone;

  friend bool operator==(const Frame&, const Frame&) = default;
};

// OVER name, OVER (name PARTITION BY ... ORDER BY ... frame)
struct Window {
  std::optional<Name> named{};
  bool name_only = false;  // OVER name, which takes its frame too
  std::vector<Expression> partition_by;
  std::vector<OrderItem> order_by{};
  std::optional<Frame> frame{};

  friend bool operator==(const Window&, const Window&) = default;
};

struct Argument {
  std::optional<Name> name{};  // of name => value
  Expression value{};

  friend bool operator==(const Argument&, const Argument&) = default;
};

enum class NullTreatment : uint8_t { kUnsaid, kRespect, kIgnore };

// f(a, b)  count(*)  sum(DISTINCT x) FILTER (WHERE y)  lag(x) OVER (...)  CURRENT_TIMESTAMP
struct Call {
  ObjectName function{};
  std::vector<Argument> arguments{};
  bool star = false;
  bool distinct = false;
  bool bare = false;  // CURRENT_DATE and its like, which take no parentheses
  NullTreatment nulls = NullTreatment::kUnsaid;
  std::vector<OrderItem> order_by{};
  Owned<Expression> filter{};
  std::optional<Window> over{};
  Place place{};

  friend bool operator==(const Call&, const Call&) = default;
};

// ---- relations

struct FromItem;

struct Alias {
  Name name{};
  std::vector<Name> columns{};

  friend bool operator==(const Alias&, const Alias&) = default;
};

// AS OF LSN n, AS OF TIMESTAMP '...'
struct AsOf {
  bool is_lsn = false;
  Expression point{};  // for a timestamp a typed literal or any other expression

  friend bool operator==(const AsOf&, const AsOf&) = default;
};

// LATEST ON ts PARTITION BY symbol
struct LatestOn {
  Expression time{};
  std::vector<Expression> partition_by;
  Place place{};

  friend bool operator==(const LatestOn&, const LatestOn&) = default;
};

struct TableName {
  ObjectName name{};
  std::optional<AsOf> as_of{};

  friend bool operator==(const TableName&, const TableName&) = default;
};

struct TableFunction {
  Call call{};

  friend bool operator==(const TableFunction&, const TableFunction&) = default;
};

struct DerivedTable {
  bool lateral = false;
  Owned<Query> query{};

  friend bool operator==(const DerivedTable&, const DerivedTable&) = default;
};

// (a JOIN b ...)
struct JoinedTables {
  Owned<FromItem> tables{};

  friend bool operator==(const JoinedTables&, const JoinedTables&) = default;
};

struct Relation {
  std::variant<TableName, TableFunction, DerivedTable, JoinedTables> form;
  std::optional<Alias> alias{};
  Owned<LatestOn> latest{};  // of this relation alone, before WHERE
  Place place{};

  friend bool operator==(const Relation&, const Relation&) = default;
};

enum class JoinKind : uint8_t { kInner, kLeft, kRight, kFull, kCross };
enum class AsofDirection : uint8_t { kBackward, kForward, kNearest };

struct Asof {
  AsofDirection direction = AsofDirection::kBackward;
  bool strict = false;
  Owned<Expression> tolerance{};

  friend bool operator==(const Asof&, const Asof&) = default;
};

struct Join {
  JoinKind kind = JoinKind::kInner;
  bool natural = false;
  std::optional<Asof> asof{};
  Relation relation{};
  Owned<Expression> on{};
  std::vector<Name> columns{};  // USING (a, b), and ON (a, b) of an ASOF JOIN
  Place place{};

  friend bool operator==(const Join&, const Join&) = default;
};

// a JOIN b JOIN c: each join with everything before it at its left.
struct FromItem {
  Relation first{};
  std::vector<Join> joins{};

  friend bool operator==(const FromItem&, const FromItem&) = default;
};

// ---- SELECT

struct SelectItem {
  Expression value{};
  std::optional<Name> alias{};

  friend bool operator==(const SelectItem&, const SelectItem&) = default;
};

enum class FillKind : uint8_t { kNone, kNull, kPrev, kLinear, kValue };

struct Fill {
  FillKind kind = FillKind::kNone;
  Owned<Expression> value{};

  friend bool operator==(const Fill&, const Fill&) = default;
};

struct Alignment {
  bool to_first_observation = false;  // or to the calendar
  Owned<Expression> time_zone{};
  Owned<Expression> offset{};

  friend bool operator==(const Alignment&, const Alignment&) = default;
};

struct SampleBy {
  Expression period{};
  Owned<Expression> from{};
  Owned<Expression> to{};
  std::vector<Fill> fill{};  // one for all values, or one for each
  std::optional<Alignment> alignment{};
  Place place{};

  friend bool operator==(const SampleBy&, const SampleBy&) = default;
};

struct NamedWindow {
  Name name{};
  Window window{};

  friend bool operator==(const NamedWindow&, const NamedWindow&) = default;
};

struct Select {
  bool distinct = false;
  std::vector<Expression> distinct_on;
  std::vector<SelectItem> items{};
  std::vector<FromItem> from{};
  Owned<Expression> where{};
  Owned<LatestOn> latest{};  // of what WHERE lets through
  Owned<SampleBy> sample{};
  std::vector<Expression> group_by;
  Owned<Expression> having{};
  std::vector<NamedWindow> windows{};

  friend bool operator==(const Select&, const Select&) = default;
};

// VALUES (1, 'a'), (2, 'b')
struct Values {
  std::vector<std::vector<Expression>> rows{};

  friend bool operator==(const Values&, const Values&) = default;
};

enum class SetOperator : uint8_t { kUnion, kExcept, kIntersect };

// a UNION b EXCEPT c: the first term, then each with the result so far at its left. The operators
// of one chain have one precedence.
struct SetChain {
  struct Step;

  Owned<Query> first{};
  std::vector<Step> steps;

  friend bool operator==(const SetChain&, const SetChain&) = default;
};

// A query with clauses of its own inside another: (SELECT ... LIMIT 5) ORDER BY 1
struct Parenthesised {
  Owned<Query> query{};

  friend bool operator==(const Parenthesised&, const Parenthesised&) = default;
};

struct WithTable;

struct With {
  bool recursive = false;
  std::vector<WithTable> tables;

  friend bool operator==(const With&, const With&) = default;
};

// FOR UPDATE: what a queue's claim says. There is one writer, so nobody waits.
enum class RowLock : uint8_t { kNone, kUpdate, kUpdateSkipLocked, kUpdateNowait };

struct Query {
  With with;
  std::variant<Select, Values, SetChain, Parenthesised> body;
  std::vector<OrderItem> order_by{};
  Owned<Expression> limit{};
  Owned<Expression> offset{};
  RowLock lock = RowLock::kNone;
  Place place{};
  Height height{};

  // Nothing but a body.
  bool IsPlain() const;
  friend bool operator==(const Query&, const Query&) = default;
};

struct SetChain::Step {
  SetOperator op = SetOperator::kUnion;
  bool all = false;
  Query term;

  friend bool operator==(const Step&, const Step&) = default;
};

enum class Materialization : uint8_t { kUnsaid, kMaterialized, kNotMaterialized };

struct WithTable {
  Name name{};
  std::vector<Name> columns{};
  Materialization materialization = Materialization::kUnsaid;
  Query query;

  friend bool operator==(const WithTable&, const WithTable&) = default;
};

inline bool Query::IsPlain() const {
  return with.tables.empty() && order_by.empty() && !limit && !offset && lock == RowLock::kNone;
}

}  // namespace tape::engine::sql
