// Every call that the story of small_table.h makes to the file system fails, once and for ever: the
// error is returned, and the table is as it was, or does what was asked the next time.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "engine/io/faulty_file_system.h"
#include "engine/io/memory_file_system.h"
#include "tests/engine/files/small_table.h"

namespace tape::engine {
namespace {

// What a story with a fault came to.
struct Outcome {
  bool created = false;
  size_t done = 0;       // steps that returned ok
  size_t failures = 0;   // steps that did not
  bool is_dead = false;  // a step and its second try failed
  absl::Status last_error;
};

bool IsInjected(const absl::Status& status) {
  return absl::IsUnavailable(status) &&
         std::string_view(status.message().data(), status.message().size()).find("injected") !=
             std::string_view::npos;
}

// Tries each step once more where it failed.
Outcome RunStubbornly(SmallTable& table) {
  Outcome outcome;
  outcome.last_error = table.Create();
  if (!outcome.last_error.ok()) outcome.last_error = table.Open();  // it may have come so far
  if (absl::IsNotFound(outcome.last_error)) outcome.last_error = table.Create();
  outcome.created = outcome.last_error.ok();
  while (outcome.created && outcome.done < SmallTable::kSteps && !outcome.is_dead) {
    absl::Status status = table.Run(outcome.done);
    for (int tries = 0; tries < 2 && !status.ok(); ++tries) {
      ++outcome.failures;
      outcome.last_error = status;
      EXPECT_TRUE(IsInjected(status)) << status;
      status = table.Run(outcome.done);
    }
    outcome.is_dead = !status.ok();
    outcome.done += status.ok() ? 1 : 0;
  }
  return outcome;
}

class TableFaults : public testing::TestWithParam<FileVerb> {
 protected:
  void RunWith(uint64_t nth, bool forever, bool short_write) {
    SCOPED_TRACE(testing::Message()
                 << FileVerbName(GetParam()) << " " << nth << (forever ? " for ever" : " once"));
    MemoryFileSystem disk;
    disk.MakeDirectory("/store").IgnoreError();
    disk.SyncDirectory("/").IgnoreError();
    FaultyFileSystem files(disk);
    SmallTable table(files);
    files.Inject({.verb = GetParam(),
                  .path_part = {},
                  .nth = nth,
                  .forever = forever,
                  .error = absl::UnavailableError("injected"),
                  .short_write = short_write});
    const Outcome outcome = RunStubbornly(table);
    ASSERT_GE(files.injected().size(), 1u);
    const bool is_sync = GetParam() == FileVerb::kSync || GetParam() == FileVerb::kSyncDirectory;
    if (outcome.created && is_sync && outcome.failures > 0) {
      EXPECT_TRUE(outcome.is_dead) << "a commit after a sync that failed";  // W6
    }
    if (!is_sync && !forever) {
      EXPECT_EQ(outcome.done, SmallTable::kSteps) << outcome.last_error;
    }
    if (outcome.is_dead) ++dead_;
    Check(disk, outcome);
  }

  void Check(MemoryFileSystem& disk, const Outcome& outcome) {
    const std::vector<std::string>& right = RightContents();
    for (const PowerLoss& how : {PowerLoss::LoseAll(), PowerLoss::KeepAll()}) {
      const auto found = disk.AfterPowerLoss(how);
      SmallTable table(*found);
      const absl::Status opened = table.Open();
      if (!outcome.created) continue;
      ASSERT_TRUE(opened.ok()) << opened;
      const absl::StatusOr<std::string> content = table.Content();
      ASSERT_TRUE(content.ok()) << content.status();
      const bool is_before = *content == right[outcome.done];
      const bool is_after = outcome.is_dead && *content == right[outcome.done + 1];
      EXPECT_TRUE(is_before || is_after) << "after " << outcome.done << " steps:\n" << *content;
    }
  }

  uint64_t CallsOfTheStory() {
    MemoryFileSystem disk;
    disk.MakeDirectory("/store").IgnoreError();
    FaultyFileSystem files(disk);
    SmallTable table(files);
    files.Inject({.verb = GetParam(), .path_part = {}, .error = absl::OkStatus()});
    EXPECT_EQ(RunStubbornly(table).done, SmallTable::kSteps);
    return files.calls(GetParam());
  }

  int dead_ = 0;
};

TEST_P(TableFaults, AreReturnedAndLeaveTheTableAsItWas) {
  const uint64_t calls = CallsOfTheStory();
  ASSERT_GT(calls, 0u);
  for (uint64_t nth = 1; nth <= calls; ++nth) {
    RunWith(nth, false, false);
    RunWith(nth, true, false);
    if (GetParam() == FileVerb::kWrite) RunWith(nth, false, true);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryVerb, TableFaults,
                         testing::Values(FileVerb::kOpen, FileVerb::kRead, FileVerb::kWrite,
                                         FileVerb::kSync, FileVerb::kSyncDirectory,
                                         FileVerb::kRename, FileVerb::kUnlink, FileVerb::kList,
                                         FileVerb::kStat, FileVerb::kMakeDirectory),
                         [](const auto& info) {
                           std::string name(FileVerbName(info.param));
                           std::erase(name, ' ');
                           return name;
                         });

}  // namespace
}  // namespace tape::engine
