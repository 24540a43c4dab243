// The block-range index: bounds are exactly the least and the greatest value, or say that they are
// not there.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/layout/extent_view.h"
#include "format/layout/extent_writer.h"
#include "tape/inet.h"
#include "tape/limits.h"
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
using support::SameRows;
using support::TestColumn;

constexpr size_t kRows = 3000;

// --- What docs/format/block.md says, the slow way.

// Codes have no NULLs here: the code that says NULL is a value of the block, and the least one.
bool IsStored(const ColumnView& column, size_t row) {
  return column.physical() == Physical::kCode32 || !column.IsNull(row);
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
    case Physical::kCode32:
      return column.IsNull(row) ? 0 : column.Values<uint32_t>()[row];
    default:
      return column.Values<Int128>()[row];
  }
}

void Widen(BlockBounds& bounds, Int128 value) {
  const bool first = !bounds.known();
  bounds.min = first ? value : std::min(bounds.min, value);
  bounds.max = first ? value : std::max(bounds.max, value);
  bounds.flags &= static_cast<uint8_t>(~kNoBounds);
}

BlockBounds IntegerBounds(const ColumnView& block) {
  BlockBounds bounds;
  for (size_t row = 0; row < block.rows(); ++row) {
    if (IsStored(block, row)) Widen(bounds, IntegerAt(block, row));
  }
  return bounds;
}

// Sorts as the numbers do, -0.0 before 0.0.
Int128 Ordered(double value) {
  const auto bits = std::bit_cast<int64_t>(value);
  return bits < 0 ? -Int128{bits & std::numeric_limits<int64_t>::max()} - 1 : Int128{bits};
}

int64_t BitsOfOrdered(Int128 ordered) {
  const auto magnitude = static_cast<int64_t>(ordered < 0 ? -(ordered + 1) : ordered);
  return ordered < 0 ? magnitude | std::numeric_limits<int64_t>::min() : magnitude;
}

template <typename T>
BlockBounds FloatBoundsOf(const ColumnView& block) {
  BlockBounds bounds;
  bool has_nan = false;
  for (size_t row = 0; row < block.rows(); ++row) {
    const auto value = static_cast<double>(block.Values<T>()[row]);
    if (block.IsNull(row)) continue;
    has_nan = has_nan || std::isnan(value);
    if (!std::isnan(value)) Widen(bounds, Ordered(value));
  }
  if (has_nan) bounds.flags |= kHasNan;
  if (!bounds.known()) return bounds;
  bounds.min = BitsOfOrdered(bounds.min);
  bounds.max = BitsOfOrdered(bounds.max);
  return bounds;
}

Int128 PrefixOf(std::string_view value) {
  Int128 prefix = 0;
  for (size_t i = 0; i < 8; ++i) {
    prefix = prefix * 256 + (i < value.size() ? static_cast<uint8_t>(value[i]) : 0);
  }
  return prefix;
}

bool SaysAll(std::string_view value) {
  return value.size() <= 8 && (value.empty() || value.back() != '\0');
}

BlockBounds BytesBoundsOf(const ColumnView& block) {
  std::optional<std::string_view> least;
  std::optional<std::string_view> greatest;
  for (size_t row = 0; row < block.rows(); ++row) {
    const std::string_view value = block.Bytes(row);
    if (block.IsNull(row)) continue;
    if (!least.has_value() || value < *least) least = value;
    if (!greatest.has_value() || value > *greatest) greatest = value;
  }
  BlockBounds bounds;
  if (!least.has_value()) return bounds;
  bounds.flags = SaysAll(*least) && SaysAll(*greatest) ? uint8_t{0} : kInexactBounds;
  bounds.min = PrefixOf(*least);
  bounds.max = PrefixOf(*greatest);
  return bounds;
}

BlockBounds NaiveBounds(const ColumnView& block) {
  switch (block.physical()) {
    case Physical::kFloat32:
      return FloatBoundsOf<float>(block);
    case Physical::kFloat64:
      return FloatBoundsOf<double>(block);
    case Physical::kBytes:
      return BytesBoundsOf(block);
    default:
      return IntegerBounds(block);
  }
}

// --- The tests.

class ExtentBounds : public EveryForm {};
INSTANTIATE_TEST_SUITE_P(Forms, ExtentBounds, testing::ValuesIn(AllForms()), FormName);

TEST_P(ExtentBounds, AreTheLeastAndTheGreatestValue) {
  ExtentWriter writer(BestKernels());
  for (const Nulls nulls : AllNulls()) {
    const TestColumn column = MakeColumn({physical(), law(), kRows, nulls});
    const WrittenExtent written = WriteExtent(writer, column.view());
    absl::StatusOr<ExtentView> extent = written.Parse();
    ASSERT_TRUE(extent.ok()) << extent.status();
    for (size_t block = 0; block < extent->blocks(); ++block) {
      SCOPED_TRACE(testing::Message() << support::Name(nulls) << ", block " << block);
      const BlockBounds expected = NaiveBounds(column.view().Slice(block * kBlockRows, kBlockRows));
      const BlockBounds found = extent->Bounds(block);
      ASSERT_EQ(found.flags, expected.flags);
      ASSERT_TRUE(found.min == expected.min);
      ASSERT_TRUE(found.max == expected.max);
    }
  }
}

TEST_P(ExtentBounds, CountTheNulls) {
  for (const Nulls nulls : AllNulls()) {
    const TestColumn column = MakeColumn({physical(), law(), kRows, nulls});
    const WrittenExtent written = WriteExtent(column.view());
    absl::StatusOr<ExtentView> extent = written.Parse();
    ASSERT_TRUE(extent.ok()) << extent.status();
    for (size_t block = 0; block < extent->blocks(); ++block) {
      const ColumnView rows = column.view().Slice(block * kBlockRows, kBlockRows);
      const size_t expected = physical() == Physical::kCode32 ? 0 : rows.CountNulls();
      ASSERT_EQ(extent->Prefix(block).word.null_count, expected) << support::Name(nulls);
    }
  }
}

void ExpectNoBounds(const ExtentView& extent) {
  for (size_t block = 0; block < extent.blocks(); ++block) {
    const BlockBounds bounds = extent.Bounds(block);
    ASSERT_EQ(bounds.flags, kNoBounds) << "block " << block;
    ASSERT_TRUE(bounds.min == 0 && bounds.max == 0) << "block " << block;
  }
}

// Writes a column with the spec, and expects its rows back.
class WithoutBounds : public EveryForm {
 protected:
  static void Check(const ExtentSpec& spec, Nulls nulls) {
    SCOPED_TRACE(support::Name(nulls));
    const TestColumn column = MakeColumn({physical(), law(), kRows, nulls});
    const WrittenExtent written = WriteExtent(column.view(), spec);
    absl::StatusOr<ExtentView> extent = written.Parse();
    ASSERT_TRUE(extent.ok()) << extent.status();
    ExpectNoBounds(*extent);
    ASSERT_EQ((extent->header().flags & kSensitive) != 0, spec.sensitive);
    if (spec.sensitive) {
      ASSERT_FALSE(extent->has_dictionary());
      ASSERT_EQ(extent->header().dictionary_words, 0u);
    }
    ExtentReader reader(BestKernels());
    ColumnBuffer all(physical());
    ASSERT_TRUE(reader.AppendAll(*extent, all).ok());
    ASSERT_TRUE(SameRows(column.view(), all.view()));
    CheckRows(column.view(), *extent, reader);
  }

  static void CheckRows(const ColumnView& column, const ExtentView& extent, ExtentReader& reader) {
    const std::vector<uint32_t> rows = {0, 1, 700, 1023, 1024, 2050, kRows - 1};
    ColumnBuffer expected(physical());
    ColumnBuffer single(physical());
    expected.AppendRows(column, rows);
    for (const uint32_t row : rows) ASSERT_TRUE(reader.AppendRow(extent, row, single).ok());
    ASSERT_TRUE(SameRows(expected.view(), single.view()));
  }
};
INSTANTIATE_TEST_SUITE_P(Forms, WithoutBounds, testing::ValuesIn(AllForms()), FormName);

TEST_P(WithoutBounds, RowsComeBackAllTheSame) {
  for (const Nulls nulls : AllNulls()) Check({.keeps_bounds = false}, nulls);
}

TEST_P(WithoutBounds, SensitiveColumnsHaveNoDictionaryEither) {
  for (const Nulls nulls : AllNulls()) Check({.sensitive = true}, nulls);
}

TEST(ExtentFlags, DictionaryIsUsedWhereItIsSmaller) {
  for (const Physical physical : AllPhysicals()) {
    if (physical == Physical::kBool) continue;  // a bit a row as it is
    SCOPED_TRACE(support::Name(physical));
    const TestColumn column = MakeColumn({physical, Law::kFewDistinct, kRows, Nulls::kOnePercent});
    const WrittenExtent written = WriteExtent(column.view());
    absl::StatusOr<ExtentView> extent = written.Parse();
    ASSERT_TRUE(extent.ok()) << extent.status();
    EXPECT_TRUE(extent->has_dictionary());
    const TestColumn random = MakeColumn({physical, Law::kRandom, kRows, Nulls::kNone});
    const WrittenExtent plain = WriteExtent(random.view());
    EXPECT_FALSE(plain.Parse()->has_dictionary());
  }
}

TEST(ExtentFlags, SayTheRoleAndTheOrder) {
  const TestColumn column = MakeColumn({Physical::kInt64, Law::kSorted, 2000, Nulls::kNone});
  const ExtentSpec spec{
      .role = ExtentRole::kTapeSamples, .order = RowOrder::kArrival, .parameter = 0xABCD1234};
  const WrittenExtent written = WriteExtent(column.view(), spec);
  absl::StatusOr<ExtentView> extent = written.Parse();
  ASSERT_TRUE(extent.ok()) << extent.status();
  EXPECT_EQ(extent->header().role, ExtentRole::kTapeSamples);
  EXPECT_EQ(extent->header().flags, kArrivalOrder);
  EXPECT_EQ(extent->header().parameter, 0xABCD1234u);
  EXPECT_EQ(extent->header().physical, Physical::kInt64);
  EXPECT_EQ(extent->rows(), 2000u);
  const WrittenExtent in_time = WriteExtent(column.view(), {.order = RowOrder::kTime});
  EXPECT_EQ(in_time.Parse()->header().flags, kTimeOrder);
  EXPECT_EQ(in_time.Parse()->order(), RowOrder::kTime);
  EXPECT_EQ(extent->order(), RowOrder::kArrival);
  const WrittenExtent usual = WriteExtent(column.view());
  EXPECT_EQ(usual.Parse()->order(), RowOrder::kStored);
  EXPECT_EQ(usual.Parse()->header().flags, 0);
}

// The bytes of addresses are in the order of the addresses, so their prefixes prune.
TEST(ExtentBounds, OfAddressesAreThoseOfTheirOrder) {
  const char* const kTexts[] = {"::1",           "10.1.2.3/24",   "10.1.2.3", "192.168.0.9/30",
                                "9.255.255.255", "2001:db8::/32", "::",       "10.0.0.0/8"};
  ColumnBuffer column(Physical::kBytes);
  std::vector<Inet> addresses;
  for (const char* text : kTexts) {
    addresses.push_back(*Inet::Parse(text));
    column.AppendBytes(addresses.back().ToBytes());
  }
  const WrittenExtent written = WriteExtent(column.view());
  absl::StatusOr<ExtentView> extent = written.Parse();
  ASSERT_TRUE(extent.ok()) << extent.status();
  const auto prefix = [](const Inet& address) {
    Int128 word = 0;
    std::string bytes = address.ToBytes();
    bytes.resize(8);
    for (const char c : bytes) word = word << 8 | static_cast<uint8_t>(c);
    return word;
  };
  const auto [least, greatest] = std::minmax_element(addresses.begin(), addresses.end());
  EXPECT_EQ(least->ToString(), "9.255.255.255");
  EXPECT_EQ(extent->Bounds(0), (BlockBounds{kInexactBounds, prefix(*least), prefix(*greatest)}));
}

// --- What is refused.

class ExtentRefusal : public testing::Test {
 protected:
  absl::Status Append(const ColumnView& column, const ExtentSpec& spec) {
    const absl::Status status = writer_.Append(column, spec, bytes_);
    EXPECT_TRUE(bytes_.empty()) << "something was appended";
    return status;
  }

 private:
  ExtentWriter writer_{BestKernels()};
  std::vector<std::byte> bytes_;
};

TEST_F(ExtentRefusal, OffsetsThatAreNoMultipleOf64) {
  const TestColumn column = MakeColumn({Physical::kInt32, Law::kWalk, 100, Nulls::kNone});
  for (const uint64_t offset : {1, 8, 32, 63, 65}) {
    EXPECT_EQ(Append(column.view(), {.offset = offset}).code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(ExtentRefusal, UnsoundOffsetsOfBytes) {
  const std::array<uint64_t, 3> falling = {0, 3, 2};
  const std::array<uint64_t, 3> outside = {0, 3, 5};
  EXPECT_EQ(Append(ColumnView::Bytes(falling, "abcd"), {}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Append(ColumnView::Bytes(outside, "abcd"), {}).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ExtentRefusal, ValuesAboveTheLimit) {
  const std::string value(kMaxValueBytes + 1, 'x');
  const std::array<uint64_t, 3> offsets = {0, 0, value.size()};
  EXPECT_EQ(Append(ColumnView::Bytes(offsets, value), {}).code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(ExtentRefusal, DoesNotHoldForTheLargestValue) {
  const std::string value(kMaxValueBytes, 'x');
  const std::array<uint64_t, 3> offsets = {0, 0, value.size()};
  const ColumnView column = ColumnView::Bytes(offsets, value);
  const WrittenExtent written = WriteExtent(column);
  ExtentReader reader(BestKernels());
  ColumnBuffer read(Physical::kBytes);
  ASSERT_TRUE(reader.AppendAll(*written.Parse(), read).ok());
  EXPECT_TRUE(SameRows(column, read.view()));
}

// Before the rows are looked at: there are none to look at here.
TEST_F(ExtentRefusal, MoreRowsThanAHeaderCanSay) {
  const uint8_t value = 0;
  const size_t rows = size_t{std::numeric_limits<uint32_t>::max()} + 1;
  EXPECT_EQ(Append(ColumnView::Fixed(Physical::kBool, &value, rows), {}).code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(ExtentRefusal, MoreBytesThanBlockHeadersCanSay) {
  const Int128 value = 0;
  const size_t rows = (size_t{1} << 30) + 1;
  EXPECT_EQ(Append(ColumnView::Fixed(Physical::kInt128, &value, rows), {}).code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(ExtentParsing, RefusesBytesThatAreNotAligned) {
  const WrittenExtent written =
      WriteExtent(MakeColumn({Physical::kInt64, Law::kWalk, 100, Nulls::kNone}).view());
  std::vector<std::byte> shifted(written.bytes.size() + 8);
  std::copy(written.bytes.begin(), written.bytes.end(), shifted.begin() + 4);
  EXPECT_EQ(ExtentView::Parse(std::span(shifted).subspan(4), written.place).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ExtentParsing, IgnoresWhatFollows) {
  const TestColumn column = MakeColumn({Physical::kInt64, Law::kWalk, 100, Nulls::kNone});
  const WrittenExtent written = WriteExtent(column.view());
  std::vector<std::byte> bytes = written.bytes;
  bytes.resize(bytes.size() + 4096, std::byte{0xA5});
  absl::StatusOr<ExtentView> extent = ExtentView::Parse(bytes, written.place);
  ASSERT_TRUE(extent.ok()) << extent.status();
  EXPECT_EQ(extent->size_bytes(), written.bytes.size());
}

}  // namespace
}  // namespace tape::format
