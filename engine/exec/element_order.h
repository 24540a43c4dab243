// How elements compare where C++ has another opinion.
//
//   FloatLess(1.0, NAN);                       // true: NaN is above everything
//   IntervalLength({.months = 1}) == IntervalLength({.days = 30});
//
// Pure functions; thread-safe.
#pragma once

#include <string_view>

#include "engine/exec/enum_labels.h"
#include "format/types/civil.h"
#include "tape/int128.h"
#include "tape/interval.h"
#include "tape/type.h"

namespace tape::engine::exec {

// Without a branch, for loops.
template <typename Float>
bool FloatEqual(Float a, Float b) {
  return (a == b) | ((a != a) & (b != b));
}
template <typename Float>
bool FloatLess(Float a, Float b) {
  return (a < b) | ((a == a) & (b != b));
}

// In nanoseconds, with months of 30 days of 24 hours: what PostgreSQL compares intervals by.
constexpr Int128 IntervalLength(const Interval& interval) {
  const Int128 days = Int128{interval.months} * 30 + interval.days;
  return days * format::kNanosPerDay + interval.nanos;
}

// Below, equal to or above zero. NULLs in an array are above everything and equal to each other.
int CompareArrays(const Type& element, std::string_view a, std::string_view b);

// Of two labels, or of two texts that are none.
int CompareLabels(const EnumLabels& labels, std::string_view a, std::string_view b);

}  // namespace tape::engine::exec
