// The symbols of a market: names, ticks, lots, opening prices, and who is busiest.
//
//   Universe universe = MakeUniverse(LawsOf(MarketProfile::kEquities), 500, /*seed=*/1);
//   uint32_t busiest = universe.symbol_of_rank[0];
//   universe.instruments[busiest].name;          // "AAPL"
//
// Symbols are numbered in the order of their names. Immutable once made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "datasets/generator/market/profile.h"

namespace tape::generator {

struct Instrument {
  std::string name;
  int64_t tick = 1;  // every price is a multiple, in units of 10^-price_scale
  int64_t size_step =
      1;  // every size is a multiple, in units of 10^-size_scale; a round lot is 100 steps
  int64_t open_ticks = 0;    // price at the first open
  int64_t step_ticks = 1;    // the usual size of a price move
  int64_t spread_ticks = 1;  // the usual distance from bid to ask
};

struct Universe {
  std::vector<Instrument> instruments;   // by symbol
  std::vector<uint32_t> symbol_of_rank;  // rank 0 trades most
};

// `symbols` is 1..kMaxSymbols.
Universe MakeUniverse(const ProfileLaws& laws, uint64_t symbols, uint64_t seed);

}  // namespace tape::generator
