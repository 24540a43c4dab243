// A seeded, deterministic synthetic market, in batches of columns.
//
//   MarketOptions options;
//   options.trades = 100000;
//   MarketStream stream(options);
//   MarketColumns batch;
//   while (stream.Next(65536, batch)) {
//     Use(batch.trades.ts, batch.trades.price, stream.price_scale());
//   }
//
// The same options give the same rows on any machine, whatever the batch sizes. Rows come in
// arrival order. Without late rows that is the order of time: timestamps strictly increase over
// both tables together. Trade ids follow time. Late rows change the order of arrival only.
//
// Memory depends on the symbols, the batch and the late rows under way, never on the number of
// rows. Options with a fault (OptionFault) give a stream without rows. Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/generator/columns.h"
#include "datasets/generator/late_delivery.h"
#include "datasets/generator/market/market_events.h"
#include "datasets/generator/market_options.h"

namespace tape::generator {

class MarketStream {
 public:
  explicit MarketStream(const MarketOptions& options);

  // Replaces what is in `batch` by the next rows, at most `max_rows` of both tables together.
  // False, with an empty batch, after the last row.
  bool Next(size_t max_rows, MarketColumns& batch);

  // A price of 1 is 10^-price_scale: 2 for equities, 8 for crypto.
  int price_scale() const { return price_scale_; }
  // A size of 1 is 10^-size_scale: 0 for equities (shares), 8 for crypto (coins).
  int size_scale() const { return size_scale_; }

  // Names by number, in ascending order.
  const std::vector<std::string>& symbols() const { return symbols_; }
  const std::vector<std::string_view>& exchanges() const { return exchanges_; }

  // Rows held back so far.
  uint64_t late_rows() const { return delivery_.late_rows(); }

 private:
  std::optional<MarketEvents> events_;
  LateDelivery delivery_;
  int price_scale_;
  int size_scale_;
  std::vector<std::string> symbols_;
  std::vector<std::string_view> exchanges_;
};

// The statement that creates the standard tables with the decimals of this profile.
std::string StandardTables(MarketProfile profile);

}  // namespace tape::generator
