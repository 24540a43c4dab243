// A histogram of latencies, from a nanosecond to seconds, within 1.6 % of each.
//
//   CycleClock clock;                                  // measures how fast it ticks
//   Latencies latencies;
//   const uint64_t begin = clock.Now();
//   ...
//   latencies.Add(clock.Now() - begin);
//   double p99_ns = clock.ToNs(latencies.Quantile(0.99));
//
// Adding touches one counter and allocates nothing, so that measuring disturbs little.
// Thread-compatible.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace tape::bench {

class Latencies {
 public:
  void Add(uint64_t ticks) {
    ++counts_[BucketOf(ticks)];
    ++count_;
    if (ticks > max_) max_ = ticks;
  }

  uint64_t count() const { return count_; }
  uint64_t max() const { return max_; }

  // The least value that at least this share of all is not above, as its bucket's greatest.
  uint64_t Quantile(double share) const;

 private:
  static constexpr unsigned kSubBits = 6;  // 64 buckets for each doubling
  static constexpr size_t kBuckets = (64 - kSubBits + 1) << kSubBits;

  static size_t BucketOf(uint64_t value) {
    if (value < (uint64_t{1} << kSubBits)) return static_cast<size_t>(value);
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kSubBits - 1;
    return (size_t{shift + 1} << kSubBits) + static_cast<size_t>((value >> shift) & 63);
  }
  static uint64_t GreatestOf(size_t bucket);

  std::array<uint64_t, kBuckets> counts_{};
  uint64_t count_ = 0;
  uint64_t max_ = 0;
};

// The processor's counter of cycles where there is one, else the monotonic clock.
class CycleClock {
 public:
  CycleClock();

  static uint64_t Now() {
#if defined(__x86_64__)
    unsigned processor = 0;
    return __builtin_ia32_rdtscp(&processor);
#else
    return NowNs();
#endif
  }
  static uint64_t NowNs();

  double ToNs(uint64_t ticks) const { return static_cast<double>(ticks) / ticks_per_ns_; }
  // The least that two readings lie apart: what each latency has on top.
  uint64_t cost() const { return cost_; }

 private:
  double ticks_per_ns_ = 1;
  uint64_t cost_ = 0;
};

}  // namespace tape::bench
