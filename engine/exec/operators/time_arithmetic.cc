#include "engine/exec/operators/time_arithmetic.h"

#include <cmath>
#include <limits>

#include "absl/status/statusor.h"
#include "engine/exec/casts/casts.h"
#include "engine/exec/loops.h"
#include "engine/exec/operators/arithmetic.h"
#include "format/types/civil.h"
#include "tape/date.h"
#include "tape/interval.h"
#include "tape/timestamp.h"

namespace tape::engine::exec {
namespace {

using format::kNanosPerDay;

absl::StatusOr<Vector> ShiftDate(const KernelCall& call, int sign) {
  return MapRows<int32_t>(call, [&](uint32_t row, RowResult<int32_t>& out) {
    const int64_t days = call.arguments[1].At<int32_t>(row);
    const absl::StatusOr<Date> date =
        Date::FromDays(call.arguments[0].At<int32_t>(row)).AddDays(days * sign);
    if (!date.ok()) return date.status();
    out.Set(date->days());
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> AddDays(const KernelCall& call) { return ShiftDate(call, 1); }
absl::StatusOr<Vector> SubtractDays(const KernelCall& call) { return ShiftDate(call, -1); }

// Dates are within 10,000 years.
absl::StatusOr<Vector> DaysBetween(const KernelCall& call) {
  return MapPairs<int32_t, int32_t, int32_t>(call, [](int32_t a, int32_t b) {
    return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
  });
}

absl::StatusOr<Vector> ShiftTime(const KernelCall& call, bool back) {
  return MapRows<int64_t>(call, [&](uint32_t row, RowResult<int64_t>& out) {
    const Timestamp time = Timestamp::FromNanos(call.arguments[0].At<int64_t>(row));
    const Interval interval = call.arguments[1].At<Interval>(row);
    const absl::StatusOr<Timestamp> shifted = back ? Sub(time, interval) : Add(time, interval);
    if (!shifted.ok()) return shifted.status();
    out.Set(shifted->nanos());
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> AddInterval(const KernelCall& call) { return ShiftTime(call, false); }
absl::StatusOr<Vector> SubtractInterval(const KernelCall& call) { return ShiftTime(call, true); }

absl::StatusOr<Vector> TimeBetween(const KernelCall& call) {
  return MapPairs<int64_t, int64_t, Interval>(call, [](int64_t a, int64_t b) {
    const Int128 nanos = Int128{a} - b;
    return Interval{.days = static_cast<int32_t>(nanos / kNanosPerDay),
                    .nanos = static_cast<int64_t>(nanos % kNanosPerDay)};
  });
}

template <bool kSubtract>
absl::StatusOr<Vector> CombineIntervals(const KernelCall& call) {
  const auto combine = [](auto a, auto b, auto* out) {
    return kSubtract ? !__builtin_sub_overflow(a, b, out) : !__builtin_add_overflow(a, b, out);
  };
  return MapPairsChecked<Interval, Interval, Interval>(
      call,
      [&](const Interval& a, const Interval& b, Interval* out) {
        const bool months = combine(a.months, b.months, &out->months);
        const bool days = combine(a.days, b.days, &out->days);
        const bool nanos = combine(a.nanos, b.nanos, &out->nanos);
        return months & days & nanos;
      },
      [&](const Interval& a, const Interval& b) {
        return OutOfRange(call.type, a.ToString(), call.name, b.ToString());
      });
}

// ---- an interval times a number

template <typename Integer>
bool Whole(long double value, Integer* out) {
  constexpr long double kEnd = -static_cast<long double>(std::numeric_limits<Integer>::min());
  const bool fits = value >= -kEnd && value < kEnd;
  *out = fits ? static_cast<Integer>(value) : 0;
  return fits;
}

// Microdays and the like that are noise of the multiplication are none.
long double Cleaned(long double value) { return std::nearbyint(value * 1e6L) / 1e6L; }

// `times` multiplies or divides a number.
template <typename Times>
bool Scale(const Interval& a, Times times, Interval* out) {
  constexpr long double kDay = 86'400.0L;
  const long double months = times(a.months);
  const long double days = times(a.days);
  int32_t more_days = 0;
  if (!Whole(months, &out->months) || !Whole(days, &out->days)) return false;
  const long double month_days = Cleaned((months - out->months) * 30);
  if (!Whole(month_days, &more_days)) return false;
  long double seconds = Cleaned((days - out->days + month_days - more_days) * kDay);
  if (std::fabs(seconds) >= kDay) {
    const auto whole = static_cast<int32_t>(seconds / kDay);
    more_days += whole;
    seconds -= whole * kDay;
  }
  if (__builtin_add_overflow(out->days, more_days, &out->days)) return false;
  return Whole(std::nearbyint(times(static_cast<long double>(a.nanos)) + seconds * 1e9L),
               &out->nanos);
}

absl::Status BadScale(const KernelCall& call, const Interval& a, double factor) {
  const std::string left = a.ToString();
  const std::string right = TextOf(Type::Double(), factor);
  if (call.name == "/" && factor == 0) return DivisionByZero(left, call.name, right);
  return OutOfRange(call.type, left, call.name, right);
}

absl::StatusOr<Vector> MultiplyInterval(const KernelCall& call) {
  return MapPairsChecked<Interval, double, Interval>(
      call,
      [](const Interval& a, double factor, Interval* out) {
        const auto times = [=](long double field) { return field * factor; };
        return std::isfinite(factor) && Scale(a, times, out);
      },
      [&](const Interval& a, double factor) { return BadScale(call, a, factor); });
}

absl::StatusOr<Vector> DivideInterval(const KernelCall& call) {
  return MapPairsChecked<Interval, double, Interval>(
      call,
      [](const Interval& a, double divisor, Interval* out) {
        const auto times = [=](long double field) { return field / divisor; };
        return divisor != 0 && std::isfinite(divisor) && Scale(a, times, out);
      },
      [&](const Interval& a, double divisor) { return BadScale(call, a, divisor); });
}

absl::StatusOr<Vector> NegateInterval(const KernelCall& call) {
  return MapChecked<Interval, Interval>(
      call,
      [](const Interval& a, Interval* out) {
        const bool months_lost = __builtin_sub_overflow(0, a.months, &out->months);
        const bool days_lost = __builtin_sub_overflow(0, a.days, &out->days);
        const bool nanos_lost = __builtin_sub_overflow(int64_t{0}, a.nanos, &out->nanos);
        return !(months_lost | days_lost | nanos_lost);
      },
      [&](const Interval& a) { return OutOfRange(call.type, "", "-", a.ToString()); });
}

// ---- choosing

TemporalOperator Found(ArithmeticOperator op, Kernel kernel, Type left, Type right, Type result) {
  return {.traits = {.name = Spelling(op).data(), .kernel = kernel},
          .left = left,
          .right = right,
          .result = result};
}

bool IsTime(const Type& type) { return type.IsTimestamp() || type.kind() == TypeKind::kDate; }
bool IsInterval(const Type& type) { return type.kind() == TypeKind::kInterval; }
bool IsDays(const Type& type) { return IsInteger(type) && ElementOf(type) != Element::kInt64; }

// A date takes part in a time's arithmetic as its midnight.
Type AsTime(const Type& type) { return type.IsTimestamp() ? type : Type::Timestamp(); }

TemporalOperator AddOrSubtract(ArithmeticOperator op, const Type& left, const Type& right) {
  const bool add = op == ArithmeticOperator::kAdd;
  if (left.kind() == TypeKind::kDate && IsDays(right)) {
    return Found(op, add ? AddDays : SubtractDays, left, Type::Integer(), left);
  }
  if (IsTime(left) && IsInterval(right)) {
    const Type time = AsTime(left);
    return Found(op, add ? AddInterval : SubtractInterval, time, right, time);
  }
  if (IsInterval(left) && IsInterval(right)) {
    return Found(op, add ? CombineIntervals<false> : CombineIntervals<true>, left, right, left);
  }
  if (add || !IsTime(left) || !IsTime(right)) return {};
  if (left.kind() == TypeKind::kDate && right.kind() == TypeKind::kDate) {
    return Found(op, DaysBetween, left, right, Type::Integer());
  }
  return Found(op, TimeBetween, AsTime(left), AsTime(right), Type::Interval());
}

}  // namespace

TemporalOperator TimeArithmetic(ArithmeticOperator op, const Type& left, const Type& right) {
  const Type number = Type::Double();
  if (op == ArithmeticOperator::kAdd || op == ArithmeticOperator::kSubtract) {
    TemporalOperator found = AddOrSubtract(op, left, right);
    if (found.traits.kernel != nullptr || op == ArithmeticOperator::kSubtract) return found;
    found = AddOrSubtract(op, right, left);
    found.swapped = true;
    return found;
  }
  if (op == ArithmeticOperator::kMultiply && IsInterval(left) && IsNumber(right)) {
    return Found(op, MultiplyInterval, left, number, left);
  }
  if (op == ArithmeticOperator::kMultiply && IsNumber(left) && IsInterval(right)) {
    TemporalOperator found = Found(op, MultiplyInterval, right, number, right);
    found.swapped = true;
    return found;
  }
  if (op == ArithmeticOperator::kDivide && IsInterval(left) && IsNumber(right)) {
    return Found(op, DivideInterval, left, number, left);
  }
  return {};
}

KernelTraits IntervalNegation() { return {.name = "-", .kernel = NegateInterval}; }

}  // namespace tape::engine::exec
