// All sequences of up to three operations out of those that there are, on a store that has
// something of everything; the power is lost at each sync that they make, and at their end.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "tests/crash/model_store.h"
#include "tests/crash/operations.h"
#include "tests/crash/revival.h"

namespace tape::engine {
namespace {

constexpr size_t kLengthMax = 3;

// A store with rows in slices, in the WAL and in the tail alone, and an open commit.
struct Start {
  std::unique_ptr<MemoryFileSystem> disk = NewModelDisk();
  Model model;
};

const std::vector<Operation>& Beginning() {
  static const auto* operations = new std::vector<Operation>{
      {Doing::kBatch, 0, 1100},   {Doing::kAppend, 1, 20},           {.doing = Doing::kCommit},
      {.doing = Doing::kDurable}, {.doing = Doing::kSealFull},       {Doing::kKill, 0, 2},
      {Doing::kAppend, 1, 5},     {.doing = Doing::kCommitTogether}, {.doing = Doing::kWrite},
      {Doing::kAppend, 0, 3},     {.doing = Doing::kCommit}};
  return *operations;
}

Start MakeStart() {
  Start start;
  ManualHost host;
  ModelStore store({*start.disk, host}, {}, start.model);
  const absl::Status status = Operator(store, host, 1).RunUntilError(Beginning());
  EXPECT_TRUE(status.ok()) << status;
  return start;
}

// Runs a sequence on a copy of the start; the power fails at its n-th operation on the disk, 0:
// nowhere. Its trace, from the end of opening on.
struct Cut {
  std::unique_ptr<MemoryFileSystem> disk;
  Model model;
  std::vector<MemoryOperation> trace;
};

Cut RunCutAt(const Start& start, const std::vector<Operation>& sequence, uint64_t n) {
  Cut cut{start.disk->AfterProcessDeath(), start.model, {}};
  ManualHost host(3);
  ModelStore store({*cut.disk, host}, {}, cut.model);
  Operator worker(store, host, 2);
  worker.StopWhen([&] { return cut.disk->power_failed(); });
  EXPECT_TRUE(worker.Open().ok());
  EXPECT_TRUE(store.Append(0, 2).ok());  // the open commit
  if (n == 0) {
    cut.disk->StartTrace();
  } else {
    cut.disk->PowerFailsAt(n);
  }
  const absl::Status status = worker.RunUntilError(sequence);
  EXPECT_EQ(status.ok(), n == 0) << status;
  if (n == 0) cut.trace = cut.disk->trace();
  return cut;
}

class Sequences : public testing::Test {
 protected:
  void TryAll(std::vector<Operation>& sequence) {
    if (!sequence.empty() && tried_++ % step_ == 0) Try(sequence);
    if (sequence.size() == kLengthMax || HasFailure()) return;
    for (size_t i = 0; i < kDoings; ++i) {
      sequence.push_back(TypicalOperation(i));
      TryAll(sequence);
      sequence.pop_back();
      if (HasFailure()) return;
    }
  }

  void Try(const std::vector<Operation>& sequence) {
    ++run_;
    const Cut whole = RunCutAt(start_, sequence, 0);
    Judge(sequence, whole, 0);
    for (uint64_t n = 1; n <= whole.trace.size(); ++n) {
      const FileVerb verb = whole.trace[n - 1].verb;
      if (verb != FileVerb::kSync && verb != FileVerb::kSyncDirectory) continue;
      ++syncs_;
      Judge(sequence, RunCutAt(start_, sequence, n), n);
      if (HasFailure()) return;
    }
  }

  void Judge(const std::vector<Operation>& sequence, const Cut& cut, uint64_t n) {
    for (const PowerLoss& loss : {PowerLoss::LoseAll(), PowerLoss::Random(run_ * 1000 + n)}) {
      SCOPED_TRACE(testing::Message()
                   << TextOf(sequence) << "; cut at " << n << ", seed " << loss.seed);
      const auto left = cut.disk->AfterPowerLoss(loss);
      ExpectWhole(*left, cut.model, {9, cut.model.durable(), 1});
      ++states_;
    }
    const auto left = cut.disk->AfterProcessDeath();
    SCOPED_TRACE(testing::Message() << TextOf(sequence) << "; killed at " << n);
    ExpectWhole(*left, cut.model, {0, cut.model.acknowledged(), 1});
    ++states_;
  }

  const Start start_ = MakeStart();
  const uint64_t step_ = IsFullTest() ? 1 : 101;
  uint64_t tried_ = 0;
  uint64_t run_ = 0;
  uint64_t syncs_ = 0;
  uint64_t states_ = 0;
};

TEST_F(Sequences, OfUpToThreeOperationsLoseNothingAtAnySync) {
  std::vector<Operation> sequence;
  TryAll(sequence);
  std::cout << run_ << " of " << tried_ << " sequences, " << syncs_ << " syncs, " << states_
            << " states\n";
  EXPECT_EQ(tried_, kDoings + kDoings * kDoings + kDoings * kDoings * kDoings);
  EXPECT_GE(syncs_, run_);
  EXPECT_GE(states_, IsFullTest() ? 20'000u : 500u);
}

}  // namespace
}  // namespace tape::engine
