// What else the machine knows: time, chance, which boot and which process this is, and waiting for
// a word of shared memory to change.
//
//   Host& host = PosixHost::Instance();
//   int64_t now = host.RealTimeNs();                       // what a TIMESTAMP says
//   int64_t deadline = host.MonotonicNs() + 5'000'000;     // what an interval is measured with
//
// Tests put a ManualHost in its place: its time stands still until it is told, and its chance comes
// from a seed.
//
// Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tape::engine {

using BootId = std::array<uint8_t, 16>;

class Host {
 public:
  virtual ~Host() = default;

  // Nanoseconds since 1970 UTC. May stand still and go back.
  virtual int64_t RealTimeNs() = 0;
  // Nanoseconds since some moment. Never goes back.
  virtual int64_t MonotonicNs() = 0;
  // Bytes that nobody can foretell.
  virtual void FillRandom(std::span<std::byte> out) = 0;
  // The same until the machine starts anew; zeros where it cannot be told.
  virtual BootId Boot() = 0;
  virtual uint32_t ProcessId() = 0;
  // Whether a process with this id exists; for messages only.
  virtual bool ProcessExists(uint32_t process) = 0;
};

// The machine's own.
class PosixHost : public Host {
 public:
  static PosixHost& Instance();

  int64_t RealTimeNs() override;
  int64_t MonotonicNs() override;
  void FillRandom(std::span<std::byte> out) override;
  BootId Boot() override;
  uint32_t ProcessId() override;
  bool ProcessExists(uint32_t process) override;
};

// ---- waiting for a word in memory that processes share

// Sleeps while `word` is `seen`, at most `timeout_ns`. Returns early at times: look again.
void WaitWhileEqual(const std::atomic<uint32_t>& word, uint32_t seen, int64_t timeout_ns);
// Wakes everybody who waits for it, in every process.
void WakeAll(std::atomic<uint32_t>& word);

}  // namespace tape::engine
