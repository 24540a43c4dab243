#include "engine/exec/functions/time_math.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "format/bytes/message.h"
#include "format/types/civil.h"
#include "format/types/text_cursor.h"
#include "format/types/text_error.h"
#include "format/types/time_text.h"
#include "tape/date.h"
#include "tape/number_text.h"

namespace tape::engine::exec {
namespace {

using format::Concat;
using format::kNanosPerDay;
using format::kNanosPerSecond;

constexpr int64_t kNanosPerMinute = 60 * kNanosPerSecond;
constexpr int64_t kNanosPerHour = 60 * kNanosPerMinute;

struct Civil {
  explicit Civil(Timestamp time) : day(time.Day().Civil()) {
    nanos = static_cast<int64_t>(Int128{time.nanos()} - Int128{time.Day().days()} * kNanosPerDay);
  }

  CivilDay day;
  int64_t nanos;
};

template <typename Integer>
bool Fits(Int128 value) {
  return value == static_cast<Integer>(value);
}

absl::Status OutOfRange(std::string_view what) {
  return absl::InvalidArgumentError(Concat("interval out of range: ", what));
}

Int128 FloorDivide(Int128 a, Int128 b) { return a / b - (a % b < 0 ? 1 : 0); }

absl::Status BadWidth(const Interval& width, std::string_view why) {
  return absl::InvalidArgumentError(Concat("bucket width ", width.ToString(), ": ", why));
}

absl::StatusOr<Timestamp> MonthBucket(int32_t width, Timestamp time, Timestamp origin) {
  const CivilDay day = time.Day().Civil();
  const CivilDay first = origin.Day().Civil();
  const int64_t months = (int64_t{day.year} - first.year) * 12 + day.month - first.month;
  const auto start = static_cast<int32_t>(FloorDivide(months, width) * width);
  const absl::StatusOr<Date> month = Date::FromCivil({first.year, first.month, 1});
  if (!month.ok()) return month.status();
  const absl::StatusOr<Timestamp> begin = Timestamp::AtMidnight(*month);
  if (!begin.ok()) return begin.status();
  return Add(*begin, {.months = start});
}

}  // namespace

Interval AgeBetween(Timestamp end, Timestamp begin) {
  const bool back = end < begin;
  const Civil late(back ? begin : end);
  const Civil early(back ? end : begin);
  int64_t nanos = late.nanos - early.nanos;
  int32_t days = late.day.day - early.day.day;
  int32_t months = (late.day.year - early.day.year) * 12 + late.day.month - early.day.month;
  if (nanos < 0) {
    nanos += kNanosPerDay;
    --days;
  }
  // The month that is broken up is the one that the earlier time is in.
  if (days < 0) {
    days += format::DaysInMonth(early.day.year, early.day.month);
    --months;
  }
  const int sign = back ? -1 : 1;
  return {.months = sign * months, .days = sign * days, .nanos = sign * nanos};
}

absl::StatusOr<Interval> Justified(const Interval& interval, bool days, bool hours) {
  constexpr int64_t kDaysOfMonth = 30;
  Int128 whole_months = interval.months;
  Int128 whole_days = interval.days;
  Int128 nanos = interval.nanos;
  if (hours) {
    whole_days += nanos / kNanosPerDay;
    nanos %= kNanosPerDay;
  }
  if (days) {
    whole_months += whole_days / kDaysOfMonth;
    whole_days %= kDaysOfMonth;
  }
  if (days && whole_months > 0 && (whole_days < 0 || (whole_days == 0 && nanos < 0 && hours))) {
    whole_days += kDaysOfMonth;
    --whole_months;
  } else if (days && whole_months < 0 &&
             (whole_days > 0 || (whole_days == 0 && nanos > 0 && hours))) {
    whole_days -= kDaysOfMonth;
    ++whole_months;
  }
  if (hours && whole_days > 0 && nanos < 0) {
    nanos += kNanosPerDay;
    --whole_days;
  } else if (hours && whole_days < 0 && nanos > 0) {
    nanos -= kNanosPerDay;
    ++whole_days;
  }
  if (!Fits<int32_t>(whole_months) || !Fits<int32_t>(whole_days)) {
    return OutOfRange(interval.ToString());
  }
  return Interval{static_cast<int32_t>(whole_months), static_cast<int32_t>(whole_days),
                  static_cast<int64_t>(nanos)};
}

Timestamp DefaultOrigin(const Interval& width) {
  constexpr int64_t kFirst = 10'957;  // 2000-01-01
  const int64_t day = width.months != 0 ? kFirst : kFirst + 2;
  return Timestamp::FromNanos(day * kNanosPerDay);
}

absl::StatusOr<Timestamp> BucketStart(const Interval& width, Timestamp time, Timestamp origin) {
  if (width.months != 0) {
    if (width.days != 0 || width.nanos != 0) {
      return BadWidth(width, "months cannot be mixed with days or time");
    }
    if (width.months < 0) return BadWidth(width, "must be above zero");
    return MonthBucket(width.months, time, origin);
  }
  const absl::StatusOr<int64_t> nanos = FixedNanos(width);
  if (!nanos.ok()) return nanos.status();
  if (*nanos <= 0) return BadWidth(width, "must be above zero");
  const Int128 since = Int128{time.nanos()} - origin.nanos();
  const Int128 start = FloorDivide(since, *nanos) * *nanos + origin.nanos();
  if (!Fits<int64_t>(start)) {
    return absl::InvalidArgumentError(
        Concat("the bucket of ", time.ToString(), " begins before the first timestamp"));
  }
  return Timestamp::FromNanos(static_cast<int64_t>(start));
}

absl::StatusOr<Interval> IntervalOf(const IntervalParts& parts) {
  const auto& [years, months, weeks, days, hours, minutes] = parts.whole;
  const Int128 all_months = Int128{years} * 12 + months;
  const Int128 all_days = Int128{weeks} * 7 + days;
  constexpr double kMostSeconds = 9.2e9;
  if (!(std::fabs(parts.seconds) <= kMostSeconds)) return OutOfRange("seconds");
  const Int128 nanos =
      Int128{hours} * kNanosPerHour + Int128{minutes} * kNanosPerMinute +
      static_cast<int64_t>(std::nearbyint(static_cast<long double>(parts.seconds) * 1e6L)) *
          Int128{1000};
  if (!Fits<int32_t>(all_months)) return OutOfRange("months");
  if (!Fits<int32_t>(all_days)) return OutOfRange("days");
  if (!Fits<int64_t>(nanos)) return OutOfRange("time");
  return Interval{static_cast<int32_t>(all_months), static_cast<int32_t>(all_days),
                  static_cast<int64_t>(nanos)};
}

absl::Status SetPart(std::string_view name, std::string_view number, IntervalParts& parts) {
  constexpr std::string_view kNames[] = {"years", "months", "weeks", "days", "hours", "mins"};
  if (name == "secs") {
    const absl::StatusOr<double> seconds = ParseDouble(number);
    if (!seconds.ok()) return seconds.status();
    parts.seconds = *seconds;
    return absl::OkStatus();
  }
  const auto* found = std::find(std::begin(kNames), std::end(kNames), name);
  if (found == std::end(kNames)) {
    return format::BadText("make_interval", name, "no part of an interval has this name");
  }
  const absl::StatusOr<int32_t> count = ParseInt32(number);
  if (!count.ok()) return count.status();
  parts.whole[static_cast<size_t>(found - kNames)] = *count;
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ZoneOffsetNanos(std::string_view zone) {
  std::string upper(zone);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  for (const std::string_view utc : {"UTC", "GMT", "Z", "ETC/UTC", "UCT", "ZULU"}) {
    if (upper == utc) return 0;
  }
  format::TextCursor cursor("time zone", zone);
  const bool west = cursor.Take('+');
  if (!west && !cursor.Take('-')) {
    return absl::UnimplementedError(Concat("time zone ", format::Quoted(zone),
                                           " is not there: UTC and offsets such as '+02:00' are"));
  }
  int32_t hours = 0;
  int32_t minutes = 0;
  if (absl::Status s = format::TakeTwoDigits(cursor, "hour", 15, &hours); !s.ok()) return s;
  if (cursor.Take(':') || cursor.AtDigit()) {
    if (absl::Status s = format::TakeTwoDigits(cursor, "minute", 59, &minutes); !s.ok()) return s;
  }
  if (!cursor.AtEnd()) return cursor.Unexpected("the end");
  const int64_t offset = hours * kNanosPerHour + minutes * kNanosPerMinute;
  return west ? -offset : offset;
}

}  // namespace tape::engine::exec
