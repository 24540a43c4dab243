#include <gtest/gtest.h>

#include <bit>
#include <cfenv>
#include <cstring>

#include "tests/format/kernels/every_level.h"

namespace tape::format {
namespace {

class Arithmetic : public EveryLevel {};
TAPE_EVERY_LEVEL(Arithmetic);

constexpr uint64_t kPoints[] = {0, 1, 1000, ~uint64_t{0}, uint64_t{1} << 63, 0x123456789ABCDEF};

uint64_t Bits(int64_t value) { return static_cast<uint64_t>(value); }

TEST_P(Arithmetic, SumsUpInPlace) {
  for (size_t n : Counts()) {
    for (uint64_t scale : {uint64_t{1}, uint64_t{25}, ~uint64_t{0}}) {
      std::vector<int64_t> values = Integers(n, n);
      std::vector<int64_t> expected = values;
      uint64_t sum = 0;
      for (int64_t& value : expected) {
        value = static_cast<int64_t>(42 + scale * (sum += Bits(value)));
      }
      kernels().prefix_sum_64(values.data(), n, 42, scale);
      ASSERT_EQ(values, expected) << n;
    }
  }
}

TEST_P(Arithmetic, TakesDifferencesOfNeighbours) {
  for (size_t n : Counts()) {
    const std::vector<int64_t> in = Integers(n, n + 1);
    std::vector<int64_t> out(n, 7), expected(n);
    for (size_t i = 1; i < n; ++i)
      expected[i] = static_cast<int64_t>(Bits(in[i]) - Bits(in[i - 1]));
    kernels().delta_64(in.data(), n, out.data());
    ASSERT_EQ(out, expected) << n;
  }
}

TEST_P(Arithmetic, ShiftsAndScalesLines) {
  for (size_t n : Counts()) {
    const std::vector<int64_t> in = Integers(n, n + 2);
    const std::vector<uint64_t> words = Words(n, n + 3);
    for (uint64_t point : kPoints) {
      std::vector<uint64_t> out(n), expected(n);
      for (size_t i = 0; i < n; ++i) expected[i] = Bits(in[i]) - point;
      kernels().subtract_64(in.data(), n, point, out.data());
      ASSERT_EQ(out, expected) << n;

      std::vector<int64_t> line(n), expected_line(n);
      for (size_t i = 0; i < n; ++i) {
        expected_line[i] = static_cast<int64_t>(point + 100 * words[i]);
      }
      kernels().multiply_add_64(words.data(), n, point, 100, line.data());
      ASSERT_EQ(line, expected_line) << n;
    }
  }
}

TEST_P(Arithmetic, ZigzagOrdersByDistanceFromTheCenterAndComesBack) {
  const int64_t small[] = {10, 9, 11, 8, 12};
  std::vector<uint64_t> out(5);
  kernels().zigzag_64(small, 5, 10, out.data());
  EXPECT_EQ(out, (std::vector<uint64_t>{0, 1, 2, 3, 4}));
  for (size_t n : Counts()) {
    const std::vector<int64_t> in = Integers(n, n + 4);
    for (uint64_t center : kPoints) {
      std::vector<uint64_t> zigzag(n), expected(n);
      for (size_t i = 0; i < n; ++i) {
        const int64_t distance = static_cast<int64_t>(Bits(in[i]) - center);
        expected[i] = distance < 0 ? ~(Bits(distance) * 2) : Bits(distance) * 2;
      }
      kernels().zigzag_64(in.data(), n, center, zigzag.data());
      ASSERT_EQ(zigzag, expected) << n;
      std::vector<int64_t> back(n);
      kernels().unzigzag_64(zigzag.data(), n, center, back.data());
      ASSERT_EQ(back, in) << n;
    }
  }
}

TEST_P(Arithmetic, WorksInPlace) {
  for (size_t n : Counts()) {
    const std::vector<int64_t> in = Integers(n, n + 5);
    std::vector<int64_t> values = in, expected = in;
    uint64_t* const words = reinterpret_cast<uint64_t*>(values.data());
    for (int64_t& value : expected) value = static_cast<int64_t>((Bits(value) - 9) * 3 + 1);
    kernels().subtract_64(values.data(), n, 9, words);
    kernels().multiply_add_64(words, n, 1, 3, values.data());
    ASSERT_EQ(values, expected) << n;
    kernels().zigzag_64(values.data(), n, 17, words);
    kernels().unzigzag_64(words, n, 17, values.data());
    ASSERT_EQ(values, expected) << n;
  }
}

constexpr uint64_t kDivisors[] = {1,
                                  2,
                                  3,
                                  5,
                                  8,
                                  10,
                                  25,
                                  100,
                                  1000,
                                  1'000'000'000,
                                  (uint64_t{1} << 32) + 1,
                                  uint64_t{1} << 63,
                                  ~uint64_t{0},
                                  ~uint64_t{0} - 1,
                                  uint64_t{3} << 62};

TEST(ExactDivisor, MultipliesBackToTheDivisor) {
  for (uint64_t divisor : kDivisors) {
    const ExactDivisor prepared = ExactDivisor::Of(divisor);
    EXPECT_EQ((divisor >> prepared.shift) * prepared.odd_inverse, 1u) << divisor;
    EXPECT_EQ(divisor >> prepared.shift << prepared.shift, divisor);
    EXPECT_EQ(prepared.limit, ~uint64_t{0} / divisor);
  }
}

TEST_P(Arithmetic, DividesMultiplesExactly) {
  for (uint64_t divisor : kDivisors) {
    const ExactDivisor prepared = ExactDivisor::Of(divisor);
    for (size_t n : Counts()) {
      std::vector<uint64_t> quotients = Words(n, n + divisor);
      std::vector<int64_t> in(n);
      for (size_t i = 0; i < n; ++i) {
        quotients[i] %= prepared.limit + (prepared.limit != ~uint64_t{0});
        in[i] = static_cast<int64_t>(quotients[i] * divisor + 777);
      }
      ASSERT_TRUE(kernels().all_divisible(in.data(), n, 777, prepared)) << divisor;
      std::vector<uint64_t> out(n);
      kernels().divide_exact(in.data(), n, 777, prepared, out.data());
      ASSERT_EQ(out, quotients) << divisor << " count " << n;
    }
  }
}

TEST_P(Arithmetic, SeesASingleValueThatIsNotAMultiple) {
  for (uint64_t divisor : kDivisors) {
    const ExactDivisor prepared = ExactDivisor::Of(divisor);
    for (size_t n : {1u, 7u, 16u, 65u, 1023u}) {
      const std::vector<uint64_t> offenders = Words(64, divisor);
      for (size_t trial = 0; trial < offenders.size(); ++trial) {
        std::vector<int64_t> in(n, 5);
        in[trial * 31 % n] = static_cast<int64_t>(offenders[trial] + 5);
        ASSERT_EQ(kernels().all_divisible(in.data(), n, 5, prepared),
                  offenders[trial] % divisor == 0)
            << offenders[trial] << " by " << divisor;
      }
    }
  }
}

TEST_P(Arithmetic, CountsBitWidths) {
  for (size_t n : Counts()) {
    const std::vector<uint64_t> u = Words(n, n + 6);
    std::vector<uint32_t> histogram(65, 5), expected(65, 5);
    for (uint64_t word : u) ++expected[static_cast<size_t>(std::bit_width(word))];
    kernels().width_histogram(u.data(), n, histogram.data());
    ASSERT_EQ(histogram, expected) << n;
  }
  for (unsigned width = 0; width <= 64; ++width) {
    const std::vector<uint64_t> same(1024, width == 0 ? 0 : ~uint64_t{0} >> (64 - width));
    std::vector<uint32_t> histogram(65), expected(65);
    expected[width] = 1024;
    kernels().width_histogram(same.data(), 1024, histogram.data());
    ASSERT_EQ(histogram, expected) << width;
  }
}

template <typename T>
std::vector<uint64_t> BitsOfAll(const std::vector<T>& values) {
  std::vector<uint64_t> bits;
  for (T value : values) {
    if constexpr (sizeof(T) == 8) {
      bits.push_back(std::bit_cast<uint64_t>(value));
    } else {
      bits.push_back(std::bit_cast<uint32_t>(value));
    }
  }
  return bits;
}

// Integers around every power of two and of ten, where conversion and division round.
std::vector<int64_t> RoundingIntegers() {
  std::vector<int64_t> integers;
  const auto add_around = [&](int64_t center) {
    for (int64_t offset = -3; offset <= 3; ++offset) {
      const auto near = static_cast<uint64_t>(center) + static_cast<uint64_t>(offset);
      integers.push_back(static_cast<int64_t>(near));
      integers.push_back(static_cast<int64_t>(0 - near));
    }
  };
  for (unsigned bit = 0; bit < 64; ++bit) add_around(static_cast<int64_t>(uint64_t{1} << bit));
  for (int64_t power = 1; power <= 100'000'000'000'000'000; power *= 10) add_around(power);
  return integers;
}

TEST_P(Arithmetic, DividesIntegersIntoFloatingNumbersStepByStep) {
  const std::vector<int64_t> rounding = RoundingIntegers();
  std::vector<std::vector<int64_t>> inputs = {rounding};
  for (size_t n : Counts()) inputs.push_back(Integers(n, n + 7));
  for (const std::vector<int64_t>& in : inputs) {
    const size_t n = in.size();
    double power = 1;
    for (unsigned exponent = 0; exponent <= 22; ++exponent, power *= 10) {
      std::vector<double> out(n), expected(n);
      std::vector<float> narrow(n), expected_narrow(n);
      for (size_t i = 0; i < n; ++i) {
        volatile double step = static_cast<double>(in[i]);
        step = step / power;
        expected[i] = step;
        expected_narrow[i] = static_cast<float>(expected[i]);
      }
      kernels().divide_to_double(in.data(), n, power, out.data());
      ASSERT_EQ(BitsOfAll(out), BitsOfAll(expected)) << n << " by 10^" << exponent;
      kernels().divide_to_float(in.data(), n, power, narrow.data());
      ASSERT_EQ(BitsOfAll(narrow), BitsOfAll(expected_narrow)) << n << " by 10^" << exponent;
    }
  }
}

TEST_P(Arithmetic, DividesInPlace) {
  const std::vector<int64_t> in = RoundingIntegers();
  std::vector<double> expected(in.size());
  PortableKernels().divide_to_double(in.data(), in.size(), 100, expected.data());
  std::vector<int64_t> place = in;
  kernels().divide_to_double(place.data(), place.size(), 100,
                             reinterpret_cast<double*>(place.data()));
  ASSERT_EQ(std::memcmp(place.data(), expected.data(), in.size() * sizeof(double)), 0);
}

int64_t RoundedByDefinition(double value, double power) {
  volatile double x = value * power;
  if (!(std::fabs(x) < 0x1p63)) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(std::nearbyint(x));
}

TEST_P(Arithmetic, RoundsDoublesHalfToEvenAndMarksWhatIsOutOfRange) {
  const double edges[] = {0.5,          1.5,
                          2.5,          -0.5,
                          -1.5,         -0.0,
                          0x1p51,       -0x1p51,
                          0x1p51 - 0.5, -0x1p51 + 0.5,
                          0x1p51 - 1,   0x1.8p52,
                          0x1p51 + 0.5, -0x1p51 - 1.5,
                          0x1p52 - 0.5, 0x1p52 - 1.5,
                          0x1p53 - 1,   -0x1p53 + 1,
                          0x1p31,       0x1p31 + 0.5,
                          -0x1p31,      0x1.8p32 - 0.5,
                          0x1p63,       -0x1p63,
                          0x1p63 - 1e3, -0x1p63 + 1e3,
                          0x1p64,       1e300,
                          -1e300,       5e-324,
                          NAN,          INFINITY,
                          -INFINITY,    0.49999999999999994};
  for (size_t n : Counts()) {
    std::vector<double> in = Floats<double>(n, n + 8, true);
    for (size_t i = 0; i < n && i < std::size(edges); ++i) in[n - 1 - i] = edges[i];
    for (const double power : {1.0, 100.0, 1e9, 1e22}) {
      std::vector<int64_t> out(n), expected(n);
      for (size_t i = 0; i < n; ++i) expected[i] = RoundedByDefinition(in[i], power);
      kernels().double_to_scaled(in.data(), n, power, out.data());
      ASSERT_EQ(out, expected) << n;
    }
  }
}

}  // namespace
}  // namespace tape::format
