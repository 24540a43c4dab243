// UTF-8, strict: no overlong forms, no surrogates, nothing above U+10FFFF.
//
//   Utf8Length("\xC3\xA9x")        // 2: the first character takes two bytes
//   ValidUtf8Prefix("a\xFFz")      // 1: the second byte starts no character
//   CountUtf8Characters("h\xC3\xA9")  // 2
//
// Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tape::format {

// Bytes of the character at the start of `text`, 1..4; 0 where there is no well-formed one.
size_t Utf8Length(std::string_view text);

// Bytes before the first one that is not part of a well-formed character.
size_t ValidUtf8Prefix(std::string_view text);

inline bool IsUtf8(std::string_view text) { return ValidUtf8Prefix(text) == text.size(); }

// Characters of valid UTF-8.
size_t CountUtf8Characters(std::string_view text);

}  // namespace tape::format
