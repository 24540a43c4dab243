#include "datasets/generator/reference_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace tape::generator {
namespace {

bool StrictlyIncreases(const std::vector<int64_t>& values) {
  return std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) == values.end();
}

// The digests, and the times, are those that the first generator of S printed.
TEST(ReferenceSet, IsDataSetS) {
  const ReferenceSet set = MakeReferenceSet(2'000'000, 10'000'000);
  const MarketColumns& columns = set.columns;
  EXPECT_EQ(columns.trades.rows(), 2'000'000u);
  EXPECT_EQ(columns.quotes.rows(), 10'000'000u);
  EXPECT_EQ(ReferenceDigest(columns), 0x6824AFB7403EA88Cu);
  EXPECT_EQ(std::min(columns.trades.ts.front(), columns.quotes.ts.front()), 1772443800000006634);
  EXPECT_EQ(std::max(columns.trades.ts.back(), columns.quotes.ts.back()), 1772812799000000000);
}

TEST(ReferenceSet, HasTheDigestOfSmallerSizes) {
  const ReferenceSet set = MakeReferenceSet(20'000, 100'000);
  EXPECT_EQ(ReferenceDigest(set.columns), 0xE232F4D4D6F9C5E6u);
  const ReferenceSet tiny = MakeReferenceSet(7, 11);
  EXPECT_EQ(ReferenceDigest(tiny.columns), 0x95E08B4617A139EDu);
  EXPECT_EQ(MakeReferenceSet(0, 0).columns.rows(), 0u);
}

// What the digest leaves out.
TEST(ReferenceSet, NumbersTradesAndNamesSymbols) {
  const ReferenceSet set = MakeReferenceSet(20'000, 100'000);
  const MarketColumns& columns = set.columns;
  EXPECT_EQ(columns.trades.trade_id.front(), 1'000'000);
  EXPECT_EQ(columns.trades.trade_id.back(), 1'019'999);
  EXPECT_TRUE(StrictlyIncreases(columns.trades.trade_id));
  ASSERT_EQ(set.symbols.size(), 500u);
  EXPECT_TRUE(std::is_sorted(set.symbols.begin(), set.symbols.end()));
  EXPECT_EQ(set.symbols[columns.trades.symbol[0]], "KKK");
  EXPECT_EQ(set.symbols[set.symbol_of_rank[0]], "VOGJ");
  EXPECT_EQ(set.exchanges.front(), "ARCX");
  EXPECT_EQ(set.exchanges.back(), "XNYS");
  int64_t ask_sizes = 0;
  for (const int64_t size : columns.quotes.ask_sz) ask_sizes += size;
  EXPECT_EQ(ask_sizes, 105691600);
}

TEST(ReferenceSet, OrdersBothTablesByTime) {
  const MarketColumns columns = MakeReferenceSet(20'000, 100'000).columns;
  MarketColumnsReader reader(columns);
  Event event;
  int64_t last_ts = 0;
  size_t rows = 0;
  for (; reader.Next(event); ++rows) {
    EXPECT_GT(event.ts, last_ts);
    last_ts = event.ts;
  }
  EXPECT_EQ(rows, 120'000u);
}

TEST(ReferenceSet, HasALateVariantWithTheSameRows) {
  const MarketColumns columns = MakeReferenceSet(200'000, 1'000'000).columns;
  const MarketColumns late = DeliverLate(columns);
  ASSERT_EQ(late.rows(), columns.rows());
  MarketColumnsReader reader(late);
  Event event;
  int64_t latest = 0;
  size_t overtaken = 0;
  while (reader.Next(event)) {
    EXPECT_GE(event.ts, latest - 50'000'000);
    overtaken += event.ts < latest ? 1 : 0;
    latest = std::max(latest, event.ts);
  }
  EXPECT_GT(overtaken, 0u);
  EXPECT_LE(overtaken, 12'000u * 11 / 10);
  std::vector<int64_t> times = late.quotes.ts;
  std::sort(times.begin(), times.end());
  EXPECT_EQ(times, columns.quotes.ts);
  EXPECT_EQ(ReferenceDigest(late), 4079625621447268961u);
}

TEST(ReferenceSet, DeliversInTimeWhereNothingIsLate) {
  const MarketColumns columns = MakeReferenceSet(2'000, 10'000).columns;
  const MarketColumns same = DeliverLate(columns, LateRows{});
  EXPECT_EQ(same.order, columns.order);
  EXPECT_EQ(same.trades.trade_id, columns.trades.trade_id);
  EXPECT_EQ(same.quotes.ask_sz, columns.quotes.ask_sz);
  EXPECT_EQ(ReferenceDigest(same), ReferenceDigest(columns));
}

}  // namespace
}  // namespace tape::generator
