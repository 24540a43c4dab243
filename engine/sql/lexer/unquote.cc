// What quoted tokens say.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/sql/lexer/lexer.h"
#include "format/types/utf8.h"

namespace tape::engine::sql {
namespace {

// Reads one token's text, which the lexer has found to be closed.
class Unquoter {
 public:
  Unquoter(std::string_view text, const Token& token, std::string& out)
      : text_(text), next_(token.offset), end_(token.offset + token.size), out_(out) {}

  std::optional<SourceFault> Run(char quote, bool escapes) {
    if (escapes) ++next_;  // the E
    const uint32_t start = next_;
    for (++next_; next_ < end_ && !fault_;) {
      const char c = text_[next_++];
      if (c == quote) {
        CloseOrDouble(quote);
      } else if (c == '\\' && escapes) {
        Escape();
      } else {
        out_ += c;
      }
    }
    if (!fault_ && escapes && (!format::IsUtf8(out_) || out_.find('\0') != std::string::npos)) {
      Fail(start, "the escapes of this string do not make UTF-8 without zero bytes");
    }
    return fault_;
  }

 private:
  void Fail(uint32_t offset, std::string message) {
    fault_ = SourceFault{.offset = offset, .message = std::move(message)};
  }

  // Behind a quote: another one, the next line's, or the end.
  void CloseOrDouble(char quote) {
    if (next_ < end_ && text_[next_] == quote) {
      ++next_;
      out_ += quote;
      return;
    }
    while (next_ < end_ && text_[next_] != quote) ++next_;
    ++next_;
  }

  void Escape() {
    const char c = text_[next_++];
    constexpr std::string_view kLetters = "bfnrt";
    constexpr std::string_view kMeanings = "\b\f\n\r\t";
    const size_t letter = kLetters.find(c);
    if (letter != std::string_view::npos) {
      out_ += kMeanings[letter];
    } else if (c >= '0' && c <= '7') {
      --next_;
      out_ += static_cast<char>(Digits(8, 3));
    } else if (c == 'x') {
      Hexadecimal();
    } else if (c == 'u' || c == 'U') {
      Character(c == 'u' ? 4 : 8);
    } else {
      out_ += c;
    }
  }

  void Hexadecimal() {
    const uint32_t start = next_;
    const uint32_t value = Digits(16, 2);
    if (next_ == start) return Fail(start, "expected a hexadecimal digit after \\x");
    out_ += static_cast<char>(value);
  }

  void Character(uint32_t digits) {
    const uint32_t start = next_;
    uint32_t point = Digits(16, digits);
    if (next_ - start != digits)
      return Fail(start, "expected 4 hexadecimal digits after \\u, 8 after \\U");
    if (point >= 0xD800 && point < 0xDC00) point = LowSurrogate(point);
    if (point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) {
      return Fail(start, "this is not the number of a character");
    }
    AppendUtf8(point);
  }

  // The second half of a pair; the first half itself where there is none.
  uint32_t LowSurrogate(uint32_t high) {
    if (end_ - next_ < 6 || text_[next_] != '\\' || text_[next_ + 1] != 'u') return high;
    next_ += 2;
    const uint32_t low = Digits(16, 4);
    if (low < 0xDC00 || low > 0xDFFF) return high;
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
  }

  uint32_t Digits(uint32_t radix, uint32_t most) {
    uint32_t value = 0;
    for (; most > 0 && next_ < end_; --most, ++next_) {
      constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
      const size_t found = kDigits.find(text_[next_]);
      const size_t digit = found < 16 ? found : found - 6;
      if (found == std::string_view::npos || digit >= radix) break;
      value = value * radix + static_cast<uint32_t>(digit);
    }
    return value;
  }

  void AppendUtf8(uint32_t point) {
    if (point < 0x80) {
      out_ += static_cast<char>(point);
      return;
    }
    const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    constexpr uint32_t kLead[] = {0, 0xC0, 0xE0, 0xF0};
    out_ += static_cast<char>(kLead[more] | (point >> (6 * more)));
    for (int i = more - 1; i >= 0; --i) {
      out_ += static_cast<char>(0x80 | ((point >> (6 * i)) & 0x3F));
    }
  }

  std::string_view text_;
  uint32_t next_;
  uint32_t end_;
  std::string& out_;
  std::optional<SourceFault> fault_;
};

}  // namespace

std::string_view DollarText(std::string_view text, const Token& token) {
  const std::string_view quoted = text.substr(token.offset, token.size);
  const size_t tag = quoted.find('$', 1) + 1;
  return quoted.substr(tag, quoted.size() - 2 * tag);
}

std::optional<SourceFault> Unquote(std::string_view text, const Token& token, std::string& out) {
  out.clear();
  switch (token.kind) {
    case TokenKind::kQuotedName:
      return Unquoter(text, token, out).Run('"', false);
    case TokenKind::kString:
      return Unquoter(text, token, out).Run('\'', false);
    case TokenKind::kEscapeString:
      return Unquoter(text, token, out).Run('\'', true);
    default:
      out = DollarText(text, token);
      return std::nullopt;
  }
}

}  // namespace tape::engine::sql
