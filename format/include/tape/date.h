// A day of the Gregorian calendar, without a time or a zone.
//
//   absl::StatusOr<Date> day = Date::Parse("2025-01-21");
//   day->days();                    // 20109: days since 1970-01-01, what the column stores
//   day->WeekStart().ToString();    // "2025-01-20": weeks begin on Monday
//   day->AddDays(11)->ToString();   // "2025-02-01"
//
// From 0001-01-01 to 9999-12-31: what text of the form YYYY-MM-DD can say, so that every date
// prints in ten characters and sorts as its text does. There is no year 0 and none before it, and
// no infinity.
//
// Immutable value type; thread-compatible.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tape {

struct CivilDay {
  int32_t year = 1970;
  int32_t month = 1;  // 1..12
  int32_t day = 1;    // 1..31

  friend constexpr bool operator==(const CivilDay&, const CivilDay&) = default;
};

// The most characters that Date::Print writes: ten for every valid date, more for days beyond them.
inline constexpr size_t kDateTextSizeMax = 14;

class Date {
 public:
  constexpr Date() = default;  // 1970-01-01

  // Days since 1970-01-01. Unchecked: valid dates are Min().days()..Max().days().
  static constexpr Date FromDays(int32_t days) { return Date(days); }
  static constexpr Date Min() { return Date(-719'162); }   // 0001-01-01
  static constexpr Date Max() { return Date(2'932'896); }  // 9999-12-31

  // An error, naming the part, if there is no such day.
  static absl::StatusOr<Date> FromCivil(const CivilDay& civil);

  // YYYY-MM-DD, nothing around it. kInvalidArgument, with the position of what is wrong.
  static absl::StatusOr<Date> Parse(std::string_view text);

  constexpr int32_t days() const { return days_; }
  CivilDay Civil() const;

  // The Monday on or before this day; the first of its month.
  Date WeekStart() const;
  Date MonthStart() const;

  // An error past either end.
  absl::StatusOr<Date> AddDays(int64_t days) const;

  // "2025-01-21". A day outside Min()..Max() prints too, with a sign or a longer year, and does not
  // parse.
  std::string ToString() const;

  // ToString into `out`, which has room for kDateTextSizeMax characters; returns the end. No
  // terminator.
  char* Print(char* out) const;

  friend constexpr auto operator<=>(const Date&, const Date&) = default;

 private:
  explicit constexpr Date(int32_t days) : days_(days) {}

  int32_t days_ = 0;
};

}  // namespace tape
