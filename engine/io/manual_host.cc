#include "engine/io/manual_host.h"

namespace tape::engine {

ManualHost::ManualHost(uint64_t seed) : real_ns_(1'737'460'800'000'000'000), chance_(seed) {}

int64_t ManualHost::RealTimeNs() {
  MutexLock lock(&mutex_);
  return real_ns_;
}

int64_t ManualHost::MonotonicNs() {
  MutexLock lock(&mutex_);
  return monotonic_ns_;
}

void ManualHost::FillRandom(std::span<std::byte> out) {
  MutexLock lock(&mutex_);
  chance_.Fill(out);
}

BootId ManualHost::Boot() {
  MutexLock lock(&mutex_);
  return boot_;
}

uint32_t ManualHost::ProcessId() {
  MutexLock lock(&mutex_);
  return process_;
}

bool ManualHost::ProcessExists(uint32_t process) {
  MutexLock lock(&mutex_);
  return processes_.contains(process);
}

void ManualHost::Advance(int64_t ns) {
  MutexLock lock(&mutex_);
  real_ns_ += ns;
  monotonic_ns_ += ns;
}

void ManualHost::SetRealTimeNs(int64_t ns) {
  MutexLock lock(&mutex_);
  real_ns_ = ns;
}

void ManualHost::SetBoot(const BootId& boot) {
  MutexLock lock(&mutex_);
  boot_ = boot;
}

void ManualHost::SetProcessId(uint32_t process) {
  MutexLock lock(&mutex_);
  processes_.erase(process_);
  process_ = process;
  processes_.insert(process);
}

void ManualHost::AddProcess(uint32_t process) {
  MutexLock lock(&mutex_);
  processes_.insert(process);
}

}  // namespace tape::engine
