// A sync fails, the process dies, the next one reads what was never made durable, and the power is
// lost: what W6 means across an open.

#include <gtest/gtest.h>

#include <memory>
#include <string>

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

absl::Status AppendSome(SmallStore& store) {
  absl::Status status = store.Append(0, 600);
  if (status.ok()) status = store.Append(1, 20);
  if (status.ok()) status = store.Commit();
  return status;
}

// One life with all that syncs; errors end it.
absl::Status Live(SmallStore& store) {
  absl::Status status = store.Open();
  for (int i = 0; i < 3 && status.ok(); ++i) {
    status = AppendSome(store);
    if (status.ok()) status = store.MakeDurable();
    if (status.ok()) status = store.Seal(SealWhat::kEverything);
    if (status.ok()) status = store.Release();
  }
  return status;
}

// The next process goes on as if nothing were the matter, and then the power is lost. One that
// seals needs less of the WAL after.
void ExpectNothingDurableIsLost(MemoryFileSystem& files, Promises promises, bool seals) {
  ManualHost host(7);
  host.SetProcessId(3);
  {
    SmallStore next(files, host, promises);
    const absl::Status opened = next.Open();
    ASSERT_TRUE(opened.ok()) << opened;
    ASSERT_EQ(next.Check(promises.acknowledged), "");
    ASSERT_TRUE(AppendSome(next).ok());
    ASSERT_TRUE(next.MakeDurable().ok());
    if (seals) {
      ASSERT_TRUE(next.Seal(SealWhat::kEverything).ok());
      ASSERT_TRUE(next.Release().ok());
    }
    ASSERT_TRUE(AppendSome(next).ok());
    ASSERT_TRUE(next.MakeDurable().ok());
  }
  for (const PowerLoss& loss : {PowerLoss::LoseAll(), PowerLoss::KeepAll()}) {
    auto found = files.AfterPowerLoss(loss);
    ManualHost after(8);
    after.SetBoot({8, 8});
    SmallStore last(*found, after, promises);
    const absl::Status opened = last.Open();
    ASSERT_TRUE(opened.ok()) << opened;
    ASSERT_EQ(last.Check(promises.durable), "");
  }
}

void FailEachSyncOf(const std::string& path_part, uint64_t at_least) {
  uint64_t failed = 0;
  for (uint64_t n = 1;; ++n) {
    SCOPED_TRACE(testing::Message() << "sync " << n << " of " << path_part);
    ManualHost host;
    auto files = NewDisk();
    Promises promises;
    absl::Status status;
    {
      SmallStore store(*files, host, promises);
      files->FailSync(path_part, n);
      status = Live(store);
    }
    if (status.ok()) break;  // there are not so many
    ++failed;
    for (const bool seals : {false, true}) {
      auto left = files->AfterProcessDeath();
      ExpectNothingDurableIsLost(*left, promises, seals);
    }
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GE(failed, at_least);
}

TEST(FailedSync, OfTheWalLosesNothingThatIsAcknowledgedLater) { FailEachSyncOf("/wal/", 5); }

TEST(FailedSync, OfAManifestLosesNothingThatIsAcknowledgedLater) { FailEachSyncOf("manifest", 6); }

TEST(FailedSync, OfAColumnOrDictionaryLosesNothing) {
  FailEachSyncOf(".col", 10);
  FailEachSyncOf(".dict", 2);
}

TEST(FailedSync, OfTheCatalogOrLiveLosesNothing) {
  FailEachSyncOf("catalog", 2);
  FailEachSyncOf("LIVE", 1);
}

TEST(FailedSync, MakesEveryCommitFailAndReadingGoOn) {
  ManualHost host;
  auto files = NewDisk();
  Promises promises;
  SmallStore store(*files, host, promises);
  ASSERT_TRUE(store.Open().ok());
  ASSERT_TRUE(AppendSome(store).ok());
  files->FailSync("/wal/", 1);
  EXPECT_TRUE(absl::IsUnavailable(store.MakeDurable()));
  EXPECT_TRUE(absl::IsUnavailable(store.writer().wal().status()));
  EXPECT_TRUE(absl::IsUnavailable(store.MakeDurable())) << "no second try";
  EXPECT_EQ(store.Check(promises.acknowledged), "");
  const uint64_t before = promises.acknowledged;
  EXPECT_TRUE(absl::IsFailedPrecondition(AppendSome(store)));
  EXPECT_EQ(promises.acknowledged, before);
}

}  // namespace
}  // namespace tape::engine
