// A 256-bit signed integer, for what does not fit 38 digits on the way to a result that does.
//
//   Int256 product = Int256::Product(a, b);                  // any two Int128
//   Int256::Division d = Divide(product, PowerOfTen(8));     // truncates towards zero
//   if (d.quotient.FitsInt128()) use(d.quotient.ToInt128());
//
// Two's complement. Addition, subtraction and shifts wrap, and no caller comes near: a product of
// two Int128 has at most 254 bits, a sum of 2^64 Int128 at most 191.
//
// Immutable apart from += and -=; thread-compatible; everything but ToString works in constants.
#pragma once

#include <bit>
#include <compare>
#include <cstdint>
#include <string>

#include "tape/int128.h"

namespace tape::format {

// |value|, exact for the most negative value too.
constexpr UInt128 Magnitude(Int128 value) {
  return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

class Int256 {
 public:
  constexpr Int256() = default;
  constexpr Int256(Int128 value)  // NOLINT(google-explicit-constructor): widening loses nothing
      : high_(value < 0 ? ~UInt128{0} : UInt128{0}), low_(static_cast<UInt128>(value)) {}

  // The number whose two's complement halves these are.
  static constexpr Int256 FromHalves(UInt128 high, UInt128 low) { return Int256(high, low); }

  // a * b, exactly.
  static constexpr Int256 Product(Int128 a, Int128 b);

  constexpr UInt128 high() const { return high_; }
  constexpr UInt128 low() const { return low_; }
  constexpr bool IsNegative() const { return (high_ >> 127) != 0; }
  constexpr Int256 Magnitude() const { return IsNegative() ? -*this : *this; }

  constexpr bool FitsInt128() const { return *this == Int256(static_cast<Int128>(low_)); }
  // The low half; the value itself if FitsInt128().
  constexpr Int128 ToInt128() const { return static_cast<Int128>(low_); }

  constexpr Int256 operator-() const { return Int256(~high_ + (low_ == 0 ? 1 : 0), -low_); }

  // By value, for a += a.
  constexpr Int256& operator+=(Int256 other) {
    low_ += other.low_;
    high_ += other.high_ + (low_ < other.low_ ? 1 : 0);
    return *this;
  }
  constexpr Int256& operator-=(Int256 other) {
    high_ -= other.high_ + (low_ < other.low_ ? 1 : 0);
    low_ -= other.low_;
    return *this;
  }
  friend constexpr Int256 operator+(Int256 a, const Int256& b) { return a += b; }
  friend constexpr Int256 operator-(Int256 a, const Int256& b) { return a -= b; }

  // By 0..255 bits; to the right the sign comes in.
  constexpr Int256 operator<<(int bits) const;
  constexpr Int256 operator>>(int bits) const;

  friend constexpr bool operator==(const Int256& a, const Int256& b) = default;
  friend constexpr std::strong_ordering operator<=>(const Int256& a, const Int256& b);

  std::string ToString() const;

  struct Division;

 private:
  constexpr Int256(UInt128 high, UInt128 low) : high_(high), low_(low) {}

  UInt128 high_ = 0;
  UInt128 low_ = 0;
};

struct Int256::Division {
  Int256 quotient;       // towards zero
  Int128 remainder = 0;  // has the sign of the dividend
};

// divisor must not be 0. Dividing -2^255 by -1 wraps, like every other overflow here.
constexpr Int256::Division Divide(const Int256& dividend, Int128 divisor);

// ---- implementation
// ------------------------------------------------------------------------------

namespace int256_internal {

constexpr uint64_t Upper(UInt128 value) { return static_cast<uint64_t>(value >> 64); }
constexpr uint64_t Lower(UInt128 value) { return static_cast<uint64_t>(value); }
constexpr UInt128 Join(uint64_t upper, uint64_t lower) { return UInt128{upper} << 64 | lower; }

constexpr Int256 MultiplyMagnitudes(UInt128 a, UInt128 b) {
  const UInt128 low = UInt128{Lower(a)} * Lower(b);
  const UInt128 cross1 = UInt128{Upper(a)} * Lower(b) + Upper(low);
  const UInt128 cross2 = UInt128{Lower(a)} * Upper(b) + Lower(cross1);
  const UInt128 high = UInt128{Upper(a)} * Upper(b) + Upper(cross1) + Upper(cross2);
  return Int256::FromHalves(high, Join(Lower(cross2), Lower(low)));
}

struct Step {
  uint64_t digit;
  UInt128 remainder;
};

// Remainders here come from a multiplication: `%` would be a second call into the 128-bit division.

// One digit, base 2^64, of (head * 2^64 + next) / divisor. The divisor has its top bit set and
// head < divisor, so the first guess is at most two too large.
constexpr Step DivideStep(UInt128 head, uint64_t next, UInt128 divisor) {
  const uint64_t top = Upper(divisor);
  UInt128 guess = head / top;
  if (Upper(guess) != 0) guess = ~uint64_t{0};
  UInt128 rest = head - guess * top;
  while (Upper(rest) == 0 && guess * Lower(divisor) > Join(Lower(rest), next)) {
    --guess;
    rest += top;
  }
  const UInt128 remainder = (head << 64 | next) - guess * divisor;  // exact modulo 2^128
  return {Lower(guess), remainder};
}

struct MagnitudeDivision {
  UInt128 quotient_high;
  UInt128 quotient_low;
  UInt128 remainder;
};

// (head * 2^128 + low) / divisor, where head < divisor and divisor < 2^64.
constexpr MagnitudeDivision DivideLowByWord(uint64_t head, UInt128 low, uint64_t divisor) {
  const UInt128 first = Join(head, Upper(low));
  const UInt128 upper = first / divisor;
  const UInt128 second = Join(Lower(first - upper * divisor), Lower(low));
  const UInt128 lower = second / divisor;
  return {0, Join(Lower(upper), Lower(lower)), second - lower * divisor};
}

// (head * 2^128 + low) / divisor, where head < divisor and divisor >= 2^64.
constexpr MagnitudeDivision DivideLowByPair(UInt128 head, UInt128 low, UInt128 divisor) {
  const int shift = std::countl_zero(Upper(divisor));
  divisor <<= shift;
  if (shift != 0) head = head << shift | low >> (128 - shift);
  low <<= shift;
  const Step first = DivideStep(head, Upper(low), divisor);
  const Step second = DivideStep(first.remainder, Lower(low), divisor);
  return {0, Join(first.digit, second.digit), second.remainder >> shift};
}

constexpr MagnitudeDivision DivideMagnitudes(UInt128 high, UInt128 low, UInt128 divisor) {
  const UInt128 quotient_high = high == 0 ? 0 : high / divisor;
  const UInt128 head = high - quotient_high * divisor;
  if (head == 0) {
    const UInt128 quotient = low / divisor;
    return {quotient_high, quotient, low - quotient * divisor};
  }
  MagnitudeDivision result = Upper(divisor) == 0 ? DivideLowByWord(Lower(head), low, Lower(divisor))
                                                 : DivideLowByPair(head, low, divisor);
  result.quotient_high = quotient_high;
  return result;
}

}  // namespace int256_internal

constexpr Int256 Int256::Product(Int128 a, Int128 b) {
  const Int256 magnitude =
      int256_internal::MultiplyMagnitudes(format::Magnitude(a), format::Magnitude(b));
  return (a < 0) != (b < 0) ? -magnitude : magnitude;
}

constexpr Int256 Int256::operator<<(int bits) const {
  if (bits == 0) return *this;
  if (bits >= 128) return Int256(low_ << (bits - 128), 0);
  return Int256(high_ << bits | low_ >> (128 - bits), low_ << bits);
}

constexpr Int256 Int256::operator>>(int bits) const {
  if (bits == 0) return *this;
  const Int128 high = static_cast<Int128>(high_);
  if (bits >= 128) return Int256(high >> (bits - 128));
  return Int256(static_cast<UInt128>(high >> bits), high_ << (128 - bits) | low_ >> bits);
}

constexpr std::strong_ordering operator<=>(const Int256& a, const Int256& b) {
  if (a.high_ == b.high_) return a.low_ <=> b.low_;
  return static_cast<Int128>(a.high_) <=> static_cast<Int128>(b.high_);
}

constexpr Int256::Division Divide(const Int256& dividend, Int128 divisor) {
  const Int256 magnitude = dividend.Magnitude();
  const int256_internal::MagnitudeDivision result =
      int256_internal::DivideMagnitudes(magnitude.high(), magnitude.low(), Magnitude(divisor));
  const Int256 quotient = Int256::FromHalves(result.quotient_high, result.quotient_low);
  const bool negative = dividend.IsNegative();
  return {negative != (divisor < 0) ? -quotient : quotient,
          static_cast<Int128>(negative ? -result.remainder : result.remainder)};
}

}  // namespace tape::format
