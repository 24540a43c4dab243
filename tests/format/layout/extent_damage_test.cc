// Every flipped bit and every missing byte of an extent is noticed, and so is an extent that lies
// where another one belongs.
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <utility>
#include <vector>

#include "format/layout/extent_view.h"
#include "format/layout/extent_writer.h"
#include "tests/format/layout/extent_samples.h"
#include "tests/format/layout/written_extent.h"
#include "tests/support/columns.h"

namespace tape::format {
namespace {

using support::SameRows;

const std::vector<ExtentSample>& Samples() {
  static const std::vector<ExtentSample> samples = ExtentSamples();
  return samples;
}

void Flip(std::vector<std::byte>& bytes, size_t bit) {
  bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
}

// Parses and reads all rows.
absl::Status ReadAll(const WrittenExtent& written, ExtentReader& reader, ColumnBuffer& out) {
  absl::StatusOr<ExtentView> extent = written.Parse();
  if (!extent.ok()) return extent.status();
  if (extent->physical() != out.physical()) return absl::OkStatus();  // unnoticed
  return reader.AppendAll(*extent, out);
}

TEST(ExtentSampling, HasEveryEncodingOfEveryForm) {
  std::set<std::pair<Physical, Encoding>> found;
  for (const ExtentSample& sample : Samples()) {
    absl::StatusOr<ExtentView> extent = sample.extent.Parse();
    ASSERT_TRUE(extent.ok()) << sample.name << ": " << extent.status();
    for (size_t block = 0; block < extent->blocks(); ++block) {
      found.emplace(extent->physical(), extent->Prefix(block).word.encoding);
    }
  }
  const auto expect = [&](std::initializer_list<Physical> forms,
                          std::initializer_list<Encoding> encodings) {
    for (const Physical physical : forms) {
      for (const Encoding encoding : encodings) {
        EXPECT_TRUE(found.contains({physical, encoding}))
            << support::Name(physical) << " " << static_cast<int>(encoding);
      }
    }
  };
  expect({Physical::kBool}, {Encoding::kConstant, Encoding::kFrame});
  expect({Physical::kInt16, Physical::kInt32, Physical::kInt64, Physical::kCode32},
         {Encoding::kConstant, Encoding::kFrame, Encoding::kDelta, Encoding::kDictionary});
  expect({Physical::kInt128}, {Encoding::kConstant, Encoding::kDictionary, Encoding::kRaw,
                               Encoding::kOffset, Encoding::kSplit});
  expect({Physical::kFloat32, Physical::kFloat64},
         {Encoding::kConstant, Encoding::kDictionary, Encoding::kRaw, Encoding::kScaled});
  expect({Physical::kBytes}, {Encoding::kConstant, Encoding::kDictionary, Encoding::kPages});
}

TEST(ExtentDamage, EveryFlippedBitIsNoticed) {
  ExtentReader reader(BestKernels());
  size_t flipped = 0;
  for (const ExtentSample& sample : Samples()) {
    WrittenExtent damaged = sample.extent;
    ColumnBuffer read(sample.rows.physical());
    ASSERT_TRUE(ReadAll(damaged, reader, read).ok()) << sample.name;
    ASSERT_TRUE(SameRows(sample.rows.view(), read.view())) << sample.name;
    for (size_t bit = 0; bit < damaged.bytes.size() * 8; ++bit) {
      Flip(damaged.bytes, bit);
      read.Clear();
      const absl::Status status = ReadAll(damaged, reader, read);
      Flip(damaged.bytes, bit);
      ASSERT_EQ(status.code(), absl::StatusCode::kDataLoss)
          << sample.name << ", byte " << bit / 8 << ", bit " << bit % 8 << ": " << status;
      ++flipped;
    }
  }
  RecordProperty("flipped_bits", static_cast<int>(flipped));
}

// A point read looks at one block only: what it gives is right, or an error.
TEST(ExtentDamage, FlippedBitsNeverChangeASingleRow) {
  ExtentReader reader(BestKernels());
  for (const ExtentSample& sample : Samples()) {
    if (sample.rows.rows() == 0) continue;
    const size_t row = sample.rows.rows() / 2;
    const ColumnView expected = sample.rows.view().Slice(row, 1);
    WrittenExtent damaged = sample.extent;
    ColumnBuffer read(sample.rows.physical());
    for (size_t bit = 0; bit < damaged.bytes.size() * 8; bit += 3) {
      Flip(damaged.bytes, bit);
      read.Clear();
      absl::StatusOr<ExtentView> extent = damaged.Parse();
      absl::Status status = extent.status();
      if (extent.ok()) status = reader.AppendRow(*extent, row, read);
      Flip(damaged.bytes, bit);
      if (status.ok()) {
        ASSERT_TRUE(SameRows(expected, read.view())) << sample.name << ", byte " << bit / 8;
      } else {
        ASSERT_EQ(status.code(), absl::StatusCode::kDataLoss) << sample.name << ": " << status;
      }
    }
  }
}

TEST(ExtentDamage, EveryMissingByteIsNoticed) {
  for (const ExtentSample& sample : Samples()) {
    for (size_t size = 0; size < sample.extent.bytes.size(); ++size) {
      const std::vector<std::byte> cut(sample.extent.bytes.begin(),
                                       sample.extent.bytes.begin() + static_cast<ptrdiff_t>(size));
      ASSERT_EQ(ExtentView::Parse(cut, sample.extent.place).status().code(),
                absl::StatusCode::kDataLoss)
          << sample.name << ", " << size << " bytes";
    }
  }
}

// Zeros in the place of bytes that never reached the disk.
TEST(ExtentDamage, EveryTailOfZerosIsNoticed) {
  ExtentReader reader(BestKernels());
  for (const ExtentSample& sample : Samples()) {
    WrittenExtent damaged = sample.extent;
    size_t at = damaged.bytes.size();
    while (at > 0 && damaged.bytes[at - 1] == std::byte{0}) --at;
    while (at > 0) {
      damaged.bytes[--at] = std::byte{0};
      if (sample.extent.bytes[at] == std::byte{0}) continue;
      ColumnBuffer read(sample.rows.physical());
      ASSERT_EQ(ReadAll(damaged, reader, read).code(), absl::StatusCode::kDataLoss)
          << sample.name << ", zeros from " << at;
    }
  }
}

std::vector<ExtentPlace> OtherPlaces() {
  const FileIdentity file = TestFile();
  const uint64_t offset = TestPlace().offset;
  std::vector<ExtentPlace> places;
  for (const uint64_t other : {uint64_t{0}, offset - 64, offset + 64, offset * 2, offset << 20}) {
    places.push_back({PlaceSeed(FileKind::kColumn, file), other});
  }
  std::array<FileIdentity, 7> others;
  others.fill(file);
  others[0].column += 1;
  others[1].table += 1;
  others[2].generation += 1;
  others[3].day += 1;
  others[4].store[15] ^= 1;
  others[5].day = kNoDay;
  others[6] = {};
  for (const FileIdentity& other : others) {
    places.push_back({PlaceSeed(FileKind::kColumn, other), offset});
  }
  places.push_back({PlaceSeed(FileKind::kOrderTape, file), offset});
  places.push_back({PlaceSeed(FileKind::kKills, file), offset});
  places.push_back({PlaceSeed(FileKind::kColumn, file, /*salt=*/1), offset});
  return places;
}

TEST(ExtentDamage, ExtentsAtAnotherPlaceAreRefused) {
  for (const ExtentSample& sample : Samples()) {
    for (const ExtentPlace& place : OtherPlaces()) {
      ASSERT_EQ(ExtentView::Parse(sample.extent.bytes, place).status().code(),
                absl::StatusCode::kDataLoss)
          << sample.name << " at " << place.offset;
    }
  }
}

// Blocks of one extent are no blocks of another, nor of another place in their own.
TEST(ExtentDamage, SwappedBlocksAreNoticed) {
  using support::Law;
  using support::Nulls;
  const ExtentSample sample =
      MakeExtentSample({Physical::kInt64, Law::kRandom, 2048, Nulls::kNone}, {});
  absl::StatusOr<ExtentView> extent = sample.extent.Parse();
  ASSERT_TRUE(extent.ok()) << extent.status();
  const std::span<const std::byte> first = extent->BlockData(0);
  const std::span<const std::byte> second = extent->BlockData(1);
  ASSERT_EQ(first.size(), second.size());
  WrittenExtent swapped = sample.extent;
  std::byte* const data = swapped.bytes.data() + (first.data() - sample.extent.bytes.data());
  std::copy(second.begin(), second.end(), data);
  std::copy(first.begin(), first.end(), data + first.size());
  ExtentReader reader(BestKernels());
  ColumnBuffer read(Physical::kInt64);
  EXPECT_EQ(ReadAll(swapped, reader, read).code(), absl::StatusCode::kDataLoss);
}

// The damage is in the second block: what the first one gave goes again.
TEST(ExtentDamage, LeavesNothingOfAColumnThatFails) {
  ExtentReader reader(BestKernels());
  for (const Physical physical : support::AllPhysicals()) {
    for (const support::Nulls nulls : {support::Nulls::kNone, support::Nulls::kHalf}) {
      SCOPED_TRACE(support::Name(physical));
      const support::TestColumn column =
          support::MakeColumn({physical, support::Law::kAlternating, 2000, nulls});
      WrittenExtent damaged = WriteExtent(column.view());
      absl::StatusOr<ExtentView> extent = damaged.Parse();
      ASSERT_TRUE(extent.ok()) << extent.status();
      const std::span<const std::byte> data = extent->BlockData(1);
      Flip(damaged.bytes, 8 * static_cast<size_t>(data.data() - damaged.bytes.data()));
      ColumnBuffer out(physical);
      out.AppendColumn(column.view().Slice(0, 3));
      EXPECT_EQ(ReadAll(damaged, reader, out).code(), absl::StatusCode::kDataLoss);
      EXPECT_TRUE(SameRows(column.view().Slice(0, 3), out.view()));
    }
  }
}

}  // namespace
}  // namespace tape::format
