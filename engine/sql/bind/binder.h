// From an expression as it is written to one that can be evaluated: names become columns, literals
// find their types, operators and functions their kernels.
//
//   Scope scope = ...;                                     // price DECIMAL(18,8), symbol SYMBOL
//   Binder binder(text, {.scope = &scope});
//   absl::StatusOr<exec::ExpressionPtr> check = binder.BindCondition(*ParseExpression(text));
//   absl::StatusOr<exec::ExpressionPtr> value = binder.BindAssignment(*tree, column_type);
//
// Types are inferred as PostgreSQL does: a string literal, NULL and a parameter without a type take
// the type of what they meet; 1 is an INTEGER, 3000000000 a BIGINT, 1.50 a DECIMAL(3,2).
//
// Aggregates, window functions and subqueries are not expressions of one row: a BindHook may say
// what stands for them. Without one they are errors.
//
// Errors: kInvalidArgument with line, column and caret, as the parser's. kUnimplemented for what is
// known and not there. Thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/make.h"
#include "engine/sql/bind/scope.h"
#include "engine/sql/tree/expression.h"
#include "tape/type.h"

namespace tape::engine::sql {

// A type and, where it is an ENUM, its labels.
struct NamedType {
  Type type{};
  exec::LabelsPtr labels{};
};

// Types that the catalog knows: ENUMs.
class TypeNames {
 public:
  virtual ~TypeNames() = default;
  // Nothing where there is none.
  virtual std::optional<NamedType> Find(const ObjectName& name) const = 0;
};

class Binder;

// Whoever knows more than one row. Each may give nothing, and the binder goes on as if there were
// no hook.
class BindHook {
 public:
  virtual ~BindHook() = default;

  using Bound = absl::StatusOr<exec::ExpressionPtr>;

  // Asked for every expression before anything else is done with it: GROUP BY keys.
  virtual std::optional<Bound> Whole(const Expression& expression, Binder& binder);
  // A call: an aggregate, a window function.
  virtual std::optional<Bound> Call(const sql::Call& call, Binder& binder);
  // A subquery: scalar, EXISTS, ARRAY.
  virtual std::optional<Bound> Query(const Subquery& subquery, Binder& binder);
  // operand IN (query), operand > ANY (query): the operand is bound already.
  virtual std::optional<Bound> InQuery(const sql::InQuery& form, exec::ExpressionPtr operand,
                                       Binder& binder);
  virtual std::optional<Bound> QuantifiedQuery(const Quantified& form, exec::ExpressionPtr operand,
                                               Binder& binder);
};

struct BindOptions {
  const Scope* scope = nullptr;           // nullptr: no columns
  std::span<const Type> parameters{};     // types of $1, $2, ...
  const TypeNames* type_names = nullptr;  // nullptr: none but the built-in ones
  BindHook* hook = nullptr;
};

class Binder {
 public:
  // `text` is what places count in; it and everything in the options must outlive the binder.
  Binder(std::string_view text, BindOptions options) : text_(text), options_(options) {}

  // As a value of whatever type it has; an unknown literal is TEXT.
  absl::StatusOr<exec::ExpressionPtr> Bind(const Expression& expression);
  // As a BOOLEAN: WHERE, CHECK, WHEN.
  absl::StatusOr<exec::ExpressionPtr> BindCondition(const Expression& expression);
  // As a value for a column: with an assignment's casts.
  absl::StatusOr<exec::ExpressionPtr> BindAssignment(const Expression& expression,
                                                     const NamedType& to);

  // What a type's name says: kInvalidArgument with its place where there is none.
  absl::StatusOr<NamedType> BindType(const TypeName& name) const;

  // The same error about a place of the text, with line, column and caret; one that has a place
  // already keeps that.
  absl::Status ErrorAt(Place place, const absl::Status& status) const;

  const BindOptions& options() const { return options_; }

 private:
  absl::StatusOr<exec::ExpressionPtr> Checked(const Expression& expression,
                                              BindHook::Bound bound) const;

  std::string_view text_;
  BindOptions options_;
};

}  // namespace tape::engine::sql
