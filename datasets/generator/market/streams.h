// The numbers of the random streams drawn from one seed, one per concern, so that a change to one
// leaves the draws of the others alone.
#pragma once

#include <cstdint>

namespace tape::generator::streams {

inline constexpr uint64_t kInstruments = 1;
inline constexpr uint64_t kEvents = 2;
inline constexpr uint64_t kLateRows = 3;
// One per session: this plus the index of the trading day.
inline constexpr uint64_t kArrivals = uint64_t{1} << 32;
inline constexpr uint64_t kHalts = uint64_t{2} << 32;

}  // namespace tape::generator::streams
