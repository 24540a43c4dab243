// Which + - * / % ^ there are, for which types.
#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/exec/casts/casts.h"
#include "engine/exec/casts/meeting.h"
#include "engine/exec/loops.h"
#include "engine/exec/make.h"
#include "engine/exec/operators/arithmetic.h"
#include "engine/exec/operators/time_arithmetic.h"
#include "tape/decimal.h"

namespace tape::engine::exec {
namespace {

using Made = absl::StatusOr<ExpressionPtr>;

bool IsFloat(const Type& type) {
  return type.kind() == TypeKind::kReal || type.kind() == TypeKind::kDouble;
}

struct Operands {
  ExpressionPtr left;
  ExpressionPtr right;
};

absl::StatusOr<Operands> CastBoth(Operands operands, Type left, Type right) {
  Made cast_left = MakeCast(std::move(operands.left), left, CastContext::kExplicit);
  if (!cast_left.ok()) return cast_left.status();
  Made cast_right = MakeCast(std::move(operands.right), right, CastContext::kExplicit);
  if (!cast_right.ok()) return cast_right.status();
  return Operands{*std::move(cast_left), *std::move(cast_right)};
}

Made Called(const KernelTraits& traits, Type result, absl::StatusOr<Operands> operands) {
  if (!operands.ok()) return operands.status();
  return MakeCall(traits, result, {std::move(operands->left), std::move(operands->right)});
}

Made MakeIntegers(ArithmeticOperator op, Operands operands) {
  const Element wide =
      std::max(ElementOf(operands.left->type()), ElementOf(operands.right->type()));
  const Type type = wide == Element::kInt16
                        ? Type::Smallint()
                        : (wide == Element::kInt32 ? Type::Integer() : Type::Bigint());
  return Called(IntegerArithmetic(op, type), type, CastBoth(std::move(operands), type, type));
}

Made MakeFloats(ArithmeticOperator op, Operands operands) {
  const Type left = operands.left->type();
  const Type right = operands.right->type();
  if (op == ArithmeticOperator::kModulo) return NoOperator(Spelling(op), left, right);
  const bool real = left.kind() == TypeKind::kReal && right.kind() == TypeKind::kReal;
  const Type type = real ? Type::Real() : Type::Double();
  return Called(FloatArithmetic(op, type), type, CastBoth(std::move(operands), type, type));
}

DecimalType ResultType(ArithmeticOperator op, DecimalType left, DecimalType right) {
  switch (op) {
    case ArithmeticOperator::kMultiply:
      return ProductType(left, right);
    case ArithmeticOperator::kDivide:
      return QuotientType(left, right);
    case ArithmeticOperator::kModulo:
      return RemainderType(left, right);
    default:
      return SumType(left, right);
  }
}

bool IsWide(const Type& type) {
  return type.kind() == TypeKind::kDecimal && ElementOf(type) == Element::kInt128;
}

// An operand beside one of 64 bits. An integer stays one: a BIGINT has 19 digits and yet fits.
Type NarrowOperand(const Expression& operand) {
  return IsInteger(operand.type()) ? Type::Bigint() : operand.type();
}

// Operands keep their scales, so that nothing is rounded before the end, and get one width.
Made MakeDecimals(ArithmeticOperator op, Operands operands) {
  DecimalType left = DecimalTypeOf(*operands.left);
  DecimalType right = DecimalTypeOf(*operands.right);
  DecimalType result = ResultType(op, left, right);
  if (!IsWide(operands.left->type()) && !IsWide(operands.right->type())) {
    const Type left_type = NarrowOperand(*operands.left);
    const Type right_type = NarrowOperand(*operands.right);
    return Called(DecimalArithmetic(op, left_type, ToType(result)), ToType(result),
                  CastBoth(std::move(operands), left_type, right_type));
  }
  constexpr int kLeastWide = kMaxDecimal64Precision + 1;
  left.precision = std::max(left.precision, kLeastWide);
  right.precision = std::max(right.precision, kLeastWide);
  result.precision = std::max(result.precision, kLeastWide);
  return Called(DecimalArithmetic(op, ToType(left), ToType(result)), ToType(result),
                CastBoth(std::move(operands), ToType(left), ToType(right)));
}

// x to the power of y, as PostgreSQL has it: errors where there is no real result.
absl::StatusOr<Vector> Power(const KernelCall& call) {
  return MapPairsChecked<double, double, double>(
      call,
      [](double a, double b, double* out) {
        const double result = std::pow(a, b);
        *out = result;
        const bool usual = std::isfinite(result) && (result != 0 || a == 0);
        return usual || !std::isfinite(a) || !std::isfinite(b);
      },
      [&](double a, double b) {
        return OutOfRange(call.type, TextOf(call.type, a), "^", TextOf(call.type, b));
      });
}

Made MakeTemporal(ArithmeticOperator op, Operands operands) {
  const Type left = operands.left->type();
  const Type right = operands.right->type();
  const TemporalOperator found = TimeArithmetic(op, left, right);
  if (found.traits.kernel == nullptr) return NoOperator(Spelling(op), left, right);
  if (found.swapped) std::swap(operands.left, operands.right);
  return Called(found.traits, found.result, CastBoth(std::move(operands), found.left, found.right));
}

}  // namespace

absl::StatusOr<ExpressionPtr> MakeArithmetic(ArithmeticOperator op, ExpressionPtr left,
                                             ExpressionPtr right) {
  const Type left_type = left->type();
  const Type right_type = right->type();
  Operands operands{std::move(left), std::move(right)};
  if (!IsNumber(left_type) || !IsNumber(right_type)) {
    return MakeTemporal(op, std::move(operands));
  }
  if (op == ArithmeticOperator::kPower) {
    return Called({.name = "^", .kernel = Power}, Type::Double(),
                  CastBoth(std::move(operands), Type::Double(), Type::Double()));
  }
  if (IsFloat(left_type) || IsFloat(right_type)) return MakeFloats(op, std::move(operands));
  const bool integers = IsInteger(left_type) && IsInteger(right_type);
  return integers ? MakeIntegers(op, std::move(operands)) : MakeDecimals(op, std::move(operands));
}

absl::StatusOr<ExpressionPtr> MakeNegation(ExpressionPtr operand) {
  const Type type = operand->type();
  if (type.kind() == TypeKind::kInterval) return MakeCall(IntervalNegation(), type, {operand});
  if (!IsNumber(type)) {
    return absl::InvalidArgumentError("operator does not exist: - " + type.ToString());
  }
  const KernelTraits traits = type.kind() == TypeKind::kDecimal ? DecimalNegation(type)
                              : IsFloat(type)                   ? FloatNegation(type)
                                                                : IntegerNegation(type);
  return MakeCall(traits, type, {std::move(operand)});
}

}  // namespace tape::engine::exec
