#include "engine/exec/casts/meeting.h"

#include <algorithm>

#include "engine/exec/casts/casts.h"
#include "engine/exec/make.h"
#include "format/bytes/message.h"
#include "format/types/unscaled.h"

namespace tape::engine::exec {
namespace {

bool IsFloat(const Type& type) {
  return type.kind() == TypeKind::kReal || type.kind() == TypeKind::kDouble;
}

Type PlainInteger(const Type& type) {
  if (!type.IsSerial()) return type;
  return type.kind() == TypeKind::kSerial ? Type::Integer() : Type::Bigint();
}

// Of two types; `a` so far.
std::optional<Type> Meet(const Type& a, const Type& b, DecimalType a_digits, DecimalType b_digits) {
  if (a == b) return a;
  if (IsNumber(a) && IsNumber(b)) {
    if (IsFloat(a) || IsFloat(b)) return Type::Double();
    if (IsInteger(a) && IsInteger(b)) {
      return PlainInteger(ElementOf(a) < ElementOf(b) ? b : a);
    }
    return ToType(Union(a_digits, b_digits));
  }
  if (a.IsString() && b.IsString()) {
    const bool label = a.kind() == TypeKind::kEnum || b.kind() == TypeKind::kEnum;
    return label ? std::nullopt : std::optional<Type>(Type::Text());
  }
  if (a.IsJson() || b.IsJson()) return std::nullopt;
  if (CanCast(a, b, CastContext::kImplicit)) return b;
  if (CanCast(b, a, CastContext::kImplicit)) return a;
  return std::nullopt;
}

DecimalType DigitsOrNone(const Expression& expression) {
  const Type& type = expression.type();
  const bool exact = IsNumber(type) && !IsFloat(type);
  return exact ? DecimalTypeOf(expression) : DecimalType{1, 0};
}

}  // namespace

const Value* ConstantValue(const Expression& expression) {
  if (expression.kind() != ExpressionKind::kConstant) return nullptr;
  const Value& value = static_cast<const Constant&>(expression).value();
  return value.is_null() ? nullptr : &value;
}

DecimalType DecimalTypeOf(const Type& type) {
  switch (ElementOf(type)) {
    case Element::kInt16:
      return {5, 0};
    case Element::kInt32:
      return {10, 0};
    default:
      if (type.kind() != TypeKind::kDecimal) return {19, 0};
      return {type.precision(), type.scale()};
  }
}

DecimalType DecimalTypeOf(const Expression& expression) {
  const Value* constant = ConstantValue(expression);
  if (constant == nullptr || !IsInteger(expression.type())) {
    return DecimalTypeOf(expression.type());
  }
  const Int128 value = Int128{constant->Get<int64_t>()} + constant->Get<int32_t>() +
                       constant->Get<int16_t>();  // two of them are zero
  return {format::CountDigits(value), 0};
}

DecimalType Union(DecimalType a, DecimalType b) {
  const int digits = std::max(a.IntegerDigits(), b.IntegerDigits());
  const int scale = std::min(std::max(a.scale, b.scale), kMaxDecimalPrecision - digits);
  return {std::max(digits + scale, 1), scale};
}

absl::Status NoOperator(std::string_view op, const Type& left, const Type& right) {
  return absl::InvalidArgumentError(
      format::Concat("operator does not exist: ", left.ToString(), " ", op, " ", right.ToString()));
}

Type UnboundedDecimal(const Type& from) {
  const bool exact = IsNumber(from) && !IsFloat(from);
  return exact ? ToType(DecimalTypeOf(from)) : Type::Decimal(kMaxDecimalPrecision, 16);
}

std::optional<Type> CommonType(std::span<const ExpressionPtr> operands) {
  std::optional<Type> common;
  DecimalType digits{1, 0};
  for (const ExpressionPtr& operand : operands) {
    const DecimalType more = DigitsOrNone(*operand);
    common = common ? Meet(*common, operand->type(), digits, more)
                    : std::optional<Type>(PlainInteger(operand->type()));
    if (!common) return std::nullopt;
    digits = Union(digits, more);
  }
  return common;
}

}  // namespace tape::engine::exec
