// The bytes of an extent: few enough, and always the same for the same rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "format/layout/extent_view.h"
#include "format/layout/extent_writer.h"
#include "tests/format/layout/forms.h"
#include "tests/format/layout/written_extent.h"
#include "tests/support/columns.h"

namespace tape::format {
namespace {

using support::AllNulls;
using support::ColumnOf;
using support::Law;
using support::MakeColumn;
using support::MakeValidity;
using support::Nulls;
using support::RawSize;
using support::SameRows;
using support::TestColumn;

constexpr size_t kRows = 3000;

// Columns that leave something behind in a writer: divisors, decimal forms, compressors, hashes.
std::vector<TestColumn> History() {
  std::vector<TestColumn> columns;
  for (const Form& form : AllForms()) {
    const auto [physical, law] = form;
    if (law == Law::kOneLarge) continue;
    columns.push_back(MakeColumn({physical, law, 1500, Nulls::kOnePercent, 99}));
  }
  return columns;
}

class ExtentBytes : public EveryForm {
 protected:
  static TestColumn Column(Nulls nulls) { return MakeColumn({physical(), law(), kRows, nulls}); }
};
INSTANTIATE_TEST_SUITE_P(Forms, ExtentBytes, testing::ValuesIn(AllForms()), FormName);

// Header and padding, and the last block's header and payload frame, which its rows do not pay for.
constexpr size_t kFixedSize = 64 + 127 + 64 + 64;

TEST_P(ExtentBytes, AreAtMostTwoPercentMoreThanTheValues) {
  for (const size_t rows : {size_t{1024}, kRows, size_t{64 * 1024}}) {
    if (rows > kRows && law() == Law::kIncompressible) continue;  // 10 MB a column
    for (const Nulls nulls : AllNulls()) {
      const TestColumn column = MakeColumn({physical(), law(), rows, nulls});
      const WrittenExtent written = WriteExtent(column.view());
      const size_t raw = RawSize(column.view());
      EXPECT_LE(written.bytes.size(), raw + raw / 50 + kFixedSize)
          << rows << " rows, " << support::Name(nulls) << ", raw " << raw;
    }
  }
}

TEST_P(ExtentBytes, AreAtMostTwoPercentMoreThanTheValuesOfSensitiveColumns) {
  for (const Nulls nulls : AllNulls()) {
    const TestColumn column = Column(nulls);
    const WrittenExtent written = WriteExtent(column.view(), {.sensitive = true});
    const size_t raw = RawSize(column.view());
    EXPECT_LE(written.bytes.size(), raw + raw / 50 + kFixedSize) << support::Name(nulls);
  }
}

TEST_P(ExtentBytes, AreTheSameWhateverTheWriterWroteBefore) {
  static const std::vector<TestColumn> history = History();
  ExtentWriter used(BestKernels());
  for (const TestColumn& column : history) WriteExtent(used, column.view());
  for (const Nulls nulls : {Nulls::kNone, Nulls::kHalf, Nulls::kBlocks}) {
    const TestColumn column = Column(nulls);
    ExtentWriter fresh(BestKernels());
    const WrittenExtent expected = WriteExtent(fresh, column.view());
    EXPECT_TRUE(expected.bytes == WriteExtent(used, column.view()).bytes) << support::Name(nulls);
    EXPECT_TRUE(expected.bytes == WriteExtent(fresh, column.view()).bytes) << support::Name(nulls);
  }
}

TEST_P(ExtentBytes, AreTheSameForEveryLevelOfKernels) {
  for (const Nulls nulls : {Nulls::kNone, Nulls::kHalf}) {
    const TestColumn column = Column(nulls);
    const WrittenExtent expected = WriteExtent(column.view());
    for (const Kernels* const kernels : AllUsableKernels()) {
      SCOPED_TRACE(kernels->name);
      ExtentWriter writer(*kernels);
      EXPECT_TRUE(expected.bytes == WriteExtent(writer, column.view()).bytes);
      ExtentReader reader(*kernels);
      ColumnBuffer read(physical());
      ASSERT_TRUE(reader.AppendAll(*expected.Parse(), read).ok());
      EXPECT_TRUE(SameRows(column.view(), read.view()));
    }
  }
}

// A column of the first one's values where there are some, of the second one's under the NULLs.
TestColumn Mixed(const ColumnView& values, const ColumnView& under_nulls,
                 const std::vector<uint8_t>& valid) {
  ColumnBuffer mixed(values.physical());
  for (uint32_t row = 0; row < values.rows(); ++row) {
    mixed.AppendRows((valid[row] != 0 ? values : under_nulls).Slice(row, 1), std::array{0u});
  }
  const ColumnView view = mixed.view();
  if (view.physical() != Physical::kBytes) {
    TestColumn column(view.physical(), {view.RawValues().begin(), view.RawValues().end()},
                      view.rows());
    column.SetValidity(valid);
    return column;
  }
  std::vector<std::string> strings;
  for (size_t row = 0; row < view.rows(); ++row) strings.emplace_back(view.Bytes(row));
  TestColumn column(strings);
  column.SetValidity(valid);
  return column;
}

TEST_P(ExtentBytes, AreTheSameWhateverLiesUnderTheNulls) {
  if (law() == Law::kOneLarge) return;
  const TestColumn values = Column(Nulls::kNone);
  const TestColumn other = MakeColumn({physical(), Law::kRandom, kRows, Nulls::kNone, 5});
  for (const Nulls nulls : {Nulls::kFirst, Nulls::kHalf, Nulls::kBlocks, Nulls::kAll}) {
    const std::vector<uint8_t> valid = MakeValidity(nulls, kRows, 3);
    const TestColumn a = Mixed(values.view(), values.view(), valid);
    const TestColumn b = Mixed(values.view(), other.view(), valid);
    EXPECT_TRUE(WriteExtent(a.view()).bytes == WriteExtent(b.view()).bytes) << support::Name(nulls);
  }
}

// Validity that says nothing is not written down.
TEST_P(ExtentBytes, AreTheSameForValidityThatIsNotUsed) {
  EXPECT_TRUE(WriteExtent(Column(Nulls::kNone).view()).bytes ==
              WriteExtent(Column(Nulls::kUnused).view()).bytes);
}

// The divisor of the last block serves the next one as a guess only.
TEST(ExtentHistory, DivisorsOfOtherColumnsLeaveNoTrace) {
  const auto multiples = [](int64_t tick) {
    std::vector<int64_t> values(1024);
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = tick * static_cast<int64_t>(i * i * 37 % 4001);
    }
    return ColumnOf(std::span<const int64_t>(values));
  };
  const TestColumn fives = multiples(5);
  const TestColumn tens = multiples(10);
  ExtentWriter fresh(BestKernels());
  ExtentWriter used(BestKernels());
  WriteExtent(used, fives.view());
  EXPECT_TRUE(WriteExtent(fresh, tens.view()).bytes == WriteExtent(used, tens.view()).bytes);
}

TEST(ExtentHistory, DecimalFormsOfOtherColumnsLeaveNoTrace) {
  const auto decimals = [](double scale) {
    std::vector<double> values(1024);
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<double>(i * i * 37 % 4001) / scale;
    }
    return ColumnOf(std::span<const double>(values));
  };
  const TestColumn many = decimals(100'000);
  const TestColumn few = decimals(10);
  ExtentWriter fresh(BestKernels());
  ExtentWriter used(BestKernels());
  WriteExtent(used, many.view());
  EXPECT_TRUE(WriteExtent(fresh, few.view()).bytes == WriteExtent(used, few.view()).bytes);
}

TEST(ExtentHistory, PlaceChangesChecksumsOnly) {
  const TestColumn column = MakeColumn({Physical::kInt64, Law::kFewDistinct, kRows, Nulls::kHalf});
  ExtentWriter writer(BestKernels());
  std::vector<std::byte> here;
  std::vector<std::byte> there;
  ASSERT_TRUE(writer.Append(column.view(), {.offset = 64}, here).ok());
  ASSERT_TRUE(writer.Append(column.view(), {.offset = 128}, there).ok());
  ASSERT_EQ(here.size(), there.size());
  size_t differ = 0;
  for (size_t i = 0; i < here.size(); ++i) differ += here[i] != there[i] ? 1 : 0;
  EXPECT_GT(differ, 0u);
  EXPECT_LE(differ, (2 + BlockCount(kRows)) * sizeof(uint32_t));
}

TEST(ExtentHistory, AppendsBehindOtherExtents) {
  const TestColumn column = MakeColumn({Physical::kInt64, Law::kFewDistinct, kRows, Nulls::kHalf});
  ExtentWriter writer(BestKernels());
  std::vector<std::byte> bytes;
  ASSERT_TRUE(writer.Append(column.view(), {.offset = 640}, bytes).ok());
  const size_t size = bytes.size();
  ASSERT_TRUE(writer.Append(column.view(), {.offset = 640}, bytes).ok());
  ASSERT_EQ(bytes.size(), 2 * size);
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size),
                         bytes.begin() + static_cast<ptrdiff_t>(size)));
}

}  // namespace
}  // namespace tape::format
