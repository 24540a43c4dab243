#include "datasets/generator/market/zipf.h"

#include <cfloat>
#include <cmath>

namespace tape::generator {

// Extra precision in intermediate results would make the numbers depend on the machine.
static_assert(FLT_EVAL_METHOD == 0);

namespace {

// Weight of each rank, scaled so that they average 1.
std::vector<double> Weights(uint64_t ranks, int extra_quarters) {
  std::vector<double> weights(ranks);
  double sum = 0;
  for (uint64_t rank = 0; rank < ranks; ++rank) {
    const double position = static_cast<double>(rank + 1);
    const double fourth_root = std::sqrt(std::sqrt(position));
    double power = position;
    for (int i = 0; i < extra_quarters; ++i) power *= fourth_root;
    weights[rank] = 1 / power;
    sum += weights[rank];
  }
  for (double& weight : weights) weight = weight / sum * static_cast<double>(ranks);
  return weights;
}

}  // namespace

ZipfRanks::ZipfRanks(uint64_t ranks, int extra_quarters) : columns_(ranks) {
  std::vector<double> left = Weights(ranks, extra_quarters);
  for (uint64_t rank = 0; rank < ranks; ++rank) columns_[rank].alias = static_cast<uint32_t>(rank);
  // Weights fall with the rank, so `giver` always has the most to give, and only moves right.
  uint64_t giver = 0;
  for (uint64_t rank = ranks; rank-- > 0;) {
    uint64_t taker = rank;
    while (giver < rank && left[taker] < 1) {
      columns_[taker].keep_below = static_cast<uint32_t>(left[taker] * 4294967295.0);
      columns_[taker].alias = static_cast<uint32_t>(giver);
      left[giver] -= 1 - left[taker];
      left[taker] = 1;
      if (left[giver] < 1) taker = giver++;  // it gave too much, and must be filled up itself
    }
  }
}

}  // namespace tape::generator
