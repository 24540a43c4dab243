// The power is lost, or the process dies, at every operation on the disk that the workloads make:
// what is found is a prefix of the commits with everything that was promised (W1 to W8).
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "tests/crash/model_store.h"
#include "tests/crash/operations.h"
#include "tests/crash/revival.h"

namespace tape::engine {
namespace {

uint64_t OperationsOf(const Workload& workload) {
  ManualHost host;
  const auto files = NewModelDisk();
  const uint64_t before = files->operations();
  Model model;
  ModelStore store({*files, host}, {}, model);
  const absl::Status status = Operator(store, host, 1).RunUntilError(workload.operations);
  EXPECT_TRUE(status.ok()) << workload.name << ": " << status;
  const uint64_t operations = files->operations() - before;
  EXPECT_EQ(store.Check(model, model.acknowledged()), "");
  return operations;
}

// A disk on which a workload was cut, and what had been promised by then.
struct Cut {
  std::unique_ptr<MemoryFileSystem> files;
  Model model;
};

Cut CutAt(const Workload& workload, uint64_t operation) {
  Cut cut{NewModelDisk(), {}};
  ManualHost host;
  ModelStore store({*cut.files, host}, {}, cut.model);
  cut.files->PowerFailsAt(operation);
  Operator worker(store, host, 1);
  worker.StopWhen([&] { return cut.files->power_failed(); });
  worker.RunUntilError(workload.operations).IgnoreError();  // it ends there
  EXPECT_TRUE(cut.files->power_failed());
  return cut;
}

TEST(Death, OfTheProcessAtAnyOperationLosesNothingAcknowledged) {
  uint64_t states = 0;
  for (const Workload& workload : Workloads()) {
    const uint64_t operations = OperationsOf(workload);
    const uint64_t step = IsFullTest() ? 1 : std::max<uint64_t>(operations / 16, 1);
    for (uint64_t n = 1; n <= operations; n += step) {
      SCOPED_TRACE(testing::Message() << workload.name << ", operation " << n);
      const Cut cut = CutAt(workload, n);
      const auto left = cut.files->AfterProcessDeath();
      ExpectWhole(*left, cut.model, {0, cut.model.acknowledged(), 3});
      ++states;
      if (HasFailure()) return;
    }
  }
  std::cout << states << " states after the death of the process\n";
  EXPECT_GE(states, 190u);
}

TEST(Death, OfOneProcessAfterTheOtherLeavesRoomForTheNext) {
  ManualHost host;
  const auto files = NewModelDisk();
  Model model;
  const ModelStoreOptions options{.tail_bytes_max = uint64_t{64} << 20};
  for (uint32_t life = 1; life <= 100; ++life) {
    ModelStore store({*files, host}, options, model);
    const absl::Status status = store.Open(life);
    ASSERT_TRUE(status.ok()) << "life " << life << ": " << status;
    ASSERT_TRUE(store.Append(0, 3).ok());
    ASSERT_TRUE(store.Append(1, 40).ok());
    store.Kill(1, 2);
    ASSERT_TRUE(store.CommitTogether().ok());
  }
  ModelStore store({*files, host}, options, model);
  ASSERT_TRUE(store.Open(101).ok());
  EXPECT_EQ(store.Check(model, model.acknowledged()), "");
}

std::vector<PowerLoss> Losses(uint64_t operation, uint64_t seeds) {
  std::vector<PowerLoss> losses = {PowerLoss::LoseAll(), PowerLoss::KeepAll()};
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    losses.push_back(PowerLoss::Random(operation * 1000 + seed));
    losses.back().garbage = seed % 2 == 1;
  }
  return losses;
}

TEST(Death, OfTheMachineAtAnyOperationKeepsAPrefixWithEverythingDurable) {
  uint64_t states = 0;
  uint64_t total = 0;
  const uint64_t seeds = IsFullTest() ? 22 : 2;
  for (const Workload& workload : Workloads()) {
    const uint64_t operations = OperationsOf(workload);
    const uint64_t step = IsFullTest() ? 1 : std::max<uint64_t>(operations / 10, 1);
    total += operations;
    for (uint64_t n = 1; n <= operations; n += step) {
      const Cut cut = CutAt(workload, n);
      for (const PowerLoss& loss : Losses(n, seeds)) {
        SCOPED_TRACE(testing::Message() << workload.name << ", operation " << n << ", seed "
                                        << loss.seed << ", garbage " << loss.garbage);
        const bool goes_on = states % (IsFullTest() ? 16 : 4) == 0;
        const auto left = cut.files->AfterPowerLoss(loss);
        ExpectWhole(*left, cut.model, {9, cut.model.durable(), goes_on ? 3u : 1u});
        ++states;
        if (HasFailure()) return;
      }
    }
  }
  std::cout << states << " states after a power loss, " << total << " operations of "
            << Workloads().size() << " workloads\n";
  EXPECT_GE(states, IsFullTest() ? 100'000u : 400u);
}

// What recovery has shown is what a power loss in the midst of it, or just after it, leaves too.
TEST(Death, OfTheMachineInTheMidstOfRecoveryLosesNoMore) {
  uint64_t states = 0;
  for (const Workload& workload : Workloads()) {
    const uint64_t operations = OperationsOf(workload);
    const uint64_t step = std::max<uint64_t>(operations / (IsFullTest() ? 12 : 2), 1);
    for (uint64_t n = step; n <= operations; n += step) {
      const Cut cut = CutAt(workload, n);
      for (uint64_t again = 1; again < 200; again += IsFullTest() ? 3 : 17) {
        SCOPED_TRACE(testing::Message()
                     << workload.name << ", operation " << n << ", then " << again);
        const auto found = cut.files->AfterPowerLoss(PowerLoss::Random(n));
        Model model = cut.model;
        ManualHost host(7);
        host.SetBoot({9});
        ModelStore dying({*found, host}, {}, model);
        found->PowerFailsAt(again);
        if (dying.Open(500).ok()) break;  // it needs no more operations
        const auto left = found->AfterPowerLoss(PowerLoss::Random(again));
        ExpectWhole(*left, cut.model, {10, cut.model.durable(), 2});
        ++states;
        if (HasFailure()) return;
      }
    }
  }
  std::cout << states << " states after a power loss in recovery\n";
  EXPECT_GE(states, 60u);
}

}  // namespace
}  // namespace tape::engine
