// Decimal operators over vectors, beside whole numbers of any size that are computed on paper.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/exec/expression.h"
#include "engine/exec/make.h"
#include "engine/io/chance.h"
#include "format/types/unscaled.h"
#include "tape/decimal.h"
#include "tests/format/types/naive_integer.h"

namespace tape::engine::exec {
namespace {

using format::NaiveInteger;

NaiveInteger Power(int digits) {
  NaiveInteger power(1);
  for (int i = 0; i < digits; ++i) power = power * NaiveInteger(10);
  return power;
}

// a / b, half away from zero.
NaiveInteger Rounded(const NaiveInteger& a, const NaiveInteger& b) {
  const auto [quotient, rest] = DivMod(a, b);
  const NaiveInteger magnitude = rest.negative() ? rest.Negated() : rest;
  const NaiveInteger divisor = b.negative() ? b.Negated() : b;
  const NaiveInteger twice = magnitude + magnitude;
  const bool away = !(twice - divisor).negative();
  if (!away) return quotient;
  return quotient + NaiveInteger(a.negative() != b.negative() ? -1 : 1);
}

// The exact result at `scale`; the reference.
NaiveInteger Reference(ArithmeticOperator op, const Decimal& a, const Decimal& b, int scale) {
  const NaiveInteger x(a.unscaled);
  const NaiveInteger y(b.unscaled);
  const int common = std::max(a.scale, b.scale);
  const NaiveInteger left = x * Power(common - a.scale);
  const NaiveInteger right = y * Power(common - b.scale);
  switch (op) {
    case ArithmeticOperator::kAdd:
      return Rounded((left + right) * Power(scale), Power(common));
    case ArithmeticOperator::kSubtract:
      return Rounded((left - right) * Power(scale), Power(common));
    case ArithmeticOperator::kMultiply:
      return Rounded(x * y * Power(scale), Power(a.scale + b.scale));
    case ArithmeticOperator::kDivide:
      return Rounded(left * Power(scale), right);
    default:
      return Rounded(DivMod(left, right).second * Power(scale), Power(common));
  }
}

DecimalType RandomType(Chance& chance) {
  const int precision = 1 + static_cast<int>(chance.Below(kMaxDecimalPrecision));
  return {precision, static_cast<int>(chance.Below(static_cast<uint64_t>(precision) + 1))};
}

// Of any number of digits up to the type's; sometimes zero, sometimes the greatest.
Decimal RandomDecimal(Chance& chance, const DecimalType& type) {
  const int digits = static_cast<int>(chance.Below(static_cast<uint64_t>(type.precision) + 1));
  const Int128 limit = format::PowerOfTen(digits);
  const UInt128 bits = static_cast<UInt128>(chance.Next()) << 64 | chance.Next();
  Int128 value = static_cast<Int128>(bits % static_cast<UInt128>(limit));
  if (chance.OneIn(8)) value = limit - 1;
  return {chance.OneIn(2) ? -value : value, type.scale};
}

Value ToValue(const Decimal& decimal, const DecimalType& type) {
  const Type to = Type::Decimal(type.precision, type.scale);
  if (ElementOf(to) == Element::kInt128) return Value::Of(to, decimal.unscaled);
  return Value::Of(to, static_cast<int64_t>(decimal.unscaled));
}

constexpr ArithmeticOperator kOperators[] = {
    ArithmeticOperator::kAdd, ArithmeticOperator::kSubtract, ArithmeticOperator::kMultiply,
    ArithmeticOperator::kDivide, ArithmeticOperator::kModulo};

// As columns, so that no constant is narrowed.
absl::StatusOr<Value> Evaluated(const ExpressionPtr& expression, const Value& a, const Value& b) {
  Batch batch{.rows = 1};
  batch.columns = {Vector::Constant(a), Vector::Constant(b)};
  const Session session;
  Evaluation evaluation(batch, session);
  const auto vector = expression->Evaluate(evaluation, Selection::All(1));
  if (!vector.ok()) return vector.status();
  return vector->ValueAt(0);
}

std::string Unscaled(const Value& value) {
  return NaiveInteger(ElementOf(value.type()) == Element::kInt128 ? value.Get<Int128>()
                                                                  : value.Get<int64_t>())
      .ToString();
}

TEST(Decimals, AreComputedExactlyAndRoundedOnce) {
  Chance chance(11);
  int failed = 0;
  int computed = 0;
  for (int i = 0; i < 3000; ++i) {
    const DecimalType left = RandomType(chance);
    const DecimalType right = RandomType(chance);
    const Value a = ToValue(RandomDecimal(chance, left), left);
    const Value b = ToValue(RandomDecimal(chance, right), right);
    const ArithmeticOperator op = kOperators[chance.Below(std::size(kOperators))];
    const auto expression =
        MakeArithmetic(op, MakeColumn(0, a.type(), "a"), MakeColumn(1, b.type(), "b"));
    ASSERT_TRUE(expression.ok()) << expression.status();
    const auto value = Evaluated(*expression, a, b);
    const bool divides = op >= ArithmeticOperator::kDivide;
    const Decimal x = *Decimal::Parse(a.ToText());
    const Decimal y = *Decimal::Parse(b.ToText());
    const std::string text =
        a.ToText() + " " + std::to_string(static_cast<int>(op)) + " " + b.ToText();
    if (divides && y.unscaled == 0) {
      EXPECT_FALSE(value.ok()) << text;
      continue;
    }
    const Type type = (*expression)->type();
    const NaiveInteger expected = Reference(op, x, y, type.scale());
    if (!value.ok()) {
      // Only where the result, or an operand at the result's scale, has no room.
      EXPECT_GT(expected.DigitCount() + static_cast<size_t>(type.scale()), 38U) << text;
      ++failed;
      continue;
    }
    EXPECT_EQ(Unscaled(*value), expected.ToString()) << text;
    ++computed;
  }
  EXPECT_GT(computed, 2000);
  EXPECT_LT(failed, 600);
}

TEST(Decimals, CompareByValueWhateverTheirScales) {
  Chance chance(12);
  for (int i = 0; i < 3000; ++i) {
    const DecimalType left = RandomType(chance);
    const DecimalType right = RandomType(chance);
    const Value a = ToValue(RandomDecimal(chance, left), left);
    const Value b = ToValue(RandomDecimal(chance, right), right);
    const auto order = *Decimal::Parse(a.ToText()) <=> *Decimal::Parse(b.ToText());
    const std::pair<Comparator, bool> expected[] = {
        {Comparator::kEqual, order == 0},  {Comparator::kNotEqual, order != 0},
        {Comparator::kLess, order < 0},    {Comparator::kLessEqual, order <= 0},
        {Comparator::kGreater, order > 0}, {Comparator::kGreaterEqual, order >= 0}};
    for (const auto& [op, holds] : expected) {
      const auto columns =
          MakeComparison(op, MakeColumn(0, a.type(), "a"), MakeColumn(1, b.type(), "b"));
      EXPECT_EQ(Evaluated(*columns, a, b)->IsTrue(), holds) << a.ToText() << " " << b.ToText();
      // A constant may be made the column's type, and must not change by that.
      const auto constant = MakeComparison(op, MakeColumn(0, a.type(), "a"), MakeConstant(b));
      EXPECT_EQ(Evaluated(*constant, a, b)->IsTrue(), holds) << a.ToText() << " " << b.ToText();
    }
  }
}

TEST(Decimals, CastBetweenScalesAndRoundHalfAwayFromZero) {
  Chance chance(13);
  for (int i = 0; i < 2000; ++i) {
    const DecimalType from = RandomType(chance);
    const DecimalType to = RandomType(chance);
    const Value value = ToValue(RandomDecimal(chance, from), from);
    const auto cast =
        CastValue(value, Type::Decimal(to.precision, to.scale), CastContext::kExplicit);
    const Decimal decimal = *Decimal::Parse(value.ToText());
    const NaiveInteger expected =
        Rounded(NaiveInteger(decimal.unscaled) * Power(to.scale), Power(from.scale));
    ASSERT_EQ(cast.ok(), expected.DigitCount() <= static_cast<size_t>(to.precision))
        << value.ToText() << " as " << to.ToString();
    if (!cast.ok()) continue;
    EXPECT_EQ(Unscaled(*cast), expected.ToString());
  }
}

}  // namespace
}  // namespace tape::engine::exec
