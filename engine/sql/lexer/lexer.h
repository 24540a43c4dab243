// Cuts a text into tokens, a statement at a time.
//
//   Lexer lexer(text);
//   std::vector<Token> tokens;
//   while (lexer.ReadStatement(tokens)) {
//     if (lexer.fault()) ...       // what is wrong with the statement's tokens, and where
//     Parse(text, tokens);         // the last one is kEnd: the semicolon, or the end of the text
//   }
//
// Rules are PostgreSQL's: keywords and names in any case, "quoted" names, 'text' with '' for a
// quote, E'text' with escapes, $tag$text$tag$, strings on several lines joined, -- and nested /* */
// comments, names of letters of any script. Ours beside them: durations (5s, 100ms), ? for the next
// parameter. A line that begins with a backslash is a command of a shell: a statement of its own,
// which is a fault.
//
// A semicolon ends a statement wherever it is a token, so a text can be split without being parsed.
// After a fault the statement is read to its end, and the next one may be sound. Time is linear in
// the text. What is not UTF-8 is a fault, and so is a zero byte.
//
// Thread-compatible; the text outlives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/lexer/source.h"
#include "engine/sql/lexer/token.h"

namespace tape::engine::sql {

class Lexer {
 public:
  // Begins at `offset`; tokens are placed from the beginning of the text.
  explicit Lexer(std::string_view text, size_t offset = 0) : text_(text), next_(offset) {}

  // False at the end of the text. Statements of nothing are passed over.
  bool ReadStatement(std::vector<Token>& tokens);

  // Of the last statement: the first thing that is wrong.
  const std::optional<SourceFault>& fault() const { return fault_; }
  // Whether it ended with a semicolon.
  bool terminated() const { return terminated_; }
  // Where it stands: from its first token to behind its last, without the semicolon.
  uint32_t begin() const { return begin_; }
  uint32_t end() const { return end_; }

 private:
  char At(size_t ahead = 0) const {
    return next_ + ahead < text_.size() ? text_[next_ + ahead] : '\0';
  }
  void SkipBlanks();
  bool SkipComment();
  void SkipLine();
  Token ReadToken();
  TokenKind ReadKind(Terminal& terminal);
  TokenKind ReadWord(Terminal& terminal);
  TokenKind ReadNumber();
  TokenKind ReadString(TokenKind kind);
  TokenKind ReadQuotedName();
  TokenKind ReadDollar();
  TokenKind ReadSign(Terminal& terminal);
  TokenKind ReadDigits();
  void ReadSuffix(TokenKind& kind);
  bool SkipToContinuation();
  void SkipDigits();
  void Fail(size_t offset, std::string message, bool incomplete = false);
  void CheckText();

  std::string_view text_;
  size_t next_;
  std::optional<SourceFault> fault_;
  bool terminated_ = false;
  uint32_t begin_ = 0;
  uint32_t end_ = 0;
};

// What a token of a string or a quoted name says: without quotes, escapes undone. The fault's place
// is in `text`.
std::optional<SourceFault> Unquote(std::string_view text, const Token& token, std::string& out);

// Where the text of a kDollarString begins, and the text.
std::string_view DollarText(std::string_view text, const Token& token);

// Whether a shell should run what was typed: it holds at least one statement, and the last one has
// ended with a semicolon. A quote or comment that is still open asks for more; other mistakes are
// shown by running it.
bool IsComplete(std::string_view text);

}  // namespace tape::engine::sql
