// The one shape of complaint about text that is no value:
//
//   return BadText("date", "2025-13-01", 5, "month 13 is not 1..12");
//   // kInvalidArgument: date "2025-13-01": month 13 is not 1..12, at position 6
//
// Cold path. Stateless; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace tape::format {

// text between double quotes, control characters, quotes and bytes that are not ASCII as \xNN, cut
// to its first 64 bytes and "..." if longer: safe to print and bounded, whatever the input was.
std::string Quoted(std::string_view text);

// `offset` counts bytes from 0; people count from 1.
absl::Status BadText(std::string_view what, std::string_view text, size_t offset,
                     std::string_view why);

// The same about the text as a whole.
absl::Status BadText(std::string_view what, std::string_view text, std::string_view why);

// BadText for a character that should not be there, or for a text that ends too soon.
absl::Status UnexpectedCharacter(std::string_view what, std::string_view text, size_t offset,
                                 std::string_view expected);

}  // namespace tape::format
