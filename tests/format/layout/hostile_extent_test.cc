// Bytes that somebody chose, with checksums that are right: an error or some values, never a crash,
// never more memory than honest bytes of that size take.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "format/layout/extent_view.h"
#include "tests/format/layout/extent_samples.h"
#include "tests/format/layout/largest_allocation.h"
#include "tests/format/layout/resealed.h"
#include "tests/format/layout/written_extent.h"
#include "tests/support/columns.h"

namespace tape::format {
namespace {

using support::SameRows;

constexpr size_t kRounds = 60'000;

testing::AssertionResult OkOrDataLoss(const absl::Status& status) {
  if (status.ok() || status.code() == absl::StatusCode::kDataLoss) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << status;
}

// Reads all there is in every way. What one way accepts as a whole must be what the others see.
class HostileReading {
 public:
  void Read(const ExtentView& extent) {
    ColumnBuffer all(extent.physical());
    const absl::Status status = reader_.AppendAll(extent, all);
    ASSERT_TRUE(OkOrDataLoss(status));
    if (status.ok()) {
      ASSERT_EQ(all.rows(), extent.rows());
      ++accepted_;
    }
    for (size_t i = 0; i < 3 && extent.rows() > 0; ++i) {
      const size_t row = i * (extent.rows() - 1) / 2;
      ReadRow(extent, row, status.ok() ? all.view().Slice(row, 1) : ColumnView());
    }
    for (size_t block = 0; block < extent.blocks(); ++block) ReadBlock(extent, block);
  }

  size_t accepted() const { return accepted_; }

 private:
  void ReadRow(const ExtentView& extent, size_t row, const ColumnView& expected) {
    ColumnBuffer one(extent.physical());
    const absl::Status status = reader_.AppendRow(extent, row, one);
    ASSERT_TRUE(OkOrDataLoss(status));
    if (expected.rows() == 0) return;
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_TRUE(SameRows(expected, one.view())) << "row " << row;
  }

  void ReadBlock(const ExtentView& extent, size_t block) {
    const absl::StatusOr<bool> validity = reader_.ReadValidity(extent, block, valid_.data());
    ASSERT_TRUE(OkOrDataLoss(validity.status()));
    if (extent.physical() == Physical::kBytes) return;
    ASSERT_TRUE(OkOrDataLoss(reader_.ReadFixed(extent, block, values_.data())));
    if (!IsInteger(extent.physical())) return;
    const IntegerRange range{-7, 100'500};
    ASSERT_TRUE(OkOrDataLoss(reader_.FilterIntegers(extent, block, range, bitmap_.data())));
  }

  ExtentReader reader_{BestKernels()};
  std::array<uint8_t, kBlockRows> valid_;
  std::array<Int128, kBlockRows> values_;
  std::array<uint64_t, kBlockWords> bitmap_;
  size_t accepted_ = 0;
};

TEST(Resealing, LeavesHonestExtentsAsTheyAre) {
  for (const ExtentSample& sample : ExtentSamples()) {
    std::vector<std::byte> bytes = sample.extent.bytes;
    Reseal(bytes, sample.extent.place);
    EXPECT_TRUE(bytes == sample.extent.bytes) << sample.name;
  }
}

TEST(HostileExtents, AreRefusedOrReadWithoutHarm) {
  const std::vector<ExtentSample> samples = ExtentSamples();
  HostileReading reading;
  size_t parsed = 0;
  size_t refused = 0;
  ForgetAllocations();
  for (size_t round = 0; round < kRounds; ++round) {
    Mutator mutator(round);
    const ExtentSample& sample = samples[mutator.Below(samples.size())];
    SCOPED_TRACE(testing::Message() << "round " << round << ", " << sample.name);
    WrittenExtent hostile = sample.extent;
    const size_t changes = 1 + mutator.Below(3);
    for (size_t i = 0; i < changes; ++i) mutator.Mutate(hostile.bytes);
    Reseal(hostile.bytes, hostile.place);
    const absl::StatusOr<ExtentView> extent = hostile.Parse();
    ASSERT_TRUE(OkOrDataLoss(extent.status()));
    ++(extent.ok() ? parsed : refused);
    if (extent.ok()) reading.Read(*extent);
    if (testing::Test::HasFailure()) return;
  }
  // The mutations are worth something: many are let through to the decoders, many are not.
  EXPECT_GT(parsed, kRounds / 4);
  EXPECT_GT(refused, kRounds / 20);
  EXPECT_GT(reading.accepted(), kRounds / 20);
  EXPECT_LT(reading.accepted(), parsed);
  EXPECT_LE(LargestAllocation(), size_t{4} << 20);
  RecordProperty("parsed", static_cast<int>(parsed));
  RecordProperty("accepted", static_cast<int>(reading.accepted()));
  RecordProperty("largest_allocation", static_cast<int>(LargestAllocation()));
}

}  // namespace
}  // namespace tape::format
