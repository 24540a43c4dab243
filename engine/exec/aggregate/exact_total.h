// Totals of integers and decimals that cannot overflow, and quotients of them that are rounded
// once.
//
//   absl::StatusOr<Int128> mean = RoundedQuotient(total, count, /*digits=*/8);
//
// Pure functions; thread-safe.
#pragma once

#include <string_view>
#include <type_traits>

#include "absl/status/statusor.h"
#include "format/types/int256.h"
#include "tape/int128.h"

namespace tape::engine::exec {

// 2^64 values of 64 bits fit 128; wider ones are summed in 256.
template <typename T>
using TotalOf = std::conditional_t<std::is_same_v<T, Int128>, format::Int256, Int128>;

// total * 10^digits / divisor, half away from zero. kInvalidArgument where that has more than 38
// digits. divisor > 0 or < 0.
absl::StatusOr<Int128> RoundedQuotient(const format::Int256& total, Int128 divisor, int digits);

// kInvalidArgument where it has more than 38 digits.
absl::StatusOr<Int128> AsUnscaled(const format::Int256& total, std::string_view what);

}  // namespace tape::engine::exec
