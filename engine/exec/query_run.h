// What the operators of one running query share: its session, its memory, and whether it goes on.
//
//   QueryRun run(session, {.memory_bytes_max = 64 << 20, .cancelled = &stop});
//   if (absl::Status status = run.Charge(bytes); !status.ok()) return status;
//   if (absl::Status status = run.CheckCancelled(); !status.ok()) return status;
//
// What an operator keeps (groups, rows to be sorted, the built side of a join) is charged, about;
// batches on their way are not.
//
// Errors: kResourceExhausted beyond the memory; kCancelled. Thread-bound; the flag of another
// thread may be stored with any memory order.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "engine/exec/expression.h"

namespace tape::engine::exec {

struct RunLimits {
  uint64_t memory_bytes_max = uint64_t{1} << 30;
  const std::atomic<bool>* cancelled = nullptr;  // nullptr: it never is
};

class QueryRun {
 public:
  QueryRun(const Session& session, const RunLimits& limits) : session_(session), limits_(limits) {}

  const Session& session() const { return session_; }
  uint64_t memory_bytes() const { return memory_bytes_; }
  uint64_t memory_bytes_peak() const { return memory_bytes_peak_; }

  absl::Status Charge(uint64_t bytes);
  void Release(uint64_t bytes) { memory_bytes_ -= bytes; }
  absl::Status CheckCancelled() const;

 private:
  const Session& session_;
  const RunLimits limits_;
  uint64_t memory_bytes_ = 0;
  uint64_t memory_bytes_peak_ = 0;
};

// What one operator has charged; given back when it goes.
class Charged {
 public:
  explicit Charged(QueryRun& run) : run_(run) {}
  ~Charged() { run_.Release(bytes_); }
  Charged(const Charged&) = delete;
  Charged& operator=(const Charged&) = delete;

  // `bytes` in all, from now on.
  absl::Status Set(uint64_t bytes);

 private:
  QueryRun& run_;
  uint64_t bytes_ = 0;
};

}  // namespace tape::engine::exec
