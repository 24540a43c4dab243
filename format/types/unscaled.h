// Decimal arithmetic on unscaled integers: the inner loops behind tape/decimal.h.
//
//   // price DECIMAL(18,8) * quantity DECIMAL(18,8) as DECIMAL(38,16): nothing to drop.
//   const int drop = 8 + 8 - 16;
//   for (size_t i = 0; i < n; ++i) ok &= MulUnscaled(price[i], quantity[i], drop, &out[i]);
//
// 12.34 at scale 2 is the integer 1234; the scale belongs to the column, so none is passed per
// value. Each function returns false, and leaves *out alone, when the exact result rounded half
// away from zero has more than 38 digits; none ever wraps. Operands may be any Int128.
//
// Stateless; thread-safe.
#pragma once

#include <array>
#include <cstdint>

#include "format/types/int256.h"
#include "tape/int128.h"
#include "tape/limits.h"

namespace tape::format {

namespace unscaled_internal {
constexpr std::array<Int128, kMaxDecimalPrecision + 1> MakePowers() {
  std::array<Int128, kMaxDecimalPrecision + 1> powers{};
  powers[0] = 1;
  for (int i = 1; i <= kMaxDecimalPrecision; ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
inline constexpr std::array<Int128, kMaxDecimalPrecision + 1> kPowers = MakePowers();

constexpr bool FitsInt64(Int128 value) { return value == static_cast<int64_t>(value); }
}  // namespace unscaled_internal

// 10^digits, for 0..38.
constexpr Int128 PowerOfTen(int digits) { return unscaled_internal::kPowers[digits]; }

// Whether value has at most `digits` digits, 0..38.
constexpr bool FitsDigits(Int128 value, int digits) {
  const Int128 limit = PowerOfTen(digits);
  return -limit < value && value < limit;
}

// Digits of |value|; 1 for zero.
constexpr int CountDigits(Int128 value) {
  const UInt128 magnitude = Magnitude(value);
  int digits = 1;
  while (digits <= kMaxDecimalPrecision && magnitude >= static_cast<UInt128>(PowerOfTen(digits))) {
    ++digits;
  }
  return digits;
}

// a * b where the caller knows that it fits. (Unsigned inside: the sanitizer's check of a signed
// 128-bit product needs a run-time function that clang looks for in vain in GCC's library.)
constexpr Int128 MultiplyFitting(Int128 a, Int128 b) {
  return static_cast<Int128>(static_cast<UInt128>(a) * static_cast<UInt128>(b));
}

// value / divisor, half away from zero; divisor > 0.
constexpr Int128 DivideHalfAway(Int128 value, Int128 divisor) {
  if (unscaled_internal::FitsInt64(value) && unscaled_internal::FitsInt64(divisor)) {
    const int64_t narrow = static_cast<int64_t>(divisor);
    const int64_t rest = static_cast<int64_t>(value) % narrow;
    const Int128 quotient = static_cast<int64_t>(value) / narrow;
    if (rest < 0) return quotient - (rest <= -narrow - rest ? 1 : 0);
    return quotient + (rest >= narrow - rest ? 1 : 0);
  }
  const UInt128 by = static_cast<UInt128>(divisor);
  const UInt128 magnitude = Magnitude(value);
  const UInt128 quotient = magnitude / by;
  const UInt128 rest = magnitude - quotient * by;  // one division where `%` would make it two
  const UInt128 rounded = quotient + (rest >= by - rest ? 1 : 0);
  return static_cast<Int128>(value < 0 ? -rounded : rounded);
}

// value * 10^digits, digits 0..38.
[[nodiscard]] constexpr bool ScaleUp(Int128 value, int digits, Int128* out) {
  if (!FitsDigits(value, kMaxDecimalPrecision - digits)) return false;
  *out = MultiplyFitting(value, PowerOfTen(digits));
  return true;
}

// value / 10^digits, digits 0..38: never more digits than value had.
constexpr Int128 ScaleDown(Int128 value, int digits) {
  return DivideHalfAway(value, PowerOfTen(digits));
}

// From one scale to another, both 0..38.
[[nodiscard]] constexpr bool RescaleUnscaled(Int128 value, int from, int to, Int128* out) {
  if (to >= from) return ScaleUp(value, to - from, out);
  const Int128 result = ScaleDown(value, from - to);
  if (!FitsDigits(result, kMaxDecimalPrecision)) return false;
  *out = result;
  return true;
}

// a + b, both at one scale.
[[nodiscard]] constexpr bool AddUnscaled(Int128 a, Int128 b, Int128* out) {
  Int128 sum = 0;
  if (__builtin_add_overflow(a, b, &sum) || !FitsDigits(sum, kMaxDecimalPrecision)) return false;
  *out = sum;
  return true;
}

// a - b, both at one scale.
[[nodiscard]] constexpr bool SubUnscaled(Int128 a, Int128 b, Int128* out) {
  Int128 difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) return false;
  if (!FitsDigits(difference, kMaxDecimalPrecision)) return false;
  *out = difference;
  return true;
}

// a * b / 10^drop, where drop (0..38) is the operands' scales together less the result's.
[[nodiscard]] constexpr bool MulUnscaled(Int128 a, Int128 b, int drop, Int128* out);

// a * 10^shift / b, where shift (0..76) is the result's scale less a's plus b's; b is not 0.
[[nodiscard]] constexpr bool DivUnscaled(Int128 a, Int128 b, int shift, Int128* out);

// -1, 0 or 1, as a at a_scale is less than, equal to or greater than b at b_scale.
constexpr int CompareUnscaled(Int128 a, int a_scale, Int128 b, int b_scale);

// ---- implementation
// ------------------------------------------------------------------------------

namespace unscaled_internal {

constexpr bool Keep(Int128 value, Int128* out) {
  if (!FitsDigits(value, kMaxDecimalPrecision)) return false;
  *out = value;
  return true;
}

// Whether to step away from zero after a truncating division by `divisor`.
constexpr bool RoundsAway(Int128 remainder, Int128 divisor) {
  const UInt128 rest = Magnitude(remainder);
  return rest >= Magnitude(divisor) - rest;
}

// value / divisor, half away from zero, if that has at most 38 digits.
constexpr bool DivideWide(const Int256& value, Int128 divisor, Int128* out) {
  const Int256::Division division = Divide(value, divisor);
  if (!division.quotient.FitsInt128()) return false;
  const Int128 quotient = division.quotient.ToInt128();
  if (!FitsDigits(quotient, kMaxDecimalPrecision)) return false;
  const bool negative = value.IsNegative() != (divisor < 0);
  const int step = RoundsAway(division.remainder, divisor) ? (negative ? -1 : 1) : 0;
  return Keep(quotient + step, out);
}

// a * 10^shift / b for shift above 38, in two divisions: 10^76 times a would not fit 256 bits. The
// first quotient is 10^(shift - 38) times smaller than the result, so it may already be too large.
constexpr bool DivideFarShifted(Int128 a, Int128 b, int shift, Int128* out) {
  const Int256::Division first = Divide(Int256::Product(a, PowerOfTen(38)), b);
  if (!first.quotient.FitsInt128()) return false;
  const Int128 power = PowerOfTen(shift - 38);
  Int128 head = 0;
  if (!ScaleUp(first.quotient.ToInt128(), shift - 38, &head)) return false;
  const Int256::Division second = Divide(Int256::Product(first.remainder, power), b);
  const bool negative = (a < 0) != (b < 0);
  const int step = RoundsAway(second.remainder, b) ? (negative ? -1 : 1) : 0;
  const Int256 sum = Int256(head) + second.quotient + Int256(step);
  return sum.FitsInt128() && Keep(sum.ToInt128(), out);
}

}  // namespace unscaled_internal

constexpr bool MulUnscaled(Int128 a, Int128 b, int drop, Int128* out) {
  if (unscaled_internal::FitsInt64(a) && unscaled_internal::FitsInt64(b)) {
    const Int128 product = Int128{static_cast<int64_t>(a)} * static_cast<int64_t>(b);
    return unscaled_internal::Keep(drop == 0 ? product : ScaleDown(product, drop), out);
  }
  return unscaled_internal::DivideWide(Int256::Product(a, b), PowerOfTen(drop), out);
}

constexpr bool DivUnscaled(Int128 a, Int128 b, int shift, Int128* out) {
  if (shift > kMaxDecimalPrecision) return unscaled_internal::DivideFarShifted(a, b, shift, out);
  if (shift <= 18 && unscaled_internal::FitsInt64(a) && b > 0) {
    return unscaled_internal::Keep(DivideHalfAway(MultiplyFitting(a, PowerOfTen(shift)), b), out);
  }
  return unscaled_internal::DivideWide(Int256::Product(a, PowerOfTen(shift)), b, out);
}

constexpr int CompareUnscaled(Int128 a, int a_scale, Int128 b, int b_scale) {
  if (a_scale != b_scale && a != 0 && b != 0 && (a < 0) == (b < 0)) {
    const Int256 left = Int256::Product(a, PowerOfTen(a_scale < b_scale ? b_scale - a_scale : 0));
    const Int256 right = Int256::Product(b, PowerOfTen(b_scale < a_scale ? a_scale - b_scale : 0));
    return left < right ? -1 : (left == right ? 0 : 1);
  }
  return a < b ? -1 : (a == b ? 0 : 1);
}

}  // namespace tape::format
