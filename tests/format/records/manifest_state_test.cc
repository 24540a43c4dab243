#include "format/records/manifest_state.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/format/records/manifests.h"

namespace tape::format {
namespace {

ManifestState StateOf(std::vector<ManifestEntry> entries) {
  ManifestState state;
  const absl::Status status =
      state.Apply(RecordOf(5, std::move(entries), 10), ManifestFrame::kCheckpoint);
  EXPECT_TRUE(status.ok()) << status;
  return state;
}

ManifestState Some() {
  return StateOf({SliceOf(1, 0, 3), SliceOf(2, 2000, 3), SliceOf(3, 4000, 4),
                  BytesEntry{PlaceOf(FileKind::kKills, 0, 3)},
                  BytesEntry{PlaceOf(FileKind::kKeyExtents, 1, kNoDay)},
                  SymbolsEntry{ColumnId(2), Generation(1), 40, 99, 1024}});
}

absl::Status Change(ManifestState& state, std::vector<ManifestEntry> entries) {
  return state.Apply(RecordOf(state.number() + 1, std::move(entries)), ManifestFrame::kChange);
}

void ExpectRefused(std::vector<ManifestEntry> entries, const std::string& named) {
  ManifestState state = Some();
  const absl::Status status = Change(state, std::move(entries));
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(std::string(status.message()).find(named), std::string::npos) << status;
}

TEST(ManifestState, HasWhatACheckpointSays) {
  const ManifestState state = Some();
  EXPECT_EQ(state.number(), 5u);
  EXPECT_EQ(state.sealed_rows(), RowNumber(1'000'000));
  EXPECT_EQ(state.next_slice(), 10u);
  EXPECT_EQ(state.slices().size(), 3u);
  EXPECT_EQ(state.bytes().size(), 2u);
  EXPECT_EQ(state.symbols().at(ColumnId(2)).symbols, 40u);
  EXPECT_EQ(state.days().size(), 3u);
  EXPECT_EQ(state.days().begin()->first, Day(3));
}

TEST(ManifestState, AFoldReplacesSlicesOfTheSameRows) {
  ManifestState state = Some();
  SliceEntry folded = SliceOf(10, 0, 3);
  folded.shape.rows = 2000;
  folded.runs = {
      {RowNumber(0), 400}, {RowNumber(401), 600}, {RowNumber(2000), 400}, {RowNumber(2401), 600}};
  ASSERT_TRUE(Change(state, {SliceGone{1}, SliceGone{2}, folded}).ok());
  EXPECT_EQ(state.slices().size(), 2u);
  EXPECT_EQ(state.slices().at(10).shape.rows, 2000u);
  EXPECT_EQ(state.next_slice(), 100u);
}

TEST(ManifestState, ADayGoesWithItsSlicesAndKills) {
  ManifestState state = Some();
  ASSERT_TRUE(Change(state, {DayGone{Day(3)}}).ok());
  EXPECT_EQ(state.slices().size(), 1u);
  EXPECT_EQ(state.bytes().size(), 1u);
  EXPECT_EQ(state.days().size(), 1u);
  EXPECT_FALSE(Change(state, {DayGone{Day(3)}}).ok());
}

TEST(ManifestState, RowsThatAreFreeMayBeSealedAgain) {
  ManifestState state = Some();
  ASSERT_TRUE(Change(state, {SliceGone{1}}).ok());
  ManifestRecord record = RecordOf(state.number() + 1, {SliceOf(100, 0, 3)}, 101);
  EXPECT_TRUE(state.Apply(std::move(record), ManifestFrame::kChange).ok());
}

TEST(ManifestState, RecordsThatCannotFollowAreRefused) {
  ExpectRefused({SliceOf(11, 399, 3)}, "meet those of slice 1");
  ExpectRefused({SliceOf(11, 5000, 4)}, "meet those of slice 3");
  ExpectRefused({SliceOf(11, 3990, 4)}, "meet those of slice 3");
  ExpectRefused({SliceOf(11, 999'500, 4)}, "sealed to 1000000");
  ExpectRefused({SliceOf(9, 10'000, 4)}, "used before");
  ExpectRefused({SliceOf(11, 10'000, 4), SliceOf(11, 20'000, 4)}, "comes twice");
  ExpectRefused({SliceGone{4}}, "slice 4: goes and is not there");
  ExpectRefused({SliceGone{1}, SliceGone{1}}, "goes and is not there");
  ExpectRefused({DayGone{Day(5)}}, "day 5");
  ExpectRefused({BytesEntry{PlaceOf(FileKind::kKills, 0, 3)}}, "comes twice");
  ExpectRefused({BytesGone{PlaceOf(FileKind::kKills, 0, 4)}}, "goes and is not there");
  ExpectRefused({BytesGone{PlaceOf(FileKind::kKills, 0, 3, 128)}}, "goes and is not there");
  ExpectRefused({SymbolsEntry{ColumnId(2), Generation(1), 39, 0, 2048}}, "at least 40");
  ExpectRefused({SymbolsEntry{ColumnId(2), Generation(1), 41, 0, 960}}, "at least 40");
}

TEST(ManifestState, SymbolsOfANewGenerationMayBeShorter) {
  ManifestState state = Some();
  const SymbolsEntry folded{ColumnId(2), Generation(2), 40, 5, 512};
  ASSERT_TRUE(Change(state, {folded}).ok());
  EXPECT_EQ(state.symbols().at(ColumnId(2)), folded);
}

TEST(ManifestState, NumbersRiseByOneAndNothingFalls) {
  const auto refuses = [](const ManifestRecord& record, ManifestFrame type) {
    ManifestState state = Some();
    return !state.Apply(record, type).ok();
  };
  EXPECT_FALSE(refuses(RecordOf(6, {}), ManifestFrame::kChange));
  EXPECT_TRUE(refuses(RecordOf(6, {}), ManifestFrame::kCheckpoint));
  EXPECT_TRUE(refuses(RecordOf(7, {}), ManifestFrame::kChange));
  EXPECT_TRUE(refuses(RecordOf(5, {}), ManifestFrame::kChange));
  EXPECT_TRUE(refuses(RecordOf(6, {}, 9), ManifestFrame::kChange));
  ManifestRecord sealed = RecordOf(6, {});
  sealed.sealed_rows = RowNumber(999'999);
  EXPECT_TRUE(refuses(sealed, ManifestFrame::kChange));
  ManifestRecord history = RecordOf(6, {});
  history.history = Lsn(2);
  EXPECT_TRUE(refuses(history, ManifestFrame::kChange));
  EXPECT_FALSE(ManifestState().Apply(RecordOf(1, {}), ManifestFrame::kChange).ok());
}

TEST(ManifestState, ACheckpointOfAStateMakesTheSameState) {
  const ManifestState state = Some();
  const ManifestRecord checkpoint = state.ToCheckpoint(99);
  EXPECT_EQ(checkpoint.number, 6u);
  EXPECT_EQ(checkpoint.time, 99);
  ManifestState again;
  ASSERT_TRUE(again.Apply(checkpoint, ManifestFrame::kCheckpoint).ok());
  std::vector<std::byte> first;
  std::vector<std::byte> second;
  constexpr Lsn kLsn(100);
  ASSERT_TRUE(
      WriteManifestRecord(state.ToCheckpoint(1), ManifestFrame::kCheckpoint, kLsn, first).ok());
  ManifestRecord same = again.ToCheckpoint(1);
  same.number = 6;
  ASSERT_TRUE(WriteManifestRecord(same, ManifestFrame::kCheckpoint, kLsn, second).ok());
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace tape::format
