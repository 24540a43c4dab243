// BYTEA as text.
//
//   ParseBytea("\\xdeadBEEF");   // the four bytes DE AD BE EF
//   ParseBytea("a\\\\b\\000");   // escape format: 'a' '\' 'b' and a zero byte
//   PrintBytea(bytes);           // always the hex format, lower case: "\xdeadbeef"
//
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tape {

// Text that starts with "\x" is the hex format: pairs of digits in any case, with white space
// allowed between pairs. Any other text is the escape format: "\\" is a backslash, "\ooo" the byte
// with that octal number (000..377), every other byte itself. kInvalidArgument with the position of
// what is neither.
absl::StatusOr<std::string> ParseBytea(std::string_view text);

std::string PrintBytea(std::string_view bytes);

}  // namespace tape
