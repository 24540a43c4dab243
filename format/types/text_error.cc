#include "format/types/text_error.h"

#include "format/bytes/message.h"

namespace tape::format {
namespace {

constexpr size_t kQuotedSizeMax = 64;

void AppendVisible(unsigned char c, std::string& out) {
  static constexpr std::string_view kHexDigits = "0123456789abcdef";
  if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
    out.push_back(static_cast<char>(c));
    return;
  }
  out += "\\x";
  out.push_back(kHexDigits[c >> 4]);
  out.push_back(kHexDigits[c & 15]);
}

}  // namespace

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, kQuotedSizeMax)) {
    AppendVisible(static_cast<unsigned char>(c), out);
  }
  out += text.size() > kQuotedSizeMax ? "\"..." : "\"";
  return out;
}

absl::Status BadText(std::string_view what, std::string_view text, size_t offset,
                     std::string_view why) {
  return absl::InvalidArgumentError(
      Concat(what, " ", Quoted(text), ": ", why, ", at position ", offset + 1));
}

absl::Status BadText(std::string_view what, std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(Concat(what, " ", Quoted(text), ": ", why));
}

absl::Status UnexpectedCharacter(std::string_view what, std::string_view text, size_t offset,
                                 std::string_view expected) {
  if (offset >= text.size())
    return BadText(what, text, Concat("ends where ", expected, " should be"));
  return BadText(what, text, offset,
                 Concat(Quoted(text.substr(offset, 1)), " where ", expected, " should be"));
}

}  // namespace tape::format
