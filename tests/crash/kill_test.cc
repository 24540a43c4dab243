// Real processes, killed with SIGKILL: at named points of a known work, and at random instants of
// one that goes on with the store's threads. The parent knows from a pipe what was acknowledged.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "engine/io/chance.h"
#include "engine/io/posix_file_system.h"
#include "tests/crash/child.h"
#include "tests/crash/model_store.h"

namespace tape::engine {
namespace {

bool IsFull() { return std::getenv("TAPE_TEST_FULL") != nullptr; }

// Where a store and its tail lie: in the machine's shared memory both, since what a killed process
// has written is there without a sync that waits for a disk.
class StorePlace {
 public:
  StorePlace() : root_("/dev/shm/tape-kill.XXXXXX") {
    if (::mkdtemp(root_.data()) == nullptr) ADD_FAILURE() << "cannot make " << root_;
    std::error_code error;
    if (!std::filesystem::create_directory(shm(), error)) ADD_FAILURE() << "cannot make " << shm();
  }
  ~StorePlace() {
    std::error_code ignored;  // nobody is left to tell
    std::filesystem::remove_all(root_, ignored);
  }
  StorePlace(const StorePlace&) = delete;
  StorePlace& operator=(const StorePlace&) = delete;

  std::string folder() const { return root_ + "/store"; }
  std::string shm() const { return root_ + "/shm"; }
  // Tails with tables in them.
  int Tails() const {
    int tails = 0;
    for (const auto& folder : std::filesystem::directory_iterator(shm())) {
      tails += std::filesystem::exists(folder.path() / "t000002.control") ? 1 : 0;
    }
    return tails;
  }

 private:
  std::string root_;
};

// A store that lives through many processes, and what it must hold.
class KilledStore {
 public:
  ChildEnd Run(Child child) {
    child.folder = place_.folder();
    child.shared_memory = place_.shm();
    child.attempt = ++attempt_;
    ChildEnd end = RunAndHear(child, model_);
    EXPECT_EQ(end.error, "");
    EXPECT_EQ(end.wrong, "");
    return end;
  }

  // Opens it in this process, compares everything, and leaves it closed or as after a death.
  void Check(bool closes) {
    ModelStore store({PosixFileSystem::Instance(), PosixHost::Instance()},
                     {.folder = place_.folder(), .shared_memory = place_.shm()}, model_);
    const absl::Status status = store.Open(++attempt_);
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_EQ(store.Check(model_, model_.acknowledged()), "");
    EXPECT_EQ(place_.Tails(), 1) << "memory that nothing names";
    if (!closes) return;
    ASSERT_TRUE(store.Close().ok());
    EXPECT_EQ(place_.Tails(), 0);
  }

  Model& model() { return model_; }

 private:
  StorePlace place_;
  Model model_;
  uint32_t attempt_ = 0;
};

// Names for moments of the work: for each verb and kind of file the first call, one in the middle
// and the last, before and after.
std::vector<std::string> NamedPoints() {
  KilledStore store;
  const ChildEnd end = store.Run({.work = Child::Work::kEngine});
  EXPECT_EQ(end.exit_code, 0);
  std::vector<std::string> points;
  for (const auto& [call, count] : end.calls) {
    for (const uint64_t nth : std::set<uint64_t>{1, (count + 1) / 2, count}) {
      for (const bool after : {false, true}) {
        points.push_back(
            KillPoint{.after = after, .verb = call.first, .kind = call.second, .nth = nth}.Text());
      }
    }
  }
  return points;
}

TEST(Kill, AtANamedPointOfTheWorkLosesNothingAcknowledged) {
  const std::vector<std::string> points = NamedPoints();
  ASSERT_GE(points.size(), 60u);
  const size_t step = IsFull() ? 1 : std::max<size_t>(points.size() / 64, 1);
  std::set<std::string> fired;
  uint64_t commits = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    // Always where a tail begins to be named, and ceases to be.
    const bool names_tail =
        points[i].ends_with("of LIVE") && points[i].find("rename") != points[i].npos;
    if (i % step != 0 && !names_tail) continue;
    SCOPED_TRACE(points[i]);
    KilledStore store;
    const ChildEnd end = store.Run({.work = Child::Work::kEngine, .point = points[i]});
    ASSERT_TRUE(end.killed);
    ASSERT_EQ(end.fired, points[i]);
    fired.insert(end.fired);
    commits += end.commits;
    store.Check(i % 2 == 0);
    if (HasFailure()) return;
  }
  std::cout << fired.size() << " of " << points.size() << " named points, " << commits
            << " acknowledged commits\n";
  EXPECT_GE(fired.size(), 60u);
  EXPECT_GT(commits, fired.size());
}

TEST(Kill, AtARandomInstantLosesNothingAcknowledged) {
  const uint64_t kills_wanted = IsFull() ? 2000 : 15;
  uint64_t kills = 0;
  uint64_t commits = 0;
  uint64_t opening = 0;
  auto store = std::make_unique<KilledStore>();
  for (uint64_t seed = 1; kills < kills_wanted; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    ASSERT_LT(seed, 4 * kills_wanted) << "too few children die";
    Chance chance(seed);
    if (seed % 25 == 0) store = std::make_unique<KilledStore>();
    const ChildEnd end =
        store->Run({.work = Child::Work::kStore,
                    .lines = chance.OneIn(4) ? 1 : 1 + chance.Below(IsFull() ? 150 : 400),
                    .milliseconds = static_cast<int>(chance.Below(4))});
    kills += end.killed ? 1 : 0;
    commits += end.commits;
    opening += end.opened ? 0 : 1;
    store->Check(seed % 3 == 0 || chance.OneIn(3));
    if (HasFailure()) return;
  }
  std::cout << kills << " kills, " << opening << " of them while the store was opened, " << commits
            << " acknowledged commits, seeds from 1 on\n";
  EXPECT_GT(commits, kills);
}

}  // namespace
}  // namespace tape::engine

int main(int argc, char** argv) {
  if (argc == 7) return tape::engine::RunChild({argv, argv + argc});
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
