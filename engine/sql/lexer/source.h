// What is wrong with a text, and where: the one form in which SQL errors leave this folder.
//
//   ToStatus("SELECT a,\n FROM t", {.offset = 11, .message = "expected an expression, found FROM"})
//
//   line 2, column 2: expected an expression, found FROM
//      FROM t
//      ^
//
// Lines and columns count from 1, columns in characters. Of a long line there is what stands around
// the place, so that a message stays below 400 bytes. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace tape::engine::sql {

struct SourceFault {
  uint32_t offset = 0;
  std::string message;
  bool limit = false;       // kResourceExhausted instead of kInvalidArgument
  bool incomplete = false;  // more text could have made it right
};

struct SourcePosition {
  uint32_t line = 1;
  uint32_t column = 1;
};

SourcePosition Locate(std::string_view text, uint32_t offset);

// "line 2, column 2: ...", the line, and the caret.
std::string Describe(std::string_view text, const SourceFault& fault);

absl::Status ToStatus(std::string_view text, const SourceFault& fault);

}  // namespace tape::engine::sql
