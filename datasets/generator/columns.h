// Trades and quotes as columns: what the generator hands out.
//
//   MarketColumns batch;
//   batch.Append(event);                 // one row, to the end of the table it belongs to
//   batch.trades.price[0];               // units of 10^-price_scale
//   batch.order[0] == Table::kTrades;    // which table the first row to arrive went to
//
// Plain data; thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tape::generator {

enum class Table : uint8_t { kTrades = 0, kQuotes = 1 };

// Text of the `side` column: what the aggressor did.
inline constexpr std::string_view kSides[2] = {"B", "S"};

// One row of either table. A trade uses the first price and the first size.
struct Event {
  int64_t ts = 0;  // nanoseconds since 1970-01-01T00:00:00Z
  int64_t price[2] = {0, 0};
  int64_t size[2] = {0, 0};
  int64_t trade_id = 0;
  uint32_t symbol = 0;
  uint8_t exchange = 0;
  uint8_t side = 0;
  Table table = Table::kTrades;
};

// Columns of one table have equal lengths. Symbols and exchanges are positions in lists of names.
struct TradeColumns {
  std::vector<int64_t> ts;
  std::vector<uint32_t> symbol;
  std::vector<uint8_t> exchange;
  std::vector<uint8_t> side;
  std::vector<int64_t> price;
  std::vector<int64_t> size;
  std::vector<int64_t> trade_id;

  size_t rows() const { return ts.size(); }

  void Reserve(size_t rows) {
    ts.reserve(rows), symbol.reserve(rows), exchange.reserve(rows), side.reserve(rows);
    price.reserve(rows), size.reserve(rows), trade_id.reserve(rows);
  }

  void Clear() {
    ts.clear(), symbol.clear(), exchange.clear(), side.clear();
    price.clear(), size.clear(), trade_id.clear();
  }

  void Append(const Event& event) {
    ts.push_back(event.ts);
    symbol.push_back(event.symbol);
    exchange.push_back(event.exchange);
    side.push_back(event.side);
    price.push_back(event.price[0]);
    size.push_back(event.size[0]);
    trade_id.push_back(event.trade_id);
  }
};

struct QuoteColumns {
  std::vector<int64_t> ts;
  std::vector<uint32_t> symbol;
  std::vector<uint8_t> exchange;
  std::vector<int64_t> bid_px;
  std::vector<int64_t> bid_sz;
  std::vector<int64_t> ask_px;
  std::vector<int64_t> ask_sz;

  size_t rows() const { return ts.size(); }

  void Reserve(size_t rows) {
    ts.reserve(rows), symbol.reserve(rows), exchange.reserve(rows);
    bid_px.reserve(rows), bid_sz.reserve(rows), ask_px.reserve(rows), ask_sz.reserve(rows);
  }

  void Clear() {
    ts.clear(), symbol.clear(), exchange.clear();
    bid_px.clear(), bid_sz.clear(), ask_px.clear(), ask_sz.clear();
  }

  void Append(const Event& event) {
    ts.push_back(event.ts);
    symbol.push_back(event.symbol);
    exchange.push_back(event.exchange);
    bid_px.push_back(event.price[0]);
    bid_sz.push_back(event.size[0]);
    ask_px.push_back(event.price[1]);
    ask_sz.push_back(event.size[1]);
  }
};

// Rows of both tables, each in arrival order; `order` has an entry per row and says how they mix.
struct MarketColumns {
  TradeColumns trades;
  QuoteColumns quotes;
  std::vector<Table> order;

  size_t rows() const { return order.size(); }

  void Clear() {
    trades.Clear();
    quotes.Clear();
    order.clear();
  }

  void Append(const Event& event) {
    order.push_back(event.table);
    if (event.table == Table::kTrades) {
      trades.Append(event);
    } else {
      quotes.Append(event);
    }
  }
};

// Reads MarketColumns back as events, in arrival order. The columns must outlive it.
class MarketColumnsReader {
 public:
  explicit MarketColumnsReader(const MarketColumns& columns) : columns_(columns) {}

  // False, and `event` untouched, after the last row.
  bool Next(Event& event) {
    if (trade_ + quote_ == columns_.rows()) return false;
    if (columns_.order[trade_ + quote_] == Table::kTrades) {
      event = TradeAt(columns_.trades, trade_++);
    } else {
      event = QuoteAt(columns_.quotes, quote_++);
    }
    return true;
  }

 private:
  static Event TradeAt(const TradeColumns& trades, size_t row) {
    Event event;
    event.table = Table::kTrades;
    event.ts = trades.ts[row];
    event.symbol = trades.symbol[row];
    event.exchange = trades.exchange[row];
    event.side = trades.side[row];
    event.price[0] = trades.price[row];
    event.size[0] = trades.size[row];
    event.trade_id = trades.trade_id[row];
    return event;
  }

  static Event QuoteAt(const QuoteColumns& quotes, size_t row) {
    Event event;
    event.table = Table::kQuotes;
    event.ts = quotes.ts[row];
    event.symbol = quotes.symbol[row];
    event.exchange = quotes.exchange[row];
    event.price[0] = quotes.bid_px[row];
    event.size[0] = quotes.bid_sz[row];
    event.price[1] = quotes.ask_px[row];
    event.size[1] = quotes.ask_sz[row];
    return event;
  }

  const MarketColumns& columns_;
  size_t trade_ = 0;
  size_t quote_ = 0;
};

}  // namespace tape::generator
