// A script of statements with what each is to give, as text.
//
//   # A line that begins with # is a remark.
//   ok                              a statement that succeeds
//   CREATE TABLE t (a INT);
//
//   error numeric field overflow    one that fails, and what its message has in it
//   INSERT INTO t VALUES (3000000000);
//
//   rows                            one that gives rows: values with | between, NULL, in order
//   SELECT a, a + 1 FROM t;
//   ----
//   1|2
//
//   changed 3                       one that changes so many rows
//   UPDATE t SET a = 5;
//
//   restart                         the store is closed and opened again; nothing is left of a
//                                   session but its schema
//
// A blank line ends each. `sorted` instead of `rows`: the order does not matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace tape::sql_scripts {

struct Step {
  enum class Kind : uint8_t { kOk, kError, kRows, kSorted, kChanged, kRestart };

  Kind kind = Kind::kOk;
  size_t line = 0;
  std::string argument{};  // of kError: part of the message; of kChanged: the count
  std::string sql{};
  std::vector<std::string> rows{};
};

// kInvalidArgument with the line that is none of these.
absl::StatusOr<std::vector<Step>> ReadScript(const std::string& path);

}  // namespace tape::sql_scripts
