// The WAL on a disk in memory: what is written is read again, whatever the power takes.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/io/faulty_file_system.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "engine/write/wal_reading.h"
#include "engine/write/wal_writer.h"
#include "format/records/wal_records.h"

namespace tape::engine {
namespace {

constexpr format::StoreUuid kStore = {7};
const std::string kFolder = "/wal";

// One commit is one sequence record whose value is its LSN.
absl::Status AppendCommit(Lsn lsn, format::FrameWriter& frames) {
  return format::AppendSequenceAdvance({TableId(1), ColumnId(1), static_cast<int64_t>(lsn.value())},
                                       frames);
}

struct Found {
  std::vector<uint64_t> commits;
  absl::StatusOr<WalFindings> wal = absl::UnknownError("not read");
};

class WalTest : public testing::Test {
 protected:
  WalTest() { EXPECT_TRUE(files_.MakeDirectory(kFolder).ok()); }

  WalOptions Options(uint64_t segment_bytes = 64 << 10) const {
    return {.folder = kFolder, .store = kStore, .segment_bytes = segment_bytes};
  }

  std::unique_ptr<WalWriter> Begin(FileSystem& files, const WalStart& start = {},
                                   uint64_t segment_bytes = 64 << 10) {
    auto wal = WalWriter::Begin({files, host_}, Options(segment_bytes), start);
    EXPECT_TRUE(wal.ok()) << wal.status();
    return wal.ok() ? *std::move(wal) : nullptr;
  }

  static absl::Status Write(WalWriter& wal, uint64_t commits) {
    const Lsn last = wal.next() + (commits - 1);
    return wal.WriteGroup(last, [&](format::FrameWriter& frames) {
      for (Lsn lsn = wal.next(); lsn <= last; ++lsn) {
        if (absl::Status s = AppendCommit(lsn, frames); !s.ok()) return s;
      }
      return absl::OkStatus();
    });
  }

  Found Read(FileSystem& files, Lsn durable = Lsn()) {
    Found found;
    found.wal = ReadWal(
        {files, host_}, kFolder, kStore,
        [&](const format::WalGroup& group) {
          for (const format::Frame& frame : group.frames) {
            auto record = format::WalSequence::Parse(frame);
            if (!record.ok()) return record.status();
            found.commits.push_back(static_cast<uint64_t>(record->next));
          }
          return absl::OkStatus();
        },
        [&] { return durable; });
    return found;
  }

  static void ExpectPrefix(const Found& found, uint64_t at_least, uint64_t at_most) {
    ASSERT_TRUE(found.wal.ok()) << found.wal.status();
    EXPECT_GE(found.commits.size(), at_least);
    EXPECT_LE(found.commits.size(), at_most);
    for (uint64_t i = 0; i < found.commits.size(); ++i) ASSERT_EQ(found.commits[i], i + 1);
    EXPECT_EQ(found.wal->last, Lsn(found.commits.size()));
  }

  ManualHost host_;
  MemoryFileSystem files_;
};

TEST_F(WalTest, GroupsComeBackInOrderOverManySegments) {
  auto wal = Begin(files_);
  uint64_t commits = 0;
  for (uint64_t i = 0; i < 300; ++i) {
    ASSERT_TRUE(Write(*wal, 1 + i % 50).ok());
    commits += 1 + i % 50;
    if (i % 3 == 0) {
      ASSERT_TRUE(wal->Sync().ok());
    }
  }
  EXPECT_GT(wal->segments(), 3u);
  const Found found = Read(files_);
  ExpectPrefix(found, commits, commits);
  EXPECT_EQ(found.wal->cut, "");
  EXPECT_EQ(found.wal->start.number, wal->segment_number() + 1);
}

TEST_F(WalTest, AGroupLargerThanASegmentGetsASegmentOfItsSize) {
  auto wal = Begin(files_);
  ASSERT_TRUE(Write(*wal, 3).ok());
  ASSERT_TRUE(Write(*wal, 5000).ok());
  ASSERT_TRUE(Write(*wal, 2).ok());
  ASSERT_TRUE(wal->Sync().ok());
  ExpectPrefix(Read(files_), 5005, 5005);
}

TEST_F(WalTest, AnotherWriterGoesOnBehindWhatWasFound) {
  uint64_t commits = 0;
  WalStart start;
  for (int life = 0; life < 5; ++life) {
    auto wal = Begin(files_, start);
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(Write(*wal, 3).ok());
    ASSERT_TRUE(wal->Sync().ok());
    commits += 60;
    const Found found = Read(files_);
    ExpectPrefix(found, commits, commits);
    start = found.wal->start;
  }
}

TEST_F(WalTest, ASegmentThatBeginsEarlierTakesThePlaceOfWhatItRepeats) {
  auto wal = Begin(files_);
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(Write(*wal, 5).ok());
  ASSERT_TRUE(wal->Sync().ok());
  ASSERT_GT(wal->segments(), 1u);
  // Somebody who does not believe what comes after LSN 500.
  uint64_t groups = 0;
  const auto found = ReadWal(
      {files_, host_}, kFolder, kStore,
      [&](const format::WalGroup& group) {
        if (group.last > Lsn(500)) return absl::CancelledError();
        ++groups;
        return absl::OkStatus();
      },
      [] { return Lsn(500); });
  // It was durable, so that the WAL says it is missing; nothing says so where it was not.
  EXPECT_TRUE(absl::IsDataLoss(found.status())) << found.status();
  EXPECT_EQ(groups, 100u);
}

TEST_F(WalTest, WhatIsNotBelievedIsWrittenAgainAndReadOnce) {
  ASSERT_TRUE(files_.SyncDirectory("/").ok());
  WalStart start;
  {
    auto wal = Begin(files_);
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(Write(*wal, 5).ok());
    ASSERT_TRUE(wal->Sync().ok());
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(Write(*wal, 5).ok());
  }
  const auto believed = ReadWal(
      {files_, host_}, kFolder, kStore,
      [](const format::WalGroup& group) {
        return group.last > Lsn(20) ? absl::CancelledError() : absl::OkStatus();
      },
      [] { return Lsn(20); });
  ASSERT_TRUE(believed.ok()) << believed.status();
  EXPECT_EQ(believed->first, Lsn(1));
  EXPECT_EQ(believed->last, Lsn(20));
  EXPECT_EQ(believed->cut, "");
  auto wal = Begin(files_, believed->start);
  EXPECT_EQ(wal->next(), Lsn(21));
  ExpectPrefix(Read(files_), 20, 20);  // the groups behind it are still there, and count no more
  ASSERT_TRUE(Write(*wal, 3).ok());
  ASSERT_TRUE(wal->Sync().ok());
  ExpectPrefix(Read(files_), 23, 23);
  ExpectPrefix(Read(*files_.AfterPowerLoss(PowerLoss::LoseAll())), 23, 23);
  ExpectPrefix(Read(*files_.AfterPowerLoss(PowerLoss::KeepAll())), 23, 23);
}

TEST_F(WalTest, ReleasedSegmentsAreUsedAgainAndTheirOldBytesAreNothing) {
  auto wal = Begin(files_);
  uint64_t commits = 0;
  for (int round = 0; round < 30; ++round) {
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(Write(*wal, 50).ok());
    ASSERT_TRUE(wal->Sync().ok());
    commits += 1000;
    ASSERT_TRUE(wal->Release(Lsn(commits - 500)).ok());
  }
  EXPECT_LE(wal->segments(), 4u);
  auto entries = files_.List(kFolder);
  ASSERT_TRUE(entries.ok());
  EXPECT_LE(entries->size(), 6u);
  const Found found = Read(files_);
  ASSERT_TRUE(found.wal.ok()) << found.wal.status();
  EXPECT_EQ(found.wal->last, Lsn(commits));
  EXPECT_EQ(found.commits.back(), commits);
  EXPECT_LE(found.commits.front(), commits - 499);
  for (size_t i = 1; i < found.commits.size(); ++i) {
    ASSERT_EQ(found.commits[i], found.commits[i - 1] + 1);
  }
}

TEST_F(WalTest, EveryUseOfASegmentHasASaltOfItsOwn) {
  auto wal = Begin(files_);
  std::set<uint64_t> salts;
  std::set<uint64_t> numbers;
  for (uint64_t round = 1; round <= 10; ++round) {
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(Write(*wal, 50).ok());
    ASSERT_TRUE(wal->Sync().ok());
    const auto entries = files_.List(kFolder);
    ASSERT_TRUE(entries.ok()) << entries.status();
    for (const DirectoryEntry& entry : *entries) {
      const uint64_t number = WalSegmentNumber(entry.name);
      if (number == 0) continue;
      const auto bytes = ReadWholeFile(files_, JoinPath(kFolder, entry.name), 1 << 20);
      ASSERT_TRUE(bytes.ok()) << bytes.status();
      const auto segment = format::WalSegment::Parse(*bytes, kStore, number);
      ASSERT_TRUE(segment.ok()) << segment.status();
      numbers.insert(number);
      salts.insert(segment->salt);
    }
    ASSERT_TRUE(wal->Release(Lsn(round * 1000)).ok());
  }
  EXPECT_GT(numbers.size(), 5u);
  EXPECT_EQ(salts.size(), numbers.size());
}

TEST_F(WalTest, AFileThatIsLargerThanItsSegmentIsNeverReadWhole) {
  {
    auto wal = Begin(files_);
    ASSERT_TRUE(Write(*wal, 10).ok());
    ASSERT_TRUE(wal->Sync().ok());
  }
  const std::string path = JoinPath(kFolder, WalSegmentName(1));
  auto file = files_.Open(path, OpenMode::kReadWrite);
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE((*file)->Truncate(uint64_t{1} << 40).ok());
  const Found found = Read(files_);
  EXPECT_TRUE(absl::IsDataLoss(found.wal.status())) << found.wal.status();
  EXPECT_NE(found.wal.status().message().find("found a file of 1099511627776"),
            absl::string_view::npos)
      << found.wal.status();
}

TEST_F(WalTest, WhateverThePowerTakesWhatWasSyncedStaysAndAPrefixComesBack) {
  // A run without a loss says how many operations there are.
  const auto run = [&](FileSystem& files, uint64_t& synced, uint64_t& written) {
    synced = written = 0;
    auto wal = WalWriter::Begin({files, host_}, Options(16 << 10), {});
    if (!wal.ok()) return;
    for (uint64_t i = 0; i < 40; ++i) {
      // An attempt may reach the disk although it failed.
      written += 1 + i % 30;
      if (!Write(**wal, 1 + i % 30).ok()) return;
      if (i % 4 == 3) {
        if (!(*wal)->Sync().ok()) return;
        synced = written;
      }
    }
  };
  uint64_t synced = 0;
  uint64_t written = 0;
  const uint64_t before = files_.operations();
  run(files_, synced, written);
  const uint64_t operations = files_.operations() - before;
  ASSERT_GT(operations, 60u);
  uint64_t states = 0;
  for (uint64_t n = 1; n <= operations; ++n) {
    MemoryFileSystem files;
    ASSERT_TRUE(files.MakeDirectory(kFolder).ok());
    ASSERT_TRUE(files.SyncDirectory("/").ok());
    files.PowerFailsAt(n);
    run(files, synced, written);
    ASSERT_TRUE(files.power_failed()) << n;
    std::vector<PowerLoss> losses = {PowerLoss::LoseAll(), PowerLoss::KeepAll()};
    for (uint64_t seed = 0; seed < 6; ++seed) losses.push_back(PowerLoss::Random(n * 100 + seed));
    for (const PowerLoss& loss : losses) {
      SCOPED_TRACE(testing::Message() << "operation " << n << ", state " << states);
      const std::unique_ptr<MemoryFileSystem> left = files.AfterPowerLoss(loss);
      ExpectPrefix(Read(*left), synced, written);
      if (HasFailure()) return;
      ++states;
    }
  }
  EXPECT_EQ(states, operations * 8);
}

TEST_F(WalTest, AChangedByteBelowTheDurableMarkIsDataLossAndAboveItATornTail) {
  auto wal = Begin(files_);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(Write(*wal, 20).ok());
    ASSERT_TRUE(wal->Sync().ok());
  }
  ASSERT_TRUE(Write(*wal, 20).ok());  // says that 200 were durable
  const std::string path = JoinPath(kFolder, WalSegmentName(1));
  auto bytes = ReadWholeFile(files_, path, 1 << 20);
  ASSERT_TRUE(bytes.ok());
  uint64_t lost = 0;
  uint64_t torn = 0;
  uint64_t unread = 0;
  for (uint64_t offset = 0; offset < bytes->size(); offset += 7) {
    auto file = files_.Open(path, OpenMode::kReadWrite);
    ASSERT_TRUE(file.ok());
    const std::byte flipped = (*bytes)[offset] ^ std::byte{16};
    ASSERT_TRUE((*file)->WriteAt(offset, {&flipped, 1}).ok());
    const Found found = Read(files_);
    if (!found.wal.ok()) {
      EXPECT_TRUE(absl::IsDataLoss(found.wal.status())) << found.wal.status();
      ++lost;
    } else {
      ExpectPrefix(found, 200, 220);
      ++(found.commits.size() == 200 ? torn : unread);
    }
    ASSERT_TRUE((*file)->WriteAt(offset, {&(*bytes)[offset], 1}).ok());
  }
  EXPECT_GT(lost, 100u);
  EXPECT_GT(torn, 10u);
  EXPECT_GT(unread, 10u);  // behind the last group
}

TEST_F(WalTest, AManifestThatKnowsMoreThanTheWalIsDataLoss) {
  auto wal = Begin(files_);
  ASSERT_TRUE(Write(*wal, 20).ok());
  ASSERT_TRUE(wal->Sync().ok());
  EXPECT_TRUE(Read(files_, Lsn(20)).wal.ok());
  const Found found = Read(files_, Lsn(21));
  EXPECT_TRUE(absl::IsDataLoss(found.wal.status())) << found.wal.status();
}

TEST_F(WalTest, AMissingSegmentInTheMiddleIsDataLoss) {
  auto wal = Begin(files_, {}, 16 << 10);
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(Write(*wal, 30).ok());
    ASSERT_TRUE(wal->Sync().ok());
  }
  ASSERT_GT(wal->segments(), 4u);
  ASSERT_TRUE(files_.Unlink(JoinPath(kFolder, WalSegmentName(3))).ok());
  const Found found = Read(files_);
  EXPECT_TRUE(absl::IsDataLoss(found.wal.status())) << found.wal.status();
}

TEST_F(WalTest, SegmentsGoOneAfterTheOtherSoThatNoLossLeavesAGap) {
  // Three lives, the second of which wrote nothing.
  const auto prepare = [&](FileSystem& files) {
    WalStart start;
    for (int groups : {5, 0, 5}) {
      auto wal = Begin(files, start);
      for (int i = 0; i < groups; ++i) EXPECT_TRUE(Write(*wal, 4).ok());
      EXPECT_TRUE(wal->Sync().ok());
      start = Read(files).wal->start;
    }
    return Begin(files, start);
  };
  const auto expect_end = [&](FileSystem& files) {
    const Found found = Read(files);
    ASSERT_TRUE(found.wal.ok()) << found.wal.status();
    EXPECT_EQ(found.wal->last, Lsn(40));
    for (size_t i = 0; i < found.commits.size(); ++i) {
      ASSERT_EQ(found.commits[i], 41 - found.commits.size() + i);
    }
  };
  for (uint64_t n = 1; n < 20; ++n) {
    MemoryFileSystem files;
    ASSERT_TRUE(files.MakeDirectory(kFolder).ok());
    ASSERT_TRUE(files.SyncDirectory("/").ok());
    auto wal = prepare(files);
    files.PowerFailsAt(n);
    wal->Release(Lsn(40)).IgnoreError();
    expect_end(*files.AfterProcessDeath());
    for (uint64_t seed = 0; seed < 8; ++seed) {
      expect_end(*files.AfterPowerLoss(PowerLoss::Random(n * 10 + seed)));
    }
    expect_end(*files.AfterPowerLoss(PowerLoss::LoseAll()));
    if (HasFailure()) return;
  }
}

TEST_F(WalTest, EveryFaultStopsTheWriterForGoodAndLosesNothingThatWasSynced) {
  const auto run = [&](FileSystem& files, uint64_t& synced, uint64_t& written, absl::Status& last) {
    synced = written = 0;
    auto wal = WalWriter::Begin({files, host_}, Options(16 << 10), {});
    last = wal.status();
    if (!wal.ok()) return;
    for (uint64_t i = 0; i < 24; ++i) {
      written += 20;
      last = Write(**wal, 20);
      if (last.ok() && i % 2 == 1) {
        last = (*wal)->Sync();
        if (last.ok()) synced = written;
      }
      if (!last.ok()) break;
    }
    if (last.ok()) return;
    // W6: nothing works any more, and with the first error.
    EXPECT_EQ(Write(**wal, 1), last);
    EXPECT_EQ((*wal)->Sync(), last);
    EXPECT_EQ((*wal)->Roll(), last);
  };
  uint64_t synced = 0;
  uint64_t written = 0;
  absl::Status last;
  uint64_t injected = 0;
  for (FileVerb verb : {FileVerb::kOpen, FileVerb::kWrite, FileVerb::kAllocate, FileVerb::kSync,
                        FileVerb::kSyncDirectory, FileVerb::kRename}) {
    for (uint64_t n = 1; n < 1000; ++n) {
      SCOPED_TRACE(testing::Message() << FileVerbName(verb) << " " << n);
      MemoryFileSystem disk;
      ASSERT_TRUE(disk.MakeDirectory(kFolder).ok());
      FaultyFileSystem files(disk);
      files.Inject(
          {.verb = verb, .path_part = {}, .nth = n, .error = absl::UnavailableError("injected")});
      run(files, synced, written, last);
      if (files.injected().empty()) break;
      ++injected;
      EXPECT_FALSE(last.ok());
      ExpectPrefix(Read(disk), synced, written);
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(injected, 50u);
}

}  // namespace
}  // namespace tape::engine
