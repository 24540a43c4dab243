#include "engine/write/retired.h"

#include <utility>

#include "absl/status/statusor.h"

namespace tape::engine {

Retired::Retired(File& lock, Host& host, int64_t grace_ns)
    : lock_(lock), host_(host), grace_ns_(grace_ns) {}

void Retired::Add(uint64_t generation, LetGo let_go) {
  waiting_.push_back({generation, host_.MonotonicNs(), std::move(let_go)});
}

absl::Status Retired::Free() {
  uint64_t asked = 0;  // the generation that `locked` is about; none is 0
  absl::StatusOr<bool> locked = false;
  while (!waiting_.empty()) {
    Waiting& oldest = waiting_.front();
    if (oldest.generation != asked) {
      asked = oldest.generation;
      locked = lock_.IsLocked({kFirstLease, asked});
    }
    // Later generations are kept by the same lease.
    if (locked.ok() && *locked) return absl::OkStatus();
    if (!locked.ok() && host_.MonotonicNs() - oldest.since_ns < grace_ns_) return absl::OkStatus();
    const Sure sure = locked.ok() ? Sure::kNobodyReads : Sure::kLongAgo;
    if (absl::Status status = oldest.let_go(sure); !status.ok()) return status;
    waiting_.pop_front();
  }
  return absl::OkStatus();
}

}  // namespace tape::engine
