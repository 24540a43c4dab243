#include "format/types/unscaled.h"

#include <gtest/gtest.h>

#include "format/types/decimal_sum.h"
#include "tests/format/types/naive_integer.h"

namespace tape::format {
namespace {

constexpr int kCases = 100'000;
constexpr Int128 kMax = PowerOfTen(38) - 1;
constexpr Int128 kInt128Max = static_cast<Int128>(~UInt128{0} >> 1);
constexpr Int128 kInt128Min = -kInt128Max - 1;

// What an operation gave, against what paper says: the same number, or refused and more than 38
// digits.
void ExpectResult(bool fits, Int128 result, const NaiveInteger& expected) {
  ASSERT_EQ(fits, expected.DigitCount() <= 38) << expected.ToString();
  if (fits) {
    ASSERT_EQ(NaiveInteger(result), expected);
  }
}

TEST(Unscaled, KnowsThePowersOfTen) {
  NaiveInteger expected(1);
  for (int i = 0; i <= 38; ++i) {
    EXPECT_EQ(NaiveInteger(PowerOfTen(i)), expected);
    expected = expected.TimesPowerOfTen(1);
  }
}

TEST(Unscaled, CountsDigits) {
  EXPECT_EQ(CountDigits(0), 1);
  for (int i = 1; i <= 38; ++i) {
    EXPECT_EQ(CountDigits(PowerOfTen(i) - 1), i);
    EXPECT_EQ(CountDigits(1 - PowerOfTen(i)), i);
    EXPECT_EQ(CountDigits(PowerOfTen(i)), i + 1);
    EXPECT_TRUE(FitsDigits(1 - PowerOfTen(i), i));
    EXPECT_FALSE(FitsDigits(-PowerOfTen(i), i));
  }
  EXPECT_EQ(CountDigits(kInt128Min), 39);
  EXPECT_FALSE(FitsDigits(kInt128Min, 38));
  EXPECT_TRUE(FitsDigits(0, 0));
  EXPECT_FALSE(FitsDigits(1, 0));
}

TEST(Unscaled, RoundsHalvesAwayFromZero) {
  EXPECT_EQ(ScaleDown(25, 1), 3);
  EXPECT_EQ(ScaleDown(-25, 1), -3);
  EXPECT_EQ(ScaleDown(24, 1), 2);
  EXPECT_EQ(ScaleDown(-24, 1), -2);
  EXPECT_EQ(ScaleDown(4, 1), 0);
  EXPECT_EQ(ScaleDown(-5, 1), -1);
  EXPECT_EQ(ScaleDown(kMax, 38), 1);
  EXPECT_EQ(ScaleDown(PowerOfTen(38) / 2, 38), 1);
  EXPECT_EQ(ScaleDown(PowerOfTen(38) / 2 - 1, 38), 0);
  EXPECT_EQ(ScaleDown(kInt128Min, 0), kInt128Min);
}

TEST(Unscaled, DividesHalfAwayLikePaper) {
  SizedNumbers numbers(11);
  for (int i = 0; i < kCases; ++i) {
    const Int128 value = numbers.NextBits();
    const Int128 divisor = static_cast<Int128>(Magnitude(numbers.NextBits()) >> 1) + 1;
    ASSERT_EQ(NaiveInteger(DivideHalfAway(value, divisor)),
              NaiveInteger::DivideRounded(NaiveInteger(value), NaiveInteger(divisor)));
  }
}

TEST(Unscaled, RescalesLikePaper) {
  SizedNumbers numbers(12);
  for (int i = 0; i < kCases; ++i) {
    const Int128 value = numbers.Next(38);
    const int from = numbers.Below(39);
    const int to = numbers.Below(39);
    Int128 result = 0;
    const bool fits = RescaleUnscaled(value, from, to, &result);
    const NaiveInteger expected =
        to >= from ? NaiveInteger(value).TimesPowerOfTen(to - from)
                   : NaiveInteger::DivideRounded(NaiveInteger(value), PowerOfTen(from - to));
    ExpectResult(fits, result, expected);
    if (HasFatalFailure()) FAIL() << "case " << i;
  }
}

TEST(Unscaled, AddsAndSubtractsLikePaper) {
  SizedNumbers numbers(13);
  for (int i = 0; i < kCases; ++i) {
    const Int128 a = i % 4 == 0 ? numbers.NextBits() : numbers.Next(38);
    const Int128 b = i % 4 == 0 ? numbers.NextBits() : numbers.Next(38);
    Int128 sum = 0;
    Int128 difference = 0;
    const bool sum_fits = AddUnscaled(a, b, &sum);
    const bool difference_fits = SubUnscaled(a, b, &difference);
    ExpectResult(sum_fits, sum, NaiveInteger(a) + NaiveInteger(b));
    ExpectResult(difference_fits, difference, NaiveInteger(a) - NaiveInteger(b));
    if (HasFatalFailure()) FAIL() << "case " << i;
  }
}

TEST(Unscaled, MultipliesLikePaper) {
  SizedNumbers numbers(14);
  int refused = 0;
  for (int i = 0; i < kCases; ++i) {
    // Machine words, words and wider, and any bits at all.
    const int digits = i % 3 == 0 ? 18 : 38;
    const Int128 a = i % 5 == 0 ? numbers.NextBits() : numbers.Next(digits);
    const Int128 b = i % 5 == 0 ? numbers.NextBits() : numbers.Next(digits);
    const int drop = numbers.Below(39);
    Int128 result = 0;
    const bool fits = MulUnscaled(a, b, drop, &result);
    ExpectResult(fits, result,
                 NaiveInteger::DivideRounded(NaiveInteger(a) * NaiveInteger(b), PowerOfTen(drop)));
    if (HasFatalFailure()) FAIL() << "case " << i;
    refused += fits ? 0 : 1;
  }
  EXPECT_GT(refused, kCases / 100);
  EXPECT_LT(refused, kCases / 2);
}

TEST(Unscaled, DividesLikePaper) {
  SizedNumbers numbers(15);
  int refused = 0;
  for (int i = 0; i < kCases; ++i) {
    const int digits = i % 3 == 0 ? 18 : 38;
    const Int128 a = i % 5 == 0 ? numbers.NextBits() : numbers.Next(digits);
    const Int128 b = i % 5 == 0 ? numbers.NextBits() : numbers.Next(digits);
    if (b == 0) continue;
    const int shift = numbers.Below(i % 2 == 0 ? 77 : 20);
    Int128 result = 0;
    const bool fits = DivUnscaled(a, b, shift, &result);
    ExpectResult(
        fits, result,
        NaiveInteger::DivideRounded(NaiveInteger(a).TimesPowerOfTen(shift), NaiveInteger(b)));
    if (HasFatalFailure()) FAIL() << "case " << i;
    refused += fits ? 0 : 1;
  }
  EXPECT_GT(refused, kCases / 100);
  EXPECT_LT(refused, kCases * 2 / 3);
}

TEST(Unscaled, RefusesWhatRoundsUpTo39Digits) {
  Int128 result = 7;
  // 10^38 - 0.01
  EXPECT_FALSE(MulUnscaled(PowerOfTen(20) - 1, PowerOfTen(20) + 1, 2, &result));
  EXPECT_FALSE(MulUnscaled(1 - PowerOfTen(20), PowerOfTen(20) + 1, 2, &result));
  EXPECT_EQ(result, 7);  // a refusal leaves it alone
  EXPECT_TRUE(MulUnscaled(PowerOfTen(20) - 1, PowerOfTen(20) - 1, 2, &result));
  EXPECT_EQ(result, PowerOfTen(38) - 2 * PowerOfTen(18));
}

TEST(Unscaled, RefusesQuotientsOf39Digits) {
  Int128 result = 7;
  EXPECT_FALSE(DivUnscaled(kMax, 1, 1, &result));
  EXPECT_FALSE(DivUnscaled(1, 1, 38, &result));
  EXPECT_FALSE(DivUnscaled(kMax, -10, 2, &result));
  EXPECT_EQ(result, 7);
  EXPECT_TRUE(DivUnscaled(kMax, kMax, 37, &result));
  EXPECT_EQ(result, PowerOfTen(37));
}

TEST(Unscaled, DividesByTheSmallestAndTheLargest) {
  Int128 result = 0;
  EXPECT_TRUE(DivUnscaled(1, kMax, 75, &result));
  EXPECT_EQ(result, PowerOfTen(37));
  EXPECT_FALSE(DivUnscaled(1, kMax, 76, &result));  // 10^38 and a little
  EXPECT_TRUE(DivUnscaled(0, kMax, 76, &result));
  EXPECT_EQ(result, 0);
  EXPECT_FALSE(DivUnscaled(kMax, 1, 76, &result));
  EXPECT_TRUE(DivUnscaled(-1, kInt128Max, 76, &result));
  EXPECT_EQ(NaiveInteger(result),
            NaiveInteger::DivideRounded(NaiveInteger(-1).TimesPowerOfTen(76), kInt128Max));
}

TEST(Unscaled, ComparesAcrossScalesLikePaper) {
  SizedNumbers numbers(16);
  int equal = 0;
  for (int i = 0; i < kCases; ++i) {
    const int a_scale = numbers.Below(39);
    int b_scale = numbers.Below(39);
    const Int128 a = numbers.Next(38);
    Int128 b = numbers.Next(38);
    // Every other pair is the same number, or next to it, at another scale.
    if (i % 2 == 0 && RescaleUnscaled(a, a_scale, b_scale, &b)) b += numbers.Below(3) - 1;
    const NaiveInteger left = NaiveInteger(a).TimesPowerOfTen(b_scale);
    const NaiveInteger right = NaiveInteger(b).TimesPowerOfTen(a_scale);
    const int expected = left < right ? -1 : (right < left ? 1 : 0);
    ASSERT_EQ(CompareUnscaled(a, a_scale, b, b_scale), expected);
    ASSERT_EQ(CompareUnscaled(b, b_scale, a, a_scale), -expected);
    equal += expected == 0 ? 1 : 0;
  }
  EXPECT_GT(equal, kCases / 50);
}

TEST(DecimalSum, AddsLikePaperAndInAnyOrder) {
  SizedNumbers numbers(17);
  DecimalSum whole;
  DecimalSum parts[3];
  NaiveInteger expected;
  for (int i = 0; i < 20'000; ++i) {
    const Int128 value = numbers.Next(38);
    whole.Add(value);
    parts[numbers.Below(3)].Add(value);
    expected = expected + NaiveInteger(value);
  }
  EXPECT_EQ(whole.unscaled().ToString(), expected.ToString());
  DecimalSum joined = parts[2];
  joined.Add(parts[0]);
  joined.Add(parts[1]);
  EXPECT_EQ(joined.unscaled(), whole.unscaled());
}

TEST(DecimalSum, MayPass38DigitsOnTheWay) {
  DecimalSum sum;
  for (int i = 0; i < 1000; ++i) sum.Add(kMax);
  EXPECT_FALSE(sum.Total(2).ok());
  EXPECT_EQ(sum.Total(2).status().code(), absl::StatusCode::kInvalidArgument);
  for (int i = 0; i < 999; ++i) sum.Add(-kMax);
  ASSERT_TRUE(sum.Total(2).ok());
  EXPECT_EQ(sum.Total(2)->unscaled, kMax);
  EXPECT_EQ(sum.Total(2)->scale, 2);
}

TEST(DecimalSum, OfNothingIsZero) { EXPECT_EQ(DecimalSum().Total(3)->ToString(), "0.000"); }

}  // namespace
}  // namespace tape::format
