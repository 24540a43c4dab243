// The whole life of a store from one seed, against a model: operations of every kind, processes
// that die, machines that lose their power at any operation, calls that fail, a clock that goes
// back. A seed that fails is printed with what was done, and runs alone with --seed=N.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/chance.h"
#include "engine/io/faulty_file_system.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "format/bytes/message.h"
#include "tests/crash/model_store.h"
#include "tests/crash/operations.h"
#include "tests/crash/revival.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr uint64_t kFarAway = uint64_t{1} << 40;

// Of the command line; 0: all that the counts ask for.
uint64_t only_seed = 0;

struct Tally {
  uint64_t lives = 0;
  uint64_t operations = 0;
  uint64_t errors = 0;
  uint64_t faults = 0;
  uint64_t cuts = 0;
  uint64_t power_losses = 0;
  uint64_t deaths = 0;
  uint64_t closes = 0;
  uint64_t commits = 0;
};

class History {
 public:
  History(uint64_t seed, Tally& tally) : tally_(tally), chance_(seed), host_(seed) {}

  // Empty where all was right; else what was not.
  std::string Run() {
    const uint64_t lives = 2 + chance_.Below(8);
    for (uint64_t life = 0; life < lives; ++life) {
      if (std::string wrong = Live(); !wrong.empty()) return wrong;
      if (std::string wrong = Revive(); !wrong.empty()) return wrong;
    }
    return {};
  }

  const std::string& told() const { return told_; }

 private:
  void Tell(std::string_view what) { told_ += Concat(what, "\n"); }

  // What may go wrong in this life, decided before it begins.
  void Plan(FaultyFileSystem& files) {
    const uint64_t lot = chance_.Below(3);
    if (lot == 0) {
      const uint64_t n = 1 + chance_.Below(400);
      disk_->PowerFailsAt(n);
      Tell(Concat("the disk goes at operation ", n));
    }
    if (lot == 1) {
      Fault fault;
      fault.nth = 1 + chance_.Below(120);
      fault.error = absl::UnavailableError("injected: EIO");
      if (!chance_.OneIn(3)) fault.verb = static_cast<FileVerb>(chance_.Below(kFileVerbs));
      fault.forever = chance_.OneIn(3);
      fault.short_write = chance_.OneIn(3);
      if (chance_.OneIn(3)) fault.error = absl::ResourceExhaustedError("injected: ENOSPC");
      Tell(Concat("call ", fault.nth,
                  " fails: ", fault.verb.has_value() ? FileVerbName(*fault.verb) : "any verb",
                  fault.forever ? ", for ever" : ", once"));
      files.Inject(fault);
    }
  }

  std::string Live() {
    ++tally_.lives;
    FaultyFileSystem files(*disk_);
    Plan(files);
    ModelStore store({files, host_}, {}, model_);
    Operator worker(store, host_, attempt_);
    worker.StopWhen([&] { return disk_->power_failed(); });
    std::vector<Operation> operations;
    for (uint64_t count = 1 + chance_.Below(40); count > 0; --count) {
      operations.push_back(AnyOperation(chance_));
    }
    Tell(TextOf(operations));
    worker.RunAll(operations);
    attempt_ = worker.attempt();
    tally_.operations += operations.size();
    tally_.errors += worker.errors().size();
    tally_.faults += files.injected().size();
    tally_.cuts += disk_->power_failed() ? 1 : 0;
    std::string last;
    for (const absl::Status& error : worker.errors()) {
      if (error.ToString() != last) Tell(Concat("  ", error.ToString()));
      last = error.ToString();
      if (absl::IsDataLoss(error)) return "damage where nothing was damaged";
    }
    files.Inject({});
    if (disk_->power_failed() || !store.is_open()) return {};
    disk_->PowerFailsAt(kFarAway);
    Model copy = model_;
    std::string wrong = store.Check(copy, model_.acknowledged());
    if (wrong.empty() && chance_.OneIn(5) && store.Close().ok()) {
      Tell("closed");
      ++tally_.closes;
    }
    return wrong;
  }

  // Another process comes, perhaps after a power loss, and compares everything.
  std::string Revive() {
    uint64_t promised = model_.acknowledged();
    if (chance_.OneIn(2)) {
      PowerLoss loss = PowerLoss::Random(chance_.Next());
      if (chance_.OneIn(4)) loss = PowerLoss::LoseAll();
      loss.garbage = loss.kind == PowerLoss::Kind::kRandom && chance_.OneIn(2);
      Tell(Concat("power lost, seed ", loss.seed, loss.garbage ? ", with garbage" : ""));
      disk_ = disk_->AfterPowerLoss(loss);
      host_.SetBoot({++boot_});
      promised = model_.durable();
      ++tally_.power_losses;
    } else {
      Tell("process dead");
      disk_ = disk_->AfterProcessDeath();
      ++tally_.deaths;
    }
    host_.SetProcessId(++process_);
    ModelStore store({*disk_, host_}, {}, model_);
    const absl::Status status = store.Open(attempt_++);
    if (!status.ok()) return Concat("does not open: ", status.ToString());
    tally_.commits += model_.tried();
    return store.Check(model_, promised);
  }

  Tally& tally_;
  Chance chance_;
  ManualHost host_;
  std::unique_ptr<MemoryFileSystem> disk_ = NewModelDisk();
  Model model_;
  uint32_t attempt_ = 1;
  uint8_t boot_ = 1;
  uint32_t process_ = 1;
  std::string told_;
};

TEST(History, FromAnySeedKeepsWhatWasPromised) {
  const uint64_t seeds = IsFullTest() ? 6000 : 60;
  Tally tally;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    if (only_seed != 0 && seed != only_seed) continue;
    History history(seed, tally);
    const std::string wrong = history.Run();
    ASSERT_EQ(wrong, "") << "seed " << seed << ":\n" << history.told();
  }
  std::cout << "seeds 1 to " << seeds << ": " << tally.lives << " lives, " << tally.operations
            << " operations, " << tally.errors << " errors, " << tally.faults << " faults, "
            << tally.cuts << " cuts, " << tally.power_losses << " power losses, " << tally.deaths
            << " deaths, " << tally.closes << " closes, " << tally.commits << " commits\n";
  if (only_seed != 0) return;
  EXPECT_GE(tally.faults, seeds);
  EXPECT_GE(tally.cuts, seeds);
  EXPECT_GE(tally.power_losses, seeds);
  EXPECT_GE(tally.deaths, seeds);
  EXPECT_GE(tally.closes, seeds / 10);
}

}  // namespace
}  // namespace tape::engine

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with("--seed=")) continue;
    tape::engine::only_seed = std::strtoull(argv[i] + sizeof("--seed=") - 1, nullptr, 10);
  }
  return RUN_ALL_TESTS();
}
