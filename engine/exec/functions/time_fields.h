// The fields of times and intervals: what EXTRACT gives and date_trunc keeps.
//
//   std::optional<TimeField> field = FindTimeField("Hours");     // kHour
//   FieldValue hour = FieldOf(*field, Timestamp::FromNanos(nanos));   // 14, scale 0
//
// Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "tape/int128.h"
#include "tape/interval.h"
#include "tape/timestamp.h"

namespace tape::engine::exec {

enum class TimeField : uint8_t {
  kNanoseconds,
  kMicroseconds,
  kMilliseconds,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear,
  kDecade,
  kCentury,
  kMillennium,
  kDayOfWeek,     // Sunday is 0
  kIsoDayOfWeek,  // Sunday is 7
  kDayOfYear,
  kIsoYear,
  kEpoch,
  kJulian,
  kTimeZone,
};

// In any case, singular or plural.
std::optional<TimeField> FindTimeField(std::string_view name);

// unscaled / 10^scale
struct FieldValue {
  Int128 unscaled = 0;
  int scale = 0;
};

// Digits after the point that a field has: nine of a second and of the epoch.
int ScaleOf(TimeField field);

FieldValue FieldOf(TimeField field, Timestamp time);
// Nothing where an interval has no such field.
std::optional<FieldValue> FieldOf(TimeField field, const Interval& interval);

// With all that is finer than the field zero. kInvalidArgument: not a field that can be cut to, or
// a result before the first timestamp.
absl::StatusOr<Timestamp> Truncated(TimeField field, Timestamp time);
absl::StatusOr<Interval> Truncated(TimeField field, const Interval& interval);

}  // namespace tape::engine::exec
