#include "tape/number_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>

namespace tape {
namespace {

void ExpectRefused(const absl::Status& status, std::string_view words) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(std::string(status.message()).find(words), std::string::npos) << status;
}

TEST(IntegerText, ParsesEverySmallint) {
  for (int i = -32768; i <= 32767; ++i) ASSERT_EQ(ParseInt16(std::to_string(i)).value(), i);
}

TEST(IntegerText, ParsesTheEndsOfEachRange) {
  EXPECT_EQ(ParseInt32("-2147483648").value(), std::numeric_limits<int32_t>::min());
  EXPECT_EQ(ParseInt32("+2147483647").value(), std::numeric_limits<int32_t>::max());
  EXPECT_EQ(ParseInt64("-9223372036854775808").value(), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(ParseInt64("9223372036854775807").value(), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(ParseInt64("-0").value(), 0);
  EXPECT_EQ(ParseInt64("0000000000000000000000000001").value(), 1);
}

TEST(IntegerText, RefusesWhatIsBeyond) {
  ExpectRefused(ParseInt16("32768").status(), "SMALLINT \"32768\": outside -32768..32767");
  ExpectRefused(ParseInt16("-32769").status(), "outside");
  ExpectRefused(ParseInt32("2147483648").status(), "INTEGER \"2147483648\"");
  ExpectRefused(ParseInt32("-2147483649").status(), "outside");
  ExpectRefused(ParseInt64("9223372036854775808").status(),
                "outside -9223372036854775808..9223372036854775807");
  ExpectRefused(ParseInt64("-9223372036854775809").status(), "outside");
  ExpectRefused(ParseInt64(std::string(100, '9')).status(), "outside");
}

TEST(IntegerText, NamesThePositionOfJunk) {
  ExpectRefused(ParseInt64("").status(), "ends where a digit should be");
  ExpectRefused(ParseInt64("-").status(), "ends where a digit should be");
  ExpectRefused(ParseInt64("+-1").status(), "\"-\" where a digit should be, at position 2");
  ExpectRefused(ParseInt64("--1").status(), "at position 2");
  ExpectRefused(ParseInt64(" 1").status(), "at position 1");
  ExpectRefused(ParseInt64("1 ").status(), "\" \" where the end should be, at position 2");
  ExpectRefused(ParseInt64("12a").status(), "\"a\" where the end should be, at position 3");
  ExpectRefused(ParseInt32("1.0").status(), "at position 2");
  ExpectRefused(ParseInt32("1e3").status(), "at position 2");
  ExpectRefused(ParseInt32("0x10").status(), "at position 2");
  // Junk is junk, even behind a number that would not fit.
  ExpectRefused(ParseInt16("99999x").status(), "at position 6");
}

TEST(IntegerText, PrintsTheEnds) {
  char text[kNumberTextSizeMax];
  EXPECT_EQ(std::string(text, PrintInt64(std::numeric_limits<int64_t>::min(), text)),
            "-9223372036854775808");
  EXPECT_EQ(std::string(text, PrintInt64(0, text)), "0");
}

TEST(FloatText, ParsesTheUsualForms) {
  EXPECT_EQ(ParseDouble("0.1").value(), 0.1);
  EXPECT_EQ(ParseDouble("-1.5e-7").value(), -1.5e-7);
  EXPECT_EQ(ParseDouble("+2").value(), 2.0);
  EXPECT_EQ(ParseDouble(".5").value(), 0.5);
  EXPECT_EQ(ParseDouble("5.").value(), 5.0);
  EXPECT_EQ(ParseDouble("1E5").value(), 1e5);
  EXPECT_EQ(ParseDouble("1.7976931348623157e308").value(), std::numeric_limits<double>::max());
  EXPECT_EQ(ParseDouble("5e-324").value(), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(ParseDouble("0e-999").value(), 0.0);
  EXPECT_EQ(ParseFloat("0.1").value(), 0.1F);
  EXPECT_TRUE(std::signbit(ParseDouble("-0").value()));
}

TEST(FloatText, ParsesNanAndInfinityInAnyCase) {
  for (const std::string_view text : {"NaN", "nan", "NAN", "-nan"}) {
    EXPECT_TRUE(std::isnan(ParseDouble(text).value())) << text;
  }
  for (const std::string_view text : {"Infinity", "infinity", "INF", "+inf"}) {
    EXPECT_EQ(ParseDouble(text).value(), HUGE_VAL) << text;
    EXPECT_EQ(ParseFloat(text).value(), HUGE_VALF) << text;
  }
  EXPECT_EQ(ParseDouble("-Infinity").value(), -HUGE_VAL);
}

TEST(FloatText, RefusesWhatHasNoNearestValue) {
  ExpectRefused(ParseDouble("1e400").status(), "DOUBLE PRECISION \"1e400\": out of range");
  ExpectRefused(ParseDouble("-1e400").status(), "out of range");
  ExpectRefused(ParseDouble("1e-400").status(), "out of range");
  ExpectRefused(ParseFloat("1e39").status(), "REAL \"1e39\": out of range");
  ExpectRefused(ParseFloat("1e-60").status(), "out of range");
}

TEST(FloatText, NamesThePositionOfJunk) {
  ExpectRefused(ParseDouble("").status(), "ends where a number should be");
  ExpectRefused(ParseDouble("-").status(), "ends where a number should be");
  ExpectRefused(ParseDouble(".").status(), "ends where a digit should be");
  ExpectRefused(ParseDouble("--1").status(), "at position 2");
  ExpectRefused(ParseDouble("1.5x").status(), "\"x\" where the end should be, at position 4");
  ExpectRefused(ParseDouble(" 1").status(), "at position 1");
  ExpectRefused(ParseDouble("1 ").status(), "at position 2");
  ExpectRefused(ParseDouble("0x1p3").status(), "\"x\" where the end should be, at position 2");
  ExpectRefused(ParseDouble("nan(1)").status(), "at position 1");
  ExpectRefused(ParseDouble("infinit").status(), "at position 1");
  ExpectRefused(ParseDouble("1e400x").status(), "at position 6");
}

TEST(FloatText, PrintsTheShortestInPlainNotation) {
  EXPECT_EQ(ToText(0.1), "0.1");
  EXPECT_EQ(ToText(100000.0), "100000");
  EXPECT_EQ(ToText(50123.12345678), "50123.12345678");
  EXPECT_EQ(ToText(0.0001), "0.0001");
  EXPECT_EQ(ToText(0.00001), "1e-05");
  EXPECT_EQ(ToText(999999999999999.0), "999999999999999");
  EXPECT_EQ(ToText(1e15), "1e+15");
  EXPECT_EQ(ToText(1e300), "1e+300");
  EXPECT_EQ(ToText(-0.0), "-0");
  EXPECT_EQ(ToText(0.1F), "0.1");
  EXPECT_EQ(ToText(9999999.0F), "9999999");
  EXPECT_EQ(ToText(1e7F), "1e+07");
  EXPECT_EQ(ToText(std::nan("")), "NaN");
  EXPECT_EQ(ToText(HUGE_VAL), "Infinity");
  EXPECT_EQ(ToText(-HUGE_VALF), "-Infinity");
}

TEST(FloatText, ReadsBackEveryBitOfRandomDoubles) {
  std::mt19937_64 random(31);
  char text[kNumberTextSizeMax];
  for (int i = 0; i < 200'000; ++i) {
    const double any = std::bit_cast<double>(random());
    // Also numbers near one, where notation changes, and such as prices are.
    const double value = i % 3 == 0 ? any
                         : i % 3 == 1
                             ? std::ldexp(std::bit_cast<double>(random() >> 12 | 1023ULL << 52),
                                          static_cast<int>(random() % 120) - 60)
                             : static_cast<double>(random() % 100'000'000) / 1000;
    if (!std::isfinite(value)) continue;
    const absl::StatusOr<double> back =
        ParseDouble({text, static_cast<size_t>(PrintDouble(value, text) - text)});
    ASSERT_TRUE(back.ok()) << back.status();
    ASSERT_EQ(std::bit_cast<uint64_t>(*back), std::bit_cast<uint64_t>(value));
  }
}

TEST(FloatText, ReadsBackEveryBitOfRandomFloats) {
  std::mt19937_64 random(32);
  char text[kNumberTextSizeMax];
  for (int i = 0; i < 200'000; ++i) {
    const float value = std::bit_cast<float>(static_cast<uint32_t>(random()));
    if (!std::isfinite(value)) continue;
    const absl::StatusOr<float> back =
        ParseFloat({text, static_cast<size_t>(PrintFloat(value, text) - text)});
    ASSERT_TRUE(back.ok()) << back.status();
    ASSERT_EQ(std::bit_cast<uint32_t>(*back), std::bit_cast<uint32_t>(value));
  }
}

TEST(FloatText, FitsItsBufferAtItsLongest) {
  for (const double value : {-1.2345678901234567e-308, -0.00012345678901234567,
                             -4.9406564584124654e-324, -999999999999999.9}) {
    EXPECT_LE(ToText(value).size(), kNumberTextSizeMax);
    EXPECT_EQ(ParseDouble(ToText(value)).value(), value);
  }
}

TEST(BooleanText, ParsesPostgresWordsInAnyCase) {
  for (const std::string_view text : {"t", "true", "y", "yes", "on", "1", "TRUE", "Yes", "oN"}) {
    EXPECT_TRUE(ParseBoolean(text).value()) << text;
  }
  for (const std::string_view text : {"f", "false", "n", "no", "off", "0", "False", "OFF"}) {
    EXPECT_FALSE(ParseBoolean(text).value()) << text;
  }
}

TEST(BooleanText, RefusesOtherWords) {
  for (const std::string_view text : {"", "2", "tr", "o", "truex", " true", "10", "-1"}) {
    ExpectRefused(ParseBoolean(text).status(), "not one of true, false");
  }
}

TEST(BooleanText, PrintsWords) {
  EXPECT_EQ(BooleanText(true), "true");
  EXPECT_EQ(BooleanText(false), "false");
}

}  // namespace
}  // namespace tape
