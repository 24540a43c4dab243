// What goes into an extent comes out of it: all rows, one row, one block, validity alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <utility>
#include <vector>

#include "format/layout/extent_view.h"
#include "format/layout/extent_writer.h"
#include "tests/format/layout/forms.h"
#include "tests/format/layout/written_extent.h"
#include "tests/support/columns.h"

namespace tape::format {
namespace {

using support::AllNulls;
using support::AllPhysicals;
using support::ColumnRecipe;
using support::Law;
using support::MakeColumn;
using support::Nulls;
using support::SameRows;
using support::TestColumn;

constexpr std::array<size_t, 6> kLengths = {0, 1, 1023, 1024, 1025, 3000};

// Calls check(column, extent) for a form in all lengths and patterns of NULLs.
class ExtentRoundTrip : public EveryForm {
 protected:
  template <typename Check>
  void ForEachColumn(Check check) {
    ExtentWriter writer(BestKernels());
    for (const size_t rows : kLengths) {
      for (const Nulls nulls : AllNulls()) {
        const ColumnRecipe recipe{physical(), law(), rows, nulls};
        SCOPED_TRACE(support::Name(recipe));
        const TestColumn column = MakeColumn(recipe);
        const WrittenExtent written = WriteExtent(writer, column.view());
        absl::StatusOr<ExtentView> extent = written.Parse();
        ASSERT_TRUE(extent.ok()) << extent.status();
        ASSERT_EQ(extent->size_bytes(), written.bytes.size());
        check(column.view(), *extent);
        if (HasFatalFailure()) return;
      }
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Forms, ExtentRoundTrip, testing::ValuesIn(AllForms()), FormName);

TEST_P(ExtentRoundTrip, ReadsAllRows) {
  ExtentReader reader(BestKernels());
  ForEachColumn([&](const ColumnView& column, const ExtentView& extent) {
    ColumnBuffer read(column.physical());
    const absl::Status status = reader.AppendAll(extent, read);
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_TRUE(SameRows(column, read.view()));
  });
}

// The edges of blocks, and some rows in between.
std::vector<uint32_t> SampleRows(size_t rows) {
  std::mt19937_64 random(rows);
  std::vector<uint32_t> sample;
  for (const size_t row : {0, 1, 1022, 1023, 1024, 1025, 2047, 2048, 2999}) {
    if (row < rows) sample.push_back(static_cast<uint32_t>(row));
  }
  for (size_t i = 0; i < 12 && rows > 0; ++i) {
    sample.push_back(static_cast<uint32_t>(random() % rows));
  }
  return sample;
}

TEST_P(ExtentRoundTrip, ReadsSingleRows) {
  ExtentReader reader(BestKernels());
  ForEachColumn([&](const ColumnView& column, const ExtentView& extent) {
    const std::vector<uint32_t> rows = SampleRows(column.rows());
    ColumnBuffer expected(column.physical());
    ColumnBuffer read(column.physical());
    expected.AppendRows(column, rows);
    for (const uint32_t row : rows) {
      const absl::Status status = reader.AppendRow(extent, row, read);
      ASSERT_TRUE(status.ok()) << status;
    }
    ASSERT_TRUE(SameRows(expected.view(), read.view()));
    const size_t past = column.rows();
    ASSERT_EQ(reader.AppendRow(extent, past, read).code(), absl::StatusCode::kOutOfRange);
    ASSERT_EQ(read.rows(), rows.size());
  });
}

void CheckValidity(const ColumnView& block, const ExtentView& extent, size_t index,
                   ExtentReader& reader) {
  std::vector<uint8_t> valid(block.rows(), 7);
  absl::StatusOr<bool> any_null = reader.ReadValidity(extent, index, valid.data());
  ASSERT_TRUE(any_null.ok()) << any_null.status();
  ASSERT_EQ(*any_null, block.CountNulls() > 0);
  for (size_t row = 0; row < block.rows(); ++row) {
    ASSERT_EQ(valid[row], block.IsNull(row) ? 0 : 1) << "row " << row;
  }
}

TEST_P(ExtentRoundTrip, ReadsValidityAlone) {
  ExtentReader reader(BestKernels());
  ForEachColumn([&](const ColumnView& column, const ExtentView& extent) {
    for (size_t block = 0; block < extent.blocks(); ++block) {
      CheckValidity(column.Slice(block * kBlockRows, kBlockRows), extent, block, reader);
      if (HasFatalFailure()) return;
    }
    uint8_t none = 7;
    ASSERT_FALSE(reader.ReadValidity(extent, extent.blocks(), &none).ok());
  });
}

// Values where the column has some, whatever where it has none.
void CheckFixed(const ColumnView& block, const void* read) {
  const size_t size = PhysicalSize(block.physical());
  for (size_t row = 0; row < block.rows(); ++row) {
    if (block.IsNull(row)) continue;
    ASSERT_EQ(0, std::memcmp(block.RawValues().data() + row * size,
                             static_cast<const uint8_t*>(read) + row * size, size))
        << "row " << row;
  }
}

TEST_P(ExtentRoundTrip, ReadsBlocksOfFixedSizeValues) {
  ExtentReader reader(BestKernels());
  ForEachColumn([&](const ColumnView& column, const ExtentView& extent) {
    std::vector<Int128> room(kBlockRows);
    for (size_t block = 0; block < extent.blocks(); ++block) {
      const absl::Status status = reader.ReadFixed(extent, block, room.data());
      if (column.physical() == Physical::kBytes) {
        ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
        return;
      }
      ASSERT_TRUE(status.ok()) << status;
      CheckFixed(column.Slice(block * kBlockRows, kBlockRows), room.data());
    }
    ASSERT_FALSE(reader.ReadFixed(extent, extent.blocks(), room.data()).ok());
  });
}

TEST(ExtentReading, AppendsBehindWhatIsThere) {
  ExtentReader reader(BestKernels());
  for (const Physical physical : AllPhysicals()) {
    SCOPED_TRACE(support::Name(physical));
    const TestColumn first = MakeColumn({physical, Law::kAlternating, 1500, Nulls::kNone});
    const TestColumn second = MakeColumn({physical, Law::kFewDistinct, 2500, Nulls::kHalf});
    ColumnBuffer expected(physical);
    ColumnBuffer read(physical);
    for (const TestColumn* column : {&first, &second, &first}) {
      const WrittenExtent written = WriteExtent(column->view());
      absl::StatusOr<ExtentView> extent = written.Parse();
      ASSERT_TRUE(extent.ok()) << extent.status();
      ASSERT_TRUE(expected.AppendColumn(column->view()));
      ASSERT_TRUE(reader.AppendAll(*extent, read).ok());
    }
    EXPECT_TRUE(SameRows(expected.view(), read.view()));
  }
}

TEST(ExtentReading, RefusesBuffersOfAnotherForm) {
  ExtentReader reader(BestKernels());
  for (const Physical physical : AllPhysicals()) {
    const WrittenExtent written =
        WriteExtent(MakeColumn({physical, Law::kConstant, 10, Nulls::kNone}).view());
    absl::StatusOr<ExtentView> extent = written.Parse();
    ASSERT_TRUE(extent.ok()) << extent.status();
    for (const Physical other : AllPhysicals()) {
      if (other == physical) continue;
      ColumnBuffer read(other);
      EXPECT_EQ(reader.AppendAll(*extent, read).code(), absl::StatusCode::kInvalidArgument);
      EXPECT_EQ(reader.AppendRow(*extent, 3, read).code(), absl::StatusCode::kInvalidArgument);
      EXPECT_EQ(read.rows(), 0u);
    }
  }
}

// What the reader trusts once it has been told that the checksums were verified.
TEST(ExtentReading, ReadsTheSameWithoutVerifying) {
  ExtentReader reader(BestKernels());
  reader.set_verify(false);
  for (const Physical physical : AllPhysicals()) {
    const TestColumn column = MakeColumn({physical, Law::kFewDistinct, 3000, Nulls::kOnePercent});
    const WrittenExtent written = WriteExtent(column.view());
    ColumnBuffer read(physical);
    ASSERT_TRUE(reader.AppendAll(*written.Parse(), read).ok());
    EXPECT_TRUE(SameRows(column.view(), read.view()));
  }
}

TEST(ExtentReading, ReadsAMillionRows) {
  constexpr size_t kRows = 1'000'000;
  constexpr std::array<std::pair<Physical, Law>, 6> kForms = {{
      {Physical::kInt64, Law::kWalk},
      {Physical::kFloat64, Law::kDecimals},
      {Physical::kCode32, Law::kFewDistinct},
      {Physical::kInt128, Law::kSorted},
      {Physical::kBool, Law::kRandom},
      {Physical::kBytes, Law::kFewDistinct},
  }};
  ExtentReader reader(BestKernels());
  for (const auto& [physical, law] : kForms) {
    const ColumnRecipe recipe{physical, law, kRows, Nulls::kOnePercent};
    SCOPED_TRACE(support::Name(recipe));
    const TestColumn column = MakeColumn(recipe);
    const WrittenExtent written = WriteExtent(column.view());
    ColumnBuffer read(physical);
    ASSERT_TRUE(reader.AppendAll(*written.Parse(), read).ok());
    EXPECT_TRUE(SameRows(column.view(), read.view()));
  }
}

}  // namespace
}  // namespace tape::format
