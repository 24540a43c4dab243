// Every call that the workloads make to the file system fails, once or from then on: nothing
// crashes, whoever was told "ok" keeps what he has, and the store opens again.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/faulty_file_system.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "tests/crash/model_store.h"
#include "tests/crash/operations.h"
#include "tests/crash/revival.h"

namespace tape::engine {
namespace {

// The ways in which a call of a verb fails.
struct Way {
  const char* name;
  absl::Status error;
  bool forever = false;
  bool short_write = false;
};

std::vector<Way> WaysOf(FileVerb verb) {
  const absl::Status error = absl::UnavailableError("injected: EIO");
  std::vector<Way> ways = {{"once", error}, {"for ever", error, true}};
  const bool needs_room = verb == FileVerb::kWrite || verb == FileVerb::kAllocate;
  if (needs_room) {
    ways.push_back({"no room, for ever", absl::ResourceExhaustedError("injected: ENOSPC"), true});
  }
  if (verb == FileVerb::kWrite) ways.push_back({"half a write", error, false, true});
  return ways;
}

std::map<FileVerb, uint64_t> CallsOf(const Workload& workload) {
  ManualHost host;
  const auto disk = NewModelDisk();
  FaultyFileSystem files(*disk);
  Model model;
  ModelStore store({files, host}, {}, model);
  EXPECT_TRUE(Operator(store, host, 1).RunUntilError(workload.operations).ok());
  std::map<FileVerb, uint64_t> calls;
  for (size_t verb = 0; verb < kFileVerbs; ++verb) {
    const uint64_t count = files.calls(static_cast<FileVerb>(verb));
    if (count != 0) calls[static_cast<FileVerb>(verb)] = count;
  }
  return calls;
}

class FaultSweep : public testing::Test {
 protected:
  // Runs the workload, all of it whatever fails, with one plan of faults.
  void Try(const Workload& workload, const Fault& fault) {
    ManualHost host;
    const auto disk = NewModelDisk();
    FaultyFileSystem files(*disk);
    files.Inject(fault);
    Model model;
    ModelStore store({files, host}, {}, model);
    Operator worker(store, host, 1);
    worker.RunAll(workload.operations);
    const uint64_t fired = files.injected().size();
    ASSERT_GT(fired, 0u) << "the fault was never met";
    injected_ += fired;
    ++plans_;
    for (const absl::Status& error : worker.errors()) {
      EXPECT_FALSE(absl::IsDataLoss(error)) << "nothing is damaged: " << error;
    }
    if (worker.errors().empty()) ++unnoticed_;
    CheckWhereItIs(files, store, model);
    const auto found = disk->AfterPowerLoss(PowerLoss::Random(plans_));
    store.Drop();
    const auto left = disk->AfterProcessDeath();
    ExpectWhole(*left, model, {0, model.acknowledged(), 2});
    if (plans_ % 2 == 0) ExpectWhole(*found, model, {9, model.durable(), 2});
  }

  // A store that is still open keeps answering reads.
  void CheckWhereItIs(FaultyFileSystem& files, ModelStore& store, const Model& model) {
    files.Inject({});
    if (!store.is_open()) return;
    Model copy = model;
    EXPECT_EQ(store.Check(copy, model.acknowledged()), "");
  }

  uint64_t plans_ = 0;
  uint64_t injected_ = 0;
  uint64_t unnoticed_ = 0;
};

TEST_F(FaultSweep, OfEveryCallKeepsWhatWasAcknowledged) {
  std::map<FileVerb, uint64_t> by_verb;
  for (const Workload& workload : Workloads()) {
    for (const auto& [verb, calls] : CallsOf(workload)) {
      const uint64_t step = IsFullTest() ? 1 : std::max<uint64_t>(calls, 1);
      for (uint64_t nth = IsFullTest() ? 1 : 1 + plans_ % calls; nth <= calls; nth += step) {
        for (const Way& way : WaysOf(verb)) {
          SCOPED_TRACE(testing::Message() << workload.name << ": " << FileVerbName(verb) << " "
                                          << nth << " fails " << way.name);
          Try(workload, {.verb = verb,
                         .path_part = {},
                         .nth = nth,
                         .forever = way.forever,
                         .error = way.error,
                         .short_write = way.short_write});
          ++by_verb[verb];
          if (HasFailure()) return;
        }
      }
    }
  }
  std::cout << plans_ << " plans, " << injected_ << " faults injected, " << unnoticed_
            << " plans that nobody had to hear of\n";
  for (const auto& [verb, plans] : by_verb) {
    std::cout << "  " << FileVerbName(verb) << ": " << plans << "\n";
  }
  EXPECT_GE(injected_, IsFullTest() ? 20'000u : 500u);
  EXPECT_GE(by_verb.size(), 13u);
}

}  // namespace
}  // namespace tape::engine
