// Damaged slices: every bit flipped, every length cut, every part elsewhere. What comes back is an
// error, never other values.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "format/layout/slice_view.h"
#include "format/layout/time_order_reader.h"
#include "tests/support/columns.h"

namespace tape::format {
namespace {

using support::Law;
using support::LawsOf;
using support::MakeColumn;
using support::Nulls;
using support::SameRows;
using support::TestColumn;

using Bytes = std::vector<std::byte>;

ExtentPlace PlaceOf(uint32_t column, uint64_t offset = 64) {
  return {PlaceSeed(FileKind::kColumn, {.table = 17, .column = column, .generation = 1}), offset};
}

// A copy that ends where a mapping could: 64-bit aligned, so that a sanitizer sees every read
// outside.
class Copy {
 public:
  explicit Copy(const Bytes& bytes) : words_((bytes.size() + 7) / 8), size_(bytes.size()) {
    if (size_ != 0) std::memcpy(words_.data(), bytes.data(), size_);
  }
  void Flip(size_t bit) {
    reinterpret_cast<uint8_t*>(words_.data())[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
  }
  std::span<const std::byte> view() const {
    return std::as_bytes(std::span<const uint64_t>(words_)).first(size_);
  }

 private:
  std::vector<uint64_t> words_;
  size_t size_;
};

Bytes WriteExtent(const ColumnView& column, bool sensitive = false) {
  Bytes bytes;
  const ExtentPlace place = PlaceOf(3);
  const absl::Status status =
      ExtentWriter(BestKernels())
          .Append(column, {.seeds = place.seeds, .offset = place.offset, .sensitive = sensitive},
                  bytes);
  EXPECT_TRUE(status.ok()) << status;
  return bytes;
}

absl::Status ReadExtent(std::span<const std::byte> bytes, const ExtentPlace& place,
                        ColumnBuffer& out) {
  absl::StatusOr<ExtentView> extent = ExtentView::Parse(bytes, place);
  if (!extent.ok()) return extent.status();
  if (extent->physical() != out.physical()) return absl::DataLossError("another form");
  return ExtentReader(BestKernels()).AppendAll(*extent, out);
}

// Columns that together use every encoding, with and without dictionary and NULLs.
std::vector<TestColumn> Samples() {
  std::vector<TestColumn> samples;
  for (const Physical physical : support::AllPhysicals()) {
    for (const Law law : LawsOf(physical)) {
      if (law == Law::kOneLarge || law == Law::kIncompressible || law == Law::kArrays) continue;
      const Nulls nulls = samples.size() % 3 == 0 ? Nulls::kHalf : Nulls::kNone;
      samples.push_back(MakeColumn({physical, law, 40, nulls}));
    }
    samples.push_back(MakeColumn({physical, Law::kFewDistinct, 1100, Nulls::kNone}));
  }
  return samples;
}

TEST(DamagedExtent, RefusesEveryFlippedBit) {
  size_t flips = 0;
  for (const TestColumn& column : Samples()) {
    const Bytes bytes = WriteExtent(column.view());
    const size_t step = bytes.size() > 2000 ? 7 : 1;  // small ones bit by bit, the others sampled
    for (size_t bit = 0; bit < bytes.size() * 8; bit += step) {
      Copy damaged(bytes);
      damaged.Flip(bit);
      ColumnBuffer out(column.physical());
      const absl::Status status = ReadExtent(damaged.view(), PlaceOf(3), out);
      ASSERT_EQ(status.code(), absl::StatusCode::kDataLoss) << "bit " << bit << ": " << status;
      ++flips;
    }
  }
  EXPECT_GT(flips, 100'000u);
}

TEST(DamagedExtent, RefusesEveryTruncation) {
  for (const TestColumn& column : Samples()) {
    const Bytes bytes = WriteExtent(column.view());
    for (size_t size = 0; size<bytes.size(); size += bytes.size()> 2000 ? 13 : 1) {
      const Copy cut(Bytes(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)));
      ColumnBuffer out(column.physical());
      ASSERT_EQ(ReadExtent(cut.view(), PlaceOf(3), out).code(), absl::StatusCode::kDataLoss)
          << "cut at " << size;
    }
  }
}

TEST(DamagedExtent, RefusesAnotherPlace) {
  const TestColumn column = MakeColumn({Physical::kInt64, Law::kWalk, 2000});
  const Copy bytes(WriteExtent(column.view()));
  FileIdentity file{.table = 17, .column = 3, .generation = 1};
  ColumnBuffer out(Physical::kInt64);
  const auto refused = [&](const ExtentPlace& place) {
    return ReadExtent(bytes.view(), place, out).code() == absl::StatusCode::kDataLoss;
  };
  ASSERT_TRUE(ReadExtent(bytes.view(), PlaceOf(3), out).ok());
  EXPECT_TRUE(refused(PlaceOf(3, 128)));
  EXPECT_TRUE(refused(PlaceOf(4)));
  EXPECT_TRUE(refused({PlaceSeed(FileKind::kOrderTape, file), 64}));
  for (uint32_t* field : {&file.table, &file.generation}) {
    *field += 1;
    EXPECT_TRUE(refused({PlaceSeed(FileKind::kColumn, file), 64}));
    *field -= 1;
  }
  file.store[15] ^= 1;
  EXPECT_TRUE(refused({PlaceSeed(FileKind::kColumn, file), 64}));
}

// A slice with directory, tape, samples and displacement, small but for what samples need.
class DamagedSlice : public testing::Test {
 protected:
  void Build(size_t rows) {
    std::mt19937_64 random(4);
    for (size_t i = 0; i < rows; ++i) {
      times_.push_back(static_cast<int64_t>(1000 * i - (random() % 50 == 0 ? 5000 : 0)));
      codes_.push_back(static_cast<uint32_t>(1 + random() % (1 + random() % 9)));
      ids_.push_back(static_cast<int64_t>(7'000 + i));
    }
    columns_ = {ColumnView::Of(std::span<const int64_t>(times_)),
                ColumnView::Of(std::span<const uint32_t>(codes_)),
                ColumnView::Of(std::span<const int64_t>(ids_))};
    for (uint32_t i = 0; i < 3; ++i) spec_.columns.push_back({.id = i, .place = PlaceOf(i)});
    spec_.time_column = 0;
    spec_.cluster_column = 1;
    spec_.order_place = {PlaceSeed(FileKind::kOrderTape, {.table = 17}), 64};
    ASSERT_TRUE(SliceBuilder(BestKernels()).Build(columns_, spec_, built_).ok());
    ASSERT_TRUE(built_.shape.order.has_tape && built_.shape.order.has_displacement);
  }

  // Reads everything; the values, if they come, must be the right ones.
  absl::Status ReadAll(const std::vector<Copy>& parts) {
    std::vector<std::span<const std::byte>> bytes;
    for (size_t i = 0; i < 3; ++i) bytes.push_back(parts[i].view());
    absl::StatusOr<SliceView> slice =
        SliceView::Parse(spec_, built_.shape, {bytes, parts[3].view()});
    if (!slice.ok()) return slice.status();
    SliceReader reader(BestKernels());
    reader.Open(*slice);
    for (size_t i = 0; i < 3; ++i) {
      ColumnBuffer back(columns_[i].physical());
      absl::Status status = reader.ReadColumn(i, RowOrder::kArrival, back);
      if (!status.ok()) return status;
      EXPECT_TRUE(SameRows(columns_[i], back.view())) << "other values, column " << i;
    }
    ColumnBuffer back(Physical::kInt64);
    return reader.ReadRow(2, slice->rows() - 1, back);  // asks the samples
  }

  absl::Status StreamAll(const std::vector<Copy>& parts) {
    const std::vector<std::span<const std::byte>> bytes = {parts[0].view(), parts[1].view(),
                                                           parts[2].view()};
    absl::StatusOr<SliceView> slice =
        SliceView::Parse(spec_, built_.shape, {bytes, parts[3].view()});
    if (!slice.ok()) return slice.status();
    constexpr size_t kColumns[] = {0, 1, 2};
    TimeOrderReader reader(BestKernels());
    if (absl::Status status = reader.Open(*slice, kColumns); !status.ok()) return status;
    for (;;) {
      absl::StatusOr<size_t> rows = reader.Next();
      if (!rows.ok() || *rows == 0) return rows.status();
    }
  }

  std::vector<Copy> Parts() const {
    return {Copy(built_.columns[0]), Copy(built_.columns[1]), Copy(built_.columns[2]),
            Copy(built_.order)};
  }

  std::vector<int64_t> times_, ids_;
  std::vector<uint32_t> codes_;
  std::vector<ColumnView> columns_;
  SliceSpec spec_;
  BuiltSlice built_;
};

TEST_F(DamagedSlice, RefusesEveryFlippedBit) {
  Build(150);
  ASSERT_TRUE(ReadAll(Parts()).ok());
  for (size_t part = 0; part < 4; ++part) {
    const size_t size = part < 3 ? built_.columns[part].size() : built_.order.size();
    for (size_t bit = 0; bit < size * 8; ++bit) {
      std::vector<Copy> parts = Parts();
      parts[part].Flip(bit);
      ASSERT_EQ(ReadAll(parts).code(), absl::StatusCode::kDataLoss)
          << "part " << part << " bit " << bit;
    }
  }
}

TEST_F(DamagedSlice, RefusesEveryTruncation) {
  Build(150);
  for (size_t part = 0; part < 4; ++part) {
    const Bytes& whole = part < 3 ? built_.columns[part] : built_.order;
    for (size_t size = 0; size < whole.size(); ++size) {
      std::vector<Copy> parts = Parts();
      parts[part] = Copy(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)));
      ASSERT_EQ(ReadAll(parts).code(), absl::StatusCode::kDataLoss)
          << "part " << part << " cut at " << size;
    }
  }
}

TEST_F(DamagedSlice, RefusesFlippedBitsInSamples) {
  Build(40'000);
  ASSERT_TRUE(built_.shape.order.has_samples);
  ASSERT_TRUE(ReadAll(Parts()).ok());
  std::mt19937_64 random(5);
  for (int round = 0; round < 300; ++round) {
    std::vector<Copy> parts = Parts();
    const size_t part = random() % 4;
    parts[part].Flip(random() % (parts[part].view().size() * 8));
    ASSERT_EQ(ReadAll(parts).code(), absl::StatusCode::kDataLoss) << "round " << round;
  }
}

TEST_F(DamagedSlice, RefusesPartsOfAnotherSlice) {
  Build(150);
  BuiltSlice other;
  const std::vector<ColumnView> fewer = {columns_[0].Slice(0, 149), columns_[1].Slice(0, 149),
                                         columns_[2].Slice(0, 149)};
  ASSERT_TRUE(SliceBuilder(BestKernels()).Build(fewer, spec_, other).ok());
  for (size_t part = 0; part < 4; ++part) {
    std::vector<Copy> parts = Parts();
    parts[part] = Copy(part < 3 ? other.columns[part] : other.order);
    EXPECT_EQ(ReadAll(parts).code(), absl::StatusCode::kDataLoss) << "part " << part;
  }
}

// Right checksums, right place, as many rows and codes: only the walk can tell that the tape
// belongs to other rows.
TEST_F(DamagedSlice, RefusesATapeThatDisagreesWithTheDirectory) {
  Build(150);
  std::vector<uint32_t> codes = codes_;
  const auto common = std::find(codes.begin(), codes.end(), 1u);
  ASSERT_NE(common, codes.end());
  *common = 2;
  BuiltSlice other;
  const std::vector<ColumnView> columns = {
      columns_[0], ColumnView::Of(std::span<const uint32_t>(codes)), columns_[2]};
  ASSERT_TRUE(SliceBuilder(BestKernels()).Build(columns, spec_, other).ok());
  ASSERT_EQ(other.shape, built_.shape);
  std::vector<Copy> parts = Parts();
  parts[3] = Copy(other.order);
  EXPECT_EQ(ReadAll(parts).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(StreamAll(parts).code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(StreamAll(Parts()).ok());
}

}  // namespace
}  // namespace tape::format
