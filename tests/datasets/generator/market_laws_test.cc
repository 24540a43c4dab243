// The laws of the synthetic market, measured on fixed seeds. Bounds are some standard deviations
// wide: a change of the laws breaks them, a change of the seed does not.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "datasets/generator/market/halts.h"
#include "datasets/generator/market/streams.h"
#include "datasets/generator/market_stream.h"

namespace tape::generator {
namespace {

constexpr uint64_t kDays = 6;  // into the second week: equities skip a weekend

MarketOptions Options(MarketProfile profile) {
  MarketOptions options;
  options.profile = profile;
  options.symbols = 200;
  options.trades = 240'000;
  options.quotes = 960'000;
  options.days = kDays;
  options.seed = 11;
  return options;
}

// One market, read once for all tests.
struct Market {
  explicit Market(MarketProfile profile)
      : options(Options(profile)),
        laws(LawsOf(profile)),
        universe(MakeUniverse(laws, options.symbols, options.seed)) {
    MarketStream stream(options);
    stream.Next(options.trades + options.quotes, columns);
    MarketColumnsReader reader(columns);
    Event event;
    while (reader.Next(event)) events.push_back(event);
  }

  MarketOptions options;
  const ProfileLaws& laws;
  Universe universe;
  MarketColumns columns;
  std::vector<Event> events;
};

class MarketLaws : public testing::TestWithParam<MarketProfile> {
 protected:
  static const Market& Get() {
    static const Market kEquities(MarketProfile::kEquities);
    static const Market kCrypto(MarketProfile::kCrypto);
    return GetParam() == MarketProfile::kCrypto ? kCrypto : kEquities;
  }
};

uint64_t DayOf(const Event& event) {
  return static_cast<uint64_t>((event.ts - kFirstDayNs) / kDayNs);
}

// Gaps within days, in mean gaps.
std::vector<double> RelativeGaps(const Market& market) {
  std::vector<double> gaps;
  for (size_t i = 1; i < market.events.size(); ++i) {
    if (DayOf(market.events[i]) != DayOf(market.events[i - 1])) continue;
    gaps.push_back(static_cast<double>(market.events[i].ts - market.events[i - 1].ts));
  }
  double sum = 0;
  for (const double gap : gaps) sum += gap;
  for (double& gap : gaps) gap *= static_cast<double>(gaps.size()) / sum;
  return gaps;
}

double ShareOf(const std::vector<double>& values, auto condition) {
  return static_cast<double>(std::count_if(values.begin(), values.end(), condition)) /
         static_cast<double>(values.size());
}

TEST_P(MarketLaws, TimesAndTradeIdsStrictlyIncrease) {
  int64_t last_ts = 0;
  int64_t last_id = 0;
  for (const Event& event : Get().events) {
    ASSERT_GT(event.ts, last_ts);
    last_ts = event.ts;
    if (event.table != Table::kTrades) continue;
    ASSERT_GT(event.trade_id, last_id);
    last_id = event.trade_id;
  }
}

TEST_P(MarketLaws, RowsLieInTheirSessions) {
  const Market& market = Get();
  std::map<uint64_t, uint64_t> rows_of_day;
  for (const Event& event : market.events) {
    const int64_t of_day = event.ts % kDayNs;
    ASSERT_GE(of_day, market.laws.open_ns);
    ASSERT_LT(of_day, market.laws.open_ns + market.laws.session_ns);
    ++rows_of_day[DayOf(event)];
  }
  // March 2026: Monday 2 to Friday 6, then Monday 9, against 2 to 7.
  const uint64_t last = GetParam() == MarketProfile::kEquities ? 7 : 5;
  const std::set<uint64_t> expected = {0, 1, 2, 3, 4, last};
  for (const auto& [day, rows] : rows_of_day) {
    EXPECT_TRUE(expected.contains(day)) << day;
    EXPECT_EQ(rows, market.events.size() / kDays);
  }
  EXPECT_EQ(rows_of_day.size(), kDays);
}

TEST_P(MarketLaws, TradesAndQuotesMix) {
  const Market& market = Get();
  std::array<double, kDays> trades{};
  const size_t rows_per_day = market.events.size() / kDays;
  for (size_t i = 0; i < market.events.size(); ++i) {
    trades.at(i / rows_per_day) += market.events[i].table == Table::kTrades ? 1 : 0;
  }
  for (const double count : trades) EXPECT_NEAR(count, 40'000, 1000);
}

// The middle of a session against its edges, in 24 parts of the clock.
TEST_P(MarketLaws, ActivityFollowsTheSession) {
  const Market& market = Get();
  std::array<double, 24> rows{};
  for (const Event& event : market.events) {
    rows.at((event.ts % kDayNs - market.laws.open_ns) * 24 / market.laws.session_ns) += 1;
  }
  const double edges = rows[0] + rows[1] + rows[22] + rows[23];
  const double middle = rows[10] + rows[11] + rows[12] + rows[13];
  if (GetParam() == MarketProfile::kEquities) {
    EXPECT_GT(edges, 1.8 * middle);  // a U
  } else {
    EXPECT_GT(middle, 1.4 * edges);  // a hill, and no hour without rows
  }
  EXPECT_GT(*std::min_element(rows.begin(), rows.end()),
            static_cast<double>(market.events.size()) / 24 / 4);
}

// An exponential law has e^-10 = 0.00005 of its gaps above ten means, and squared variation 1.
TEST_P(MarketLaws, GapsHaveAHeavyTail) {
  const std::vector<double> gaps = RelativeGaps(Get());
  EXPECT_GT(ShareOf(gaps, [](double gap) { return gap > 10; }), 0.005);
  EXPECT_GT(ShareOf(gaps, [](double gap) { return gap > 100; }), 0.00002);
  double squares = 0;
  for (const double gap : gaps) squares += (gap - 1) * (gap - 1);
  EXPECT_GT(squares / static_cast<double>(gaps.size()), 4);
}

// An exponential law has 2 % of its gaps below a fiftieth of the mean.
TEST_P(MarketLaws, BurstsAreDenseAndMostlyAboutOneSymbol) {
  const Market& market = Get();
  const std::vector<double> gaps = RelativeGaps(market);
  EXPECT_GT(ShareOf(gaps, [](double gap) { return gap < 0.02; }), 0.08);
  const int64_t dense_ns = market.laws.session_ns * static_cast<int64_t>(kDays) /
                           static_cast<int64_t>(market.events.size()) / 500;
  double same = 0;
  double dense = 0;
  double same_anywhere = 0;
  for (size_t i = 1; i < market.events.size(); ++i) {
    const bool repeats = market.events[i].symbol == market.events[i - 1].symbol;
    same_anywhere += repeats ? 1 : 0;
    if (market.events[i].ts - market.events[i - 1].ts > dense_ns) continue;
    dense += 1;
    same += repeats ? 1 : 0;
  }
  EXPECT_GT(dense, 10'000);
  EXPECT_GT(same / dense, 0.4);
  EXPECT_GT(same / dense, 2 * same_anywhere / static_cast<double>(market.events.size()));
}

// A straight line through (log rank, log rows) of the fifty busiest symbols.
TEST_P(MarketLaws, SymbolsFollowZipf) {
  const Market& market = Get();
  std::vector<double> rows(market.options.symbols);
  for (const Event& event : market.events) rows[event.symbol] += 1;
  double x_sum = 0, y_sum = 0, xx_sum = 0, xy_sum = 0;
  constexpr int kRanks = 50;
  for (int rank = 0; rank < kRanks; ++rank) {
    const double x = std::log(rank + 1);
    const double y = std::log(rows[market.universe.symbol_of_rank[rank]]);
    x_sum += x, y_sum += y, xx_sum += x * x, xy_sum += x * y;
  }
  const double slope = (kRanks * xy_sum - x_sum * y_sum) / (kRanks * xx_sum - x_sum * x_sum);
  EXPECT_NEAR(-slope, GetParam() == MarketProfile::kEquities ? 1.0 : 1.25, 0.06);
  EXPECT_GT(*std::min_element(rows.begin(), rows.end()), 0);
}

TEST_P(MarketLaws, ExchangesHaveTheirShares) {
  const Market& market = Get();
  std::array<double, kExchanges> rows{};
  for (const Event& event : market.events) rows.at(event.exchange) += 1;
  for (int i = 0; i < kExchanges; ++i) {
    EXPECT_NEAR(rows[i] / static_cast<double>(market.events.size()),
                market.laws.exchanges[i].per_64 / 64.0, 0.003);
  }
}

TEST_P(MarketLaws, PricesLieOnTheTickAndWithinTheDecimals) {
  const Market& market = Get();
  int64_t coarsest = 0;
  for (const Event& event : market.events) {
    const int64_t tick = market.universe.instruments[event.symbol].tick;
    coarsest = std::max(coarsest, tick);
    ASSERT_EQ(event.price[0] % tick, 0);
    ASSERT_GT(event.price[0], 0);
    ASSERT_LT(event.price[0], 1'000'000'000'000'000'000);
    ASSERT_GT(event.size[0], 0);
    ASSERT_LT(event.size[0], 1'000'000'000'000'000'000);
    if (event.table == Table::kTrades) continue;
    ASSERT_EQ(event.price[1] % tick, 0);
    ASSERT_GT(event.price[1], event.price[0]) << "a bid must be below its ask";
    ASSERT_GT(event.size[1], 0);
  }
  EXPECT_EQ(coarsest, GetParam() == MarketProfile::kEquities ? 1 : 10'000'000);
}

// Mid prices of one symbol, quote by quote, in half ticks: small steps, up as often as down.
TEST_P(MarketLaws, PricesWalkAtRandom) {
  const Market& market = Get();
  const uint32_t symbol = market.universe.symbol_of_rank[0];
  const Instrument& instrument = market.universe.instruments[symbol];
  double up = 0, down = 0, quotes = 0;
  int64_t last = 0, lowest = INT64_MAX, highest = 0;
  for (const Event& event : market.events) {
    if (event.symbol != symbol || event.table == Table::kTrades) continue;
    const int64_t mid = (event.price[0] + event.price[1]) / instrument.tick;
    if (last != 0) {
      ASSERT_LE(std::abs(mid - last), 60 * instrument.step_ticks);
      up += mid > last ? 1 : 0;
      down += mid < last ? 1 : 0;
    }
    last = mid;
    lowest = std::min(lowest, mid);
    highest = std::max(highest, mid);
    quotes += 1;
  }
  EXPECT_NEAR(up / (up + down), 0.5, 0.02);
  EXPECT_GT((up + down) / quotes, 0.2);
  EXPECT_LT((up + down) / quotes, 0.6);
  EXPECT_GT(highest - lowest, lowest / 200) << "half a percent in six days";
  EXPECT_LT(highest, 2 * lowest);
}

TEST_P(MarketLaws, TradesAreMostlyAtOrInsideTheLastQuote) {
  const Market& market = Get();
  struct LastQuote {
    int64_t bid = 0, ask = 0;
  };
  std::vector<LastQuote> quotes(market.options.symbols);
  double trades = 0, within = 0, inside = 0, at_side = 0;
  for (const Event& event : market.events) {
    LastQuote& quote = quotes[event.symbol];
    if (event.table == Table::kQuotes) {
      quote = {event.price[0], event.price[1]};
    } else if (quote.bid != 0) {
      const int64_t price = event.price[0];
      trades += 1;
      within += price >= quote.bid && price <= quote.ask ? 1 : 0;
      inside += price > quote.bid && price < quote.ask ? 1 : 0;
      at_side += price == (event.side == 0 ? quote.ask : quote.bid) ? 1 : 0;
    }
  }
  EXPECT_GT(within / trades, 0.95);
  EXPECT_LT(within / trades, 1.0) << "a trade can move the market before the next quote";
  EXPECT_GT(inside / trades, 0.03);
  EXPECT_GT(at_side / trades, 0.8);
}

TEST_P(MarketLaws, SizesAreOddAndRoundLots) {
  const Market& market = Get();
  double odd = 0, blocks = 0, buys = 0;
  for (const Event& event : market.events) {
    const int64_t lot = 100 * market.universe.instruments[event.symbol].size_step;
    ASSERT_EQ(event.size[0] % (lot / 100), 0);
    if (event.table == Table::kQuotes) {
      ASSERT_EQ(event.size[0] % lot, 0);
      ASSERT_EQ(event.size[1] % lot, 0);
      continue;
    }
    buys += event.side == 0 ? 1 : 0;
    odd += event.size[0] < lot ? 1 : 0;
    blocks += event.size[0] >= 100 * lot ? 1 : 0;
    ASSERT_TRUE(event.size[0] < lot || event.size[0] % lot == 0);
  }
  const double trades = static_cast<double>(market.options.trades);
  EXPECT_NEAR(odd / trades, GetParam() == MarketProfile::kEquities ? 0.375 : 0.75, 0.01);
  EXPECT_GT(blocks / trades, 0.0005);
  EXPECT_LT(blocks / trades, 0.01);
  EXPECT_NEAR(buys / trades, 0.5, 0.01);
}

TEST_P(MarketLaws, HaltedSymbolsAreSilent) {
  const Market& market = Get();
  std::vector<std::vector<int64_t>> times(market.options.symbols);
  for (const Event& event : market.events) times[event.symbol].push_back(event.ts);
  size_t halts = 0;
  double missed = 0;  // rows that the halts would have had at the symbols' usual pace
  for (uint64_t day = 0; day < kDays; ++day) {
    const Session session = SessionOf(market.laws, day);
    const Random random(market.options.seed, streams::kHalts + day);
    for (const Halt& halt : PlanHalts(market.laws, session, market.universe, random)) {
      const auto in = [&](int64_t from, int64_t until) {
        const std::vector<int64_t>& all = times[halt.symbol];
        return std::lower_bound(all.begin(), all.end(), until) -
               std::lower_bound(all.begin(), all.end(), from);
      };
      EXPECT_GE(halt.until_ns - halt.from_ns, market.laws.halt_min_ns);
      EXPECT_LE(halt.until_ns - halt.from_ns, market.laws.halt_max_ns);
      EXPECT_GT(halt.from_ns, session.open_ns);
      EXPECT_LT(halt.until_ns, session.close_ns);
      EXPECT_EQ(in(halt.from_ns, halt.until_ns), 0);
      const int64_t rows = in(session.open_ns, session.close_ns);
      missed += static_cast<double>(rows * (halt.until_ns - halt.from_ns)) /
                static_cast<double>(session.close_ns - session.open_ns);
      ++halts;
    }
  }
  EXPECT_EQ(halts, kDays * (200 / 64 + 1));
  EXPECT_GT(missed, 200) << "the silence must be the halts' doing";
}

INSTANTIATE_TEST_SUITE_P(Profiles, MarketLaws,
                         testing::Values(MarketProfile::kEquities, MarketProfile::kCrypto),
                         [](const auto& info) { return std::string(ProfileName(info.param)); });

// A price cannot leave [open/4, 4 open], however long it walks.
TEST(Book, ReflectsPricesAtItsBounds) {
  Instrument instrument;
  instrument.open_ticks = 1000;
  Book book(instrument);
  Random random(5);
  for (const bool up : {true, false}) {
    int64_t lowest = INT64_MAX, highest = 0;
    for (int i = 0; i < 20'000; ++i) {
      Dice dice(random.Next());
      Event event;
      book.Move(dice, up);
      book.Quote(dice, random, event);
      lowest = std::min(lowest, event.price[0]);
      highest = std::max(highest, event.price[1]);
    }
    EXPECT_GE(lowest, 1000 / 4 - 4);
    EXPECT_LE(highest, 4 * 1000 + 4);
    EXPECT_GT(highest, up ? 3900 : 900);
    EXPECT_LT(lowest, up ? 1100 : 300);
  }
}

TEST(Halts, SpareOneSymbolAtLeast) {
  const ProfileLaws& laws = LawsOf(MarketProfile::kCrypto);
  for (const uint64_t symbols : {1, 2, 3, 300}) {
    const Universe universe = MakeUniverse(laws, symbols, 1);
    const std::vector<Halt> halts = PlanHalts(laws, SessionOf(laws, 0), universe, Random(1));
    EXPECT_EQ(halts.size(), std::min(symbols - 1, symbols / 64 + 1));
    std::set<uint32_t> distinct;
    for (const Halt& halt : halts) distinct.insert(halt.symbol);
    EXPECT_EQ(distinct.size(), halts.size());
  }
}

TEST(Arrivals, FillTheSessionHoweverManyRows) {
  const ProfileLaws& laws = LawsOf(MarketProfile::kEquities);
  for (const int64_t length : {int64_t{1'000}, int64_t{1'000'000'000}, laws.session_ns}) {
    for (const uint64_t rows : {1, 2, 100, 990}) {
      const Session session{5, 5 + length};
      Arrivals arrivals(laws, session, rows, Random(rows));
      int64_t last = session.open_ns - 1;
      for (uint64_t row = 0; row < rows; ++row) {
        const int64_t ts = arrivals.Next().ts;
        ASSERT_GT(ts, last);
        last = ts;
      }
      EXPECT_LT(last, session.close_ns);
    }
  }
}

}  // namespace
}  // namespace tape::generator
