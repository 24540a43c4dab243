#include "tape/decimal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "format/bytes/message.h"
#include "format/types/unscaled.h"
#include "tests/format/types/naive_integer.h"

namespace tape {
namespace {

using format::Concat;
using format::NaiveInteger;
using format::PowerOfTen;
using format::SizedNumbers;

constexpr Int128 kMax = PowerOfTen(38) - 1;
constexpr Rounding kExact = Rounding::kExact;
constexpr Rounding kRound = Rounding::kHalfAwayFromZero;

// A literal, for tests that are not about parsing.
Decimal D(std::string_view text) {
  const absl::StatusOr<Decimal> value = Decimal::Parse(text);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.ok() ? *value : Decimal{};
}

std::string Text(const absl::StatusOr<Decimal>& value) {
  return value.ok() ? value->ToString() : std::string(value.status().message());
}

void ExpectRefused(const absl::Status& status, std::string_view words) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(std::string(status.message()).find(words), std::string::npos) << status;
}

// ---- types
// ---------------------------------------------------------------------------------------

TEST(DecimalType, ChecksPrecisionAndScale) {
  EXPECT_TRUE((DecimalType{38, 38}).Check().ok());
  EXPECT_TRUE((DecimalType{1, 0}).Check().ok());
  ExpectRefused(DecimalType{0, 0}.Check(), "DECIMAL(0,0): precision 0 is not 1..38");
  ExpectRefused(DecimalType{39, 0}.Check(), "precision 39");
  ExpectRefused(DecimalType{5, 6}.Check(), "scale 6 is not 0..5");
  ExpectRefused(DecimalType{5, -1}.Check(), "scale -1");
}

TEST(DecimalType, OfAValueIsTheNarrowest) {
  EXPECT_EQ(D("0").Type(), (DecimalType{1, 0}));
  EXPECT_EQ(D("0.00").Type(), (DecimalType{2, 2}));
  EXPECT_EQ(D("-0.001").Type(), (DecimalType{3, 3}));
  EXPECT_EQ(D("123.4").Type(), (DecimalType{4, 1}));
  EXPECT_EQ((Decimal{kMax, 38}.Type()), (DecimalType{38, 38}));
}

TEST(DecimalType, OfASumHasOneMoreDigit) {
  EXPECT_EQ(SumType({18, 8}, {12, 2}), (DecimalType{19, 8}));
  EXPECT_EQ(SumType({38, 2}, {10, 9}), (DecimalType{38, 9}));
  EXPECT_EQ(SumType({2, 2}, {2, 2}), (DecimalType{3, 2}));
}

TEST(DecimalType, OfAProductKeepsTheDigitsBeforeThePoint) {
  EXPECT_EQ(ProductType({18, 8}, {18, 8}), (DecimalType{36, 16}));
  EXPECT_EQ(ProductType({20, 8}, {20, 8}), (DecimalType{38, 14}));  // 24 before the point
  EXPECT_EQ(ProductType({38, 8}, {18, 8}), (DecimalType{38, 8}));   // 40: the floor
  EXPECT_EQ(ProductType({38, 38}, {38, 38}), (DecimalType{38, 38}));
  EXPECT_EQ(ProductType({38, 0}, {38, 38}), (DecimalType{38, 38}));
  EXPECT_EQ(ProductType({10, 2}, {10, 0}), (DecimalType{20, 2}));
}

TEST(DecimalType, OfAQuotientHas16DigitsWhereThereIsRoom) {
  EXPECT_EQ(QuotientType({18, 8}, {18, 8}), (DecimalType{34, 16}));  // 10 + 8 before the point
  EXPECT_EQ(QuotientType({38, 8}, {38, 8}), (DecimalType{38, 8}));
  EXPECT_EQ(QuotientType({10, 0}, {10, 0}), (DecimalType{26, 16}));
  EXPECT_EQ(QuotientType({20, 2}, {18, 8}), (DecimalType{38, 12}));
  EXPECT_EQ(QuotientType({20, 20}, {5, 0}), (DecimalType{20, 20}));
}

TEST(DecimalType, OfARemainderIsNoWiderThanTheDivisor) {
  EXPECT_EQ(RemainderType({18, 8}, {5, 0}), (DecimalType{13, 8}));
  EXPECT_EQ(RemainderType({5, 0}, {38, 38}), (DecimalType{38, 38}));
}

// ---- text
// ----------------------------------------------------------------------------------------

TEST(DecimalText, TakesTheScaleOfALiteral) {
  EXPECT_EQ(Text(Decimal::Parse("12.50")), "12.50");
  EXPECT_EQ(Text(Decimal::Parse("-12.50")), "-12.50");
  EXPECT_EQ(Text(Decimal::Parse("+.5")), "0.5");
  EXPECT_EQ(Text(Decimal::Parse("3.")), "3");
  EXPECT_EQ(Text(Decimal::Parse("007")), "7");
  EXPECT_EQ(Text(Decimal::Parse("1.5e-7")), "0.00000015");
  EXPECT_EQ(Text(Decimal::Parse("1.5E+3")), "1500");
  EXPECT_EQ(Text(Decimal::Parse("1.2345e2")), "123.45");
  EXPECT_EQ(Text(Decimal::Parse("-0.00")), "0.00");
  EXPECT_EQ(D("-0.00").unscaled, 0);
  EXPECT_EQ(Text(Decimal::Parse(std::string(200, '0') + "1")), "1");
  EXPECT_EQ(Text(Decimal::Parse("0e999999999999999999999999")), "0");
  EXPECT_EQ(Text(Decimal::Parse("99999999999999999999999999999999999999")),
            "99999999999999999999999999999999999999");
  EXPECT_EQ(Text(Decimal::Parse("-1e-38")), "-0.00000000000000000000000000000000000001");
}

TEST(DecimalText, RefusesLiteralsOfMoreThan38Digits) {
  ExpectRefused(Decimal::Parse("100000000000000000000000000000000000000").status(), "does not fit");
  ExpectRefused(Decimal::Parse("1e38").status(), "does not fit");
  ExpectRefused(Decimal::Parse("1e999999999999999999999").status(), "does not fit");
  ExpectRefused(Decimal::Parse("1e-39").status(), "more than 38 digits after the point");
  ExpectRefused(Decimal::Parse("1e-999999999999999999999").status(), "more than 38 digits");
  ExpectRefused(Decimal::Parse("1234567890.12345678901234567890123456789").status(), "at most 9");
  EXPECT_TRUE(Decimal::Parse("10e-39").ok());  // the digit too many is a zero
}

TEST(DecimalText, NamesThePositionOfJunk) {
  const struct {
    std::string_view text;
    std::string_view words;
  } cases[] = {
      {"", "ends where a digit should be"},
      {"-", "ends where a digit should be"},
      {".", "ends where a digit should be"},
      {"x", "\"x\" where a digit should be, at position 1"},
      {"12x3", "\"x\" where the end should be, at position 3"},
      {" 12", "\" \" where a digit should be, at position 1"},
      {"12 ", "at position 3"},
      {"1.2.3", "\".\" where the end should be, at position 4"},
      {"--1", "at position 2"},
      {"+-1", "at position 2"},
      {"1e", "ends where an exponent should be"},
      {"1e+", "ends where an exponent should be"},
      {"1ex", "\"x\" where an exponent should be, at position 3"},
      {"1e5.0", "\".\" where the end should be, at position 4"},
      {"NaN", "at position 1"},
      {"Infinity", "at position 1"},
      {"1,5", "\",\" where the end should be, at position 2"},
      {"0x10", "\"x\" where the end should be, at position 2"},
      {std::string_view("1\0", 2), "\"\\x00\" where the end should be, at position 2"},
  };
  for (const auto& c : cases) {
    ExpectRefused(Decimal::Parse(c.text).status(), c.words);
    ExpectRefused(Decimal::Parse(c.text, {18, 8}, kRound).status(), c.words);
  }
}

TEST(DecimalText, KeepsErrorsShortAndPrintable) {
  const absl::Status status = Decimal::Parse(std::string(1000, '1').append("\x1b\"")).status();
  EXPECT_LT(status.message().size(), 200U);
  EXPECT_NE(std::string(status.message()).find("\"..."), std::string::npos);
  for (const char c : status.message()) EXPECT_TRUE(c >= 0x20 && c < 0x7F);
}

TEST(DecimalText, RefusesDigitsBeyondTheScaleUnlessZeros) {
  EXPECT_EQ(Text(Decimal::Parse("1.23", {5, 2}, kExact)), "1.23");
  EXPECT_EQ(Text(Decimal::Parse("1.2", {5, 2}, kExact)), "1.20");
  EXPECT_EQ(Text(Decimal::Parse("1.2300", {5, 2}, kExact)), "1.23");
  EXPECT_EQ(Text(Decimal::Parse("1", {5, 5}, kExact)),
            "decimal \"1\": does not fit DECIMAL(5,5): at most 0 digits before the point");
  EXPECT_EQ(Text(Decimal::Parse("1.239", {5, 2}, kExact)),
            "decimal \"1.239\": more than 2 digits after the point, the scale of DECIMAL(5,2)");
  ExpectRefused(Decimal::Parse("1e-9", {18, 8}, kExact).status(), "more than 8 digits");
  ExpectRefused(Decimal::Parse("1234", {5, 2}, kExact).status(), "does not fit DECIMAL(5,2)");
  EXPECT_EQ(Text(Decimal::Parse("999.99", {5, 2}, kExact)), "999.99");
}

TEST(DecimalText, RoundsHalvesAwayFromZeroWhenAsked) {
  EXPECT_EQ(Text(Decimal::Parse("1.235", {5, 2}, kRound)), "1.24");
  EXPECT_EQ(Text(Decimal::Parse("-1.235", {5, 2}, kRound)), "-1.24");
  EXPECT_EQ(Text(Decimal::Parse("1.23499999999999999999999999", {5, 2}, kRound)), "1.23");
  EXPECT_EQ(Text(Decimal::Parse("0.004", {5, 2}, kRound)), "0.00");
  EXPECT_EQ(Text(Decimal::Parse("-0.004", {5, 2}, kRound)), "0.00");
  EXPECT_EQ(Text(Decimal::Parse("5e-3", {5, 2}, kRound)), "0.01");
  EXPECT_EQ(Text(Decimal::Parse("9e-4", {5, 2}, kRound)), "0.00");
  EXPECT_EQ(Text(Decimal::Parse(".5", {5, 0}, kRound)), "1");
  ExpectRefused(Decimal::Parse("999.995", {5, 2}, kRound).status(), "does not fit");
  EXPECT_EQ(Text(Decimal::Parse("1e-999999999999999999", {5, 2}, kRound)), "0.00");
}

TEST(DecimalText, ReadsBackWhatItPrints) {
  SizedNumbers numbers(21);
  for (int i = 0; i < 100'000; ++i) {
    const int scale = numbers.Below(39);
    const Decimal value{numbers.Next(38), scale};
    const std::string text = value.ToString();
    ASSERT_LE(text.size(), kDecimalTextSizeMax);
    const absl::StatusOr<Decimal> back = Decimal::Parse(text, {38, scale}, kExact);
    ASSERT_TRUE(back.ok()) << back.status();
    ASSERT_EQ(back->unscaled, value.unscaled) << text;
    ASSERT_EQ(D(text).scale, scale);
    // The digits are those of the integer, the point stands before the last `scale` of them.
    std::string digits = text;
    if (scale > 0) {
      ASSERT_EQ(digits[digits.size() - static_cast<size_t>(scale) - 1], '.');
      digits.erase(digits.size() - static_cast<size_t>(scale) - 1, 1);
    }
    const size_t first = digits.find_first_not_of("-0");
    const std::string whole = first == std::string::npos ? "0" : digits.substr(first);
    ASSERT_EQ(Concat(value.unscaled < 0 ? "-" : "", whole),
              NaiveInteger(value.unscaled).ToString());
  }
}

TEST(DecimalText, PrintsEveryScaleOfOne) {
  EXPECT_EQ((Decimal{1, 0}).ToString(), "1");
  for (int scale = 1; scale <= 38; ++scale) {
    const std::string zeros(static_cast<size_t>(scale) - 1, '0');
    EXPECT_EQ((Decimal{1, scale}).ToString(), Concat("0.", zeros, "1"));
    EXPECT_EQ((Decimal{-1, scale}).ToString(), Concat("-0.", zeros, "1"));
  }
}

// Decimals from text at random scales, with exponents, against shifting digits on paper.
TEST(DecimalText, ParsesAndRoundsLikePaper) {
  SizedNumbers numbers(22);
  int refused = 0;
  for (int i = 0; i < 100'000; ++i) {
    const Decimal written{numbers.Next(38), numbers.Below(39)};
    const int exponent = numbers.Below(3) == 0 ? numbers.Below(60) - 30 : 0;
    const DecimalType type{38, numbers.Below(39)};
    std::string text = written.ToString();
    if (exponent != 0) text += Concat("e", exponent);
    const int shift = type.scale - written.scale + exponent;
    const NaiveInteger exact(written.unscaled);
    const NaiveInteger power = NaiveInteger(1).TimesPowerOfTen(std::abs(shift));
    const NaiveInteger expected =
        shift >= 0 ? exact * power : NaiveInteger::DivideRounded(exact, power);
    const absl::StatusOr<Decimal> rounded = Decimal::Parse(text, type, kRound);
    ASSERT_EQ(rounded.ok(), expected.DigitCount() <= 38) << text << " as " << type.ToString();
    if (rounded.ok()) {
      ASSERT_EQ(NaiveInteger(rounded->unscaled), expected) << text;
    }
    const bool loses = shift < 0 && !(expected * power == exact);
    const absl::StatusOr<Decimal> strict = Decimal::Parse(text, type, kExact);
    ASSERT_EQ(strict.ok(), rounded.ok() && !loses) << text << " as " << type.ToString();
    refused += rounded.ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 1000);
}

// ---- conversions
// ---------------------------------------------------------------------------------

TEST(Decimal, RescalesHalfAwayOrNamesValueAndType) {
  EXPECT_EQ(Text(Rescale(D("1.235"), {5, 2})), "1.24");
  EXPECT_EQ(Text(Rescale(D("-1.235"), {5, 2})), "-1.24");
  EXPECT_EQ(Text(Rescale(D("1.2"), {5, 4})), "1.2000");
  EXPECT_EQ(Text(Rescale(D("123456.78"), {6, 2})),
            "decimal 123456.78 does not fit DECIMAL(6,2): at most 4 digits before the point");
  ExpectRefused(Rescale(D("999.995"), {5, 2}).status(), "999.995 does not fit DECIMAL(5,2)");
  ExpectRefused(Rescale(D("1"), {38, 38}).status(), "does not fit");
  ExpectRefused(Rescale(D("1"), {40, 2}).status(), "precision 40");
}

TEST(Decimal, ConvertsIntegers) {
  constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(Decimal::FromInt64(kLowest).ToString(), "-9223372036854775808");
  EXPECT_EQ(Decimal::FromInt64(kLowest).ToInt64().value(), kLowest);
  EXPECT_EQ(D("2.5").ToInt64().value(), 3);
  EXPECT_EQ(D("-2.5").ToInt64().value(), -3);
  EXPECT_EQ(D("-0.4").ToInt64().value(), 0);
  EXPECT_EQ(D("9223372036854775807.4").ToInt64().value(), std::numeric_limits<int64_t>::max());
  ExpectRefused(D("9223372036854775807.5").ToInt64().status(), "out of range for BIGINT");
  ExpectRefused(D("-9223372036854775808.5").ToInt64().status(), "out of range for BIGINT");
}

TEST(Decimal, FromDoubleGoesByItsShortestText) {
  EXPECT_EQ(Text(Decimal::FromDouble(0.1, {38, 20})), "0.10000000000000000000");
  EXPECT_EQ(Text(Decimal::FromDouble(1.005, {10, 2})), "1.01");  // below 1.005 in binary
  EXPECT_EQ(Text(Decimal::FromDouble(-2.5, {10, 0})), "-3");
  EXPECT_EQ(Text(Decimal::FromDouble(1e22, {38, 2})), "10000000000000000000000.00");
  EXPECT_EQ(Text(Decimal::FromDouble(5e-324, {38, 38})).substr(0, 4), "0.00");
  EXPECT_EQ(Text(Decimal::FromDouble(-0.0, {10, 2})), "0.00");
  ExpectRefused(Decimal::FromDouble(1e38, {38, 0}).status(), "does not fit DECIMAL(38,0)");
  ExpectRefused(Decimal::FromDouble(std::nan(""), {38, 0}).status(), "NaN has no value");
  ExpectRefused(Decimal::FromDouble(-HUGE_VAL, {38, 0}).status(), "Infinity has no value");
}

TEST(Decimal, ToDoubleRoundsOnce) {
  EXPECT_EQ(D("0.1").ToDouble(), 0.1);
  EXPECT_EQ(D("-50123.12345678").ToDouble(), -50123.12345678);
  EXPECT_EQ((Decimal{kMax, 0}.ToDouble()), 1e38);
  EXPECT_EQ((Decimal{1, 38}.ToDouble()), 1e-38);
  EXPECT_EQ((Decimal{0, 5}.ToDouble()), 0.0);
  // Half way between two doubles: to even, down and up.
  EXPECT_EQ(D("9007199254740993").ToDouble(), 9007199254740992.0);
  EXPECT_EQ(D("9007199254740995").ToDouble(), 9007199254740996.0);
  EXPECT_EQ(D("9007199254740993.00000000000000000001").ToDouble(), 9007199254740994.0);
  // 17 digits over 10^23, which is no double: two roundings would miss.
  EXPECT_EQ((Decimal{12345678901234567, 23}.ToDouble()), 12345678901234567e-23);
  EXPECT_EQ((Decimal{9, 23}.ToDouble()), 9e-23);
}

TEST(Decimal, ToDoubleAgreesWithTheLibraryEverywhere) {
  SizedNumbers numbers(23);
  for (int i = 0; i < 50'000; ++i) {
    const Decimal value{numbers.Next(i % 2 == 0 ? 16 : 38), numbers.Below(39)};
    ASSERT_EQ(value.ToDouble(), std::strtod(value.ToString().c_str(), nullptr)) << value.ToString();
  }
}

// ---- arithmetic
// ----------------------------------------------------------------------------------

TEST(Decimal, ComparesByValueAcrossScales) {
  EXPECT_TRUE(D("1.0") == D("1.000"));
  EXPECT_TRUE(D("-0.1") < D("0"));
  EXPECT_TRUE(D("0.0000") == D("0"));
  EXPECT_TRUE(D("1.01") > D("1.0"));
  EXPECT_TRUE((Decimal{kMax, 0} > Decimal{kMax, 38}));
  EXPECT_TRUE((Decimal{-kMax, 0} < Decimal{-kMax, 38}));
  EXPECT_TRUE((Decimal{PowerOfTen(37), 37} == Decimal{1, 0}));
  EXPECT_FALSE((Decimal{PowerOfTen(37) + 1, 37} == Decimal{1, 0}));
}

TEST(Decimal, AddsAndSubtractsAcrossScales) {
  EXPECT_EQ(Text(Add(D("1.5"), D("2.25"))), "3.75");
  EXPECT_EQ(Text(Sub(D("1.5"), D("2.25"))), "-0.75");
  EXPECT_EQ(Text(Add(D("0.1"), D("-0.10"))), "0.00");
  EXPECT_EQ(Text(Add({kMax, 2}, {1, 2})),
            "decimal overflow: 999999999999999999999999999999999999.99 + 0.01 with 2 digits after "
            "the point has more than 38 digits");
  ExpectRefused(Sub({-kMax, 0}, {kMax, 0}).status(), "decimal overflow");
  ExpectRefused(Add({kMax, 0}, {0, 1}).status(), "decimal overflow");
  // 1 at scale 38 has 39 digits, but 1 - 10^-38 has 38.
  EXPECT_EQ(Text(Sub(D("1"), {1, 38})), Concat("0.", std::string(38, '9')));
}

TEST(Decimal, MultipliesAndDividesAtTheScaleOfTheirTypes) {
  EXPECT_EQ(Text(Mul(D("50123.12345678"), D("0.00075"))), "37.5923425925850");
  EXPECT_EQ(Text(Mul(D("1.5"), D("1.5"), 1)), "2.3");
  EXPECT_EQ(Text(Mul(D("-1.5"), D("1.5"), 1)), "-2.3");
  EXPECT_EQ(Text(Div(D("1"), D("3"))), "0.3333333333333333");
  EXPECT_EQ(Text(Div(D("2"), D("-3"))), "-0.6666666666666667");
  EXPECT_EQ(Text(Div(D("1"), D("8"), 2)), "0.13");
  EXPECT_EQ(Text(Div(D("10.00"), D("4"))), "2.5000000000000000");
  ExpectRefused(Mul({kMax, 0}, D("11")).status(), "decimal overflow");
  ExpectRefused(Mul({kMax, 1}, D("2"), 1).status(), "decimal overflow");
  ExpectRefused(Div({kMax, 0}, D("0.1")).status(), "decimal overflow");
}

TEST(Decimal, RefusesScalesThatARuleForbids) {
  ExpectRefused(Mul(D("1.5"), D("1.55"), 1).status(), "scale 1 of a product is not 2..3");
  ExpectRefused(Mul(D("1.5"), D("1.55"), 4).status(), "scale 4");
  ExpectRefused(Div(D("1.5"), D("1.55"), 1).status(), "scale 1 of a quotient is not 2..38");
  ExpectRefused(Div(D("1.5"), D("1.55"), 39).status(), "scale 39");
}

TEST(Decimal, RefusesToDivideByZero) {
  ExpectRefused(Div(D("1.5"), D("0.00")).status(), "decimal division by zero: 1.5 / 0");
  ExpectRefused(Mod(D("1.5"), D("0")).status(), "decimal division by zero: 1.5 % 0");
}

TEST(Decimal, TakesRemaindersExactly) {
  EXPECT_EQ(Text(Mod(D("7.5"), D("2"))), "1.5");
  EXPECT_EQ(Text(Mod(D("-7.5"), D("2"))), "-1.5");
  EXPECT_EQ(Text(Mod(D("7.5"), D("-2"))), "1.5");
  EXPECT_EQ(Text(Mod(D("1"), D("0.03"))), "0.01");
  EXPECT_EQ(Text(Mod({kMax, 0}, {7, 38})).substr(0, 2), "0.");
  EXPECT_EQ(Text(Mod({7, 38}, {kMax, 0})), Concat("0.", std::string(37, '0'), "7"));
}

TEST(Decimal, NegatesAndTakesMagnitudes) {
  EXPECT_EQ(Negate(D("1.50")).ToString(), "-1.50");
  EXPECT_EQ(Negate(D("0.0")).ToString(), "0.0");
  EXPECT_EQ(Abs({-kMax, 3}).unscaled, kMax);
  EXPECT_EQ(Abs({kMax, 3}).unscaled, kMax);
}

// Every operation on values of every size and scale, against paper at the scale the result has.
class DecimalAgainstPaper : public ::testing::Test {
 protected:
  void Check(const absl::StatusOr<Decimal>& result, const NaiveInteger& expected, int scale) {
    ASSERT_EQ(result.ok(), expected.DigitCount() <= 38) << result.status();
    if (!result.ok()) {
      ++refused_;
      return;
    }
    ASSERT_EQ(result->scale, scale);
    ASSERT_EQ(NaiveInteger(result->unscaled), expected);
  }

  SizedNumbers numbers_{24};
  int refused_ = 0;
};

TEST_F(DecimalAgainstPaper, AddsSubtractsAndTakesRemainders) {
  for (int i = 0; i < 100'000; ++i) {
    const Decimal a{numbers_.Next(38), numbers_.Below(i % 2 == 0 ? 39 : 10)};
    const Decimal b{numbers_.Next(38), numbers_.Below(i % 2 == 0 ? 39 : 10)};
    const int scale = std::max(a.scale, b.scale);
    const NaiveInteger left = NaiveInteger(a.unscaled).TimesPowerOfTen(scale - a.scale);
    const NaiveInteger right = NaiveInteger(b.unscaled).TimesPowerOfTen(scale - b.scale);
    Check(Add(a, b), left + right, scale);
    Check(Sub(a, b), left - right, scale);
    if (b.unscaled != 0) Check(Mod(a, b), DivMod(left, right).second, scale);
    if (HasFatalFailure()) FAIL() << a.ToString() << " and " << b.ToString();
  }
  EXPECT_GT(refused_, 1000);
}

TEST_F(DecimalAgainstPaper, MultipliesAndDivides) {
  for (int i = 0; i < 100'000; ++i) {
    const Decimal a{numbers_.Next(i % 3 == 0 ? 18 : 38), numbers_.Below(i % 2 == 0 ? 39 : 10)};
    const Decimal b{numbers_.Next(i % 3 == 0 ? 18 : 38), numbers_.Below(i % 2 == 0 ? 39 : 10)};
    const int product_scale = ProductType(a.Type(), b.Type()).scale;
    const NaiveInteger product = NaiveInteger(a.unscaled) * NaiveInteger(b.unscaled);
    Check(Mul(a, b),
          NaiveInteger::DivideRounded(product, PowerOfTen(a.scale + b.scale - product_scale)),
          product_scale);
    if (b.unscaled == 0) continue;
    const int quotient_scale = QuotientType(a.Type(), b.Type()).scale;
    const int shift = quotient_scale - a.scale + b.scale;
    Check(Div(a, b),
          NaiveInteger::DivideRounded(NaiveInteger(a.unscaled).TimesPowerOfTen(shift),
                                      NaiveInteger(b.unscaled)),
          quotient_scale);
    if (HasFatalFailure()) FAIL() << a.ToString() << " and " << b.ToString();
  }
  EXPECT_GT(refused_, 1000);
}

// What the types promise: unless digits before the point had to be cut, no value of them overflows.
TEST(DecimalType, HoldsEveryResultItHasRoomFor) {
  for (int p = 1; p <= 19; ++p) {
    for (int s = 0; s <= p; ++s) {
      const Decimal largest{PowerOfTen(p) - 1, s};
      const Decimal smallest{1, s};
      const DecimalType type{p, s};
      const DecimalType product = ProductType(type, type);
      const DecimalType quotient = QuotientType(type, type);
      EXPECT_TRUE(Rescale(*Add(largest, largest), SumType(type, type)).ok());
      const absl::StatusOr<Decimal> square = Mul(largest, largest, product.scale);
      EXPECT_TRUE(square.ok() && Rescale(*square, product).ok()) << type.ToString();
      const absl::StatusOr<Decimal> ratio = Div(largest, smallest, quotient.scale);
      EXPECT_TRUE(ratio.ok() && Rescale(*ratio, quotient).ok()) << type.ToString();
    }
  }
}

}  // namespace
}  // namespace tape
