// Choosing the two exponents of a block from 32 of its values.
//
// Numbers of k decimals become integers when multiplied by 10^k, but for the last bits; most k fail
// this at once for most values and are passed over. For a k that does not, exponents e >= k are
// tried in the order of how exact the double 10^-e is, until one brings back the whole sample. A
// greater k than needed would do too (the common divisor of the digits makes up for it), so the
// search goes upwards and stops at the first success.
#include "format/encoding/decimal_form.h"

#include <algorithm>
#include <type_traits>

namespace tape::format {
namespace {

constexpr size_t kSampleSize = 32;
constexpr size_t kPositionBits = 16;  // of an exception

// Exponents by the relative error of the double nearest to 10^-e, least first.
constexpr std::array<uint8_t, kMaxDecimalExponent + 1> kByExactness = {
    0, 14, 12, 2, 3, 16, 8, 13, 10, 6, 7, 4, 1, 11, 9, 17, 18, 15, 5};

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

// Whether most values times 10^k are integers as nearly as rounding lets them.
template <typename T>
bool HaveDecimals(std::span<const T> values, unsigned k) {
  constexpr double kTolerance = sizeof(T) == 8 ? 0x1p-51 : 0x1p-22;
  constexpr size_t kEnough = 8;
  const std::span<const T> some = values.first(std::min(values.size(), kEnough));
  size_t near = 0;
  for (const T value : some) {
    const double scaled = static_cast<double>(value) * kPowersOfTen[k];
    const auto nearest = static_cast<double>(NearestDigits(value, kPowersOfTen[k]));
    const double distance = std::fabs(scaled - nearest);
    near += distance <= std::fabs(scaled) * kTolerance ? 1 : 0;
  }
  return near * 2 >= some.size();
}

struct Trial {
  size_t failures = 0;
  int64_t least = INT64_MAX;
  int64_t greatest = INT64_MIN;
  bool large = false;
  bool hopeless = false;  // given up early: mostly failures
};

template <typename T>
Trial Try(std::span<const T> values, const DecimalForm& form) {
  constexpr size_t kPatience = 4;
  Trial trial;
  for (size_t i = 0; i < values.size() && !trial.hopeless; ++i) {
    int64_t digits;
    if (ToDigits(values[i], form, digits)) {
      trial.least = std::min(trial.least, digits);
      trial.greatest = std::max(trial.greatest, digits);
    } else {
      ++trial.failures;
      trial.hopeless = trial.failures > kPatience && trial.failures * 2 > i + 1;
    }
  }
  constexpr auto kLimit = static_cast<int64_t>(kFastDigitsLimit);
  trial.large = trial.least <= -kLimit || trial.greatest >= kLimit;
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
class Search {
 public:
  explicit Search(std::span<const T> sample)
      : sample_(sample), best_bits_(sample.size() * 8 * sizeof(T)) {}

  void Run(DecimalMemory& memory) {
    for (unsigned k = 0; k <= kMaxDecimalExponent && !done_; ++k) {
      if (HaveDecimals(sample_, k)) TryDecimals(k);
    }
    memory = best_;
  }

 private:
  void TryDecimals(unsigned k) {
    for (const uint8_t exponent : kByExactness) {
      if (exponent < k) continue;
      DecimalForm form{exponent, static_cast<uint8_t>(exponent - k)};
      const Trial trial = Try(sample_, form);
      const size_t bits = PriceBits<T>(trial, sample_.size());
      if (bits >= best_bits_) continue;
      form.large = trial.large;
      best_bits_ = bits;
      best_ = {form, trial.failures, 0};
      done_ = trial.failures == 0;
      if (done_) return;
    }
  }

  std::span<const T> sample_;
  size_t best_bits_;
  DecimalMemory best_;
  bool done_ = false;
};

// The form of the block before, where it serves as well here. One that leaves exceptions is
// questioned now and then.
template <typename T>
bool StillGood(std::span<const T> sample, DecimalMemory& memory) {
  constexpr unsigned kQuestionAfter = 16;
  if (!memory.form.has_value()) return false;
  const Trial trial = Try(sample, *memory.form);
  if (trial.hopeless || trial.failures > memory.failures) return false;
  if (trial.failures > 0 && ++memory.doubts == kQuestionAfter) return false;
  memory.form->large = trial.large;
  return PriceBits<T>(trial, sample.size()) < sample.size() * 8 * sizeof(T);
}

template <typename T>
std::optional<DecimalForm> Choose(std::span<const T> values, DecimalMemory& memory) {
  const Sample<T> sample = TakeSample(values);
  if (!StillGood(sample.span(), memory)) Search<T>(sample.span()).Run(memory);
  return memory.form;
}

}  // namespace

std::optional<DecimalForm> ChooseForm(std::span<const double> values, DecimalMemory& memory) {
  return Choose(values, memory);
}

std::optional<DecimalForm> ChooseForm(std::span<const float> values, DecimalMemory& memory) {
  return Choose(values, memory);
}

}  // namespace tape::format
