// Floating-point numbers that began as decimals, as integers: v = double(d) / 10^e.
//
//   int64_t d;
//   bool same = ToDigits(101.25, 2, d);                        // true, d = 10125
//   FromDigits<double>(10125, 2);                              // 101.25, bit by bit
//   ChooseExponent(std::span<const double>(prices));           // 2
//
// 10^e is a double up to e = 22, and IEEE division rounds once. So the quotient is the double
// nearest to the decimal d * 10^-e, which is what reading its text gives: a double that was a
// decimal of up to 15 digits, or of 16 below 2^53, always comes back. A float is the quotient
// rounded once more, which is the float nearest to the decimal while d is below 2^24.
//
// Pure functions.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

namespace tape::format {

inline constexpr unsigned kMaxDecimalExponent = 22;
inline constexpr std::array<double, kMaxDecimalExponent + 1> kPowersOfTen = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// What the digits stand for. This is the format's definition; kernels do the same to arrays.
template <typename T>
T FromDigits(int64_t digits, unsigned exponent) {
  return static_cast<T>(static_cast<double>(digits) / kPowersOfTen[exponent]);
}

template <typename T>
bool SameBits(T a, T b) {
  using Bits = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  return std::bit_cast<Bits>(a) == std::bit_cast<Bits>(b);
}

// Whether the value comes back from digits bit by bit, and the digits. False for NaN, infinities,
// -0.0, integers from 2^63 on, and decimals whose digits pass 2^53: every other integer is no
// double from there on, and what still comes back is noise.
template <typename T>
bool ToDigits(T value, unsigned exponent, int64_t& digits) {
  constexpr double kRound = 0x1.8p52;  // adding and subtracting it rounds to an integer
  // Below this, kRound does so, and the integer is the right one. From here on the product itself
  // has been rounded to halves or integers, and a neighbour may be right.
  constexpr double kNearestIsRight = 0x1p51;
  const double scaled = static_cast<double>(value) * kPowersOfTen[exponent];
  const double magnitude = std::fabs(scaled);
  if (!(magnitude < (exponent == 0 ? 0x1p63 : 0x1p53 + 2))) return false;
  digits = static_cast<int64_t>(magnitude < kNearestIsRight ? (scaled + kRound) - kRound : scaled);
  if (SameBits(FromDigits<T>(digits, exponent), value)) return true;
  if (magnitude < kNearestIsRight) return false;
  if (SameBits(FromDigits<T>(++digits, exponent), value)) return true;
  digits -= 2;
  return SameBits(FromDigits<T>(digits, exponent), value);
}

// The exponent that makes a sample of the values smallest; nothing when they are better left raw.
// A value of the sample, at least, comes back from its digits.
std::optional<unsigned> ChooseExponent(std::span<const double> values);
std::optional<unsigned> ChooseExponent(std::span<const float> values);

}  // namespace tape::format
