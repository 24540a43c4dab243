#include "tape/uuid.h"

#include <algorithm>

#include "format/types/hex.h"
#include "format/types/text_error.h"

namespace tape {
namespace {

constexpr size_t kDigits = 2 * Uuid::kSize;

absl::Status Unexpected(std::string_view text, size_t at, std::string_view expected) {
  return format::UnexpectedCharacter("UUID", text, at, expected);
}

}  // namespace

absl::StatusOr<Uuid> Uuid::Parse(std::string_view text) {
  const bool braces = text.starts_with('{');
  size_t at = braces ? 1 : 0;
  UInt128 value = 0;
  for (size_t digit = 0; digit < kDigits; ++digit) {
    const bool may_part = digit != 0 && digit % 4 == 0;
    if (may_part && at < text.size() && text[at] == '-') ++at;
    const int nibble = at < text.size() ? format::HexValue(text[at]) : -1;
    if (nibble < 0) return Unexpected(text, at, "a hexadecimal digit");
    value = value << 4 | static_cast<UInt128>(nibble);
    ++at;
  }
  if (braces) {
    if (at == text.size() || text[at] != '}') return Unexpected(text, at, "'}'");
    ++at;
  }
  if (at != text.size()) return Unexpected(text, at, "the end");
  return Uuid(value);
}

Uuid Uuid::FromBytes(std::span<const uint8_t, kSize> bytes) {
  UInt128 value = 0;
  for (const uint8_t byte : bytes) value = value << 8 | byte;
  return Uuid(value);
}

std::array<uint8_t, Uuid::kSize> Uuid::ToBytes() const {
  std::array<uint8_t, kSize> bytes;
  for (size_t i = 0; i < kSize; ++i)
    bytes[i] = static_cast<uint8_t>(value_ >> (8 * (kSize - 1 - i)));
  return bytes;
}

Uuid Uuid::FromRandom(std::span<const uint8_t, kSize> bytes) {
  std::array<uint8_t, kSize> marked;
  std::copy(bytes.begin(), bytes.end(), marked.begin());
  marked[6] = static_cast<uint8_t>((marked[6] & 0x0F) | 0x40);  // version 4
  marked[8] = static_cast<uint8_t>((marked[8] & 0x3F) | 0x80);  // variant 1
  return FromBytes(marked);
}

std::string Uuid::ToString() const {
  std::string text;
  text.reserve(kDigits + 4);
  for (const uint8_t byte : ToBytes()) {
    const size_t size = text.size();
    if (size == 8 || size == 13 || size == 18 || size == 23) text.push_back('-');
    format::AppendHexByte(byte, text);
  }
  return text;
}

}  // namespace tape
