#include "tape/json.h"

#include <array>
#include <bitset>
#include <cstdint>

#include "format/bytes/message.h"
#include "format/types/hex.h"
#include "format/types/text_error.h"
#include "format/types/utf8.h"
#include "tape/limits.h"

namespace tape {
namespace {

// Bytes of a string that stand for themselves and need no second look.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

// A machine with one bit of memory a level (object or array) instead of a stack of calls. A step
// that fails leaves what it expected in expected_ and stops at the byte it found.
class JsonChecker {
 public:
  explicit JsonChecker(std::string_view text) : text_(text) {}

  absl::Status Run() {
    if (!Walk()) return Error();
    SkipSpace();
    if (at_ != text_.size()) Fail("the end");
    return expected_.empty() ? absl::OkStatus() : Error();
  }

 private:
  enum class Next { kValue, kElementOrEnd, kMember, kMemberOrEnd, kCommaOrEnd };

  bool Walk() {
    do {
      SkipSpace();
      if (!Step()) return false;
    } while (depth_ != 0 || next_ != Next::kCommaOrEnd);
    return true;
  }

  bool Step() {
    switch (next_) {
      case Next::kValue:
        return Value("a value");
      case Next::kElementOrEnd:
        return Peek() == ']' ? Close() : Value("a value or ']'");
      case Next::kMember:
        return Key("a string");
      case Next::kMemberOrEnd:
        return Peek() == '}' ? Close() : Key("a string or '}'");
      case Next::kCommaOrEnd:
        return CommaOrEnd();
    }
    return false;
  }

  bool Value(std::string_view expected) {
    next_ = Next::kCommaOrEnd;
    switch (Peek()) {
      case '{':
        return Open(true);
      case '[':
        return Open(false);
      case '"':
        return String();
      case 't':
        return Word("true", expected);
      case 'f':
        return Word("false", expected);
      case 'n':
        return Word("null", expected);
      default:
        return Peek() == '-' || IsDigit(Peek()) ? Number() : Fail(expected);
    }
  }

  bool Open(bool object) {
    if (depth_ == kMaxJsonDepth) {
      too_deep_ = true;
      return false;
    }
    is_object_[static_cast<size_t>(depth_++)] = object;
    ++at_;
    next_ = object ? Next::kMemberOrEnd : Next::kElementOrEnd;
    return true;
  }

  bool Close() {
    --depth_;
    ++at_;
    next_ = Next::kCommaOrEnd;
    return true;
  }

  bool InObject() const { return is_object_[static_cast<size_t>(depth_ - 1)]; }

  bool CommaOrEnd() {
    if (Peek() == (InObject() ? '}' : ']')) return Close();
    if (Peek() != ',') return Fail(InObject() ? "',' or '}'" : "',' or ']'");
    ++at_;
    next_ = InObject() ? Next::kMember : Next::kValue;
    return true;
  }

  bool Key(std::string_view expected) {
    if (Peek() != '"') return Fail(expected);
    if (!String()) return false;
    SkipSpace();
    if (Peek() != ':') return Fail("':'");
    ++at_;
    next_ = Next::kValue;
    return true;
  }

  bool Word(std::string_view word, std::string_view expected) {
    if (text_.substr(at_, word.size()) != word) return Fail(expected);
    at_ += word.size();
    return true;
  }

  bool Number() {
    if (Peek() == '-') ++at_;
    if (Peek() == '0') {
      ++at_;  // a digit after it is found where ',' or the end should be
    } else if (!Digits()) {
      return false;
    }
    if (Peek() == '.') {
      ++at_;
      if (!Digits()) return false;
    }
    if (Peek() != 'e' && Peek() != 'E') return true;
    ++at_;
    if (Peek() == '+' || Peek() == '-') ++at_;
    return Digits();
  }

  bool Digits() {
    if (!IsDigit(Peek())) return Fail("a digit");
    while (IsDigit(Peek())) ++at_;
    return true;
  }

  bool String() {
    ++at_;
    while (true) {
      while (at_ < text_.size() && kPlain[static_cast<uint8_t>(text_[at_])]) ++at_;
      if (at_ == text_.size()) return Fail("the closing '\"'");
      if (text_[at_] == '"') break;
      if (text_[at_] == '\\' ? !Escape() : !Character()) return false;
    }
    ++at_;
    return true;
  }

  bool Character() {
    const size_t length = format::Utf8Length(text_.substr(at_));
    if (static_cast<uint8_t>(text_[at_]) < 0x20) return Fail("no bare control character");
    if (length == 0) return Fail("valid UTF-8");
    at_ += length;
    return true;
  }

  bool Escape() {
    ++at_;
    if (Peek() == 'u') return UnicodeEscape();
    constexpr std::string_view kOne = "\"\\/bfnrt";
    if (at_ == text_.size() || kOne.find(text_[at_]) == kOne.npos) {
      return Fail("one of \" \\ / b f n r t u");
    }
    ++at_;
    return true;
  }

  bool UnicodeEscape() {
    ++at_;
    const size_t start = at_;
    uint32_t unit = 0;
    if (!Unit(unit)) return false;
    const bool high = unit >= 0xD800 && unit < 0xDC00;
    const bool low = unit >= 0xDC00 && unit < 0xE000;
    if (unit == 0 || low) {
      at_ = start;
      return Fail(low ? "no low surrogate without a high one" : "any character but \\u0000");
    }
    return !high || LowSurrogate();
  }

  bool LowSurrogate() {
    constexpr std::string_view kExpected = "the low surrogate of a pair";
    const size_t start = at_;
    uint32_t unit = 0;
    if (text_.substr(at_, 2) != "\\u") return Fail(kExpected);
    at_ += 2;
    if (!Unit(unit)) return false;
    if (unit >= 0xDC00 && unit < 0xE000) return true;
    at_ = start;
    return Fail(kExpected);
  }

  // The four digits after \u.
  bool Unit(uint32_t& unit) {
    for (int i = 0; i < 4; ++i) {
      const int digit = at_ < text_.size() ? format::HexValue(text_[at_]) : -1;
      if (digit < 0) return Fail("a hexadecimal digit");
      unit = unit << 4 | static_cast<uint32_t>(digit);
      ++at_;
    }
    return true;
  }

  void SkipSpace() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  // The next byte, or NUL, which no rule expects, at the end.
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  static bool IsDigit(char c) { return c >= '0' && c <= '9'; }

  bool Fail(std::string_view expected) {
    expected_ = expected;
    return false;
  }

  // The document may be long and its quotes would all be escaped: only the byte is quoted.
  absl::Status Error() const {
    if (too_deep_) {
      return absl::ResourceExhaustedError(format::Concat("JSON: nested deeper than ", kMaxJsonDepth,
                                                         " levels, at position ", at_ + 1));
    }
    const std::string found =
        at_ == text_.size() ? "the end" : format::Quoted(text_.substr(at_, 1));
    return absl::InvalidArgumentError(
        format::Concat("JSON: ", found, " where ", expected_, " should be, at position ", at_ + 1));
  }

  std::string_view text_;
  std::string_view expected_;
  size_t at_ = 0;
  int depth_ = 0;
  Next next_ = Next::kValue;
  bool too_deep_ = false;
  std::bitset<kMaxJsonDepth> is_object_;
};

// The letter after the backslash of a short escape, or 0.
char ShortEscape(char c) {
  switch (c) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

// Appends the character at the start of `text`, which is not plain, and returns its bytes.
size_t AppendEscaped(std::string_view text, std::string& out) {
  const size_t length = format::Utf8Length(text);
  if (length == 0) {
    out += "\\ufffd";
    return 1;
  }
  const char letter = ShortEscape(text[0]);
  if (letter != 0) {
    out.push_back('\\');
    out.push_back(letter);
  } else if (length == 1) {
    out += "\\u00";
    format::AppendHexByte(static_cast<uint8_t>(text[0]), out);
  } else {
    out += text.substr(0, length);
  }
  return length;
}

}  // namespace

absl::Status ValidateJson(std::string_view text) {
  if (text.size() > kMaxValueBytes) {
    return absl::ResourceExhaustedError(
        format::Concat("JSON: ", text.size(), " bytes, more than ", kMaxValueBytes));
  }
  return JsonChecker(text).Run();
}

void AppendJsonString(std::string_view text, std::string& out) {
  out.push_back('"');
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && kPlain[static_cast<uint8_t>(text[end])]) ++end;
    out += text.substr(at, end - at);
    at = end == text.size() ? end : end + AppendEscaped(text.substr(end), out);
  }
  out.push_back('"');
}

std::string JsonString(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  AppendJsonString(text, out);
  return out;
}

}  // namespace tape
