// Rows as CSV: the columns of the standard tables, times with nine digits, decimals exact.
//
//   CsvText csv(stream.symbols(), stream.exchanges(), stream.price_scale(), stream.size_scale());
//   file << CsvText::kTradesHeader << csv.Trades(batch.trades);
//   // 2026-03-02T09:30:00.000006634Z,AAPL,XNAS,B,231.50,300,1
//
// Names must need no quotes, times must lie in 1970..2261, and prices and sizes must not be
// negative: so it is with everything made here. Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/generator/columns.h"

namespace tape::generator {

// Writes "2026-03-02T09:30:00.000006634Z". Keeps the text of the last second: many rows share it.
class TimestampText {
 public:
  static constexpr size_t kSize = 30;

  // `out` has room for kSize characters; returns the end.
  char* Write(int64_t ts, char* out);

 private:
  void StartSecond(int64_t second);

  int64_t second_ = -1;
  char up_to_second_[20] = {};  // with the point
};

class CsvText {
 public:
  static constexpr std::string_view kTradesHeader = "ts,symbol,exchange,side,price,size,trade_id\n";
  static constexpr std::string_view kQuotesHeader =
      "ts,symbol,exchange,bid_px,bid_sz,ask_px,ask_sz\n";

  // Scales are 0..18.
  CsvText(const std::vector<std::string>& symbols, const std::vector<std::string_view>& exchanges,
          int price_scale, int size_scale);

  // All rows, a line each. Valid until the next call.
  std::string_view Trades(const TradeColumns& trades);
  std::string_view Quotes(const QuoteColumns& quotes);

 private:
  struct Scale {
    int digits;
    uint64_t unit;  // 10^digits
  };

  static Scale MakeScale(int digits);
  static char* WriteDecimal(int64_t value, Scale scale, char* out);
  char* WriteStart(int64_t ts, uint32_t symbol, uint8_t exchange, char* out);

  std::vector<std::string> symbols_;    // each with the comma after it
  std::vector<std::string> exchanges_;  // likewise
  Scale price_scale_;
  Scale size_scale_;
  size_t row_size_max_;
  TimestampText time_;
  std::vector<char> text_;
};

}  // namespace tape::generator
