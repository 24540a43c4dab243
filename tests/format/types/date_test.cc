#include "tape/date.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>

#include "format/types/civil.h"

namespace tape {
namespace {

static_assert(format::DaysFromCivil({1970, 1, 1}) == 0);
static_assert(format::DaysFromCivil({2025, 1, 21}) == 20109);
static_assert(format::CivilFromDays(-1) == CivilDay{1969, 12, 31});

Date D(std::string_view text) {
  const absl::StatusOr<Date> date = Date::Parse(text);
  EXPECT_TRUE(date.ok()) << date.status();
  return date.value_or(Date());
}

void ExpectRefused(const absl::Status& status, std::string_view words) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(std::string(status.message()).find(words), std::string::npos) << status;
}

std::string Digits(int32_t value, size_t width) {
  const std::string digits = std::to_string(value);
  return std::string(width - digits.size(), '0') + digits;
}

// A calendar on the wall: one day after the other, by the rule every child learns.
struct WallCalendar {
  CivilDay day{1, 1, 1};

  void Turn() {
    static constexpr int32_t kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = day.year % 400 == 0 || (day.year % 4 == 0 && day.year % 100 != 0);
    const int32_t length = kLengths[day.month - 1] + (day.month == 2 && leap ? 1 : 0);
    if (++day.day <= length) return;
    day.day = 1;
    if (++day.month <= 12) return;
    day.month = 1;
    ++day.year;
  }
};

TEST(Date, AgreesWithTheCalendarOnEveryDay) {
  WallCalendar wall;
  for (int32_t days = Date::Min().days(); days <= Date::Max().days(); ++days, wall.Turn()) {
    const Date date = Date::FromDays(days);
    ASSERT_EQ(date.Civil(), wall.day) << days;
    ASSERT_EQ(format::DaysFromCivil(wall.day), days);
  }
  EXPECT_EQ(wall.day, (CivilDay{10000, 1, 1}));
}

TEST(Date, PrintsAndParsesEveryDayOfFourCenturies) {
  WallCalendar wall;
  wall.day = {1900, 1, 1};
  char text[kDateTextSizeMax];
  for (int32_t days = D("1900-01-01").days(); days < D("2300-01-01").days(); ++days, wall.Turn()) {
    const std::string printed(text, Date::FromDays(days).Print(text));
    ASSERT_EQ(printed, Digits(wall.day.year, 4) + "-" + Digits(wall.day.month, 2) + "-" +
                           Digits(wall.day.day, 2));
    const absl::StatusOr<Date> parsed = Date::Parse(printed);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    ASSERT_EQ(parsed->days(), days);
  }
}

TEST(Date, ConvertsEveryInt32BackAndForth) {
  std::mt19937 random(41);
  const auto check = [](int32_t days) {
    const CivilDay civil = format::CivilFromDays(days);
    ASSERT_EQ(format::DaysFromCivil(civil), days);
    ASSERT_TRUE(civil.month >= 1 && civil.month <= 12) << days;
    ASSERT_TRUE(civil.day >= 1 && civil.day <= format::DaysInMonth(civil.year, civil.month));
  };
  check(std::numeric_limits<int32_t>::min());
  check(std::numeric_limits<int32_t>::max());
  for (int i = 0; i < 200'000; ++i) check(static_cast<int32_t>(random()));
}

TEST(Date, PrintsDaysBeyondItsRangeWithoutPretending) {
  const std::string lowest = Date::FromDays(std::numeric_limits<int32_t>::min()).ToString();
  const std::string highest = Date::FromDays(std::numeric_limits<int32_t>::max()).ToString();
  EXPECT_EQ(lowest, "-5877641-06-23");
  EXPECT_EQ(highest, "5881580-07-11");
  EXPECT_EQ(lowest.size(), kDateTextSizeMax);
  EXPECT_FALSE(Date::Parse(lowest).ok());
  EXPECT_FALSE(Date::Parse(highest).ok());
  EXPECT_EQ(Date::FromDays(Date::Min().days() - 1).ToString(), "0000-12-31");
  EXPECT_EQ(Date::FromDays(Date::Max().days() + 1).ToString(), "10000-01-01");
}

TEST(Date, HasTheEndsOfItsRange) {
  EXPECT_EQ(Date::Min().ToString(), "0001-01-01");
  EXPECT_EQ(Date::Max().ToString(), "9999-12-31");
  EXPECT_EQ(D("0001-01-01"), Date::Min());
  EXPECT_EQ(D("9999-12-31"), Date::Max());
  EXPECT_EQ(D("1970-01-01"), Date());
}

TEST(Date, BuildsFromCivilParts) {
  EXPECT_EQ(Date::FromCivil({2024, 2, 29}).value().ToString(), "2024-02-29");
  ExpectRefused(Date::FromCivil({2023, 2, 29}).status(), "day 29 is not 1..28");
  ExpectRefused(Date::FromCivil({1900, 2, 29}).status(), "day 29 is not 1..28");
  EXPECT_TRUE(Date::FromCivil({2000, 2, 29}).ok());
  ExpectRefused(Date::FromCivil({2023, 0, 1}).status(), "month 0 is not 1..12");
  ExpectRefused(Date::FromCivil({2023, 13, 1}).status(), "month 13");
  ExpectRefused(Date::FromCivil({2023, 4, 31}).status(), "day 31 is not 1..30");
  ExpectRefused(Date::FromCivil({2023, 4, 0}).status(), "day 0");
  ExpectRefused(Date::FromCivil({0, 1, 1}).status(), "year 0 is not 1..9999");
  ExpectRefused(Date::FromCivil({10000, 1, 1}).status(), "year 10000");
}

TEST(Date, NamesThePositionOfWhatIsWrong) {
  const struct {
    std::string_view text;
    std::string_view words;
  } cases[] = {
      {"", "ends where a year of four digits should be"},
      {"2025", "ends where '-' should be"},
      {"2025-1-2", "\"-\" where a two-digit month should be, at position 7"},
      {"2025-01", "ends where '-' should be"},
      {"2025-01-1", "ends where a two-digit day should be"},
      {"2025-00-01", "there is no month 0, at position 6"},
      {"2025-13-01", "month 13 is above 12, at position 6"},
      {"2025-01-00", "there is no day 0, at position 9"},
      {"2025-01-32", "day 32 is above 31, at position 9"},
      {"2025-02-29", "day 29 is above 28, at position 9"},
      {"2025-01-21 ", "\" \" where the end should be, at position 11"},
      {"2025-01-21T00:00", "\"T\" where the end should be, at position 11"},
      {"2025-01-21 BC", "where the end should be, at position 11"},
      {"0044-03-15 BC", "where the end should be"},
      {"2025/01/21", "\"/\" where '-' should be, at position 5"},
      {"20250121", "\"0\" where '-' should be, at position 5"},
      {"12025-01-21", "\"5\" where '-' should be, at position 5"},
      {"0000-01-01", "years before 0001 are not supported"},
      {"-0044-03-15", "years before 0001 are not supported"},
      {" 2025-01-21", "\" \" where a year of four digits should be, at position 1"},
      {"infinity", "there is no infinite time"},
      {"-Infinity", "there is no infinite time"},
      {"today", "\"t\" where a year of four digits should be, at position 1"},
  };
  for (const auto& c : cases) ExpectRefused(Date::Parse(c.text).status(), c.words);
}

TEST(Date, StartsWeeksOnMonday) {
  EXPECT_EQ(D("2025-01-20").WeekStart(), D("2025-01-20"));
  EXPECT_EQ(D("2025-01-26").WeekStart(), D("2025-01-20"));
  EXPECT_EQ(D("2025-01-27").WeekStart(), D("2025-01-27"));
  EXPECT_EQ(D("1970-01-01").WeekStart(), D("1969-12-29"));
  EXPECT_EQ(D("1969-12-28").WeekStart(), D("1969-12-22"));
  EXPECT_EQ(Date::Min().WeekStart(), Date::Min());  // 0001-01-01 was a Monday
  for (int32_t days = -1000; days < 1000; ++days) {
    const Date start = Date::FromDays(days).WeekStart();
    ASSERT_TRUE(start.days() <= days && days - start.days() < 7);
    ASSERT_EQ((start.days() - D("2025-01-20").days()) % 7, 0);
  }
}

TEST(Date, StartsMonthsOnTheFirst) {
  EXPECT_EQ(D("2024-02-29").MonthStart(), D("2024-02-01"));
  EXPECT_EQ(D("1969-12-31").MonthStart(), D("1969-12-01"));
  EXPECT_EQ(Date::Min().MonthStart(), Date::Min());
}

TEST(Date, AddsDaysWithinItsRange) {
  EXPECT_EQ(D("2024-02-28").AddDays(2).value(), D("2024-03-01"));
  EXPECT_EQ(D("2024-03-01").AddDays(-1).value(), D("2024-02-29"));
  EXPECT_EQ(Date::Min().AddDays(3'652'058).value(), Date::Max());
  ExpectRefused(Date::Max().AddDays(1).status(), "date 9999-12-31 + 1 days is outside 0001-01-01");
  ExpectRefused(Date::Min().AddDays(-1).status(), "outside");
  ExpectRefused(Date::FromDays(1).AddDays(std::numeric_limits<int64_t>::max()).status(), "outside");
  ExpectRefused(Date().AddDays(std::numeric_limits<int64_t>::min()).status(), "outside");
}

TEST(Date, OrdersByDay) {
  EXPECT_LT(D("1969-12-31"), D("1970-01-01"));
  EXPECT_GT(D("2025-01-21"), D("2025-01-20"));
}

}  // namespace
}  // namespace tape
