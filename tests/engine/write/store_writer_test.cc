#include "engine/write/store_writer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "tests/engine/write/small_store.h"

namespace tape::engine {
namespace {

std::unique_ptr<MemoryFileSystem> NewDisk() {
  auto files = std::make_unique<MemoryFileSystem>();
  EXPECT_TRUE(files->MakeDirectory("/shm").ok());
  EXPECT_TRUE(files->MarkVolatile("/shm").ok());
  return files;
}

constexpr SmallOptions kOptions = {.small_tail_segments = 2};

// What a store goes through, in one life of its writer.
using Workload = std::function<absl::Status(SmallStore&)>;

#define TAPE_TRY(expression)                              \
  do {                                                    \
    if (absl::Status s = (expression); !s.ok()) return s; \
  } while (false)

absl::Status AppendAndCommit(SmallStore& store) {
  for (uint64_t i = 0; i < 12; ++i) {
    TAPE_TRY(store.Append(0, 1 + i * 7 % 300));
    TAPE_TRY(store.Commit());
    if (i % 3 == 2) TAPE_TRY(store.MakeDurable());
    if (i % 4 == 1) TAPE_TRY(store.writer().wal().Write());
  }
  return absl::OkStatus();
}

absl::Status TwoTables(SmallStore& store) {
  for (uint64_t i = 0; i < 10; ++i) {
    TAPE_TRY(store.Append(0, 3 + i));
    TAPE_TRY(store.Append(1, 400 / (i + 1)));
    TAPE_TRY(store.Commit());
    if (i == 5) TAPE_TRY(store.MakeDurable());
  }
  return store.MakeDurable();
}

absl::Status Sealing(SmallStore& store) {
  for (uint64_t i = 0; i < 4; ++i) {
    TAPE_TRY(store.Append(0, 700));
    TAPE_TRY(store.Append(1, 30));
    TAPE_TRY(store.Commit());
    TAPE_TRY(store.MakeDurable());
    TAPE_TRY(store.Append(0, 20));
    TAPE_TRY(store.Commit());
    TAPE_TRY(store.Seal(i == 2 ? SealWhat::kEverything : SealWhat::kFullSlices));
    TAPE_TRY(store.Release());
  }
  return absl::OkStatus();
}

// Seals and kills, with a tail so small that it must give back what is sealed.
absl::Status Freeing(SmallStore& store) {
  for (uint64_t i = 0; i < 6; ++i) {
    TAPE_TRY(store.Append(0, 1100));
    TAPE_TRY(store.Append(1, 5));
    if (i > 0) store.Kill(0, i * 1100 - 7);
    if (i > 1) store.Kill(0, i * 17);
    TAPE_TRY(store.Commit());
    TAPE_TRY(store.MakeDurable());
    TAPE_TRY(store.Seal(i % 2 == 0 ? SealWhat::kFullSlices : SealWhat::kEverything));
    TAPE_TRY(store.Release());
  }
  return absl::OkStatus();
}

// A table that seldom gets a row beside one that fills segments; kills and a sequence besides.
absl::Status SmallTails(SmallStore& store) {
  for (uint64_t i = 0; i < 5; ++i) {
    TAPE_TRY(store.Append(1, 3));
    if (i > 0) store.Kill(1, i * 3 - 2);
    TAPE_TRY(store.TakeSequence(700));
    TAPE_TRY(store.Append(0, 1024));
    TAPE_TRY(store.Commit());
    TAPE_TRY(store.MakeDurable());
    TAPE_TRY(store.Seal(SealWhat::kFullSlices));
    TAPE_TRY(store.Release());
  }
  return absl::OkStatus();
}

absl::Status Folding(SmallStore& store) {
  for (uint64_t i = 0; i < 8; ++i) {
    TAPE_TRY(store.Append(0, 100));
    TAPE_TRY(store.Commit());
    TAPE_TRY(store.MakeDurable());
    TAPE_TRY(store.Seal(SealWhat::kEverything));
  }
  TAPE_TRY(store.Fold(FoldWhat::kWhatPays));
  TAPE_TRY(store.Append(0, 30));
  TAPE_TRY(store.Commit());
  TAPE_TRY(store.MakeDurable());
  TAPE_TRY(store.Seal(SealWhat::kEverything));
  return store.Fold(FoldWhat::kEverything);
}

absl::Status ClosingAndOpening(SmallStore& store) {
  for (uint64_t i = 0; i < 3; ++i) {
    TAPE_TRY(store.Append(0, 50));
    TAPE_TRY(store.Append(1, 5));
    TAPE_TRY(store.Commit());
    TAPE_TRY(store.Close());
    TAPE_TRY(store.Open());
  }
  return absl::OkStatus();
}

struct NamedWorkload {
  const char* name;
  Workload run;
};

const std::vector<NamedWorkload>& Workloads() {
  static const auto* workloads = new std::vector<NamedWorkload>{
      {"append and commit", AppendAndCommit},
      {"two tables", TwoTables},
      {"sealing", Sealing},
      {"freeing", Freeing},
      {"small tails", SmallTails},
      {"folding", Folding},
      {"closing and opening", ClosingAndOpening},
  };
  return *workloads;
}

TEST(StoreWriter, KeepsEverythingOverManyLives) {
  for (const NamedWorkload& workload : Workloads()) {
    SCOPED_TRACE(workload.name);
    ManualHost host;
    auto files = NewDisk();
    Promises promises;
    for (int life = 0; life < 4; ++life) {
      SmallStore store(*files, host, promises);
      absl::Status status = store.Open();
      ASSERT_TRUE(status.ok()) << status;
      ASSERT_EQ(store.Check(promises.acknowledged), "");
      status = workload.run(store);
      ASSERT_TRUE(status.ok()) << status;
      ASSERT_EQ(store.Check(promises.acknowledged), "");
      if (life % 2 == 0) {
        status = store.Close();
        ASSERT_TRUE(status.ok()) << status;
      }
      host.SetProcessId(static_cast<uint32_t>(life) + 2);
    }
  }
}

TEST(StoreWriter, ASmallTailHoldsFewSegments) {
  ManualHost host;
  auto files = NewDisk();
  Promises promises;
  SmallStore store(*files, host, promises);
  ASSERT_TRUE(store.Open(kOptions).ok());
  for (int i = 0; i < 10; ++i) {
    const absl::Status status = SmallTails(store);
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_LE(store.writer().wal().segments(), 4u);
  }
  EXPECT_EQ(store.Check(promises.acknowledged), "");
  auto left = files->AfterPowerLoss(PowerLoss::LoseAll());
  ManualHost after(3);
  after.SetBoot({5, 5});
  SmallStore next(*left, after, promises);
  ASSERT_TRUE(next.Open(kOptions).ok());
  EXPECT_EQ(next.Check(promises.durable), "");
  EXPECT_TRUE(next.TakeSequence(1).ok());
}

TEST(StoreWriter, ATableWhoseFolderIsGoneIsDataLossAndNamed) {
  ManualHost host;
  auto files = NewDisk();
  Promises promises;
  {
    SmallStore store(*files, host, promises);
    ASSERT_TRUE(store.Open().ok());
    ASSERT_TRUE(store.Append(0, 10).ok());
    ASSERT_TRUE(store.Commit().ok());
    ASSERT_TRUE(store.Close().ok());
  }
  ASSERT_TRUE(RemoveTree(*files, "/store/t000002-main.t0").ok());
  SmallStore store(*files, host, promises);
  const absl::Status status = store.Open();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_NE(status.ToString().find("t000002-main.t0"), std::string::npos) << status;
}

TEST(StoreWriter, AFolderThatNoCatalogKnowsGoesUnlessItWasUsed) {
  ManualHost host;
  auto files = NewDisk();
  Promises promises;
  {
    SmallStore store(*files, host, promises);
    ASSERT_TRUE(store.Open().ok());
    ASSERT_TRUE(store.Close().ok());
  }
  ASSERT_TRUE(files->MakeDirectory("/store/t000077-main.never").ok());
  ASSERT_TRUE(files->MakeDirectory("/store/t000078-main.used").ok());
  ASSERT_TRUE(files->MakeDirectory("/store/t000078-main.used/2025-01-21").ok());
  ASSERT_TRUE(files->MakeDirectory("/store/theirs").ok());
  SmallStore store(*files, host, promises);
  ASSERT_TRUE(store.Open().ok());
  EXPECT_TRUE(absl::IsNotFound(files->Stat("/store/t000077-main.never").status()));
  EXPECT_TRUE(files->Stat("/store/t000078-main.used").ok());
  EXPECT_TRUE(files->Stat("/store/theirs").ok());
  EXPECT_EQ(store.writer().recovery().notes.size(), 2u);
}

TEST(StoreWriter, ALostCatalogIsDataLossOnceTheWalDoesNotBeginAtTheBeginning) {
  ManualHost host;
  auto files = NewDisk();
  Promises promises;
  {
    SmallStore store(*files, host, promises);
    ASSERT_TRUE(store.Open(kOptions).ok());
    ASSERT_TRUE(SmallTails(store).ok());
    ASSERT_TRUE(SmallTails(store).ok());
    ASSERT_TRUE(store.Close().ok());
  }
  const std::vector<DirectoryEntry> entries = *files->List("/store");
  for (const DirectoryEntry& entry : entries) {
    if (entry.name.starts_with("catalog.")) {
      ASSERT_TRUE(files->Unlink(JoinPath("/store", entry.name)).ok());
    }
  }
  SmallStore store(*files, host, promises);
  const absl::Status status = store.Open();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_TRUE(files->Stat("/store/t000002-main.t0").ok());
}

TEST(StoreWriter, ASecondWriterIsRefusedAndToldWhoTheFirstIs) {
  ManualHost host;
  host.SetProcessId(4711);
  auto files = NewDisk();
  Promises promises;
  SmallStore first(*files, host, promises);
  ASSERT_TRUE(first.Open().ok());
  SmallStore second(*files, host, promises);
  const absl::Status status = second.Open();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_NE(status.ToString().find("4711"), std::string::npos) << status;
}

// Every operation with the large counts, else every 17th, another one for each workload.
bool IsTried(uint64_t n, const NamedWorkload& workload) {
  static const bool full = std::getenv("TAPE_TEST_FULL") != nullptr;
  return full || n % 17 == static_cast<uint64_t>(&workload - Workloads().data());
}

// Runs the workload until its n-th operation on the disk, and gives what is left to `judge`.
void RunUntil(const Workload& workload, uint64_t n, Promises& promises,
              const std::function<void(const MemoryFileSystem&)>& judge) {
  ManualHost host;
  auto files = NewDisk();
  {
    SmallStore store(*files, host, promises);
    store.DiesWith(*files);
    files->PowerFailsAt(n);
    if (store.Open(kOptions).ok()) workload(store).IgnoreError();
  }
  judge(*files);
}

uint64_t OperationsOf(const Workload& workload) {
  ManualHost host;
  auto files = NewDisk();
  Promises promises;
  const uint64_t before = files->operations();
  SmallStore store(*files, host, promises);
  EXPECT_TRUE(store.Open(kOptions).ok());
  EXPECT_TRUE(workload(store).ok());
  return files->operations() - before;
}

// Opens what was left, checks it, goes on for a while, and opens it once more.
void ExpectWhole(MemoryFileSystem& files, const BootId& boot, Promises promises,
                 uint64_t promised) {
  ManualHost host(99);
  host.SetBoot(boot);
  for (int life = 0; life < 2; ++life) {
    SmallStore store(files, host, promises);
    const absl::Status status = store.Open(kOptions);
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_EQ(store.Check(promised), "");
    ASSERT_TRUE(store.TakeSequence(3).ok());
    ASSERT_TRUE(store.Append(0, 10).ok());
    ASSERT_TRUE(store.Append(1, 10).ok());
    ASSERT_TRUE(store.Commit().ok());
    ASSERT_TRUE(store.MakeDurable().ok());
    promised = promises.durable;
  }
}

TEST(StoreWriter, TheDeathOfTheProcessAtAnyOperationLosesNothing) {
  uint64_t states = 0;
  for (const NamedWorkload& workload : Workloads()) {
    const uint64_t operations = OperationsOf(workload.run);
    for (uint64_t n = 1; n <= operations; ++n) {
      if (!IsTried(n, workload)) continue;
      SCOPED_TRACE(testing::Message() << workload.name << ", operation " << n);
      Promises promises;
      RunUntil(workload.run, n, promises, [&](const MemoryFileSystem& files) {
        const auto left = files.AfterProcessDeath();
        ExpectWhole(*left, ManualHost().Boot(), promises, promises.acknowledged);
      });
      ++states;
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(states, 100u);
  RecordProperty("states", static_cast<int>(states));
}

TEST(StoreWriter, APowerLossAtAnyOperationKeepsAPrefixWithEverythingDurable) {
  uint64_t states = 0;
  const uint64_t seeds = std::getenv("TAPE_TEST_FULL") != nullptr ? 40 : 2;
  for (const NamedWorkload& workload : Workloads()) {
    const uint64_t operations = OperationsOf(workload.run);
    for (uint64_t n = 1; n <= operations; ++n) {
      if (!IsTried(n, workload)) continue;
      Promises promises;
      RunUntil(workload.run, n, promises, [&](const MemoryFileSystem& files) {
        std::vector<PowerLoss> losses = {PowerLoss::LoseAll(), PowerLoss::KeepAll()};
        for (uint64_t seed = 0; seed < seeds; ++seed) {
          losses.push_back(PowerLoss::Random(n * 1000 + seed));
          losses.back().garbage = seed % 2 == 1;
        }
        for (const PowerLoss& loss : losses) {
          SCOPED_TRACE(testing::Message() << workload.name << ", operation " << n << ", seed "
                                          << loss.seed << ", garbage " << loss.garbage);
          const auto left = files.AfterPowerLoss(loss);
          ExpectWhole(*left, {9, 9}, promises, promises.durable);
          ++states;
          if (testing::Test::HasFailure()) return;
        }
      });
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(states, 400u);
  RecordProperty("states", static_cast<int>(states));
}

}  // namespace
}  // namespace tape::engine
