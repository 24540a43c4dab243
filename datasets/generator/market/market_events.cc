#include "datasets/generator/market/market_events.h"

#include "datasets/generator/market/streams.h"

namespace tape::generator {

MarketEvents::MarketEvents(const MarketOptions& options)
    : laws_(LawsOf(options.profile)),
      options_(options),
      universe_(MakeUniverse(laws_, options.symbols, options.seed)),
      zipf_(options.symbols, laws_.zipf_extra_quarters),
      random_(options.seed, streams::kEvents),
      halted_(options.symbols),
      books_(universe_.instruments.begin(), universe_.instruments.end()),
      trades_left_(options.trades),
      quotes_left_(options.quotes) {
  int draw = 0;
  for (int exchange = 0; exchange < kExchanges; ++exchange) {
    for (int i = 0; i < laws_.exchanges[exchange].per_64; ++i) {
      exchange_of_draw_[draw++] = static_cast<uint8_t>(exchange);
    }
  }
}

bool MarketEvents::Next(Event& event) {
  if (trades_left_ + quotes_left_ == 0) return false;
  while (rows_left_in_session_ == 0) StartSession();
  --rows_left_in_session_;
  const Arrival arrival = arrivals_->Next();
  Dice dice(random_.Next());
  event.ts = arrival.ts;
  event.symbol = DrawSymbol(arrival);
  event.exchange = exchange_of_draw_[dice.Take(6)];
  Book& book = books_[event.symbol];
  const bool up = DrawDirection(arrival, dice);
  if (random_.Below(trades_left_ + quotes_left_) < trades_left_) {
    --trades_left_;
    event.table = Table::kTrades;
    event.trade_id = next_trade_id_++;
    book.Trade(dice, laws_.odd_per_16, random_, event);
  } else {
    --quotes_left_;
    event.table = Table::kQuotes;
    book.Move(dice, up);
    book.Quote(dice, random_, event);
  }
  return true;
}

void MarketEvents::StartSession() {
  const uint64_t day = sessions_started_++;
  rows_left_in_session_ = RowsUpTo(day + 1) - RowsUpTo(day);
  if (rows_left_in_session_ == 0) return;
  const Session session = SessionOf(laws_, day);
  halted_.Start(PlanHalts(laws_, session, universe_, Random(options_.seed, streams::kHalts + day)));
  arrivals_.emplace(laws_, session, rows_left_in_session_,
                    Random(options_.seed, streams::kArrivals + day));
  burst_ = 0;
}

// Even shares, without the product rows * day, which could overflow.
uint64_t MarketEvents::RowsUpTo(uint64_t day) const {
  const uint64_t rows = options_.trades + options_.quotes;
  return rows / options_.days * day + rows % options_.days * day / options_.days;
}

// A burst is mostly about one symbol.
uint32_t MarketEvents::DrawSymbol(const Arrival& arrival) {
  if (arrival.burst == 0) return DrawActiveSymbol(arrival.ts);
  if (arrival.burst != burst_) {
    burst_ = arrival.burst;
    burst_symbol_ = DrawActiveSymbol(arrival.ts);
    burst_up_ = random_.Below(2) == 0;
    return burst_symbol_;
  }
  const bool strays = random_.Below(4) == 0 || halted_.Halted(burst_symbol_, arrival.ts);
  return strays ? DrawActiveSymbol(arrival.ts) : burst_symbol_;
}

uint32_t MarketEvents::DrawActiveSymbol(int64_t ts) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const uint32_t symbol = universe_.symbol_of_rank[zipf_.Draw(random_)];
    if (!halted_.Halted(symbol, ts)) return symbol;
  }
  // A few symbols with nearly all of the trade are halted at once: take the first that is not.
  uint32_t symbol = 0;
  while (halted_.Halted(symbol, ts)) ++symbol;
  return symbol;
}

// Within a burst prices run one way, three times in four.
bool MarketEvents::DrawDirection(const Arrival& arrival, Dice& dice) const {
  const bool coin = dice.Take(1) == 0;
  const bool free = dice.Take(1) == 0;
  return arrival.burst == 0 || free ? coin : burst_up_;
}

}  // namespace tape::generator
