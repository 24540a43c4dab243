// Small questions about paths and lines, asked by every rule.
//
//   IsUnder("format/bytes/crc32c.h", "format");       // true; a path is also under itself
//   Folder("format/bytes/crc32c.h");                  // "format/bytes"
//   Words("  stack engine over format # why", '#');   // {"stack", "engine", "over", "format"}
//
// Paths are relative to the root of the repository, with '/'; "" is the root. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tape::tidy {

bool IsUnder(std::string_view path, std::string_view folder);
std::string_view Folder(std::string_view path);
std::string_view FileName(std::string_view path);
// "crc32c" of "format/bytes/crc32c.h".
std::string_view Stem(std::string_view path);
// ".h" of "format/bytes/crc32c.h"; "" of ".clang-format" and "tools/check".
std::string_view Extension(std::string_view path);
// "docs/format" and "../../format" make "format". "../a" of the root stays as it is.
std::string JoinPath(std::string_view folder, std::string_view relative);

// Headers, sources, and .inc files, which are included several times on purpose.
bool IsCpp(std::string_view path);
bool IsHeader(std::string_view path);

std::string_view Trim(std::string_view text);
std::vector<std::string_view> Split(std::string_view text, char separator);
// Lines without their newline; a last line without one counts too.
std::vector<std::string_view> Lines(std::string_view text);
// The words of a line, up to the first `comment` character.
std::vector<std::string> Words(std::string_view line, char comment = '\0');
// The line, from 1, that holds text[offset].
int LineOf(std::string_view text, size_t offset);

bool IsWordChar(char c);
bool IsUpper(char c);
bool IsLower(char c);
bool IsDigit(char c);
std::string ToLower(std::string_view text);

}  // namespace tape::tidy
