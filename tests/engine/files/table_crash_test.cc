// The power fails, or the process dies, at every call that the story of small_table.h makes to the
// file system: what is found is the table before the commit in flight or after it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/memory_file_system.h"
#include "tests/engine/files/small_table.h"

namespace tape::engine {
namespace {

// Whether `content` is that after `least` steps, or after the one that was in flight.
testing::AssertionResult IsBeforeOrAfter(const std::string& content, size_t least, size_t& steps) {
  const std::vector<std::string>& right = RightContents();
  for (steps = least; steps <= least + 1 && steps < right.size(); ++steps) {
    if (content == right[steps]) return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "after " << least << " steps:\n" << content;
}

// Runs the story until the disk fails: -1 where the table was not even made.
int RunUntilFailure(MemoryFileSystem& files) {
  SmallTable table(files);
  if (!table.Create().ok()) return -1;
  int done = 0;
  while (done < static_cast<int>(SmallTable::kSteps) && table.Run(static_cast<size_t>(done)).ok()) {
    ++done;
  }
  return done;
}

uint64_t CallsOfTheStory() {
  MemoryFileSystem files;
  EXPECT_EQ(RunUntilFailure(files), static_cast<int>(SmallTable::kSteps));
  return files.operations();
}

class TableCrash : public testing::Test {
 protected:
  // Opens what is found, compares it, and goes on with the story.
  void Check(MemoryFileSystem& disk, int done, bool goes_on) {
    SmallTable table(disk);
    const absl::Status opened = table.Open();
    if (done < 0 && absl::IsNotFound(opened)) {
      EXPECT_TRUE(table.Create().ok());
      return;
    }
    ASSERT_TRUE(opened.ok()) << opened;
    const absl::StatusOr<std::string> content = table.Content();
    ASSERT_TRUE(content.ok()) << content.status();
    size_t steps = 0;
    ASSERT_TRUE(IsBeforeOrAfter(*content, static_cast<size_t>(std::max(done, 0)), steps));
    ++states_[steps];
    if (!goes_on) return;
    ASSERT_TRUE(table.table().RemoveLeftovers().ok());
    GoOn(table, steps);
  }

  void GoOn(SmallTable& table, size_t steps) {
    const std::vector<std::string>& right = RightContents();
    if (right[steps] == right[steps + 1 < right.size() ? steps + 1 : steps]) ++steps;
    for (; steps < SmallTable::kSteps; ++steps) {
      const absl::Status status = table.Run(steps);
      ASSERT_TRUE(status.ok()) << "step " << steps << ": " << status;
    }
    const absl::StatusOr<std::string> content = table.Content();
    ASSERT_TRUE(content.ok()) << content.status();
    EXPECT_EQ(*content, right.back());
  }

  std::map<size_t, int> states_;  // how often each was found
};

TEST_F(TableCrash, OfThePowerLeavesTheTableBeforeOrAfterTheCommit) {
  const uint64_t calls = CallsOfTheStory();
  for (uint64_t call = 1; call <= calls; ++call) {
    MemoryFileSystem files;
    files.PowerFailsAt(call);
    const int done = RunUntilFailure(files);
    ASSERT_TRUE(files.power_failed());
    std::vector<PowerLoss> losses = {PowerLoss::LoseAll(), PowerLoss::KeepAll()};
    for (uint64_t i = 0; i < Tries(3, 8); ++i) losses.push_back(PowerLoss::Random(call * 8 + i));
    for (size_t i = 0; i < losses.size(); ++i) {
      SCOPED_TRACE(testing::Message() << "call " << call << " of " << calls << ", loss " << i);
      losses[i].garbage = i % 2 == 0 && losses[i].kind == PowerLoss::Kind::kRandom;
      const std::unique_ptr<MemoryFileSystem> disk = files.AfterPowerLoss(losses[i]);
      Check(*disk, done, call % Tries(7, 1) == 0);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_EQ(states_.size(), SmallTable::kSteps + 1);  // each was found
}

TEST_F(TableCrash, OfTheProcessLosesNothingThatWasSeenAfterwards) {
  const uint64_t calls = CallsOfTheStory();
  for (uint64_t call = 1; call <= calls; call += Tries(3, 1)) {
    SCOPED_TRACE(testing::Message() << "call " << call << " of " << calls);
    MemoryFileSystem files;
    files.PowerFailsAt(call);
    const int done = RunUntilFailure(files);
    const std::unique_ptr<MemoryFileSystem> disk = files.AfterProcessDeath();
    Check(*disk, done, false);
    // What Open has shown, a power loss later does not take back.
    SmallTable table(*disk);
    if (!table.Open().ok()) continue;
    const absl::StatusOr<std::string> seen = table.Content();
    const std::unique_ptr<MemoryFileSystem> later = disk->AfterPowerLoss(PowerLoss::LoseAll());
    SmallTable again(*later);
    ASSERT_TRUE(again.Open().ok());
    EXPECT_EQ(*again.Content(), *seen);
  }
}

TEST_F(TableCrash, AfterACrashOfTheRecoveryThereIsStillTheSameTable) {
  MemoryFileSystem files;
  SmallTable story(files);
  ASSERT_TRUE(story.Create().ok());
  files.PowerFailsAt(250);
  size_t done = 0;
  while (done < SmallTable::kSteps && story.Run(done).ok()) ++done;
  ASSERT_TRUE(files.power_failed());
  const std::unique_ptr<MemoryFileSystem> first = files.AfterPowerLoss(PowerLoss::Random(3));
  const uint64_t before = first->operations();
  SmallTable table(*first);
  ASSERT_TRUE(table.Open().ok());
  ASSERT_TRUE(table.table().RemoveLeftovers().ok());
  const uint64_t calls = first->operations() - before;
  for (uint64_t call = 1; call <= calls; ++call) {
    const std::unique_ptr<MemoryFileSystem> disk = files.AfterPowerLoss(PowerLoss::Random(3));
    disk->PowerFailsAt(call);
    SmallTable dying(*disk);
    if (dying.Open().ok()) dying.table().RemoveLeftovers().IgnoreError();  // it may come so far
    const std::unique_ptr<MemoryFileSystem> found = disk->AfterPowerLoss(PowerLoss::Random(call));
    SCOPED_TRACE(testing::Message() << "call " << call << " of " << calls);
    Check(*found, static_cast<int>(done), true);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace tape::engine
