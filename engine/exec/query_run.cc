#include "engine/exec/query_run.h"

#include <algorithm>

#include "format/bytes/message.h"

namespace tape::engine::exec {

absl::Status QueryRun::Charge(uint64_t bytes) {
  if (bytes > limits_.memory_bytes_max - memory_bytes_) {
    return absl::ResourceExhaustedError(
        format::Concat("the query needs more memory than it may have: ", memory_bytes_ + bytes,
                       " bytes, the limit is ", limits_.memory_bytes_max));
  }
  memory_bytes_ += bytes;
  memory_bytes_peak_ = std::max(memory_bytes_peak_, memory_bytes_);
  return absl::OkStatus();
}

absl::Status QueryRun::CheckCancelled() const {
  // Relaxed: nothing is read because of it.
  if (limits_.cancelled == nullptr || !limits_.cancelled->load(std::memory_order_relaxed)) {
    return absl::OkStatus();
  }
  return absl::CancelledError("the query was cancelled");
}

absl::Status Charged::Set(uint64_t bytes) {
  if (bytes > bytes_) {
    if (absl::Status status = run_.Charge(bytes - bytes_); !status.ok()) return status;
  } else {
    run_.Release(bytes_ - bytes);
  }
  bytes_ = bytes;
  return absl::OkStatus();
}

}  // namespace tape::engine::exec
