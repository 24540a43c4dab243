// What a fuzz target asserts beside "no crash".
//
//   const auto value = Parse(text);
//   if (!value.ok()) return ExpectRefused(value.status());
//   Expect(Print(*value) == text);
//
// Pure functions, but that a broken expectation ends the process, which is how a fuzzer learns of
// it.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>

#include "absl/status/status.h"

namespace tape::fuzz {

inline void Expect(bool holds, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (holds) return;
  std::fprintf(stderr, "%s:%d: expectation broken\n", file, line);
  std::abort();
}

// Input is refused as what is wrong with it, in a message that does not grow with it.
inline void ExpectRefused(const absl::Status& status, const char* file = __builtin_FILE(),
                          int line = __builtin_LINE()) {
  constexpr size_t kMessageSizeMax = 500;
  const bool code = status.code() == absl::StatusCode::kInvalidArgument ||
                    status.code() == absl::StatusCode::kResourceExhausted;
  Expect(code && !status.message().empty() && status.message().size() < kMessageSizeMax, file,
         line);
}

// Bytes of a file are refused as damaged.
inline void ExpectDataLoss(const absl::Status& status, const char* file = __builtin_FILE(),
                           int line = __builtin_LINE()) {
  Expect(status.code() == absl::StatusCode::kDataLoss && !status.message().empty(), file, line);
}

}  // namespace tape::fuzz
