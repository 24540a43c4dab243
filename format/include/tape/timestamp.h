// An instant, to the nanosecond, in UTC.
//
//   absl::StatusOr<Timestamp> t = Timestamp::Parse("2025-01-21 16:30:00.5+02:00");
//   t->ToString();          // "2025-01-21T14:30:00.500000000Z"
//   t->nanos();             // 1737469800500000000: what the column stores
//   t->Day().ToString();    // "2025-01-21"
//
// Nanoseconds since 1970-01-01T00:00:00Z in an int64, every value of which is an instant: from
// 1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z. There is no infinity and no
// zone is kept. Leap seconds do not exist, as in Unix time; see Parse.
//
// Immutable value type; thread-compatible.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tape/date.h"

namespace tape {

// Every timestamp prints in as many characters: "2025-01-21T14:30:00.123456789Z".
inline constexpr size_t kTimestampTextSize = 30;

class Timestamp {
 public:
  constexpr Timestamp() = default;  // 1970-01-01T00:00:00Z

  static constexpr Timestamp FromNanos(int64_t nanos) { return Timestamp(nanos); }
  static constexpr Timestamp Min() { return Timestamp(std::numeric_limits<int64_t>::min()); }
  static constexpr Timestamp Max() { return Timestamp(std::numeric_limits<int64_t>::max()); }

  // The first instant of a day, UTC; an error outside the range.
  static absl::StatusOr<Timestamp> AtMidnight(Date day);

  // ISO 8601: a date, or a date, 'T' (or 't', or one blank) and a time, which may be followed by an
  // offset:
  //   date    2025-01-21
  //   time    14:30   14:30:00   14:30:00.1 to 14:30:00.123456789
  //   offset  Z (or z)   +02   +02:00   +0200   (up to 15:59 either way)
  // Without an offset it is UTC. More than nine digits of a second are an error unless they are
  // zeros. Two readings are PostgreSQL's: 24:00:00 is midnight at the end of that day, and second
  // 60 is the first of the next minute (:60.5 half a second into it), so that a leap second is
  // accepted. kInvalidArgument, with the position of what is wrong.
  static absl::StatusOr<Timestamp> Parse(std::string_view text);

  constexpr int64_t nanos() const { return nanos_; }

  // The UTC day this instant is in, before 1970 too. Its week and month: Day().WeekStart(),
  // MonthStart().
  constexpr Date Day() const {
    constexpr int64_t kDay = 86'400'000'000'000;
    return Date::FromDays(static_cast<int32_t>(nanos_ / kDay - (nanos_ % kDay < 0 ? 1 : 0)));
  }

  // "2025-01-21T14:30:00.123456789Z": always UTC, always nine digits.
  std::string ToString() const;

  // ToString into the kTimestampTextSize characters at `out`; returns the end. No terminator.
  char* Print(char* out) const;

  friend constexpr auto operator<=>(const Timestamp&, const Timestamp&) = default;

 private:
  explicit constexpr Timestamp(int64_t nanos) : nanos_(nanos) {}

  int64_t nanos_ = 0;
};

}  // namespace tape
