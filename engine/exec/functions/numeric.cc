// Functions of numbers.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <type_traits>

#include "engine/exec/casts/meeting.h"
#include "engine/exec/functions.h"
#include "engine/exec/loops.h"
#include "engine/exec/operators/arithmetic.h"
#include "format/bytes/message.h"
#include "format/types/unscaled.h"
#include "tape/decimal.h"

namespace tape::engine::exec {
namespace {

using format::Concat;
using format::PowerOfTen;

absl::Status NoResult(const KernelCall& call, uint32_t row) {
  return call.evaluation.Fail(
      row, absl::InvalidArgumentError(Concat(call.name, "(", call.ArgumentsText(row),
                                             ") has no value of type ", call.type.ToString())));
}

// ---- decimals: a step from one unscaled value to another, by the widths of both

template <typename From, typename To, typename Step>
absl::StatusOr<Vector> MapDecimal(const KernelCall& call, Step step) {
  return MapRows<To>(call, [&](uint32_t row, RowResult<To>& out) {
    Int128 result = 0;
    if (!step(row, Int128{call.arguments[0].At<From>(row)}, &result) ||
        !format::FitsDigits(result, call.type.precision())) {
      return NoResult(call, row);
    }
    out.Set(static_cast<To>(result));
    return absl::OkStatus();
  });
}

template <typename Step>
absl::StatusOr<Vector> MapDecimals(const KernelCall& call, Step step) {
  const bool from_wide = ElementOf(call.arguments[0].type()) == Element::kInt128;
  const bool to_wide = ElementOf(call.type) == Element::kInt128;
  if (from_wide) {
    return to_wide ? MapDecimal<Int128, Int128>(call, step)
                   : MapDecimal<Int128, int64_t>(call, step);
  }
  return to_wide ? MapDecimal<int64_t, Int128>(call, step)
                 : MapDecimal<int64_t, int64_t>(call, step);
}

enum class Towards : uint8_t { kNearest, kZero, kUp, kDown };

// value / 10^digits as a whole number.
Int128 Shortened(Int128 value, int digits, Towards towards) {
  if (digits > kMaxDecimalPrecision) digits = kMaxDecimalPrecision;
  const Int128 divisor = PowerOfTen(digits);
  if (towards == Towards::kNearest) return format::DivideHalfAway(value, divisor);
  const Int128 quotient = value / divisor;
  const Int128 rest = value - quotient * divisor;
  if (towards == Towards::kUp && rest > 0) return quotient + 1;
  if (towards == Towards::kDown && rest < 0) return quotient - 1;
  return quotient;
}

// From one scale to another, with at most `digits` digits after the point.
struct Cut {
  int from;
  int digits;
  int to;
};

bool Rounded(Int128 value, const Cut& cut, Towards towards, Int128* out) {
  const auto [from, digits, to] = cut;
  if (digits >= from) return format::RescaleUnscaled(value, from, to, out);
  if (from - digits > kMaxDecimalPrecision) {
    *out = 0;
    return true;
  }
  const Int128 shortened = Shortened(value, from - digits, towards);
  return format::ScaleUp(shortened, std::min(to - digits, kMaxDecimalPrecision), out);
}

template <Towards kTowards>
absl::StatusOr<Vector> ToWhole(const KernelCall& call) {
  const int scale = call.arguments[0].type().scale();
  return MapDecimals(call, [=](uint32_t, Int128 value, Int128* out) {
    return Rounded(value, {scale, 0, 0}, kTowards, out);
  });
}

template <Towards kTowards>
absl::StatusOr<Vector> ToDigits(const KernelCall& call) {
  const int from = call.arguments[0].type().scale();
  const int to = call.type.scale();
  return MapDecimals(call, [&, from, to](uint32_t row, Int128 value, Int128* out) {
    const int digits = std::clamp(call.arguments[1].At<int32_t>(row), -100, to);
    return Rounded(value, {from, digits, to}, kTowards, out);
  });
}

// One digit more before the point than there was: 99.5 becomes 100.
Type GivesWhole(Arguments arguments) {
  const DecimalType type = DecimalTypeOf(arguments[0]->type());
  return Type::Decimal(std::min(type.IntegerDigits() + 1, kMaxDecimalPrecision), 0);
}

// As many digits as the second argument says, where that is a constant; else as there are.
Type GivesDigits(Arguments arguments) {
  const DecimalType type = DecimalTypeOf(arguments[0]->type());
  const Value* digits = ConstantValue(*arguments[1]);
  const int wanted = digits == nullptr ? type.scale : digits->Get<int32_t>();
  const int before = std::min(type.IntegerDigits() + 1, kMaxDecimalPrecision);
  const int scale = std::clamp(wanted, 0, kMaxDecimalPrecision - before);
  return Type::Decimal(before + scale, scale);
}

absl::StatusOr<Vector> AbsDecimal(const KernelCall& call) {
  return MapDecimals(call, [](uint32_t, Int128 value, Int128* out) {
    *out = static_cast<Int128>(format::Magnitude(value));
    return true;
  });
}

absl::StatusOr<Vector> SignDecimal(const KernelCall& call) {
  return MapDecimals(call, [](uint32_t, Int128 value, Int128* out) {
    *out = value < 0 ? -1 : (value > 0 ? 1 : 0);
    return true;
  });
}

Type GivesOneDigit(Arguments /*arguments*/) { return Type::Decimal(1, 0); }

// The whole part of a / b.
absl::StatusOr<Vector> WholeQuotient(const KernelCall& call) {
  const Type& left = call.arguments[0].type();
  const Type& right = call.arguments[1].type();
  return MapDecimals(call, [&](uint32_t row, Int128 a, Int128* out) {
    const Int128 b = ElementOf(right) == Element::kInt128
                         ? call.arguments[1].At<Int128>(row)
                         : Int128{call.arguments[1].At<int64_t>(row)};
    if (b == 0) return false;
    const int up = std::max(right.scale() - left.scale(), 0);
    const int down = std::max(left.scale() - right.scale(), 0);
    const format::Int256 dividend = format::Int256::Product(a, PowerOfTen(up));
    const format::Int256 first = format::Divide(dividend, b).quotient;
    const format::Int256 quotient = format::Divide(first, PowerOfTen(down)).quotient;
    if (!quotient.FitsInt128()) return false;
    *out = quotient.ToInt128();
    return true;
  });
}

Type GivesQuotientDigits(Arguments arguments) {
  const DecimalType left = DecimalTypeOf(arguments[0]->type());
  const DecimalType right = DecimalTypeOf(arguments[1]->type());
  return Type::Decimal(std::clamp(left.IntegerDigits() + right.scale, 1, kMaxDecimalPrecision), 0);
}

absl::StatusOr<Vector> DivIntegers(const KernelCall& call) {
  return IntegerArithmetic(ArithmeticOperator::kDivide, call.type).kernel(call);
}

absl::StatusOr<Vector> ModIntegers(const KernelCall& call) {
  return IntegerArithmetic(ArithmeticOperator::kModulo, call.type).kernel(call);
}

Type GivesRemainder(Arguments arguments) {
  const DecimalType type =
      RemainderType(DecimalTypeOf(arguments[0]->type()), DecimalTypeOf(arguments[1]->type()));
  return ToType(type);
}

absl::StatusOr<Vector> ModDecimals(const KernelCall& call) {
  const int left = call.arguments[0].type().scale();
  const Type& right = call.arguments[1].type();
  return MapDecimals(call, [&, left](uint32_t row, Int128 a, Int128* out) {
    const Int128 b = ElementOf(right) == Element::kInt128
                         ? call.arguments[1].At<Int128>(row)
                         : Int128{call.arguments[1].At<int64_t>(row)};
    if (b == 0) return false;
    const absl::StatusOr<Decimal> rest = Mod({a, left}, {b, right.scale()});
    return rest.ok() &&
           format::RescaleUnscaled(rest->unscaled, rest->scale, call.type.scale(), out);
  });
}

// ---- integers

template <typename T>
absl::StatusOr<Vector> AbsInteger(const KernelCall& call) {
  return MapChecked<T, T>(
      call,
      [](T a, T* out) {
        *out = a;
        return a >= 0 || !__builtin_sub_overflow(T{0}, a, out);
      },
      [&](T a) { return OutOfRange(call.type, "", "abs ", TextOf(call.type, a)); });
}

absl::StatusOr<Vector> Gcd(const KernelCall& call) {
  return MapPairsChecked<int64_t, int64_t, int64_t>(
      call,
      [](int64_t a, int64_t b, int64_t* out) {
        auto x = static_cast<uint64_t>(a < 0 ? -Int128{a} : Int128{a});
        auto y = static_cast<uint64_t>(b < 0 ? -Int128{b} : Int128{b});
        const uint64_t gcd = std::gcd(x, y);
        *out = static_cast<int64_t>(gcd);
        return *out >= 0;
      },
      [&](int64_t a, int64_t b) {
        return OutOfRange(call.type, TextOf(call.type, a), "gcd", TextOf(call.type, b));
      });
}

// ---- floating point

template <typename T>
absl::StatusOr<Vector> AbsFloat(const KernelCall& call) {
  return Map<T, T>(call, [](T a) { return std::fabs(a); });
}

// `function` of a finite or infinite value; a NaN that was none before is an error, and so is an
// infinity.
using DoubleFunction = double (*)(double);
template <DoubleFunction kFunction>
absl::StatusOr<Vector> OfDouble(const KernelCall& call) {
  return MapChecked<double, double>(
      call,
      [](double a, double* out) {
        const double result = kFunction(a);
        *out = result;
        return std::isfinite(result) || !std::isfinite(a);
      },
      [&](double a) {
        return absl::InvalidArgumentError(
            Concat(call.name, "(", TextOf(call.type, a), ") is no number, or out of range"));
      });
}

double SignOf(double a) { return a > 0 ? 1 : (a < 0 ? -1 : 0); }
double Degrees(double a) { return a / std::numbers::pi * 180; }
double Radians(double a) { return a / 180 * std::numbers::pi; }
// Away from the functions of <cmath>, which have three overloads each.
double Ceil(double a) { return std::ceil(a); }
double Floor(double a) { return std::floor(a); }
double Nearest(double a) { return std::nearbyint(a); }
double Trunc(double a) { return std::trunc(a); }
double Sqrt(double a) { return std::sqrt(a); }
double Cbrt(double a) { return std::cbrt(a); }
double Exp(double a) { return std::exp(a); }
double Ln(double a) { return std::log(a); }
double Log10(double a) { return std::log10(a); }
double Sin(double a) { return std::sin(a); }
double Cos(double a) { return std::cos(a); }
double Tan(double a) { return std::tan(a); }
double Atan(double a) { return std::atan(a); }

template <double (*kFunction)(double, double)>
absl::StatusOr<Vector> OfDoubles(const KernelCall& call) {
  return MapPairsChecked<double, double, double>(
      call,
      [](double a, double b, double* out) {
        const double result = kFunction(a, b);
        *out = result;
        return std::isfinite(result) || !std::isfinite(a) || !std::isfinite(b);
      },
      [&](double a, double b) {
        return absl::InvalidArgumentError(Concat(call.name, "(", TextOf(call.type, a), ", ",
                                                 TextOf(call.type, b),
                                                 ") is no number, or out of range"));
      });
}

double Pow(double a, double b) { return std::pow(a, b); }
double LogOf(double base, double a) { return std::log(a) / std::log(base); }
double Atan2(double a, double b) { return std::atan2(a, b); }

absl::StatusOr<Vector> Pi(const KernelCall& /*call*/) {
  return Vector::Constant(Value::Of(Type::Double(), std::numbers::pi));
}

absl::StatusOr<Vector> Random(const KernelCall& call) {
  Host* host = call.evaluation.session().host;
  if (host == nullptr)
    return absl::FailedPreconditionError("random() has no source of chance here");
  Vector result = Vector::Make(call.type, call.rows.end());
  double* out = result.Mutable<double>();
  call.rows.ForEach([&](uint32_t row) {
    uint64_t bits = 0;
    host->FillRandom(std::as_writable_bytes(std::span(&bits, 1)));
    out[row] = static_cast<double>(bits >> 11) * 0x1p-53;
  });
  return result;
}

using enum Parameter;
constexpr TypeKind kDoubleKind = TypeKind::kDouble;

std::vector<Function> Make() {
  return {
      {"abs", {kSmallint}, GivesFirst, AbsInteger<int16_t>},
      {"abs", {kInteger}, GivesFirst, AbsInteger<int32_t>},
      {"abs", {kBigint}, GivesFirst, AbsInteger<int64_t>},
      {"abs", {kDecimal}, GivesFirst, AbsDecimal},
      {"abs", {kReal}, GivesFirst, AbsFloat<float>},
      {"abs", {kDouble}, GivesFirst, AbsFloat<double>},
      {"sign", {kDecimal}, GivesOneDigit, SignDecimal},
      {"sign", {kDouble}, GivesFirst, OfDouble<SignOf>},
      {"ceil", {kDecimal}, GivesWhole, ToWhole<Towards::kUp>},
      {"ceil", {kDouble}, GivesFirst, OfDouble<Ceil>},
      {"ceiling", {kDecimal}, GivesWhole, ToWhole<Towards::kUp>},
      {"ceiling", {kDouble}, GivesFirst, OfDouble<Ceil>},
      {"floor", {kDecimal}, GivesWhole, ToWhole<Towards::kDown>},
      {"floor", {kDouble}, GivesFirst, OfDouble<Floor>},
      {"round", {kDecimal}, GivesWhole, ToWhole<Towards::kNearest>},
      {"round", {kDouble}, GivesFirst, OfDouble<Nearest>},
      {"round", {kDecimal, kInteger}, GivesDigits, ToDigits<Towards::kNearest>},
      {"trunc", {kDecimal}, GivesWhole, ToWhole<Towards::kZero>},
      {"trunc", {kDouble}, GivesFirst, OfDouble<Trunc>},
      {"trunc", {kDecimal, kInteger}, GivesDigits, ToDigits<Towards::kZero>},
      {"div", {kBigint, kBigint}, GivesFirst, DivIntegers},
      {"div", {kDecimal, kDecimal}, GivesQuotientDigits, WholeQuotient},
      {"mod", {kSmallint, kSmallint}, GivesFirst, ModIntegers},
      {"mod", {kInteger, kInteger}, GivesFirst, ModIntegers},
      {"mod", {kBigint, kBigint}, GivesFirst, ModIntegers},
      {"mod", {kDecimal, kDecimal}, GivesRemainder, ModDecimals},
      {"gcd", {kBigint, kBigint}, GivesFirst, Gcd},
      {"power", {kDouble, kDouble}, GivesFirst, OfDoubles<Pow>},
      {"pow", {kDouble, kDouble}, GivesFirst, OfDoubles<Pow>},
      {"sqrt", {kDouble}, GivesFirst, OfDouble<Sqrt>},
      {"cbrt", {kDouble}, GivesFirst, OfDouble<Cbrt>},
      {"exp", {kDouble}, GivesFirst, OfDouble<Exp>},
      {"ln", {kDouble}, GivesFirst, OfDouble<Ln>},
      {"log", {kDouble}, GivesFirst, OfDouble<Log10>},
      {"log10", {kDouble}, GivesFirst, OfDouble<Log10>},
      {"log", {kDouble, kDouble}, GivesFirst, OfDoubles<LogOf>},
      {"sin", {kDouble}, GivesFirst, OfDouble<Sin>},
      {"cos", {kDouble}, GivesFirst, OfDouble<Cos>},
      {"tan", {kDouble}, GivesFirst, OfDouble<Tan>},
      {"atan", {kDouble}, GivesFirst, OfDouble<Atan>},
      {"atan2", {kDouble, kDouble}, GivesFirst, OfDoubles<Atan2>},
      {"degrees", {kDouble}, GivesFirst, OfDouble<Degrees>},
      {"radians", {kDouble}, GivesFirst, OfDouble<Radians>},
      {"pi", {}, Gives<kDoubleKind>, Pi},
      {.name = "random",
       .parameters = {},
       .result = Gives<kDoubleKind>,
       .kernel = Random,
       .volatility = Volatility::kVolatile},
  };
}

}  // namespace

std::span<const Function> NumericFunctions() {
  static const std::vector<Function>& functions = *new std::vector<Function>(Make());
  return functions;
}

}  // namespace tape::engine::exec
