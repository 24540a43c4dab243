// Floating-point numbers that began as decimals, as integers: v = double(d) * 10^f * 10^-e.
//
//   DecimalForm form{.exponent = 14, .factor = 12};            // two decimals
//   int64_t d;
//   bool same = ToDigits(101.25, form, d);                     // true, d = 10125
//   FromDigits<double>(10125, form);                           // 101.25, bit by bit
//
// Why two powers when only their difference k = e - f says how many decimals there are: 10^-e is
// not a double, and how far the nearest double is off depends on e alone (10^-14 happens to be
// nearly exact, 10^-2 is off by a fifth of its last bit). d * 10^f is exact while it fits 53 bits
// beside its factors of two, so a number with two decimals comes back more often by 10^12 * 10^-14
// than by 10^-2. The idea of two exponents is that of ALP (Afroozeh, Kuffo, Boncz, SIGMOD 2024);
// which pair is tried first follows from the errors of the powers.
//
// Pure functions, immutable value types.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tape::format {

inline constexpr unsigned kMaxDecimalExponent = 18;
inline constexpr std::array<double, kMaxDecimalExponent + 1> kPowersOfTen = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
    1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
inline constexpr std::array<double, kMaxDecimalExponent + 1> kInversePowersOfTen = {
    1e-0,  1e-1,  1e-2,  1e-3,  1e-4,  1e-5,  1e-6,  1e-7,  1e-8, 1e-9,
    1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15, 1e-16, 1e-17, 1e-18};

// Below this, adding and subtracting 1.5 * 2^52 rounds to an integer.
inline constexpr double kFastDigitsLimit = 0x1p51;

struct DecimalForm {
  uint8_t exponent = 0;  // e, at most 18
  uint8_t factor = 0;    // f, at most e
  bool large = false;    // some digits reach 2^51, where the fast conversion stops

  double scale() const { return kPowersOfTen[exponent - factor]; }
  double power() const { return kPowersOfTen[factor]; }
  double inverse() const { return kInversePowersOfTen[exponent]; }
};

// What the digits stand for. This is the format's definition; kernels do the same to arrays.
template <typename T>
T FromDigits(int64_t digits, const DecimalForm& form) {
  return static_cast<T>(static_cast<double>(digits) * form.power() * form.inverse());
}

// v * 10^k to the nearest integer, 0 where that does not fit.
inline int64_t NearestDigits(double value, double scale) {
  constexpr double kRound = 0x1.8p52;
  const double scaled = value * scale;
  const double magnitude = std::fabs(scaled);
  if (magnitude < kFastDigitsLimit) return static_cast<int64_t>((scaled + kRound) - kRound);
  return magnitude < 0x1p63 ? static_cast<int64_t>(scaled) : 0;
}

template <typename T>
bool SameBits(T a, T b) {
  using Bits = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  return std::bit_cast<Bits>(a) == std::bit_cast<Bits>(b);
}

// Whether the value comes back from its digits bit by bit.
template <typename T>
bool ToDigits(T value, const DecimalForm& form, int64_t& digits) {
  digits = NearestDigits(static_cast<double>(value), form.scale());
  return SameBits(FromDigits<T>(digits, form), value);
}

// The form of the last block, and how well it did there: neighbouring blocks mostly agree.
struct DecimalMemory {
  std::optional<DecimalForm> form;
  size_t failures = 0;  // of the sample it was chosen for
  unsigned doubts = 0;  // later samples in which it failed somewhere
};

// The form that makes a sample of the values smallest; nothing when they are better left raw.
std::optional<DecimalForm> ChooseForm(std::span<const double> values, DecimalMemory& memory);
std::optional<DecimalForm> ChooseForm(std::span<const float> values, DecimalMemory& memory);

}  // namespace tape::format
