#include "engine/exec/functions/time_fields.h"

#include <algorithm>
#include <array>
#include <string>

#include "format/bytes/message.h"
#include "format/types/civil.h"
#include "format/types/text_error.h"
#include "tape/date.h"

namespace tape::engine::exec {
namespace {

using format::kNanosPerDay;
using format::kNanosPerSecond;

constexpr int64_t kNanosPerMinute = 60 * kNanosPerSecond;
constexpr int64_t kNanosPerHour = 60 * kNanosPerMinute;

struct FieldName {
  std::string_view name;
  TimeField field;
};

constexpr auto kNames = std::to_array<FieldName>({
    {"nanosecond", TimeField::kNanoseconds},
    {"ns", TimeField::kNanoseconds},
    {"microsecond", TimeField::kMicroseconds},
    {"us", TimeField::kMicroseconds},
    {"millisecond", TimeField::kMilliseconds},
    {"ms", TimeField::kMilliseconds},
    {"second", TimeField::kSecond},
    {"sec", TimeField::kSecond},
    {"s", TimeField::kSecond},
    {"minute", TimeField::kMinute},
    {"min", TimeField::kMinute},
    {"m", TimeField::kMinute},
    {"hour", TimeField::kHour},
    {"hr", TimeField::kHour},
    {"h", TimeField::kHour},
    {"day", TimeField::kDay},
    {"d", TimeField::kDay},
    {"week", TimeField::kWeek},
    {"w", TimeField::kWeek},
    {"month", TimeField::kMonth},
    {"mon", TimeField::kMonth},
    {"quarter", TimeField::kQuarter},
    {"qtr", TimeField::kQuarter},
    {"year", TimeField::kYear},
    {"y", TimeField::kYear},
    {"yr", TimeField::kYear},
    {"decade", TimeField::kDecade},
    {"dec", TimeField::kDecade},
    {"century", TimeField::kCentury},
    {"centurie", TimeField::kCentury},
    {"millennium", TimeField::kMillennium},
    {"dow", TimeField::kDayOfWeek},
    {"isodow", TimeField::kIsoDayOfWeek},
    {"doy", TimeField::kDayOfYear},
    {"isoyear", TimeField::kIsoYear},
    {"epoch", TimeField::kEpoch},
    {"julian", TimeField::kJulian},
    {"timezone", TimeField::kTimeZone},
});

// A time as its day and the nanoseconds since that began.
struct Moment {
  explicit Moment(Timestamp time) : day(time.Day()), civil(day.Civil()) {
    nanos = static_cast<int64_t>(Int128{time.nanos()} - Int128{day.days()} * kNanosPerDay);
  }

  Date day;
  CivilDay civil;
  int64_t nanos;
};

int32_t DayOfWeek(Date day) { return day.days() - day.WeekStart().days() + 1; }

// The Thursday of a day's week is in the year that the week belongs to.
Date Thursday(Date day) { return Date::FromDays(day.WeekStart().days() + 3); }

int64_t FirstDay(int32_t year) { return format::DaysFromCivil({year, 1, 1}); }

int64_t WeekOf(Date day) {
  const Date thursday = Thursday(day);
  return (thursday.days() - FirstDay(thursday.Civil().year)) / 7 + 1;
}

// Years from 1 count in groups that end with a full one: 2000 is in the 20th century.
int64_t Group(int32_t year, int32_t size) {
  return year > 0 ? (year + size - 1) / size : -((size - 1 - (year - 1)) / size);
}

FieldValue OfClock(TimeField field, int64_t nanos) {
  const Int128 second = nanos % kNanosPerMinute;
  switch (field) {
    case TimeField::kHour:
      return {nanos / kNanosPerHour, 0};
    case TimeField::kMinute:
      return {nanos / kNanosPerMinute % 60, 0};
    default:  // parts of a second: the same number at another scale
      return {second, ScaleOf(field)};
  }
}

FieldValue OfCalendar(TimeField field, const Moment& moment) {
  const CivilDay& civil = moment.civil;
  constexpr int64_t kJulianEpoch = 2'440'588;  // 1970-01-01
  switch (field) {
    case TimeField::kDay:
      return {civil.day, 0};
    case TimeField::kWeek:
      return {WeekOf(moment.day), 0};
    case TimeField::kMonth:
      return {civil.month, 0};
    case TimeField::kQuarter:
      return {(civil.month - 1) / 3 + 1, 0};
    case TimeField::kYear:
      return {civil.year, 0};
    case TimeField::kDecade:
      return {civil.year / 10, 0};
    case TimeField::kCentury:
      return {Group(civil.year, 100), 0};
    case TimeField::kMillennium:
      return {Group(civil.year, 1000), 0};
    case TimeField::kDayOfWeek:
      return {DayOfWeek(moment.day) % 7, 0};
    case TimeField::kIsoDayOfWeek:
      return {DayOfWeek(moment.day), 0};
    case TimeField::kDayOfYear:
      return {moment.day.days() - FirstDay(civil.year) + 1, 0};
    case TimeField::kIsoYear:
      return {Thursday(moment.day).Civil().year, 0};
    case TimeField::kJulian:
      return {moment.day.days() + kJulianEpoch, 0};
    default:  // the zone of a session is UTC
      return {0, 0};
  }
}

bool IsClock(TimeField field) { return field <= TimeField::kHour; }

// Months to which a month, counted from 0, is cut.
int32_t MonthsOf(TimeField field) {
  switch (field) {
    case TimeField::kMonth:
      return 1;
    case TimeField::kQuarter:
      return 3;
    case TimeField::kYear:
      return 12;
    case TimeField::kDecade:
      return 120;
    case TimeField::kCentury:
      return 1200;
    case TimeField::kMillennium:
      return 12'000;
    default:
      return 0;
  }
}

int64_t NanosOf(TimeField field) {
  constexpr int64_t kSizes[] = {
      1, 1'000, 1'000'000, kNanosPerSecond, kNanosPerMinute, kNanosPerHour};
  return kSizes[static_cast<size_t>(field)];
}

// The first day of a period of years or months; centuries begin with their year 1.
int64_t PeriodStart(TimeField field, const CivilDay& civil) {
  const int32_t months = MonthsOf(field);
  const int32_t shift = field >= TimeField::kCentury ? 12 : 0;
  int32_t month = civil.year * 12 + civil.month - 1 - shift;
  month -= ((month % months) + months) % months;
  month += shift;
  return format::DaysFromCivil({month / 12, month % 12 + 1, 1});
}

absl::Status CannotTruncate() {
  return absl::InvalidArgumentError("date_trunc cannot cut to this field");
}

}  // namespace

std::optional<TimeField> FindTimeField(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  const auto find = [](std::string_view text) -> std::optional<TimeField> {
    const auto found = std::find_if(kNames.begin(), kNames.end(),
                                    [&](const FieldName& each) { return each.name == text; });
    if (found == kNames.end()) return std::nullopt;
    return found->field;
  };
  if (const std::optional<TimeField> exact = find(lower)) return exact;
  if (lower == "millennia") return TimeField::kMillennium;
  if (lower.size() < 3 || lower.back() != 's') return std::nullopt;
  return find(std::string_view(lower).substr(0, lower.size() - 1));
}

int ScaleOf(TimeField field) {
  switch (field) {
    case TimeField::kMicroseconds:
      return 3;
    case TimeField::kMilliseconds:
      return 6;
    case TimeField::kSecond:
    case TimeField::kEpoch:
      return 9;
    default:
      return 0;
  }
}

FieldValue FieldOf(TimeField field, Timestamp time) {
  if (field == TimeField::kEpoch) return {time.nanos(), ScaleOf(field)};
  const Moment moment(time);
  return IsClock(field) ? OfClock(field, moment.nanos) : OfCalendar(field, moment);
}

std::optional<FieldValue> FieldOf(TimeField field, const Interval& interval) {
  if (IsClock(field)) return OfClock(field, interval.nanos);
  const int32_t years = interval.months / 12;
  switch (field) {
    case TimeField::kDay:
      return FieldValue{interval.days, 0};
    case TimeField::kMonth:
      return FieldValue{interval.months % 12, 0};
    case TimeField::kQuarter:
      return FieldValue{interval.months % 12 / 3 + 1, 0};
    case TimeField::kYear:
      return FieldValue{years, 0};
    case TimeField::kDecade:
      return FieldValue{years / 10, 0};
    case TimeField::kCentury:
      return FieldValue{years / 100, 0};
    case TimeField::kMillennium:
      return FieldValue{years / 1000, 0};
    case TimeField::kEpoch: {
      // A year has 365.25 days where it is asked for seconds.
      constexpr int64_t kYear = kNanosPerDay / 4 * 1461;
      const Int128 days = Int128{interval.months % 12} * 30 + interval.days;
      return FieldValue{Int128{years} * kYear + days * kNanosPerDay + interval.nanos,
                        ScaleOf(field)};
    }
    default:
      return std::nullopt;
  }
}

absl::StatusOr<Timestamp> Truncated(TimeField field, Timestamp time) {
  const Moment moment(time);
  Int128 days = moment.day.days();
  int64_t nanos = 0;
  if (IsClock(field)) {
    nanos = moment.nanos - moment.nanos % NanosOf(field);
  } else if (field == TimeField::kWeek) {
    days = moment.day.WeekStart().days();
  } else if (MonthsOf(field) != 0) {
    days = PeriodStart(field, moment.civil);
  } else if (field != TimeField::kDay) {
    return CannotTruncate();
  }
  const Int128 cut = days * kNanosPerDay + nanos;
  if (cut < Timestamp::Min().nanos()) {
    return absl::InvalidArgumentError(format::Concat("date_trunc of ", time.ToString(),
                                                     " is before ", Timestamp::Min().ToString()));
  }
  return Timestamp::FromNanos(static_cast<int64_t>(cut));
}

absl::StatusOr<Interval> Truncated(TimeField field, const Interval& interval) {
  Interval cut = interval;
  if (IsClock(field)) {
    cut.nanos -= cut.nanos % NanosOf(field);
    return cut;
  }
  cut.nanos = 0;
  if (field == TimeField::kDay) return cut;
  cut.days = 0;
  if (MonthsOf(field) == 0) return CannotTruncate();
  cut.months -= cut.months % MonthsOf(field);
  return cut;
}

}  // namespace tape::engine::exec
