// Real disks that run full, cycle after cycle: a store and its tail on two small tmpfs, one of
// which is filled up to a few kilobytes, again and again. No signal, no acknowledged commit lost,
// and the store goes on once there is room.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "engine/io/chance.h"
#include "engine/io/manual_host.h"
#include "engine/io/posix_file_system.h"
#include "tests/crash/model_store.h"
#include "tests/crash/operations.h"
#include "tests/crash/revival.h"
#include "tests/support/small_disk.h"

namespace tape::engine {
namespace {

constexpr uint64_t kStoreBytes = uint64_t{6} << 20;
constexpr uint64_t kTailBytes = uint64_t{24} << 20;

// One store after the other: each until it takes most of its disk.
class FullDisks {
 public:
  FullDisks(support::SmallDisk& store_disk, support::SmallDisk& tail_disk)
      : store_disk_(store_disk), tail_disk_(tail_disk) {}

  // Fills one of the disks, works until something fails, makes room, goes on, and compares.
  void Cycle(Chance& chance) {
    if (!store_.has_value()) Begin();
    if (testing::Test::HasFatalFailure()) return;
    support::SmallDisk& disk = chance.OneIn(2) ? store_disk_ : tail_disk_;
    disk.Fill(chance.Below(160) << 10);
    const absl::Status error = WorkUntilError(chance);
    EXPECT_TRUE(absl::IsResourceExhausted(error)) << error;
    disk.Empty();
    GoOn();
    if (testing::Test::HasFatalFailure()) return;
    ASSERT_EQ(store_->Check(model_, model_.acknowledged()), "");
    if (store_disk_.FreeBytes() < kStoreBytes / 2 || tail_disk_.FreeBytes() < kTailBytes / 2) End();
  }

  // How often it went on without another process, and how often one had to come.
  uint64_t went_on() const { return went_on_; }
  uint64_t reopened() const { return reopened_; }
  uint64_t commits() const { return commits_ + model_.tried(); }

  // What has to fit onto an empty disk does.
  void End() {
    ASSERT_TRUE(store_->Close().ok());
    store_.reset();
    std::filesystem::remove_all(store_disk_.path() + "/store");
  }

 private:
  void Begin() {
    commits_ += model_.tried();
    model_ = {};
    store_.emplace(Machine{PosixFileSystem::Instance(), PosixHost::Instance()},
                   ModelStoreOptions{.folder = store_disk_.path() + "/store",
                                     .shared_memory = tail_disk_.path(),
                                     .wal_segment_bytes = uint64_t{64} << 10,
                                     .tail_bytes_max = kTailBytes / 4 * 3},
                   model_);
    const absl::Status status = store_->Open(++attempt_);
    ASSERT_TRUE(status.ok()) << status;
  }

  absl::Status WorkUntilError(Chance& chance) {
    // Mostly rows that have to be in the WAL, so that segments run out as well as slices.
    const std::array<Doing, 10> kDoing = {
        Doing::kAppend,         Doing::kBatch,
        Doing::kBatch,          Doing::kCommit,
        Doing::kCommitTogether, Doing::kKill,
        Doing::kDurable,        Doing::kDurable,
        Doing::kRelease,        chance.OneIn(3) ? Doing::kSealEverything : Doing::kWrite};
    Operator worker(*store_, host_, attempt_);
    absl::Status status;
    while (status.ok()) {
      Operation operation{.doing = kDoing[chance.Below(kDoing.size())],
                          .table = chance.Below(kModelTables),
                          .count = 1 + chance.Below(500)};
      status = worker.Run(operation);
    }
    return status;
  }

  void GoOn() {
    for (size_t table = 0; table < kModelTables; ++table) store_->Abandon(table);
    absl::Status status = store_->Append(0, 5);
    status.Update(store_->CommitTogether());
    status.Update(store_->MakeDurable());
    if (status.ok()) {
      ++went_on_;
      return;
    }
    // The WAL has failed: what was committed is in the tail, and the next process has it.
    EXPECT_EQ(store_->Check(model_, model_.acknowledged()), "");
    ++reopened_;
    status = store_->Open(++attempt_);
    ASSERT_TRUE(status.ok()) << status;
  }

  support::SmallDisk& store_disk_;
  support::SmallDisk& tail_disk_;
  ManualHost host_;
  Model model_;
  uint32_t attempt_ = 0;
  std::optional<ModelStore> store_;
  uint64_t went_on_ = 0;
  uint64_t reopened_ = 0;
  uint64_t commits_ = 0;
};

TEST(DiskFull, AgainAndAgainIsNoSignalAndLosesNothing) {
  support::SmallDisk store_disk(kStoreBytes);
  support::SmallDisk tail_disk(kTailBytes);
  if (!store_disk.mounted() || !tail_disk.mounted()) {
    GTEST_SKIP() << "cannot mount a tmpfs, which needs root: " << store_disk.why_not();
  }
  const uint64_t cycles = IsFullTest() ? 400 : 24;
  FullDisks disks(store_disk, tail_disk);
  for (uint64_t seed = 1; seed <= cycles; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Chance chance(seed);
    disks.Cycle(chance);
    if (HasFailure()) return;
  }
  std::cout << cycles << " cycles: " << disks.went_on() << " went on, " << disks.reopened()
            << " needed another process; " << disks.commits() << " commits\n";
  EXPECT_EQ(disks.went_on() + disks.reopened(), cycles);
  EXPECT_GE(disks.went_on(), cycles / 8);
  EXPECT_GE(disks.reopened(), cycles / 8);
}

}  // namespace
}  // namespace tape::engine
