// Processes: six that read, and a writer that is killed with SIGKILL and begins again, many times.
// What a reader has seen once it sees for ever: rows never go, and no row comes twice.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/chance.h"
#include "format/bytes/message.h"
#include "tape/store.h"
#include "tests/concurrency/live_market.h"
#include "tests/support/temp_folder.h"

namespace tape {
namespace {

using format::Concat;

constexpr int kReaders = 6;
constexpr uint64_t kRowsMax = 100'000;  // then commits come less often, so that scans stay short

uint64_t KillsWanted() { return std::getenv("TAPE_TEST_FULL") != nullptr ? 200 : 8; }

// ---- what the children do; a line on standard output says how it went

absl::StatusOr<std::unique_ptr<Store>> OpenToWrite(const std::string& folder) {
  return Store::Open(folder + "/store", {.create = true,
                                         .shared_memory = folder + "/shm",
                                         .tail_bytes_max = uint64_t{256} << 20,
                                         .wal_segment_bytes = uint64_t{1} << 20});
}

int Write(const std::string& folder, uint64_t seed) {
  auto store = OpenToWrite(folder);
  if (!store.ok()) {
    std::cout << store.status() << std::endl;
    return 1;
  }
  LiveMarket market(**store);
  absl::Status status = market.Begin();
  engine::Chance chance(seed);
  std::cout << "writes" << std::endl;
  while (status.ok()) {
    status = market.Commit(chance);
    if (market.rows() > kRowsMax) ::poll(nullptr, 0, 1);
  }
  std::cout << status << std::endl;
  return 1;
}

// Until standard input ends.
int Read(const std::string& folder) {
  auto store = Store::Open(folder + "/store", {.read_only = true});
  std::string wrong = store.ok() ? std::string() : store.status().ToString();
  MarketReader reader;
  uint64_t snapshots = 0;
  ::fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
  char ignored = 0;
  bool last = false;
  while (wrong.empty() && !last) {
    last = ::read(STDIN_FILENO, &ignored, 1) == 0;
    auto snapshot = (*store)->TakeSnapshot();
    wrong = snapshot.ok() ? reader.Check(**snapshot, last || snapshots % 200 == 0)
                          : snapshot.status().ToString();
    ++snapshots;
  }
  std::cout << reader.rows() << " " << snapshots << " " << wrong << std::endl;
  return wrong.empty() ? 0 : 1;
}

// ---- the parent

class ChildProcess {
 public:
  explicit ChildProcess(std::vector<std::string> arguments) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
      ADD_FAILURE() << "no pipe";
      return;
    }
    arguments.insert(arguments.begin(), "child");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      ::execv("/proc/self/exe", argv.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
  }
  ~ChildProcess() {
    if (pid_ > 0) Kill();
    Close();
    if (from_ >= 0) ::close(from_);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Ends its standard input.
  void Close() {
    if (to_ >= 0) ::close(to_);
    to_ = -1;
  }
  void Kill() {
    ::kill(pid_, SIGKILL);
    Wait();
  }
  // Its exit code, or minus the signal that ended it.
  int Wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }
  // Waits that long for a line, or the end.
  bool SpeaksWithin(int milliseconds) const {
    pollfd wanted{.fd = from_, .events = POLLIN, .revents = 0};
    return ::poll(&wanted, 1, milliseconds) > 0;
  }
  std::string ReadLine() const {
    std::string line;
    for (char c = 0; ::read(from_, &c, 1) == 1 && c != '\n';) line.push_back(c);
    return line;
  }

 private:
  pid_t pid_ = -1;
  int to_ = -1;
  int from_ = -1;
};

TEST(KilledWriter, SixReadersSeeRowsThatOnlyGrow) {
  support::TempFolder place;
  ASSERT_EQ(::mkdir((place.path() + "/shm").c_str(), 0700), 0);
  {
    auto store = OpenToWrite(place.path());
    ASSERT_TRUE(store.ok()) << store.status();
    LiveMarket market(**store);
    ASSERT_TRUE(market.Begin().ok());
  }
  std::vector<std::unique_ptr<ChildProcess>> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.push_back(
        std::make_unique<ChildProcess>(std::vector<std::string>{"read", place.path()}));
  }
  engine::Chance chance(3);
  for (uint64_t kill = 0; kill < KillsWanted(); ++kill) {
    ChildProcess writer({"write", place.path(), Concat(kill)});
    ASSERT_EQ(writer.ReadLine(), "writes") << "life " << kill;
    EXPECT_FALSE(writer.SpeaksWithin(static_cast<int>(chance.Below(60)))) << writer.ReadLine();
    writer.Kill();
  }
  auto store = OpenToWrite(place.path());
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ((*store)->recovery().kind, "process died");
  const uint64_t rows = (*store)->GetWatermarks("main", "ticks")->visible.value();
  for (const auto& reader : readers) {
    reader->Close();
    const std::string line = reader->ReadLine();
    std::cout << "a reader's rows and snapshots: " << line << "\n";
    EXPECT_EQ(reader->Wait(), 0);
    EXPECT_TRUE(line.starts_with(Concat(rows, " "))) << "expected " << rows << " rows at the end";
  }
  std::cout << KillsWanted() << " kills, " << rows << " rows\n";
  EXPECT_GT(rows, 100 * KillsWanted());
  EXPECT_TRUE((*store)->Close().ok());
}

}  // namespace
}  // namespace tape

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv, argv + argc);
  if (argc == 4 && arguments[1] == "write")
    return tape::Write(arguments[2], std::stoull(arguments[3]));
  if (argc == 3 && arguments[1] == "read") return tape::Read(arguments[2]);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
