// Functions of dates, times and intervals.
#include <algorithm>
#include <cmath>
#include <string>

#include "engine/exec/casts/meeting.h"
#include "engine/exec/functions.h"
#include "engine/exec/functions/time_fields.h"
#include "engine/exec/functions/time_math.h"
#include "engine/exec/loops.h"
#include "engine/exec/operators/arithmetic.h"
#include "format/bytes/message.h"
#include "format/types/civil.h"
#include "format/types/text_error.h"
#include "format/types/unscaled.h"
#include "tape/date.h"
#include "tape/decimal.h"
#include "tape/interval.h"
#include "tape/timestamp.h"
#include "tape/uuid.h"

namespace tape::engine::exec {
namespace {

using format::Concat;
using format::kNanosPerSecond;

Timestamp TimeAt(const KernelCall& call, size_t argument, uint32_t row) {
  return Timestamp::FromNanos(call.arguments[argument].At<int64_t>(row));
}

absl::Status Store(const absl::StatusOr<Timestamp>& time, RowResult<int64_t>& out) {
  if (!time.ok()) return time.status();
  out.Set(time->nanos());
  return absl::OkStatus();
}

// ---- now

absl::StatusOr<Vector> Now(const KernelCall& call) {
  return Vector::Constant(Value::Of(call.type, call.evaluation.session().now.nanos()));
}

absl::StatusOr<Vector> Today(const KernelCall& call) {
  return Vector::Constant(Value::Of(call.type, call.evaluation.session().now.Day().days()));
}

absl::StatusOr<Vector> Clock(const KernelCall& call) {
  Host* host = call.evaluation.session().host;
  if (host == nullptr) return absl::FailedPreconditionError("there is no clock here");
  return Vector::Constant(Value::Of(call.type, host->RealTimeNs()));
}

absl::StatusOr<Vector> RandomUuid(const KernelCall& call) {
  Host* host = call.evaluation.session().host;
  if (host == nullptr) {
    return absl::FailedPreconditionError("gen_random_uuid() has no source of chance here");
  }
  Vector result = Vector::Make(call.type, call.rows.end());
  auto* out = result.Mutable<Int128>();
  call.rows.ForEach([&](uint32_t row) {
    std::array<uint8_t, Uuid::kSize> bytes{};
    host->FillRandom(std::as_writable_bytes(std::span(bytes)));
    out[row] = Uuid::FromRandom(bytes).ToOrdered();
  });
  return result;
}

// ---- fields

absl::StatusOr<TimeField> FieldAt(const KernelCall& call, uint32_t row) {
  const std::string_view name = call.arguments[0].At<std::string_view>(row);
  const std::optional<TimeField> field = FindTimeField(name);
  if (field) return *field;
  return format::BadText("time field", name, "not recognized");
}

// What the second argument is a moment of.
template <typename T>
std::optional<FieldValue> FieldValueOf(TimeField field, const T& element) {
  if constexpr (std::is_same_v<T, Interval>) {
    return FieldOf(field, element);
  } else if constexpr (std::is_same_v<T, int32_t>) {
    // Days may lie outside of timestamps; the epoch alone is computed from both.
    if (field == TimeField::kEpoch) return FieldValue{Int128{element} * format::kSecondsPerDay, 0};
    const int32_t least = Timestamp::Min().Day().days() + 1;
    const int32_t day = std::clamp(element, least, Timestamp::Max().Day().days() - 1);
    if (day != element) return std::nullopt;
    return FieldOf(field, *Timestamp::AtMidnight(Date::FromDays(day)));
  } else {
    return FieldOf(field, Timestamp::FromNanos(element));
  }
}

template <typename T>
absl::StatusOr<FieldValue> FieldOfRow(const KernelCall& call, uint32_t row) {
  const absl::StatusOr<TimeField> field = FieldAt(call, row);
  if (!field.ok()) return field.status();
  const std::optional<FieldValue> value = FieldValueOf<T>(*field, call.arguments[1].At<T>(row));
  if (value) return *value;
  return absl::InvalidArgumentError(Concat(call.name, "(", call.ArgumentsText(row),
                                           ") is not supported for type ",
                                           call.arguments[1].type().ToString()));
}

template <typename T>
absl::StatusOr<Vector> DatePart(const KernelCall& call) {
  return MapRows<double>(call, [&](uint32_t row, RowResult<double>& out) {
    const absl::StatusOr<FieldValue> value = FieldOfRow<T>(call, row);
    if (!value.ok()) return value.status();
    out.Set(Decimal{value->unscaled, value->scale}.ToDouble());
    return absl::OkStatus();
  });
}

template <typename T, typename R>
absl::StatusOr<Vector> ExtractAs(const KernelCall& call) {
  return MapRows<R>(call, [&](uint32_t row, RowResult<R>& out) {
    const absl::StatusOr<FieldValue> value = FieldOfRow<T>(call, row);
    if (!value.ok()) return value.status();
    Int128 unscaled = 0;
    if (!format::RescaleUnscaled(value->unscaled, value->scale, call.type.scale(), &unscaled)) {
      return OutOfRange(call.type, "", "", call.ArgumentsText(row));
    }
    out.Set(static_cast<R>(unscaled));
    return absl::OkStatus();
  });
}

template <typename T>
absl::StatusOr<Vector> ExtractField(const KernelCall& call) {
  const bool wide = ElementOf(call.type) == Element::kInt128;
  return wide ? ExtractAs<T, Int128>(call) : ExtractAs<T, int64_t>(call);
}

// As many digits as the field has, where it is a constant.
Type GivesField(Arguments arguments) {
  const Value* name = ConstantValue(*arguments[0]);
  const auto field =
      name == nullptr ? std::optional(TimeField::kEpoch) : FindTimeField(name->text());
  if (!field) return Type::Decimal(10, 0);
  const bool date = arguments[1]->type().kind() == TypeKind::kDate;
  const int scale = date && *field == TimeField::kEpoch && name != nullptr ? 0 : ScaleOf(*field);
  const bool epoch = *field == TimeField::kEpoch;
  return Type::Decimal(epoch ? 22 + scale : 11 + scale - (scale == 9 ? 3 : 0), scale);
}

absl::StatusOr<Vector> TruncateTime(const KernelCall& call) {
  return MapRows<int64_t>(call, [&](uint32_t row, RowResult<int64_t>& out) {
    const absl::StatusOr<TimeField> field = FieldAt(call, row);
    if (!field.ok()) return field.status();
    return Store(Truncated(*field, TimeAt(call, 1, row)), out);
  });
}

absl::StatusOr<Vector> TruncateInterval(const KernelCall& call) {
  return MapRows<Interval>(call, [&](uint32_t row, RowResult<Interval>& out) {
    const absl::StatusOr<TimeField> field = FieldAt(call, row);
    if (!field.ok()) return field.status();
    const auto cut = Truncated(*field, call.arguments[1].At<Interval>(row));
    if (!cut.ok()) return cut.status();
    out.Set(*cut);
    return absl::OkStatus();
  });
}

Type GivesSecond(Arguments arguments) { return arguments[1]->type(); }

// ---- lengths of time

absl::StatusOr<Vector> Age(const KernelCall& call) {
  return MapRows<Interval>(call, [&](uint32_t row, RowResult<Interval>& out) {
    out.Set(AgeBetween(TimeAt(call, 0, row), TimeAt(call, 1, row)));
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> AgeToday(const KernelCall& call) {
  const auto midnight = Timestamp::AtMidnight(call.evaluation.session().now.Day());
  if (!midnight.ok()) return midnight.status();
  return MapRows<Interval>(call, [&](uint32_t row, RowResult<Interval>& out) {
    out.Set(AgeBetween(*midnight, TimeAt(call, 0, row)));
    return absl::OkStatus();
  });
}

template <bool kDays, bool kHours>
absl::StatusOr<Vector> Justify(const KernelCall& call) {
  return MapRows<Interval>(call, [&](uint32_t row, RowResult<Interval>& out) {
    const absl::StatusOr<Interval> justified =
        Justified(call.arguments[0].At<Interval>(row), kDays, kHours);
    if (!justified.ok()) return justified.status();
    out.Set(*justified);
    return absl::OkStatus();
  });
}

// ---- making times

absl::StatusOr<Vector> EpochNanos(const KernelCall& call) {
  return call.arguments[0].As(call.type);
}

absl::StatusOr<Vector> FromEpoch(const KernelCall& call) {
  return MapRows<int64_t>(call, [&](uint32_t row, RowResult<int64_t>& out) {
    const double seconds = call.arguments[0].At<double>(row);
    // Whole seconds and the rest apart: a double has no room for nanoseconds beside seconds.
    const double whole = std::floor(seconds);
    constexpr double kMost = 9.2e9;
    if (!(std::fabs(whole) <= kMost)) {
      return OutOfRange(call.type, "", "to_timestamp ", TextOf(Type::Double(), seconds));
    }
    const auto micros = static_cast<int64_t>(std::nearbyint((seconds - whole) * 1e6));
    out.Set(static_cast<int64_t>(whole) * kNanosPerSecond + micros * 1000);
    return absl::OkStatus();
  });
}

template <typename T>
absl::StatusOr<Vector> FromExactEpoch(const KernelCall& call) {
  const int scale = call.arguments[0].type().scale();
  return MapRows<int64_t>(call, [&, scale](uint32_t row, RowResult<int64_t>& out) {
    Int128 nanos = 0;
    const T seconds = call.arguments[0].At<T>(row);
    const bool fits =
        format::RescaleUnscaled(seconds, scale, 9, &nanos) && nanos == static_cast<int64_t>(nanos);
    if (!fits) {
      return OutOfRange(call.type, "", "to_timestamp ", TextOf(call.arguments[0].type(), seconds));
    }
    out.Set(static_cast<int64_t>(nanos));
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> FromDecimalEpoch(const KernelCall& call) {
  const bool wide = ElementOf(call.arguments[0].type()) == Element::kInt128;
  return wide ? FromExactEpoch<Int128>(call) : FromExactEpoch<int64_t>(call);
}

CivilDay CivilAt(const KernelCall& call, uint32_t row) {
  return {call.arguments[0].At<int32_t>(row), call.arguments[1].At<int32_t>(row),
          call.arguments[2].At<int32_t>(row)};
}

absl::StatusOr<Vector> MakeDate(const KernelCall& call) {
  return MapRows<int32_t>(call, [&](uint32_t row, RowResult<int32_t>& out) {
    const absl::StatusOr<Date> date = Date::FromCivil(CivilAt(call, row));
    if (!date.ok()) return date.status();
    out.Set(date->days());
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> MakeTimestamp(const KernelCall& call) {
  return MapRows<int64_t>(call, [&](uint32_t row, RowResult<int64_t>& out) {
    const absl::StatusOr<Date> date = Date::FromCivil(CivilAt(call, row));
    if (!date.ok()) return date.status();
    const int32_t hour = call.arguments[3].At<int32_t>(row);
    const int32_t minute = call.arguments[4].At<int32_t>(row);
    const double second = call.arguments[5].At<double>(row);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || !(second >= 0 && second < 60)) {
      return absl::InvalidArgumentError(
          Concat("time field value out of range: ", call.ArgumentsText(row)));
    }
    const auto nanos = static_cast<int64_t>(std::nearbyint(second * 1e9));
    const absl::StatusOr<Timestamp> midnight = Timestamp::AtMidnight(*date);
    if (!midnight.ok()) return midnight.status();
    return Store(
        Add(*midnight, {.nanos = (hour * int64_t{60} + minute) * 60 * kNanosPerSecond + nanos}),
        out);
  });
}

// Years, months, weeks, days, hours, minutes, seconds; those at the end may be missing.
absl::StatusOr<Vector> MakeInterval(const KernelCall& call) {
  return MapRows<Interval>(call, [&](uint32_t row, RowResult<Interval>& out) {
    IntervalParts parts;
    for (size_t i = 0; i < std::min<size_t>(call.arguments.size(), 6); ++i) {
      parts.whole[i] = call.arguments[i].At<int32_t>(row);
    }
    if (call.arguments.size() == 7) parts.seconds = call.arguments[6].At<double>(row);
    const absl::StatusOr<Interval> made = IntervalOf(parts);
    if (!made.ok()) return made.status();
    out.Set(*made);
    return absl::OkStatus();
  });
}

// Pairs of a name and a number: make_interval(days => 3).
absl::StatusOr<Vector> MakeNamedInterval(const KernelCall& call) {
  return MapRows<Interval>(call, [&](uint32_t row, RowResult<Interval>& out) {
    IntervalParts parts;
    for (size_t i = 0; i + 1 < call.arguments.size(); i += 2) {
      const std::string name = call.arguments[i].ValueAt(row).ToText();
      const std::string text = call.arguments[i + 1].ValueAt(row).ToText();
      const absl::Status status = SetPart(name, text, parts);
      if (!status.ok()) return status;
    }
    const absl::StatusOr<Interval> made = IntervalOf(parts);
    if (!made.ok()) return made.status();
    out.Set(*made);
    return absl::OkStatus();
  });
}

// ---- buckets

template <size_t kInterval, size_t kTime>
absl::StatusOr<Vector> Bucket(const KernelCall& call) {
  const bool has_origin = call.arguments.size() > 2;
  return MapRows<int64_t>(call, [&](uint32_t row, RowResult<int64_t>& out) {
    const Interval width = call.arguments[kInterval].At<Interval>(row);
    const Timestamp origin = has_origin ? TimeAt(call, 2, row) : DefaultOrigin(width);
    return Store(BucketStart(width, TimeAt(call, kTime, row), origin), out);
  });
}

absl::StatusOr<Vector> DateBucket(const KernelCall& call) {
  return MapRows<int32_t>(call, [&](uint32_t row, RowResult<int32_t>& out) {
    const Interval width = call.arguments[0].At<Interval>(row);
    const auto time = Timestamp::AtMidnight(Date::FromDays(call.arguments[1].At<int32_t>(row)));
    if (!time.ok()) return time.status();
    const absl::StatusOr<Timestamp> start = BucketStart(width, *time, DefaultOrigin(width));
    if (!start.ok()) return start.status();
    out.Set(start->Day().days());
    return absl::OkStatus();
  });
}

// ---- zones

// To the time that clocks of the zone show, or from it.
template <bool kToZone>
absl::StatusOr<Vector> AtZone(const KernelCall& call) {
  return MapRows<int64_t>(call, [&](uint32_t row, RowResult<int64_t>& out) {
    const absl::StatusOr<int64_t> offset =
        ZoneOffsetNanos(call.arguments[0].At<std::string_view>(row));
    if (!offset.ok()) return offset.status();
    return Store(Add(TimeAt(call, 1, row), {.nanos = kToZone ? *offset : -*offset}), out);
  });
}

template <bool kToZone>
absl::StatusOr<Vector> AtOffset(const KernelCall& call) {
  return MapRows<int64_t>(call, [&](uint32_t row, RowResult<int64_t>& out) {
    const absl::StatusOr<int64_t> offset = FixedNanos(call.arguments[0].At<Interval>(row));
    if (!offset.ok()) return offset.status();
    return Store(Add(TimeAt(call, 1, row), {.nanos = kToZone ? *offset : -*offset}), out);
  });
}

absl::StatusOr<Vector> DateOf(const KernelCall& call) {
  return Map<int64_t, int32_t>(
      call, [](int64_t nanos) { return Timestamp::FromNanos(nanos).Day().days(); });
}

using enum Parameter;
constexpr auto kGivesDouble = Gives<TypeKind::kDouble>;
constexpr auto kGivesDate = Gives<TypeKind::kDate>;
constexpr auto kGivesTime = Gives<TypeKind::kTimestamp>;
constexpr auto kGivesTimeTz = Gives<TypeKind::kTimestampTz>;
constexpr auto kGivesInterval = Gives<TypeKind::kInterval>;
constexpr auto kGivesBigint = Gives<TypeKind::kBigint>;
constexpr auto kGivesUuid = Gives<TypeKind::kUuid>;

Function Stable(const char* name, Type (*result)(Arguments), Kernel kernel) {
  return {.name = name,
          .parameters = {},
          .result = result,
          .kernel = kernel,
          .volatility = Volatility::kStable};
}

void AddNow(std::vector<Function>& out) {
  for (const char* name :
       {"now", "current_timestamp", "transaction_timestamp", "statement_timestamp"}) {
    out.push_back(Stable(name, kGivesTimeTz, Now));
  }
  out.push_back(Stable("localtimestamp", kGivesTime, Now));
  out.push_back(Stable("current_date", kGivesDate, Today));
  out.push_back(Stable("clock_timestamp", kGivesTimeTz, Clock));
  out.back().volatility = Volatility::kVolatile;
  out.push_back(Stable("gen_random_uuid", kGivesUuid, RandomUuid));
  out.back().volatility = Volatility::kVolatile;
  for (const Parameter time : {kTimestampTz, kTimestamp}) {
    out.push_back({"age", {time}, kGivesInterval, AgeToday, true, Volatility::kStable});
  }
}

void AddFields(std::vector<Function>& out) {
  for (const Parameter time : {kTimestampTz, kTimestamp}) {
    out.push_back({"date_part", {kText, time}, kGivesDouble, DatePart<int64_t>});
    out.push_back({"extract", {kText, time}, GivesField, ExtractField<int64_t>});
    out.push_back({"date_trunc", {kText, time}, GivesSecond, TruncateTime});
    out.push_back({"age", {time, time}, kGivesInterval, Age});
    out.push_back({"epoch_ns", {time}, kGivesBigint, EpochNanos});
    out.push_back({"time_bucket", {kInterval, time}, GivesSecond, Bucket<0, 1>});
    out.push_back({"time_bucket", {kInterval, time, time}, GivesSecond, Bucket<0, 1>});
    out.push_back({"date_bin", {kInterval, time, time}, GivesSecond, Bucket<0, 1>});
    out.push_back({"date", {time}, kGivesDate, DateOf});
  }
  out.push_back({"date_part", {kText, kDate}, kGivesDouble, DatePart<int32_t>});
  out.push_back({"date_part", {kText, kInterval}, kGivesDouble, DatePart<Interval>});
  out.push_back({"extract", {kText, kDate}, GivesField, ExtractField<int32_t>});
  out.push_back({"extract", {kText, kInterval}, GivesField, ExtractField<Interval>});
  out.push_back({"date_trunc", {kText, kInterval}, GivesSecond, TruncateInterval});
  out.push_back({"time_bucket", {kInterval, kDate}, kGivesDate, DateBucket});
}

void AddMakers(std::vector<Function>& out) {
  out.push_back({"to_timestamp", {kDouble}, kGivesTimeTz, FromEpoch});
  out.push_back({"to_timestamp", {kDecimal}, kGivesTimeTz, FromDecimalEpoch});
  out.push_back({"make_date", {kInteger, kInteger, kInteger}, kGivesDate, MakeDate});
  out.push_back({"make_timestamp",
                 {kInteger, kInteger, kInteger, kInteger, kInteger, kDouble},
                 kGivesTime,
                 MakeTimestamp});
  std::vector<Parameter> parts;
  for (int i = 0; i < 6; ++i) {
    parts.push_back(kInteger);
    out.push_back({"make_interval", parts, kGivesInterval, MakeInterval});
  }
  parts.push_back(kDouble);
  out.push_back({"make_interval", parts, kGivesInterval, MakeInterval});
  out.push_back({.name = "make_interval =>",
                 .parameters = {kAny},
                 .result = kGivesInterval,
                 .kernel = MakeNamedInterval,
                 .variadic = true});
  out.push_back({"justify_hours", {kInterval}, kGivesInterval, Justify<false, true>});
  out.push_back({"justify_days", {kInterval}, kGivesInterval, Justify<true, false>});
  out.push_back({"justify_interval", {kInterval}, kGivesInterval, Justify<true, true>});
  out.push_back({"timezone", {kText, kTimestampTz}, kGivesTime, AtZone<true>});
  out.push_back({"timezone", {kText, kTimestamp}, kGivesTimeTz, AtZone<false>});
  out.push_back({"timezone", {kInterval, kTimestampTz}, kGivesTime, AtOffset<true>});
  out.push_back({"timezone", {kInterval, kTimestamp}, kGivesTimeTz, AtOffset<false>});
}

std::vector<Function> Make() {
  std::vector<Function> functions;
  AddNow(functions);
  AddFields(functions);
  AddMakers(functions);
  return functions;
}

}  // namespace

std::span<const Function> TimeFunctions() {
  static const std::vector<Function>& functions = *new std::vector<Function>(Make());
  return functions;
}

}  // namespace tape::engine::exec
