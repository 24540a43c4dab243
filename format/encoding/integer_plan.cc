// Choosing how to encode a block of integers: every candidate's exact size from one histogram of
// bit widths.
//
// A candidate packs non-negative numbers u = x - base at some width w; those that need more bits
// are exceptions, which cost 10 + (bits above w) each. With a histogram of the widths of all u, the
// price of every w, rounded up as the payload is, comes from a running sum. Two bases are tried for
// the values and two for their deltas: the least x, right for one-sided spreads (gaps between
// ticks), and a base that puts the median in the middle of [0, 2^w), right when outliers lie on
// both sides (prices).
#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <utility>

#include "format/encoding/bit_stream.h"
#include "format/encoding/integer_codec.h"
#include "format/encoding/varint.h"
#include "format/kernels/packing.h"

namespace tape::format {
namespace {

constexpr unsigned kPositionBits = 10;
constexpr unsigned kMaxWidth = 64;
using WidthHistogram = std::array<uint32_t, kMaxWidth + 1>;

struct Choice {
  unsigned width = 0;
  unsigned exception_width = 0;
  size_t exceptions = 0;
  size_t bytes = 0;        // of the whole payload
  unsigned narrowest = 0;  // of the widths that cost as much
};

size_t RoundUpToWord(size_t bytes) { return (bytes + 7) / 8 * 8; }

// Bytes of where the exceptions are: a list of positions, or a bitmap once that is no larger.
size_t PositionBytes(size_t exceptions, size_t count) {
  if (exceptions == 0) return 0;
  return (std::min(exceptions * kPositionBits, count) + 7) / 8;
}

// The cheapest width for numbers whose widths the histogram counts; of several the one with the
// fewest exceptions. The high part of an exception takes what the widest number has above the
// width, and a bit more where it may be negative. varint_bytes(width) is what the payload ends
// with.
template <typename VarintBytes>
Choice CheapestWidth(const WidthHistogram& histogram, size_t count, bool positive,
                     VarintBytes varint_bytes) {
  unsigned max_width = kMaxWidth;
  while (max_width > 0 && histogram[max_width] == 0) --max_width;
  Choice best{.bytes = SIZE_MAX};
  size_t least = SIZE_MAX;  // bytes of the best before rounding up
  size_t exceptions = 0;
  for (unsigned width = max_width;; --width) {
    const unsigned high_width = std::min(max_width - width + (positive ? 0 : 1), kMaxWidth);
    const unsigned exception_width = exceptions == 0 ? 0 : high_width;
    const size_t used = PackedBytes(count, width) + PositionBytes(exceptions, count) +
                        (exceptions * exception_width + 7) / 8 + varint_bytes(width);
    const size_t bytes = RoundUpToWord(used);
    const bool as_few = bytes == best.bytes && exceptions == best.exceptions;
    if (bytes < best.bytes || (as_few && used < least)) {
      best = {width, exception_width, exceptions, bytes, width};
      least = used;
    }
    if (bytes == best.bytes) best.narrowest = width;
    if (width == 0) return best;
    exceptions += histogram[width];
  }
}

// A value in the middle of most others: the median of a spread-out sample.
template <typename T>
T SampleMedian(const T* values, size_t count) {
  constexpr size_t kSamples = 31;
  std::array<T, kSamples> sample;
  const size_t samples = std::min(count, kSamples);
  for (size_t i = 0; i < samples; ++i) sample[i] = values[i * count / samples];
  std::nth_element(sample.begin(), sample.begin() + samples / 2, sample.begin() + samples);
  return sample[samples / 2];
}

uint64_t WindowBase(uint64_t median, unsigned width) {
  return width == 0 ? median : median - (uint64_t{1} << (width - 1));
}

// The greatest common divisor of all differences to `least`. That of a few is nearly always that of
// all, or 1.
uint64_t CommonDivisor(const Kernels& kernels, std::span<const int64_t> values, uint64_t least) {
  constexpr size_t kProbe = 8;
  auto include = [&](uint64_t divisor, size_t i) {
    return std::gcd(divisor, static_cast<uint64_t>(values[i]) - least);
  };
  auto divides_all = [&](uint64_t divisor) {
    return kernels.all_divisible(values.data(), values.size(), least, ExactDivisor::Of(divisor));
  };
  uint64_t divisor = 0;
  size_t i = 0;
  for (; i < std::min(kProbe, values.size()); ++i) divisor = include(divisor, i);
  if (divisor > 1 && divides_all(divisor)) return divisor;
  for (; i < values.size() && divisor != 1; ++i) {
    const uint64_t before = std::exchange(divisor, include(divisor, i));
    if (divisor > 1 && divisor != before && divides_all(divisor)) return divisor;
  }
  return divisor;
}

struct Candidate {
  Encoding encoding;
  Choice choice;
  uint64_t residual;
  bool positive;  // no number lies below the base
};

// Bytes of the varints when this is subtracted from the numbers.
size_t VarintBytes(const IntegerPlan& plan, Encoding encoding, uint64_t residual) {
  const auto from_reference = [&](uint64_t value) {
    return VarintSize(
        Zigzag(static_cast<int64_t>(value - static_cast<uint64_t>(plan.place.reference))));
  };
  const size_t scale_bytes = VarintSize(plan.scale);
  if (encoding == Encoding::kFrame) {
    return from_reference(plan.origin + plan.scale * residual) + scale_bytes;
  }
  return from_reference(static_cast<uint64_t>(plan.first)) +
         VarintSize(Zigzag(static_cast<int64_t>(residual))) + scale_bytes;
}

// The better of the two bases for numbers x[0..n): the least one, and the window around the median.
// One entry may be told to be free: the delta before the first value does not exist.
class Pricer {
 public:
  Pricer(const Kernels& kernels, const IntegerPlan& plan, IntegerScratch& scratch)
      : kernels_(kernels), plan_(plan), scratch_(scratch) {}

  Candidate FromLeast(Encoding encoding, const int64_t* x, size_t n, uint64_t least) {
    kernels_.subtract_64(x, n, least, scratch_.residuals);
    const size_t varints = VarintBytes(plan_, encoding, least);
    const Choice choice = CheapestWidth(Histogram(encoding, n), Count(encoding, n), true,
                                        [varints](unsigned) { return varints; });
    return {encoding, choice, least, true};
  }

  Candidate AroundMedian(Encoding encoding, const int64_t* x, size_t n, uint64_t median) {
    kernels_.zigzag_64(x, n, median, scratch_.residuals);
    const Choice choice = CheapestWidth(
        Histogram(encoding, n), Count(encoding, n), false,
        [&](unsigned width) { return VarintBytes(plan_, encoding, WindowBase(median, width)); });
    return {encoding, choice, WindowBase(median, choice.width), false};
  }

 private:
  // Deltas come without the first one, whose packed place holds a zero.
  static size_t Count(Encoding encoding, size_t n) {
    return encoding == Encoding::kDelta ? n + 1 : n;
  }

  WidthHistogram Histogram(Encoding encoding, size_t n) {
    WidthHistogram histogram{};
    kernels_.width_histogram(scratch_.residuals, n, histogram.data());
    if (encoding == Encoding::kDelta) ++histogram[0];
    return histogram;
  }

  const Kernels& kernels_;
  const IntegerPlan& plan_;
  IntegerScratch& scratch_;
};

// With half of the numbers in the lowest quarter of [0, 2^width) there are no outliers below that a
// base in the middle would cut off. Saves a histogram for most blocks.
bool MedianMayHelp(uint64_t median, const Choice& from_least) {
  return from_least.narrowest < 2 || median >= uint64_t{1} << (from_least.narrowest - 2);
}

void Adopt(const Candidate& candidate, IntegerPlan& plan) {
  if (plan.size_bytes != 0 && candidate.choice.bytes >= plan.size_bytes) return;
  plan.word = {candidate.encoding,
               static_cast<uint8_t>(candidate.choice.width),
               static_cast<uint8_t>(candidate.choice.exception_width),
               candidate.positive ? kPositiveHighs : uint8_t{0},
               static_cast<uint16_t>(candidate.choice.exceptions),
               0};
  plan.residual = candidate.residual;
  plan.size_bytes = candidate.choice.bytes;
}

IntegerPlan ConstantPlan(int64_t value, const IntegerPlace& place) {
  IntegerPlan plan;
  plan.word.encoding = Encoding::kConstant;
  plan.place = place;
  plan.first = value;
  const auto from_reference =
      static_cast<int64_t>(static_cast<uint64_t>(value) - static_cast<uint64_t>(place.reference));
  plan.size_bytes = place.nested ? RoundUpToWord(VarintSize(Zigzag(from_reference))) : 0;
  return plan;
}

}  // namespace

IntegerPlan PlanIntegers(const Kernels& kernels, std::span<const int64_t> values,
                         const IntegerPlace& place, IntegerScratch& scratch) {
  const size_t n = values.size();
  const MinMax bounds = kernels.min_max_64(values.data(), n);
  if (bounds.min == bounds.max) return ConstantPlan(bounds.min, place);

  IntegerPlan plan;
  plan.place = place;
  plan.first = values[0];
  plan.origin = static_cast<uint64_t>(bounds.min);
  plan.scale = CommonDivisor(kernels, values, plan.origin);
  kernels.divide_exact(values.data(), n, plan.origin, ExactDivisor::Of(plan.scale),
                       scratch.quotients);

  Pricer pricer(kernels, plan, scratch);
  const auto* quotients = reinterpret_cast<const int64_t*>(scratch.quotients);
  const Candidate frame = pricer.FromLeast(Encoding::kFrame, quotients, n, 0);
  Adopt(frame, plan);
  const uint64_t middle = SampleMedian(scratch.quotients, n);
  if (MedianMayHelp(middle, frame.choice)) {
    Adopt(pricer.AroundMedian(Encoding::kFrame, quotients, n, middle), plan);
  }

  kernels.delta_64(quotients, n, scratch.deltas);
  const int64_t* deltas = scratch.deltas + 1;
  const auto least = static_cast<uint64_t>(kernels.min_max_64(deltas, n - 1).min);
  const auto median = static_cast<uint64_t>(SampleMedian(deltas, n - 1));
  const Candidate delta = pricer.FromLeast(Encoding::kDelta, deltas, n - 1, least);
  Adopt(delta, plan);
  if (MedianMayHelp(median - least, delta.choice)) {
    Adopt(pricer.AroundMedian(Encoding::kDelta, deltas, n - 1, median), plan);
  }
  return plan;
}

IntegerPlan PlanIndexes(const Kernels& kernels, std::span<const int64_t> indexes) {
  WidthHistogram histogram{};
  kernels.width_histogram(reinterpret_cast<const uint64_t*>(indexes.data()), indexes.size(),
                          histogram.data());
  const Choice choice = CheapestWidth(histogram, indexes.size(), true, [](unsigned) { return 0; });
  IntegerPlan plan;
  plan.word = {Encoding::kDictionary,
               static_cast<uint8_t>(choice.width),
               static_cast<uint8_t>(choice.exception_width),
               kPositiveHighs,
               static_cast<uint16_t>(choice.exceptions),
               0};
  plan.size_bytes = choice.bytes;
  return plan;
}

}  // namespace tape::format
