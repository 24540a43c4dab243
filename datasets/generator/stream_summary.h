// What a stream held: counts, times, and a digest to compare two streams by.
//
//   StreamSummary summary(stream.symbols(), stream.exchanges());
//   while (stream.Next(65536, batch)) summary.Add(batch);
//   summary.digest();                     // the same for any batch sizes
//
// The digest covers every value of every row, names as text, and the order of arrival over both
// tables. It is a checksum, not a cryptographic hash. Thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/generator/columns.h"

namespace tape::generator {

class StreamSummary {
 public:
  StreamSummary(const std::vector<std::string>& symbols,
                const std::vector<std::string_view>& exchanges);

  void Add(const MarketColumns& batch);

  uint64_t trades() const { return trades_; }
  uint64_t quotes() const { return quotes_; }
  uint64_t rows() const { return trades_ + quotes_; }
  // Symbols that had at least one row.
  uint64_t symbols_seen() const;
  // Least and greatest ts; 0 where there are no rows.
  int64_t first_ts() const { return rows() == 0 ? 0 : first_ts_; }
  int64_t last_ts() const { return rows() == 0 ? 0 : last_ts_; }
  // Rows after a row of a later ts had arrived.
  uint64_t overtaken_rows() const { return overtaken_rows_; }
  uint64_t digest() const;

 private:
  void Add(const TradeColumns& trades, size_t row);
  void Add(const QuoteColumns& quotes, size_t row);
  void See(int64_t ts, uint32_t symbol);

  std::vector<uint64_t> symbol_hash_;
  std::vector<uint64_t> exchange_hash_;
  std::vector<uint8_t> symbol_seen_;
  uint64_t trades_ = 0;
  uint64_t quotes_ = 0;
  uint64_t overtaken_rows_ = 0;
  int64_t first_ts_ = INT64_MAX;
  int64_t last_ts_ = INT64_MIN;
  uint64_t hash_;
};

}  // namespace tape::generator
