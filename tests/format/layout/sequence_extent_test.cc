#include "format/layout/sequence_extent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include "tests/format/layout/section_damage.h"

namespace tape::format {
namespace {

using Values = std::vector<int64_t>;
using Bytes = std::vector<std::byte>;

constexpr SequenceSpec kRising{ExtentRole::kKillRows, SequenceOrder::kAscending};
constexpr SequenceSpec kNotFalling{ExtentRole::kKeyHashes, SequenceOrder::kNotFalling};
constexpr SequenceSpec kLoose{ExtentRole::kKeyRows, SequenceOrder::kNone};

ExtentPlace Place() { return {PlaceSeed(FileKind::kKills, {.table = 3, .day = 20109}), 128}; }

Values Rising(size_t count) {
  std::mt19937_64 random(count);
  Values values(count);
  int64_t last = -5'000;
  for (int64_t& value : values) value = last += 1 + static_cast<int64_t>(random() % 9);
  return values;
}

Values Loose(size_t count) {
  Values values = Rising(count);
  std::shuffle(values.begin(), values.end(), std::mt19937_64(count));
  return values;
}

class SequenceExtent : public testing::Test {
 protected:
  Bytes Write(const SequenceSpec& spec, const Values& values) {
    Bytes bytes;
    const absl::Status status = AppendSequence(writer_, spec, values, Place(), bytes);
    EXPECT_TRUE(status.ok()) << status;
    return bytes;
  }

  absl::StatusOr<Values> Read(std::span<const std::byte> bytes, const SequenceSpec& spec,
                              size_t rows) {
    const absl::StatusOr<ExtentView> extent = ParseSequence(bytes, Place(), spec, rows);
    if (!extent.ok()) return extent.status();
    Values values;
    alignas(64) int64_t block_values[kBlockRows];
    for (size_t block = 0; block < extent->blocks(); ++block) {
      absl::Status status = ReadSequence(reader_, *extent, block, spec.order, block_values);
      if (!status.ok()) return status;
      values.insert(values.end(), block_values, block_values + extent->BlockRows(block));
    }
    return values;
  }

  // Values that do not have the order they are read with.
  void ExpectOutOfOrder(const SequenceSpec& spec, const Values& values) {
    const absl::StatusOr<Values> read =
        Read(Write({spec.role, SequenceOrder::kNone}, values), spec, values.size());
    EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss);
    EXPECT_NE(read.status().message().find("out of order"), std::string::npos) << read.status();
  }

  ExtentWriter writer_{BestKernels()};
  ExtentReader reader_{BestKernels()};
};

TEST_F(SequenceExtent, ComesBackInEveryOrderAndLength) {
  for (const size_t count : {1, 2, 1023, 1024, 1025, 3000}) {
    for (const SequenceSpec& spec : {kRising, kNotFalling, kLoose}) {
      const Values values = spec.order == SequenceOrder::kNone ? Loose(count) : Rising(count);
      const absl::StatusOr<Values> read = Read(Write(spec, values), spec, count);
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(*read, values);
    }
  }
  const Values equal(2000, 7);
  EXPECT_EQ(*Read(Write(kNotFalling, equal), kNotFalling, equal.size()), equal);
}

TEST_F(SequenceExtent, KnowsItsLeastAndGreatestValue) {
  const Values values = Loose(3000);
  const Bytes bytes = Write(kLoose, values);
  const absl::StatusOr<ExtentView> extent = ParseSequence(bytes, Place(), kLoose, values.size());
  ASSERT_TRUE(extent.ok()) << extent.status();
  EXPECT_EQ(LeastValue(*extent), *std::min_element(values.begin(), values.end()));
  EXPECT_EQ(GreatestValue(*extent), *std::max_element(values.begin(), values.end()));
}

TEST_F(SequenceExtent, FindsTheBlockOfAValue) {
  const Values values = Rising(10'000);
  const Bytes bytes = Write(kRising, values);
  const absl::StatusOr<ExtentView> extent = ParseSequence(bytes, Place(), kRising, values.size());
  ASSERT_TRUE(extent.ok()) << extent.status();
  for (int64_t value = values.front() - 3; value <= values.back() + 3; ++value) {
    const auto at = std::lower_bound(values.begin(), values.end(), value) - values.begin();
    const size_t expected = at == 10'000 ? extent->blocks() : static_cast<size_t>(at) / kBlockRows;
    ASSERT_EQ(FirstBlockReaching(*extent, value), expected) << value;
  }
}

TEST_F(SequenceExtent, RefusesAnotherRoleFormOrNumberOfRows) {
  const Values values = Rising(100);
  const Bytes bytes = Write(kRising, values);
  const auto expect_refused = [&](std::span<const std::byte> bad, const SequenceSpec& spec,
                                  size_t rows) {
    EXPECT_EQ(ParseSequence(bad, Place(), spec, rows).status().code(), absl::StatusCode::kDataLoss);
  };
  expect_refused(bytes, kNotFalling, 100);
  expect_refused(bytes, kRising, 99);
  expect_refused(bytes, kRising, 101);
  expect_refused(bytes, kRising, 0);
  expect_refused(Write(kRising, {}), kRising, 0);

  const auto write = [&](const ColumnView& column, bool keeps_bounds, uint32_t parameter) {
    Bytes out;
    const ExtentSpec spec{.role = kRising.role,
                          .seeds = Place().seeds,
                          .offset = Place().offset,
                          .keeps_bounds = keeps_bounds,
                          .parameter = parameter};
    EXPECT_TRUE(writer_.Append(column, spec, out).ok());
    return out;
  };
  const std::vector<uint8_t> validity(100, 1);
  std::vector<uint8_t> one_null = validity;
  one_null[5] = 0;
  const std::span<const int64_t> span(values);
  EXPECT_TRUE(
      ParseSequence(write(ColumnView::Of(span, validity.data()), true, 0), Place(), kRising, 100)
          .ok());
  expect_refused(write(ColumnView::Of(span, one_null.data()), true, 0), kRising, 100);
  expect_refused(write(ColumnView::Of(span), false, 0), kRising, 100);
  expect_refused(write(ColumnView::Of(span), true, 1), kRising, 100);
  const std::vector<int32_t> narrow(100, 4);
  expect_refused(write(ColumnView::Of(std::span<const int32_t>(narrow)), true, 0), kRising, 100);
}

TEST_F(SequenceExtent, RefusesValuesThatBreakTheirOrder) {
  ExpectOutOfOrder(kRising, {1, 2, 4, 3});
  ExpectOutOfOrder(kRising, {1, 2, 2, 3});
  ExpectOutOfOrder(kNotFalling, {1, 2, 1, 3});
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  ExpectOutOfOrder(kRising, {kLeast, kMost, kLeast + 1});
}

TEST_F(SequenceExtent, RefusesBlocksThatBreakTheirOrder) {
  Values values = Rising(3000);
  values[1024] = values[1023];
  ExpectOutOfOrder(kRising, values);
  values[1024] = values[1023] - 1;
  ExpectOutOfOrder(kNotFalling, values);
  std::swap_ranges(values.begin(), values.begin() + 1024, values.begin() + 1024);
  ExpectOutOfOrder(kNotFalling, values);
}

// Bounds under a right checksum that are not the values'.
TEST_F(SequenceExtent, RefusesBoundsThatAreNotThoseOfTheValues) {
  const Values values = {10, 20, 30};
  const Bytes good = Write(kRising, values);
  for (const size_t bound : {16, 24}) {
    for (const int64_t change : {-1, 1, 100}) {
      Bytes bad = good;
      const int64_t old = LoadLe<int64_t>(bad.data() + 64 + bound);
      StoreLe<int64_t>(bad.data() + 64 + bound, old + change);
      Reseal(bad, Place(), 60, 96);
      const absl::StatusOr<Values> read = Read(bad, kRising, values.size());
      // A block that is decoded from its min moves as a whole; its max then disagrees.
      EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss) << bound << " " << change;
    }
  }
}

TEST_F(SequenceExtent, RefusesEveryFlipAndEveryCut) {
  const Values values = Rising(70);
  ExpectDamageIsRefused(Write(kRising, values), [&](std::span<const std::byte> bad) {
    return Read(bad, kRising, values.size()).status();
  });
}

}  // namespace
}  // namespace tape::format
