#include "engine/sql/bind/expression_binder.h"

#include <algorithm>
#include <span>
#include <string>
#include <variant>

#include "engine/exec/casts/meeting.h"
#include "engine/sql/tree/query.h"
#include "engine/sql/tree/statement.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using exec::ExpressionPtr;
using format::Concat;

absl::Status NotHere(std::string_view what) {
  return absl::InvalidArgumentError(Concat(what, " cannot be used here"));
}

absl::StatusOr<Term> ToTerm(absl::StatusOr<ExpressionPtr> bound) {
  if (!bound.ok()) return bound.status();
  return Term{.value = Folded(*std::move(bound))};
}

}  // namespace

ExpressionPtr Folded(ExpressionPtr expression) {
  const std::span<const ExpressionPtr> children = expression->children();
  // A child that is no constant by now fails, or depends on something.
  const bool foldable =
      expression->volatility() == exec::Volatility::kImmutable && !children.empty() &&
      std::all_of(children.begin(), children.end(), [](const ExpressionPtr& child) {
        return child->kind() == exec::ExpressionKind::kConstant;
      });
  if (!foldable) return expression;
  const absl::StatusOr<exec::Value> value = exec::EvaluateOnce(*expression, {});
  // Whoever never reaches it never learns that it fails.
  if (!value.ok()) return expression;
  return exec::MakeConstant(*value, expression->labels());
}

absl::StatusOr<ExpressionPtr> UseTerms(std::vector<Term> terms, const MakeOfTerms& make) {
  // From the last to the first: each replaces its term by what stands for it, then goes on.
  const std::function<absl::StatusOr<ExpressionPtr>(size_t)> use = [&](size_t left) {
    if (left == 0) return make(terms);
    const ExpressionPtr operand = terms[left - 1].value;
    return exec::UseOnce(operand, [&](ExpressionPtr once) {
      terms[left - 1].value = std::move(once);
      return use(left - 1);
    });
  };
  return use(terms.size());
}

absl::StatusOr<Term> ExpressionBinder::Bind(const Expression& expression) {
  if (BindHook* hook = binder_.options().hook) {
    if (std::optional<BindHook::Bound> whole = hook->Whole(expression, binder_)) {
      return ToTerm(*std::move(whole));
    }
  }
  absl::StatusOr<Term> term = BindForm(expression);
  if (term.ok()) return term;
  return binder_.ErrorAt(expression.place, term.status());
}

absl::StatusOr<Term> ExpressionBinder::BindForm(const Expression& expression) {
  return std::visit(
      Overloaded{
          [&](const Literal& form) { return BindLiteral(form); },
          [&](const TypedLiteral& form) { return ToTerm(BindTypedLiteral(form)); },
          [&](const ColumnName& form) { return ToTerm(BindColumn(form)); },
          [&](const Parameter& form) { return ToTerm(BindParameter(form)); },
          [&](const Cast& form) { return ToTerm(BindCast(form)); },
          [&](const Unary& form) { return ToTerm(BindUnary(form)); },
          [&](const Comparison& form) { return ToTerm(BindComparison(form)); },
          [&](const Chain& form) { return ToTerm(BindChain(form)); },
          [&](const Logical& form) { return ToTerm(BindLogical(form)); },
          [&](const Quantified& form) { return ToTerm(BindQuantified(form)); },
          [&](const Is& form) { return ToTerm(BindIs(form)); },
          [&](const IsDistinct& form) { return ToTerm(BindIsDistinct(form)); },
          [&](const Between& form) { return ToTerm(BindBetween(form)); },
          [&](const InList& form) { return ToTerm(BindInList(form)); },
          [&](const InQuery& form) { return ToTerm(BindInQuery(form)); },
          [&](const Like& form) { return ToTerm(BindLike(form)); },
          [&](const Case& form) { return ToTerm(BindCase(form)); },
          [&](const AtTimeZone& form) { return ToTerm(BindAtTimeZone(form)); },
          [&](const Extract& form) { return ToTerm(BindExtract(form)); },
          [&](const Array& form) { return ToTerm(BindArray(form)); },
          [&](const Subscript& form) { return ToTerm(BindSubscript(form)); },
          [&](const Subquery& form) { return ToTerm(BindSubquery(form)); },
          [&](const Invocation& form) { return ToTerm(BindCall(*form.call)); },
          [](const ArraySlice&) -> absl::StatusOr<Term> {
            return absl::UnimplementedError("slices of arrays are not there: x[from:to]");
          },
          [](const Row&) -> absl::StatusOr<Term> { return NotHere("a row of several values"); },
          [](const Star&) -> absl::StatusOr<Term> { return NotHere("*"); },
          [](const DefaultValue&) -> absl::StatusOr<Term> { return NotHere("DEFAULT"); },
      },
      expression.form);
}

ExpressionBinder::Bound ExpressionBinder::BindValue(const Expression& expression) {
  absl::StatusOr<Term> term = Bind(expression);
  if (!term.ok()) return term.status();
  return AsText(*term);
}

// What fails whatever the row is fails when it is bound, where there is a place to show.
absl::Status CheckConstant(const exec::Expression& expression) {
  const bool constant =
      expression.IsStable() && expression.volatility() == exec::Volatility::kImmutable;
  return constant ? exec::EvaluateOnce(expression, {}).status() : absl::OkStatus();
}

ExpressionBinder::Bound ExpressionBinder::BindCondition(const Expression& expression) {
  absl::StatusOr<Term> term = Bind(expression);
  if (!term.ok()) return term.status();
  const Type& type = term->value->type();
  Bound bound = term->unknown ? exec::ResolveUnknown(term->value, Type::Boolean()) : term->value;
  if (bound.ok() && !term->unknown && type.kind() != TypeKind::kBoolean) {
    bound = absl::InvalidArgumentError(
        Concat("expected a condition of type BOOLEAN, found ", type.ToString()));
  }
  if (bound.ok()) return bound;
  return binder_.ErrorAt(expression.place, bound.status());
}

ExpressionBinder::Bound ExpressionBinder::BindAs(const Expression& expression, const NamedType& to,
                                                 exec::CastContext context) {
  absl::StatusOr<Term> term = Bind(expression);
  if (!term.ok()) return term.status();
  Bound bound = term->unknown ? exec::ResolveUnknown(term->value, to.type, to.labels)
                              : exec::MakeCast(std::move(term->value), to.type, context, to.labels);
  if (bound.ok()) return bound;
  return binder_.ErrorAt(expression.place, bound.status());
}

absl::StatusOr<ExpressionBinder::Terms> ExpressionBinder::BindAll(
    const std::vector<Expression>& expressions) {
  Terms terms;
  terms.reserve(expressions.size());
  for (const Expression& expression : expressions) {
    absl::StatusOr<Term> term = Bind(expression);
    if (!term.ok()) return term.status();
    terms.push_back(*std::move(term));
  }
  return terms;
}

absl::StatusOr<std::vector<ExpressionPtr>> ExpressionBinder::Settle(Terms terms) {
  std::vector<ExpressionPtr> known;
  for (const Term& term : terms) {
    if (!term.unknown) known.push_back(term.value);
  }
  const std::optional<Type> common = exec::CommonType(known);
  std::vector<ExpressionPtr> settled;
  for (Term& term : terms) {
    if (!term.unknown || known.empty() || !common) {
      settled.push_back(std::move(term.value));
      continue;
    }
    // Of an ENUM: one that has its labels.
    const exec::Expression& like = *known.front();
    const ExpressionPtr other =
        like.type() == *common ? known.front() : exec::MakeConstant(exec::Value::Null(*common));
    Bound bound = SettleLike(term, *other);
    if (!bound.ok()) return bound.status();
    settled.push_back(*std::move(bound));
  }
  return settled;
}

// ---- what only a hook knows

ExpressionBinder::Bound ExpressionBinder::BindSubquery(const Subquery& subquery) {
  BindHook* hook = binder_.options().hook;
  std::optional<Bound> bound = hook == nullptr ? std::nullopt : hook->Query(subquery, binder_);
  return bound ? *std::move(bound) : NotHere("a subquery");
}

ExpressionBinder::Bound ExpressionBinder::BindInQuery(const InQuery& form) {
  Bound operand = BindValue(*form.operand);
  BindHook* hook = binder_.options().hook;
  if (!operand.ok() || hook == nullptr) return operand.ok() ? NotHere("a subquery") : operand;
  std::optional<Bound> bound = hook->InQuery(form, *std::move(operand), binder_);
  return bound ? *std::move(bound) : NotHere("a subquery");
}

}  // namespace tape::engine::sql
