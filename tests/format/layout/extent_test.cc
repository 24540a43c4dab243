// Extents of every physical form: what is written comes back, from blocks, rows and filters, and
// the block-range index says exactly what is there.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <random>

#include "format/layout/extent_view.h"
#include "format/layout/extent_writer.h"
#include "tests/support/columns.h"

namespace tape::format {
namespace {

using support::AllNulls;
using support::AllPhysicals;
using support::ColumnRecipe;
using support::Law;
using support::LawsOf;
using support::MakeColumn;
using support::Name;
using support::Nulls;
using support::SameRows;
using support::TestColumn;

constexpr size_t kLengths[] = {0, 1, 1023, 1024, 1025, 3000};

const PlaceSeed& Seeds() {
  static const PlaceSeed seeds(FileKind::kColumn, {.table = 17, .column = 3, .generation = 1});
  return seeds;
}

ExtentSpec Spec() { return {.seeds = Seeds(), .offset = 640}; }

class Extent : public testing::Test {
 protected:
  std::vector<std::byte> Write(const ColumnView& column, const ExtentSpec& spec = Spec()) {
    std::vector<std::byte> bytes;
    const absl::Status status = writer_.Append(column, spec, bytes);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(bytes.size() % kExtentAlignment, 0u);
    return bytes;
  }

  ExtentView Parse(const std::vector<std::byte>& bytes) {
    absl::StatusOr<ExtentView> extent = ExtentView::Parse(bytes, {Seeds(), Spec().offset});
    EXPECT_TRUE(extent.ok()) << extent.status();
    return *extent;
  }

  void ExpectRoundTrip(const ColumnRecipe& recipe) {
    SCOPED_TRACE(Name(recipe));
    const TestColumn column = MakeColumn(recipe);
    const std::vector<std::byte> bytes = Write(column.view());
    const ExtentView extent = Parse(bytes);
    ColumnBuffer back(recipe.physical);
    const absl::Status status = reader_.AppendAll(extent, back);
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_TRUE(SameRows(column.view(), back.view()));
    ExpectRows(extent, column.view());
    ExpectNotMuchLargerThanRaw(bytes.size(), column.view());
  }

  void ExpectRows(const ExtentView& extent, const ColumnView& column) {
    ColumnBuffer back(column.physical());
    std::vector<uint32_t> rows;
    for (size_t row = 0; row < column.rows(); row += 1 + column.rows() / 13) {
      rows.push_back(static_cast<uint32_t>(row));
      const absl::Status status = reader_.AppendRow(extent, row, back);
      ASSERT_TRUE(status.ok()) << status << " row " << row;
    }
    ColumnBuffer expected(column.physical());
    expected.AppendRows(column, rows);
    ASSERT_TRUE(SameRows(expected.view(), back.view()));
  }

  // Raw and 2 %, a bit a row of validity, and what an extent has once.
  void ExpectNotMuchLargerThanRaw(size_t size, const ColumnView& column) {
    const size_t raw = support::RawSize(column);
    EXPECT_LE(size, raw + raw / 50 + sizeof(ExtentHeader) + 3 * kExtentAlignment +
                        BlockCount(column.rows()) * 16);
  }

  const Kernels& kernels_ = BestKernels();
  ExtentWriter writer_{kernels_};
  ExtentReader reader_{kernels_};
};

TEST_F(Extent, ReturnsEveryFormLawAndLength) {
  for (const Physical physical : AllPhysicals()) {
    for (const Law law : LawsOf(physical)) {
      for (const size_t rows : kLengths) ExpectRoundTrip({physical, law, rows});
    }
  }
}

TEST_F(Extent, ReturnsNullsInEveryPattern) {
  for (const Physical physical : AllPhysicals()) {
    for (const Law law : LawsOf(physical)) {
      for (const Nulls nulls : AllNulls()) ExpectRoundTrip({physical, law, 2500, nulls});
    }
    for (const Nulls nulls : AllNulls()) {
      for (const size_t rows : kLengths)
        ExpectRoundTrip({physical, LawsOf(physical)[3], rows, nulls});
    }
  }
}

TEST_F(Extent, ReturnsAMillionRows) {
  ExpectRoundTrip({Physical::kInt64, Law::kWalk, 1'000'000});
  ExpectRoundTrip({Physical::kFloat64, Law::kDecimals, 1'000'000, Nulls::kOnePercent});
  ExpectRoundTrip({Physical::kCode32, Law::kFewDistinct, 1'000'000});
}

TEST_F(Extent, SaysWhichRowsHaveAValue) {
  for (const Nulls nulls : AllNulls()) {
    const TestColumn column = MakeColumn({Physical::kInt32, Law::kRandom, 2100, nulls});
    const std::vector<std::byte> bytes = Write(column.view());
    const ExtentView extent = Parse(bytes);
    uint8_t valid[kBlockRows];
    for (size_t block = 0; block < extent.blocks(); ++block) {
      ASSERT_TRUE(reader_.ReadValidity(extent, block, valid).ok());
      for (size_t i = 0; i < extent.BlockRows(block); ++i) {
        ASSERT_EQ(valid[i] == 0, column.view().IsNull(block * kBlockRows + i));
      }
    }
  }
}

// The least and greatest integer of a block, found one by one.
BlockBounds NaiveBounds(const ColumnView& column, size_t first, size_t rows) {
  BlockBounds bounds;
  for (size_t row = first; row < first + rows; ++row) {
    const bool code = column.physical() == Physical::kCode32;
    if (!code && column.IsNull(row)) continue;
    Int128 value = 0;
    if (code) value = column.IsNull(row) ? 0 : column.Values<uint32_t>()[row];
    if (column.physical() == Physical::kBool) value = column.Values<uint8_t>()[row];
    if (column.physical() == Physical::kInt16) value = column.Values<int16_t>()[row];
    if (column.physical() == Physical::kInt32) value = column.Values<int32_t>()[row];
    if (column.physical() == Physical::kInt64) value = column.Values<int64_t>()[row];
    if (column.physical() == Physical::kInt128) value = column.Values<Int128>()[row];
    bounds.min = bounds.known() ? std::min(bounds.min, value) : value;
    bounds.max = bounds.known() ? std::max(bounds.max, value) : value;
    bounds.flags = 0;
  }
  return bounds;
}

TEST_F(Extent, BoundsAreTheLeastAndGreatestValueOfEachBlock) {
  for (const Physical physical : AllPhysicals()) {
    if (!IsInteger(physical) && physical != Physical::kInt128) continue;
    for (const Law law : LawsOf(physical)) {
      for (const Nulls nulls : {Nulls::kNone, Nulls::kHalf, Nulls::kBlocks, Nulls::kAll}) {
        const TestColumn column = MakeColumn({physical, law, 2500, nulls});
        const std::vector<std::byte> bytes = Write(column.view());
        const ExtentView extent = Parse(bytes);
        for (size_t block = 0; block < extent.blocks(); ++block) {
          ASSERT_EQ(extent.Bounds(block),
                    NaiveBounds(column.view(), block * kBlockRows, extent.BlockRows(block)))
              << Name({physical, law, 2500, nulls}) << " block " << block;
        }
      }
    }
  }
}

TEST_F(Extent, BoundsOfTextHoldEveryValue) {
  for (const Law law : LawsOf(Physical::kBytes)) {
    const TestColumn column = MakeColumn({Physical::kBytes, law, 2500, Nulls::kOnePercent});
    const std::vector<std::byte> bytes = Write(column.view());
    const ExtentView extent = Parse(bytes);
    for (size_t row = 0; row < column.rows(); ++row) {
      if (column.view().IsNull(row)) continue;
      uint64_t prefix = 0;
      const std::string_view value = column.view().Bytes(row);
      for (size_t i = 0; i < 8; ++i) {
        prefix = prefix << 8 | (i < value.size() ? static_cast<uint8_t>(value[i]) : 0);
      }
      const BlockBounds bounds = extent.Bounds(row / kBlockRows);
      ASSERT_TRUE(bounds.known());
      ASSERT_LE(bounds.min, static_cast<Int128>(prefix));
      ASSERT_GE(bounds.max, static_cast<Int128>(prefix));
    }
  }
}

void ExpectFiltered(ExtentReader& reader, const ExtentView& extent, const ColumnView& column,
                    const IntegerRange& range) {
  uint64_t bitmap[kBlockWords];
  for (size_t block = 0; block < extent.blocks(); ++block) {
    const absl::Status status = reader.FilterIntegers(extent, block, range, bitmap);
    ASSERT_TRUE(status.ok()) << status;
    for (size_t i = 0; i < kBlockRows; ++i) {
      const size_t row = block * kBlockRows + i;
      bool expected = i < extent.BlockRows(block) && !column.IsNull(row);
      if (expected) {
        const BlockBounds one = NaiveBounds(column, row, 1);
        expected = range.lo <= one.min && one.min <= range.hi;
      }
      ASSERT_EQ((bitmap[i / 64] >> (i % 64) & 1) != 0, expected)
          << "row " << row << " between " << range.lo << " and " << range.hi;
    }
  }
}

TEST_F(Extent, FiltersLikeALoop) {
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();
  std::mt19937_64 random(1);
  for (const Physical physical : AllPhysicals()) {
    if (!IsInteger(physical)) continue;
    for (const Law law : LawsOf(physical)) {
      SCOPED_TRACE(Name({physical, law}));
      const TestColumn column = MakeColumn({physical, law, 1500, Nulls::kOnePercent});
      const std::vector<std::byte> bytes = Write(column.view());
      const ExtentView extent = Parse(bytes);
      std::vector<IntegerRange> ranges = {{kLeast, kGreatest},
                                          {kGreatest, kLeast},
                                          {kLeast, kLeast},
                                          {kGreatest, kGreatest},
                                          {0, 0}};
      for (int i = 0; i < 6; ++i) {
        const auto at = [&] {
          const auto row = static_cast<size_t>(random() % column.rows());
          const BlockBounds one = NaiveBounds(column.view(), row, 1);
          return static_cast<int64_t>(one.min) +
                 static_cast<int64_t>(random() % 3) * (one.min < 0 ? 1 : -1);
        };
        const int64_t a = at();
        const int64_t b = at();
        ranges.push_back({std::min(a, b), std::max(a, b)});
      }
      for (const IntegerRange& range : ranges) {
        ExpectFiltered(reader_, extent, column.view(), range);
      }
    }
  }
}

TEST_F(Extent, KeepsNothingOfSensitiveValuesOutsideTheData) {
  for (const Physical physical : AllPhysicals()) {
    for (const Law law : LawsOf(physical)) {
      const TestColumn column = MakeColumn({physical, law, 2500, Nulls::kOnePercent});
      ExtentSpec spec = Spec();
      spec.sensitive = true;
      const std::vector<std::byte> bytes = Write(column.view(), spec);
      const ExtentView extent = Parse(bytes);
      EXPECT_FALSE(extent.has_dictionary());
      for (size_t block = 0; block < extent.blocks(); ++block) {
        EXPECT_FALSE(extent.Bounds(block).known()) << Name({physical, law});
      }
      ColumnBuffer back(physical);
      ASSERT_TRUE(reader_.AppendAll(extent, back).ok()) << Name({physical, law});
      ASSERT_TRUE(SameRows(column.view(), back.view())) << Name({physical, law});
    }
  }
}

TEST_F(Extent, IsTheSameBytesOnEveryProcessorAndWhateverCameBefore) {
  const TestColumn other = MakeColumn({Physical::kFloat64, Law::kRandom, 2000});
  for (const Physical physical : AllPhysicals()) {
    for (const Law law : LawsOf(physical)) {
      const TestColumn column = MakeColumn({physical, law, 2500, Nulls::kOnePercent});
      const std::vector<std::byte> expected = Write(column.view());
      for (const Kernels* level : AllUsableKernels()) {
        ExtentWriter writer(*level);
        std::vector<std::byte> bytes;
        ASSERT_TRUE(writer.Append(other.view(), Spec(), bytes).ok());
        bytes.clear();
        ASSERT_TRUE(writer.Append(column.view(), Spec(), bytes).ok());
        ASSERT_EQ(bytes, expected) << Name({physical, law}) << " at " << level->name;
        ColumnBuffer back(physical);
        ASSERT_TRUE(ExtentReader(*level).AppendAll(Parse(bytes), back).ok());
        ASSERT_TRUE(SameRows(column.view(), back.view())) << Name({physical, law});
      }
    }
  }
}

TEST_F(Extent, FollowsWhatIsThereAlready) {
  const TestColumn column = MakeColumn({Physical::kInt64, Law::kDecimals, 100});
  std::vector<std::byte> bytes = Write(column.view());
  const size_t first = bytes.size();
  ExtentSpec spec = Spec();
  spec.offset += first;
  ASSERT_TRUE(writer_.Append(column.view(), spec, bytes).ok());
  const std::span<const std::byte> second = std::span<const std::byte>(bytes).subspan(first);
  EXPECT_TRUE(ExtentView::Parse(second, {Seeds(), spec.offset}).ok());
  EXPECT_EQ(Parse(bytes).size_bytes(), first);
}

TEST_F(Extent, RefusesWhatItCannotWriteOrRead) {
  const TestColumn column = MakeColumn({Physical::kInt64, Law::kDecimals, 100});
  std::vector<std::byte> bytes;
  ExtentSpec spec = Spec();
  spec.offset = 8;
  EXPECT_EQ(writer_.Append(column.view(), spec, bytes).code(), absl::StatusCode::kInvalidArgument);
  const uint64_t offsets[] = {0, 5, 3};
  EXPECT_EQ(writer_.Append(ColumnView::Bytes(offsets, "hello"), Spec(), bytes).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(bytes.empty());
  bytes = Write(column.view());
  const ExtentView extent = Parse(bytes);
  ColumnBuffer text(Physical::kBytes);
  ColumnBuffer integers(Physical::kInt64);
  EXPECT_FALSE(reader_.AppendAll(extent, text).ok());
  EXPECT_FALSE(reader_.AppendRow(extent, 0, text).ok());
  EXPECT_EQ(reader_.AppendRow(extent, 100, integers).code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(reader_.AppendBlock(extent, 1, integers).code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(integers.rows(), 0u);
}

}  // namespace
}  // namespace tape::format
