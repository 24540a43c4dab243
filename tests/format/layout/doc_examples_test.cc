// The examples and figures of block.md, extent.md, directory.md, order-tape.md and slice.md.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "format/bytes/file_header.h"
#include "format/encoding/bytes_codec.h"
#include "format/encoding/float_codec.h"
#include "format/encoding/integer_codec.h"
#include "format/kernels/packing.h"
#include "format/layout/directory.h"
#include "format/layout/slice_builder.h"
#include "format/layout/slice_view.h"
#include "tests/support/doc_example.h"

namespace tape::format {
namespace {

using support::MatchesDocExample;
using Bytes = std::vector<std::byte>;

constexpr int64_t kMorning = 1'737'448'200'000'000'000;  // 2025-01-21T08:30:00Z

// The files of the examples: those of the store, table and day in conventions.md.
FileHeader HeaderOf(FileKind kind, uint32_t column) {
  return {.kind = kind,
          .identity = {.store = {0x6f, 0x1d, 0x2c, 0x3b, 0x8a, 0x4e, 0x4f, 0x70, 0x9b, 0x1d, 0x52,
                                 0xc7, 0xe0, 0xa9, 0x6e, 0x14},
                       .table = 17,
                       .column = column,
                       .generation = 1,
                       .day = 20109}};
}

ExtentPlace PlaceIn(FileKind kind, uint32_t column) {
  return {PlaceSeed(HeaderOf(kind, column)), kFileHeaderSize};
}

Bytes ExtentOf(const ColumnView& column) {
  const ExtentPlace place = PlaceIn(FileKind::kColumn, 3);
  ExtentWriter writer(BestKernels());
  Bytes bytes;
  const absl::Status status =
      writer.Append(column, {.seeds = place.seeds, .offset = place.offset}, bytes);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(ExtentView::Parse(bytes, place).ok());
  return bytes;
}

// --- block.md

TEST(DocExamples, PackedNumbers) {
  const uint64_t numbers[] = {1, 2, 3, 4, 5};
  Bytes bytes(PackedBytes(5, 3));
  Pack(BestKernels(), numbers, 5, 3, bytes.data());
  EXPECT_TRUE(MatchesDocExample("block.md", "packed", bytes));
}

TEST(DocExamples, FrameWithAnException) {
  const int64_t values[] = {300, 100, 400, 100, 500, 900, 200, 600, 500, 300, 500, 100'000};
  IntegerScratch scratch;
  const IntegerPlan plan = PlanIntegers(BestKernels(), values, {.reference = 100}, scratch);
  Bytes bytes;
  WriteIntegers(BestKernels(), plan, values, scratch, bytes);
  EXPECT_EQ(plan.word, (CodecWord{Encoding::kFrame, 5, 5, kPositiveHighs, 1, 0}));
  EXPECT_TRUE(MatchesDocExample("block.md", "frame", bytes));
}

TEST(DocExamples, ScaledDoublesWithAnException) {
  const double values[] = {
      101.25, 101.5, std::numeric_limits<double>::quiet_NaN(), 99.75, 100.25, 100, 99.5, 99.75};
  FloatScratch scratch;
  const FloatPlan plan =
      PlanFloats(BestKernels(), std::span<const double>(values), kHasNan, scratch);
  Bytes bytes;
  WriteFloats(BestKernels(), plan, std::span<const double>(values), scratch, bytes);
  EXPECT_EQ(plan.word, (CodecWord{Encoding::kScaled, 2, 0, kHasNan, 1, 0}));
  EXPECT_TRUE(MatchesDocExample("block.md", "scaled", bytes));
}

TEST(DocExamples, PageOfStrings) {
  ColumnBuffer strings(Physical::kBytes);
  strings.AppendBytes("halt");
  strings.AppendNull();
  strings.AppendBytes("resume");
  BytesScratch scratch;
  const BytesPlan plan = PlanBytes(BestKernels(), strings.view(), scratch);
  Bytes bytes;
  ASSERT_TRUE(WriteBytes(BestKernels(), plan, strings.view(), scratch, bytes).ok());
  EXPECT_TRUE(MatchesDocExample("block.md", "pages", bytes));
}

// --- extent.md

TEST(DocExamples, ExtentOfPrices) {
  const int64_t cents[] = {10125, 10126, 10125, 10124, 10130};
  const Bytes bytes = ExtentOf(ColumnView::Of(std::span<const int64_t>(cents)));
  EXPECT_TRUE(MatchesDocExample("extent.md", "prices", bytes));
}

TEST(DocExamples, ExtentWithNulls) {
  const int32_t values[] = {7, 0, 9, 0, 11};
  const uint8_t valid[] = {1, 0, 1, 0, 1};
  const Bytes bytes = ExtentOf(ColumnView::Of(std::span<const int32_t>(values), valid));
  EXPECT_TRUE(MatchesDocExample("extent.md", "nullable", bytes));
}

TEST(DocExamples, ExtentWithADictionary) {
  ColumnBuffer notes(Physical::kBytes);
  for (const int note : {0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1}) {
    notes.AppendBytes(note == 0 ? "opening auction" : "closing auction");
  }
  EXPECT_TRUE(MatchesDocExample("extent.md", "dictionary", ExtentOf(notes.view())));
}

// --- slice.md, directory.md, order-tape.md

// The table below the comment in slice.md.
constexpr size_t kFields = 9;
using Line = std::array<int64_t, kFields>;
enum Field { kArrival, kTime, kCode, kPrice, kId, kPosition, kDisplaced, kRank, kStored };

std::string Document(const std::string& name) {
  std::ifstream file(TAPE_SOURCE_DIR "/docs/format/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<Line> LinesOfSliceTable() {
  const std::string text = Document("slice.md");
  std::istringstream lines(text.substr(text.find("<!-- rows: slice -->\n")));
  std::string line;
  for (int head = 0; head < 3; ++head) std::getline(lines, line);
  std::vector<Line> table;
  while (std::getline(lines, line) && line.starts_with('|')) {
    std::istringstream fields(line);
    Line& numbers = table.emplace_back();
    char bar = 0;
    for (int64_t& number : numbers) fields >> bar >> number;
    EXPECT_TRUE(fields) << line;
  }
  return table;
}

class DocSlice : public testing::Test {
 protected:
  void SetUp() override {
    for (const Line& line : lines_) {
      times_.push_back(kMorning + line[kTime]);
      codes_.push_back(static_cast<uint32_t>(line[kCode]));
      prices_.push_back(line[kPrice]);
      ids_.push_back(line[kId]);
    }
    ASSERT_EQ(lines_.size(), 12u);
    spec_.time_column = 0;
    spec_.cluster_column = 1;
    for (uint32_t column = 1; column <= 4; ++column) {
      spec_.columns.push_back({.place = PlaceIn(FileKind::kColumn, column)});
    }
    spec_.order_place = PlaceIn(FileKind::kOrderTape, 0);
    const ColumnView columns[] = {ColumnView::Of(std::span<const int64_t>(times_)),
                                  ColumnView::Of(std::span<const uint32_t>(codes_)),
                                  ColumnView::Of(std::span<const int64_t>(prices_)),
                                  ColumnView::Of(std::span<const int64_t>(ids_))};
    const absl::Status status = SliceBuilder(BestKernels()).Build(columns, spec_, slice_);
    ASSERT_TRUE(status.ok()) << status;
  }

  const std::vector<Line> lines_ = LinesOfSliceTable();
  std::vector<int64_t> times_;
  std::vector<uint32_t> codes_;
  std::vector<int64_t> prices_;
  std::vector<int64_t> ids_;
  SliceSpec spec_;
  BuiltSlice slice_;
};

TEST_F(DocSlice, HasTheOrdersOfItsTable) {
  SliceOrder order;
  order.Arrange(times_, codes_);
  EXPECT_TRUE(order.clustered());
  EXPECT_TRUE(order.late());
  for (size_t i = 0; i < lines_.size(); ++i) {
    const Line& line = lines_[i];
    const auto position = static_cast<size_t>(line[kPosition]);
    EXPECT_EQ(line[kArrival], static_cast<int64_t>(i));
    EXPECT_EQ(order.arrivals()[position], i);
    EXPECT_EQ(line[kDisplaced], line[kArrival] - line[kPosition]);
    EXPECT_EQ(order.tape()[position], line[kRank]);
    EXPECT_EQ(order.stored()[static_cast<size_t>(line[kStored])], i);
  }
}

TEST_F(DocSlice, HasTheBytesOfItsExamples) {
  EXPECT_TRUE(slice_.shape.clustered);
  EXPECT_EQ(slice_.shape.order, (TapeContents{true, false, true}));
  EXPECT_TRUE(MatchesDocExample("directory.md", "directory", slice_.columns[1]));
  EXPECT_TRUE(MatchesDocExample("slice.md", "ids", slice_.columns[3]));
  EXPECT_TRUE(MatchesDocExample("order-tape.md", "order-tape", slice_.order));
  const absl::StatusOr<ExtentView> ids =
      ExtentView::Parse(slice_.columns[3], spec_.columns[3].place);
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(ids->header().flags, kArrivalOrder);
}

// --- Figures.

// Rows of 500 symbols with Zipf's law, irregular times, and ids that grow.
struct Market {
  std::vector<int64_t> times;
  std::vector<uint32_t> codes;
  std::vector<int64_t> ids;
};

Market MakeMarket(size_t rows, double late) {
  constexpr size_t kSymbols = 500;
  std::mt19937_64 random(7);
  std::vector<double> sums;
  for (size_t i = 1; i <= kSymbols; ++i) {
    sums.push_back((sums.empty() ? 0 : sums.back()) + 1.0 / static_cast<double>(i));
  }
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  Market market;
  int64_t time = kMorning;
  for (size_t i = 0; i < rows; ++i) {
    time += static_cast<int64_t>(random() % 200'000) + 1;
    const auto delay = static_cast<int64_t>(random() % 50'000'000);
    market.times.push_back(uniform() < late ? time - delay : time);
    const auto at = std::upper_bound(sums.begin(), sums.end(), uniform() * sums.back());
    market.codes.push_back(static_cast<uint32_t>(at - sums.begin()) + 1);
    market.ids.push_back(static_cast<int64_t>(3 * i + random() % 3));
  }
  return market;
}

BuiltSlice SliceOf(const Market& market, bool clustered) {
  const ColumnView columns[] = {ColumnView::Of(std::span<const int64_t>(market.times)),
                                ColumnView::Of(std::span<const uint32_t>(market.codes)),
                                ColumnView::Of(std::span<const int64_t>(market.ids))};
  SliceSpec spec;
  spec.columns.resize(3);
  spec.time_column = 0;
  if (clustered) spec.cluster_column = 1;
  BuiltSlice slice;
  const absl::Status status = SliceBuilder(BestKernels()).Build(columns, spec, slice);
  EXPECT_TRUE(status.ok()) << status;
  return slice;
}

TEST(DocFigures, OfOrderTapeAndDirectoryAreThoseMeasured) {
  constexpr size_t kRows = 262'144;
  const auto bits_a_row = [](size_t bytes) { return static_cast<double>(bytes) * 8 / kRows; };
  const Market market = MakeMarket(kRows, 0);
  const BuiltSlice clustered = SliceOf(market, true);
  const BuiltSlice in_time_order = SliceOf(market, false);
  const absl::StatusOr<ExtentView> tape = ExtentView::Parse(clustered.order, {});
  ASSERT_TRUE(tape.ok()) << tape.status();
  EXPECT_NEAR(bits_a_row(tape->size_bytes()), 7.8, 0.06);
  EXPECT_NEAR(bits_a_row(in_time_order.columns[1].size()), 7.8, 0.06);
  ASSERT_TRUE(clustered.shape.order.has_samples);
  EXPECT_NEAR(bits_a_row(clustered.order.size() - tape->size_bytes()), 0.1, 0.05);
  EXPECT_NEAR(static_cast<double>(clustered.columns[1].size()), 1'100, 50);

  const BuiltSlice late = SliceOf(MakeMarket(kRows, 0.01), true);
  EXPECT_NEAR(bits_a_row(late.order.size() - clustered.order.size()), 0.9, 0.1);
}

}  // namespace
}  // namespace tape::format
