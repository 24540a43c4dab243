#include "tape/decimal.h"

#include <algorithm>

#include "format/bytes/message.h"
#include "format/types/unscaled.h"

namespace tape {
namespace {

using format::Concat;
using format::Int256;
using format::PowerOfTen;

// A quotient's digits after the point, where there is room: as many as a double can hold.
constexpr int kQuotientScale = 16;

DecimalType TypeWith(int integer_digits, int scale) {
  return {std::clamp(integer_digits + scale, 1, kMaxDecimalPrecision), scale};
}

// The wanted scale, less what the integer digits leave no room for, but never below the floor.
DecimalType Fit(int integer_digits, int wanted_scale, int floor) {
  const int room = kMaxDecimalPrecision - integer_digits;
  return TypeWith(integer_digits, std::max(floor, std::min(wanted_scale, room)));
}

absl::Status Overflow(const Decimal& a, std::string_view operation, const Decimal& b, int scale) {
  return absl::InvalidArgumentError(Concat("decimal overflow: ", a.ToString(), operation,
                                           b.ToString(), " with ", scale,
                                           " digits after the point has more than 38 digits"));
}

absl::Status DivisionByZero(const Decimal& a, std::string_view operation) {
  return absl::InvalidArgumentError(
      Concat("decimal division by zero: ", a.ToString(), operation, "0"));
}

absl::Status ScaleRefused(std::string_view what, int scale, int lowest, int highest) {
  return absl::InvalidArgumentError(
      Concat("scale ", scale, " of a ", what, " is not ", lowest, "..", highest));
}

Int256 ScaledTo(const Decimal& value, int scale) {
  return Int256::Product(value.unscaled, PowerOfTen(scale - value.scale));
}

// One of the two is scaled up and may pass 38 digits on the way to a sum that does not.
absl::StatusOr<Decimal> AddWide(const Decimal& a, const Decimal& b, bool subtract) {
  const int scale = std::max(a.scale, b.scale);
  const Int256 left = ScaledTo(a, scale);
  const Int256 right = ScaledTo(b, scale);
  const Int256 sum = subtract ? left - right : left + right;
  if (!sum.FitsInt128() || !format::FitsDigits(sum.ToInt128(), kMaxDecimalPrecision)) {
    return Overflow(a, subtract ? " - " : " + ", b, scale);
  }
  return Decimal{sum.ToInt128(), scale};
}

}  // namespace

absl::Status DecimalType::Check() const {
  if (precision < 1 || precision > kMaxDecimalPrecision) {
    return absl::InvalidArgumentError(
        Concat(ToString(), ": precision ", precision, " is not 1..", kMaxDecimalPrecision));
  }
  if (scale < 0 || scale > precision) {
    return absl::InvalidArgumentError(
        Concat(ToString(), ": scale ", scale, " is not 0..", precision, ", the precision"));
  }
  return absl::OkStatus();
}

std::string DecimalType::ToString() const { return Concat("DECIMAL(", precision, ",", scale, ")"); }

absl::StatusOr<int64_t> Decimal::ToInt64() const {
  const Int128 whole = format::ScaleDown(unscaled, scale);
  const int64_t result = static_cast<int64_t>(whole);
  if (result != whole) {
    return absl::InvalidArgumentError(
        Concat("decimal ", ToString(), " is out of range for BIGINT"));
  }
  return result;
}

DecimalType Decimal::Type() const {
  return {std::max(format::CountDigits(unscaled), std::max(scale, 1)), scale};
}

std::weak_ordering operator<=>(const Decimal& a, const Decimal& b) {
  return format::CompareUnscaled(a.unscaled, a.scale, b.unscaled, b.scale) <=> 0;
}

absl::StatusOr<Decimal> Rescale(Decimal value, DecimalType to) {
  if (absl::Status status = to.Check(); !status.ok()) return status;
  Int128 result = 0;
  if (!format::RescaleUnscaled(value.unscaled, value.scale, to.scale, &result) ||
      !format::FitsDigits(result, to.precision)) {
    return absl::InvalidArgumentError(Concat("decimal ", value.ToString(), " does not fit ",
                                             to.ToString(), ": at most ", to.IntegerDigits(),
                                             " digits before the point"));
  }
  return Decimal{result, to.scale};
}

DecimalType SumType(DecimalType a, DecimalType b) {
  return TypeWith(std::max(a.IntegerDigits(), b.IntegerDigits()) + 1, std::max(a.scale, b.scale));
}

DecimalType ProductType(DecimalType a, DecimalType b) {
  return Fit(a.IntegerDigits() + b.IntegerDigits(), a.scale + b.scale, std::max(a.scale, b.scale));
}

DecimalType QuotientType(DecimalType a, DecimalType b) {
  return Fit(a.IntegerDigits() + b.scale, kQuotientScale, std::max(a.scale, b.scale));
}

DecimalType RemainderType(DecimalType a, DecimalType b) {
  return TypeWith(std::min(a.IntegerDigits(), b.IntegerDigits()), std::max(a.scale, b.scale));
}

absl::StatusOr<Decimal> Add(Decimal a, Decimal b) {
  if (a.scale != b.scale) return AddWide(a, b, /*subtract=*/false);
  Int128 sum = 0;
  if (!format::AddUnscaled(a.unscaled, b.unscaled, &sum)) return Overflow(a, " + ", b, a.scale);
  return Decimal{sum, a.scale};
}

absl::StatusOr<Decimal> Sub(Decimal a, Decimal b) {
  if (a.scale != b.scale) return AddWide(a, b, /*subtract=*/true);
  Int128 difference = 0;
  if (!format::SubUnscaled(a.unscaled, b.unscaled, &difference)) {
    return Overflow(a, " - ", b, a.scale);
  }
  return Decimal{difference, a.scale};
}

absl::StatusOr<Decimal> Mul(Decimal a, Decimal b) {
  return Mul(a, b, ProductType(a.Type(), b.Type()).scale);
}

absl::StatusOr<Decimal> Mul(Decimal a, Decimal b, int scale) {
  const int lowest = std::max(a.scale, b.scale);
  const int highest = std::min(a.scale + b.scale, kMaxDecimalPrecision);
  if (scale < lowest || scale > highest) return ScaleRefused("product", scale, lowest, highest);
  Int128 product = 0;
  if (!format::MulUnscaled(a.unscaled, b.unscaled, a.scale + b.scale - scale, &product)) {
    return Overflow(a, " * ", b, scale);
  }
  return Decimal{product, scale};
}

absl::StatusOr<Decimal> Div(Decimal a, Decimal b) {
  return Div(a, b, QuotientType(a.Type(), b.Type()).scale);
}

absl::StatusOr<Decimal> Div(Decimal a, Decimal b, int scale) {
  const int lowest = std::max(a.scale, b.scale);
  if (scale < lowest || scale > kMaxDecimalPrecision) {
    return ScaleRefused("quotient", scale, lowest, kMaxDecimalPrecision);
  }
  if (b.unscaled == 0) return DivisionByZero(a, " / ");
  Int128 quotient = 0;
  if (!format::DivUnscaled(a.unscaled, b.unscaled, scale - a.scale + b.scale, &quotient)) {
    return Overflow(a, " / ", b, scale);
  }
  return Decimal{quotient, scale};
}

absl::StatusOr<Decimal> Mod(Decimal a, Decimal b) {
  if (b.unscaled == 0) return DivisionByZero(a, " % ");
  const int scale = std::max(a.scale, b.scale);
  const Int256 divisor = ScaledTo(b, scale);
  // A divisor beyond 128 bits has the larger scale brought up to it, so a was not scaled and is
  // smaller; what is left of a is a, at its own scale already.
  if (!divisor.FitsInt128()) return Decimal{a.unscaled, scale};
  return Decimal{Divide(ScaledTo(a, scale), divisor.ToInt128()).remainder, scale};
}

Decimal Negate(Decimal value) { return {-value.unscaled, value.scale}; }

Decimal Abs(Decimal value) { return value.unscaled < 0 ? Negate(value) : value; }

}  // namespace tape
