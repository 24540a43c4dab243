#include "format/types/int256.h"

#include <gtest/gtest.h>

#include <string>

#include "format/types/unscaled.h"
#include "tests/format/types/naive_integer.h"

namespace tape::format {
namespace {

constexpr Int128 kInt128Max = static_cast<Int128>(~UInt128{0} >> 1);
constexpr Int128 kInt128Min = -kInt128Max - 1;

// Everything but text works in constants.
static_assert(Int256::Product(kInt128Min, kInt128Min) == Int256(1) << 254);
static_assert(Divide(Int256::Product(kInt128Max, 7), kInt128Max).quotient == Int256(7));
static_assert(Int256(-1) < Int256(0) && Int256(0) < (Int256(1) << 200));
static_assert(!(Int256(1) << 127).FitsInt128() && (-(Int256(1) << 127)).FitsInt128());

TEST(Int256, PrintsTheEndsOfItsRange) {
  EXPECT_EQ(Int256().ToString(), "0");
  EXPECT_EQ(Int256(-1).ToString(), "-1");
  EXPECT_EQ(Int256(kInt128Min).ToString(), "-170141183460469231731687303715884105728");
  EXPECT_EQ((-(Int256(1) << 255) - Int256(1)).ToString(),
            "57896044618658097711785492504343953926634992332820282019728792003956564819967");
  EXPECT_EQ((Int256(1) << 255).ToString(),
            "-57896044618658097711785492504343953926634992332820282019728792003956564819968");
}

TEST(Int256, PrintsZerosInsideANumber) {
  EXPECT_EQ(Int256::Product(PowerOfTen(38), PowerOfTen(38)).ToString(), "1" + std::string(76, '0'));
  EXPECT_EQ((Int256::Product(PowerOfTen(38), PowerOfTen(38)) + Int256(7)).ToString(),
            "1" + std::string(75, '0') + "7");
}

TEST(Int256, AddsSubtractsAndMultipliesLikePaper) {
  SizedNumbers numbers(1);
  for (int i = 0; i < 100'000; ++i) {
    const Int128 a = numbers.NextBits();
    const Int128 b = numbers.NextBits();
    const Int128 c = numbers.NextBits();
    const Int256 product = Int256::Product(a, b);
    const NaiveInteger naive = NaiveInteger(a) * NaiveInteger(b);
    ASSERT_EQ(product.ToString(), naive.ToString());
    ASSERT_EQ((product + Int256(c)).ToString(), (naive + NaiveInteger(c)).ToString());
    ASSERT_EQ((product - Int256(c)).ToString(), (naive - NaiveInteger(c)).ToString());
    ASSERT_EQ((-product).ToString(), naive.Negated().ToString());
  }
}

// A quotient and a remainder are what they claim if they multiply back, the remainder is smaller
// than the divisor and has the dividend's sign. Whether they multiply back is for paper to say.
void ExpectDivides(const Int256& dividend, const NaiveInteger& naive, Int128 divisor) {
  const Int256::Division division = Divide(dividend, divisor);
  const Int256 back = dividend - Int256(division.remainder);
  if (division.quotient.FitsInt128()) {
    ASSERT_EQ(Int256::Product(division.quotient.ToInt128(), divisor), back);
  }
  ASSERT_LT(Magnitude(division.remainder), Magnitude(divisor));
  ASSERT_TRUE(division.remainder == 0 || (division.remainder < 0) == dividend.IsNegative());
  const auto [quotient, rest] = DivMod(naive, NaiveInteger(divisor));
  ASSERT_EQ(division.quotient.ToString(), quotient.ToString());
  ASSERT_EQ(NaiveInteger(division.remainder), rest);
}

TEST(Int256, DividesLikePaper) {
  SizedNumbers numbers(2);
  for (int i = 0; i < 100'000; ++i) {
    const Int128 a = numbers.NextBits();
    const Int128 b = numbers.NextBits();
    const Int128 c = numbers.NextBits();
    const Int128 divisor = numbers.NextBits();
    if (divisor == 0) continue;
    ExpectDivides(Int256::Product(a, b) + Int256(c),
                  NaiveInteger(a) * NaiveInteger(b) + NaiveInteger(c), divisor);
    if (HasFatalFailure()) FAIL() << "case " << i;
  }
}

// Divisors and dividends of limbs that are all ones, all zeros or next to it: where a guessed digit
// of the quotient is too large by one or two, or would not fit its limb.
TEST(Int256, DividesWhereTheFirstGuessIsWrong) {
  const uint64_t limbs[] = {
      0, 1, 2, uint64_t{1} << 63, (uint64_t{1} << 63) - 1, ~uint64_t{0} - 1, ~uint64_t{0}};
  int cases = 0;
  for (const uint64_t d1 : limbs) {
    for (const uint64_t d0 : limbs) {
      const Int128 divisor = static_cast<Int128>((UInt128{d1} << 64 | d0) >> 1);
      if (divisor == 0) continue;
      for (int i = 0; i < 7 * 7 * 7; ++i) {
        const Int128 q = static_cast<Int128>((UInt128{limbs[i % 7]} << 64 | limbs[i / 7 % 7]) >> 2);
        // Just under a multiple of the divisor, at it, and above.
        const Int128 around = static_cast<Int128>(limbs[i / 49] >> 1) - (i % 3);
        ExpectDivides(Int256::Product(q, divisor) + Int256(around),
                      NaiveInteger(q) * NaiveInteger(divisor) + NaiveInteger(around), divisor);
        if (HasFatalFailure()) FAIL() << "case " << i;
        ++cases;
      }
    }
  }
  EXPECT_EQ(cases, (7 * 7 - 2) * 343);  // two of the divisors are zero
}

TEST(Int256, OrdersLikePaper) {
  SizedNumbers numbers(3);
  for (int i = 0; i < 20'000; ++i) {
    const Int128 a = numbers.NextBits();
    const Int128 b = numbers.NextBits();
    const Int128 c = numbers.NextBits();
    const Int256 left = Int256::Product(a, b);
    const Int256 right = Int256::Product(c, b) + Int256(i % 2);
    const NaiveInteger naive_left = NaiveInteger(a) * NaiveInteger(b);
    const NaiveInteger naive_right = NaiveInteger(c) * NaiveInteger(b) + NaiveInteger(i % 2);
    ASSERT_EQ(left < right, naive_left < naive_right);
    ASSERT_EQ(left == right, naive_left == naive_right);
    ASSERT_EQ(left > right, naive_right < naive_left);
  }
}

TEST(Int256, ShiftsByEveryCount) {
  const Int256 value = Int256::Product(kInt128Max, 12345);
  for (int bits = 0; bits < 256; ++bits) {
    Int256 doubled = value;
    for (int i = 0; i < bits; ++i) doubled += doubled;
    EXPECT_EQ(value << bits, doubled) << bits;
  }
  const Int256 negative = -value;
  for (int bits = 0; bits < 256; ++bits) {
    Int256 halved = negative;
    // Towards minus infinity: one less first, if odd.
    for (int i = 0; i < bits; ++i) {
      halved = Divide(halved - Int256((halved.low() & 1) != 0 ? 1 : 0), 2).quotient;
    }
    EXPECT_EQ(negative >> bits, halved) << bits;
  }
}

TEST(Int256, KnowsWhatFits128Bits) {
  EXPECT_TRUE(Int256(kInt128Max).FitsInt128());
  EXPECT_TRUE(Int256(kInt128Min).FitsInt128());
  EXPECT_FALSE((Int256(kInt128Max) + Int256(1)).FitsInt128());
  EXPECT_FALSE((Int256(kInt128Min) - Int256(1)).FitsInt128());
  EXPECT_EQ(Int256(kInt128Min).ToInt128(), kInt128Min);
}

TEST(Int256, TakesTheMagnitudeOfTheMostNegative) {
  EXPECT_EQ(Magnitude(kInt128Min), UInt128{1} << 127);
  EXPECT_EQ(Int256(kInt128Min).Magnitude(), Int256(1) << 127);
}

}  // namespace
}  // namespace tape::format
