// What the machine said, as a status.
//
//   if (::fdatasync(fd) != 0) return PosixError(FileVerb::kSync, path, errno);
//   // UNAVAILABLE: /store/TAPE: cannot sync: Input/output error
//
// Which code an errno becomes is said in file_system.h.
#pragma once

#include <cerrno>
#include <string_view>

#include "absl/status/status.h"
#include "engine/io/file_system.h"

namespace tape::engine {

absl::Status PosixError(FileVerb verb, std::string_view path, int error);

// Repeats a call that a signal has interrupted.
template <typename Call>
auto RetryInterrupted(const Call& call) {
  while (true) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

}  // namespace tape::engine
