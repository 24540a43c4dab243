// Exact decimals of up to 38 digits.
//
//   const DecimalType price_type{18, 8};
//   absl::StatusOr<Decimal> price = Decimal::Parse("50123.12345678", price_type, Rounding::kExact);
//   price->unscaled;       // 5012312345678: what the column stores
//   price->ToString();     // "50123.12345678"
//
//   absl::StatusOr<Decimal> fee = Mul(*price, Decimal{75, 5});  // by 0.00075: 37.5923425925850
//   absl::StatusOr<Decimal> cents = Rescale(*fee, {12, 2});     // 37.59
//
// A Decimal is an integer and the number of its digits that stand after the point. No operation is
// inexact without saying so here, none wraps: a result of more than 38 digits, or one that does not
// fit the type it is asked for, is an error. Products, quotients and sums of different scales are
// computed in 256 bits and rounded once, half away from zero (2.5 to 3, -2.5 to -3), as PostgreSQL
// rounds.
//
// Errors are kInvalidArgument and name the value and the type. There is no NaN and no infinity.
// Immutable value types; thread-compatible.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tape/int128.h"
#include "tape/limits.h"

namespace tape {

// The most characters that Print writes: a sign, 39 digits and a point.
inline constexpr size_t kDecimalTextSizeMax = 41;

// DECIMAL(precision, scale): `precision` digits, `scale` of them after the point.
struct DecimalType {
  int precision = kMaxDecimalPrecision;
  int scale = 0;

  constexpr int IntegerDigits() const { return precision - scale; }

  // OK if 1 <= precision <= 38 and 0 <= scale <= precision.
  absl::Status Check() const;

  // "DECIMAL(18,8)"
  std::string ToString() const;

  friend constexpr bool operator==(const DecimalType&, const DecimalType&) = default;
};

// What to do with digits after the point that the type has no room for.
enum class Rounding : uint8_t {
  kExact,             // an error, unless they are zeros
  kHalfAwayFromZero,  // as an assignment in SQL does
};

// unscaled / 10^scale. Valid with 0 <= scale <= 38 and at most 38 digits; everything below returns
// and expects that. 1.0 and 1.00 are different Decimals that compare equal.
struct Decimal {
  Int128 unscaled = 0;
  int scale = 0;

  // A literal: sign, digits, point, exponent ("-12.50", ".5", "3.", "1.5e-7"). The scale is that of
  // the text: 2, 1, 0 and 8. No blanks. An error names the position, counted from 1, of what is
  // wrong.
  static absl::StatusOr<Decimal> Parse(std::string_view text);

  // The same text as a value of `type`, with its scale. An error if `type` is none (Check).
  static absl::StatusOr<Decimal> Parse(std::string_view text, DecimalType type, Rounding rounding);

  static constexpr Decimal FromInt64(int64_t value) { return {value, 0}; }

  // By way of the shortest text that reads back as `value`, so that 0.1 is 0.1; then half away from
  // zero. NaN and infinities are errors.
  static absl::StatusOr<Decimal> FromDouble(double value, DecimalType type);

  // The nearest double (ties to even).
  double ToDouble() const;

  // The nearest integer, half away from zero.
  absl::StatusOr<int64_t> ToInt64() const;

  // The narrowest type that holds this value at this scale; at least one digit.
  DecimalType Type() const;

  // Exactly `scale` digits after the point, no point when there are none: "-0.50", "12".
  std::string ToString() const;

  // ToString into `out`, which has room for kDecimalTextSizeMax characters; returns the end. No
  // terminator. For columns: Decimal{unscaled, scale}.Print(out).
  char* Print(char* out) const;

  // By value, exactly, whatever the scales.
  friend std::weak_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }
};

// value as `to`, half away from zero; an error if it has too many digits before the point.
absl::StatusOr<Decimal> Rescale(Decimal value, DecimalType to);

// ---- arithmetic
// ----------------------------------------------------------------------------------
//
// The type of a result follows from the types of the operands alone, so that a column of results
// has one type. p, s and i are precision, scale and digits before the point (p - s) of each
// operand.
//
//   a + b, a - b   scale max(s1, s2), one digit more before the point
//   a * b          scale s1 + s2, less what i1 + i2 digits before the point leave no room for in
//   38,
//                  never below max(s1, s2)
//   a / b          scale 16, less what i1 + s2 digits before the point leave no room for in 38,
//   never
//                  below max(s1, s2). (i1 + s2 is what the largest quotient needs. PostgreSQL picks
//                  a scale value by value, so that 16 digits or more are significant; a column has
//                  one.)
//   a % b          scale max(s1, s2), the sign of a
//
// None has a precision above 38; where that cuts, a value may overflow, which is an error.
DecimalType SumType(DecimalType a, DecimalType b);
DecimalType ProductType(DecimalType a, DecimalType b);
DecimalType QuotientType(DecimalType a, DecimalType b);
DecimalType RemainderType(DecimalType a, DecimalType b);

absl::StatusOr<Decimal> Add(Decimal a, Decimal b);
absl::StatusOr<Decimal> Sub(Decimal a, Decimal b);

// Without a scale, that of ProductType or QuotientType of a.Type() and b.Type(). With one, that
// one: it must be at least max(a.scale, b.scale) and, for a product, at most a.scale + b.scale.
absl::StatusOr<Decimal> Mul(Decimal a, Decimal b);
absl::StatusOr<Decimal> Mul(Decimal a, Decimal b, int scale);
absl::StatusOr<Decimal> Div(Decimal a, Decimal b);
absl::StatusOr<Decimal> Div(Decimal a, Decimal b, int scale);

// a less b times the whole part of a / b; always exact.
absl::StatusOr<Decimal> Mod(Decimal a, Decimal b);

Decimal Negate(Decimal value);
Decimal Abs(Decimal value);

}  // namespace tape
