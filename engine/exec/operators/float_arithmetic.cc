// + - * / of floating point.
#include <cmath>
#include <type_traits>

#include "engine/exec/loops.h"
#include "engine/exec/operators/arithmetic.h"

namespace tape::engine::exec {
namespace {

enum class Operation : uint8_t { kAdd, kSubtract, kMultiply, kDivide };

template <typename T, Operation kOperation>
T Computed(T a, T b) {
  switch (kOperation) {
    case Operation::kAdd:
      return a + b;
    case Operation::kSubtract:
      return a - b;
    case Operation::kMultiply:
      return a * b;
    case Operation::kDivide:
      break;
  }
  return a / b;
}

// Infinite from finite operands, or zero from operands that are not and cannot make an exact one.
template <typename T, Operation kOperation>
bool Lost(T a, T b, T result) {
  const bool is_infinite = std::isinf(result);
  const bool a_finite = std::isfinite(a);
  const bool b_finite = std::isfinite(b);
  const bool overflow = is_infinite & a_finite & b_finite;
  if (kOperation == Operation::kMultiply) {
    return overflow | ((result == 0) & (a != 0) & (b != 0));
  }
  if (kOperation == Operation::kDivide) {
    return overflow | ((b == 0) & (a == a)) | ((result == 0) & (a != 0) & b_finite);
  }
  return overflow;
}

template <typename T, Operation kOperation>
absl::StatusOr<Vector> Run(const KernelCall& call) {
  return MapPairsChecked<T, T, T>(
      call,
      [](T a, T b, T* out) {
        const T result = Computed<T, kOperation>(a, b);
        *out = result;
        return !Lost<T, kOperation>(a, b, result);
      },
      [&](T a, T b) {
        const std::string left = TextOf(call.type, a);
        const std::string right = TextOf(call.type, b);
        const bool divides = kOperation == Operation::kDivide;
        if (divides && b == 0) return DivisionByZero(left, call.name, right);
        return OutOfRange(call.type, left, call.name, right);
      });
}

template <typename T>
Kernel KernelOf(ArithmeticOperator op) {
  switch (op) {
    case ArithmeticOperator::kAdd:
      return Run<T, Operation::kAdd>;
    case ArithmeticOperator::kSubtract:
      return Run<T, Operation::kSubtract>;
    case ArithmeticOperator::kMultiply:
      return Run<T, Operation::kMultiply>;
    default:
      return Run<T, Operation::kDivide>;
  }
}

template <typename T>
absl::StatusOr<Vector> Negate(const KernelCall& call) {
  return Map<T, T>(call, [](T a) { return -a; });
}

}  // namespace

KernelTraits FloatArithmetic(ArithmeticOperator op, const Type& type) {
  const bool real = ElementOf(type) == Element::kFloat;
  return {.name = Spelling(op).data(), .kernel = real ? KernelOf<float>(op) : KernelOf<double>(op)};
}

KernelTraits FloatNegation(const Type& type) {
  const bool real = ElementOf(type) == Element::kFloat;
  return {.name = "-", .kernel = real ? Negate<float> : Negate<double>};
}

}  // namespace tape::engine::exec
