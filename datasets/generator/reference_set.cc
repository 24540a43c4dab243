#include "datasets/generator/reference_set.h"

#include <algorithm>
#include <array>
#include <cfloat>
#include <initializer_list>
#include <numeric>
#include <string_view>
#include <utility>

#include "datasets/generator/late_delivery.h"

namespace tape::generator {

// The digest holds where floating-point operations are neither widened nor fused. The build turns
// fusing off for this library.
static_assert(FLT_EVAL_METHOD == 0);

namespace {

constexpr uint32_t kSymbols = 500;
constexpr uint64_t kDays = 5;
constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kDayNs = 86'400 * kSecondNs;
constexpr int64_t kFirstOpenNs =
    20'514 * kDayNs + (9 * 3600 + 1800) * kSecondNs;  // 2026-03-02T09:30Z
constexpr int64_t kSessionNs = 23'400 * kSecondNs;
constexpr int64_t kFirstTradeId = 1'000'000;
constexpr std::array<std::string_view, 8> kExchangeNames = {"ARCX", "BATS", "EDGX", "IEXG",
                                                            "MEMX", "XBOS", "XNAS", "XNYS"};

// xoroshiro128+ from a fixed state: S has no seed.
class ReferenceRandom {
 public:
  uint64_t Next() {
    const uint64_t sum = first_ + second_;
    const uint64_t mixed = first_ ^ second_;
    first_ = Rotate(first_, 24) ^ mixed ^ (mixed << 16);
    second_ = Rotate(mixed, 37);
    return sum;
  }

  double Unit() { return static_cast<double>(Next() >> 11) * (1.0 / 9007199254740992.0); }

  // Products of two and three draws, each nearer to zero than the one before.
  double UnitSquare() {
    const double first = Unit();
    return first * Unit();
  }
  double UnitCube() {
    const double square = UnitSquare();
    return square * Unit();
  }

  // In [0, bound), from the upper half of a draw.
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>((Next() >> 32) * bound >> 32); }

 private:
  static constexpr uint64_t Rotate(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

  uint64_t first_ = 0x9E3779B97F4A7C15;
  uint64_t second_ = 0xD1B54A32D192ED03;
};

// Distinct tickers of three (one in four) or four letters, sorted.
std::vector<std::string> DrawSymbols(ReferenceRandom& random) {
  std::vector<std::string> symbols;
  while (symbols.size() < kSymbols) {
    std::string symbol(random.Below(4) == 0 ? 3 : 4, 'A');
    for (char& letter : symbol) letter = static_cast<char>(letter + random.Below(26));
    if (std::find(symbols.begin(), symbols.end(), symbol) == symbols.end())
      symbols.push_back(std::move(symbol));
  }
  std::sort(symbols.begin(), symbols.end());
  return symbols;
}

std::vector<uint32_t> DrawRanks(ReferenceRandom& random) {
  std::vector<uint32_t> symbol_of_rank(kSymbols);
  std::iota(symbol_of_rank.begin(), symbol_of_rank.end(), 0);
  for (uint32_t i = kSymbols - 1; i > 0; --i)
    std::swap(symbol_of_rank[i], symbol_of_rank[random.Below(i + 1)]);
  return symbol_of_rank;
}

// Which rank each sixteen-bit draw means: the inverse of the cumulated weights 1/1, 1/2, 1/3, ...
std::vector<uint16_t> RankTable() {
  std::array<double, kSymbols> cumulated;
  double sum = 0;
  for (uint32_t rank = 0; rank < kSymbols; ++rank) cumulated[rank] = sum += 1.0 / (rank + 1);
  std::vector<uint16_t> table(65'536);
  uint16_t rank = 0;
  for (size_t draw = 0; draw < table.size(); ++draw) {
    const double target = (static_cast<double>(draw) + 0.5) / 65'536 * sum;
    while (cumulated[rank] < target) ++rank;
    table[draw] = rank;
  }
  return table;
}

// A draw's bits, at their fixed places.
struct RowBits {
  uint64_t bits;
  uint64_t At(int from, int count) const { return bits >> from & ((uint64_t{1} << count) - 1); }
};

struct SymbolState {
  int64_t mid = 0;     // cents
  int64_t spread = 0;  // the usual one
};

class ReferenceMaker {
 public:
  ReferenceMaker(uint64_t trades, uint64_t quotes) : trades_left_(trades), quotes_left_(quotes) {
    set_.symbols = DrawSymbols(random_);
    set_.exchanges.assign(kExchangeNames.begin(), kExchangeNames.end());
    set_.symbol_of_rank = DrawRanks(random_);
    DrawStates();
    set_.columns.trades.Reserve(trades);
    set_.columns.quotes.Reserve(quotes);
    set_.columns.order.reserve(trades + quotes);
  }

  ReferenceSet Make() {
    const uint64_t rows = trades_left_ + quotes_left_;
    for (uint64_t day = 0; day < kDays; ++day)
      MakeDay(day, rows * (day + 1) / kDays - rows * day / kDays);
    return std::move(set_);
  }

 private:
  // 5 to 605 dollars; rare and dear symbols have wider spreads.
  void DrawStates() {
    states_.resize(kSymbols);
    for (uint32_t rank = 0; rank < kSymbols; ++rank) {
      SymbolState& state = states_[set_.symbol_of_rank[rank]];
      state.mid = 500 + static_cast<int64_t>(random_.UnitSquare() * 60'000);
      state.spread = 1 + rank / 60 + (state.mid > 20'000 ? 2 : 0);
    }
  }

  // The fourth power of a unit draw, longer in the middle of the session; rounded to float.
  static float Gap(ReferenceRandom& random, uint64_t row, uint64_t rows) {
    const double position = 2.0 * static_cast<double>(row) / static_cast<double>(rows) - 1.0;
    const double unit = random.Unit();
    return static_cast<float>(unit * unit * unit * unit * (1.6 - 1.2 * position * position));
  }

  // All gaps of a day are drawn before its rows. A copy of the random numbers draws them
  // again, which needs no memory.
  void MakeDay(uint64_t day, uint64_t rows) {
    ReferenceRandom gaps = random_;
    double sum = 0;
    for (uint64_t row = 0; row < rows; ++row) sum += Gap(random_, row, rows);
    const double scale = (static_cast<double>(kSessionNs) - static_cast<double>(rows) - 1e9) / sum;
    int64_t ts = kFirstOpenNs + static_cast<int64_t>(day) * kDayNs;
    double remainder = 0;
    for (uint64_t row = 0; row < rows; ++row) {
      const double gap = Gap(gaps, row, rows) * scale + remainder;
      const int64_t whole = static_cast<int64_t>(gap);
      remainder = gap - static_cast<double>(whole);
      ts += 1 + whole;
      MakeRow(ts);
    }
  }

  void MakeRow(int64_t ts) {
    Event event;
    event.ts = ts;
    const bool is_trade = random_.Next() % (trades_left_ + quotes_left_) < trades_left_;
    event.table = is_trade ? Table::kTrades : Table::kQuotes;
    event.symbol = set_.symbol_of_rank[rank_of_draw_[random_.Next() >> 48]];
    const RowBits bits{random_.Next()};
    SymbolState& state = states_[event.symbol];
    Walk(bits, state);
    const int64_t spread =
        state.spread + (bits.At(3, 3) == 0 ? 1 : 0) + (bits.At(6, 5) == 0 ? 2 : 0);
    const int64_t bid = state.mid - spread / 2;
    const uint32_t skewed = std::min<uint32_t>(7, static_cast<uint32_t>(random_.UnitSquare() * 10));
    event.exchange = static_cast<uint8_t>((skewed * 5 + 3) % 8);
    if (is_trade) {
      MakeTrade(bits, bid, spread, event);
    } else {
      MakeQuote(bid, spread, event);
    }
    set_.columns.Append(event);
  }

  // One cent up or down in a quarter of the rows, more for high prices; not below two dollars.
  static void Walk(RowBits bits, SymbolState& state) {
    if (bits.At(0, 2) != 0) return;
    const int64_t step = 1 + state.mid / 15'000;
    state.mid += bits.At(2, 1) == 1 ? step : -step;
    if (state.mid < 200) state.mid = 200 + step;
  }

  // At the ask or the bid, one in eight somewhere between; three in eight are odd lots.
  void MakeTrade(RowBits bits, int64_t bid, int64_t spread, Event& event) {
    event.side = static_cast<uint8_t>(bits.At(11, 1));
    event.price[0] = event.side == 0 ? bid + spread : bid;
    if (bits.At(12, 3) == 0)
      event.price[0] = bid + random_.Below(static_cast<uint32_t>(spread) + 1);
    const bool odd = bits.At(15, 3) < 3;
    event.size[0] =
        odd ? 1 + random_.Below(99) : 100 * (1 + static_cast<int64_t>(random_.UnitCube() * 50));
    event.trade_id = next_trade_id_++;
    --trades_left_;
  }

  void MakeQuote(int64_t bid, int64_t spread, Event& event) {
    event.price[0] = bid;
    event.price[1] = bid + spread;
    event.size[0] = 100 * (1 + static_cast<int64_t>(random_.UnitSquare() * 40));
    event.size[1] = 100 * (1 + static_cast<int64_t>(random_.UnitSquare() * 40));
    --quotes_left_;
  }

  ReferenceRandom random_;
  const std::vector<uint16_t> rank_of_draw_ = RankTable();
  ReferenceSet set_;
  std::vector<SymbolState> states_;  // by symbol
  uint64_t trades_left_;
  uint64_t quotes_left_;
  int64_t next_trade_id_ = kFirstTradeId;
};

// FNV's step, over whole values.
uint64_t Fold(uint64_t hash, std::initializer_list<int64_t> values) {
  for (const int64_t value : values) hash = (hash ^ static_cast<uint64_t>(value)) * 0x100000001B3;
  return hash;
}

}  // namespace

ReferenceSet MakeReferenceSet(uint64_t trades, uint64_t quotes) {
  return ReferenceMaker(trades, quotes).Make();
}

MarketColumns DeliverLate(const MarketColumns& columns, LateRows late, uint64_t seed) {
  MarketColumns delivered;
  delivered.trades.Reserve(columns.trades.rows());
  delivered.quotes.Reserve(columns.quotes.rows());
  delivered.order.reserve(columns.rows());
  MarketColumnsReader reader(columns);
  LateDelivery delivery(late, seed);
  Event event;
  while (delivery.Next(reader, event)) delivered.Append(event);
  return delivered;
}

uint64_t ReferenceDigest(const MarketColumns& columns) {
  const TradeColumns& trades = columns.trades;
  const QuoteColumns& quotes = columns.quotes;
  uint64_t hash = 0xCBF29CE484222325;
  for (size_t i = 0; i < trades.rows(); ++i) {
    hash = Fold(hash, {trades.ts[i], trades.symbol[i], trades.exchange[i], trades.side[i],
                       trades.price[i], trades.size[i]});
  }
  for (size_t i = 0; i < quotes.rows(); ++i) {
    hash = Fold(hash, {quotes.ts[i], quotes.symbol[i], quotes.exchange[i], quotes.bid_px[i],
                       quotes.ask_px[i], quotes.bid_sz[i]});
  }
  return hash;
}

}  // namespace tape::generator
