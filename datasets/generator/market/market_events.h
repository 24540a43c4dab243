// The rows of a market, one at a time, in the order in which they happen.
//
//   MarketEvents events(options);
//   Event event;
//   while (events.Next(event)) { ... }
//
// Exactly options.trades trades and options.quotes quotes, spread evenly over the trading days and
// mixed at random; timestamps strictly increase, and so do trade ids. Memory depends on the number
// of symbols only. Options must have no fault. Thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "datasets/generator/columns.h"
#include "datasets/generator/market/arrivals.h"
#include "datasets/generator/market/book.h"
#include "datasets/generator/market/halts.h"
#include "datasets/generator/market/instruments.h"
#include "datasets/generator/market/zipf.h"
#include "datasets/generator/market_options.h"

namespace tape::generator {

class MarketEvents {
 public:
  explicit MarketEvents(const MarketOptions& options);

  // False, and `event` untouched, after the last row.
  bool Next(Event& event);

  const ProfileLaws& laws() const { return laws_; }
  const Universe& universe() const { return universe_; }

 private:
  void StartSession();
  uint64_t RowsUpTo(uint64_t day) const;
  uint32_t DrawSymbol(const Arrival& arrival);
  uint32_t DrawActiveSymbol(int64_t ts);
  bool DrawDirection(const Arrival& arrival, Dice& dice) const;

  const ProfileLaws& laws_;
  MarketOptions options_;
  Universe universe_;
  ZipfRanks zipf_;
  Random random_;
  HaltBoard halted_;
  std::vector<Book> books_;  // by symbol
  uint8_t exchange_of_draw_[64];

  std::optional<Arrivals> arrivals_;  // of the session under way
  uint64_t sessions_started_ = 0;
  uint64_t rows_left_in_session_ = 0;
  uint64_t trades_left_;
  uint64_t quotes_left_;
  int64_t next_trade_id_ = 1;

  // What rows of one burst share.
  uint64_t burst_ = 0;
  uint32_t burst_symbol_ = 0;
  bool burst_up_ = false;
};

}  // namespace tape::generator
