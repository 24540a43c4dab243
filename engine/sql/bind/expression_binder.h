// The rules by which each form of an expression is bound. Binder is their face.
//
// A Term is what a part of an expression came to: a bound expression, or a literal whose type is
// not known yet, which whatever it meets decides.
//
// Thread-bound, like the binder.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/functions.h"
#include "engine/exec/make.h"
#include "engine/sql/bind/binder.h"
#include "engine/sql/tree/expression.h"

namespace tape::engine::sql {

using Term = exec::Argument;

class ExpressionBinder {
 public:
  using Bound = absl::StatusOr<exec::ExpressionPtr>;
  using Terms = std::vector<Term>;

  explicit ExpressionBinder(Binder& binder) : binder_(binder) {}

  absl::StatusOr<Term> Bind(const Expression& expression);
  // An unknown literal is TEXT.
  Bound BindValue(const Expression& expression);
  Bound BindCondition(const Expression& expression);
  Bound BindAs(const Expression& expression, const NamedType& to, exec::CastContext context);

 private:
  absl::StatusOr<Term> BindForm(const Expression& expression);

  // ---- leaves.cc
  absl::StatusOr<Term> BindLiteral(const Literal& literal);
  // With its sign, so that the least of each type is of that type.
  Bound BindNumber(const std::string& text);
  Bound BindTypedLiteral(const TypedLiteral& literal);
  Bound BindColumn(const ColumnName& column);
  Bound BindParameter(const Parameter& parameter);
  Bound BindCast(const Cast& cast);

  // ---- operators.cc
  Bound BindUnary(const Unary& unary);
  Bound BindChain(const Chain& chain);
  Bound BindBinary(BinaryOperator op, Term left, Term right);
  Bound BindArithmetic(exec::ArithmeticOperator op, Term left, Term right);
  Bound BindConcatenation(Term left, Term right);
  Bound BindComparison(const Comparison& comparison);
  Bound Compare(exec::Comparator op, Term left, Term right);
  Bound BindLogical(const Logical& logical);
  Bound BindIs(const Is& is);
  Bound BindIsDistinct(const IsDistinct& form);
  Bound BindBetween(const Between& between);
  Bound Within(const Term& operand, const Term& low, const Term& high);
  Bound BindInList(const InList& form);
  Bound BindLike(const Like& like);
  Bound BindQuantified(const Quantified& form);

  // ---- rows.cc
  Bound CompareRows(exec::Comparator op, const Row& left, const Row& right);
  Bound CompareParts(exec::Comparator op, const Terms& left, const Terms& right);
  Bound BindRowIn(const Row& row, const InList& form);
  Bound EqualsRow(const Terms& parts, const Row& row, const Expression& value);

  // ---- calls.cc
  Bound BindCase(const Case& form);
  Bound BindBranches(const Case& form, const Term* operand);
  Bound BindEquality(const Term& operand, const Expression& value);
  Bound BindCall(const Call& call);
  Bound BindFunction(const Call& call);
  Bound BindChoice(std::string_view name, Terms arguments);
  Bound BindSubquery(const Subquery& subquery);
  Bound BindInQuery(const InQuery& form);
  Bound BindExtract(const Extract& extract);
  Bound BindAtTimeZone(const AtTimeZone& form);
  Bound BindArray(const Array& array);
  Bound BindSubscript(const Subscript& form);

  absl::StatusOr<Terms> BindAll(const std::vector<Expression>& expressions);
  // All as one type where some are unknown: what the others have, TEXT where none has any.
  absl::StatusOr<std::vector<exec::ExpressionPtr>> Settle(Terms terms);

  Binder& binder_;
};

// exec::UseOnce of several terms, each of which may be used several times.
using MakeOfTerms = std::function<absl::StatusOr<exec::ExpressionPtr>(const std::vector<Term>&)>;
absl::StatusOr<exec::ExpressionPtr> UseTerms(std::vector<Term> terms, const MakeOfTerms& make);

// A literal that stayed unknown is TEXT.
exec::ExpressionPtr AsText(const Term& term);

// The other side's type for a literal that has none. DECIMAL: its own digits.
absl::StatusOr<exec::ExpressionPtr> SettleLike(const Term& term, const exec::Expression& other);

// The error that an expression without columns has for every row.
absl::Status CheckConstant(const exec::Expression& expression);

// A constant where there is nothing but constants and no error among them.
exec::ExpressionPtr Folded(exec::ExpressionPtr expression);

}  // namespace tape::engine::sql
