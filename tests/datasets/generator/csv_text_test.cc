#include "datasets/generator/csv_text.h"

#include <gtest/gtest.h>

#include <string>

#include "datasets/generator/random.h"

namespace tape::generator {
namespace {

std::string TimeText(int64_t ts) {
  char text[TimestampText::kSize];
  EXPECT_EQ(TimestampText().Write(ts, text), text + TimestampText::kSize);
  return std::string(text, sizeof(text));
}

// An ask is one above the bid, as far as there is room.
int64_t OneMore(int64_t value) { return value == INT64_MAX ? value : value + 1; }

Event MakeEvent(int64_t ts, int64_t price, int64_t size) {
  Event event;
  event.ts = ts;
  event.price[0] = price;
  event.price[1] = OneMore(price);
  event.size[0] = size;
  event.size[1] = OneMore(size);
  event.trade_id = 9;
  return event;
}

// The price and size columns of one trade.
std::string PriceAndSize(int price_scale, int64_t price, int size_scale, int64_t size) {
  CsvText csv({"A"}, {"X"}, price_scale, size_scale);
  TradeColumns trades;
  trades.Append(MakeEvent(0, price, size));
  const std::string line(csv.Trades(trades));
  const std::string start = "1970-01-01T00:00:00.000000000Z,A,X,B,";
  EXPECT_EQ(line.substr(0, start.size()), start);
  EXPECT_EQ(line.substr(line.size() - 3), ",9\n");
  return line.substr(start.size(), line.size() - start.size() - 3);
}

TEST(TimestampText, PrintsNanosecondsAndTheZone) {
  EXPECT_EQ(TimeText(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(TimeText(1), "1970-01-01T00:00:00.000000001Z");
  EXPECT_EQ(TimeText(1'772'443'800'000'006'634), "2026-03-02T09:30:00.000006634Z");
  EXPECT_EQ(TimeText(1'709'251'199'999'999'999), "2024-02-29T23:59:59.999999999Z");
  EXPECT_EQ(TimeText(INT64_MAX), "2262-04-11T23:47:16.854775807Z");
}

TEST(TimestampText, FollowsTheSecondsInAnyOrder) {
  TimestampText time;
  char text[TimestampText::kSize];
  for (const int64_t ts :
       {int64_t{999'999'999}, int64_t{1'000'000'000}, int64_t{86'400'000'000'000}, int64_t{5}}) {
    time.Write(ts, text);
    EXPECT_EQ(std::string(text, sizeof(text)), TimeText(ts));
  }
}

TEST(CsvText, PrintsDecimalsExactly) {
  EXPECT_EQ(PriceAndSize(2, 0, 0, 0), "0.00,0");
  EXPECT_EQ(PriceAndSize(2, 5, 0, 9), "0.05,9");
  EXPECT_EQ(PriceAndSize(2, 23150, 0, 10), "231.50,10");
  EXPECT_EQ(PriceAndSize(8, 1043, 8, 100'000'000), "0.00001043,1.00000000");
  EXPECT_EQ(PriceAndSize(8, 6'843'120'000'001, 8, 99'999'999), "68431.20000001,0.99999999");
  EXPECT_EQ(PriceAndSize(0, INT64_MAX, 18, INT64_MAX), "9223372036854775807,9.223372036854775807");
}

TEST(CsvText, PrintsIntegersOfEveryLength) {
  Random random(1);
  for (int bits = 1; bits <= 63; ++bits) {
    const int64_t value = static_cast<int64_t>(random.Next() >> (64 - bits));
    EXPECT_EQ(PriceAndSize(0, value, 0, value),
              std::to_string(value) + "," + std::to_string(value));
  }
}

TEST(CsvText, PrintsTheColumnsOfTheStandardTables) {
  CsvText csv({"AAPL", "F"}, {"ARCX", "XNAS"}, 2, 0);
  MarketColumns columns;
  Event event = MakeEvent(1'772'443'800'123'456'789, 23150, 300);
  event.symbol = 1;
  event.exchange = 1;
  event.side = 1;
  columns.trades.Append(event);
  columns.quotes.Append(event);
  columns.quotes.Append(MakeEvent(1, 1, 1));
  EXPECT_EQ(CsvText::kTradesHeader, "ts,symbol,exchange,side,price,size,trade_id\n");
  EXPECT_EQ(csv.Trades(columns.trades), "2026-03-02T09:30:00.123456789Z,F,XNAS,S,231.50,300,9\n");
  EXPECT_EQ(CsvText::kQuotesHeader, "ts,symbol,exchange,bid_px,bid_sz,ask_px,ask_sz\n");
  EXPECT_EQ(csv.Quotes(columns.quotes),
            "2026-03-02T09:30:00.123456789Z,F,XNAS,231.50,300,231.51,301\n"
            "1970-01-01T00:00:00.000000001Z,AAPL,ARCX,0.01,1,0.02,2\n");
}

TEST(CsvText, PrintsNothingForNoRows) {
  CsvText csv({}, {}, 2, 0);
  EXPECT_EQ(csv.Trades(TradeColumns{}), "");
  EXPECT_EQ(csv.Quotes(QuoteColumns{}), "");
}

// The longest row there can be must fit the room set aside for it.
TEST(CsvText, HasRoomForTheWidestRow) {
  CsvText csv({"LONGEST"}, {"EXCHANGE"}, 18, 18);
  QuoteColumns quotes;
  quotes.Append(MakeEvent(INT64_MAX, INT64_MAX - 1, INT64_MAX - 1));
  EXPECT_EQ(
      csv.Quotes(quotes),
      "2262-04-11T23:47:16.854775807Z,LONGEST,EXCHANGE,9.223372036854775806,9.223372036854775806,"
      "9.223372036854775807,9.223372036854775807\n");
}

}  // namespace
}  // namespace tape::generator
