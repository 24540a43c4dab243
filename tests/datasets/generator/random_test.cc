#include "datasets/generator/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "datasets/generator/market/zipf.h"

namespace tape::generator {
namespace {

TEST(Random, GivesTheNumbersOfXoshiro256PlusPlus) {
  Random random(std::array<uint64_t, 4>{1, 2, 3, 4});
  const std::array<uint64_t, 5> expected = {41943041, 58720359, 3588806011781223, 3591011842654386,
                                            9228616714210784205u};
  for (const uint64_t number : expected) EXPECT_EQ(random.Next(), number);
}

TEST(Random, MultipliesToTheHighHalf) {
  EXPECT_EQ(MultiplyHigh(0, UINT64_MAX), 0u);
  EXPECT_EQ(MultiplyHigh(UINT64_MAX, UINT64_MAX), UINT64_MAX - 1);
  EXPECT_EQ(MultiplyHigh(uint64_t{1} << 63, 6), 3u);
  EXPECT_EQ(MultiplyHigh(0xFFFFFFFF, 0xFFFFFFFF), 0u);
  EXPECT_EQ(MultiplyHigh(0x123456789ABCDEF0, 0xFEDCBA9876543210), 0x121FA00AD77D7422u);
}

TEST(Random, SeparatesSeedsAndStreams) {
  EXPECT_EQ(Random(7, 1).Next(), Random(7, 1).Next());
  EXPECT_NE(Random(7, 1).Next(), Random(7, 2).Next());
  EXPECT_NE(Random(7, 1).Next(), Random(8, 1).Next());
  EXPECT_NE(Random(0, 0).Next(), 0u);
}

TEST(Random, StaysBelowItsBoundAndReachesAllOfIt) {
  Random random(1);
  std::array<int, 6> seen{};
  for (int i = 0; i < 6000; ++i) ++seen.at(random.Below(6));
  for (const int times : seen) EXPECT_NEAR(times, 1000, 150);
  EXPECT_EQ(random.Below(1), 0u);
}

TEST(Random, DrawsUnitsFromZeroToBelowOne) {
  EXPECT_EQ(Random::ToUnit(0), 0.0);
  EXPECT_LT(Random::ToUnit(UINT64_MAX), 1.0);
  EXPECT_EQ(Random::ToUnit(uint64_t{1} << 63), 0.5);
}

TEST(Dice, SpendsBitsFromTheLowEnd) {
  Dice dice(0xABCD);
  EXPECT_EQ(dice.Take(4), 0xDu);
  EXPECT_EQ(dice.Take(8), 0xBCu);
  EXPECT_FALSE(dice.OneIn(4));
  EXPECT_TRUE(dice.OneIn(4));
}

TEST(ZipfRanks, DrawsEachRankInProportion) {
  constexpr int kDraws = 400'000;
  for (const int extra_quarters : {0, 4}) {
    const ZipfRanks zipf(5, extra_quarters);
    Random random(3);
    std::array<double, 5> seen{};
    for (int i = 0; i < kDraws; ++i) ++seen.at(zipf.Draw(random));
    for (int rank = 0; rank < 5; ++rank) {
      const double weight =
          extra_quarters == 0 ? 1.0 / (rank + 1) : 1.0 / ((rank + 1) * (rank + 1));
      const double sum = extra_quarters == 0 ? 137.0 / 60 : 5269.0 / 3600;
      EXPECT_NEAR(seen[rank] / kDraws, weight / sum, 0.003) << rank;
    }
  }
}

TEST(ZipfRanks, TakesAnyNumberOfRanks) {
  Random random(3);
  EXPECT_EQ(ZipfRanks(1, 0).Draw(random), 0u);
  for (const uint64_t ranks : {2, 3, 64, 100'000}) {
    const ZipfRanks zipf(ranks, 1);
    uint32_t greatest = 0;
    for (int i = 0; i < 20'000; ++i) greatest = std::max(greatest, zipf.Draw(random));
    EXPECT_LT(greatest, ranks);
    EXPECT_GT(greatest, ranks / 3);
  }
}

}  // namespace
}  // namespace tape::generator
