// Where operands of different types meet.
//
//   DecimalTypeOf(*price);            // {18, 8} of a DECIMAL(18,8)
//   DecimalTypeOf(*MakeConstant(2));  // {1, 0}: a constant counts with its own digits
//
// Pure functions; thread-safe.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "tape/decimal.h"

namespace tape::engine::exec {

// The value, where it is a constant that is not NULL.
const Value* ConstantValue(const Expression& expression);

// What an integer or a decimal is as a decimal.
DecimalType DecimalTypeOf(const Expression& expression);
DecimalType DecimalTypeOf(const Type& type);
inline Type ToType(DecimalType type) { return Type::Decimal(type.precision, type.scale); }

// Holds every value of both, where 38 digits can.
DecimalType Union(DecimalType a, DecimalType b);

// "operator does not exist: BOOLEAN + TEXT"
absl::Status NoOperator(std::string_view op, const Type& left, const Type& right);

}  // namespace tape::engine::exec
