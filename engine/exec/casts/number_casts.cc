// Among integers, decimals, floating point and BOOLEAN.
#include <cmath>
#include <limits>
#include <type_traits>

#include "absl/status/statusor.h"
#include "engine/exec/casts/casts.h"
#include "engine/exec/loops.h"
#include "engine/exec/operators/arithmetic.h"
#include "format/bytes/message.h"
#include "format/types/unscaled.h"
#include "tape/decimal.h"
#include "tape/number_text.h"

namespace tape::engine::exec {
namespace {

using format::Concat;

template <typename From>
absl::Status Complaint(const KernelCall& call, const From& value) {
  const Type& from = call.arguments[0].type();
  return absl::InvalidArgumentError(Concat(
      call.type.ToString(), " out of range: ", TextOf(from, value), " (", from.ToString(), ")"));
}

template <typename From, typename To, typename Function>
absl::StatusOr<Vector> Run(const KernelCall& call, Function function) {
  return MapChecked<From, To>(call, function,
                              [&](const From& value) { return Complaint(call, value); });
}

// ---- among integers and floating point

template <typename From, typename To>
absl::StatusOr<Vector> IntegerToInteger(const KernelCall& call) {
  return Run<From, To>(call, [](From value, To* out) {
    *out = static_cast<To>(value);
    return static_cast<From>(*out) == value;
  });
}

template <typename From, typename To>
absl::StatusOr<Vector> ToFloat(const KernelCall& call) {
  return Run<From, To>(call, [](From value, To* out) {
    const To result = static_cast<To>(value);
    *out = result;
    if constexpr (!std::is_floating_point_v<From>) return true;
    const bool is_infinite = std::isinf(result);
    const bool was_finite = std::isfinite(static_cast<double>(value));
    return !((is_infinite & was_finite) | ((result == 0) & (value != 0)));
  });
}

template <typename From, typename To>
absl::StatusOr<Vector> FloatToInteger(const KernelCall& call) {
  return Run<From, To>(call, [](From value, To* out) {
    // Both ends are powers of two and exact; NaN is within neither.
    constexpr double kEnd = -static_cast<double>(std::numeric_limits<To>::min());
    const double rounded = std::nearbyint(static_cast<double>(value));
    const bool fits = (rounded >= -kEnd) & (rounded < kEnd);
    *out = static_cast<To>(fits ? rounded : 0.0);
    return fits;
  });
}

// ---- decimals

template <typename To>
bool StoreDecimal(Int128 value, int precision, To* out) {
  *out = static_cast<To>(value);
  return format::FitsDigits(value, precision);
}

// From an integer, scale 0, or a decimal.
template <typename From, typename To>
absl::StatusOr<Vector> ToDecimal(const KernelCall& call) {
  const int from = call.arguments[0].type().scale();
  const int to = call.type.scale();
  const int precision = call.type.precision();
  return Run<From, To>(call, [=](From value, To* out) {
    Int128 result = 0;
    return format::RescaleUnscaled(value, from, to, &result) &&
           StoreDecimal(result, precision, out);
  });
}

template <typename From, typename To>
absl::StatusOr<Vector> DecimalToInteger(const KernelCall& call) {
  const int scale = call.arguments[0].type().scale();
  return Run<From, To>(call, [=](From value, To* out) {
    const Int128 whole = format::ScaleDown(value, scale);
    *out = static_cast<To>(whole);
    return *out == whole;
  });
}

template <typename From, typename To>
absl::StatusOr<Vector> DecimalToFloat(const KernelCall& call) {
  const int scale = call.arguments[0].type().scale();
  return Run<From, To>(call, [=](From value, To* out) {
    const double wide = Decimal{value, scale}.ToDouble();
    *out = static_cast<To>(wide);
    return !std::isinf(*out);
  });
}

template <typename From, typename To>
absl::StatusOr<Vector> FloatToDecimal(const KernelCall& call) {
  const DecimalType type{call.type.precision(), call.type.scale()};
  return MapRows<To>(call, [&](uint32_t row, RowResult<To>& out) {
    const From value = call.arguments[0].At<From>(row);
    // A float's own digits: 0.1 is 0.1 and not what a double makes of it.
    absl::StatusOr<Decimal> decimal =
        std::is_same_v<From, float> && std::isfinite(value)
            ? Decimal::Parse(tape::ToText(value), type, Rounding::kHalfAwayFromZero)
            : Decimal::FromDouble(static_cast<double>(value), type);
    if (!decimal.ok()) return decimal.status();
    out.Set(static_cast<To>(decimal->unscaled));
    return absl::OkStatus();
  });
}

// ---- choosing

template <typename From, typename To>
Kernel NumberKernel(bool from_decimal, bool to_decimal) {
  constexpr bool kFromFloat = std::is_floating_point_v<From>;
  constexpr bool kToFloat = std::is_floating_point_v<To>;
  if constexpr (kFromFloat && kToFloat) {
    return ToFloat<From, To>;
  } else if constexpr (kFromFloat) {
    if (to_decimal) return FloatToDecimal<From, To>;
    if constexpr (!std::is_same_v<To, Int128>) return FloatToInteger<From, To>;
  } else if constexpr (kToFloat) {
    if (from_decimal) return DecimalToFloat<From, To>;
    return ToFloat<From, To>;
  } else {
    if (to_decimal) return ToDecimal<From, To>;
    if (from_decimal) return DecimalToInteger<From, To>;
    return IntegerToInteger<From, To>;
  }
  return nullptr;
}

template <typename Function>
Kernel WithNumber(Element element, Function&& function) {
  switch (element) {
    case Element::kInt16:
      return function.template operator()<int16_t>();
    case Element::kInt32:
      return function.template operator()<int32_t>();
    case Element::kInt64:
      return function.template operator()<int64_t>();
    case Element::kInt128:
      return function.template operator()<Int128>();
    case Element::kFloat:
      return function.template operator()<float>();
    case Element::kDouble:
      return function.template operator()<double>();
    default:
      return nullptr;
  }
}

absl::StatusOr<Vector> BooleanToInteger(const KernelCall& call) {
  return Map<uint8_t, int32_t>(call, [](uint8_t value) { return int32_t{value}; });
}

absl::StatusOr<Vector> IntegerToBoolean(const KernelCall& call) {
  return Map<int32_t, uint8_t>(call, [](int32_t value) { return uint8_t{value != 0}; });
}

}  // namespace

bool IsInteger(const Type& type) {
  const TypeKind kind = type.kind();
  return type.IsSerial() || (kind >= TypeKind::kSmallint && kind <= TypeKind::kBigint);
}

bool IsNumber(const Type& type) {
  const TypeKind kind = type.kind();
  return type.IsSerial() || (kind >= TypeKind::kSmallint && kind <= TypeKind::kDecimal);
}

KernelTraits NumberCast(const Type& from, const Type& to) {
  const bool from_boolean = from.kind() == TypeKind::kBoolean;
  const bool to_boolean = to.kind() == TypeKind::kBoolean;
  if (from_boolean && ElementOf(to) == Element::kInt32 && IsInteger(to)) {
    return {.name = "cast", .kernel = BooleanToInteger};
  }
  if (to_boolean && ElementOf(from) == Element::kInt32 && IsInteger(from)) {
    return {.name = "cast", .kernel = IntegerToBoolean};
  }
  if (!IsNumber(from) || !IsNumber(to)) return {};
  const bool from_decimal = from.kind() == TypeKind::kDecimal;
  const bool to_decimal = to.kind() == TypeKind::kDecimal;
  const Kernel kernel = WithNumber(ElementOf(from), [&]<typename From>() {
    return WithNumber(ElementOf(to), [&]<typename To>() {
      return NumberKernel<From, To>(from_decimal, to_decimal);
    });
  });
  return {.name = "cast", .kernel = kernel};
}

}  // namespace tape::engine::exec
