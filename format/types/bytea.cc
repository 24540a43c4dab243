#include "tape/bytea.h"

#include "format/types/hex.h"
#include "format/types/text_error.h"

namespace tape {
namespace {

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

absl::StatusOr<std::string> ParseHex(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t at = 2; at < text.size();) {
    if (IsSpace(text[at])) {
      ++at;
      continue;
    }
    int byte = 0;
    for (const size_t end = at + 2; at < end; ++at) {
      const int nibble = at < text.size() ? format::HexValue(text[at]) : -1;
      if (nibble < 0) {
        return format::UnexpectedCharacter("BYTEA", text, at, "a hexadecimal digit");
      }
      byte = byte << 4 | nibble;
    }
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

// The byte that "\ooo" at the start of `text` stands for, or -1.
int OctalByte(std::string_view text) {
  if (text.size() < 4 || text[0] != '\\' || text[1] > '3' || !IsOctal(text[1]) ||
      !IsOctal(text[2]) || !IsOctal(text[3])) {
    return -1;
  }
  return (text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0');
}

}  // namespace

absl::StatusOr<std::string> ParseBytea(std::string_view text) {
  if (text.starts_with("\\x")) return ParseHex(text);
  std::string bytes;
  bytes.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    const int octal = OctalByte(rest);
    if (rest[0] != '\\') {
      bytes.push_back(rest[0]);
      at += 1;
    } else if (rest.starts_with("\\\\")) {
      bytes.push_back('\\');
      at += 2;
    } else if (octal >= 0) {
      bytes.push_back(static_cast<char>(octal));
      at += 4;
    } else {
      return format::UnexpectedCharacter("BYTEA", text, at + 1,
                                         "a backslash or three octal digits up to 377");
    }
  }
  return bytes;
}

std::string PrintBytea(std::string_view bytes) {
  std::string text = "\\x";
  text.reserve(2 + 2 * bytes.size());
  for (const char byte : bytes) format::AppendHexByte(static_cast<uint8_t>(byte), text);
  return text;
}

}  // namespace tape
