#include "bench/macro/latencies.h"

#include <algorithm>
#include <chrono>

namespace tape::bench {

uint64_t Latencies::GreatestOf(size_t bucket) {
  const size_t doubling = bucket >> kSubBits;
  const uint64_t within = bucket & 63;
  if (doubling == 0) return within;
  return ((within + 64 + 1) << (doubling - 1)) - 1;
}

uint64_t Latencies::Quantile(double share) const {
  const auto wanted = static_cast<uint64_t>(share * static_cast<double>(count_));
  uint64_t seen = 0;
  for (size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += counts_[bucket];
    if (seen != 0 && seen >= wanted) return std::min(GreatestOf(bucket), max_);
  }
  return max_;
}

uint64_t CycleClock::NowNs() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                   std::chrono::steady_clock::now().time_since_epoch())
                                   .count());
}

CycleClock::CycleClock() {
  constexpr uint64_t kCalibrationNs = 20'000'000;
  const uint64_t begin_ns = NowNs(), begin = Now();
  uint64_t end_ns = begin_ns;
  while (end_ns - begin_ns < kCalibrationNs) end_ns = NowNs();
  ticks_per_ns_ = static_cast<double>(Now() - begin) / static_cast<double>(end_ns - begin_ns);
  cost_ = ~uint64_t{0};
  for (int i = 0; i < 10'000; ++i) {
    const uint64_t first = Now();
    cost_ = std::min(cost_, Now() - first);
  }
}

}  // namespace tape::bench
