// The proleptic Gregorian calendar as arithmetic: days since 1970-01-01 to year, month, day and
// back.
//
//   CivilFromDays(19744);                        // {2024, 1, 22}
//   DaysFromCivil({2024, 1, 22});                // 19744
//
// Both count a year from March, so that the leap day comes last and months follow 153 days to 5;
// both are free of branches and hold for every int32 day, far beyond every timestamp (106,752 days
// either way).
//
// Stateless; thread-safe.
#pragma once

#include <cstdint>

#include "tape/date.h"

namespace tape::format {

inline constexpr int64_t kSecondsPerDay = 86'400;
inline constexpr int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr int64_t kNanosPerDay = kSecondsPerDay * kNanosPerSecond;

namespace civil_internal {
inline constexpr uint64_t kDaysPerEra = 146'097;  // 400 years
// Eras added so that everything below is unsigned; multiples of 400 years change nothing else.
inline constexpr uint64_t kEras = 16'000;
// 0000-03-01 to 1970-01-01.
inline constexpr uint64_t kEpochDay = 719'468;
}  // namespace civil_internal

constexpr CivilDay CivilFromDays(int32_t days) {
  using civil_internal::kDaysPerEra;
  const uint64_t day = static_cast<uint64_t>(
      days + static_cast<int64_t>(civil_internal::kEpochDay + civil_internal::kEras * kDaysPerEra));
  const uint64_t century = (4 * day + 3) / kDaysPerEra;
  const uint64_t day_of_century = (4 * day + 3) % kDaysPerEra / 4;
  const uint64_t year_of_century = (4 * day_of_century + 3) / 1461;
  const uint64_t day_of_year = (4 * day_of_century + 3) % 1461 / 4;
  const uint64_t month = (5 * day_of_year + 2) / 153;  // 0 is March
  const uint64_t day_of_month = day_of_year - (153 * month + 2) / 5;
  const uint64_t next_year = month >= 10 ? 1 : 0;
  const int64_t year = static_cast<int64_t>(100 * century + year_of_century + next_year) -
                       static_cast<int64_t>(400 * civil_internal::kEras);
  return {static_cast<int32_t>(year), static_cast<int32_t>(month + 3 - 12 * next_year),
          static_cast<int32_t>(day_of_month + 1)};
}

// month 1..12; any day of month, one past the end being the next month's first; any year in
// +-6,000,000.
constexpr int64_t DaysFromCivil(const CivilDay& civil) {
  const uint64_t january = civil.month <= 2 ? 1 : 0;
  const uint64_t year = static_cast<uint64_t>(
      civil.year + static_cast<int64_t>(400 * civil_internal::kEras - january));
  const uint64_t month = static_cast<uint64_t>(civil.month) + 12 * january - 3;
  const uint64_t day = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5;
  return static_cast<int64_t>(day) + civil.day - 1 -
         static_cast<int64_t>(civil_internal::kEpochDay +
                              civil_internal::kEras * civil_internal::kDaysPerEra);
}

constexpr bool IsLeapYear(int32_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int32_t DaysInMonth(int32_t year, int32_t month) {
  if (month == 2) return IsLeapYear(year) ? 29 : 28;
  return 30 + ((month ^ (month >> 3)) & 1);  // long months are odd up to July and even from August
}

}  // namespace tape::format
