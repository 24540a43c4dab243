#include "format/layout/column_summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace tape::format {
namespace {

constexpr Physical kForms[] = {Physical::kBool,    Physical::kInt16,  Physical::kInt32,
                               Physical::kInt64,   Physical::kInt128, Physical::kFloat32,
                               Physical::kFloat64, Physical::kCode32, Physical::kBytes};
constexpr size_t kLengths[] = {1, 2, 1023, 1024, 1025, 3000};

enum class Nulls { kNone, kSome, kMost, kAll };

std::string RandomText(std::mt19937_64& random) {
  std::string text(random() % 24, '\0');
  for (char& c : text) c = "aab\xFF"[random() % 5];  // a zero byte now and then
  return text;
}

double RandomDouble(std::mt19937_64& random) {
  switch (random() % 8) {
    case 0:
      return 0.0;
    case 1:
      return -0.0;
    case 2:
      return std::bit_cast<double>(0x7FF8'0000'0000'0001 | random() % 4096 << 8);
    case 3:
      return std::numeric_limits<double>::infinity();
    default:
      return (static_cast<double>(random() % 2001) - 1000) / 8;
  }
}

void AppendRandom(ColumnBuffer& column, std::mt19937_64& random) {
  const UInt128 bits = UInt128{random()} << 64 | random();
  const int shift = static_cast<int>(random() % 128);
  switch (column.physical()) {
    case Physical::kBool:
      return (void)column.Append<uint8_t>(random() % 2);
    case Physical::kInt16:
      return (void)column.Append(static_cast<int16_t>(bits));
    case Physical::kInt32:
      return (void)column.Append(static_cast<int32_t>(bits));
    case Physical::kInt64:
      return (void)column.Append(static_cast<int64_t>(bits) >> shift / 2);
    case Physical::kInt128:
      return (void)column.Append(static_cast<Int128>(bits) >> shift);
    case Physical::kFloat32:
      return (void)column.Append(static_cast<float>(RandomDouble(random)));
    case Physical::kFloat64:
      return (void)column.Append(RandomDouble(random));
    case Physical::kCode32:
      return (void)column.Append(static_cast<uint32_t>(random() >> (32 + random() % 32)));
    case Physical::kBytes:
      return (void)column.AppendBytes(RandomText(random));
  }
}

ColumnBuffer RandomColumn(Physical physical, size_t rows, Nulls nulls) {
  std::mt19937_64 random(rows * 100 + static_cast<uint64_t>(physical));
  ColumnBuffer column(physical);
  for (size_t row = 0; row < rows; ++row) {
    const bool null = nulls == Nulls::kAll || (nulls == Nulls::kSome && random() % 3 == 0) ||
                      (nulls == Nulls::kMost && row % 700 != 5);
    // A garbage value under the NULL: nothing may look at it.
    AppendRandom(column, random);
    if (null) column.MutableValidity()[row] = 0;
  }
  return column;
}

// ---- the naive reference: values one by one

bool IsText(Physical physical) { return physical == Physical::kBytes; }
bool IsFloat(Physical physical) {
  return physical == Physical::kFloat32 || physical == Physical::kFloat64;
}

double DoubleAt(const ColumnView& column, size_t row) {
  return column.physical() == Physical::kFloat32 ? column.Values<float>()[row]
                                                 : column.Values<double>()[row];
}

Int128 IntegerAt(const ColumnView& column, size_t row) {
  switch (column.physical()) {
    case Physical::kBool:
      return column.Values<uint8_t>()[row];
    case Physical::kInt16:
      return column.Values<int16_t>()[row];
    case Physical::kInt32:
      return column.Values<int32_t>()[row];
    case Physical::kInt64:
      return column.Values<int64_t>()[row];
    case Physical::kInt128:
      return column.Values<Int128>()[row];
    default:
      return column.Values<uint32_t>()[row];
  }
}

Int128 Sixteen(const std::string& text) {
  UInt128 bytes = 0;
  for (size_t i = 0; i < 16; ++i) bytes = bytes << 8 | (i < text.size() ? uint8_t(text[i]) : 0);
  return static_cast<Int128>(bytes);
}
bool SaysAll(const std::string& text) {
  return text.size() <= 16 && (text.empty() || text.back() != '\0');
}

bool DoubleLess(double a, double b) {
  return a < b || (a == b && std::signbit(a) && !std::signbit(b));
}

void ReferenceText(const ColumnView& column, ColumnSummary& summary) {
  std::vector<std::string> values;
  for (size_t row = 0; row < column.rows(); ++row) {
    if (!column.IsNull(row)) values.emplace_back(column.Bytes(row));
  }
  if (values.empty()) return;
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  summary.flags |= kSummaryBounds;
  summary.min = Sixteen(*least);
  summary.max = Sixteen(*greatest);
  if (!SaysAll(*least)) summary.flags |= kSummaryInexactMin;
  if (!SaysAll(*greatest)) summary.flags |= kSummaryInexactMax;
}

void ReferenceFloats(const ColumnView& column, ColumnSummary& summary) {
  std::vector<double> values;
  for (size_t row = 0; row < column.rows(); ++row) {
    if (column.IsNull(row)) continue;
    const double value = DoubleAt(column, row);
    if (std::isnan(value)) summary.flags |= kSummaryNan;
    if (!std::isnan(value)) values.push_back(value);
  }
  if (values.empty()) return;
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end(), DoubleLess);
  summary.flags |= kSummaryBounds;
  summary.min = std::bit_cast<uint64_t>(*least);
  summary.max = std::bit_cast<uint64_t>(*greatest);
}

void ReferenceIntegers(const ColumnView& column, ColumnSummary& summary) {
  for (size_t row = 0; row < column.rows(); ++row) {
    if (column.IsNull(row)) continue;
    const Int128 value = IntegerAt(column, row);
    summary.min = summary.has(kSummaryBounds) ? std::min(summary.min, value) : value;
    summary.max = summary.has(kSummaryBounds) ? std::max(summary.max, value) : value;
    summary.flags |= kSummaryBounds;
    if (column.physical() != Physical::kCode32) summary.sum += Int256(value);
  }
  if (column.physical() != Physical::kCode32) summary.flags |= kSummarySum;
}

Int128 ReferenceEnd(const ColumnView& column, size_t row, ColumnSummary& summary,
                    std::pair<uint16_t, uint16_t> flags) {
  if (column.IsNull(row)) {
    summary.flags |= flags.first;
    return 0;
  }
  if (column.physical() == Physical::kFloat32) {
    return std::bit_cast<uint32_t>(column.Values<float>()[row]);
  }
  if (column.physical() == Physical::kFloat64) {
    return std::bit_cast<uint64_t>(column.Values<double>()[row]);
  }
  if (!IsText(column.physical())) return IntegerAt(column, row);
  const std::string text(column.Bytes(row));
  if (!SaysAll(text)) summary.flags |= flags.second;
  return Sixteen(text);
}

ColumnSummary Reference(const ColumnView& column, const SummarySpec& spec) {
  ColumnSummary summary;
  summary.column = spec.column;
  summary.physical = column.physical();
  summary.rows = column.rows();
  for (size_t row = 0; row < column.rows(); ++row) summary.nulls += column.IsNull(row) ? 1 : 0;
  if (IsText(column.physical())) {
    ReferenceText(column, summary);
  } else if (IsFloat(column.physical())) {
    ReferenceFloats(column, summary);
  } else {
    ReferenceIntegers(column, summary);
  }
  if (column.rows() == 0) return summary;
  summary.flags |= kSummaryEnds;
  summary.first =
      ReferenceEnd(column, spec.first_row, summary, {kSummaryFirstNull, kSummaryInexactFirst});
  summary.last =
      ReferenceEnd(column, spec.last_row, summary, {kSummaryLastNull, kSummaryInexactLast});
  return summary;
}

// What differs, in words.
testing::AssertionResult Same(const ColumnSummary& a, const ColumnSummary& b) {
  if (a == b) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "column " << (a.column == b.column) << " flags " << a.flags << "/" << b.flags
         << " nulls " << a.nulls << "/" << b.nulls << " min " << (a.min == b.min) << " max "
         << (a.max == b.max) << " first " << (a.first == b.first) << " last " << (a.last == b.last)
         << " sum " << a.sum.ToString() << "/" << b.sum.ToString();
}

class ColumnSummaryTest : public testing::Test {
 protected:
  void ForEachColumn(const std::function<void(const ColumnView&, const SummarySpec&)>& check) {
    for (const Physical physical : kForms) {
      for (const size_t rows : kLengths) {
        for (const Nulls nulls : {Nulls::kNone, Nulls::kSome, Nulls::kMost, Nulls::kAll}) {
          SCOPED_TRACE(testing::Message() << "form " << static_cast<int>(physical) << ", " << rows
                                          << " rows, nulls " << static_cast<int>(nulls));
          const ColumnBuffer column = RandomColumn(physical, rows, nulls);
          check(column.view(), {.column = 5, .first_row = rows / 3, .last_row = rows / 2});
        }
      }
    }
  }

  const Kernels& kernels_ = BestKernels();
};

TEST_F(ColumnSummaryTest, SaysWhatTheValuesSay) {
  ForEachColumn([&](const ColumnView& column, const SummarySpec& spec) {
    EXPECT_TRUE(Same(SummarizeColumn(kernels_, column, spec), Reference(column, spec)));
  });
}

TEST_F(ColumnSummaryTest, IsTheSameOnEveryProcessor) {
  for (const Physical physical : kForms) {
    const ColumnBuffer column = RandomColumn(physical, 2500, Nulls::kSome);
    const ColumnSummary expected = SummarizeColumn(PortableKernels(), column.view(), {});
    for (const Kernels* kernels : AllUsableKernels()) {
      EXPECT_TRUE(Same(SummarizeColumn(*kernels, column.view(), {}), expected)) << kernels->name;
    }
  }
}

TEST_F(ColumnSummaryTest, SaysNothingOfSensitiveColumnsButTheirNulls) {
  ForEachColumn([&](const ColumnView& column, const SummarySpec& spec) {
    SummarySpec sensitive = spec;
    sensitive.sensitive = true;
    ColumnSummary expected;
    expected.column = 5;
    expected.physical = column.physical();
    expected.rows = column.rows();
    expected.nulls = column.CountNulls();
    EXPECT_TRUE(Same(SummarizeColumn(kernels_, column, sensitive), expected));
  });
}

TEST_F(ColumnSummaryTest, KeepsNeitherBoundsNorSumWhereToldSo) {
  const std::vector<int64_t> values = {3, 1, 2};
  const ColumnView column = ColumnView::Of(std::span<const int64_t>(values));
  const ColumnSummary no_bounds =
      SummarizeColumn(kernels_, column, {.last_row = 2, .keeps_bounds = false});
  EXPECT_EQ(no_bounds.flags, kSummaryEnds | kSummarySum);
  EXPECT_EQ(no_bounds.min, 0);
  EXPECT_EQ(no_bounds.sum, Int256(6));
  const ColumnSummary no_sum =
      SummarizeColumn(kernels_, column, {.last_row = 2, .keeps_sum = false});
  EXPECT_EQ(no_sum.flags, kSummaryEnds | kSummaryBounds);
  EXPECT_EQ(no_sum.sum, Int256());
  EXPECT_EQ(no_sum.first, 3);
  EXPECT_EQ(no_sum.last, 2);
}

TEST_F(ColumnSummaryTest, OfNoRowsHasOnlyASumOfNothing) {
  for (const Physical physical : kForms) {
    const ColumnBuffer column(physical);
    const ColumnSummary summary = SummarizeColumn(kernels_, column.view(), {});
    EXPECT_EQ(summary.flags, physical <= Physical::kInt128 ? kSummarySum : 0);
    EXPECT_EQ(summary.sum, Int256());
  }
}

TEST_F(ColumnSummaryTest, SumsExactlyBeyond128Bits) {
  const Int128 most = std::numeric_limits<int64_t>::max();
  const Int128 greatest = (most << 64) + ~uint64_t{0};
  std::vector<Int128> values(5000, greatest);
  const ColumnSummary high =
      SummarizeColumn(kernels_, ColumnView::Of(std::span<const Int128>(values)), {});
  EXPECT_EQ(high.sum, Int256::Product(greatest, 5000));
  for (Int128& value : values) value = -greatest - 1;
  const ColumnSummary low =
      SummarizeColumn(kernels_, ColumnView::Of(std::span<const Int128>(values)), {});
  EXPECT_EQ(low.sum, Int256::Product(-greatest - 1, 5000));
  EXPECT_EQ(low.min, -greatest - 1);
  EXPECT_EQ(low.max, -greatest - 1);

  const std::vector<int64_t> least(5000, std::numeric_limits<int64_t>::min());
  const ColumnSummary narrow =
      SummarizeColumn(kernels_, ColumnView::Of(std::span<const int64_t>(least)), {});
  EXPECT_EQ(narrow.sum, Int256::Product(std::numeric_limits<int64_t>::min(), 5000));
}

TEST_F(ColumnSummaryTest, OrdersDoublesAndPrefixes) {
  const double doubles[] = {-std::numeric_limits<double>::infinity(), -2.5, -0.0, 0.0, 1e-300, 7.0,
                            std::numeric_limits<double>::infinity()};
  for (size_t a = 0; a < std::size(doubles); ++a) {
    for (size_t b = 0; b < std::size(doubles); ++b) {
      EXPECT_EQ(SummaryLess(Physical::kFloat64, std::bit_cast<uint64_t>(doubles[a]),
                            std::bit_cast<uint64_t>(doubles[b])),
                a < b);
    }
  }
  EXPECT_TRUE(SummaryLess(Physical::kBytes, PrefixOf("a").bytes, PrefixOf("\xFF").bytes));
  EXPECT_FALSE(SummaryLess(Physical::kBytes, PrefixOf("\xFF").bytes, PrefixOf("a").bytes));
}

TEST_F(ColumnSummaryTest, KnowsWhenAPrefixIsTheWholeValue) {
  EXPECT_TRUE(PrefixOf("").exact);
  EXPECT_TRUE(PrefixOf("0123456789abcdef").exact);
  EXPECT_FALSE(PrefixOf("0123456789abcdef0").exact);
  EXPECT_FALSE(PrefixOf(std::string_view("a\0", 2)).exact);
  EXPECT_TRUE(PrefixOf(std::string_view("\0a", 2)).exact);
  EXPECT_EQ(PrefixOf("0123456789abcdef0").bytes, PrefixOf("0123456789abcdef").bytes);
}

TEST_F(ColumnSummaryTest, AddsUpToTheSummaryOfAllRows) {
  ForEachColumn([&](const ColumnView& column, const SummarySpec&) {
    const size_t rows = column.rows();
    const SummarySpec whole{.column = 5, .first_row = 0, .last_row = rows - 1};
    const ColumnSummary expected = SummarizeColumn(kernels_, column, whole);
    for (const size_t cut : {size_t{0}, rows / 3, rows / 2, rows}) {
      const size_t rest = rows - cut;
      const SummarySpec head{.column = 5, .last_row = cut == 0 ? 0 : cut - 1};
      const SummarySpec tail{.column = 5, .last_row = rest == 0 ? 0 : rest - 1};
      ColumnSummary sum = SummarizeColumn(kernels_, column.Slice(0, cut), head);
      AddSummary(SummarizeColumn(kernels_, column.Slice(cut, rest), tail), sum);
      // Where one part has nothing but NaN, its bounds are not known, nor are those of both.
      if (expected.has(kSummaryNan) && !sum.has(kSummaryBounds)) continue;
      EXPECT_TRUE(Same(sum, expected)) << "cut at " << cut;
    }
  });
}

TEST_F(ColumnSummaryTest, ForgetsWhatOneOfTwoDoesNotKnow) {
  const std::vector<int64_t> values = {3, 1, 2};
  const ColumnView column = ColumnView::Of(std::span<const int64_t>(values));
  const ColumnSummary known = SummarizeColumn(kernels_, column, {.last_row = 2});
  const ColumnSummary secret = SummarizeColumn(kernels_, column, {.sensitive = true});
  for (const auto& [first, second] : {std::pair{known, secret}, std::pair{secret, known}}) {
    ColumnSummary sum = first;
    AddSummary(second, sum);
    ColumnSummary expected = secret;
    expected.rows = 6;
    EXPECT_TRUE(Same(sum, expected));
  }
}

}  // namespace
}  // namespace tape::format
