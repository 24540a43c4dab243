// Expressions, as they are written.
//
//   price * size >= 1.50 AND side IN ('buy', 'sell')
//
//   Logical{kAnd, {Comparison{kGreaterEqual, Chain{price, {{*, size}}}, Literal{kNumber, "1.50"}},
//                  InList{side, {Literal{kString, "buy"}, Literal{kString, "sell"}}}}}
//
// An expression is a variant of forms and where it stands. Its children are values or Owned values,
// so that a tree is copied, moved and compared as one. Why not nodes in an arena: a DEFAULT goes
// from a statement into the catalog, a view's query into a plan, each without the rest; and 64
// bytes a node are allocated in the order in which a walk meets them. Operators of one precedence
// are one flat Chain, ANDs one flat Logical: a sum of a thousand features is one node with a
// thousand steps, and no tree is higher than kMaxHeight (limits.h).
//
// Numbers stay text: what they are worth is for their type to say, and never goes through a double.
// Calls and subqueries are in query.h, which this header brings along.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/sql/tree/name.h"
#include "engine/sql/tree/owned.h"

namespace tape::engine::sql {

struct Call;
struct Expression;
struct Query;

enum class LiteralKind : uint8_t { kNull, kTrue, kFalse, kNumber, kString, kDuration };

// 12.50  'text'  5s  NULL. The text of a string is what it says, without its quotes.
struct Literal {
  LiteralKind kind = LiteralKind::kNull;
  std::string text{};

  friend bool operator==(const Literal&, const Literal&) = default;
};

// TIMESTAMP '2026-03-04'
struct TypedLiteral {
  Owned<TypeName> type{};
  std::string text{};

  friend bool operator==(const TypedLiteral&, const TypedLiteral&) = default;
};

// price, t.price, scalp.trades.price
struct ColumnName {
  ObjectName name{};

  friend bool operator==(const ColumnName&, const ColumnName&) = default;
};

// * or t.*
struct Star {
  ObjectName table{};

  friend bool operator==(const Star&, const Star&) = default;
};

// $1, counted from 1; each ? is the next number.
struct Parameter {
  uint32_t number = 1;

  friend bool operator==(const Parameter&, const Parameter&) = default;
};

// DEFAULT among the values of an INSERT or an UPDATE.
struct DefaultValue {
  friend bool operator==(const DefaultValue&, const DefaultValue&) = default;
};

enum class UnaryOperator : uint8_t { kNot, kMinus, kPlus, kBitNot };

struct Unary {
  UnaryOperator op = UnaryOperator::kNot;
  Owned<Expression> operand{};

  friend bool operator==(const Unary&, const Unary&) = default;
};

enum class BinaryOperator : uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kConcatenate,
  kJsonGet,            // ->
  kJsonGetText,        // ->>
  kJsonPath,           // #>
  kJsonPathText,       // #>>
  kContains,           // @>
  kContainedIn,        // <@
  kOverlaps,           // &&
  kHasKey,             // jsonb ? 'key'
  kHasAnyKey,          // ?|
  kHasAllKeys,         // ?&
  kMatches,            // ~
  kMatchesAnyCase,     // ~*
  kNotMatches,         // !~
  kNotMatchesAnyCase,  // !~*
  kBitAnd,
  kBitOr,
  kBitXor,  // #
  kShiftLeft,
  kShiftRight,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kPower,
};

// The first six operators. They do not chain.
struct Comparison {
  BinaryOperator op = BinaryOperator::kEqual;
  Owned<Expression> left{};
  Owned<Expression> right{};

  friend bool operator==(const Comparison&, const Comparison&) = default;
};

// All other operators: first, then each step with the result so far at its left. The operators of
// one chain have one precedence.
struct Chain {
  struct Step;

  Owned<Expression> first{};
  std::vector<Step> steps;

  friend bool operator==(const Chain&, const Chain&) = default;
};

// a AND b AND c: two operands or more.
struct Logical {
  bool is_or = false;
  std::vector<Expression> operands;

  friend bool operator==(const Logical&, const Logical&) = default;
};

// price > ALL (SELECT ...), 'a' = ANY (names): one of the last two is there.
struct Quantified {
  BinaryOperator op = BinaryOperator::kEqual;
  bool all = false;
  Owned<Expression> left{};
  Owned<Expression> array{};
  Owned<Query> query;

  friend bool operator==(const Quantified&, const Quantified&) = default;
};

enum class TruthTest : uint8_t { kNull, kTrue, kFalse, kUnknown };

// x IS [NOT] NULL
struct Is {
  TruthTest test = TruthTest::kNull;
  bool negated = false;
  Owned<Expression> operand{};

  friend bool operator==(const Is&, const Is&) = default;
};

struct IsDistinct {
  bool negated = false;
  Owned<Expression> left{};
  Owned<Expression> right{};

  friend bool operator==(const IsDistinct&, const IsDistinct&) = default;
};

struct Between {
  bool negated = false;
  bool symmetric = false;
  Owned<Expression> operand{};
  Owned<Expression> low{};
  Owned<Expression> high{};

  friend bool operator==(const Between&, const Between&) = default;
};

struct InList {
  bool negated = false;
  Owned<Expression> operand{};
  std::vector<Expression> values;

  friend bool operator==(const InList&, const InList&) = default;
};

struct InQuery {
  bool negated = false;
  Owned<Expression> operand{};
  Owned<Query> query;

  friend bool operator==(const InQuery&, const InQuery&) = default;
};

enum class LikeKind : uint8_t { kLike, kIlike, kSimilar };

struct Like {
  LikeKind kind = LikeKind::kLike;
  bool negated = false;
  Owned<Expression> operand{};
  Owned<Expression> pattern{};
  Owned<Expression> escape{};

  friend bool operator==(const Like&, const Like&) = default;
};

struct Case {
  struct When;

  Owned<Expression> operand{};
  std::vector<When> whens;
  Owned<Expression> otherwise{};

  friend bool operator==(const Case&, const Case&) = default;
};

// x::type and CAST(x AS type)
struct Cast {
  Owned<Expression> operand{};
  Owned<TypeName> type{};

  friend bool operator==(const Cast&, const Cast&) = default;
};

struct AtTimeZone {
  Owned<Expression> operand{};
  Owned<Expression> zone{};

  friend bool operator==(const AtTimeZone&, const AtTimeZone&) = default;
};

// EXTRACT(hour FROM ts)
struct Extract {
  std::string field{};
  Owned<Expression> operand{};

  friend bool operator==(const Extract&, const Extract&) = default;
};

// ARRAY[a, b]
struct Array {
  std::vector<Expression> elements;

  friend bool operator==(const Array&, const Array&) = default;
};

// ROW(a, b), and (a, b) where it has two parts or more.
struct Row {
  std::vector<Expression> elements;

  friend bool operator==(const Row&, const Row&) = default;
};

// x[index]
struct Subscript {
  Owned<Expression> operand{};
  Owned<Expression> index{};

  friend bool operator==(const Subscript&, const Subscript&) = default;
};

// x[from:to]; either end may be missing.
struct ArraySlice {
  Owned<Expression> operand{};
  Owned<Expression> from{};
  Owned<Expression> to{};

  friend bool operator==(const ArraySlice&, const ArraySlice&) = default;
};

// (SELECT ...), EXISTS (SELECT ...), ARRAY(SELECT ...)
enum class SubqueryKind : uint8_t { kScalar, kExists, kArray };

struct Subquery {
  SubqueryKind kind = SubqueryKind::kScalar;
  Owned<Query> query;

  friend bool operator==(const Subquery&, const Subquery&) = default;
};

// A call, by way of which an expression stays small.
struct Invocation {
  Owned<Call> call{};

  friend bool operator==(const Invocation&, const Invocation&) = default;
};

using ExpressionForm =
    std::variant<Literal, TypedLiteral, ColumnName, Star, Parameter, DefaultValue, Unary,
                 Comparison, Chain, Logical, Quantified, Is, IsDistinct, Between, InList, InQuery,
                 Like, Case, Cast, AtTimeZone, Extract, Array, Row, Subscript, ArraySlice, Subquery,
                 Invocation>;

struct Expression {
  ExpressionForm form;
  Place place{};    // of its first token, or of its operator
  Height height{};  // at most kMaxHeight

  template <typename Form>
  const Form* As() const {
    return std::get_if<Form>(&form);
  }
  friend bool operator==(const Expression&, const Expression&) = default;
};

static_assert(sizeof(Expression) <= 64, "limits.h counts on it");

struct Chain::Step {
  BinaryOperator op = BinaryOperator::kAdd;
  Place place{};
  Expression operand;

  friend bool operator==(const Step&, const Step&) = default;
};

struct Case::When {
  Expression condition;
  Expression result;

  friend bool operator==(const When&, const When&) = default;
};

}  // namespace tape::engine::sql

// An expression is copied and destroyed with what is in it: this completes Call and Query.
#include "engine/sql/tree/query.h"
