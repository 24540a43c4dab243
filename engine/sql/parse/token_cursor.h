// A walk over the tokens of one statement, which remembers the first thing that went wrong.
//
//   if (Accept("LIMIT")) limit = ParseExpression();
//   Expect(")");
//   const Name name = ParseName("a column");
//
// After a fault the walk stands at the end: nothing is accepted any more, so that every loop ends
// and no caller has to ask. Thread-compatible; text and tokens outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/sql/lexer/source.h"
#include "engine/sql/lexer/token.h"
#include "engine/sql/tree/name.h"

namespace tape::engine::sql {

class TokenCursor {
 public:
  // The last token is kEnd.
  TokenCursor(std::string_view text, std::span<const Token> tokens)
      : text_(text), tokens_(tokens) {}

  const std::optional<SourceFault>& fault() const { return fault_; }

 protected:
  bool ok() const { return !fault_.has_value(); }

  const Token& Peek(size_t ahead = 0) const {
    return tokens_[next_ + ahead < tokens_.size() ? next_ + ahead : tokens_.size() - 1];
  }
  Place Here() const { return {Peek().offset}; }
  bool AtEnd() const { return Peek().kind == TokenKind::kEnd; }
  bool At(Terminal terminal, size_t ahead = 0) const { return Peek(ahead).terminal == terminal; }
  bool At(Terminal first, Terminal second) const { return At(first) && At(second, 1); }
  bool AtKind(TokenKind kind, size_t ahead = 0) const { return Peek(ahead).kind == kind; }
  bool AtString(size_t ahead = 0) const;
  // A word that is not reserved, or a quoted one.
  bool AtName(size_t ahead = 0) const;

  void Skip(size_t count = 1);
  bool Accept(Terminal terminal);
  // Both or none.
  bool Accept(Terminal first, Terminal second);
  bool Accept(Terminal first, Terminal second, Terminal third);
  void Expect(Terminal terminal);
  void Expect(Terminal first, Terminal second);

  // "expected ..., found ..." at the next token.
  void FailExpecting(std::string_view what);
  void FailAt(Place place, std::string message);
  void FailAtLimit(Place place, std::string message);

  // Of any token that is there.
  std::string_view TextOf(const Token& token) const {
    return text_.substr(token.offset, token.size);
  }
  // Lower case, or what the quotes hold.
  Name TakeName();
  Name ParseName(std::string_view what);
  // Behind a dot or AS any word is a name.
  Name ParseQualifiedPart(std::string_view what);
  ObjectName ParseObjectName(std::string_view what);
  // Of a string token of any kind, or a fault.
  std::string ParseString(std::string_view what);
  uint32_t ParseCount(std::string_view what);

  std::string_view text_;

 private:
  std::string Found() const;
  void Stop() { next_ = tokens_.size() - 1; }

  std::span<const Token> tokens_;
  size_t next_ = 0;
  std::optional<SourceFault> fault_;
};

}  // namespace tape::engine::sql
