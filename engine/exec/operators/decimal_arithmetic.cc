// Decimals as the integers they are stored as; the scales belong to the types.
#include <algorithm>
#include <type_traits>

#include "engine/exec/loops.h"
#include "engine/exec/operators/arithmetic.h"
#include "format/types/unscaled.h"
#include "tape/decimal.h"

namespace tape::engine::exec {
namespace {

using format::PowerOfTen;

struct Scales {
  int left;
  int right;
  int result;
};

Scales ScalesOf(const KernelCall& call) {
  return {call.arguments[0].type().scale(), call.arguments[1].type().scale(), call.type.scale()};
}

template <typename T>
absl::Status Complaint(const KernelCall& call, const T& a, const T& b) {
  const std::string left = TextOf(call.arguments[0].type(), a);
  const std::string right = TextOf(call.arguments[1].type(), b);
  const bool divides = call.name == "/" || call.name == "%";
  if (divides && b == 0) return DivisionByZero(left, call.name, right);
  return OutOfRange(call.type, left, call.name, right);
}

template <typename T, typename R, typename Function>
absl::StatusOr<Vector> Run(const KernelCall& call, Function function) {
  return MapPairsChecked<T, T, R>(call, function,
                                  [&](const T& a, const T& b) { return Complaint<T>(call, a, b); });
}

// What a step of 128 bits gives, in the width of the result.
template <typename R, typename Step>
bool Narrowed(Step step, R* out) {
  Int128 wide = 0;
  if (!step(&wide)) return false;
  *out = static_cast<R>(wide);
  return std::is_same_v<R, Int128> || wide == static_cast<int64_t>(wide);
}

// ---- sums and differences

template <bool kNegate>
bool Sum(int64_t a, int64_t b, int64_t* out) {
  return kNegate ? !__builtin_sub_overflow(a, b, out) : !__builtin_add_overflow(a, b, out);
}

template <bool kNegate>
bool Sum(Int128 a, Int128 b, Int128* out) {
  return kNegate ? format::SubUnscaled(a, b, out) : format::AddUnscaled(a, b, out);
}

template <typename T, typename R, bool kNegate>
absl::StatusOr<Vector> Added(const KernelCall& call) {
  const Scales scales = ScalesOf(call);
  const int left = scales.result - scales.left;
  const int right = scales.result - scales.right;
  if (left == 0 && right == 0) {
    return Run<T, R>(call, [](T a, T b, R* out) { return Sum<kNegate>(R{a}, R{b}, out); });
  }
  return Run<T, R>(call, [=](T a, T b, R* out) {
    Int128 x = 0;
    Int128 y = 0;
    if (!format::ScaleUp(a, left, &x) || !format::ScaleUp(b, right, &y)) return false;
    return Narrowed(
        [&](Int128* sum) {
          return kNegate ? format::SubUnscaled(x, y, sum) : format::AddUnscaled(x, y, sum);
        },
        out);
  });
}

// ---- products, quotients, remainders

template <typename T, typename R>
absl::StatusOr<Vector> Multiplied(const KernelCall& call) {
  const Scales scales = ScalesOf(call);
  const int drop = scales.left + scales.right - scales.result;
  if constexpr (std::is_same_v<R, int64_t>) {
    if (drop == 0) {
      return Run<T, R>(call, [](T a, T b, R* out) { return !__builtin_mul_overflow(a, b, out); });
    }
  } else if constexpr (std::is_same_v<T, int64_t>) {
    // 2^126 has 38 digits.
    if (drop == 0) return MapPairs<T, T, R>(call, [](T a, T b) { return R{a} * b; });
  }
  return Run<T, R>(call, [=](T a, T b, R* out) {
    return Narrowed([&](Int128* product) { return format::MulUnscaled(a, b, drop, product); }, out);
  });
}

template <typename T, typename R>
absl::StatusOr<Vector> Divided(const KernelCall& call) {
  const Scales scales = ScalesOf(call);
  const int shift = scales.result - scales.left + scales.right;
  return Run<T, R>(call, [=](T a, T b, R* out) {
    if (b == 0) return false;
    return Narrowed([&](Int128* quotient) { return format::DivUnscaled(a, b, shift, quotient); },
                    out);
  });
}

template <typename T, typename R>
absl::StatusOr<Vector> Remainder(const KernelCall& call) {
  const Scales scales = ScalesOf(call);
  return Run<T, R>(call, [=](T a, T b, R* out) {
    if (b == 0) return false;
    const absl::StatusOr<Decimal> rest = Mod({a, scales.left}, {b, scales.right});
    if (!rest.ok()) return false;
    return Narrowed(
        [&](Int128* value) {
          return format::RescaleUnscaled(rest->unscaled, rest->scale, scales.result, value);
        },
        out);
  });
}

template <typename T, typename R>
Kernel KernelOf(ArithmeticOperator op) {
  switch (op) {
    case ArithmeticOperator::kAdd:
      return Added<T, R, false>;
    case ArithmeticOperator::kSubtract:
      return Added<T, R, true>;
    case ArithmeticOperator::kMultiply:
      return Multiplied<T, R>;
    case ArithmeticOperator::kDivide:
      return Divided<T, R>;
    default:
      return Remainder<T, R>;
  }
}

// A value read from a column is below 10^38, so its negation fits.
template <typename T>
absl::StatusOr<Vector> Negate(const KernelCall& call) {
  return MapChecked<T, T>(
      call, [](T a, T* out) { return !__builtin_sub_overflow(T{0}, a, out); },
      [&](const T& a) { return OutOfRange(call.type, "", "-", TextOf(call.type, a)); });
}

}  // namespace

KernelTraits DecimalArithmetic(ArithmeticOperator op, const Type& operand, const Type& result) {
  const char* name = Spelling(op).data();
  if (ElementOf(operand) == Element::kInt128) {
    return {.name = name, .kernel = KernelOf<Int128, Int128>(op)};
  }
  if (ElementOf(result) == Element::kInt128) {
    return {.name = name, .kernel = KernelOf<int64_t, Int128>(op)};
  }
  return {.name = name, .kernel = KernelOf<int64_t, int64_t>(op)};
}

KernelTraits DecimalNegation(const Type& type) {
  const bool wide = ElementOf(type) == Element::kInt128;
  return {.name = "-", .kernel = wide ? Negate<Int128> : Negate<int64_t>};
}

}  // namespace tape::engine::exec
