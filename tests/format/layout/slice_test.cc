// Slices: rows in any arrival order, clustered or not, come back in all three orders, whole and one
// by one.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "format/layout/slice_view.h"
#include "format/layout/time_order_reader.h"
#include "tape/limits.h"
#include "tests/support/columns.h"

namespace tape::format {
namespace {

using support::ColumnRecipe;
using support::Law;
using support::MakeColumn;
using support::Nulls;
using support::SameRows;
using support::TestColumn;

using Times = std::vector<int64_t>;
using Codes = std::vector<uint32_t>;

// How time goes with arrival, and how symbols are spread.
enum class Feed { kOrdered, kOnePercentLate, kHalfLate, kReversed, kAllEqual };
enum class Symbols { kOne, kAllDifferent, kZipf, kHuge, kWithNull };

constexpr Feed kFeeds[] = {Feed::kOrdered, Feed::kOnePercentLate, Feed::kHalfLate, Feed::kReversed,
                           Feed::kAllEqual};
constexpr Symbols kSpreads[] = {Symbols::kOne, Symbols::kAllDifferent, Symbols::kZipf,
                                Symbols::kHuge, Symbols::kWithNull};

Times MakeTimes(Feed feed, size_t rows) {
  std::mt19937_64 random(static_cast<uint64_t>(feed) + 1);
  Times times(rows);
  int64_t now = 1'772'409'600'000'000'000;
  for (size_t i = 0; i < rows; ++i) {
    now += static_cast<int64_t>(random() % 1000);
    const bool late = (feed == Feed::kOnePercentLate && random() % 100 == 0) ||
                      (feed == Feed::kHalfLate && random() % 2 == 0);
    times[i] = late ? now - static_cast<int64_t>(random() % 50'000) : now;
    if (feed == Feed::kAllEqual) times[i] = 5;
  }
  if (feed == Feed::kReversed) std::reverse(times.begin(), times.end());
  return times;
}

Codes MakeCodes(Symbols symbols, size_t rows) {
  std::mt19937_64 random(static_cast<uint64_t>(symbols) + 9);
  Codes codes(rows);
  for (size_t i = 0; i < rows; ++i) {
    const auto skewed = static_cast<uint32_t>(random() % (1 + random() % 40));
    switch (symbols) {
      case Symbols::kOne:
        codes[i] = 7;
        break;
      case Symbols::kAllDifferent:
        codes[i] = static_cast<uint32_t>((i * 7919) % rows) + 1;
        break;
      case Symbols::kZipf:
        codes[i] = 1 + skewed;
        break;
      case Symbols::kHuge:
        codes[i] = 0xFFFF0000u - skewed * 90'000'001u;
        break;
      case Symbols::kWithNull:
        codes[i] = skewed;
        break;
    }
  }
  return codes;
}

// A built slice and the columns it was built from: time, symbol, ids that rise in arrival order,
// tickets that rise in time order, then one more column.
class SliceCase {
 public:
  SliceCase(const Times& times, const Codes& codes, const TestColumn& value)
      : ids_(std::max(times.size(), codes.size())), tickets_(ids_.size()) {
    std::iota(ids_.begin(), ids_.end(), 1'000'000);
    const std::vector<uint32_t> by_time = ByTime(times);
    for (size_t i = 0; i < by_time.size(); ++i)
      tickets_[by_time[i]] = 70 + 3 * static_cast<int64_t>(i / 2);
    if (!times.empty()) spec_.time_column = columns_.size();
    if (!times.empty()) columns_.push_back(ColumnView::Of(std::span(times)));
    if (!codes.empty()) spec_.cluster_column = columns_.size();
    if (!codes.empty()) columns_.push_back(ColumnView::Of(std::span(codes)));
    columns_.push_back(ColumnView::Of(std::span<const int64_t>(ids_)));
    columns_.push_back(ColumnView::Of(std::span<const int64_t>(tickets_)));
    columns_.push_back(value.view());
    spec_.columns.resize(columns_.size());
    const absl::Status status = SliceBuilder(BestKernels()).Build(columns_, spec_, built_);
    EXPECT_TRUE(status.ok()) << status;
    bytes_.assign(built_.columns.begin(), built_.columns.end());
    absl::StatusOr<SliceView> view = SliceView::Parse(spec_, built_.shape, {bytes_, built_.order});
    EXPECT_TRUE(view.ok()) << view.status();
    view_ = *std::move(view);
    Arrange(times, codes);
  }

  const SliceView& view() const { return *view_; }
  const BuiltSlice& built() const { return built_; }
  const std::vector<ColumnView>& columns() const { return columns_; }
  size_t rows() const { return ids_.size(); }

  // Output row -> arrival index, by a stable sort.
  const std::vector<uint32_t>& Order(RowOrder order) const {
    return order == RowOrder::kStored ? stored_ : order == RowOrder::kTime ? time_ : arrival_;
  }

  // The same slice with a flipped bit in the last byte of data of each extent of the order section.
  struct Broken {
    std::vector<std::byte> order;
    std::optional<SliceView> view;
  };
  Broken WithBrokenOrder() const {
    Broken broken{built_.order, {}};
    for (size_t at = 0; at < broken.order.size();) {
      const absl::StatusOr<ExtentView> extent =
          ExtentView::Parse(std::span(built_.order).subspan(at),
                            {spec_.order_place.seeds, spec_.order_place.offset + at});
      EXPECT_TRUE(extent.ok()) << extent.status();
      if (!extent.ok()) break;
      const std::span<const std::byte> data = extent->BlockData(extent->blocks() - 1);
      const auto last = static_cast<size_t>(data.data() + data.size() - 1 - built_.order.data());
      broken.order[last] ^= std::byte{1};
      at += extent->size_bytes();
    }
    absl::StatusOr<SliceView> view = SliceView::Parse(spec_, built_.shape, {bytes_, broken.order});
    EXPECT_TRUE(view.ok()) << view.status();
    broken.view = *std::move(view);
    return broken;
  }

  void ExpectColumns() const {
    SliceReader reader(BestKernels());
    reader.Open(*view_);
    for (const RowOrder order : {RowOrder::kStored, RowOrder::kTime, RowOrder::kArrival}) {
      for (size_t i = 0; i < columns_.size(); ++i) {
        ColumnBuffer back(columns_[i].physical());
        const absl::Status status = reader.ReadColumn(i, order, back);
        ASSERT_TRUE(status.ok()) << status;
        ColumnBuffer expected(columns_[i].physical());
        expected.AppendRows(columns_[i], Order(order));
        ASSERT_TRUE(SameRows(expected.view(), back.view()))
            << "column " << i << " order " << static_cast<int>(order);
      }
    }
  }

  void ExpectRows() const {
    SliceReader reader(BestKernels());
    reader.Open(*view_);
    for (size_t i = 0; i < columns_.size(); ++i) {
      ColumnBuffer back(columns_[i].physical());
      ColumnBuffer expected(columns_[i].physical());
      for (size_t row = 0; row < rows(); row += 1 + rows() / 23) {
        const absl::Status status = reader.ReadRow(i, row, back);
        ASSERT_TRUE(status.ok()) << status << " row " << row;
        expected.AppendRows(columns_[i], std::span(&stored_[row], 1));
      }
      ASSERT_TRUE(SameRows(expected.view(), back.view())) << "column " << i;
    }
  }

  void ExpectStream() const {
    TimeOrderReader reader(BestKernels());
    std::vector<size_t> all(columns_.size());
    std::iota(all.begin(), all.end(), 0);
    ASSERT_TRUE(reader.Open(*view_, all).ok());
    std::vector<ColumnBuffer> back;
    for (const ColumnView& column : columns_) back.emplace_back(column.physical());
    for (;;) {
      absl::StatusOr<size_t> rows = reader.Next();
      ASSERT_TRUE(rows.ok()) << rows.status();
      if (*rows == 0) break;
      for (size_t i = 0; i < back.size(); ++i) back[i].AppendColumn(reader.column(i));
    }
    for (size_t i = 0; i < back.size(); ++i) {
      ColumnBuffer expected(columns_[i].physical());
      expected.AppendRows(columns_[i], time_);
      ASSERT_TRUE(SameRows(expected.view(), back[i].view())) << "column " << i;
    }
  }

 private:
  // Time position -> arrival index, by a stable sort.
  std::vector<uint32_t> ByTime(const Times& times) const {
    std::vector<uint32_t> order(rows());
    std::iota(order.begin(), order.end(), 0);
    if (times.empty()) return order;
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return times[a] < times[b]; });
    return order;
  }

  void Arrange(const Times& times, const Codes& codes) {
    arrival_ = ByTime({});
    time_ = ByTime(times);
    stored_ = time_;
    if (!built_.shape.clustered) return;
    std::stable_sort(stored_.begin(), stored_.end(),
                     [&](uint32_t a, uint32_t b) { return codes[a] < codes[b]; });
  }

  std::vector<int64_t> ids_, tickets_;
  std::vector<ColumnView> columns_;
  SliceSpec spec_;
  BuiltSlice built_;
  std::vector<std::span<const std::byte>> bytes_;
  std::optional<SliceView> view_;
  std::vector<uint32_t> arrival_, time_, stored_;
};

void ExpectAll(const SliceCase& slice) {
  slice.ExpectColumns();
  slice.ExpectRows();
  slice.ExpectStream();
}

TEST(Slice, ReturnsEveryFeedAndSpreadInAllOrders) {
  for (const size_t rows : {1, 2, 1023, 1024, 1025, 5000}) {
    const TestColumn value = MakeColumn({Physical::kInt64, Law::kWalk, rows, Nulls::kOnePercent});
    for (const Feed feed : kFeeds) {
      for (const Symbols symbols : kSpreads) {
        SCOPED_TRACE(testing::Message() << rows << " rows, feed " << static_cast<int>(feed)
                                        << ", symbols " << static_cast<int>(symbols));
        const Times times = MakeTimes(feed, rows);
        const Codes codes = MakeCodes(symbols, rows);
        ExpectAll(SliceCase(times, codes, value));
      }
    }
  }
}

TEST(Slice, ReturnsEveryPhysicalForm) {
  const Times times = MakeTimes(Feed::kOnePercentLate, 3000);
  const Codes codes = MakeCodes(Symbols::kZipf, 3000);
  for (const Physical physical : support::AllPhysicals()) {
    for (const Nulls nulls : {Nulls::kNone, Nulls::kHalf, Nulls::kAll}) {
      for (const Law law : {support::LawsOf(physical)[0], support::LawsOf(physical)[3]}) {
        SCOPED_TRACE(Name(ColumnRecipe{physical, law, 3000, nulls}));
        const TestColumn value = MakeColumn({physical, law, 3000, nulls});
        ExpectAll(SliceCase(times, codes, value));
      }
    }
  }
}

TEST(Slice, NeedsNeitherTimeNorSymbols) {
  const TestColumn value = MakeColumn({Physical::kBytes, Law::kJson, 2000, Nulls::kOnePercent});
  for (const Feed feed : kFeeds) {
    SCOPED_TRACE(static_cast<int>(feed));
    ExpectAll(SliceCase(MakeTimes(feed, 2000), {}, value));
  }
  ExpectAll(SliceCase({}, MakeCodes(Symbols::kZipf, 2000), value));
  const Times times = MakeTimes(Feed::kOrdered, 2000);
  const SliceCase plain(times, {}, value);
  EXPECT_FALSE(plain.view().shape().clustered);
  EXPECT_TRUE(plain.built().order.empty());
}

TEST(Slice, ClustersWhereSymbolsRepeat) {
  const Times times = MakeTimes(Feed::kOrdered, 5000);
  const TestColumn value = MakeColumn({Physical::kInt64, Law::kWalk, 5000});
  const Codes one = MakeCodes(Symbols::kOne, 5000);
  const Codes zipf = MakeCodes(Symbols::kZipf, 5000);
  const Codes different = MakeCodes(Symbols::kAllDifferent, 5000);
  EXPECT_TRUE(SliceCase(times, one, value).view().shape().clustered);
  EXPECT_TRUE(SliceCase(times, zipf, value).view().shape().clustered);
  EXPECT_FALSE(SliceCase(times, different, value).view().shape().clustered);
}

// Ids stay in arrival order; with samples in the tape their positions are found by interval.
TEST(Slice, FindsRowsOfAColumnInArrivalOrder) {
  constexpr size_t kRows = 120'000;
  const TestColumn value = MakeColumn({Physical::kInt64, Law::kWalk, kRows});
  for (const Feed feed : {Feed::kOrdered, Feed::kOnePercentLate}) {
    const Times times = MakeTimes(feed, kRows);
    const Codes codes = MakeCodes(Symbols::kZipf, kRows);
    const SliceCase slice(times, codes, value);
    EXPECT_TRUE(slice.view().order().contents().has_samples);
    EXPECT_EQ(slice.view().order().contents().has_displacement, feed == Feed::kOnePercentLate);
    EXPECT_TRUE((slice.view().extent(2)->header().flags & kArrivalOrder) != 0);
    EXPECT_LT(slice.built().columns[2].size(), kRows / 8);
    ExpectAll(slice);
  }
}

uint16_t OrderFlags(const SliceCase& slice, size_t column) {
  return slice.view().extent(column)->header().flags & (kArrivalOrder | kTimeOrder);
}

// In a late slice what was given on arrival rises in arrival order, what was given at the exchange
// in time order; nothing else is in either.
TEST(Slice, StoresWhatRisesInTheOrderInWhichItRises) {
  const TestColumn value = MakeColumn({Physical::kInt64, Law::kWalk, 5000});
  const Codes codes = MakeCodes(Symbols::kZipf, 5000);
  for (const Feed feed : kFeeds) {
    SCOPED_TRACE(static_cast<int>(feed));
    const SliceCase slice(MakeTimes(feed, 5000), codes, value);
    const bool late = slice.view().shape().order.has_displacement;
    EXPECT_EQ(late, feed != Feed::kOrdered && feed != Feed::kAllEqual);
    EXPECT_EQ(OrderFlags(slice, 0), 0);
    EXPECT_EQ(OrderFlags(slice, 2), kArrivalOrder);
    EXPECT_EQ(OrderFlags(slice, 3), late ? kTimeOrder : kArrivalOrder);
    EXPECT_EQ(OrderFlags(slice, 4), 0);
    EXPECT_LT(slice.built().columns[3].size(), 5000u / 2);
  }
  const SliceCase one_symbol(MakeTimes(Feed::kHalfLate, 5000), MakeCodes(Symbols::kOne, 5000),
                             value);
  EXPECT_EQ(OrderFlags(one_symbol, 3), 0);
}

// What would be read of the tape is damaged, so a read that asks for it fails.
TEST(Slice, ReadsAColumnInItsOwnOrderWithoutTheTape) {
  const TestColumn value = MakeColumn({Physical::kInt64, Law::kWalk, 5000});
  const SliceCase slice(MakeTimes(Feed::kOnePercentLate, 5000), MakeCodes(Symbols::kZipf, 5000),
                        value);
  const SliceCase::Broken broken = slice.WithBrokenOrder();
  SliceReader reader(BestKernels());
  reader.Open(*broken.view);
  const auto read = [&](size_t column, RowOrder order) {
    ColumnBuffer out(slice.columns()[column].physical());
    const absl::Status status = reader.ReadColumn(column, order, out);
    EXPECT_EQ(out.rows(), status.ok() ? slice.rows() : 0);
    return status.code();
  };
  for (const size_t column : {0, 1, 4}) {
    EXPECT_EQ(read(column, RowOrder::kStored), absl::StatusCode::kOk);
    EXPECT_EQ(read(column, RowOrder::kTime), absl::StatusCode::kDataLoss);
    EXPECT_EQ(read(column, RowOrder::kArrival), absl::StatusCode::kDataLoss);
  }
  EXPECT_EQ(read(2, RowOrder::kArrival), absl::StatusCode::kOk);
  EXPECT_EQ(read(2, RowOrder::kTime), absl::StatusCode::kDataLoss);
  EXPECT_EQ(read(3, RowOrder::kTime), absl::StatusCode::kOk);
  EXPECT_EQ(read(3, RowOrder::kStored), absl::StatusCode::kDataLoss);
}

// Where samples say: one block of them and one interval of the tape are decoded, and the damage is
// in others.
TEST(Slice, FindsARowWithoutReadingAllOfTapeAndSamples) {
  constexpr size_t kRows = 120'000;
  Codes codes(kRows);
  for (size_t i = 0; i < kRows; ++i) codes[i] = static_cast<uint32_t>(i * 7919 % 400) + 1;
  const SliceCase slice(MakeTimes(Feed::kOrdered, kRows), codes,
                        MakeColumn({Physical::kInt64, Law::kWalk, kRows}));
  ASSERT_TRUE(slice.view().order().contents().has_samples);
  const SliceCase::Broken broken = slice.WithBrokenOrder();
  SliceReader reader(BestKernels());
  reader.Open(*broken.view);
  ColumnBuffer out(Physical::kInt64);
  ASSERT_TRUE(reader.ReadRow(2, 0, out).ok());
  EXPECT_EQ(out.view().Values<int64_t>()[0], 1'000'000 + slice.Order(RowOrder::kStored)[0]);
  EXPECT_EQ(reader.ReadRow(2, kRows - 1, out).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(out.rows(), 1u);
}

TEST(Slice, StaysAtTheEndOfAStream) {
  for (const size_t rows : {1, 1024, 2500}) {
    const SliceCase slice(MakeTimes(Feed::kOrdered, rows), MakeCodes(Symbols::kZipf, rows),
                          MakeColumn({Physical::kInt64, Law::kWalk, rows}));
    TimeOrderReader reader(BestKernels());
    constexpr size_t kColumns[] = {0};
    ASSERT_TRUE(reader.Open(slice.view(), kColumns).ok());
    size_t seen = 0;
    while (seen < rows) seen += *reader.Next();
    EXPECT_EQ(seen, rows);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(*reader.Next(), 0u);
    EXPECT_TRUE(reader.arrivals().empty());
  }
}

// The directory lists the values of the cluster column.
TEST(Slice, IsNotClusteredByASensitiveColumn) {
  const Times times = MakeTimes(Feed::kHalfLate, 3000);
  const Codes codes = MakeCodes(Symbols::kZipf, 3000);
  const ColumnView columns[] = {ColumnView::Of(std::span(times)), ColumnView::Of(std::span(codes))};
  SliceSpec spec{.columns = {{}, {}}, .time_column = 0, .cluster_column = 1};
  spec.columns[1].sensitive = true;
  BuiltSlice built;
  ASSERT_TRUE(SliceBuilder(BestKernels()).Build(columns, spec, built).ok());
  EXPECT_FALSE(built.shape.clustered);
  EXPECT_FALSE(built.shape.order.has_tape);
  const std::vector<std::span<const std::byte>> bytes(built.columns.begin(), built.columns.end());
  const absl::StatusOr<SliceView> slice = SliceView::Parse(spec, built.shape, {bytes, built.order});
  ASSERT_TRUE(slice.ok()) << slice.status();
  ASSERT_TRUE(slice->extent(1).has_value());
  EXPECT_FALSE(slice->extent(1)->has_dictionary());
  for (size_t block = 0; block < slice->extent(1)->blocks(); ++block) {
    EXPECT_FALSE(slice->extent(1)->Bounds(block).known());
  }
  SliceReader reader(BestKernels());
  reader.Open(*slice);
  ColumnBuffer back(Physical::kCode32);
  ASSERT_TRUE(reader.ReadColumn(1, RowOrder::kArrival, back).ok());
  EXPECT_TRUE(SameRows(columns[1], back.view()));
}

TEST(Slice, HoldsTheMostRowsASliceMayHave) {
  const Times times = MakeTimes(Feed::kOnePercentLate, kMaxSliceRows);
  const Codes codes = MakeCodes(Symbols::kZipf, kMaxSliceRows);
  SliceCase(times, codes, MakeColumn({Physical::kBool, Law::kRandom, kMaxSliceRows}))
      .ExpectStream();
}

TEST(Slice, SummarizesTheFirstAndLastRowInTime) {
  const Times times = MakeTimes(Feed::kReversed, 3000);
  const Codes codes = MakeCodes(Symbols::kZipf, 3000);
  const SliceCase slice(times, codes, MakeColumn({Physical::kInt64, Law::kWalk, 3000}));
  const std::vector<ColumnSummary>& summaries = slice.built().summaries;
  ASSERT_EQ(summaries.size(), 5u);
  EXPECT_EQ(summaries[0].min, static_cast<Int128>(times.back()));
  EXPECT_EQ(summaries[0].first, static_cast<Int128>(times.back()));
  EXPECT_EQ(summaries[2].first, static_cast<Int128>(1'000'000 + 2999));
  EXPECT_EQ(summaries[2].last, static_cast<Int128>(1'000'000));
}

TEST(Slice, RefusesColumnsThatDoNotFit) {
  SliceBuilder builder(BestKernels());
  BuiltSlice out;
  const Times times = {1, 2, 3};
  const Codes codes = {1, 1};
  const std::vector<ColumnView> uneven = {ColumnView::Of(std::span(times)),
                                          ColumnView::Of(std::span(codes))};
  const auto refuses = [&](std::span<const ColumnView> columns, const SliceSpec& spec) {
    return builder.Build(columns, spec, out).code() == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refuses(uneven, {.columns = {{}, {}}}));
  EXPECT_TRUE(refuses({}, {}));
  EXPECT_TRUE(refuses(std::span(uneven).first(1), {.columns = {{}, {}}}));
  EXPECT_TRUE(refuses(std::span(uneven).first(1), {.columns = {{}}, .cluster_column = 0}));
  EXPECT_TRUE(refuses(std::span(uneven).last(1), {.columns = {{}}, .time_column = 0}));
  EXPECT_TRUE(refuses(std::span(uneven).first(1), {.columns = {{}}, .time_column = 4}));
  const std::string_view heap = "abcdef";
  for (const std::vector<uint64_t>& offsets :
       {std::vector<uint64_t>{0, 4, 2, 6}, std::vector<uint64_t>{0, 2, 4, 7}}) {
    // Rows are moved, since they arrive in reversed order.
    const Times reversed = {3, 2, 1};
    const std::vector<ColumnView> unsound = {ColumnView::Of(std::span(reversed)),
                                             ColumnView::Bytes(offsets, heap)};
    const absl::Status status =
        builder.Build(unsound, {.columns = {{}, {}}, .time_column = 0}, out);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(status.message().find("column 1"), std::string::npos) << status;
  }
  const uint8_t valid[] = {1, 0, 1};
  const ColumnView with_null = ColumnView::Of(std::span(times), valid);
  EXPECT_TRUE(refuses(std::span(&with_null, 1), {.columns = {{}}, .time_column = 0}));
}

}  // namespace
}  // namespace tape::format
