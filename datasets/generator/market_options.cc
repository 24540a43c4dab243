#include "datasets/generator/market_options.h"

namespace tape::generator {
namespace {

std::string OutOfRange(std::string_view option, uint64_t least, uint64_t most, uint64_t found) {
  return std::string(option) + " must be " + std::to_string(least) + ".." + std::to_string(most) +
         ", not " + std::to_string(found);
}

std::string RowsFault(const MarketOptions& options) {
  const uint64_t limit = kMaxRowsPerDay * options.days;
  if (options.trades > limit) return OutOfRange("trades", 0, limit, options.trades);
  if (options.quotes > limit - options.trades) {
    return OutOfRange("quotes", 0, limit - options.trades, options.quotes);
  }
  return {};
}

std::string LateFault(const LateRows& late) {
  // Written so that NaN is refused too.
  if (!(late.fraction >= 0 && late.fraction <= 1)) {
    return "late fraction must be 0..1, not " + std::to_string(late.fraction);
  }
  if (late.max_delay_ns < 1 || late.max_delay_ns > kMaxDelayNs) {
    return "late max_delay_ns must be 1.." + std::to_string(kMaxDelayNs) + ", not " +
           std::to_string(late.max_delay_ns);
  }
  return {};
}

}  // namespace

std::string OptionFault(const MarketOptions& options) {
  if (options.symbols < 1 || options.symbols > kMaxSymbols) {
    return OutOfRange("symbols", 1, kMaxSymbols, options.symbols);
  }
  if (options.days < 1 || options.days > kMaxDays)
    return OutOfRange("days", 1, kMaxDays, options.days);
  std::string fault = RowsFault(options);
  return fault.empty() ? LateFault(options.late) : fault;
}

std::string_view ProfileName(MarketProfile profile) {
  return profile == MarketProfile::kCrypto ? "crypto" : "equities";
}

std::optional<MarketProfile> ProfileFromName(std::string_view name) {
  if (name == "equities") return MarketProfile::kEquities;
  if (name == "crypto") return MarketProfile::kCrypto;
  return std::nullopt;
}

}  // namespace tape::generator
