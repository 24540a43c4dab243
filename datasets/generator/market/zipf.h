// Draws ranks by Zipf's law in constant time.
//
//   ZipfRanks zipf(500, /*extra_quarters=*/0);     // share of rank r (from 0) is proportional to 1
//   / (r + 1) uint64_t rank = zipf.Draw(random);
//
// Immutable after construction.
#pragma once

#include <cstdint>
#include <vector>

#include "datasets/generator/random.h"

namespace tape::generator {

class ZipfRanks {
 public:
  // The exponent is 1 + extra_quarters / 4: quarters, because square roots are exact to the last
  // bit everywhere and pow() is not. `ranks` is 1..2^32-1.
  ZipfRanks(uint64_t ranks, int extra_quarters);

  uint32_t Draw(Random& random) const {
    const uint64_t bits = random.Next();
    const uint32_t column = static_cast<uint32_t>(((bits >> 32) * columns_.size()) >> 32);
    const Column& drawn = columns_[column];
    return static_cast<uint32_t>(bits) < drawn.keep_below ? column : drawn.alias;
  }

 private:
  // Walker's alias method: each column holds an equal share of the draws, split between two ranks.
  struct Column {
    uint32_t keep_below = 0xFFFFFFFF;  // of 2^32
    uint32_t alias = 0;
  };

  std::vector<Column> columns_;
};

}  // namespace tape::generator
