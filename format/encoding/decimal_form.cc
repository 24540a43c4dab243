// Choosing the exponent of a block from 32 of its values.
//
// Values of k decimals come back from their digits for every exponent from k on, and a greater one
// than needed gains nothing (the common divisor of the digits makes up for it). So the search goes
// upwards and stops at the first exponent without a failure. For one that is too small most values
// fail, and it is given up after a few.
#include "format/encoding/decimal_form.h"

#include <algorithm>

namespace tape::format {
namespace {

constexpr size_t kSampleSize = 32;
constexpr size_t kPositionBits = 16;  // of an exception

template <typename T>
struct Sample {
  std::array<T, kSampleSize> values;
  size_t size;

  std::span<const T> span() const { return {values.data(), size}; }
};

// Spread over the block, and each part of the sample too, so that a few tell of all.
template <typename T>
Sample<T> TakeSample(std::span<const T> values) {
  constexpr size_t kStride = 13;  // shares no divisor with the sample's size
  Sample<T> sample{{}, std::min(values.size(), kSampleSize)};
  for (size_t i = 0; i < sample.size; ++i) {
    const size_t step = values.size() < kSampleSize ? i : i * kStride % kSampleSize;
    sample.values[i] = values[step * values.size() / sample.size];
  }
  return sample;
}

struct Trial {
  size_t failures = 0;
  int64_t least = INT64_MAX;
  int64_t greatest = INT64_MIN;
  bool hopeless = false;  // given up early: mostly failures
};

template <typename T>
Trial Try(std::span<const T> values, unsigned exponent) {
  constexpr size_t kPatience = 4;
  Trial trial;
  for (size_t i = 0; i < values.size() && !trial.hopeless; ++i) {
    int64_t digits;
    if (ToDigits(values[i], exponent, digits)) {
      trial.least = std::min(trial.least, digits);
      trial.greatest = std::max(trial.greatest, digits);
    } else {
      ++trial.failures;
      trial.hopeless = trial.failures > kPatience && trial.failures * 2 > i + 1;
    }
  }
  return trial;
}

// Bits of the sample when it is stored like this: the range of its digits, and the failures
// verbatim.
template <typename T>
size_t PriceBits(const Trial& trial, size_t size) {
  if (trial.hopeless || trial.failures == size) return SIZE_MAX;
  const uint64_t range = static_cast<uint64_t>(trial.greatest) - static_cast<uint64_t>(trial.least);
  return size * static_cast<size_t>(std::bit_width(range)) +
         trial.failures * (8 * sizeof(T) + kPositionBits);
}

template <typename T>
std::optional<unsigned> Choose(std::span<const T> values) {
  const Sample<T> sample = TakeSample(values);
  size_t least_bits = sample.size * 8 * sizeof(T);
  std::optional<unsigned> best;
  for (unsigned exponent = 0; exponent <= kMaxDecimalExponent; ++exponent) {
    const Trial trial = Try(sample.span(), exponent);
    const size_t bits = PriceBits<T>(trial, sample.size);
    if (bits < least_bits) {
      least_bits = bits;
      best = exponent;
    }
    if (trial.failures == 0) break;
  }
  return best;
}

}  // namespace

std::optional<unsigned> ChooseExponent(std::span<const double> values) { return Choose(values); }

std::optional<unsigned> ChooseExponent(std::span<const float> values) { return Choose(values); }

}  // namespace tape::format
