// Any bytes as JSON, judged by a second, recursive reader; and as a text to be written as JSON.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tape/json.h"
#include "tape/limits.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"

namespace tape::fuzz {
namespace {

// Says yes or no, one function a rule of RFC 8259's grammar.
class Grammar {
 public:
  explicit Grammar(std::string_view text) : text_(text) {}

  bool Holds() { return Element(0) && text_.empty(); }

 private:
  bool Skip(std::string_view token) {
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }

  void Space() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t\r\n"), text_.size())); }

  bool Element(int depth) {
    Space();
    const bool value = Value(depth);
    Space();
    return value;
  }

  bool Value(int depth) {
    if (Skip("true") || Skip("false") || Skip("null")) return true;
    if (text_.starts_with('"')) return String();
    if (text_.starts_with('{') || text_.starts_with('[')) {
      if (depth == kMaxJsonDepth) return false;
      return Skip("{") ? Members(depth + 1) : Skip("[") && Elements(depth + 1);
    }
    return Number();
  }

  bool Members(int depth) {
    Space();
    if (Skip("}")) return true;
    do {
      Space();
      if (!String()) return false;
      Space();
      if (!Skip(":") || !Element(depth)) return false;
    } while (Skip(","));
    return Skip("}");
  }

  bool Elements(int depth) {
    Space();
    if (Skip("]")) return true;
    do {
      if (!Element(depth)) return false;
    } while (Skip(","));
    return Skip("]");
  }

  bool Digits() {
    const size_t count = std::min(text_.find_first_not_of("0123456789"), text_.size());
    text_.remove_prefix(count);
    return count > 0;
  }

  bool Number() {
    Skip("-");
    if (!Skip("0") && !Digits()) return false;
    if (Skip(".") && !Digits()) return false;
    if (!Skip("e") && !Skip("E")) return true;
    if (!Skip("+")) Skip("-");
    return Digits();
  }

  // Four hexadecimal digits.
  std::optional<uint32_t> Unit() {
    uint32_t unit = 0;
    for (int i = 0; i < 4; ++i) {
      constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
      const size_t digit = text_.empty() ? std::string_view::npos : kDigits.find(text_[0]);
      if (digit == std::string_view::npos) return std::nullopt;
      unit = unit * 16 + static_cast<uint32_t>(digit < 16 ? digit : digit - 6);
      text_.remove_prefix(1);
    }
    return unit;
  }

  // What follows \u: a character of text, in one half or two.
  bool Unicode() {
    const auto unit = Unit();
    if (!unit.has_value() || *unit == 0) return false;
    if (*unit < 0xD800 || *unit > 0xDFFF) return true;
    if (*unit > 0xDBFF || !Skip("\\u")) return false;
    const auto low = Unit();
    return low.has_value() && *low >= 0xDC00 && *low <= 0xDFFF;
  }

  bool Escape() {
    if (Skip("u")) return Unicode();
    constexpr std::string_view kShort = "\"\\/bfnrt";
    if (text_.empty() || kShort.find(text_[0]) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }

  // Decodes the character and asks whether this is its shortest spelling.
  bool Utf8() {
    const auto lead = static_cast<uint8_t>(text_[0]);
    const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if ((lead >= 0x80 && lead < 0xC0) || lead >= 0xF8 || text_.size() < size) return false;
    uint32_t point = size == 1 ? lead : lead & (0x7Fu >> size);
    for (size_t i = 1; i < size; ++i) {
      const auto next = static_cast<uint8_t>(text_[i]);
      if ((next & 0xC0) != 0x80) return false;
      point = (point << 6) | (next & 0x3Fu);
    }
    static constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    text_.remove_prefix(size);
    return point >= kLeast[size] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
  }

  bool String() {
    if (!Skip("\"")) return false;
    while (!text_.empty()) {
      if (Skip("\"")) return true;
      if (static_cast<uint8_t>(text_[0]) < 0x20) return false;
      if (!(Skip("\\") ? Escape() : Utf8())) return false;
    }
    return false;
  }

  std::string_view text_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Input(data, size).Text();
  const absl::Status status = ValidateJson(text);
  Expect(status.ok() == Grammar(text).Holds());
  if (!status.ok()) ExpectRefused(status);
  // A zero byte is JSON as \u0000, which a column does not take.
  if (text.find('\0') != std::string_view::npos) return 0;
  const std::string written = JsonString(text);
  Expect(ValidateJson(written).ok() && Grammar(written).Holds());
  return 0;
}

}  // namespace tape::fuzz
