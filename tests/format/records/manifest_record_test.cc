#include "format/records/manifest_record.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "format/bytes/little_endian.h"
#include "tests/format/records/manifests.h"

namespace tape::format {
namespace {

using Bytes = std::vector<std::byte>;

Bytes WriteRecord(const ManifestRecord& record, ManifestFrame type = ManifestFrame::kChange) {
  Bytes bytes;
  const absl::Status status = WriteManifestRecord(record, type, kDurableOfTests, bytes);
  EXPECT_TRUE(status.ok()) << status;
  return bytes;
}

absl::StatusOr<ManifestRecord> Read(std::span<const std::byte> bytes,
                                    ManifestFrame type = ManifestFrame::kChange) {
  return ManifestRecord::Parse(bytes, type, kDurableOfTests);
}

ManifestRecord EveryKind() {
  return RecordOf(
      7, {SliceOf(1, 0, 20109), SliceGone{4}, BytesEntry{PlaceOf(FileKind::kKills, 0, 20109)},
          BytesGone{PlaceOf(FileKind::kKeyExtents, 2, kNoDay)},
          SymbolsEntry{ColumnId(2), Generation(1), 40, 99, 1024}, DayGone{Day(20108)}});
}

TEST(ManifestRecord, EveryKindOfEntryComesBack) {
  const ManifestRecord record = EveryKind();
  const Bytes bytes = WriteRecord(record);
  const auto read = Read(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->number, 7u);
  EXPECT_EQ(read->sealed_rows, RowNumber(1'000'000));
  EXPECT_EQ(read->history, Lsn(3));
  EXPECT_EQ(read->schema_version, 2u);
  EXPECT_EQ(read->time, 77);
  EXPECT_EQ(read->next_slice, 100u);
  ASSERT_EQ(read->entries.size(), 6u);
  EXPECT_EQ(WriteRecord(*read), bytes);
  const auto& slice = std::get<SliceEntry>(read->entries[0]);
  EXPECT_EQ(slice.shape, (SliceShape{1000, true, {true, true, false}}));
  EXPECT_EQ(slice.ColumnPlaces().size(), 3u);
  ASSERT_NE(slice.OrderTapePlace(), nullptr);
  EXPECT_EQ(slice.OrderTapePlace()->kind, FileKind::kOrderTape);
  EXPECT_EQ(slice.SummaryPlace(), PlaceOf(FileKind::kSummary, 0, 20109));
  EXPECT_EQ(std::get<SymbolsEntry>(read->entries[4]),
            (SymbolsEntry{ColumnId(2), Generation(1), 40, 99, 1024}));
}

TEST(ManifestRecord, LsnsAndFoldsComeBack) {
  SliceEntry slice = SliceOf(1, 0, 20109);
  slice.folded = true;
  slice.has_lsns = true;
  const Place lsns = PlaceOf(FileKind::kLsns, 0, 20109);
  slice.places.insert(slice.places.end() - 1, lsns);
  const auto read = Read(WriteRecord(RecordOf(7, {slice})));
  ASSERT_TRUE(read.ok()) << read.status();
  const auto& found = std::get<SliceEntry>(read->entries[0]);
  EXPECT_TRUE(found.folded && found.has_lsns && !found.attached);
  EXPECT_EQ(found.ColumnPlaces().size(), 3u);
  EXPECT_EQ(found.OrderTapePlace()->kind, FileKind::kOrderTape);
  ASSERT_NE(found.LsnsPlace(), nullptr);
  EXPECT_EQ(*found.LsnsPlace(), lsns);
  EXPECT_EQ(found.SummaryPlace(), PlaceOf(FileKind::kSummary, 0, 20109));
}

TEST(ManifestRecord, ASliceOfTenColumnsHasTheSizeOfTheDocument) {
  SliceEntry slice = SliceOf(1, 0, 20109, 10);
  slice.runs = {{RowNumber(0), 1000}};
  EXPECT_EQ(WriteRecord(RecordOf(1, {slice})).size(), 48u + 568);
}

TEST(ManifestRecord, EveryTruncationIsRefused) {
  const Bytes bytes = WriteRecord(EveryKind());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(Read(std::span(bytes).first(size)).status().code(), absl::StatusCode::kDataLoss)
        << size;
  }
  Bytes longer = bytes;
  longer.resize(bytes.size() + 8);
  EXPECT_FALSE(Read(longer).ok());
}

// What is let through is what would be written.
TEST(ManifestRecord, EveryFlippedBitIsRefusedOrAnotherRecord) {
  const Bytes bytes = WriteRecord(EveryKind());
  size_t refused = 0;
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes damaged = bytes;
    damaged[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    const auto read = Read(damaged);
    if (read.ok()) {
      ASSERT_EQ(WriteRecord(*read), damaged) << bit;
    } else {
      ASSERT_EQ(read.status().code(), absl::StatusCode::kDataLoss) << bit;
      ++refused;
    }
  }
  EXPECT_GT(refused, bytes.size() * 2);
}

TEST(ManifestRecord, ACheckpointHasNothingThatGoes) {
  EXPECT_TRUE(Read(WriteRecord(RecordOf(1, {SliceOf(1, 0, 3)}, 2), ManifestFrame::kCheckpoint),
                   ManifestFrame::kCheckpoint)
                  .ok());
  for (const ManifestEntry& gone : {ManifestEntry(SliceGone{4}), ManifestEntry(DayGone{Day(1)}),
                                    ManifestEntry(BytesGone{PlaceOf(FileKind::kKills, 0, 3)})}) {
    const Bytes bytes = WriteRecord(RecordOf(1, {gone}));
    EXPECT_TRUE(Read(bytes).ok());
    EXPECT_FALSE(Read(bytes, ManifestFrame::kCheckpoint).ok());
  }
}

TEST(ManifestRecord, SlicesThatCannotBeAreNeitherWrittenNorRead) {
  const std::vector<std::function<void(SliceEntry&)>> changes = {
      [](SliceEntry& slice) { slice.slice = 0; },
      [](SliceEntry& slice) { slice.slice = 100; },
      [](SliceEntry& slice) { slice.shape.rows = 999; },
      [](SliceEntry& slice) { slice.shape.order.has_tape = false; },
      [](SliceEntry& slice) { slice.shape.order = {}; },
      [](SliceEntry& slice) { slice.has_lsns = true; },
      [](SliceEntry& slice) {
        slice.has_lsns = true;
        slice.places.insert(slice.places.end() - 1, PlaceOf(FileKind::kLsns, 0, 20109));
        slice.least_lsn = slice.greatest_lsn;
      },
      [](SliceEntry& slice) { slice.least_time = 10; },
      [](SliceEntry& slice) { slice.least_lsn = Lsn(0); },
      [](SliceEntry& slice) { slice.least_lsn = Lsn(21); },
      [](SliceEntry& slice) { slice.greatest_lsn = kDurableOfTests + 1; },
      [](SliceEntry& slice) { slice.runs[1].first = RowNumber(400); },
      [](SliceEntry& slice) { slice.runs[1].first = RowNumber(~uint64_t{0} - 5); },
      [](SliceEntry& slice) { slice.runs.clear(); },
      [](SliceEntry& slice) { slice.places.pop_back(); },
      [](SliceEntry& slice) { slice.places[0].day = 3; },
      [](SliceEntry& slice) { slice.places[0].offset = 65; },
      [](SliceEntry& slice) { slice.places[0].length = 0; },
      [](SliceEntry& slice) { slice.places[0].generation = 0; },
      [](SliceEntry& slice) { slice.places[0].reserved_1[2] = 1; },
      [](SliceEntry& slice) { slice.places[0].length = ~uint64_t{63}; },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    SliceEntry slice = SliceOf(1, 0, 20109);
    changes[i](slice);
    Bytes bytes;
    const absl::Status status =
        WriteManifestRecord(RecordOf(1, {slice}), ManifestFrame::kChange, kDurableOfTests, bytes);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << i;
    EXPECT_TRUE(bytes.empty());
  }
}

TEST(ManifestRecord, ACountThatTheRecordCannotHoldAllocatesNothing) {
  Bytes bytes = WriteRecord(EveryKind());
  StoreLe<uint32_t>(bytes.data() + 28, 0xFFFFFFFF);
  EXPECT_EQ(Read(bytes).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace tape::format
