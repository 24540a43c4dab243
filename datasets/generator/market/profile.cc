#include "datasets/generator/market/profile.h"

namespace tape::generator {
namespace {

constexpr ProfileLaws kEquitiesLaws = {
    .profile = MarketProfile::kEquities,
    .price_scale = 2,
    .size_scale = 0,
    .open_ns = (9 * 60 + 30) * kMinuteNs,
    .session_ns = 390 * kMinuteNs,
    .weekdays_only = true,
    .edge_gap = 0.4,
    .middle_gap = 1.6,
    .zipf_extra_quarters = 0,
    .halt_min_ns = 5 * kMinuteNs,
    .halt_max_ns = 15 * kMinuteNs,
    .odd_per_16 = 6,
    .exchanges = {{{"ARCX", 10},
                   {"BATS", 8},
                   {"EDGX", 7},
                   {"IEXG", 3},
                   {"MEMX", 3},
                   {"XBOS", 1},
                   {"XNAS", 20},
                   {"XNYS", 12}}},
};

// Crypto is busy at midday, quiet around midnight, and never closes.
constexpr ProfileLaws kCryptoLaws = {
    .profile = MarketProfile::kCrypto,
    .price_scale = 8,
    .size_scale = 8,
    .open_ns = 0,
    .session_ns = kDayNs,
    .weekdays_only = false,
    .edge_gap = 1.4,
    .middle_gap = 0.6,
    .zipf_extra_quarters = 1,
    .halt_min_ns = 10 * kMinuteNs,
    .halt_max_ns = 60 * kMinuteNs,
    .odd_per_16 = 12,
    .exchanges = {{{"BINANCE", 24},
                   {"BITSTAMP", 3},
                   {"BYBIT", 10},
                   {"COINBASE", 10},
                   {"GEMINI", 2},
                   {"KRAKEN", 5},
                   {"KUCOIN", 3},
                   {"OKX", 7}}},
};

constexpr int TotalShare(const ProfileLaws& laws) {
  int total = 0;
  for (const ExchangeShare& exchange : laws.exchanges) total += exchange.per_64;
  return total;
}
static_assert(TotalShare(kEquitiesLaws) == 64);
static_assert(TotalShare(kCryptoLaws) == 64);

}  // namespace

const ProfileLaws& LawsOf(MarketProfile profile) {
  return profile == MarketProfile::kCrypto ? kCryptoLaws : kEquitiesLaws;
}

Session SessionOf(const ProfileLaws& laws, uint64_t index) {
  // The first day is a Monday, so whole weeks of five trading days skip the weekends.
  const uint64_t day = laws.weekdays_only ? index / 5 * 7 + index % 5 : index;
  const int64_t open = kFirstDayNs + static_cast<int64_t>(day) * kDayNs + laws.open_ns;
  return Session{open, open + laws.session_ns};
}

}  // namespace tape::generator
