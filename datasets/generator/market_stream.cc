#include "datasets/generator/market_stream.h"

namespace tape::generator {

MarketStream::MarketStream(const MarketOptions& options)
    : delivery_(options.late, options.seed),
      price_scale_(LawsOf(options.profile).price_scale),
      size_scale_(LawsOf(options.profile).size_scale) {
  for (const ExchangeShare& exchange : LawsOf(options.profile).exchanges)
    exchanges_.push_back(exchange.name);
  if (!OptionFault(options).empty()) return;
  events_.emplace(options);
  for (const Instrument& instrument : events_->universe().instruments)
    symbols_.push_back(instrument.name);
}

bool MarketStream::Next(size_t max_rows, MarketColumns& batch) {
  batch.Clear();
  Event event;
  while (events_.has_value() && batch.rows() < max_rows && delivery_.Next(*events_, event))
    batch.Append(event);
  return batch.rows() > 0;
}

std::string StandardTables(MarketProfile profile) {
  const bool crypto = profile == MarketProfile::kCrypto;
  const std::string price = crypto ? "DECIMAL(18,8)" : "DECIMAL(18,2)";
  const std::string size = crypto ? "DECIMAL(18,8)" : "BIGINT";
  return "CREATE TABLE trades (ts TIMESTAMP NOT NULL, symbol SYMBOL NOT NULL, exchange SYMBOL NOT "
         "NULL,\n"
         "  side SYMBOL NOT NULL, price " +
         price + " NOT NULL, size " + size +
         " NOT NULL, trade_id BIGINT NOT NULL)\n"
         "  PARTITION BY DAY (ts) CLUSTER BY (symbol);\n"
         "CREATE TABLE quotes (ts TIMESTAMP NOT NULL, symbol SYMBOL NOT NULL, exchange SYMBOL NOT "
         "NULL,\n"
         "  bid_px " +
         price + " NOT NULL, bid_sz " + size + " NOT NULL, ask_px " + price + " NOT NULL, ask_sz " +
         size +
         " NOT NULL)\n"
         "  PARTITION BY DAY (ts) CLUSTER BY (symbol);\n";
}

}  // namespace tape::generator
