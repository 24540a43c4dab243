// Strings by characters, where bytes are what there is.
//
//   CharacterOffset("h\xC3\xA9llo", 2);   // 3: two characters take three bytes
//   FirstCharacters("hello", -2);         // "hel": all but the last two
//
// Pure functions; thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "format/types/utf8.h"

namespace tape::engine::exec {

inline size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

// Bytes of the first `characters`, or of all where there are fewer.
inline size_t CharacterOffset(std::string_view text, size_t characters) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool starts = (static_cast<uint8_t>(text[at]) & 0xC0) != 0x80;
    if (!starts) continue;
    if (characters == 0) break;
    --characters;
  }
  return at;
}

inline std::string_view FirstCharacters(std::string_view text, int64_t count) {
  if (count < 0) count = std::max<int64_t>(static_cast<int64_t>(CountCharacters(text)) + count, 0);
  return text.substr(0, CharacterOffset(text, static_cast<size_t>(count)));
}

inline std::string_view LastCharacters(std::string_view text, int64_t count) {
  const auto all = static_cast<int64_t>(CountCharacters(text));
  const int64_t skipped = count < 0 ? std::min(-count, all) : std::max<int64_t>(all - count, 0);
  return text.substr(CharacterOffset(text, static_cast<size_t>(skipped)));
}

}  // namespace tape::engine::exec
