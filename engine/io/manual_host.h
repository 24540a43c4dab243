// A host whose time, chance and identity a test decides.
//
//   ManualHost host(/*seed=*/7);
//   host.Advance(1'000'000);          // both clocks
//   host.SetRealTimeNs(0);            // somebody set the clock back
//   host.SetBoot({1});                // the machine has started anew
//
// Thread-safe.
#pragma once

#include <set>
#include <span>

#include "absl/base/thread_annotations.h"
#include "engine/io/chance.h"
#include "engine/io/host.h"
#include "engine/io/mutex.h"

namespace tape::engine {

class ManualHost : public Host {
 public:
  // Noon of 2025-01-21 UTC, a boot of its own and process 1, for the same chance by the same seed.
  explicit ManualHost(uint64_t seed = 1);

  int64_t RealTimeNs() override;
  int64_t MonotonicNs() override;
  void FillRandom(std::span<std::byte> out) override;
  BootId Boot() override;
  uint32_t ProcessId() override;
  bool ProcessExists(uint32_t process) override;

  void Advance(int64_t ns);
  void SetRealTimeNs(int64_t ns);
  void SetBoot(const BootId& boot);
  // The process that this is; the one before is gone.
  void SetProcessId(uint32_t process);
  void AddProcess(uint32_t process);

 private:
  Mutex mutex_;
  int64_t real_ns_ ABSL_GUARDED_BY(mutex_);
  int64_t monotonic_ns_ ABSL_GUARDED_BY(mutex_) = 0;
  Chance chance_ ABSL_GUARDED_BY(mutex_);
  BootId boot_ ABSL_GUARDED_BY(mutex_) = {0xB0, 0x07};
  uint32_t process_ ABSL_GUARDED_BY(mutex_) = 1;
  std::set<uint32_t> processes_ ABSL_GUARDED_BY(mutex_) = {1};
};

}  // namespace tape::engine
