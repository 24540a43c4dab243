#include "tape/timestamp.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <limits>
#include <random>
#include <string>

#include "format/types/civil.h"

namespace tape {
namespace {

constexpr int64_t kDay = 86'400'000'000'000;
constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

static_assert(Timestamp::FromNanos(-1).Day().days() == -1);
static_assert(Timestamp::FromNanos(0).Day().days() == 0);

// The canonical text of what `text` says, or the error.
std::string Read(std::string_view text) {
  const absl::StatusOr<Timestamp> time = Timestamp::Parse(text);
  return time.ok() ? time->ToString() : std::string(time.status().message());
}

void ExpectRefused(std::string_view text, std::string_view words) {
  const absl::Status status = Timestamp::Parse(text).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
  EXPECT_NE(std::string(status.message()).find(words), std::string::npos) << status;
}

// The printed form by way of the C library.
std::string NaiveText(int64_t nanos) {
  int64_t days = nanos / kDay;
  if (days * kDay > nanos) --days;
  const auto rest =
      static_cast<long long>(static_cast<uint64_t>(nanos) - static_cast<uint64_t>(days) * kDay);
  const CivilDay civil = format::CivilFromDays(static_cast<int32_t>(days));
  char text[64];
  std::snprintf(text, sizeof(text), "%04d-%02d-%02dT%02lld:%02lld:%02lld.%09lldZ", civil.year,
                civil.month, civil.day, rest / 3'600'000'000'000, rest / 60'000'000'000 % 60,
                rest / 1'000'000'000 % 60, rest % 1'000'000'000);
  return text;
}

void ExpectRoundTrip(int64_t nanos) {
  char text[kTimestampTextSize];
  ASSERT_EQ(Timestamp::FromNanos(nanos).Print(text), text + kTimestampTextSize);
  const std::string_view printed(text, kTimestampTextSize);
  ASSERT_EQ(printed, NaiveText(nanos));
  const absl::StatusOr<Timestamp> parsed = Timestamp::Parse(printed);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_EQ(parsed->nanos(), nanos) << printed;
}

TEST(Timestamp, ReadsBackTheEndsOfItsRange) {
  EXPECT_EQ(Timestamp::Min().ToString(), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(Timestamp::Max().ToString(), "2262-04-11T23:47:16.854775807Z");
  for (int64_t i = 0; i < 1000; ++i) {
    ExpectRoundTrip(kLowest + i);
    ExpectRoundTrip(kHighest - i);
    ExpectRoundTrip(i - 500);
  }
}

TEST(Timestamp, ReadsBackEveryDayOfItsRange) {
  for (int64_t day = kLowest / kDay; day <= kHighest / kDay; ++day) {
    ExpectRoundTrip(day * kDay);
    ExpectRoundTrip(day * kDay + (day < 0 ? 1 : -1));
    if (HasFatalFailure()) FAIL() << "day " << day;
  }
}

TEST(Timestamp, ReadsBackRandomInstants) {
  std::mt19937_64 random(51);
  for (int i = 0; i < 200'000; ++i) {
    ExpectRoundTrip(static_cast<int64_t>(random()));
    if (HasFatalFailure()) FAIL() << "instant " << i;
  }
}

TEST(Timestamp, ReadsEveryForm) {
  const std::string midnight = "2025-01-21T00:00:00.000000000Z";
  const std::string half_past_two = "2025-01-21T14:30:00.000000000Z";
  EXPECT_EQ(Read("2025-01-21"), midnight);
  EXPECT_EQ(Read("2025-01-21 14:30"), half_past_two);
  EXPECT_EQ(Read("2025-01-21T14:30"), half_past_two);
  EXPECT_EQ(Read("2025-01-21t14:30z"), half_past_two);
  EXPECT_EQ(Read("2025-01-21 14:30:00"), half_past_two);
  EXPECT_EQ(Read("2025-01-21 14:30:00Z"), half_past_two);
  EXPECT_EQ(Read("2025-01-21 16:30:00+02"), half_past_two);
  EXPECT_EQ(Read("2025-01-21 16:30:00+0200"), half_past_two);
  EXPECT_EQ(Read("2025-01-21 16:30:00+02:00"), half_past_two);
  EXPECT_EQ(Read("2025-01-21 16:30+02:00"), half_past_two);
  EXPECT_EQ(Read("2025-01-21 09:00:00-05:30"), half_past_two);
  EXPECT_EQ(Read("2025-01-21 14:30:00-00:00"), half_past_two);
  EXPECT_EQ(Read("2025-01-22T06:29:00+15:59"), half_past_two);
  EXPECT_EQ(Read("2025-01-01T01:00:00+02:00"), "2024-12-31T23:00:00.000000000Z");
}

TEST(Timestamp, ReadsOneToNineDigitsOfASecond) {
  const std::string digits = "123456789";
  for (size_t count = 1; count <= 9; ++count) {
    const std::string fraction = digits.substr(0, count);
    const std::string padded = fraction + std::string(9 - count, '0');
    for (const std::string_view zone : {"", "Z", "+00:00"}) {
      EXPECT_EQ(Read("2025-01-21T14:30:00." + fraction + std::string(zone)),
                "2025-01-21T14:30:00." + padded + "Z");
    }
  }
  EXPECT_EQ(Read("2025-01-21T14:30:00.12345678900000Z"), "2025-01-21T14:30:00.123456789Z");
  ExpectRefused("2025-01-21T14:30:00.1234567890001Z",
                "more than nine digits after the point, at position 33");
}

TEST(Timestamp, TakesTheEndOfADayAndLeapSecondsAsPostgresDoes) {
  EXPECT_EQ(Read("2024-12-31T24:00:00Z"), "2025-01-01T00:00:00.000000000Z");
  EXPECT_EQ(Read("2024-12-31T24:00"), "2025-01-01T00:00:00.000000000Z");
  EXPECT_EQ(Read("2024-12-31T24:00:00.000000000Z"), "2025-01-01T00:00:00.000000000Z");
  EXPECT_EQ(Read("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000000000Z");
  EXPECT_EQ(Read("2016-12-31T23:59:60.500000000Z"), "2017-01-01T00:00:00.500000000Z");
  EXPECT_EQ(Read("2025-01-21T14:30:60Z"), "2025-01-21T14:31:00.000000000Z");
  ExpectRefused("2024-12-31T24:00:00.1Z", "no time is later than 24:00:00, at position 12");
  ExpectRefused("2024-12-31T24:00:00.000000001Z", "no time is later than 24:00:00");
  ExpectRefused("2024-12-31T24:01Z", "no time is later than 24:00:00");
  ExpectRefused("2024-12-31T23:59:61Z", "second 61 is above 60, at position 18");
}

TEST(Timestamp, RefusesInstantsOutsideItsRange) {
  EXPECT_EQ(Read("1677-09-21T00:12:43.145224192Z"), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(Read("2262-04-12T00:47:16.854775807+01:00"), "2262-04-11T23:47:16.854775807Z");
  const std::string_view range =
      "outside 1677-09-21T00:12:43.145224192Z..2262-04-11T23:47:16.854775807Z";
  ExpectRefused("1677-09-21T00:12:43.145224191Z", range);
  ExpectRefused("2262-04-11T23:47:16.854775808Z", range);
  ExpectRefused("1677-09-21", range);
  ExpectRefused("0001-01-01", range);
  ExpectRefused("9999-12-31T24:00:00.000000000Z", range);
  EXPECT_EQ(Read("1677-09-22"), "1677-09-22T00:00:00.000000000Z");
}

TEST(Timestamp, NamesThePositionOfWhatIsWrong) {
  const struct {
    std::string_view text;
    std::string_view words;
  } cases[] = {
      {"", "timestamp \"\": ends where a year of four digits should be"},
      {"2025-01-21X14:30", "\"X\" where 'T', a blank or the end should be, at position 11"},
      {"2025-01-21T", "ends where a two-digit hour should be"},
      {"2025-01-21 ", "ends where a two-digit hour should be"},
      {"2025-01-21  14:30", "\" \" where a two-digit hour should be, at position 12"},
      {"2025-01-21T14", "ends where ':' should be"},
      {"2025-01-21T1430", "\"3\" where ':' should be, at position 14"},
      {"2025-01-21T4:30", "\":\" where a two-digit hour should be, at position 13"},
      {"2025-01-21T25:00", "hour 25 is above 24, at position 12"},
      {"2025-01-21T14:60", "minute 60 is above 59, at position 15"},
      {"2025-01-21T14:30:", "ends where a two-digit second should be"},
      {"2025-01-21T14:30:00.", "ends where a digit should be"},
      {"2025-01-21T14:30:00.Z", "\"Z\" where a digit should be, at position 21"},
      {"2025-01-21T14:30:00,5", "\",\" where an offset or the end should be, at position 20"},
      {"2025-01-21T14:30:00 Z", "\" \" where an offset or the end should be, at position 20"},
      {"2025-01-21T14:30:00Zx", "\"x\" where the end should be, at position 21"},
      {"2025-01-21T14:30:00+2", "ends where a two-digit hour should be"},
      {"2025-01-21T14:30:00+02:", "ends where a two-digit minute should be"},
      {"2025-01-21T14:30:00+16:00", "hour 16 is above 15, at position 21"},
      {"2025-01-21T14:30:00+02:60", "minute 60 is above 59, at position 24"},
      {"2025-01-21T14:30:00+02:00:00", "\":\" where the end should be, at position 26"},
      {"2025-01-21Z", "\"Z\" where 'T', a blank or the end should be, at position 11"},
      {"2025-13-21T14:30:00.000000000Z", "month 13 is above 12, at position 6"},
      {"2025-00-21T14:30:00.000000000Z", "there is no month 0"},
      {"2025-02-29T14:30:00.000000000Z", "day 29 is above 28, at position 9"},
      {"2025-01-00T14:30:00.000000000Z", "there is no day 0"},
      {"2025-01-21T14:30:00.00000000xZ",
       "\"x\" where an offset or the end should be, at position 29"},
      {"infinity", "there is no infinite time"},
      {"-infinity", "there is no infinite time"},
      {"epoch", "\"e\" where a year of four digits should be, at position 1"},
      {"now", "\"n\" where a year of four digits should be, at position 1"},
      {"1737469800", "\"4\" where '-' should be, at position 5"},
  };
  for (const auto& c : cases) ExpectRefused(c.text, c.words);
}

// The printed form has a reader of its own. With any one character replaced by any other, it must
// say what the general reader says; which one that is, the same text with a zero at the end
// decides, since only the general reader takes ten digits.
TEST(Timestamp, ReadsThePrintedFormAsItReadsAnyOther) {
  const std::string printed = "2024-02-29T13:35:47.123456789Z";
  int accepted = 0;
  for (size_t at = 0; at + 1 < printed.size(); ++at) {
    for (int c = 0; c < 256; ++c) {
      std::string changed = printed;
      changed[at] = static_cast<char>(c);
      const std::string longer = changed.substr(0, 29) + "0Z";
      const absl::StatusOr<Timestamp> fast = Timestamp::Parse(changed);
      const absl::StatusOr<Timestamp> general = Timestamp::Parse(longer);
      ASSERT_EQ(fast.ok(), general.ok()) << changed;
      if (!fast.ok()) continue;
      ASSERT_EQ(*fast, *general) << changed;
      ++accepted;
    }
  }
  EXPECT_GT(accepted, 150);
}

TEST(Timestamp, FallsInTheDayThatHoldsIt) {
  const auto day = [](int64_t nanos) { return Timestamp::FromNanos(nanos).Day().ToString(); };
  EXPECT_EQ(day(0), "1970-01-01");
  EXPECT_EQ(day(kDay - 1), "1970-01-01");
  EXPECT_EQ(day(kDay), "1970-01-02");
  EXPECT_EQ(day(-1), "1969-12-31");
  EXPECT_EQ(day(-kDay), "1969-12-31");
  EXPECT_EQ(day(-kDay - 1), "1969-12-30");
  EXPECT_EQ(day(kLowest), "1677-09-21");
  EXPECT_EQ(day(kHighest), "2262-04-11");
}

TEST(Timestamp, BeginsADayAtMidnight) {
  EXPECT_EQ(Timestamp::AtMidnight(*Date::Parse("2025-01-21"))->ToString(),
            "2025-01-21T00:00:00.000000000Z");
  const absl::StatusOr<Timestamp> early = Timestamp::AtMidnight(Timestamp::Min().Day());
  EXPECT_EQ(early.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(std::string(early.status().message()).find("date 1677-09-21 as a timestamp: outside"),
            std::string::npos);
  EXPECT_TRUE(Timestamp::AtMidnight(Timestamp::Max().Day()).ok());
  EXPECT_FALSE(Timestamp::AtMidnight(Date::Max()).ok());
}

TEST(Timestamp, OrdersByInstant) {
  EXPECT_LT(Timestamp::Min(), Timestamp());
  EXPECT_LT(*Timestamp::Parse("2025-01-21T14:30+02"), *Timestamp::Parse("2025-01-21T14:30"));
}

}  // namespace
}  // namespace tape
