// A length of time as people say it: months, days and nanoseconds, kept apart because a month has
// no fixed number of days.
//
//   absl::StatusOr<Interval> step = Interval::Parse("1 month -2 days 01:30");
//   step->ToString();                    // "1 mon -2 days +01:30:00"
//   Add(*Timestamp::Parse("2025-01-31"), {.months = 1});    // 2025-02-28T00:00:00Z
//
// In expressions only; no column holds one. Each field has its own sign.
// Immutable value type; thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tape/timestamp.h"

namespace tape {

struct Interval {
  int32_t months = 0;
  int32_t days = 0;
  int64_t nanos = 0;

  // Any number of quantities with units, times of day, and at the end perhaps 'ago', which negates
  // all:
  //   "1 day", "5 minutes", "90s", "1h30m", "1 year 2 mons", "-1 day +02:00", "01:02:03.5", "3 days
  //   ago"
  // or ISO 8601: "P1Y2M3W4DT5H6M7.5S", where a number may have a sign of its own.
  //
  // Units, in any case, singular or plural:
  //   ns nsec nanosecond     us usec microsecond    ms msec millisecond
  //   s sec second           m min minute           h hr hour
  //   d day                  w week                 mo mon month          y yr year
  // m is a minute, mo a month; only after a P without a T is M a month.
  //
  // A time is HH:MM or HH:MM:SS, hours without limit. Fractions have up to nine digits; those of
  // days and weeks become hours, of 24 to the day; years and months are whole. Nothing is rounded:
  // what is finer than a nanosecond is an error, and so is a number without a unit.
  // kInvalidArgument, with the position.
  static absl::StatusOr<Interval> Parse(std::string_view text);

  // As PostgreSQL prints it: "1 year 2 mons 3 days 04:05:06.5", "-1 days +02:00:00", "00:00:00".
  // Parses back to the same three fields.
  std::string ToString() const;

  // Months and days and time one by one: "24:00:00" is not "1 day" here.
  friend constexpr bool operator==(const Interval&, const Interval&) = default;
};

// Months first (a day past the end of the month becomes its last: January 31 and a month is
// February 28 or 29), then days of 24 hours, then the rest. An error outside the range of
// timestamps.
absl::StatusOr<Timestamp> Add(Timestamp time, Interval interval);
absl::StatusOr<Timestamp> Sub(Timestamp time, Interval interval);

// The length in nanoseconds, days having 24 hours, for what needs one length, such as time buckets.
// An error if there are months or if it does not fit.
absl::StatusOr<int64_t> FixedNanos(Interval interval);

}  // namespace tape
