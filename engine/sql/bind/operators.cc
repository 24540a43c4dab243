// Operators: which rule of engine/exec/make.h a sign stands for.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "engine/exec/casts/casts.h"
#include "engine/exec/casts/meeting.h"
#include "engine/sql/bind/expression_binder.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using exec::ArithmeticOperator;
using exec::BitOperator;
using exec::Comparator;
using exec::ExpressionPtr;
using format::Concat;

std::optional<ArithmeticOperator> Arithmetic(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kAdd:
      return ArithmeticOperator::kAdd;
    case BinaryOperator::kSubtract:
      return ArithmeticOperator::kSubtract;
    case BinaryOperator::kMultiply:
      return ArithmeticOperator::kMultiply;
    case BinaryOperator::kDivide:
      return ArithmeticOperator::kDivide;
    case BinaryOperator::kModulo:
      return ArithmeticOperator::kModulo;
    case BinaryOperator::kPower:
      return ArithmeticOperator::kPower;
    default:
      return std::nullopt;
  }
}

std::optional<BitOperator> Bits(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kBitAnd:
      return BitOperator::kAnd;
    case BinaryOperator::kBitOr:
      return BitOperator::kOr;
    case BinaryOperator::kBitXor:
      return BitOperator::kXor;
    case BinaryOperator::kShiftLeft:
      return BitOperator::kShiftLeft;
    case BinaryOperator::kShiftRight:
      return BitOperator::kShiftRight;
    default:
      return std::nullopt;
  }
}

// Of the first six operators.
Comparator ComparatorOf(BinaryOperator op) { return static_cast<Comparator>(op); }
static_assert(static_cast<int>(BinaryOperator::kGreaterEqual) ==
              static_cast<int>(Comparator::kGreaterEqual));
static_assert(static_cast<int>(BinaryOperator::kLess) == static_cast<int>(Comparator::kLess));

// Operators that are functions under a sign.
std::string_view FunctionOf(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kJsonGet:
      return "->";
    case BinaryOperator::kJsonGetText:
      return "->>";
    case BinaryOperator::kJsonPath:
      return "#>";
    case BinaryOperator::kJsonPathText:
      return "#>>";
    case BinaryOperator::kContains:
      return "@>";
    case BinaryOperator::kContainedIn:
      return "<@";
    case BinaryOperator::kOverlaps:
      return "&&";
    case BinaryOperator::kHasKey:
      return "?";
    case BinaryOperator::kHasAnyKey:
      return "?|";
    case BinaryOperator::kHasAllKeys:
      return "?&";
    case BinaryOperator::kMatches:
      return "~";
    case BinaryOperator::kMatchesAnyCase:
      return "~*";
    case BinaryOperator::kNotMatches:
      return "!~";
    default:
      return "!~*";
  }
}

bool IsMoment(const Type& type) { return type.IsTimestamp() || type.kind() == TypeKind::kDate; }

// What a literal without a type is beside an operand that has one.
absl::StatusOr<ExpressionPtr> SettleOperand(ArithmeticOperator op, const Term& term,
                                            const Term& other) {
  if (!term.unknown) return term.value;
  const Type& type = other.value->type();
  if (op == ArithmeticOperator::kAdd && IsMoment(type)) {
    return exec::ResolveUnknown(term.value, Type::Interval());
  }
  const bool scales = op == ArithmeticOperator::kMultiply || op == ArithmeticOperator::kDivide;
  if (scales && type.kind() == TypeKind::kInterval) {
    return exec::ResolveUnknown(term.value, Type::Double());
  }
  return SettleLike(term, *other.value);
}

}  // namespace

ExpressionBinder::Bound ExpressionBinder::BindUnary(const Unary& unary) {
  if (unary.op == UnaryOperator::kNot) {
    Bound operand = BindCondition(*unary.operand);
    if (!operand.ok()) return operand;
    return exec::MakeNot(*std::move(operand));
  }
  const Literal* literal = unary.operand->As<Literal>();
  const bool number = literal != nullptr && literal->kind == LiteralKind::kNumber;
  if (number && unary.op == UnaryOperator::kMinus) return BindNumber("-" + literal->text);
  absl::StatusOr<Term> operand = Bind(*unary.operand);
  if (!operand.ok()) return operand.status();
  if (operand->unknown) {
    Bound settled = exec::ResolveUnknown(operand->value, Type::Double());
    if (!settled.ok()) return settled;
    operand->value = *std::move(settled);
  }
  if (unary.op == UnaryOperator::kMinus) return exec::MakeNegation(std::move(operand->value));
  if (unary.op == UnaryOperator::kBitNot) return exec::MakeBitNot(std::move(operand->value));
  if (exec::IsNumber(operand->value->type())) return std::move(operand->value);
  return absl::InvalidArgumentError(
      Concat("operator does not exist: + ", operand->value->type().ToString()));
}

ExpressionBinder::Bound ExpressionBinder::BindChain(const Chain& chain) {
  absl::StatusOr<Term> left = Bind(*chain.first);
  if (!left.ok()) return left.status();
  for (const Chain::Step& step : chain.steps) {
    absl::StatusOr<Term> right = Bind(step.operand);
    if (!right.ok()) return right.status();
    Bound both = BindBinary(step.op, *std::move(left), *std::move(right));
    if (!both.ok()) return binder_.ErrorAt(step.place, both.status());
    left = Term{.value = Folded(*std::move(both))};
  }
  return std::move(left->value);
}

ExpressionBinder::Bound ExpressionBinder::BindBinary(BinaryOperator op, Term left, Term right) {
  if (const auto arithmetic = Arithmetic(op)) {
    return BindArithmetic(*arithmetic, std::move(left), std::move(right));
  }
  if (const auto bits = Bits(op)) {
    Bound a = SettleLike(left, *right.value);
    Bound b = SettleLike(right, *left.value);
    if (!a.ok() || !b.ok()) return a.ok() ? b : a;
    return exec::MakeBits(*bits, *std::move(a), *std::move(b));
  }
  if (op == BinaryOperator::kConcatenate) {
    return BindConcatenation(std::move(left), std::move(right));
  }
  const std::string types = Concat(left.value->type().ToString(), " ", FunctionOf(op), " ",
                                   right.value->type().ToString());
  Bound call = exec::MakeFunction(FunctionOf(op), {std::move(left), std::move(right)});
  const bool missing = !call.ok() && absl::StrContains(call.status().message(), "does not exist");
  return missing ? absl::InvalidArgumentError(Concat("operator does not exist: ", types)) : call;
}

ExpressionBinder::Bound ExpressionBinder::BindArithmetic(ArithmeticOperator op, Term left,
                                                         Term right) {
  if (left.unknown && right.unknown) {
    return absl::InvalidArgumentError("an operator between two literals without a type: cast one");
  }
  Bound a = SettleOperand(op, left, right);
  if (!a.ok()) return a;
  Bound b = SettleOperand(op, right, left);
  if (!b.ok()) return b;
  // json - 'key' and array || are functions; everything else of this kind is arithmetic.
  if (left.value->type().kind() == TypeKind::kJsonb && op == ArithmeticOperator::kSubtract) {
    return exec::MakeFunction("-", {std::move(left), std::move(right)});
  }
  return exec::MakeArithmetic(op, *std::move(a), *std::move(b));
}

ExpressionBinder::Bound ExpressionBinder::BindConcatenation(Term left, Term right) {
  const auto holds = [&](auto test) {
    return (!left.unknown && test(left.value->type())) ||
           (!right.unknown && test(right.value->type()));
  };
  if (holds([](const Type& type) { return type.IsArray(); })) {
    return exec::MakeFunction("array ||", {std::move(left), std::move(right)});
  }
  if (holds([](const Type& type) { return type.kind() == TypeKind::kJsonb; }) &&
      !holds([](const Type& type) { return type.IsString(); })) {
    return exec::MakeFunction("jsonb ||", {std::move(left), std::move(right)});
  }
  if (!left.unknown && !right.unknown &&
      !holds([](const Type& type) { return type.IsString() || type.kind() == TypeKind::kBytea; })) {
    return exec::NoOperator("||", left.value->type(), right.value->type());
  }
  Bound a = exec::MakeCast(std::move(left.value), Type::Text(), exec::CastContext::kExplicit);
  if (!a.ok()) return a;
  Bound b = exec::MakeCast(std::move(right.value), Type::Text(), exec::CastContext::kExplicit);
  if (!b.ok()) return b;
  return exec::MakeFunction("||", {{.value = *std::move(a)}, {.value = *std::move(b)}});
}

// ---- comparisons

ExpressionBinder::Bound ExpressionBinder::Compare(Comparator op, Term left, Term right) {
  Bound a = SettleLike(left, *right.value);
  if (!a.ok()) return a;
  Bound b = SettleLike(right, *left.value);
  if (!b.ok()) return b;
  return exec::MakeComparison(op, *std::move(a), *std::move(b));
}

ExpressionBinder::Bound ExpressionBinder::BindComparison(const Comparison& comparison) {
  const Comparator op = ComparatorOf(comparison.op);
  const Row* left_row = comparison.left->As<Row>();
  const Row* right_row = comparison.right->As<Row>();
  if (left_row != nullptr && right_row != nullptr) return CompareRows(op, *left_row, *right_row);
  absl::StatusOr<Term> left = Bind(*comparison.left);
  if (!left.ok()) return left.status();
  absl::StatusOr<Term> right = Bind(*comparison.right);
  if (!right.ok()) return right.status();
  return Compare(op, *std::move(left), *std::move(right));
}

ExpressionBinder::Bound ExpressionBinder::BindLogical(const Logical& logical) {
  std::vector<ExpressionPtr> operands;
  for (const Expression& operand : logical.operands) {
    Bound bound = BindCondition(operand);
    if (!bound.ok()) return bound;
    operands.push_back(*std::move(bound));
  }
  return logical.is_or ? exec::MakeOr(std::move(operands)) : exec::MakeAnd(std::move(operands));
}

ExpressionBinder::Bound ExpressionBinder::BindIs(const Is& is) {
  const bool null = is.test == TruthTest::kNull;
  Bound operand = null ? BindValue(*is.operand) : BindCondition(*is.operand);
  if (!operand.ok()) return operand;
  const exec::Test test = is.test == TruthTest::kTrue    ? exec::Test::kTrue
                          : is.test == TruthTest::kFalse ? exec::Test::kFalse
                                                         : exec::Test::kNull;
  return exec::MakeTest(test, *std::move(operand), is.negated);
}

ExpressionBinder::Bound ExpressionBinder::BindIsDistinct(const IsDistinct& form) {
  absl::StatusOr<Term> left = Bind(*form.left);
  if (!left.ok()) return left.status();
  absl::StatusOr<Term> right = Bind(*form.right);
  if (!right.ok()) return right.status();
  Bound a = SettleLike(*left, *right->value);
  if (!a.ok()) return a;
  Bound b = SettleLike(*right, *left->value);
  if (!b.ok()) return b;
  return exec::MakeIsDistinct(*std::move(a), *std::move(b), form.negated);
}

ExpressionBinder::Bound ExpressionBinder::BindBetween(const Between& between) {
  absl::StatusOr<Term> operand = Bind(*between.operand);
  if (!operand.ok()) return operand.status();
  absl::StatusOr<Term> low = Bind(*between.low);
  if (!low.ok()) return low.status();
  absl::StatusOr<Term> high = Bind(*between.high);
  if (!high.ok()) return high.status();
  const bool symmetric = between.symmetric;
  Bound bound = UseTerms({*operand, *low, *high}, [&](const Terms& once) {
    Bound range = Within(once[0], once[1], once[2]);
    if (!range.ok() || !symmetric) return range;
    Bound turned = Within(once[0], once[2], once[1]);
    if (!turned.ok()) return turned;
    return Bound(exec::MakeOr({*std::move(range), *std::move(turned)}));
  });
  if (!bound.ok() || !between.negated) return bound;
  return exec::MakeNot(*std::move(bound));
}

ExpressionBinder::Bound ExpressionBinder::Within(const Term& operand, const Term& low,
                                                 const Term& high) {
  Bound above = Compare(Comparator::kGreaterEqual, operand, low);
  if (!above.ok()) return above;
  Bound below = Compare(Comparator::kLessEqual, operand, high);
  if (!below.ok()) return below;
  return exec::MakeAnd({*std::move(above), *std::move(below)});
}

ExpressionBinder::Bound ExpressionBinder::BindInList(const InList& form) {
  if (const Row* row = form.operand->As<Row>()) return BindRowIn(*row, form);
  absl::StatusOr<Term> operand = Bind(*form.operand);
  if (!operand.ok()) return operand.status();
  absl::StatusOr<Terms> values = BindAll(form.values);
  if (!values.ok()) return values.status();
  std::vector<ExpressionPtr> settled;
  const ExpressionPtr* known = operand->unknown ? nullptr : &operand->value;
  for (const Term& value : *values) {
    if (known == nullptr && !value.unknown) known = &value.value;
  }
  for (size_t i = 0; i < values->size(); ++i) {
    Term& value = (*values)[i];
    Bound bound = known == nullptr ? Bound(value.value) : SettleLike(value, **known);
    if (!bound.ok()) return binder_.ErrorAt(form.values[i].place, bound.status());
    settled.push_back(*std::move(bound));
  }
  Bound left = known == nullptr ? Bound(operand->value) : SettleLike(*operand, **known);
  if (!left.ok()) return left;
  return exec::MakeIn(*std::move(left), std::move(settled), form.negated);
}

ExpressionBinder::Bound ExpressionBinder::BindLike(const Like& like) {
  if (like.kind == LikeKind::kSimilar) {
    return absl::UnimplementedError(
        "SIMILAR TO is not there: use LIKE, or ~ with a regular "
        "expression");
  }
  absl::StatusOr<Term> operand = Bind(*like.operand);
  if (!operand.ok()) return operand.status();
  absl::StatusOr<Term> pattern = Bind(*like.pattern);
  if (!pattern.ok()) return pattern.status();
  Terms arguments;
  arguments.push_back(*std::move(operand));
  arguments.push_back(*std::move(pattern));
  if (like.escape) {
    absl::StatusOr<Term> escape = Bind(*like.escape);
    if (!escape.ok()) return escape.status();
    arguments.push_back(*std::move(escape));
  }
  Bound matches =
      exec::MakeFunction(like.kind == LikeKind::kLike ? "like" : "ilike", std::move(arguments));
  if (!matches.ok() || !like.negated) return matches;
  return exec::MakeNot(*std::move(matches));
}

ExpressionBinder::Bound ExpressionBinder::BindQuantified(const Quantified& form) {
  absl::StatusOr<Term> left = Bind(*form.left);
  if (!left.ok()) return left.status();
  if (form.query) {
    BindHook* hook = binder_.options().hook;
    std::optional<Bound> bound;
    if (hook != nullptr) bound = hook->QuantifiedQuery(form, AsText(*left), binder_);
    if (bound) return *std::move(bound);
    return absl::InvalidArgumentError("a subquery cannot be used here");
  }
  absl::StatusOr<Term> array = Bind(*form.array);
  if (!array.ok()) return array.status();
  if (array->unknown) {
    Bound typed = exec::ResolveUnknown(array->value, Type::Array(left->value->type()));
    if (!typed.ok()) return typed;
    array->value = *std::move(typed);
  }
  const Type element = array->value->type().element();
  Bound operand = SettleLike(*left, *exec::MakeConstant(exec::Value::Null(element)));
  if (!operand.ok()) return operand;
  return exec::MakeQuantified(ComparatorOf(form.op), *std::move(operand), std::move(array->value),
                              form.all);
}

}  // namespace tape::engine::sql
