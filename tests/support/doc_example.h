// The hex examples of docs/format, held to the bytes that the code writes.
//
//   EXPECT_TRUE(MatchesDocExample("conventions.md", "file-header", header.Serialize()));
//
// In the document an example is a fenced block after a comment that names it, rows of sixteen
// bytes, each with the offset of its first byte and, where that helps, the bytes as text:
//
//   <!-- example: file-header -->
//   ```
//   0000  54 41 50 45 02 00 00 00 00 00 00 00 00 00 00 00  |TAPE............|
//   0010  6f 1d
//   ```
//
// When a format changes, the failing test prints the block to paste. tests/compat/regenerate sets
// TAPE_UPDATE_EXAMPLES, and the test then writes it into the document.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tape::support {

// Whether the example of this name in docs/format/<document> is these bytes; if not, the rows that
// differ and the right block.
testing::AssertionResult MatchesDocExample(std::string_view document, std::string_view name,
                                           std::span<const std::byte> bytes);

// The bytes of an example, for tests that begin with them. kNotFound without document or example;
// kInvalidArgument, with the line, for offsets out of step, rows that are not sixteen bytes before
// the last, text that is not that of the bytes, a name used twice.
absl::StatusOr<std::vector<std::byte>> ReadDocExample(std::string_view document,
                                                      std::string_view name);

// The same from the text of a document.
absl::StatusOr<std::vector<std::byte>> ParseDocExample(std::string_view markdown,
                                                       std::string_view name);

// The text with the rows between the fences of an example replaced. Errors as above, but for those
// of the rows.
absl::StatusOr<std::string> ReplaceDocExample(std::string_view markdown, std::string_view name,
                                              std::span<const std::byte> bytes);

// The rows of a block, each with a newline.
std::string HexRows(std::span<const std::byte> bytes);

}  // namespace tape::support
