#include "format/records/wal_segment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "format/records/wal_records.h"
#include "tests/format/records/places.h"

namespace tape::format {
namespace {

using Bytes = std::vector<std::byte>;

struct Log {
  WalSegment segment;
  Bytes bytes;
  std::vector<uint64_t> starts;  // of each group
  std::vector<uint64_t> ends;
};

void AppendGroup(Log& log, FrameWriter& frames, uint64_t first, uint64_t commits) {
  log.starts.push_back(frames.offset());
  WalGroupWriter group(frames, Lsn(first));
  for (uint64_t lsn = first; lsn < first + commits; ++lsn) {
    const std::vector<Kill> kills(lsn % 3 * 40 + 1, Kill{RowNumber(lsn), Lsn(lsn)});
    EXPECT_TRUE(AppendWalKills(TableId(1), kills, frames).ok());
  }
  EXPECT_TRUE(AppendSequenceAdvance({TableId(1), ColumnId(1), 5}, frames).ok());
  EXPECT_TRUE(group.Close({Lsn(first + commits - 1), Lsn(first - 1), 11}).ok());
  log.ends.push_back(frames.offset());
}

WalSegment NewSegment(uint64_t salt = 99) {
  return {.store = kStoreOfTests,
          .salt = salt,
          .number = (uint64_t{1} << 32) + 7,
          .size = 1 << 20,
          .first_lsn = Lsn(10),
          .durable_lsn = Lsn(9),
          .chain = 123,
          .time = 55,
          .crc = 0};
}

// Groups of 3 commits, every second followed by a sync.
Log MakeLog(int groups) {
  Log log{.segment = NewSegment(), .bytes = {}, .starts = {}, .ends = {}};
  AppendSegmentStart(log.segment, log.bytes);
  FrameWriter frames(log.segment.Seeds(), log.segment.Start(), log.bytes);
  for (int i = 0; i < groups; ++i) {
    AppendGroup(log, frames, 10 + static_cast<uint64_t>(3 * i), 3);
    if (i % 2 == 1) frames.PadToSync();
  }
  frames.PadToSync();
  return log;
}

struct Outcome {
  size_t groups = 0;
  WalStop stop;
  Lsn next;
};

Outcome ReadAll(const WalSegment& segment, std::span<const std::byte> bytes) {
  WalGroupReader reader(segment, bytes);
  Outcome outcome;
  while (true) {
    const auto group = reader.Next();
    EXPECT_TRUE(group.ok()) << group.status();
    if (!group.ok() || *group == nullptr) break;
    ++outcome.groups;
    EXPECT_EQ((*group)->frames.size(), 4u);
    EXPECT_EQ((*group)->crc, reader.end().chain);
    EXPECT_EQ((*group)->time, 11);
  }
  outcome.stop = reader.stop();
  outcome.next = reader.next_lsn();
  return outcome;
}

TEST(WalSegment, HeaderComesBack) {
  WalSegment segment = NewSegment();
  Bytes bytes;
  AppendSegmentStart(segment, bytes);
  ASSERT_EQ(bytes.size(), 4096u);
  const auto read = WalSegment::Parse(bytes, kStoreOfTests, segment.number);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, segment);
  EXPECT_FALSE(WalSegment::Parse(bytes, kStoreOfTests, segment.number + 1).ok());
  EXPECT_FALSE(WalSegment::Parse(bytes, kStoreOfTests, 7).ok());  // the same lower half
  EXPECT_FALSE(WalSegment::Parse(bytes, StoreUuid{}, segment.number).ok());
}

TEST(WalSegment, EveryFlippedBitAndTruncationOfTheHeadersIsRefused) {
  WalSegment segment = NewSegment();
  Bytes bytes;
  AppendSegmentStart(segment, bytes);
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes damaged = bytes;
    damaged[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    ASSERT_FALSE(WalSegment::Parse(damaged, kStoreOfTests, segment.number).ok()) << bit;
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = std::span(bytes).first(size);
    ASSERT_FALSE(WalSegment::Parse(cut, kStoreOfTests, segment.number).ok()) << size;
  }
}

TEST(WalGroups, ComeBackInOrder) {
  const Log log = MakeLog(5);
  const Outcome outcome = ReadAll(log.segment, log.bytes);
  EXPECT_EQ(outcome.groups, 5u);
  EXPECT_EQ(outcome.stop.kind, WalStop::Kind::kEnd);
  EXPECT_EQ(outcome.next, Lsn(25));
}

TEST(WalGroups, AGroupWithoutCommitsIsAGroup) {
  Log log = MakeLog(0);
  FrameWriter frames(log.segment.Seeds(), log.segment.Start(), log.bytes);
  WalGroupWriter group(frames, Lsn(10));
  ASSERT_TRUE(group.Close({Lsn(9), Lsn(9), 0}).ok());
  WalGroupReader reader(log.segment, log.bytes);
  const auto read = reader.Next();
  ASSERT_TRUE(read.ok() && *read != nullptr);
  EXPECT_EQ(reader.next_lsn(), Lsn(10));
  EXPECT_FALSE(WalGroupWriter(frames, Lsn(10)).Close({Lsn(8), Lsn(7), 0}).ok());
  EXPECT_FALSE(WalGroupWriter(frames, Lsn(10)).Close({Lsn(10), Lsn(10), 0}).ok());
}

size_t GroupsWithin(const Log& log, size_t size) {
  return static_cast<size_t>(
      std::ranges::count_if(log.ends, [&](uint64_t end) { return end <= size; }));
}

TEST(WalGroups, EveryTruncationKeepsTheGroupsThatAreWhole) {
  const Log log = MakeLog(4);
  for (size_t size = 4096; size <= log.bytes.size(); size += size % 64 == 0 ? 1 : 9) {
    const Outcome outcome = ReadAll(log.segment, std::span(log.bytes).first(size));
    ASSERT_EQ(outcome.groups, GroupsWithin(log, size)) << size;
  }
}

TEST(WalGroups, EveryFlippedBitStopsAtItsGroupOrLiesInPadding) {
  const Log log = MakeLog(3);
  for (size_t bit = 4096 * 8; bit < log.bytes.size() * 8; bit += 5) {
    Bytes bytes = log.bytes;
    bytes[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    const Outcome outcome = ReadAll(log.segment, bytes);
    ASSERT_EQ(outcome.groups, GroupsWithin(log, bit / 8)) << bit;
  }
}

TEST(WalGroups, FramesOfAnEarlierUseAreNotThere) {
  const Log log = MakeLog(2);
  WalSegment again = NewSegment(100);
  Bytes start;
  AppendSegmentStart(again, start);
  Bytes bytes = log.bytes;
  std::copy(start.begin(), start.end(), bytes.begin());
  const Outcome outcome = ReadAll(again, bytes);
  EXPECT_EQ(outcome.groups, 0u);
  EXPECT_EQ(outcome.stop.kind, WalStop::Kind::kEnd);
  WalGroupReader reader(again, bytes);
  ASSERT_TRUE(reader.Next().ok());
  EXPECT_EQ(reader.ScanBehind()->groups, 0u);
}

TEST(WalGroups, ATornGroupIsBadAndNamed) {
  const Log log = MakeLog(2);
  Bytes bytes = log.bytes;
  bytes[log.ends[1] - 40] ^= std::byte{1};  // in its group record
  const Outcome outcome = ReadAll(log.segment, bytes);
  EXPECT_EQ(outcome.groups, 1u);
  EXPECT_EQ(outcome.stop.kind, WalStop::Kind::kBad);
  EXPECT_EQ(outcome.stop.offset, log.starts[1]);
  EXPECT_NE(outcome.stop.reason.find("checksum"), std::string::npos) << outcome.stop.reason;
}

TEST(WalGroups, BehindABadGroupTheValidOnesAreFound) {
  const Log log = MakeLog(8);  // groups 0 1 | 2 3 | 4 5 | 6 7, a sync between the pairs
  Bytes bytes = log.bytes;
  bytes[log.starts[2] + 100] ^= std::byte{1};
  WalGroupReader reader(log.segment, bytes);
  while (*reader.Next() != nullptr) {
  }
  EXPECT_EQ(reader.stop().offset, log.starts[2]);
  const auto remains = reader.ScanBehind();
  ASSERT_TRUE(remains.ok()) << remains.status();
  // The third follows a group whose end is not known: none begins at a multiple of 4,096 before the
  // fifth.
  EXPECT_EQ(remains->groups, 4u);
  EXPECT_EQ(remains->first_offset, log.starts[4]);
  EXPECT_EQ(remains->first, Lsn(22));
  EXPECT_EQ(remains->last, Lsn(33));
  EXPECT_EQ(remains->durable, Lsn(30));
}

TEST(WalGroups, AMissingGroupIsFoundMissing) {
  const Log log = MakeLog(4);
  Bytes bytes = log.bytes;
  // The second pair of groups where nothing was written.
  std::fill(bytes.begin() + 4096, bytes.begin() + static_cast<ptrdiff_t>(log.starts[2]),
            std::byte{0});
  WalGroupReader reader(log.segment, bytes);
  EXPECT_EQ(*reader.Next(), nullptr);
  EXPECT_EQ(reader.stop().kind, WalStop::Kind::kEnd);
  EXPECT_EQ(reader.ScanBehind()->groups, 2u);
  EXPECT_EQ(reader.ScanBehind()->durable, Lsn(18));
}

TEST(WalGroups, AGroupWithAnotherFirstLsnIsBad) {
  Log log = MakeLog(0);
  FrameWriter frames(log.segment.Seeds(), log.segment.Start(), log.bytes);
  AppendGroup(log, frames, 11, 3);
  const Outcome outcome = ReadAll(log.segment, log.bytes);
  EXPECT_EQ(outcome.groups, 0u);
  EXPECT_NE(outcome.stop.reason.find("first LSN: expected 10, found 11"), std::string::npos);
}

TEST(WalGroups, ARecordOutsideOfItsGroupIsBad) {
  Log log = MakeLog(0);
  FrameWriter frames(log.segment.Seeds(), log.segment.Start(), log.bytes);
  WalGroupWriter group(frames, Lsn(10));
  const std::vector<Kill> kills = {{RowNumber(1), Lsn(14)}};
  ASSERT_TRUE(AppendWalKills(TableId(1), kills, frames).ok());
  ASSERT_TRUE(group.Close({Lsn(13), Lsn(9), 0}).ok());
  const Outcome outcome = ReadAll(log.segment, log.bytes);
  EXPECT_EQ(outcome.stop.kind, WalStop::Kind::kBad);
  EXPECT_NE(outcome.stop.reason.find("found 14"), std::string::npos) << outcome.stop.reason;
}

TEST(WalGroups, FramesOfAnUnknownTypeAreForNewerReaders) {
  for (const uint16_t flags : {uint16_t{0}, kFrameMayBeSkipped}) {
    Log log = MakeLog(0);
    FrameWriter frames(log.segment.Seeds(), log.segment.Start(), log.bytes);
    WalGroupWriter group(frames, Lsn(10));
    frames.Begin({.type = 99, .flags = flags}).WriteU64(1);
    ASSERT_TRUE(frames.End().ok());
    ASSERT_TRUE(group.Close({Lsn(9), Lsn(9), 0}).ok());
    WalGroupReader reader(log.segment, log.bytes);
    const auto read = reader.Next();
    EXPECT_EQ(read.ok(), flags != 0);
    EXPECT_EQ(absl::IsUnimplemented(read.status()), flags == 0);
  }
}

}  // namespace
}  // namespace tape::format
