// The eight bytes that say how a payload is encoded.
//
// Every block header begins with one, and so does every payload nested inside another (the integers
// inside a scaled-double block, the halves of a 128-bit block, the lengths inside a text block).
// Bytes: docs/format/block.md.
//
// Immutable value type.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tape::format {

enum class Encoding : uint8_t {
  kConstant = 1,    // every value is the same; nothing is packed
  kFrame = 2,       // base + scale * u
  kDelta = 3,       // first + scale * running sum of (delta base + u)
  kDictionary = 4,  // u is an index into the extent's dictionary
  kRaw = 5,         // values verbatim
  kScaled = 6,      // integers / 10^exponent, and exceptions
  kOffset = 7,      // 128-bit: base + nested integers
  kSplit = 8,       // 128-bit: nested high words, nested low words
  kPages = 9,       // bytes: nested lengths, then Zstd or raw pages
};

// CodecWord::flags. The first three speak of bounds and live in block headers only.
inline constexpr uint8_t kNoBounds = 1;       // min and max say nothing and are zero
inline constexpr uint8_t kInexactBounds = 2;  // text: min and max are prefixes of longer values
inline constexpr uint8_t kHasNan = 4;         // NaN among the values; it is outside min and max
inline constexpr uint8_t kPositiveHighs =
    8;  // high parts of exceptions are 1 or more, stored less 1
inline constexpr uint8_t kKnownFlags = 15;

struct CodecWord {
  Encoding encoding{};          // 0, which no file has, until set
  uint8_t width = 0;            // bits of one packed u; kScaled: the exponent e
  uint8_t exception_width = 0;  // bits of one exception's high part
  uint8_t flags = 0;
  uint16_t exception_count = 0;  // 0..1024
  uint16_t null_count = 0;       // 0..1024; 0 in a nested word

  bool operator==(const CodecWord&) const = default;
};
static_assert(sizeof(CodecWord) == 8 && offsetof(CodecWord, exception_count) == 4 &&
              offsetof(CodecWord, null_count) == 6);

}  // namespace tape::format
