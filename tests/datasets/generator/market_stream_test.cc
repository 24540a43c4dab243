#include "datasets/generator/market_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "datasets/generator/market/profile.h"
#include "datasets/generator/stream_summary.h"

namespace tape::generator {
namespace {

MarketOptions Small(MarketProfile profile) {
  MarketOptions options;
  options.profile = profile;
  options.symbols = 100;
  options.trades = 20'000;
  options.quotes = 80'000;
  options.days = 3;
  return options;
}

MarketColumns ReadAll(const MarketOptions& options) {
  MarketStream stream(options);
  MarketColumns columns;
  EXPECT_EQ(stream.Next(1'000'000'000, columns), options.trades + options.quotes > 0);
  MarketColumns rest;
  EXPECT_FALSE(stream.Next(1, rest));
  EXPECT_EQ(rest.rows(), 0u);
  return columns;
}

uint64_t Digest(const MarketOptions& options, size_t batch_rows = 4096) {
  MarketStream stream(options);
  StreamSummary summary(stream.symbols(), stream.exchanges());
  MarketColumns batch;
  while (stream.Next(batch_rows, batch)) {
    EXPECT_LE(batch.rows(), batch_rows);
    summary.Add(batch);
  }
  EXPECT_EQ(summary.trades(), options.trades);
  EXPECT_EQ(summary.quotes(), options.quotes);
  return summary.digest();
}

// Golden: results stored elsewhere depend on these. GCC and clang, with and without FMA, agree.
TEST(MarketStream, GivesTheSameBytesOnAnyMachine) {
  EXPECT_EQ(Digest(Small(MarketProfile::kEquities)), 0x41DD67C00C2572EEu);
  EXPECT_EQ(Digest(Small(MarketProfile::kCrypto)), 0x2146DF49DED0F3EDu);
  MarketOptions late = Small(MarketProfile::kCrypto);
  late.late = LateRows{.fraction = 0.01, .max_delay_ns = 60 * kSecondNs};
  late.seed = 7;
  EXPECT_EQ(Digest(late), 0x82DA50038FCAA902u);
}

TEST(MarketStream, DoesNotDependOnBatchSizes) {
  MarketOptions options = Small(MarketProfile::kEquities);
  options.late = LateRows{.fraction = 0.02, .max_delay_ns = 60 * kSecondNs};
  const uint64_t digest = Digest(options);
  for (const size_t batch_rows : {1, 2, 1023, 100'000, 1'000'000})
    EXPECT_EQ(Digest(options, batch_rows), digest);
}

TEST(MarketStream, DiffersBetweenSeedsProfilesAndSizes) {
  MarketOptions options = Small(MarketProfile::kEquities);
  std::vector<uint64_t> digests = {Digest(options), Digest(Small(MarketProfile::kCrypto))};
  for (uint64_t seed : {uint64_t{0}, uint64_t{2}, UINT64_MAX}) {
    options.seed = seed;
    digests.push_back(Digest(options));
  }
  options.symbols = 101;
  digests.push_back(Digest(options));
  options.days = 4;
  digests.push_back(Digest(options));
  std::sort(digests.begin(), digests.end());
  EXPECT_EQ(std::adjacent_find(digests.begin(), digests.end()), digests.end());
}

TEST(MarketStream, KeepsTablesAndOrderInStep) {
  const MarketColumns columns = ReadAll(Small(MarketProfile::kEquities));
  EXPECT_EQ(columns.trades.rows(), 20'000u);
  EXPECT_EQ(columns.trades.trade_id.size(), 20'000u);
  EXPECT_EQ(columns.quotes.rows(), 80'000u);
  EXPECT_EQ(columns.quotes.ask_sz.size(), 80'000u);
  EXPECT_EQ(std::count(columns.order.begin(), columns.order.end(), Table::kTrades), 20'000);
}

TEST(MarketStream, ServesEitherTableAlone) {
  MarketOptions options = Small(MarketProfile::kEquities);
  options.quotes = 0;
  EXPECT_EQ(ReadAll(options).trades.rows(), 20'000u);
  options.quotes = 500;
  options.trades = 0;
  EXPECT_EQ(ReadAll(options).quotes.rows(), 500u);
  options.quotes = 0;
  EXPECT_EQ(ReadAll(options).rows(), 0u);
}

TEST(MarketStream, ServesTheSmallestMarkets) {
  for (const uint64_t symbols : {1, 2, 3}) {
    MarketOptions options = Small(MarketProfile::kCrypto);
    options.symbols = symbols;
    const MarketColumns columns = ReadAll(options);
    EXPECT_LT(*std::max_element(columns.trades.symbol.begin(), columns.trades.symbol.end()),
              symbols);
  }
}

// More days than rows: most days stay empty.
TEST(MarketStream, SpreadsFewRowsOverManyDays) {
  MarketOptions options = Small(MarketProfile::kCrypto);
  options.trades = 3;
  options.quotes = 4;
  options.days = 700;
  const MarketColumns columns = ReadAll(options);
  MarketColumnsReader reader(columns);
  Event event;
  for (int64_t row = 0; reader.Next(event); ++row) {
    EXPECT_EQ((event.ts - kFirstDayNs) / kDayNs, 100 * (row + 1) - 1);
  }
}

TEST(MarketStream, NamesSymbolsInOrderAndWithoutRepeats) {
  for (const uint64_t symbols : {1, 5, 500, 20'000}) {
    for (const MarketProfile profile : {MarketProfile::kEquities, MarketProfile::kCrypto}) {
      MarketOptions options = Small(profile);
      options.symbols = symbols;
      const std::vector<std::string> names = MarketStream(options).symbols();
      EXPECT_EQ(names.size(), symbols);
      EXPECT_EQ(std::adjacent_find(names.begin(), names.end(), std::greater_equal<>()),
                names.end());
      EXPECT_TRUE(std::binary_search(names.begin(), names.end(),
                                     profile == MarketProfile::kCrypto ? "BTCUSDT" : "AAPL"));
    }
  }
}

TEST(MarketStream, SaysItsScales) {
  const MarketStream equities(Small(MarketProfile::kEquities));
  EXPECT_EQ(equities.price_scale(), 2);
  EXPECT_EQ(equities.size_scale(), 0);
  const MarketStream crypto(Small(MarketProfile::kCrypto));
  EXPECT_EQ(crypto.price_scale(), 8);
  EXPECT_EQ(crypto.size_scale(), 8);
  EXPECT_EQ(crypto.exchanges().size(), 8u);
}

// Late rows: the same market in another order of arrival.
TEST(MarketStream, ChangesNothingButTheOrderWhereRowsAreLate) {
  MarketOptions options = Small(MarketProfile::kEquities);
  const MarketColumns punctual = ReadAll(options);
  options.late = LateRows{.fraction = 0.1, .max_delay_ns = 60 * kSecondNs};
  const MarketColumns late = ReadAll(options);
  EXPECT_NE(late.trades.ts, punctual.trades.ts);
  std::vector<size_t> by_time(late.trades.rows());
  for (size_t i = 0; i < by_time.size(); ++i) by_time[i] = i;
  std::sort(by_time.begin(), by_time.end(),
            [&](size_t a, size_t b) { return late.trades.ts[a] < late.trades.ts[b]; });
  for (size_t i = 0; i < by_time.size(); ++i) {
    ASSERT_EQ(late.trades.ts[by_time[i]], punctual.trades.ts[i]);
    ASSERT_EQ(late.trades.trade_id[by_time[i]], punctual.trades.trade_id[i]);
    ASSERT_EQ(late.trades.price[by_time[i]], punctual.trades.price[i]);
  }
}

TEST(MarketStream, KeepsLateRowsWithinFractionAndDelay) {
  MarketOptions options = Small(MarketProfile::kEquities);
  options.late = LateRows{.fraction = 0.01, .max_delay_ns = 60 * kSecondNs};  // many mean gaps
  MarketStream stream(options);
  MarketColumns columns;
  stream.Next(1'000'000, columns);
  EXPECT_NEAR(static_cast<double>(stream.late_rows()), 1000, 100);
  MarketColumnsReader reader(columns);
  Event event;
  int64_t latest = 0;
  int64_t longest = 0;
  uint64_t overtaken = 0;
  while (reader.Next(event)) {
    longest = std::max(longest, latest - event.ts);
    overtaken += event.ts < latest ? 1 : 0;
    latest = std::max(latest, event.ts);
  }
  EXPECT_LE(longest, options.late.max_delay_ns);
  EXPECT_GT(longest, options.late.max_delay_ns * 9 / 10);
  EXPECT_LE(overtaken, stream.late_rows());
  EXPECT_GT(overtaken, stream.late_rows() * 9 / 10);
}

TEST(MarketStream, HasNoRowsWhereOptionsAreAtFault) {
  MarketOptions options = Small(MarketProfile::kEquities);
  options.symbols = 0;
  MarketStream stream(options);
  MarketColumns batch;
  EXPECT_FALSE(stream.Next(10, batch));
  EXPECT_TRUE(stream.symbols().empty());
}

TEST(MarketOptions, SayWhatIsAtFault) {
  const auto fault = [](auto change) {
    MarketOptions options;
    change(options);
    return OptionFault(options);
  };
  EXPECT_EQ(fault([](MarketOptions&) {}), "");
  EXPECT_EQ(fault([](MarketOptions& o) { o.symbols = 0; }), "symbols must be 1..100000, not 0");
  EXPECT_EQ(fault([](MarketOptions& o) { o.symbols = 100'001; }),
            "symbols must be 1..100000, not 100001");
  EXPECT_EQ(fault([](MarketOptions& o) { o.days = 0; }), "days must be 1..10000, not 0");
  EXPECT_EQ(fault([](MarketOptions& o) { o.days = 10'001; }), "days must be 1..10000, not 10001");
  EXPECT_EQ(fault([](MarketOptions& o) { o.trades = UINT64_MAX; }),
            "trades must be 0..5000000000000, not 18446744073709551615");
  EXPECT_EQ(fault([](MarketOptions& o) { o.quotes = UINT64_MAX; }),
            "quotes must be 0..4999998000000, not 18446744073709551615");
  for (const double fraction :
       {-0.01, 1.01, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_NE(fault([&](MarketOptions& o) { o.late.fraction = fraction; }), "") << fraction;
  }
  EXPECT_NE(fault([](MarketOptions& o) { o.late.max_delay_ns = 0; }), "");
  EXPECT_NE(fault([](MarketOptions& o) { o.late.max_delay_ns = kMaxDelayNs + 1; }), "");
}

TEST(MarketOptions, NameTheirProfiles) {
  for (const MarketProfile profile : {MarketProfile::kEquities, MarketProfile::kCrypto}) {
    EXPECT_EQ(ProfileFromName(ProfileName(profile)), profile);
  }
  EXPECT_EQ(ProfileFromName("bonds"), std::nullopt);
}

TEST(StandardTables, HaveTheDecimalsOfTheProfile) {
  const std::string equities = StandardTables(MarketProfile::kEquities);
  EXPECT_NE(equities.find("price DECIMAL(18,2) NOT NULL, size BIGINT NOT NULL"), std::string::npos);
  const std::string crypto = StandardTables(MarketProfile::kCrypto);
  EXPECT_NE(crypto.find("price DECIMAL(18,8) NOT NULL, size DECIMAL(18,8) NOT NULL"),
            std::string::npos);
}

// One row, one change: every column must show in the digest.
TEST(StreamSummary, DigestsEveryColumn) {
  const auto digest = [](auto change) {
    MarketColumns columns;
    Event event;
    change(event);
    columns.Append(event);
    StreamSummary summary({"A", "B"}, {"X", "Y"});
    summary.Add(columns);
    return summary.digest();
  };
  std::vector<uint64_t> digests;
  for (const Table table : {Table::kTrades, Table::kQuotes}) {
    digests.push_back(digest([&](Event& e) { e.table = table; }));
    digests.push_back(digest([&](Event& e) { e.table = table, e.ts = 1; }));
    digests.push_back(digest([&](Event& e) { e.table = table, e.symbol = 1; }));
    digests.push_back(digest([&](Event& e) { e.table = table, e.exchange = 1; }));
    digests.push_back(digest([&](Event& e) { e.table = table, e.price[0] = 1; }));
    digests.push_back(digest([&](Event& e) { e.table = table, e.size[0] = 1; }));
  }
  digests.push_back(digest([](Event& e) { e.side = 1; }));
  digests.push_back(digest([](Event& e) { e.trade_id = 1; }));
  digests.push_back(digest([](Event& e) { e.table = Table::kQuotes, e.price[1] = 1; }));
  digests.push_back(digest([](Event& e) { e.table = Table::kQuotes, e.size[1] = 1; }));
  std::sort(digests.begin(), digests.end());
  EXPECT_EQ(std::adjacent_find(digests.begin(), digests.end()), digests.end());
}

TEST(StreamSummary, CountsRowsTimesAndSymbols) {
  MarketColumns columns;
  for (const int64_t ts : {20, 10, 15, 30}) {
    Event event;
    event.ts = ts;
    event.table = ts == 15 ? Table::kTrades : Table::kQuotes;
    event.symbol = ts == 30 ? 2 : 0;
    columns.Append(event);
  }
  StreamSummary summary({"A", "B", "C"}, {"X"});
  EXPECT_EQ(summary.first_ts(), 0);
  summary.Add(columns);
  EXPECT_EQ(summary.trades(), 1u);
  EXPECT_EQ(summary.quotes(), 3u);
  EXPECT_EQ(summary.symbols_seen(), 2u);
  EXPECT_EQ(summary.first_ts(), 10);
  EXPECT_EQ(summary.last_ts(), 30);
  EXPECT_EQ(summary.overtaken_rows(), 2u);
}

}  // namespace
}  // namespace tape::generator
