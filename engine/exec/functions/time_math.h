// What functions of time compute, one value at a time.
//
//   AgeBetween(*Timestamp::Parse("2025-03-01"), *Timestamp::Parse("2024-01-31"));   // 1 year 1 mon
//   1 day BucketStart({.nanos = 300'000'000'000}, time, DefaultOrigin({}));
//
// Pure functions; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tape/interval.h"
#include "tape/timestamp.h"

namespace tape::engine::exec {

// From the second to the first in years, months, days and time, as PostgreSQL's age.
Interval AgeBetween(Timestamp end, Timestamp begin);

// Days of 24 hours taken out of the time, months of 30 days out of the days; what is left of all
// has one sign.
absl::StatusOr<Interval> Justified(const Interval& interval, bool days, bool hours);

// Where a bucket without an origin begins: a Monday, 2000-01-03; for widths in months 2000-01-01.
Timestamp DefaultOrigin(const Interval& width);

// The start of the bucket that a time is in. kInvalidArgument: a width that is not above zero, or
// has months beside days or time.
absl::StatusOr<Timestamp> BucketStart(const Interval& width, Timestamp time, Timestamp origin);

// What make_interval is given.
struct IntervalParts {
  std::array<int64_t, 6> whole{};  // years, months, weeks, days, hours, minutes
  double seconds = 0;
};

absl::StatusOr<Interval> IntervalOf(const IntervalParts& parts);
// By its name, "days", with the text of a number.
absl::Status SetPart(std::string_view name, std::string_view number, IntervalParts& parts);

// How far clocks of a zone are ahead of UTC: UTC, GMT, Z, and offsets, which count west of
// Greenwich as in PostgreSQL: '+02' is two hours behind. kUnimplemented: a zone with a name.
absl::StatusOr<int64_t> ZoneOffsetNanos(std::string_view zone);

}  // namespace tape::engine::exec
