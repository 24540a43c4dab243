// Aggregates, comparisons, bitmaps, gathering, converting.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <random>
#include <vector>

#include "tests/format/kernels/every_level.h"

namespace tape::format {
namespace {

class Scan : public EveryLevel {};
TAPE_EVERY_LEVEL(Scan);

TEST_P(Scan, FindsTheLeastAndTheGreatestInteger) {
  for (size_t n : Counts()) {
    std::vector<int64_t> in = Integers(n, n);
    for (int64_t& value : in) value >>= n % 50;
    MinMax expected = {std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()};
    for (int64_t value : in) {
      expected = {std::min(expected.min, value), std::max(expected.max, value)};
    }
    const MinMax found = kernels().min_max_64(in.data(), n);
    EXPECT_EQ(found.min, expected.min) << n;
    EXPECT_EQ(found.max, expected.max) << n;
  }
}

TEST_P(Scan, FindsAnExtremeAtEveryPlace) {
  for (size_t at = 0; at < 70; ++at) {
    std::vector<int64_t> in(70, 5);
    in[at] = -3;
    EXPECT_EQ(kernels().min_max_64(in.data(), 70).min, -3) << at;
    in[at] = 8;
    EXPECT_EQ(kernels().min_max_64(in.data(), 70).max, 8) << at;
    std::vector<double> doubles(70, NAN);
    doubles[at] = -1.5;
    const DoubleMinMax found = kernels().min_max_double(doubles.data(), 70);
    EXPECT_EQ(found.min, -1.5) << at;
    EXPECT_EQ(found.max, -1.5) << at;
    EXPECT_EQ(found.nans, 69u) << at;
  }
}

template <typename T, typename Kernel>
void ExpectFloatingMinMax(Kernel kernel, bool with_nans) {
  for (size_t n : Counts()) {
    const std::vector<T> in = Floats<T>(n, n + 1, with_nans);
    DoubleMinMax expected = {INFINITY, -INFINITY, 0};
    for (T value : in) {
      if (std::isnan(value)) {
        ++expected.nans;
      } else {
        expected.min = std::min(expected.min, double{value});
        expected.max = std::max(expected.max, double{value});
      }
    }
    const DoubleMinMax found = kernel(in.data(), n);
    EXPECT_EQ(found.min, expected.min) << n;
    EXPECT_EQ(found.max, expected.max) << n;
    EXPECT_EQ(found.nans, expected.nans) << n;
  }
}

TEST_P(Scan, FindsTheLeastAndTheGreatestNumberAndCountsNans) {
  for (bool with_nans : {false, true}) {
    ExpectFloatingMinMax<double>(kernels().min_max_double, with_nans);
    ExpectFloatingMinMax<float>(kernels().min_max_float, with_nans);
  }
}

TEST_P(Scan, SumsWithoutOverflow) {
  std::vector<size_t> counts = Counts();
  counts.push_back(200'003);
  for (size_t n : counts) {
    const std::vector<int64_t> in = Integers(n, n + 2);
    Int128 expected = 0;
    for (int64_t value : in) expected += value;
    EXPECT_TRUE(kernels().sum_64(in.data(), n) == expected) << n;
    for (int64_t extreme :
         {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(), int64_t{-1}}) {
      const std::vector<int64_t> same(n, extreme);
      EXPECT_TRUE(kernels().sum_64(same.data(), n) == Int128{extreme} * static_cast<Int128>(n))
          << n;
    }
  }
}

template <typename T, typename Kernel>
void ExpectSums(Kernel kernel) {
  for (size_t n : Counts()) {
    std::vector<T> in(n, std::numeric_limits<T>::max());
    EXPECT_EQ(kernel(in.data(), n), static_cast<int64_t>(n) * std::numeric_limits<T>::max());
    in.assign(n, std::numeric_limits<T>::min());
    EXPECT_EQ(kernel(in.data(), n), static_cast<int64_t>(n) * std::numeric_limits<T>::min());
    const std::vector<int64_t> wide = Integers(n, n + 3);
    int64_t expected = 0;
    for (size_t i = 0; i < n; ++i) expected += in[i] = static_cast<T>(wide[i]);
    EXPECT_EQ(kernel(in.data(), n), expected) << n;
  }
}

TEST_P(Scan, SumsNarrowIntegers) {
  ExpectSums<int32_t>(kernels().sum_32);
  ExpectSums<int16_t>(kernels().sum_16);
  ExpectSums<uint8_t>(kernels().sum_8);
}

// Compares with bounds taken from the values, so that equality with a bound happens, and with
// hostile ones.
template <typename T, typename Kernel>
void ExpectBetween(Kernel kernel, const std::vector<T>& in, const std::vector<T>& bounds) {
  const size_t n = in.size();
  for (T lo : bounds) {
    for (T hi : bounds) {
      std::vector<uint64_t> bitmap = DirtyBitmap(n);
      kernel(in.data(), n, lo, hi, bitmap.data());
      ASSERT_EQ(bitmap, ExpectedBitmap(n, [&](size_t i) { return lo <= in[i] && in[i] <= hi; }))
          << "count " << n << " from " << lo << " to " << hi;
    }
  }
}

template <typename T>
std::vector<T> BoundsFor(const std::vector<T>& in, std::vector<T> bounds) {
  if (!in.empty()) bounds.insert(bounds.end(), {in.front(), in.back(), in[in.size() / 2]});
  return bounds;
}

TEST_P(Scan, MarksIntegersBetweenBounds) {
  using Limits = std::numeric_limits<int64_t>;
  for (size_t n : Counts()) {
    const std::vector<int64_t> in = Integers(n, n + 4);
    ExpectBetween(kernels().between_64, in,
                  BoundsFor<int64_t>(in, {0, Limits::min(), Limits::max()}));
  }
}

template <typename T, typename Kernel>
void ExpectFloatingBetween(Kernel kernel) {
  using Limits = std::numeric_limits<T>;
  for (size_t n : Counts()) {
    const std::vector<T> in = Floats<T>(n, n + 5, true);
    ExpectBetween(kernel, in,
                  BoundsFor<T>(in, {T{0}, -T{0}, Limits::infinity(), -Limits::infinity(),
                                    Limits::quiet_NaN()}));
  }
}

TEST_P(Scan, MarksNumbersBetweenBoundsButNeverNan) {
  ExpectFloatingBetween<double>(kernels().between_double);
  ExpectFloatingBetween<float>(kernels().between_float);
}

TEST_P(Scan, MarksWhereBitsDiffer) {
  for (size_t n : Counts()) {
    std::vector<double> a = Floats<double>(n, n + 6, true), b = a;
    for (size_t i = 0; i < n; i += 3) b[i] = i % 2 == 0 ? -a[i] : a[i] + 1;
    std::vector<uint64_t> bitmap = DirtyBitmap(n);
    kernels().differ_64(a.data(), b.data(), n, bitmap.data());
    ASSERT_EQ(bitmap, ExpectedBitmap(n, [&](size_t i) {
                return std::bit_cast<uint64_t>(a[i]) != std::bit_cast<uint64_t>(b[i]);
              }));
    std::vector<float> c = Floats<float>(n, n + 7, true), d = c;
    for (size_t i = 1; i < n; i += 5) d[i] = -c[i];
    bitmap = DirtyBitmap(n);
    kernels().differ_32(c.data(), d.data(), n, bitmap.data());
    ASSERT_EQ(bitmap, ExpectedBitmap(n, [&](size_t i) {
                return std::bit_cast<uint32_t>(c[i]) != std::bit_cast<uint32_t>(d[i]);
              }));
  }
}

TEST_P(Scan, ComparesAtEveryBitOfAWord) {
  for (size_t at = 0; at < 130; ++at) {
    std::vector<int64_t> in(130, 1);
    in[at] = 2;
    std::vector<uint64_t> bitmap = DirtyBitmap(130);
    kernels().between_64(in.data(), 130, 2, 9, bitmap.data());
    ASSERT_EQ(bitmap, ExpectedBitmap(130, [&](size_t i) { return i == at; }));
  }
}

TEST_P(Scan, CountsBitsAndSeesASingleOne) {
  for (size_t n : Counts()) {
    std::vector<uint64_t> bitmap((n + 63) / 64);
    EXPECT_EQ(kernels().count_bits(bitmap.data(), n), 0u);
    EXPECT_FALSE(kernels().any_bit(bitmap.data(), n));
    for (size_t at : {size_t{0}, n / 2, n - 1}) {
      if (n == 0) continue;
      bitmap[at / 64] = uint64_t{1} << (at % 64);
      EXPECT_EQ(kernels().count_bits(bitmap.data(), n), 1u);
      EXPECT_TRUE(kernels().any_bit(bitmap.data(), n));
      bitmap[at / 64] = 0;
    }
    const std::vector<uint64_t> words = Words((n + 63) / 64, n);
    size_t expected = 0;
    for (uint64_t word : words) expected += static_cast<size_t>(std::popcount(word));
    EXPECT_EQ(kernels().count_bits(words.data(), n), expected);
  }
}

TEST_P(Scan, TurnsBitsIntoBytesAndBack) {
  for (size_t n : Counts()) {
    Random random(n);
    std::vector<uint8_t> bytes(n), out(n, 9), loud(n);
    for (size_t i = 0; i < n; ++i) {
      bytes[i] = random() % 2;
      loud[i] = static_cast<uint8_t>(bytes[i] == 0 ? 0 : 1 << random() % 8);
    }
    const std::vector<uint64_t> expected =
        ExpectedBitmap(n, [&](size_t i) { return bytes[i] != 0; });
    std::vector<uint64_t> bitmap = DirtyBitmap(n);
    kernels().collect_bitmap(bytes.data(), n, bitmap.data());
    ASSERT_EQ(bitmap, expected) << n;
    bitmap = DirtyBitmap(n);
    kernels().collect_bitmap(loud.data(), n, bitmap.data());
    ASSERT_EQ(bitmap, expected) << n;
    kernels().expand_bitmap(expected.data(), n, out.data());
    ASSERT_EQ(out, bytes) << n;
  }
}

template <typename T, typename Kernel>
void ExpectGathers(Kernel kernel) {
  std::vector<T> in(777);
  Random random(3);
  for (T& value : in) value = static_cast<T>(random());
  if constexpr (sizeof(T) == 16) in[5] = static_cast<T>(1) << 100;
  for (size_t n : Counts()) {
    std::vector<uint32_t> index(n);
    std::vector<T> out(n), expected(n);
    for (size_t i = 0; i < n; ++i) {
      index[i] = static_cast<uint32_t>(random() % in.size());
      expected[i] = in[index[i]];
    }
    kernel(in.data(), index.data(), n, out.data());
    ASSERT_TRUE(out == expected) << n;
  }
}

TEST_P(Scan, GathersElementsOfEverySize) {
  ExpectGathers<UInt128>(kernels().gather_128);
  ExpectGathers<uint64_t>(kernels().gather_64);
  ExpectGathers<uint32_t>(kernels().gather_32);
  ExpectGathers<uint16_t>(kernels().gather_16);
  ExpectGathers<uint8_t>(kernels().gather_8);
}

template <typename From, typename To, typename Kernel>
void ExpectConverts(Kernel kernel) {
  for (size_t n : Counts()) {
    const std::vector<int64_t> wide = Integers(n, n + 8);
    std::vector<From> in(n);
    std::vector<To> out(n), expected(n);
    for (size_t i = 0; i < n; ++i) {
      in[i] = static_cast<From>(wide[i]);
      expected[i] = static_cast<To>(in[i]);
    }
    kernel(in.data(), n, out.data());
    ASSERT_EQ(out, expected) << n;
  }
}

TEST_P(Scan, NarrowsByTruncating) {
  ExpectConverts<int64_t, int32_t>(kernels().narrow_32);
  ExpectConverts<int64_t, int16_t>(kernels().narrow_16);
  ExpectConverts<int64_t, uint8_t>(kernels().narrow_8);
}

TEST_P(Scan, WidensByValue) {
  ExpectConverts<int32_t, int64_t>(kernels().widen_32);
  ExpectConverts<uint32_t, int64_t>(kernels().widen_code);
  ExpectConverts<int16_t, int64_t>(kernels().widen_16);
  ExpectConverts<uint8_t, int64_t>(kernels().widen_8);
  ExpectConverts<float, double>(kernels().widen_float);
}

TEST_P(Scan, AddsPartsAtSetBits) {
  std::mt19937_64 random(9);
  for (const size_t n : {0, 1, 7, 8, 9, 63, 64, 65, 500, 1023, 1024}) {
    for (const uint64_t density : {1, 2, 4, 40}) {
      std::vector<uint64_t> bitmap(kBlockWords);
      std::vector<uint64_t> parts;
      std::vector<int64_t> values(n);
      for (int64_t& value : values) value = static_cast<int64_t>(random());
      std::vector<int64_t> expected = values;
      for (size_t i = 0; i < n; ++i) {
        if (random() % density != 0) continue;
        bitmap[i / 64] |= uint64_t{1} << (i % 64);
        parts.push_back(random());
        expected[i] = static_cast<int64_t>(static_cast<uint64_t>(expected[i]) + parts.back());
      }
      parts.resize(parts.size() + 8);  // readable, not used
      kernels().add_at_bits(values.data(), bitmap.data(), parts.data(), n);
      ASSERT_EQ(values, expected) << n << " rows";
    }
  }
}

}  // namespace
}  // namespace tape::format
