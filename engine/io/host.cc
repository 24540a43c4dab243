#include "engine/io/host.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "engine/io/posix/descriptor.h"

namespace tape::engine {
namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;

int64_t ReadClock(clockid_t clock) {
  timespec time = {};
  ::clock_gettime(clock, &time);
  return time.tv_sec * kNsPerSecond + time.tv_nsec;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// "9f4c2e1a-..." with dashes anywhere; zeros for anything else.
BootId ParseBootId(std::string_view text) {
  BootId id = {};
  size_t digits = 0;
  for (const char c : text) {
    const int digit = HexDigit(c);
    if (digit < 0 || digits == 2 * id.size()) continue;
    id[digits / 2] = static_cast<uint8_t>(id[digits / 2] << 4 | digit);
    ++digits;
  }
  return digits == 2 * id.size() ? id : BootId{};
}

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));
static_assert(std::atomic<uint32_t>::is_always_lock_free);

// Not FUTEX_PRIVATE_FLAG: who waits may be another process.
void Futex(const std::atomic<uint32_t>& word, int operation, uint32_t value,
           const timespec* timeout) {
  ::syscall(SYS_futex, &word, operation, value, timeout, nullptr, 0);
}

}  // namespace

PosixHost& PosixHost::Instance() {
  static PosixHost host;
  return host;
}

int64_t PosixHost::RealTimeNs() { return ReadClock(CLOCK_REALTIME); }

int64_t PosixHost::MonotonicNs() { return ReadClock(CLOCK_MONOTONIC); }

void PosixHost::FillRandom(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    // No kernel that tape runs on lacks it, and a salt that is not random lets stale bytes pass.
    if (got < 0 && errno != EINTR) std::abort();
    out = out.subspan(static_cast<size_t>(std::max<ssize_t>(got, 0)));
  }
}

BootId PosixHost::Boot() {
  absl::StatusOr<Descriptor> file =
      OpenDescriptor(FileVerb::kOpen, "/proc/sys/kernel/random/boot_id", O_RDONLY);
  if (!file.ok()) return {};
  std::array<char, 64> text = {};
  const ssize_t got = ::read(file->number(), text.data(), text.size());
  return ParseBootId({text.data(), static_cast<size_t>(std::max<ssize_t>(got, 0))});
}

uint32_t PosixHost::ProcessId() { return static_cast<uint32_t>(::getpid()); }

bool PosixHost::ProcessExists(uint32_t process) {
  if (process == 0 || process > INT_MAX) return false;  // groups of processes
  return ::kill(static_cast<pid_t>(process), 0) == 0 || errno == EPERM;
}

void WaitWhileEqual(const std::atomic<uint32_t>& word, uint32_t seen, int64_t timeout_ns) {
  if (timeout_ns <= 0) return;
  const timespec timeout = {.tv_sec = timeout_ns / kNsPerSecond,
                            .tv_nsec = timeout_ns % kNsPerSecond};
  Futex(word, FUTEX_WAIT, seen, &timeout);
}

void WakeAll(std::atomic<uint32_t>& word) { Futex(word, FUTEX_WAKE, INT_MAX, nullptr); }

}  // namespace tape::engine
