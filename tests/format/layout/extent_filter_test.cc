// Filters on encoded blocks find the rows that a loop over the column finds.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <random>
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
using support::Law;
using support::MakeColumn;
using support::Nulls;
using support::TestColumn;

constexpr size_t kRows = 2100;  // two full blocks and a part of one
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();

std::vector<Form> IntegerForms() {
  std::vector<Form> forms = AllForms();
  std::erase_if(forms, [](const Form& form) { return !IsInteger(form.first); });
  return forms;
}

std::vector<int64_t> Widened(const ColumnView& column) {
  std::vector<int64_t> values(column.rows());
  const auto copy = [&](auto from) { std::copy(from.begin(), from.end(), values.begin()); };
  copy(column.Values<uint8_t>());
  copy(column.Values<int16_t>());
  copy(column.Values<int32_t>());
  copy(column.Values<int64_t>());
  copy(column.Values<uint32_t>());
  return values;
}

// Everything, nothing, single values, the edges of what there is, and ranges between values.
std::vector<IntegerRange> Ranges(const std::vector<int64_t>& values) {
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  std::vector<IntegerRange> ranges = {{kLeast, kGreatest},
                                      {kGreatest, kLeast},
                                      {kLeast, kLeast},
                                      {kGreatest, kGreatest},
                                      {0, 0},
                                      {kLeast, -1},
                                      {1, kGreatest},
                                      {*least, *greatest},
                                      {*least, *least},
                                      {*greatest, *greatest},
                                      {kLeast, *greatest},
                                      {*least, kGreatest}};
  if (*greatest < kGreatest) ranges.push_back({*greatest + 1, kGreatest});
  if (*least > kLeast) ranges.push_back({kLeast, *least - 1});
  std::mt19937_64 random(5);
  for (int i = 0; i < 12; ++i) {
    const int64_t a = values[random() % values.size()];
    const int64_t b = values[random() % values.size()];
    ranges.push_back({std::min(a, b), std::max(a, b)});
    if (a < b) ranges.push_back({a + 1, b - 1});
  }
  return ranges;
}

// The bitmap that a loop finds.
std::array<uint64_t, kBlockWords> Naive(const ColumnView& column,
                                        const std::vector<int64_t>& values, size_t first,
                                        const IntegerRange& range) {
  std::array<uint64_t, kBlockWords> bitmap{};
  for (size_t row = first; row < std::min(first + kBlockRows, column.rows()); ++row) {
    const bool found = !column.IsNull(row) && range.lo <= values[row] && values[row] <= range.hi;
    bitmap[(row - first) / 64] |= uint64_t{found} << ((row - first) % 64);
  }
  return bitmap;
}

class ExtentFilter : public EveryForm {
 protected:
  static void Check(const ExtentSpec& spec) {
    ExtentWriter writer(BestKernels());
    ExtentReader reader(BestKernels());
    for (const Nulls nulls : AllNulls()) {
      SCOPED_TRACE(support::Name(nulls));
      const TestColumn column = MakeColumn({physical(), law(), kRows, nulls});
      const WrittenExtent written = WriteExtent(writer, column.view(), spec);
      absl::StatusOr<ExtentView> extent = written.Parse();
      ASSERT_TRUE(extent.ok()) << extent.status();
      CheckBlocks(column.view(), *extent, reader);
      if (HasFatalFailure()) return;
    }
  }

  static void CheckBlocks(const ColumnView& column, const ExtentView& extent,
                          ExtentReader& reader) {
    const std::vector<int64_t> values = Widened(column);
    for (const IntegerRange& range : Ranges(values)) {
      for (size_t block = 0; block < extent.blocks(); ++block) {
        std::array<uint64_t, kBlockWords> bitmap;
        bitmap.fill(~uint64_t{0});
        const absl::Status status = reader.FilterIntegers(extent, block, range, bitmap.data());
        ASSERT_TRUE(status.ok()) << status;
        ASSERT_EQ(bitmap, Naive(column, values, block * kBlockRows, range))
            << "block " << block << ", " << range.lo << " to " << range.hi;
      }
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Forms, ExtentFilter, testing::ValuesIn(IntegerForms()), FormName);

TEST_P(ExtentFilter, FindsWhatALoopFinds) { Check({}); }

TEST_P(ExtentFilter, FindsItWithoutBounds) { Check({.keeps_bounds = false}); }

TEST_P(ExtentFilter, FindsItWithoutBoundsAndDictionary) { Check({.sensitive = true}); }

TEST(ExtentFiltering, RefusesFormsThatAreNoIntegers) {
  ExtentReader reader(BestKernels());
  std::array<uint64_t, kBlockWords> bitmap;
  for (const Physical physical : AllPhysicals()) {
    if (IsInteger(physical)) continue;
    const WrittenExtent written =
        WriteExtent(MakeColumn({physical, Law::kConstant, 100, Nulls::kNone}).view());
    absl::StatusOr<ExtentView> extent = written.Parse();
    EXPECT_EQ(reader.FilterIntegers(*extent, 0, {0, 1}, bitmap.data()).code(),
              absl::StatusCode::kInvalidArgument);
    std::array<int64_t, kBlockRows> values;
    EXPECT_EQ(reader.ReadIntegers(*extent, 0, values.data()).code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(ExtentFiltering, RefusesBlocksThatDoNotExist) {
  ExtentReader reader(BestKernels());
  std::array<uint64_t, kBlockWords> bitmap;
  const WrittenExtent written =
      WriteExtent(MakeColumn({Physical::kInt64, Law::kWalk, 100, Nulls::kNone}).view());
  absl::StatusOr<ExtentView> extent = written.Parse();
  for (const size_t block : {size_t{1}, size_t{100}, size_t{1} << 40}) {
    EXPECT_EQ(reader.FilterIntegers(*extent, block, {kLeast, kGreatest}, bitmap.data()).code(),
              absl::StatusCode::kOutOfRange);
  }
}

}  // namespace
}  // namespace tape::format
