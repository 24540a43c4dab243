#include "datasets/generator/market/instruments.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "datasets/generator/market/streams.h"
#include "datasets/generator/random.h"

namespace tape::generator {
namespace {

struct Listing {
  std::string_view name;
  int64_t price;  // in units of 10^-price_scale
};

// The busiest ranks carry names that people know, so that examples read well. Prices are invented.
constexpr std::array<Listing, 16> kKnownEquities = {{{"AAPL", 23'150},
                                                     {"NVDA", 13'820},
                                                     {"TSLA", 34'240},
                                                     {"MSFT", 42'670},
                                                     {"AMZN", 21'985},
                                                     {"META", 59'310},
                                                     {"GOOG", 18'745},
                                                     {"AMD", 12'430},
                                                     {"INTC", 2'385},
                                                     {"BAC", 4'410},
                                                     {"JPM", 24'860},
                                                     {"XOM", 11'075},
                                                     {"PFE", 2'640},
                                                     {"KO", 6'255},
                                                     {"DIS", 10'890},
                                                     {"F", 1'015}}};

constexpr std::array<Listing, 16> kKnownPairs = {{{"BTCUSDT", 6'843'120'000'000},
                                                  {"ETHUSDT", 254'172'000'000},
                                                  {"SOLUSDT", 14'836'000'000},
                                                  {"XRPUSDT", 61'240'000},
                                                  {"BNBUSDT", 58'790'000'000},
                                                  {"DOGEUSDT", 12'480'000},
                                                  {"ADAUSDT", 38'560'000},
                                                  {"AVAXUSDT", 2'741'000'000},
                                                  {"LINKUSDT", 1'187'500'000},
                                                  {"TRXUSDT", 16'020'000},
                                                  {"LTCUSDT", 6'934'000'000},
                                                  {"DOTUSDT", 431'700'000},
                                                  {"SHIBUSDT", 1'792},
                                                  {"PEPEUSDT", 1'043},
                                                  {"UNIUSDT", 742'300'000},
                                                  {"ATOMUSDT", 448'900'000}}};

bool IsCrypto(const ProfileLaws& laws) { return laws.profile == MarketProfile::kCrypto; }

std::string Letters(Random& random, uint64_t count) {
  std::string letters;
  for (uint64_t i = 0; i < count; ++i) letters.push_back(static_cast<char>('A' + random.Below(26)));
  return letters;
}

// Tickers of three or four letters, of five where four would get crowded.
std::string RandomName(const ProfileLaws& laws, uint64_t symbols, Random& random) {
  const uint64_t length = symbols > 10'000 ? 5 : random.Below(4) == 0 ? 3 : 4;
  return Letters(random, length) + (IsCrypto(laws) ? "USDT" : "");
}

int64_t RandomPrice(const ProfileLaws& laws, Random& random) {
  if (!IsCrypto(laws)) {  // 5 to 605 dollars, mostly low
    return 500 + static_cast<int64_t>(random.Below(random.Below(60'000) + 1));
  }
  int64_t price =
      100 + static_cast<int64_t>(random.Below(900));  // 0.00001 to 9,990 dollars, by decades
  for (uint64_t decades = 1 + random.Below(9); decades > 0; --decades) price *= 10;
  return price;
}

// Cents for equities. For crypto the power of ten that leaves at most a million ticks in a price.
int64_t TickFor(const ProfileLaws& laws, int64_t price) {
  int64_t tick = 1;
  while (IsCrypto(laws) && price / tick >= 1'000'000) tick *= 10;
  return tick;
}

// Whole shares for equities. For crypto the power of ten worth half a dollar or more, up to
// a thousand coins.
int64_t SizeStepFor(const ProfileLaws& laws, int64_t price) {
  constexpr int64_t kHalfDollar = 5'000'000'000'000'000;  // price and size have eight decimals each
  int64_t step = 1;
  while (IsCrypto(laws) && step < 100'000'000'000 && price < kHalfDollar / step) step *= 10;
  return step;
}

Instrument MakeInstrument(const ProfileLaws& laws, std::string name, int64_t price) {
  Instrument instrument;
  instrument.name = std::move(name);
  instrument.tick = TickFor(laws, price);
  instrument.size_step = SizeStepFor(laws, price);
  instrument.open_ticks = price / instrument.tick;
  instrument.step_ticks = 1 + instrument.open_ticks / 25'000;
  return instrument;
}

// Rank by rank; rare symbols have wide spreads.
std::vector<Instrument> MakeByRank(const ProfileLaws& laws, uint64_t symbols, uint64_t seed) {
  const auto& known = IsCrypto(laws) ? kKnownPairs : kKnownEquities;
  Random random(seed, streams::kInstruments);
  std::unordered_set<std::string> taken;
  for (const Listing& listing : known) taken.emplace(listing.name);
  std::vector<Instrument> by_rank;
  for (uint64_t rank = 0; rank < symbols; ++rank) {
    if (rank < known.size()) {
      by_rank.push_back(MakeInstrument(laws, std::string(known[rank].name), known[rank].price));
    } else {
      std::string name = RandomName(laws, symbols, random);
      while (!taken.insert(name).second) name = RandomName(laws, symbols, random);
      by_rank.push_back(MakeInstrument(laws, std::move(name), RandomPrice(laws, random)));
    }
    Instrument& instrument = by_rank.back();
    instrument.spread_ticks = instrument.step_ticks * static_cast<int64_t>(1 + rank * 8 / symbols);
  }
  return by_rank;
}

}  // namespace

Universe MakeUniverse(const ProfileLaws& laws, uint64_t symbols, uint64_t seed) {
  std::vector<Instrument> by_rank = MakeByRank(laws, symbols, seed);
  std::vector<uint32_t> ranks(symbols);
  std::iota(ranks.begin(), ranks.end(), 0);
  std::sort(ranks.begin(), ranks.end(),
            [&](uint32_t a, uint32_t b) { return by_rank[a].name < by_rank[b].name; });
  Universe universe;
  universe.symbol_of_rank.resize(symbols);
  for (uint32_t symbol = 0; symbol < symbols; ++symbol) {
    universe.symbol_of_rank[ranks[symbol]] = symbol;
    universe.instruments.push_back(std::move(by_rank[ranks[symbol]]));
  }
  return universe;
}

}  // namespace tape::generator
