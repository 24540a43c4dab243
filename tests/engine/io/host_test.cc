#include "engine/io/host.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "engine/io/machine.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "tests/engine/io/io_test_support.h"

namespace tape::engine {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

TEST(PosixHost, TellsTheTime) {
  Host& host = PosixHost::Instance();
  const int64_t seconds = std::time(nullptr);
  EXPECT_GE(host.RealTimeNs() / kSecond, seconds);
  EXPECT_LE(host.RealTimeNs() / kSecond, seconds + 10);
  int64_t last = host.MonotonicNs();
  for (int i = 0; i < 1000; ++i) {
    const int64_t now = host.MonotonicNs();
    EXPECT_GE(now, last);
    last = now;
  }
}

TEST(PosixHost, FillsEveryByteWithChance) {
  std::vector<uint64_t> words(1000);
  PosixHost::Instance().FillRandom(std::as_writable_bytes(std::span(words)));
  uint64_t all_ones = ~uint64_t{0}, any_ones = 0;
  for (const uint64_t word : words) {
    all_ones &= word;
    any_ones |= word;
  }
  EXPECT_EQ(all_ones, 0);
  EXPECT_EQ(any_ones, ~uint64_t{0});
  PosixHost::Instance().FillRandom({});
}

TEST(PosixHost, KnowsItsBoot) {
  const BootId boot = PosixHost::Instance().Boot();
  EXPECT_NE(boot, BootId{});
  EXPECT_EQ(PosixHost::Instance().Boot(), boot);
}

TEST(PosixHost, KnowsProcesses) {
  Host& host = PosixHost::Instance();
  EXPECT_EQ(host.ProcessId(), static_cast<uint32_t>(::getpid()));
  EXPECT_TRUE(host.ProcessExists(host.ProcessId()));
  EXPECT_TRUE(host.ProcessExists(1));  // also one that we may not signal
  EXPECT_FALSE(host.ProcessExists(0));
  EXPECT_FALSE(host.ProcessExists(~uint32_t{0}));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_FALSE(host.ProcessExists(static_cast<uint32_t>(child)));
}

// ---- waiting

TEST(WaitWhileEqual, ReturnsAtOnceWhereTheWordIsAnother) {
  const std::atomic<uint32_t> word{5};
  WaitWhileEqual(word, 4, 3600 * kSecond);
}

TEST(WaitWhileEqual, ReturnsWhenTheTimeIsOver) {
  const std::atomic<uint32_t> word{5};
  const int64_t begin = PosixHost::Instance().MonotonicNs();
  WaitWhileEqual(word, 5, 1'000'000);
  WaitWhileEqual(word, 5, 0);
  WaitWhileEqual(word, 5, -1);
  EXPECT_LT(PosixHost::Instance().MonotonicNs() - begin, 600 * kSecond);
}

// A word at the beginning of a page that a child shares.
class SharedWord {
 public:
  SharedWord()
      : page_(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)),
        words_(new (page_) std::atomic<uint32_t>[2] {}) {}
  ~SharedWord() { ::munmap(page_, 4096); }
  SharedWord(const SharedWord&) = delete;
  SharedWord& operator=(const SharedWord&) = delete;

  std::atomic<uint32_t>& word() { return words_[0]; }
  std::atomic<uint32_t>& answer() { return words_[1]; }

 private:
  void* page_;
  std::atomic<uint32_t>* words_;
};

void WaitFor(std::atomic<uint32_t>& word, uint32_t value) {
  for (uint32_t seen = word.load(); seen != value; seen = word.load()) {
    WaitWhileEqual(word, seen, 3600 * kSecond);
  }
}

// Each waits an hour for the other, so that a wake that is lost is a test that hangs.
TEST(WakeAll, WakesAnotherProcess) {
  SharedWord shared;
  const pid_t child = ::fork();
  if (child == 0) {
    for (uint32_t i = 1; i <= 1000; ++i) {
      WaitFor(shared.word(), i);
      shared.answer().store(i);
      WakeAll(shared.answer());
    }
    ::_exit(7);
  }
  for (uint32_t i = 1; i <= 1000; ++i) {
    shared.word().store(i);
    WakeAll(shared.word());
    WaitFor(shared.answer(), i);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(WakeAll, WakesEveryThread) {
  std::atomic<uint32_t> word{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { WaitFor(word, 1); });
  word.store(1);
  WakeAll(word);
  for (std::thread& thread : threads) thread.join();
}

// ---- the host of tests

TEST(ManualHost, TimeStandsStillUntilItIsTold) {
  ManualHost host;
  const int64_t real = host.RealTimeNs(), monotonic = host.MonotonicNs();
  EXPECT_EQ(real, 1'737'460'800 * kSecond);
  EXPECT_EQ(host.RealTimeNs(), real);
  host.Advance(5);
  EXPECT_EQ(host.RealTimeNs(), real + 5);
  EXPECT_EQ(host.MonotonicNs(), monotonic + 5);
  host.SetRealTimeNs(-1);
  EXPECT_EQ(host.RealTimeNs(), -1);
  EXPECT_EQ(host.MonotonicNs(), monotonic + 5);
}

std::string Chances(Host& host) {
  std::string text(21, '\0');
  host.FillRandom(std::as_writable_bytes(std::span(text)));
  return text;
}

TEST(ManualHost, ChanceComesFromItsSeed) {
  ManualHost first(7), same(7), other(8);
  const std::string chance = Chances(first);
  EXPECT_EQ(Chances(same), chance);
  EXPECT_NE(Chances(other), chance);
  EXPECT_NE(Chances(first), chance);
  EXPECT_EQ(Chances(first), [&] {
    Chances(same);
    return Chances(same);
  }());
}

TEST(ManualHost, BootAndProcessesAreWhatItIsTold) {
  ManualHost host;
  EXPECT_NE(host.Boot(), BootId{});
  host.SetBoot({9});
  EXPECT_EQ(host.Boot(), BootId{9});
  EXPECT_TRUE(host.ProcessExists(host.ProcessId()));
  EXPECT_FALSE(host.ProcessExists(17));
  host.AddProcess(17);
  EXPECT_TRUE(host.ProcessExists(17));
  const uint32_t before = host.ProcessId();
  host.SetProcessId(23);
  EXPECT_EQ(host.ProcessId(), 23);
  EXPECT_TRUE(host.ProcessExists(23));
  EXPECT_FALSE(host.ProcessExists(before));
}

TEST(Machine, IsAnyPair) {
  MemoryFileSystem files;
  ManualHost host;
  const Machine machine{files, host};
  EXPECT_OK(machine.files.MakeDirectory("/store"));
  EXPECT_EQ(machine.host.ProcessId(), 1);
}

}  // namespace
}  // namespace tape::engine
