// What to generate.
//
//   MarketOptions options;
//   options.profile = MarketProfile::kCrypto;
//   options.trades = 100000;
//   std::string fault = OptionFault(options);   // empty: the options are usable
//
// Plain data; thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tape::generator {

enum class MarketProfile : uint8_t { kEquities = 0, kCrypto = 1 };

// Rows that arrive after rows of a later time. Whether a row is late does not change the row.
struct LateRows {
  double fraction = 0;                // of all rows, 0..1
  int64_t max_delay_ns = 50'000'000;  // each late row is delayed by 1..max_delay_ns
};

struct MarketOptions {
  MarketProfile profile = MarketProfile::kEquities;
  uint64_t symbols = 500;
  uint64_t trades = 2'000'000;
  uint64_t quotes = 10'000'000;
  uint64_t days = 5;  // trading days, from Monday 2026-03-02 on
  uint64_t seed = 1;
  LateRows late;
};

// Five-letter tickers stay unique and names stay short.
inline constexpr uint64_t kMaxSymbols = 100'000;
// Keeps every timestamp far below 2262, where 64-bit nanoseconds end.
inline constexpr uint64_t kMaxDays = 10'000;
// Per trading day: keeps the mean gap above a nanosecond, and row counts far from overflow.
inline constexpr uint64_t kMaxRowsPerDay = 1'000'000'000'000;
// A week: late rows wait in memory.
inline constexpr int64_t kMaxDelayNs = int64_t{7} * 86'400 * 1'000'000'000;

// What is wrong with the options, naming option, limit and value; empty when nothing is.
std::string OptionFault(const MarketOptions& options);

// "equities" and "crypto".
std::string_view ProfileName(MarketProfile profile);
std::optional<MarketProfile> ProfileFromName(std::string_view name);

}  // namespace tape::generator
