// The laws that differ between the two markets, in one table each.
//
//   const ProfileLaws& laws = LawsOf(MarketProfile::kCrypto);
//   laws.price_scale;                                // 8
//   Session monday = SessionOf(laws, 0);             // 2026-03-02, all 24 hours
//
// Immutable.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "datasets/generator/market_options.h"

namespace tape::generator {

inline constexpr int64_t kSecondNs = 1'000'000'000;
inline constexpr int64_t kMinuteNs = 60 * kSecondNs;
inline constexpr int64_t kDayNs = 86'400 * kSecondNs;
// Monday, 2026-03-02T00:00:00Z.
inline constexpr int64_t kFirstDayNs = 20'514 * kDayNs;

inline constexpr int kExchanges = 8;

struct ExchangeShare {
  std::string_view name;
  int per_64;  // of all rows, this many in 64 come from here
};

struct ProfileLaws {
  MarketProfile profile;
  int price_scale;  // a price of 1 is 10^-price_scale
  int size_scale;
  int64_t open_ns;     // since midnight UTC
  int64_t session_ns;  // from open to close
  bool weekdays_only;

  // Mean gap between rows relative to the day's, at the edges of the session and in its middle, by
  // the share of the day's rows that are past; a parabola between.
  double edge_gap;
  double middle_gap;

  // A symbol's share of all rows is 1 / rank^(1 + quarters/4).
  int zipf_extra_quarters;

  int64_t halt_min_ns;
  int64_t halt_max_ns;

  int odd_per_16;  // trades of fewer than 100 size steps, in 16

  std::array<ExchangeShare, kExchanges> exchanges;  // by name; the shares add up to 64
};

const ProfileLaws& LawsOf(MarketProfile profile);

// A trading period: rows have open_ns <= ts < close_ns.
struct Session {
  int64_t open_ns = 0;
  int64_t close_ns = 0;
};

// The session of the index-th trading day, counted from 0.
Session SessionOf(const ProfileLaws& laws, uint64_t index);

}  // namespace tape::generator
