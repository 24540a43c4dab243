// Runs a test once for each level of the kernels that this machine has, and makes the numbers that
// such tests like.
//
//   class Packing : public EveryLevel {};
//   TAPE_EVERY_LEVEL(Packing);
//   TEST_P(Packing, RoundTrips) { kernels().pack_full(...); }
//
// Thread-compatible.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "format/kernels/kernels.h"

namespace tape::format {

class EveryLevel : public testing::TestWithParam<const Kernels*> {
 protected:
  const Kernels& kernels() const { return *GetParam(); }
};

inline std::string LevelName(const testing::TestParamInfo<const Kernels*>& info) {
  std::string name(info.param->name);
  std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
  return name;
}

#define TAPE_EVERY_LEVEL(Suite)                                                               \
  INSTANTIATE_TEST_SUITE_P(                                                                   \
      Levels, Suite, testing::ValuesIn(AllUsableKernels().begin(), AllUsableKernels().end()), \
      LevelName)

// Around the widths of registers, words and blocks; the last is past one block.
inline const std::vector<size_t>& Counts() {
  static const std::vector<size_t> counts = {0,   1,   2,    3,    7,    8,    9,   15,
                                             16,  17,  31,   33,   63,   64,   65,  100,
                                             127, 129, 1000, 1023, 1024, 1025, 3001};
  return counts;
}

using Random = std::mt19937_64;

// Words of every bit width, with extremes among them.
inline std::vector<uint64_t> Words(size_t n, uint64_t seed) {
  static constexpr uint64_t kExtremes[] = {
      0, 1, ~uint64_t{0}, uint64_t{1} << 63, (uint64_t{1} << 63) - 1, 0xFFFFFFFF, 0x100000000};
  Random random(seed);
  std::vector<uint64_t> words(n);
  for (uint64_t& word : words) {
    const uint64_t draw = random();
    word = draw % 8 == 0 ? kExtremes[draw / 8 % 7] : random() >> (draw / 8 % 64);
  }
  return words;
}

// Signed numbers of every size.
inline std::vector<int64_t> Integers(size_t n, uint64_t seed) {
  std::vector<int64_t> values(n);
  const std::vector<uint64_t> words = Words(n, seed);
  for (size_t i = 0; i < n; ++i) {
    values[i] = static_cast<int64_t>(words[i] >> 1 ^ (0 - (words[i] & 1)));
  }
  return values;
}

template <typename T>
std::vector<T> Floats(size_t n, uint64_t seed, bool with_nans) {
  using Limits = std::numeric_limits<T>;
  const T extremes[] = {T{0},          -T{0},         Limits::infinity(),   -Limits::infinity(),
                        Limits::min(), Limits::max(), Limits::denorm_min(), Limits::quiet_NaN()};
  Random random(seed);
  std::vector<T> values(n);
  for (T& value : values) {
    const uint64_t draw = random();
    value = draw % 8 == 0 ? extremes[draw / 8 % (with_nans ? 8 : 7)]
                          : static_cast<T>(static_cast<int64_t>(random()) >> (draw / 8 % 60)) /
                                static_cast<T>(1000);
  }
  return values;
}

inline std::vector<bool> BitsOf(const std::vector<uint64_t>& bitmap, size_t n) {
  std::vector<bool> bits(n);
  for (size_t i = 0; i < n; ++i) bits[i] = (bitmap[i / 64] >> (i % 64) & 1) != 0;
  return bits;
}

// A bitmap for n rows, filled with ones, so that a kernel that leaves bits alone is seen.
inline std::vector<uint64_t> DirtyBitmap(size_t n) {
  return std::vector<uint64_t>((n + 63) / 64, ~uint64_t{0});
}

template <typename Predicate>
std::vector<uint64_t> ExpectedBitmap(size_t n, Predicate holds) {
  std::vector<uint64_t> bitmap((n + 63) / 64, 0);
  for (size_t i = 0; i < n; ++i) bitmap[i / 64] |= uint64_t{holds(i)} << (i % 64);
  return bitmap;
}

}  // namespace tape::format
