#include "tests/crash/revival.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "engine/io/manual_host.h"
#include "tests/crash/model_store.h"

namespace tape::engine {
namespace {

constexpr uint32_t kFirstAttempt = 1'000'000;

void GoOn(ModelStore& store) {
  ASSERT_TRUE(store.Append(0, 10).ok());
  ASSERT_TRUE(store.Append(1, 10).ok());
  store.Kill(0, 1);
  ASSERT_TRUE(store.CommitTogether().ok());
  ASSERT_TRUE(store.MakeDurable().ok());
}

}  // namespace

bool IsFullTest() {
  static const bool full = std::getenv("TAPE_TEST_FULL") != nullptr;
  return full;
}

std::unique_ptr<MemoryFileSystem> NewModelDisk() {
  auto files = std::make_unique<MemoryFileSystem>();
  EXPECT_TRUE(files->MakeDirectory("/shm").ok());
  EXPECT_TRUE(files->MarkVolatile("/shm").ok());
  return files;
}

void ExpectWhole(MemoryFileSystem& files, Model model, const Revival& revival) {
  ManualHost host(99);
  if (revival.boot != 0) host.SetBoot({revival.boot});
  uint64_t promised = revival.promised;
  for (uint32_t life = 0; life < revival.lives; ++life) {
    ModelStore store({files, host}, {}, model);
    const absl::Status status = store.Open(kFirstAttempt + life);
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_EQ(store.Check(model, promised), "");
    if (revival.lives == 1) return;
    GoOn(store);
    if (testing::Test::HasFatalFailure()) return;
    promised = model.durable();
  }
}

}  // namespace tape::engine
