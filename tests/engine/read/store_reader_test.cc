// Readers beside a writer, after it, and without one.
#include "engine/read/store_reader.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/io/faulty_file_system.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "engine/io/posix_file_system.h"
#include "engine/write/live_tail.h"
#include "format/bytes/message.h"
#include "tape/snapshot.h"
#include "tests/engine/read/read_story.h"
#include "tests/support/temp_folder.h"

namespace tape::engine {
namespace {

using format::Concat;

std::unique_ptr<MemoryFileSystem> NewDisk() {
  auto files = std::make_unique<MemoryFileSystem>();
  EXPECT_TRUE(files->MakeDirectory("/shm").ok());
  EXPECT_TRUE(files->MarkVolatile("/shm").ok());
  return files;
}

// All rows in both orders over the whole table, and one symbol's.
std::string CheckAll(StoreReader& reader, const std::vector<StoryRow>& rows) {
  auto snapshot = reader.TakeSnapshot();
  if (!snapshot.ok()) return snapshot.status().ToString();
  for (ScanOrder order : {ScanOrder::kStored, ScanOrder::kTime, ScanOrder::kArrival}) {
    std::string wrong = CheckScan(*snapshot, {.order = order}, rows);
    if (!wrong.empty()) return wrong;
  }
  return CheckScan(*snapshot, {.symbols = {"S3"}, .order = ScanOrder::kTime}, rows);
}

class StoreReaderTest : public testing::Test {
 protected:
  Machine machine() { return {*files_, host_}; }

  // Slices, kills in files and in the tail, a tail.
  void WriteSomething(ReadStory& story) {
    Chance chance(5);
    ASSERT_TRUE(story.Append(2500, chance).ok());
    ASSERT_TRUE(story.Commit().ok());
    story.Kill(17);
    story.Kill(1900);
    ASSERT_TRUE(story.Commit().ok());
    ASSERT_TRUE(story.Seal(SealWhat::kFullSlices).ok());
    ASSERT_TRUE(story.Append(300, chance).ok());
    story.Kill(400);
    story.Kill(2300);
    ASSERT_TRUE(story.Commit().ok());
    ASSERT_TRUE(story.writer().wal().Write().ok());
  }

  std::shared_ptr<StoreReader> OpenReader() {
    auto reader = StoreReader::Open(machine(), "/store");
    EXPECT_TRUE(reader.ok()) << reader.status();
    return reader.ok() ? *std::move(reader) : nullptr;
  }

  std::unique_ptr<MemoryFileSystem> files_ = NewDisk();
  ManualHost host_;
};

TEST_F(StoreReaderTest, NoStoreIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(StoreReader::Open(machine(), "/store").status()));
}

TEST_F(StoreReaderTest, SeesTheSameWhetherTheWriterLivesHasDiedOrHasClosed) {
  ReadStory story(machine(), {});
  ASSERT_TRUE(story.Open().ok());
  WriteSomething(story);
  auto beside = OpenReader();
  EXPECT_EQ(CheckAll(*beside, story.rows()), "");
  story.Die();
  EXPECT_EQ(CheckAll(*beside, story.rows()), "");
  EXPECT_EQ(CheckAll(*OpenReader(), story.rows()), "");
  ASSERT_TRUE(story.Open().ok());
  Chance chance(6);
  ASSERT_TRUE(story.Append(50, chance).ok());
  ASSERT_TRUE(story.Commit().ok());
  EXPECT_EQ(CheckAll(*beside, story.rows()), "");
  ASSERT_TRUE(story.Close().ok());
  EXPECT_EQ(CheckAll(*OpenReader(), story.rows()), "");
  EXPECT_EQ(CheckAll(*beside, story.rows()), "");
  ASSERT_TRUE(story.Open().ok());
  ASSERT_TRUE(story.Append(20, chance).ok());
  ASSERT_TRUE(story.Commit().ok());
  EXPECT_EQ(CheckAll(*beside, story.rows()), "");
  EXPECT_EQ(beside->degraded(), "");
}

TEST_F(StoreReaderTest, ReplaysTheWalOfAnotherBootAndWritesNothing) {
  ReadStory story(machine(), {});
  ASSERT_TRUE(story.Open().ok());
  WriteSomething(story);
  ASSERT_TRUE(story.writer().wal().Sync().ok());
  auto found = files_->AfterPowerLoss(PowerLoss::Random(3));
  host_.SetBoot({9});
  auto reader = StoreReader::Open({*found, host_}, "/store");
  ASSERT_TRUE(reader.ok()) << reader.status();
  const uint64_t events = found->unsynced_events();
  EXPECT_EQ(CheckAll(**reader, story.rows()), "");
  EXPECT_EQ((*reader)->degraded(), "");
  EXPECT_EQ(found->unsynced_events(), events);
}

TEST_F(StoreReaderTest, SaysThatItIsDegradedWhereTheTailIsOutOfReach) {
  ReadStory story(machine(), {});
  ASSERT_TRUE(story.Open().ok());
  WriteSomething(story);
  auto live = FindLiveTail(machine(), "/store", story.writer().store());
  ASSERT_TRUE(live.ok());
  story.Die();
  ASSERT_TRUE(files_->Rename(live->folder, "/shm/elsewhere").ok());
  auto reader = OpenReader();
  EXPECT_NE(reader->degraded().find("degraded: sealed and WAL only"), std::string::npos);
  EXPECT_EQ(CheckAll(*reader, story.rows()), "");
}

TEST_F(StoreReaderTest, BesideAWriterOutOfReachItSeesWhatReachesTheWalAndReplaysItSeldom) {
  ReadStory story(machine(), {});
  ASSERT_TRUE(story.Open().ok());
  WriteSomething(story);
  auto live = FindLiveTail(machine(), "/store", story.writer().store());
  ASSERT_TRUE(live.ok());
  // The writer has its tail, the reader never.
  const auto hide = [&] { ASSERT_TRUE(files_->Rename(live->folder, "/shm/elsewhere").ok()); };
  const auto show = [&] { ASSERT_TRUE(files_->Rename("/shm/elsewhere", live->folder).ok()); };
  hide();
  auto reader = OpenReader();
  EXPECT_NE(reader->degraded(), "");
  show();
  Chance chance(6);
  for (int round = 0; round < 5; ++round) {
    const std::vector<StoryRow> before = story.rows();
    ASSERT_TRUE(story.Append(700, chance).ok());
    ASSERT_TRUE(story.Commit().ok());
    ASSERT_TRUE(story.writer().wal().Sync().ok());
    hide();
    const uint64_t calls = files_->operations();
    EXPECT_EQ(CheckAll(*reader, before), "");
    EXPECT_LT(files_->operations() - calls, 100u);
    show();
    ASSERT_TRUE(story.Seal(SealWhat::kFullSlices).ok());
    ASSERT_TRUE(story.writer().Release().ok());
    host_.Advance(100'000'000);
    hide();
    EXPECT_EQ(CheckAll(*reader, story.rows()), "");
    show();
  }
}

TEST_F(StoreReaderTest, AnswersAsOfEarlierCommitsOfTheTailAndRefusesWithinASlice) {
  ReadStory story(machine(), {});
  ASSERT_TRUE(story.Open().ok());
  Chance chance(8);
  std::vector<Lsn> commits;
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(story.Append(400, chance).ok());
    story.Kill(static_cast<uint64_t>(i) * 100);
    ASSERT_TRUE(story.Commit().ok());
    commits.push_back(Lsn(story.committed()));
  }
  auto reader = OpenReader();
  auto before = reader->TakeSnapshot();
  ASSERT_TRUE(before.ok());
  for (Lsn lsn : commits) {
    EXPECT_EQ(CheckScan(*before, {.order = ScanOrder::kTime, .as_of = lsn}, story.rows()), "");
  }
  ASSERT_TRUE(story.Seal(SealWhat::kFullSlices).ok());  // two slices: to within the sixth commit
  auto after = reader->TakeSnapshot();
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(CheckScan(*after, {.as_of = commits[5]}, story.rows()), "");
  const std::string wrong = CheckScan(*after, {.as_of = commits[0]}, story.rows());
  EXPECT_NE(wrong.find("FAILED_PRECONDITION"), std::string::npos) << wrong;
  EXPECT_NE(wrong.find("slice 1 has rows of LSN"), std::string::npos) << wrong;
}

TEST_F(StoreReaderTest, AnswersAsOfEachCommitWithinASliceThatKeepsLsns) {
  ReadStory story(machine(), {.history = true});
  ASSERT_TRUE(story.Open().ok());
  Chance chance(9);
  std::vector<Lsn> commits;
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(story.Append(100 + chance.Below(300), chance).ok());
    story.Kill(static_cast<uint64_t>(i) * 50);
    ASSERT_TRUE(story.Commit().ok());
    commits.push_back(Lsn(story.committed()));
    if (i % 4 == 3) {
      ASSERT_TRUE(story.Seal(SealWhat::kEverything).ok());
    }
  }
  auto reader = OpenReader();
  for (const bool folded : {false, true}) {
    if (folded) {
      ASSERT_TRUE(story.writer().Fold(story.table()).ok());
    }
    auto snapshot = reader->TakeSnapshot();
    ASSERT_TRUE(snapshot.ok());
    for (Lsn lsn : commits) {
      for (ScanOrder order : {ScanOrder::kStored, ScanOrder::kTime, ScanOrder::kArrival}) {
        ASSERT_EQ(CheckScan(*snapshot, {.order = order, .as_of = lsn}, story.rows()), "")
            << "LSN " << lsn.value() << ", folded " << folded;
      }
      ASSERT_EQ(CheckScan(*snapshot, {.symbols = {"S3"}, .as_of = lsn}, story.rows()), "");
    }
  }
}

// A writer that dies between saving a definition and publishing its commit.
TEST_F(StoreReaderTest, ADefinitionThatWasNeverCommittedHidesNoTable) {
  ReadStory story(machine(), {});
  ASSERT_TRUE(story.Open().ok());
  WriteSomething(story);
  auto reader = OpenReader();
  ASSERT_EQ(CheckAll(*reader, story.rows()), "");
  auto catalog = Catalog::Load(*files_, "/store", story.writer().store());
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  CatalogChange change = catalog->Begin(0);
  TableDefinition described = catalog->Find("main", "ticks")->schema.definition();
  described.comment = "what happened";
  ASSERT_TRUE(change.AlterTable(story.table(), described).ok());
  const Lsn never = Lsn(story.committed()) + 1;
  for (const format::CatalogRecord& record : change.records()) {
    ASSERT_TRUE(catalog->Apply(never, record).ok());
  }
  ASSERT_TRUE(catalog->Save(*files_, "/store", never).ok());
  auto control = story.MapControl();
  ASSERT_TRUE(control.ok());
  reinterpret_cast<StoreControl*>((*control)->writable().data())->catalog.Store(never.value());
  story.Die();
  EXPECT_EQ(CheckAll(*reader, story.rows()), "");
  EXPECT_EQ(CheckAll(*OpenReader(), story.rows()), "");
}

TEST_F(StoreReaderTest, HoldsALeaseForEachGenerationAsLongAsASnapshotLives) {
  ReadStory story(machine(), {});
  ASSERT_TRUE(story.Open().ok());
  WriteSomething(story);
  auto reader = OpenReader();
  auto lock = files_->Open("/store/LOCK", OpenMode::kReadWrite);
  ASSERT_TRUE(lock.ok());
  auto first = reader->TakeSnapshot();
  ASSERT_TRUE(first.ok());
  auto control = story.MapControl();
  ASSERT_TRUE(control.ok());
  auto& words = *reinterpret_cast<StoreControl*>((*control)->writable().data());
  const uint64_t generation = words.generation.Load();
  EXPECT_TRUE(*(*lock)->IsLocked({1024 + generation, 1}));
  const uint64_t calls = files_->operations();
  auto second = reader->TakeSnapshot();
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(files_->operations(), calls);  // no system call
  ASSERT_TRUE(story.Seal(SealWhat::kEverything).ok());
  auto third = reader->TakeSnapshot();
  ASSERT_TRUE(third.ok());
  EXPECT_TRUE(*(*lock)->IsLocked({1024 + words.generation.Load(), 1}));
  first->reset();
  EXPECT_TRUE(*(*lock)->IsLocked({1024 + generation, 1}));
  second->reset();
  EXPECT_FALSE(*(*lock)->IsLocked({1024 + generation, 1}));
  third->reset();
  EXPECT_FALSE(*(*lock)->IsLocked({1024, 1 << 20}));
}

TEST_F(StoreReaderTest, HostileWordsAreErrors) {
  ReadStory story(machine(), {});
  ASSERT_TRUE(story.Open().ok());
  WriteSomething(story);
  auto live = FindLiveTail(machine(), "/store", story.writer().store());
  ASSERT_TRUE(live.ok());
  auto store = story.MapControl();
  ASSERT_TRUE(store.ok());
  const auto table_id = story.writer().Find("main", "ticks")->info.id;
  auto file =
      files_->Open(JoinPath(live->folder, TableControlName(table_id)), OpenMode::kReadWrite);
  ASSERT_TRUE(file.ok());
  auto table = (*file)->Map(0, sizeof(TableControl), MapMode::kReadWrite);
  ASSERT_TRUE(table.ok());
  auto& words = *reinterpret_cast<StoreControl*>((*store)->writable().data());
  auto& control = *reinterpret_cast<TableControl*>((*table)->writable().data());
  int refused = 0;
  const std::vector<SharedWord*> all = {&words.generation,
                                        &words.catalog,
                                        &control.visible,
                                        &control.kills,
                                        &control.symbols,
                                        &control.ends(TailRole::kRows).end_chunk,
                                        &control.ends(TailRole::kRows).first_chunk,
                                        &control.ends(TailRole::kHeap).end_chunk,
                                        &control.slot(TailRole::kRows, 1).first,
                                        &control.slot(TailRole::kHeap, 1).first};
  for (SharedWord* word : all) {
    for (uint64_t value : {~uint64_t{0}, uint64_t{1} << 40, uint64_t{99'999}}) {
      const uint64_t before = word->Load();
      word->Store(value);
      // An answer, an error, but never bytes that are not the tail's: the sanitizers watch.
      refused += CheckAll(*OpenReader(), story.rows()).empty() ? 0 : 1;
      word->Store(before);
    }
  }
  EXPECT_GE(refused, 15);
  EXPECT_EQ(CheckAll(*OpenReader(), story.rows()), "");
}

TEST_F(StoreReaderTest, AFaultOfAnyReadingVerbIsAnErrorAndNeverFewerRows) {
  ReadStory story(machine(), {});
  ASSERT_TRUE(story.Open().ok());
  WriteSomething(story);
  uint64_t injected = 0;
  for (bool closed : {false, true}) {
    if (closed) {
      ASSERT_TRUE(story.Close().ok());
    }
    for (FileVerb verb : {FileVerb::kOpen, FileVerb::kRead, FileVerb::kMap, FileVerb::kStat,
                          FileVerb::kList, FileVerb::kLock}) {
      for (uint64_t nth = 1;; ++nth) {
        FaultyFileSystem faulty(*files_);
        faulty.Inject(
            {.verb = verb, .path_part = {}, .nth = nth, .error = absl::UnavailableError("EIO")});
        auto reader = StoreReader::Open({faulty, host_}, "/store");
        const std::string wrong =
            reader.ok() ? CheckAll(**reader, story.rows()) : reader.status().ToString();
        if (faulty.injected().empty()) {
          EXPECT_EQ(wrong, "");
          break;
        }
        ++injected;
        EXPECT_TRUE(wrong.empty() || wrong.find("EIO") != std::string::npos) << wrong;
      }
    }
  }
  EXPECT_GE(injected, 40u);
}

TEST_F(StoreReaderTest, AMissingFileIsAnExpiredSnapshot) {
  ReadStory story(machine(), {});
  ASSERT_TRUE(story.Open().ok());
  WriteSomething(story);
  auto reader = OpenReader();
  auto snapshot = reader->TakeSnapshot();
  ASSERT_TRUE(snapshot.ok());
  const auto table = story.writer().Find("main", "ticks")->info.id;
  const std::string folder = JoinPath("/store", Concat("t00000", table.value(), "-main.ticks"));
  auto days = files_->List(folder);
  ASSERT_TRUE(days.ok()) << days.status();
  for (const DirectoryEntry& day : *days) {
    if (!day.is_directory) continue;
    ASSERT_TRUE(RemoveTree(*files_, JoinPath(folder, day.name)).ok());
  }
  const std::string wrong = CheckScan(*snapshot, {}, story.rows());
  EXPECT_NE(wrong.find("ABORTED: snapshot expired"), std::string::npos) << wrong;
}

TEST_F(StoreReaderTest, WaitsForCommitsOfAnotherThread) {
  PosixHost& host = PosixHost::Instance();
  ReadStory story({*files_, host}, {});
  ASSERT_TRUE(story.Open().ok());
  WriteSomething(story);
  auto reader = StoreReader::Open({*files_, host}, "/store");
  ASSERT_TRUE(reader.ok()) << reader.status();
  const Lsn before = (*reader)->committed();
  EXPECT_EQ(*(*reader)->WaitForCommit(before, 0), before);
  std::thread writer([&] {
    Chance chance(1);
    EXPECT_TRUE(story.Append(1, chance).ok());
    EXPECT_TRUE(story.Commit().ok());
    EXPECT_TRUE(story.writer().wal().Write().ok());
  });
  auto after = (*reader)->WaitForCommit(before, int64_t{60} * 1'000'000'000);
  writer.join();
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(*after, before + 1);
}

// Each snapshot is a prefix of the rows, never shorter than the one before.
TEST_F(StoreReaderTest, ReadersBesideAWriterThatSealsSeePrefixesThatOnlyGrow) {
  PosixHost& host = PosixHost::Instance();
  ReadStory story({*files_, host}, {.late = false});
  ASSERT_TRUE(story.Open().ok());
  const bool full = std::getenv("TAPE_TEST_FULL") != nullptr;
  std::atomic<bool> done = false;
  std::atomic<uint64_t> snapshots = 0;
  const auto read = [&] {
    auto reader = StoreReader::Open({*files_, host}, "/store");
    ASSERT_TRUE(reader.ok()) << reader.status();
    uint64_t last = 0;
    while (!done.load(std::memory_order_acquire)) {
      auto snapshot = (*reader)->TakeSnapshot();
      ASSERT_TRUE(snapshot.ok()) << snapshot.status();
      auto scan = Snapshot(*snapshot).Scan({.table = "ticks",
                                            .columns = {"id", "note"},
                                            .order = ScanOrder::kArrival,
                                            .row_numbers = true});
      ASSERT_TRUE(scan.ok()) << scan.status();
      uint64_t rows = 0;
      for (absl::StatusOr<size_t> some = (*scan)->Next();; some = (*scan)->Next()) {
        ASSERT_TRUE(some.ok()) << some.status();
        if (*some == 0) break;
        for (size_t i = 0; i < *some; ++i, ++rows) {
          ASSERT_EQ((*scan)->row_numbers()[i], rows);
          ASSERT_EQ((*scan)->column(0).Values<int64_t>()[i], static_cast<int64_t>(rows * 10));
        }
      }
      ASSERT_EQ(rows, (*snapshot)->Find("main", "ticks")->rows());
      ASSERT_GE(rows, last);
      last = rows;
      snapshots.fetch_add(1, std::memory_order_relaxed);
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) readers.emplace_back(read);
  Chance chance(3);
  for (uint64_t commit = 0; commit < (full ? 3000 : 120); ++commit) {
    EXPECT_TRUE(story.Append(1 + chance.Below(60), chance).ok());
    EXPECT_TRUE(story.Commit().ok());
    if (commit % 20 != 19) continue;
    EXPECT_TRUE(story.Seal(SealWhat::kEverything).ok());
  }
  while (snapshots.load(std::memory_order_relaxed) < 50) std::this_thread::yield();
  done.store(true, std::memory_order_release);
  for (std::thread& reader : readers) reader.join();
}

class StoreReaderOnDiskTest : public testing::Test {
 protected:
  std::string store() const { return folder_.path() + "/store"; }
  Machine machine() const { return {PosixFileSystem::Instance(), PosixHost::Instance()}; }

  support::TempFolder folder_;
  support::TempFolder memory_;
};

TEST_F(StoreReaderOnDiskTest, SeesTheSameBesideTheWriterAndAfterIt) {
  ReadStory story(machine(), {}, store(), memory_.path());
  ASSERT_TRUE(story.Open().ok());
  Chance chance(2);
  ASSERT_TRUE(story.Append(3000, chance).ok());
  ASSERT_TRUE(story.Commit().ok());
  ASSERT_TRUE(story.Seal(SealWhat::kFullSlices).ok());
  auto reader = StoreReader::Open(machine(), store());
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(CheckAll(**reader, story.rows()), "");
  ASSERT_TRUE(story.Close().ok());
  EXPECT_EQ(CheckAll(**reader, story.rows()), "");
}

// What a child process of the test does: commits, seals, commits more, and dies.
void WriteAndDie(ReadStory& story) {
  Chance chance(4);
  for (int i = 0; i < 30; ++i) {
    const bool done = story.Append(100, chance).ok() && story.Commit().ok() &&
                      story.writer().wal().Write().ok() &&
                      (i != 15 || story.Seal(SealWhat::kFullSlices).ok());
    if (!done) ::_exit(1);
  }
  ::_exit(0);
}

TEST_F(StoreReaderOnDiskTest, SeesEveryCommitOfAnotherProcessUntilItsDeathAndAfter) {
  {
    ReadStory story(machine(), {}, store(), memory_.path());
    ASSERT_TRUE(story.Open().ok());
    ASSERT_TRUE(story.Close().ok());
  }
  const pid_t child = ::fork();
  if (child == 0) {
    ReadStory story(machine(), {}, store(), memory_.path());
    if (!story.Open().ok()) ::_exit(2);
    WriteAndDie(story);
  }
  auto reader = StoreReader::Open(machine(), store());
  ASSERT_TRUE(reader.ok()) << reader.status();
  uint64_t rows = 0;
  Lsn seen;
  while (rows < 3000) {
    auto newest = (*reader)->WaitForCommit(seen, int64_t{30} * 1'000'000'000);
    ASSERT_TRUE(newest.ok()) << newest.status();
    ASSERT_GT(*newest, seen);
    auto snapshot = (*reader)->TakeSnapshot();
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    seen = (*snapshot)->lsn();
    const uint64_t now = (*snapshot)->Find("main", "ticks")->rows();
    ASSERT_GE(now, rows);
    ASSERT_EQ(now % 100, 0u);
    rows = now;
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  // The same rows as a story with the same chance has.
  auto files = NewDisk();
  ReadStory same({*files, PosixHost::Instance()}, {});
  ASSERT_TRUE(same.Open().ok());
  Chance chance(4);
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(same.Append(100, chance).ok());
    ASSERT_TRUE(same.Commit().ok());
  }
  EXPECT_EQ(CheckAll(**reader, same.rows()), "");
}

}  // namespace
}  // namespace tape::engine
