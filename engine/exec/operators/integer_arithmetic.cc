// + - * / % of integers.
#include <type_traits>

#include "engine/exec/loops.h"
#include "engine/exec/operators/arithmetic.h"
#include "format/bytes/message.h"

namespace tape::engine::exec {
namespace {

struct Add {
  template <typename T>
  static bool Apply(T a, T b, T* out) {
    return !__builtin_add_overflow(a, b, out);
  }
};

struct Subtract {
  template <typename T>
  static bool Apply(T a, T b, T* out) {
    return !__builtin_sub_overflow(a, b, out);
  }
};

struct Multiply {
  template <typename T>
  static bool Apply(T a, T b, T* out) {
    return !__builtin_mul_overflow(a, b, out);
  }
};

struct Divide {
  template <typename T>
  static bool Apply(T a, T b, T* out) {
    *out = 0;
    if (b == 0) return false;
    if (b == -1) return !__builtin_sub_overflow(T{0}, a, out);
    *out = static_cast<T>(a / b);
    return true;
  }
};

struct Modulo {
  template <typename T>
  static bool Apply(T a, T b, T* out) {
    *out = 0;
    if (b == 0) return false;
    if (b != -1) *out = static_cast<T>(a % b);
    return true;
  }
};

template <typename Operation>
constexpr bool kDivides = std::is_same_v<Operation, Divide> || std::is_same_v<Operation, Modulo>;

template <typename T, typename Operation>
absl::StatusOr<Vector> Run(const KernelCall& call) {
  return MapPairsChecked<T, T, T>(
      call, [](T a, T b, T* out) { return Operation::Apply(a, b, out); },
      [&](T a, T b) {
        const std::string left = TextOf(call.type, a);
        const std::string right = TextOf(call.type, b);
        if (kDivides<Operation> && b == 0) return DivisionByZero(left, call.name, right);
        return OutOfRange(call.type, left, call.name, right);
      });
}

template <typename T>
absl::StatusOr<Vector> Negate(const KernelCall& call) {
  return MapChecked<T, T>(
      call, [](T a, T* out) { return !__builtin_sub_overflow(T{0}, a, out); },
      [&](T a) { return OutOfRange(call.type, "", "-", TextOf(call.type, a)); });
}

template <typename T>
Kernel KernelOf(ArithmeticOperator op) {
  switch (op) {
    case ArithmeticOperator::kAdd:
      return Run<T, Add>;
    case ArithmeticOperator::kSubtract:
      return Run<T, Subtract>;
    case ArithmeticOperator::kMultiply:
      return Run<T, Multiply>;
    case ArithmeticOperator::kDivide:
      return Run<T, Divide>;
    default:
      return Run<T, Modulo>;
  }
}

}  // namespace

std::string_view Spelling(ArithmeticOperator op) {
  constexpr std::string_view kSpellings[] = {"+", "-", "*", "/", "%", "^"};
  return kSpellings[static_cast<size_t>(op)];
}

absl::Status OutOfRange(const Type& type, std::string_view left, std::string_view op,
                        std::string_view right) {
  return absl::InvalidArgumentError(format::Concat(type.ToString(), " out of range: ", left,
                                                   left.empty() ? "" : " ", op,
                                                   left.empty() ? "" : " ", right));
}

absl::Status DivisionByZero(std::string_view left, std::string_view op, std::string_view right) {
  return absl::InvalidArgumentError(
      format::Concat("division by zero: ", left, " ", op, " ", right));
}

KernelTraits IntegerArithmetic(ArithmeticOperator op, const Type& type) {
  const char* name = Spelling(op).data();
  switch (ElementOf(type)) {
    case Element::kInt16:
      return {.name = name, .kernel = KernelOf<int16_t>(op)};
    case Element::kInt32:
      return {.name = name, .kernel = KernelOf<int32_t>(op)};
    default:
      return {.name = name, .kernel = KernelOf<int64_t>(op)};
  }
}

KernelTraits IntegerNegation(const Type& type) {
  switch (ElementOf(type)) {
    case Element::kInt16:
      return {.name = "-", .kernel = Negate<int16_t>};
    case Element::kInt32:
      return {.name = "-", .kernel = Negate<int32_t>};
    default:
      return {.name = "-", .kernel = Negate<int64_t>};
  }
}

}  // namespace tape::engine::exec
