#include "tape/interval.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>

namespace tape {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kHour = 3600 * kSecond;
constexpr int64_t kDay = 24 * kHour;
constexpr int32_t kInt32Min = std::numeric_limits<int32_t>::min();
constexpr int32_t kInt32Max = std::numeric_limits<int32_t>::max();
constexpr int64_t kInt64Min = std::numeric_limits<int64_t>::min();
constexpr int64_t kInt64Max = std::numeric_limits<int64_t>::max();

void ExpectInterval(std::string_view text, const Interval& expected) {
  const absl::StatusOr<Interval> parsed = Interval::Parse(text);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, expected) << text << " is " << parsed->ToString();
}

void ExpectMessage(const absl::Status& status, std::string_view words) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << words;
  EXPECT_NE(std::string(status.message()).find(words), std::string::npos) << status;
}

void ExpectRefused(std::string_view text, std::string_view words) {
  ExpectMessage(Interval::Parse(text).status(), words);
}

Timestamp T(std::string_view text) {
  const absl::StatusOr<Timestamp> time = Timestamp::Parse(text);
  EXPECT_TRUE(time.ok()) << time.status();
  return time.value_or(Timestamp());
}

TEST(Interval, ReadsEveryUnitByEveryName) {
  const struct {
    std::string_view names;  // parted by blanks
    Interval one;
  } units[] = {
      {"ns nsec nsecs nanosecond nanoseconds", {.nanos = 1}},
      {"us usec usecs microsecond microseconds", {.nanos = 1'000}},
      {"ms msec msecs millisecond milliseconds", {.nanos = 1'000'000}},
      {"s sec secs second seconds", {.nanos = kSecond}},
      {"m min mins minute minutes", {.nanos = 60 * kSecond}},
      {"h hr hrs hour hours", {.nanos = kHour}},
      {"d day days", {.days = 1}},
      {"w week weeks", {.days = 7}},
      {"mo mon mons month months", {.months = 1}},
      {"y yr yrs year years", {.months = 12}},
  };
  for (const auto& unit : units) {
    std::string_view names = unit.names;
    while (!names.empty()) {
      const std::string name(names.substr(0, names.find(' ')));
      names.remove_prefix(std::min(names.size(), name.size() + 1));
      ExpectInterval("1" + name, unit.one);
      ExpectInterval("+1 " + name + " ", unit.one);
      std::string upper = name;
      for (char& c : upper) c = static_cast<char>(c - 32);
      ExpectInterval("  1  " + upper, unit.one);
      ExpectInterval("-3 " + name, {unit.one.months * -3, unit.one.days * -3, unit.one.nanos * -3});
    }
  }
}

TEST(Interval, ReadsSumsOfQuantities) {
  ExpectInterval("1 year 2 mons 3 days 04:05:06.5",
                 {14, 3, 4 * kHour + 5 * 60 * kSecond + 6 * kSecond + kSecond / 2});
  ExpectInterval("1h30m", {.nanos = kHour * 3 / 2});
  ExpectInterval("1 day -2 hours", {0, 1, -2 * kHour});
  ExpectInterval("-1 day +02:00", {0, -1, 2 * kHour});
  ExpectInterval("90s", {.nanos = 90 * kSecond});
  ExpectInterval("250ms", {.nanos = kSecond / 4});
  ExpectInterval("1 week 1 day", {.days = 8});
  ExpectInterval("1 mon ago", {.months = -1});
  ExpectInterval("1 day -2 hours AGO", {0, -1, 2 * kHour});
  ExpectInterval("0 days", {});
}

TEST(Interval, ReadsTimes) {
  ExpectInterval("01:02:03.5", {.nanos = kHour + 2 * 60 * kSecond + 3 * kSecond + kSecond / 2});
  ExpectInterval("-01:30", {.nanos = -kHour * 3 / 2});
  ExpectInterval("-00:00:00.000000001", {.nanos = -1});
  ExpectInterval("1:02", {.nanos = kHour + 120 * kSecond});
  ExpectInterval("100:00:00", {.nanos = 100 * kHour});
  ExpectInterval("2562047:47:16.854775807", {.nanos = kInt64Max});
  ExpectInterval("-2562047:47:16.854775808", {.nanos = kInt64Min});
}

TEST(Interval, ReadsFractionsExactly) {
  ExpectInterval("1.5 hours", {.nanos = kHour * 3 / 2});
  ExpectInterval(".5 hours", {.nanos = kHour / 2});
  ExpectInterval("-1.5 days", {0, -1, -kDay / 2});
  ExpectInterval("1.5 weeks", {0, 10, kDay / 2});
  ExpectInterval("0.000000001s", {.nanos = 1});
  ExpectInterval("0.001us", {.nanos = 1});
  ExpectInterval("1.0 ns", {.nanos = 1});
  ExpectInterval("2.0 years", {.months = 24});
  ExpectInterval("0.123456789 days", {.nanos = 86400 * int64_t{123456789}});
  ExpectRefused("0.5 ns", "finer than a nanosecond, at position 1");
  ExpectRefused("1 day 0.0001us", "finer than a nanosecond, at position 7");
  ExpectRefused("0.5 years", "years and months are whole numbers, at position 1");
  ExpectRefused("1.5 mons", "years and months are whole numbers");
  ExpectRefused("0.0000000001 hours", "more than nine digits after the point");
}

TEST(Interval, ReadsIso8601) {
  ExpectInterval("P1DT2H", {0, 1, 2 * kHour});
  ExpectInterval("P1Y2M3W4DT5H6M7.5S", {14, 25, 5 * kHour + 367 * kSecond + kSecond / 2});
  ExpectInterval("PT1M", {.nanos = 60 * kSecond});
  ExpectInterval("P1M", {.months = 1});
  ExpectInterval("p1m", {.months = 1});
  ExpectInterval("P-1DT+2H", {0, -1, 2 * kHour});
  ExpectInterval("PT0.000000001S", {.nanos = 1});
  ExpectInterval("P0D", {});
  ExpectRefused("P", "ends where a number should be");
  ExpectRefused("PT", "ends where a number should be");
  ExpectRefused("P1DT", "ends where a number should be");
  ExpectRefused("P1", "ends where Y, M, W or D should be");
  ExpectRefused("P1H", "\"H\" where Y, M, W or D should be, at position 3");
  ExpectRefused("PT1D", "\"D\" where H, M or S should be, at position 4");
  ExpectRefused("PT1HT1M", "\"T\" where a number should be, at position 5");
  ExpectRefused("P1D 2H", "\" \" where a number should be, at position 4");
  ExpectRefused("P1.5M", "years and months are whole numbers, at position 2");
}

TEST(Interval, NamesThePositionOfWhatIsWrong) {
  ExpectRefused("", "interval \"\": ends where a number should be");
  ExpectRefused("   ", "ends where a number should be");
  ExpectRefused("5", "ends where a unit should be");
  ExpectRefused("5 ", "ends where a unit should be");
  ExpectRefused("5 5", "\"5\" where a unit should be, at position 3");
  ExpectRefused("day", "not a number, at position 1");
  ExpectRefused("1 day two", "not a number, at position 7");
  ExpectRefused("ago", "not a number, at position 1");
  ExpectRefused("1 day ago 2 days", "\"2\" where the end should be, at position 11");
  ExpectRefused("1 fortnight", "there is no unit fortnight, at position 3");
  ExpectRefused("1 mss", "there is no unit mss");
  ExpectRefused("1 dayss", "there is no unit dayss");
  ExpectRefused("- 1 day", "\" \" where a number should be, at position 2");
  ExpectRefused("--1 day", "at position 2");
  ExpectRefused("1. day", "\" \" where a digit should be, at position 3");
  ExpectRefused("1:2", "ends where a two-digit minute should be");
  ExpectRefused("1:60", "minute 60 is above 59, at position 3");
  ExpectRefused("1:00:60", "second 60 is above 59, at position 6");
  ExpectRefused("1:00.5", "\".\" where a blank or the end should be, at position 5");
  ExpectRefused("1:00:00x", "\"x\" where a blank or the end should be, at position 8");
  ExpectRefused("1 day, 2 hours", "\",\" where a number should be, at position 6");
  ExpectRefused("infinity", "not a number, at position 1");
}

TEST(Interval, RefusesWhatDoesNotFitItsFields) {
  ExpectInterval("178956970 years 7 mons", {.months = kInt32Max});
  ExpectInterval("-178956970 years -8 mons", {.months = kInt32Min});
  ExpectRefused("178956970 years 8 mons", "too many months for 32 bits, at position 17");
  ExpectInterval("2147483647 days", {.days = kInt32Max});
  ExpectRefused("2147483648 days", "too many days for 32 bits");
  ExpectRefused("306783379 weeks", "too many days for 32 bits");
  ExpectRefused("2562047:47:16.854775808", "too many nanoseconds for 64 bits");
  ExpectRefused("9223372036854775808 ns", "a number too large, at position 1");
  ExpectInterval("999999999999999999 ns", {.nanos = 999'999'999'999'999'999});
  ExpectRefused("-2147483648 days ago", "too many days for 32 bits");
  ExpectRefused(std::string(500, '9').append(" days"), "a number too large");
}

TEST(Interval, PrintsAsPostgresDoes) {
  EXPECT_EQ(Interval{}.ToString(), "00:00:00");
  EXPECT_EQ((Interval{14, 3, kHour}).ToString(), "1 year 2 mons 3 days 01:00:00");
  EXPECT_EQ((Interval{12, 0, 0}).ToString(), "1 year");
  EXPECT_EQ((Interval{1, 1, 0}).ToString(), "1 mon 1 day");
  EXPECT_EQ((Interval{-14, 0, 0}).ToString(), "-1 years -2 mons");
  EXPECT_EQ((Interval{0, -1, 2 * kHour}).ToString(), "-1 days +02:00:00");
  EXPECT_EQ((Interval{1, -2, 5400 * kSecond}).ToString(), "1 mon -2 days +01:30:00");
  EXPECT_EQ((Interval{-1, 2, -kHour}).ToString(), "-1 mons +2 days -01:00:00");
  EXPECT_EQ((Interval{0, 0, kSecond / 2}).ToString(), "00:00:00.5");
  EXPECT_EQ((Interval{0, 0, -1}).ToString(), "-00:00:00.000000001");
  EXPECT_EQ((Interval{0, 0, 100 * kHour}).ToString(), "100:00:00");
}

TEST(Interval, ReadsBackWhatItPrints) {
  std::mt19937_64 random(61);
  const auto sized = [&random](int bits) {
    const auto value = static_cast<int64_t>(random());
    return value >> (64 - bits + static_cast<int>(random() % static_cast<unsigned>(bits)));
  };
  for (int i = 0; i < 100'000; ++i) {
    const Interval interval{random() % 3 == 0 ? 0 : static_cast<int32_t>(sized(32)),
                            random() % 3 == 0 ? 0 : static_cast<int32_t>(sized(32)),
                            random() % 3 == 0 ? 0 : sized(64)};
    const absl::StatusOr<Interval> back = Interval::Parse(interval.ToString());
    ASSERT_TRUE(back.ok()) << back.status();
    ASSERT_EQ(*back, interval) << interval.ToString();
  }
  for (const Interval& end :
       {Interval{kInt32Min, kInt32Min, kInt64Min}, Interval{kInt32Max, kInt32Max, kInt64Max}}) {
    EXPECT_EQ(Interval::Parse(end.ToString()).value(), end);
  }
}

TEST(IntervalSum, ClampsToTheLastOfAMonth) {
  EXPECT_EQ(Add(T("2025-01-31"), {.months = 1}).value(), T("2025-02-28"));
  EXPECT_EQ(Add(T("2024-01-31 12:34:56.789"), {.months = 1}).value(), T("2024-02-29 12:34:56.789"));
  EXPECT_EQ(Add(T("2024-02-29"), {.months = 12}).value(), T("2025-02-28"));
  EXPECT_EQ(Add(T("2024-02-29"), {.months = 48}).value(), T("2028-02-29"));
  EXPECT_EQ(Sub(T("2025-03-31"), {.months = 1}).value(), T("2025-02-28"));
  EXPECT_EQ(Sub(T("2025-01-15"), {.months = 1}).value(), T("2024-12-15"));
  EXPECT_EQ(Add(T("1970-01-31"), {.months = -13}).value(), T("1968-12-31"));
  EXPECT_EQ(Add(T("2025-12-31"), {.months = 2}).value(), T("2026-02-28"));
}

TEST(IntervalSum, TakesMonthsThenDaysThenTime) {
  EXPECT_EQ(Add(T("2025-01-31"), {1, 1, kHour}).value(), T("2025-03-01 01:00"));
  EXPECT_EQ(Sub(T("2025-03-01 01:00"), {1, 1, kHour}).value(), T("2025-01-31"));
  EXPECT_EQ(Add(T("2025-01-21"), {0, -1, kDay}).value(), T("2025-01-21"));
  EXPECT_EQ(Add(T("1960-01-01 00:00:00.000000001"), {0, 0, -2}).value(),
            T("1959-12-31 23:59:59.999999999"));
}

TEST(IntervalSum, StaysWithinTimestamps) {
  EXPECT_EQ(Add(Timestamp::Min(), {}).value(), Timestamp::Min());
  EXPECT_EQ(Add(Timestamp::Max(), {.nanos = kInt64Min}).value(), Timestamp::FromNanos(-1));
  EXPECT_EQ(Sub(Timestamp::FromNanos(-1), {.nanos = kInt64Min}).value(), Timestamp::Max());
  ExpectMessage(Add(Timestamp::Max(), {.nanos = 1}).status(),
                "2262-04-11T23:47:16.854775807Z + 00:00:00.000000001 is outside 1677-09-21T");
  ExpectMessage(Sub(Timestamp::Min(), {.nanos = 1}).status(), " - 00:00:00.000000001 is outside");
  ExpectMessage(Add(Timestamp(), {.months = kInt32Max}).status(), "outside");
  ExpectMessage(Sub(Timestamp(), {kInt32Min, kInt32Min, kInt64Min}).status(), "outside");
  ExpectMessage(Add(Timestamp(), {.days = kInt32Min}).status(), "outside");
  // Out and back again within one interval is no way out.
  EXPECT_EQ(Add(Timestamp::Max(), {0, 1, -kDay}).value(), Timestamp::Max());
}

// A month later is the same day of the next month or that month's last: by the calendar, day by
// day.
TEST(IntervalSum, AgreesWithTheCalendarOnEveryDay) {
  for (int32_t days = -100'000; days < 100'000; ++days) {
    const Timestamp time = Timestamp::FromNanos(days * kDay + 7);
    const absl::StatusOr<Timestamp> later = Add(time, {.months = 1});
    ASSERT_TRUE(later.ok()) << later.status();
    const CivilDay from = time.Day().Civil();
    const CivilDay to = later->Day().Civil();
    ASSERT_EQ((to.year * 12 + to.month) - (from.year * 12 + from.month), 1);
    const bool is_last = later->Day().AddDays(1)->Civil().day == 1;
    ASSERT_TRUE(to.day == from.day || (to.day < from.day && is_last)) << time.ToString();
    ASSERT_EQ(later->nanos() - int64_t{later->Day().days()} * kDay, 7);
  }
}

TEST(FixedNanos, CountsDaysAs24HoursAndRefusesMonths) {
  EXPECT_EQ(FixedNanos({0, 1, 5}).value(), kDay + 5);
  EXPECT_EQ(FixedNanos({0, -1, 5}).value(), 5 - kDay);
  ExpectMessage(FixedNanos({1, 0, 0}).status(), "interval 1 mon has months");
  ExpectMessage(FixedNanos({0, 200'000, 0}).status(), "more than 64 bits");
}

}  // namespace
}  // namespace tape
