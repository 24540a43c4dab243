// The UTC day around a time, as a range of times: for dealing rows to their days without a division
// for each.
//
//   const DaySpan day = DaySpan::Around(times[0]);
//   size_t end = 0;
//   while (end < times.size() && day.Contains(times[end])) ++end;
//
// Weeks and months are made of whole days. Value type.
#pragma once

#include <cstdint>
#include <limits>

namespace tape::engine {

struct DaySpan {
  // The first and the last nanosecond; both belong to it.
  int64_t least = 0;
  int64_t greatest = 0;

  static constexpr DaySpan Around(int64_t time) {
    constexpr int64_t kDayNs = int64_t{86'400} * 1'000'000'000;
    constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
    constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
    const int64_t day = time / kDayNs - (time % kDayNs < 0 ? 1 : 0);
    // The first and the last day that there are, are not whole.
    return {day < kMin / kDayNs ? kMin : day * kDayNs,
            day >= kMax / kDayNs ? kMax : (day + 1) * kDayNs - 1};
  }

  constexpr bool Contains(int64_t time) const { return least <= time && time <= greatest; }
};

}  // namespace tape::engine
