// Slices that somebody made, with checksums that are right: what their parts say of each other is
// held together, and what is not true is kDataLoss, never a crash, never more memory than honest
// bytes take.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "format/layout/slice_view.h"
#include "format/layout/time_order_reader.h"
#include "tape/limits.h"
#include "tests/format/layout/largest_allocation.h"
#include "tests/format/layout/resealed.h"
#include "tests/format/layout/written_extent.h"
#include "tests/support/columns.h"

namespace tape::format {
namespace {

using Bytes = std::vector<std::byte>;

constexpr RowOrder kOrders[] = {RowOrder::kStored, RowOrder::kTime, RowOrder::kArrival};

ExtentPlace OrderPlace() { return {PlaceSeed(FileKind::kOrderTape, {.table = 17}), 64}; }

// Behind what lies in the section already.
void AppendTo(Bytes& section, const ExtentPlace& place, const ColumnView& column, ExtentSpec spec) {
  spec.seeds = place.seeds;
  spec.offset = place.offset + section.size();
  const absl::Status status = ExtentWriter(BestKernels()).Append(column, spec, section);
  EXPECT_TRUE(status.ok()) << status;
}

ColumnView Int32s(const std::vector<int32_t>& values) {
  return ColumnView::Of(std::span<const int32_t>(values));
}

// Keeps the first failure.
class Outcome {
 public:
  void Add(const absl::Status& status) {
    const bool expected = status.ok() || status.code() == absl::StatusCode::kDataLoss;
    EXPECT_TRUE(expected) << status;
    if (status_.ok()) status_ = status;
  }
  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

void Stream(const SliceView& slice, Outcome& outcome) {
  std::vector<size_t> columns(slice.columns());
  std::iota(columns.begin(), columns.end(), 0);
  TimeOrderReader reader(BestKernels());
  absl::Status status = reader.Open(slice, columns);
  for (size_t seen = 0; status.ok();) {
    const absl::StatusOr<size_t> rows = reader.Next();
    status = rows.status();
    if (!rows.ok() || *rows == 0) break;
    seen += *rows;
    ASSERT_LE(seen, slice.rows());
  }
  outcome.Add(status);
}

// Every way to read.
absl::Status ReadAll(const SliceView& slice) {
  Outcome outcome;
  SliceReader reader(BestKernels());
  reader.Open(slice);
  for (size_t i = 0; i < slice.columns(); ++i) {
    for (const RowOrder order : kOrders) {
      ColumnBuffer out(slice.physical(i));
      const absl::Status status = reader.ReadColumn(i, order, out);
      EXPECT_EQ(out.rows(), status.ok() ? slice.rows() : 0);
      outcome.Add(status);
    }
    for (size_t part = 0; part <= 32; ++part) {
      ColumnBuffer out(slice.physical(i));
      outcome.Add(reader.ReadRow(i, part * (slice.rows() - 1) / 32, out));
    }
  }
  for (uint32_t code = 0; code < 6 && slice.directory().has_value(); ++code) {
    const absl::StatusOr<RowRange> range = slice.directory()->Find(reader.extents(), code);
    outcome.Add(range.status());
    const bool possible = !range.ok() || (range->begin <= range->end && range->end <= slice.rows());
    EXPECT_TRUE(possible) << code;
  }
  Stream(slice, outcome);
  return outcome.status();
}

// --- Parts that are chosen one by one.

constexpr size_t kRows = 40'000;  // two intervals of the tape, the first one sampled
constexpr int32_t kPerCode = kRows / 4;

// Times, codes 1 to 4 in turn, tickets in time order. Each two neighbours arrive in the wrong
// order.
struct Parts {
  std::vector<uint32_t> codes = {1, 2, 3, 4};
  std::vector<int32_t> first_rows = {0, kPerCode, 2 * kPerCode, 3 * kPerCode};
  std::vector<int32_t> tape = std::vector<int32_t>(kRows);
  std::vector<int32_t> samples = {8192, 8192, 8192, 8192};
  std::vector<int32_t> displacement = std::vector<int32_t>(kRows);
  uint32_t parameter = 4;
  ExtentSpec of_directory;
  ExtentSpec of_order;
  RowOrder tickets = RowOrder::kTime;
  SliceShape shape{kRows, true, {true, true, true}};

  Parts() {
    for (size_t i = 0; i < kRows; ++i) tape[i] = static_cast<int32_t>(i % 4);
    for (size_t i = 0; i < kRows; ++i) displacement[i] = i % 2 == 0 ? 1 : -1;
  }
};

class HostileSlice : public testing::Test {
 protected:
  HostileSlice() : spec_{.columns = {{}, {}, {}}, .time_column = 0, .cluster_column = 1} {
    for (uint32_t i = 0; i < 3; ++i) spec_.columns[i].place = TestPlace(64 * (i + 1));
    spec_.order_place = OrderPlace();
  }

  absl::StatusOr<SliceView> Parse(const Parts& parts) {
    std::vector<int64_t> times(parts.shape.rows);
    std::vector<int64_t> tickets(parts.shape.rows);
    std::iota(times.begin(), times.end(), 0);
    std::iota(tickets.begin(), tickets.end(), 500);
    columns_.assign(3, {});
    AppendTo(columns_[0], spec_.columns[0].place, ColumnView::Of(std::span<const int64_t>(times)),
             {});
    if (parts.shape.clustered) {
      AppendDirectoryOf(parts, columns_[1]);
    } else {
      const std::vector<uint32_t> codes(parts.shape.rows, 1);
      AppendTo(columns_[1], spec_.columns[1].place, ColumnView::Of(std::span(codes)), {});
    }
    AppendTo(columns_[2], spec_.columns[2].place, ColumnView::Of(std::span<const int64_t>(tickets)),
             {.order = parts.tickets});
    order_ = OrderOf(parts);
    const std::vector<std::span<const std::byte>> bytes(columns_.begin(), columns_.end());
    return SliceView::Parse(spec_, parts.shape, {bytes, order_});
  }

  absl::Status Read(const Parts& parts) {
    const absl::StatusOr<SliceView> slice = Parse(parts);
    return slice.ok() ? ReadAll(*slice) : slice.status();
  }

  bool Refuses(const Parts& parts) { return Read(parts).code() == absl::StatusCode::kDataLoss; }

  SliceSpec spec_;
  std::vector<Bytes> columns_;
  Bytes order_;

 private:
  void AppendDirectoryOf(const Parts& parts, Bytes& out) {
    const ExtentPlace& place = spec_.columns[1].place;
    ExtentSpec spec = parts.of_directory;
    spec.role = ExtentRole::kDirectoryCodes;
    AppendTo(out, place, ColumnView::Of(std::span(parts.codes)), spec);
    spec.role = ExtentRole::kDirectoryFirstRows;
    AppendTo(out, place, Int32s(parts.first_rows), spec);
  }

  static Bytes OrderOf(const Parts& parts) {
    Bytes order;
    ExtentSpec spec = parts.of_order;
    spec.role = ExtentRole::kOrderTape;
    if (parts.shape.order.has_tape) AppendTo(order, OrderPlace(), Int32s(parts.tape), spec);
    spec.role = ExtentRole::kTapeSamples;
    spec.parameter = parts.parameter;
    if (parts.shape.order.has_samples) AppendTo(order, OrderPlace(), Int32s(parts.samples), spec);
    spec.role = ExtentRole::kDisplacement;
    spec.parameter = 0;
    if (parts.shape.order.has_displacement) {
      AppendTo(order, OrderPlace(), Int32s(parts.displacement), spec);
    }
    return order;
  }
};

TEST_F(HostileSlice, IsReadWhereItsPartsAgree) { EXPECT_EQ(Read({}), absl::OkStatus()); }

TEST_F(HostileSlice, IsRefusedWithCodesOutOfOrder) {
  for (const std::vector<uint32_t>& codes :
       {std::vector<uint32_t>{1, 3, 2, 4}, std::vector<uint32_t>{1, 2, 2, 4},
        std::vector<uint32_t>{1, 2, 3}, std::vector<uint32_t>{}}) {
    Parts parts;
    parts.codes = codes;
    EXPECT_TRUE(Refuses(parts)) << codes.size();
  }
}

TEST_F(HostileSlice, IsRefusedWithFirstRowsOutOfOrder) {
  for (const std::vector<int32_t>& first_rows : {std::vector<int32_t>{0, 20'000, 10'000, 30'000},
                                                 std::vector<int32_t>{0, 10'000, 10'000, 30'000},
                                                 std::vector<int32_t>{1, 10'000, 20'000, 30'000},
                                                 std::vector<int32_t>{-1, 10'000, 20'000, 30'000},
                                                 std::vector<int32_t>{0, 10'000, 20'000, 40'000}}) {
    Parts parts;
    parts.first_rows = first_rows;
    EXPECT_TRUE(Refuses(parts)) << first_rows[1];
  }
}

TEST_F(HostileSlice, IsRefusedWithADirectoryOfOtherFlags) {
  Parts parts;
  parts.of_directory.keeps_bounds = false;
  EXPECT_TRUE(Refuses(parts));
  parts.of_directory = {.sensitive = true};
  EXPECT_TRUE(Refuses(parts));
  parts.of_directory = {.order = RowOrder::kArrival};
  EXPECT_TRUE(Refuses(parts));
  parts.of_directory = {.parameter = 4};
  EXPECT_TRUE(Refuses(parts));
}

TEST_F(HostileSlice, IsRefusedWithAnOrderSectionOfOtherFlags) {
  Parts parts;
  parts.of_order.keeps_bounds = false;
  EXPECT_TRUE(Refuses(parts));
  parts.of_order = {.order = RowOrder::kTime};
  EXPECT_TRUE(Refuses(parts));
}

TEST_F(HostileSlice, IsRefusedWithSamplesOfAnotherSlice) {
  for (const uint32_t parameter : {0u, 3u, 5u, 0xFFFFFFFFu}) {
    Parts parts;
    parts.parameter = parameter;
    EXPECT_TRUE(Refuses(parts)) << parameter;
  }
  for (const size_t count : {0, 3, 5, 8}) {
    Parts parts;
    parts.samples.resize(count, 1);
    EXPECT_TRUE(Refuses(parts)) << count;
  }
}

// Of the first code: fewer than none, more than an interval has rows, more than are there.
TEST_F(HostileSlice, IsRefusedWhereASampleSaysTooMany) {
  for (const int32_t sample : {-1, INT32_MIN, 32'769, INT32_MAX, 8193}) {
    Parts parts;
    parts.samples[0] = sample;
    const absl::StatusOr<SliceView> slice = Parse(parts);
    ASSERT_TRUE(slice.ok()) << slice.status();
    ExtentReader reader(BestKernels());
    EXPECT_EQ(slice->order().FindOccurrence(reader, 0, 8191).value(), 4u * 8191);
    EXPECT_EQ(slice->order().FindOccurrence(reader, 0, 8192).status().code(),
              absl::StatusCode::kDataLoss)
        << sample;
  }
}

TEST_F(HostileSlice, HasNoRowsOfARankBeyondItsLast) {
  const absl::StatusOr<SliceView> slice = Parse({});
  ASSERT_TRUE(slice.ok()) << slice.status();
  ExtentReader reader(BestKernels());
  EXPECT_EQ(slice->order().FindOccurrence(reader, 3, kPerCode - 1).value(), kRows - 1);
  EXPECT_EQ(slice->order().FindOccurrence(reader, 3, kPerCode).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(slice->order().FindOccurrence(reader, 4, 0).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(HostileSlice, IsRefusedWithoutWhatItsShapeSays) {
  Parts parts;
  parts.shape.order.has_samples = false;  // then the samples are where the displacement should be
  EXPECT_EQ(Read(parts), absl::OkStatus());
  parts.shape.order.has_tape = false;
  EXPECT_TRUE(Refuses(parts));
  parts = {};
  parts.shape.order.has_tape = false;
  EXPECT_TRUE(Refuses(parts));
  parts = {};
  parts.shape.clustered = false;
  EXPECT_TRUE(Refuses(parts));
  parts.shape.order.has_tape = false;
  EXPECT_TRUE(Refuses(parts));
}

TEST_F(HostileSlice, IsRefusedWithRanksAndArrivalsOutOfRange) {
  for (const int32_t rank : {-1, 4, INT32_MAX}) {
    Parts parts;
    parts.tape[39'000] = rank;
    EXPECT_TRUE(Refuses(parts)) << rank;
  }
  for (const int32_t displacement : {-1, 2, 40'000, INT32_MAX, INT32_MIN}) {
    Parts parts;
    parts.displacement[0] = displacement;
    EXPECT_TRUE(Refuses(parts)) << displacement;
  }
}

TEST_F(HostileSlice, IsRefusedInAnOrderThatIsAnotherOne) {
  Parts parts;
  parts.shape.order.has_displacement = false;
  EXPECT_TRUE(Refuses(parts));
  parts.tickets = RowOrder::kArrival;
  EXPECT_EQ(Read(parts), absl::OkStatus());
  parts.shape = {kRows, false, {}};
  EXPECT_TRUE(Refuses(parts));
  parts.tickets = RowOrder::kStored;
  EXPECT_EQ(Read(parts), absl::OkStatus());
  parts.shape.order.has_displacement = true;
  EXPECT_EQ(Read(parts), absl::OkStatus());
  parts.tickets = RowOrder::kTime;
  EXPECT_TRUE(Refuses(parts));
}

TEST_F(HostileSlice, IsRefusedWhereASensitiveColumnHasADirectory) {
  spec_.columns[1].sensitive = true;
  EXPECT_TRUE(Refuses({}));
}

TEST_F(HostileSlice, IsRefusedWithNoneOrTooManyRows) {
  Parts parts;
  parts.tickets = RowOrder::kStored;
  for (const uint32_t rows : {uint32_t{1}, uint32_t{kMaxSliceRows}}) {
    parts.shape = {rows, false, {}};
    EXPECT_EQ(Read(parts), absl::OkStatus()) << rows;
  }
  for (const uint32_t rows : {uint32_t{0}, uint32_t{kMaxSliceRows} + 1}) {
    parts.shape = {rows, false, {}};
    EXPECT_TRUE(Refuses(parts)) << rows;
  }
}

TEST(HostileExtentFlags, OfTwoOrdersAreRefused) {
  const std::vector<int64_t> values = {1, 2, 3};
  WrittenExtent written =
      WriteExtent(ColumnView::Of(std::span(values)), {.order = RowOrder::kTime});
  ASSERT_TRUE(written.Parse().ok());
  written.bytes[offsetof(ExtentHeader, flags)] |= std::byte{kArrivalOrder};
  Reseal(written.bytes, written.place);
  EXPECT_EQ(written.Parse().status().code(), absl::StatusCode::kDataLoss);
}

// --- A directory of several blocks, whose look-ups trust the bounds.

TEST(HostileDirectory, IsRefusedWithBlocksOutOfOrder) {
  std::vector<uint32_t> codes(3000);
  std::vector<int32_t> first_rows(3000);
  std::iota(codes.begin(), codes.end(), 1);
  for (size_t i = 0; i < 3000; ++i) first_rows[i] = static_cast<int32_t>(4 * i);
  const auto parse = [&] {
    Bytes bytes;
    AppendTo(bytes, TestPlace(), ColumnView::Of(std::span<const uint32_t>(codes)),
             {.role = ExtentRole::kDirectoryCodes});
    AppendTo(bytes, TestPlace(), Int32s(first_rows), {.role = ExtentRole::kDirectoryFirstRows});
    const absl::StatusOr<Directory> directory = Directory::Parse(bytes, TestPlace(), 12'000);
    if (!directory.ok()) return directory.status();
    ExtentReader reader(BestKernels());
    for (size_t row = 0; row < 12'000; row += 7) {
      const absl::StatusOr<RankedRow> ranked = directory->RankOf(reader, row);
      if (!ranked.ok()) return ranked.status();
      EXPECT_EQ(ranked->rank, row / 4);
      EXPECT_EQ(ranked->index, row % 4);
    }
    return absl::OkStatus();
  };
  EXPECT_EQ(parse(), absl::OkStatus());
  std::swap(first_rows[1023], first_rows[1024]);
  EXPECT_EQ(parse().code(), absl::StatusCode::kDataLoss);
  std::swap(first_rows[1023], first_rows[1024]);
  codes[1024] = codes[1023];
  EXPECT_EQ(parse().code(), absl::StatusCode::kDataLoss);
  codes[1024] = codes[1023] + 1;
  first_rows.back() = 12'000;
  EXPECT_EQ(parse().code(), absl::StatusCode::kDataLoss);
  first_rows.back() = 11'996;
  EXPECT_EQ(parse(), absl::OkStatus());
  std::swap(first_rows[1500], first_rows[1600]);
  EXPECT_EQ(parse().code(), absl::StatusCode::kDataLoss);
}

// --- Anything at all.

// A late slice with every kind of part, and where the extents of each part begin.
class MutatedSlice {
 public:
  MutatedSlice() : spec_{.columns = {{}, {}, {}, {}, {}}, .time_column = 0, .cluster_column = 1} {
    constexpr size_t kFew = 2500;
    ColumnBuffer times(Physical::kInt64), codes(Physical::kCode32), ids(Physical::kInt64),
        tickets(Physical::kInt64);
    for (size_t i = 0; i < kFew; ++i) {
      const size_t late = i % 16 == 5 ? i + 7 : i;
      times.Append(static_cast<int64_t>(1000 * i - (i % 16 == 5 ? 6500 : 0)));
      codes.Append(static_cast<uint32_t>(1 + late * late % 7));
      ids.Append(static_cast<int64_t>(7'000 + i));
      tickets.Append(times.view().Values<int64_t>()[i] / 500);
    }
    const support::TestColumn notes =
        support::MakeColumn({Physical::kBytes, support::Law::kJson, kFew, support::Nulls::kHalf});
    const ColumnView columns[] = {times.view(), codes.view(), ids.view(), tickets.view(),
                                  notes.view()};
    for (size_t i = 0; i < 5; ++i) spec_.columns[i].place = TestPlace(4096 * (i + 1));
    spec_.order_place = OrderPlace();
    EXPECT_TRUE(SliceBuilder(BestKernels()).Build(columns, spec_, built_).ok());
    EXPECT_TRUE(built_.shape.order.has_tape && built_.shape.order.has_displacement);
    for (size_t i = 0; i < 5; ++i) AddExtents(i, built_.columns[i], spec_.columns[i].place);
    AddExtents(5, built_.order, spec_.order_place);
  }

  absl::Status Read(Mutator& mutator) const {
    std::vector<Bytes> parts = built_.columns;
    parts.push_back(built_.order);
    const size_t changes = mutator.Below(3);
    for (size_t i = 0; i <= changes; ++i) {
      const Extent& extent = extents_[mutator.Below(extents_.size())];
      const std::span<std::byte> bytes =
          std::span(parts[extent.part]).subspan(extent.at, extent.size);
      mutator.Mutate(bytes);
      Reseal(bytes, extent.place);
    }
    const std::vector<std::span<const std::byte>> columns(parts.begin(), parts.end() - 1);
    const absl::StatusOr<SliceView> slice =
        SliceView::Parse(spec_, built_.shape, {columns, parts.back()});
    return slice.ok() ? ReadAll(*slice) : slice.status();
  }

  size_t extents() const { return extents_.size(); }

 private:
  struct Extent {
    size_t part;
    size_t at;
    size_t size;
    ExtentPlace place;
  };

  void AddExtents(size_t part, const Bytes& bytes, const ExtentPlace& place) {
    for (size_t at = 0; at < bytes.size();) {
      const ExtentPlace here{place.seeds, place.offset + at};
      const absl::StatusOr<ExtentView> extent =
          ExtentView::Parse(std::span(bytes).subspan(at), here);
      ASSERT_TRUE(extent.ok()) << extent.status();
      extents_.push_back({part, at, extent->size_bytes(), here});
      at += extent->size_bytes();
    }
  }

  SliceSpec spec_;
  BuiltSlice built_;
  std::vector<Extent> extents_;
};

TEST(MutatedSlices, AreRefusedOrReadWithoutHarm) {
  constexpr size_t kRounds = 1500;
  const MutatedSlice slice;
  ASSERT_EQ(slice.extents(), 8u);
  size_t refused = 0;
  ForgetAllocations();
  for (size_t round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(testing::Message() << "round " << round);
    Mutator mutator(round);
    const absl::Status status = slice.Read(mutator);
    ASSERT_TRUE(status.ok() || status.code() == absl::StatusCode::kDataLoss) << status;
    refused += status.ok() ? 0 : 1;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(refused, kRounds / 3);
  EXPECT_LT(refused, kRounds);
  EXPECT_LE(LargestAllocation(), size_t{4} << 20);
  RecordProperty("refused", static_cast<int>(refused));
  RecordProperty("largest_allocation", static_cast<int>(LargestAllocation()));
}

TEST(LargestAllocations, CountEveryFormOfNew) {
  constexpr size_t kSize = 12'345;
  constexpr auto kAligned = std::align_val_t{64};
  ForgetAllocations();
  void* memory[] = {::operator new(kSize, std::nothrow), ::operator new[](kSize + 1, std::nothrow),
                    ::operator new(kSize + 2, kAligned, std::nothrow),
                    ::operator new[](kSize + 3, kAligned)};
  EXPECT_EQ(LargestAllocation(), kSize + 3);
  ::operator delete(memory[0], std::nothrow);
  ::operator delete[](memory[1], std::nothrow);
  ::operator delete(memory[2], kAligned, std::nothrow);
  ::operator delete[](memory[3], kAligned);
}

}  // namespace
}  // namespace tape::format
