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

// A built slice and the columns it was built from: time, symbol, a rising id, then one more column.
class SliceCase {
 public:
  SliceCase(const Times& times, const Codes& codes, const TestColumn& value)
      : ids_(std::max(times.size(), codes.size())) {
    std::iota(ids_.begin(), ids_.end(), 1'000'000);
    if (!times.empty()) spec_.time_column = columns_.size();
    if (!times.empty()) columns_.push_back(ColumnView::Of(std::span(times)));
    if (!codes.empty()) spec_.cluster_column = columns_.size();
    if (!codes.empty()) columns_.push_back(ColumnView::Of(std::span(codes)));
    columns_.push_back(ColumnView::Of(std::span<const int64_t>(ids_)));
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
  void Arrange(const Times& times, const Codes& codes) {
    arrival_.resize(rows());
    std::iota(arrival_.begin(), arrival_.end(), 0);
    time_ = arrival_;
    if (!times.empty()) {
      std::stable_sort(time_.begin(), time_.end(),
                       [&](uint32_t a, uint32_t b) { return times[a] < times[b]; });
    }
    stored_ = time_;
    if (!built_.shape.clustered) return;
    std::stable_sort(stored_.begin(), stored_.end(),
                     [&](uint32_t a, uint32_t b) { return codes[a] < codes[b]; });
  }

  std::vector<int64_t> ids_;
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
  ExpectAll(SliceCase(MakeTimes(Feed::kHalfLate, 2000), {}, value));
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
  ASSERT_EQ(summaries.size(), 4u);
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
  const uint8_t valid[] = {1, 0, 1};
  const ColumnView with_null = ColumnView::Of(std::span(times), valid);
  EXPECT_TRUE(refuses(std::span(&with_null, 1), {.columns = {{}}, .time_column = 0}));
}

}  // namespace
}  // namespace tape::format
