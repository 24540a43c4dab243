#include "format/layout/summary.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "format/layout/section_cursor.h"
#include "tests/format/layout/section_damage.h"
#include "tests/support/doc_example.h"

namespace tape::format {
namespace {

using Bytes = std::vector<std::byte>;
using Columns = std::vector<ColumnSummary>;

ExtentPlace Place(uint64_t offset = 64) {
  const FileIdentity file{.store = {0x6f, 0x1d, 0x2c, 0x3b, 0x8a, 0x4e, 0x4f, 0x70,  //
                                    0x9b, 0x1d, 0x52, 0xc7, 0xe0, 0xa9, 0x6e, 0x14},
                          .table = 17,
                          .generation = 1,
                          .day = 20109};
  return {PlaceSeed(FileKind::kSummary, file), offset};
}

template <typename T>
ColumnSummary Of(uint32_t column, std::vector<T> values, SummarySpec spec = {}) {
  spec.column = column;
  spec.last_row = values.size() - 1;
  return SummarizeColumn(BestKernels(), ColumnView::Of(std::span<const T>(values)), spec);
}

ColumnSummary OfTexts(uint32_t column, const std::vector<std::string>& values) {
  ColumnBuffer buffer(Physical::kBytes);
  for (const std::string& value : values) {
    value == "NULL" ? buffer.AppendNull() : (void)buffer.AppendBytes(value);
  }
  return SummarizeColumn(BestKernels(), buffer.view(),
                         {.column = column, .last_row = values.size() - 1});
}

// Three rows of one column of each form, and one that is SENSITIVE.
Columns EveryForm() {
  return {Of<uint8_t>(1, {1, 0, 1}),
          Of<int16_t>(2, {-3, 7, 7}),
          Of<int32_t>(3, {1, 2, -1'000'000'000}),
          Of<int64_t>(4, {std::numeric_limits<int64_t>::min(), 0, 5}),
          Of<Int128>(5, {static_cast<Int128>(UInt128{1} << 127), 0, Int128{1} << 100}),
          Of<float>(6, {-0.5F, 2.0F, std::numeric_limits<float>::quiet_NaN()}),
          Of<double>(7, {1e300, -0.0, 0.0}),
          Of<uint32_t>(8, {0, 4'000'000'000, 2}),
          OfTexts(9, {"Goldman Sachs Group", "NULL", "\xFFz"}),
          Of<int64_t>(12, {1, 2, 3}, {.sensitive = true}),
          OfTexts(4'000'000'000, {"NULL", "NULL", "NULL"})};
}

Bytes Write(const Columns& columns, uint32_t rows = 3, const ExtentPlace& place = Place()) {
  Bytes bytes;
  const absl::Status status =
      AppendSummary({.slice = 12, .rows = rows, .columns = columns}, place, bytes);
  EXPECT_TRUE(status.ok()) << status;
  return bytes;
}

absl::Status Read(std::span<const std::byte> bytes) {
  return SummarySection::Parse(bytes, Place()).status();
}

TEST(Summary, ComesBackForEveryForm) {
  const Columns columns = EveryForm();
  const Bytes bytes = Write(columns);
  EXPECT_EQ(bytes.size(), 64 + 128 * columns.size());
  const absl::StatusOr<SummarySection> section = SummarySection::Parse(bytes, Place());
  ASSERT_TRUE(section.ok()) << section.status();
  EXPECT_EQ(section->slice(), 12u);
  EXPECT_EQ(section->rows(), 3u);
  EXPECT_EQ(section->size_bytes(), bytes.size());
  ASSERT_EQ(section->columns(), columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    EXPECT_EQ(section->Column(i), columns[i]) << i;
    EXPECT_EQ(section->Find(columns[i].column), columns[i]) << i;
  }
  for (const uint32_t absent : {0u, 10u, 11u, 13u, 4'294'967'295u}) {
    EXPECT_FALSE(section->Find(absent).has_value()) << absent;
  }
}

TEST(Summary, IsFoundAmongManyColumns) {
  Columns columns;
  for (uint32_t i = 0; i < 4096; ++i) columns.push_back(Of<int64_t>(2 * i + 1, {i}));
  const Bytes bytes = Write(columns, 1);
  const absl::StatusOr<SummarySection> section = SummarySection::Parse(bytes, Place());
  ASSERT_TRUE(section.ok()) << section.status();
  for (uint32_t i = 0; i < 4096; ++i) {
    ASSERT_EQ(section->Find(2 * i + 1)->first, i);
    ASSERT_FALSE(section->Find(2 * i).has_value());
  }
}

TEST(Summary, RefusesEveryFlipAndEveryCut) { ExpectDamageIsRefused(Write(EveryForm()), Read); }

TEST(Summary, RefusesToBeReadElsewhere) {
  const Bytes bytes = Write(EveryForm());
  EXPECT_FALSE(SummarySection::Parse(bytes, Place(128)).ok());
  const PlaceSeed other(FileKind::kSummary, {.table = 17, .generation = 1, .day = 20110});
  EXPECT_FALSE(SummarySection::Parse(bytes, {other, 64}).ok());
}

TEST(Summary, IsWalkedSectionBySection) {
  Bytes file(64);
  for (uint64_t slice = 0; slice < 40; ++slice) {
    const Columns columns = EveryForm();
    const SliceSummary summary{.slice = slice, .rows = 3, .columns = columns};
    ASSERT_TRUE(AppendSummary(summary, Place(file.size()), file).ok());
    if (slice % 7 == 3) file.resize(RoundUp(file.size(), kSyncAlignment));
  }
  SectionCursor<SummarySection> cursor(file, Place().seeds);
  for (uint64_t slice = 0; slice < 40; ++slice) {
    const auto section = cursor.Next();
    ASSERT_TRUE(section.ok() && section->has_value()) << slice << " " << section.status();
    EXPECT_EQ((*section)->slice(), slice);
  }
  EXPECT_FALSE(cursor.Next()->has_value());
}

TEST(Summary, RefusesAHeaderThatLies) {
  const Bytes good = Write(EveryForm());
  const auto expect_refused = [&](size_t offset, uint64_t value, size_t size) {
    Bytes bad = good;
    std::memcpy(bad.data() + offset, &value, size);
    Reseal(bad, Place(), 60, bad.size());
    EXPECT_EQ(Read(bad).code(), absl::StatusCode::kDataLoss) << offset << " " << value;
  };
  for (const uint64_t value : {0, 1, 10, 12, 4096, 4097, -1}) expect_refused(4, value, 4);
  for (const uint64_t value : {uint64_t{0}, uint64_t{64}, ~uint64_t{0}, ~uint64_t{63}}) {
    expect_refused(8, value, 8);
  }
  for (const uint64_t value : {0, 2, 4, -1}) expect_refused(24, value, 4);
  for (const size_t offset : {28, 56}) expect_refused(offset, 1, 4);
  for (const size_t offset : {32, 40, 48}) expect_refused(offset, uint64_t{1} << 63, 8);
}

// Writer and reader hold a summary to the same rules.
void ExpectRefused(const ColumnSummary& good, const std::function<void(ColumnSummary&)>& change) {
  ColumnSummary bad = good;
  change(bad);
  Bytes out(64, std::byte{1});
  EXPECT_EQ(AppendSummary({.rows = 3, .columns = Columns{bad}}, Place(), out).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(out, Bytes(64, std::byte{1}));

  Bytes bytes = Write({good});
  const auto put = [&](size_t offset, const auto& value) {
    std::memcpy(bytes.data() + 64 + offset, &value, sizeof(value));
  };
  put(4, bad.physical);
  put(6, bad.flags);
  put(8, static_cast<uint32_t>(bad.rows));
  put(12, static_cast<uint32_t>(bad.nulls));
  put(16, bad.min);
  put(32, bad.max);
  put(48, bad.first);
  put(64, bad.last);
  put(80, bad.sum.low());
  put(96, bad.sum.high());
  Reseal(bytes, Place(), 60, bytes.size());
  EXPECT_EQ(Read(bytes).code(), absl::StatusCode::kDataLoss);
}

TEST(Summary, RefusesRecordsThatContradictThemselves) {
  const ColumnSummary number = Of<int64_t>(1, {3, 5, 7});
  ExpectRefused(number, [](auto& s) { s.physical = static_cast<Physical>(0); });
  ExpectRefused(number, [](auto& s) { s.physical = static_cast<Physical>(10); });
  ExpectRefused(number, [](auto& s) { s.flags |= 1024; });
  ExpectRefused(number, [](auto& s) { s.rows = 4; });
  ExpectRefused(number, [](auto& s) { s.nulls = 4; });
  ExpectRefused(number, [](auto& s) { s.nulls = 3; });
  ExpectRefused(number, [](auto& s) { s.flags |= kSummaryNan; });
  ExpectRefused(number, [](auto& s) { s.flags &= static_cast<uint16_t>(~kSummaryBounds); });
  ExpectRefused(number, [](auto& s) { s.flags &= static_cast<uint16_t>(~kSummaryEnds); });
  ExpectRefused(number, [](auto& s) { s.flags &= static_cast<uint16_t>(~kSummarySum); });
  ExpectRefused(number, [](auto& s) { s.flags |= kSummaryInexactMin; });
  ExpectRefused(number, [](auto& s) { s.flags |= kSummaryInexactLast; });
  ExpectRefused(number, [](auto& s) { s.flags |= kSummaryFirstNull; });
  ExpectRefused(number, [](auto& s) { s.max = s.min - 1; });
  ExpectRefused(number, [](auto& s) { s.max = Int128{1} << 63; });
  ExpectRefused(number, [](auto& s) { s.last = Int128{1} << 64; });
  ExpectRefused(number, [](auto& s) { s.physical = Physical::kFloat64; });

  const ColumnSummary secret = Of<int64_t>(1, {1, 2, 3}, {.sensitive = true});
  ExpectRefused(secret, [](auto& s) { s.flags = kSummaryFirstNull; });
  ExpectRefused(secret, [](auto& s) { s.flags = kSummaryInexactMax; });
  ExpectRefused(secret, [](auto& s) { s.min = 1; });
  ExpectRefused(secret, [](auto& s) { s.last = 1; });
  ExpectRefused(secret, [](auto& s) { s.sum = Int256(1); });

  const ColumnSummary half = Of<double>(1, {0.5, 0.5, 0.5});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  ExpectRefused(half, [&](auto& s) { s.max = std::bit_cast<uint64_t>(nan); });
  ExpectRefused(half, [](auto& s) { s.first = -1; });
  ExpectRefused(half, [](auto& s) { s.flags |= kSummarySum; });

  ExpectRefused(Of<uint32_t>(1, {5, 6, 7}), [](auto& s) { s.first = 0; });
  ExpectRefused(Of<uint8_t>(1, {1, 1, 1}), [](auto& s) { s.max = 2; });
  ExpectRefused(Of<int16_t>(1, {1, 1, 1}), [](auto& s) { s.max = 32'768; });
  ExpectRefused(Of<int32_t>(1, {1, 1, 1}), [](auto& s) { s.min = -2'147'483'649; });
  ExpectRefused(OfTexts(1, {"NULL", "b", "c"}), [](auto& s) { s.first = 1; });
}

TEST(Summary, RefusesReservedBytesOfARecord) {
  for (const size_t offset : {5, 112, 119, 120, 127}) {
    Bytes bytes = Write({Of<int64_t>(1, {3, 5, 7})});
    bytes[64 + offset] = std::byte{1};
    Reseal(bytes, Place(), 60, bytes.size());
    EXPECT_EQ(Read(bytes).code(), absl::StatusCode::kDataLoss) << offset;
  }
}

TEST(Summary, RefusesColumnsOutOfOrder) {
  const ColumnSummary one = Of<int64_t>(1, {3, 5, 7});
  const ColumnSummary two = Of<int64_t>(2, {3, 5, 7});
  const auto code = [](const Columns& columns, uint32_t rows, uint64_t offset) {
    Bytes out;
    const SliceSummary slice{.rows = rows, .columns = columns};
    return AppendSummary(slice, Place(offset), out).code();
  };
  EXPECT_EQ(code({one, two}, 3, 64), absl::StatusCode::kOk);
  EXPECT_EQ(code({two, one}, 3, 64), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({one, one}, 3, 64), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({}, 3, 64), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({one, two}, 0, 64), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({one, two}, 3, 32), absl::StatusCode::kInvalidArgument);
  ColumnSummary none = one;
  none.column = 0;
  EXPECT_EQ(code({none}, 3, 64), absl::StatusCode::kInvalidArgument);

  Bytes bytes = Write({one, two});
  StoreLe<uint32_t>(bytes.data() + 64, 2);
  Reseal(bytes, Place(), 60, bytes.size());
  EXPECT_EQ(Read(bytes).message(), "summary: column ids out of order, found 2");
}

TEST(Summary, IsTheExampleOfTheSpecification) {
  ColumnBuffer price(Physical::kInt64);
  for (const int64_t value : {10'150, 10'149, 10'152}) price.Append(value);
  const ColumnSummary summary =
      SummarizeColumn(BestKernels(), price.view(), {.column = 3, .first_row = 1, .last_row = 2});
  const Columns columns = {summary, OfTexts(5, {"odd lot", "NULL", "Form T, out of hours"})};
  EXPECT_TRUE(support::MatchesDocExample("summary.md", "section", Write(columns)));
  const auto documented = support::ReadDocExample("summary.md", "section");
  ASSERT_TRUE(documented.ok()) << documented.status();
  const absl::StatusOr<SummarySection> section = SummarySection::Parse(*documented, Place());
  ASSERT_TRUE(section.ok()) << section.status();
  EXPECT_EQ(section->Find(3), columns[0]);
  EXPECT_EQ(section->Find(5), columns[1]);
}

}  // namespace
}  // namespace tape::format
