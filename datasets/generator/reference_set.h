// Data set S: the fixed market that tape and its rivals are measured on.
//
//   ReferenceSet s = MakeReferenceSet(2'000'000, 10'000'000);
//   ReferenceDigest(s.columns) == 0x6824AFB7403EA88C;
//   s.symbols[s.columns.trades.symbol[0]];               // text of the first trade's symbol
//
// 500 symbols by Zipf's law, eight exchanges, five sessions (2026-03-02..06, 09:30-16:00 UTC),
// timestamps that strictly increase over both tables, prices in cents. Its laws are frozen, down to
// the order in which random numbers are drawn: published figures depend on its bytes. For anything
// else there is MarketStream.
//
// All of it in memory: 39 bytes a trade, 46 a quote. Plain data; thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "datasets/generator/columns.h"
#include "datasets/generator/market_options.h"

namespace tape::generator {

struct ReferenceSet {
  std::vector<std::string> symbols;      // by number, in ascending order
  std::vector<std::string> exchanges;    // likewise
  std::vector<uint32_t> symbol_of_rank;  // rank 0 trades most
  MarketColumns columns;  // in arrival order; prices in cents, trade ids from 1000000
};

// S has 2,000,000 trades and 10,000,000 quotes; M, its larger brother, 20,000,000 and 50,000,000.
ReferenceSet MakeReferenceSet(uint64_t trades, uint64_t quotes);

// The same rows with some of them late (by default one in a hundred, up to 50 ms), as they arrive.
MarketColumns DeliverLate(const MarketColumns& columns, LateRows late = {.fraction = 0.01},
                          uint64_t seed = 1);

// Proves that a set is the one meant. Skips trade ids and ask sizes, as the first tool to print it.
uint64_t ReferenceDigest(const MarketColumns& columns);

}  // namespace tape::generator
