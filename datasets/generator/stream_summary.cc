#include "datasets/generator/stream_summary.h"

#include <algorithm>
#include <string_view>

namespace tape::generator {
namespace {

constexpr uint64_t kSeed = 0x7461706573747265;

// Every bit of `value` reaches the low and the high half of the hash.
uint64_t Mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9FB21C651E98DF25;
  return hash ^ (hash >> 32);
}

uint64_t Mix(uint64_t hash, int64_t value) { return Mix(hash, static_cast<uint64_t>(value)); }

uint64_t HashText(std::string_view text) {
  uint64_t hash = Mix(kSeed, uint64_t{text.size()});
  for (const char c : text) hash = Mix(hash, uint64_t{static_cast<unsigned char>(c)});
  return hash;
}

}  // namespace

StreamSummary::StreamSummary(const std::vector<std::string>& symbols,
                             const std::vector<std::string_view>& exchanges)
    : symbol_seen_(symbols.size()), hash_(kSeed) {
  for (const std::string_view symbol : symbols) symbol_hash_.push_back(HashText(symbol));
  for (const std::string_view exchange : exchanges) exchange_hash_.push_back(HashText(exchange));
}

void StreamSummary::Add(const MarketColumns& batch) {
  size_t trade = 0;
  size_t quote = 0;
  for (const Table table : batch.order) {
    if (table == Table::kTrades) {
      Add(batch.trades, trade++);
    } else {
      Add(batch.quotes, quote++);
    }
  }
}

void StreamSummary::See(int64_t ts, uint32_t symbol) {
  symbol_seen_[symbol] = 1;
  first_ts_ = std::min(first_ts_, ts);
  overtaken_rows_ += ts < last_ts_ ? 1 : 0;
  last_ts_ = std::max(last_ts_, ts);
}

void StreamSummary::Add(const TradeColumns& trades, size_t row) {
  ++trades_;
  See(trades.ts[row], trades.symbol[row]);
  uint64_t hash = Mix(hash_, trades.ts[row]);
  hash = Mix(hash, symbol_hash_[trades.symbol[row]]);
  hash = Mix(hash, exchange_hash_[trades.exchange[row]]);
  hash = Mix(hash, uint64_t{static_cast<unsigned char>(kSides[trades.side[row]][0])});
  hash = Mix(hash, trades.price[row]);
  hash = Mix(hash, trades.size[row]);
  hash_ = Mix(hash, trades.trade_id[row]);
}

// The 0 stands where a trade has its side, which is never 0: the digest knows the tables apart.
void StreamSummary::Add(const QuoteColumns& quotes, size_t row) {
  ++quotes_;
  See(quotes.ts[row], quotes.symbol[row]);
  uint64_t hash = Mix(hash_, quotes.ts[row]);
  hash = Mix(hash, symbol_hash_[quotes.symbol[row]]);
  hash = Mix(hash, exchange_hash_[quotes.exchange[row]]);
  hash = Mix(hash, uint64_t{0});
  hash = Mix(hash, quotes.bid_px[row]);
  hash = Mix(hash, quotes.bid_sz[row]);
  hash = Mix(hash, quotes.ask_px[row]);
  hash_ = Mix(hash, quotes.ask_sz[row]);
}

uint64_t StreamSummary::symbols_seen() const {
  return static_cast<uint64_t>(std::count(symbol_seen_.begin(), symbol_seen_.end(), 1));
}

uint64_t StreamSummary::digest() const { return Mix(Mix(hash_, trades_), quotes_); }

}  // namespace tape::generator
