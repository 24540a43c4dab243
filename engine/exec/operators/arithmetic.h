// The loops of + - * / % by type: what MakeArithmetic chooses from.
//
//   KernelTraits add = IntegerArithmetic(ArithmeticOperator::kAdd, Type::Bigint());
//
// Integers: a result out of range and a division by zero are errors that name both operands.
// Floating point: so are a result that becomes infinite, and one that becomes zero, where no
// operand was. Decimals: exact, or rounded once half away from zero to the scale of the result's
// type; see tape/decimal.h for that type.
//
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "engine/exec/call.h"
#include "engine/exec/make.h"

namespace tape::engine::exec {

// As an operator is spelled: "+".
std::string_view Spelling(ArithmeticOperator op);

// Both operands and the result are of `type`: SMALLINT, INTEGER, BIGINT.
KernelTraits IntegerArithmetic(ArithmeticOperator op, const Type& type);
KernelTraits IntegerNegation(const Type& type);

// REAL, DOUBLE PRECISION; there is no remainder.
KernelTraits FloatArithmetic(ArithmeticOperator op, const Type& type);
KernelTraits FloatNegation(const Type& type);

// Operands of one width, 64 bits or 128; a result of 128 bits where they have.
KernelTraits DecimalArithmetic(ArithmeticOperator op, const Type& operand, const Type& result);
KernelTraits DecimalNegation(const Type& type);

// kInvalidArgument: "BIGINT out of range: 9223372036854775807 + 1".
absl::Status OutOfRange(const Type& type, std::string_view left, std::string_view op,
                        std::string_view right);
// kInvalidArgument: "division by zero: 5 / 0".
absl::Status DivisionByZero(std::string_view left, std::string_view op, std::string_view right);

// The text of an element, for messages.
template <typename T>
std::string TextOf(const Type& type, const T& element) {
  std::string text;
  AppendText<T>(type, element, text);
  return text;
}

}  // namespace tape::engine::exec
