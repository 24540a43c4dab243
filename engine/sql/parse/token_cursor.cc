#include "engine/sql/parse/token_cursor.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "engine/sql/lexer/lexer.h"
#include "format/bytes/message.h"
#include "format/types/utf8.h"
#include "tape/limits.h"

namespace tape::engine::sql {

using format::Concat;

bool TokenCursor::AtString(size_t ahead) const {
  const TokenKind kind = Peek(ahead).kind;
  return kind == TokenKind::kString || kind == TokenKind::kEscapeString ||
         kind == TokenKind::kDollarString;
}

bool TokenCursor::AtName(size_t ahead) const {
  const Token& token = Peek(ahead);
  return token.kind == TokenKind::kQuotedName ||
         (token.kind == TokenKind::kWord && !token.terminal.reserved());
}

void TokenCursor::Skip(size_t count) { next_ = std::min(next_ + count, tokens_.size() - 1); }

bool TokenCursor::Accept(Terminal terminal) {
  if (!At(terminal)) return false;
  Skip();
  return true;
}

bool TokenCursor::Accept(Terminal first, Terminal second) {
  if (!At(first, second)) return false;
  Skip(2);
  return true;
}

bool TokenCursor::Accept(Terminal first, Terminal second, Terminal third) {
  if (!At(first, second) || !At(third, 2)) return false;
  Skip(3);
  return true;
}

void TokenCursor::Expect(Terminal terminal) {
  if (!Accept(terminal)) FailExpecting(terminal.text());
}

void TokenCursor::Expect(Terminal first, Terminal second) {
  Expect(first);
  Expect(second);
}

// What the next token is, for an error.
std::string TokenCursor::Found() const {
  const Token& token = Peek();
  if (token.kind == TokenKind::kEnd) return "the end of the statement";
  constexpr size_t kShownBytes = 40;
  const std::string_view text = TextOf(token);
  const std::string_view shown = text.substr(0, text.find('\n')).substr(0, kShownBytes);
  const std::string_view whole = shown.substr(0, format::ValidUtf8Prefix(shown));
  return Concat(whole, whole.size() < text.size() ? "..." : "");
}

void TokenCursor::FailExpecting(std::string_view what) {
  if (!ok()) return;
  FailAt(Here(), Concat("expected ", what, ", found ", Found()));
}

void TokenCursor::FailAt(Place place, std::string message) {
  if (ok()) fault_ = SourceFault{.offset = place.offset, .message = std::move(message)};
  if (place.offset >= tokens_.back().offset) fault_->incomplete = true;
  Stop();
}

void TokenCursor::FailAtLimit(Place place, std::string message) {
  if (ok())
    fault_ = SourceFault{.offset = place.offset, .message = std::move(message), .limit = true};
  Stop();
}

Name TokenCursor::TakeName() {
  const Token& token = Peek();
  Name name{.place = Here()};
  if (token.kind == TokenKind::kQuotedName) {
    Unquote(text_, token, name.text);
  } else {
    name.text = TextOf(token);
    for (char& c : name.text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
  }
  Skip();
  if (name.text.size() > kMaxIdentifierBytes) {
    FailAt(name.place, Concat("a name has at most ", kMaxIdentifierBytes, " bytes, this one ",
                              name.text.size()));
  }
  return name;
}

Name TokenCursor::ParseName(std::string_view what) {
  if (AtName()) return TakeName();
  if (AtKind(TokenKind::kWord) && ok()) {
    FailAt(Here(), Concat("expected ", what, ", found the reserved word ", Found(),
                          ", which is a name only in double quotes"));
  }
  FailExpecting(what);
  return {};
}

Name TokenCursor::ParseQualifiedPart(std::string_view what) {
  return AtKind(TokenKind::kWord) ? TakeName() : ParseName(what);
}

ObjectName TokenCursor::ParseObjectName(std::string_view what) {
  constexpr size_t kMostParts = 3;
  ObjectName name;
  name.parts.push_back(ParseName(what));
  while (Accept(".")) {
    if (name.parts.size() == kMostParts) FailExpecting("at most store.schema.name");
    name.parts.push_back(ParseQualifiedPart(what));
  }
  return name;
}

std::string TokenCursor::ParseString(std::string_view what) {
  std::string out;
  if (!AtString()) {
    FailExpecting(what);
    return out;
  }
  if (const auto fault = Unquote(text_, Peek(), out)) FailAt({fault->offset}, fault->message);
  Skip();
  return out;
}

uint32_t TokenCursor::ParseCount(std::string_view what) {
  uint32_t count = 0;
  const std::string_view digits = AtKind(TokenKind::kNumber) ? TextOf(Peek()) : std::string_view();
  const auto end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, count);
  if (digits.empty() || result.ptr != end || result.ec != std::errc()) FailExpecting(what);
  Skip();
  return count;
}

}  // namespace tape::engine::sql
