#include "engine/sql/lexer/lexer.h"

#include <algorithm>
#include <array>

#include "engine/sql/limits.h"
#include "format/bytes/message.h"
#include "format/types/utf8.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

enum CharacterClass : uint8_t { kNothing = 0, kBlank = 1, kLetter = 2, kDigit = 4 };

constexpr std::array<uint8_t, 256> kClasses = [] {
  std::array<uint8_t, 256> classes{};
  for (const char c : {' ', '\t', '\n', '\r', '\f', '\v'})
    classes[static_cast<uint8_t>(c)] = kBlank;
  for (int c = '0'; c <= '9'; ++c) classes[static_cast<size_t>(c)] = kDigit;
  for (int c = 'a'; c <= 'z'; ++c) classes[static_cast<size_t>(c)] = kLetter;
  for (int c = 'A'; c <= 'Z'; ++c) classes[static_cast<size_t>(c)] = kLetter;
  for (size_t c = 0x80; c < 0x100; ++c) classes[c] = kLetter;
  classes['_'] = kLetter;
  return classes;
}();

bool Is(char c, int classes) { return (kClasses[static_cast<uint8_t>(c)] & classes) != 0; }
bool IsNamePart(char c) { return Is(c, kLetter | kDigit) || c == '$'; }

constexpr std::string_view kDurationUnits[] = {"ns", "us", "ms", "s",  "m",
                                               "h",  "d",  "w",  "mo", "y"};

bool IsDurationUnit(std::string_view text) {
  return std::find(std::begin(kDurationUnits), std::end(kDurationUnits), text) !=
         std::end(kDurationUnits);
}

}  // namespace

void Lexer::Fail(size_t offset, std::string message, bool incomplete) {
  if (fault_) return;
  fault_ = SourceFault{.offset = static_cast<uint32_t>(offset),
                       .message = std::move(message),
                       .incomplete = incomplete};
}

bool Lexer::ReadStatement(std::vector<Token>& tokens) {
  tokens.clear();
  fault_.reset();
  terminated_ = false;
  if (text_.size() > kMaxScriptBytes) {
    if (next_ >= text_.size()) return false;
    Fail(0, Concat("the script has ", text_.size(), " bytes, and at most ", kMaxScriptBytes,
                   " are allowed"));
    fault_->limit = true;
    next_ = text_.size();
    tokens.push_back({});
    return true;
  }
  SkipBlanks();
  while (At() == ';') ++next_, SkipBlanks();
  begin_ = static_cast<uint32_t>(next_);
  end_ = begin_;
  if (next_ >= text_.size() && !fault_) return false;
  if (At() == '\\') {
    SkipLine();
    tokens.push_back({.offset = end_});
  }
  while (!terminated_) {
    const Token token = ReadToken();
    if (tokens.size() < kMaxStatementTokens) tokens.push_back(token);
    if (token.kind == TokenKind::kEnd) break;
    end_ = token.offset + token.size;
  }
  CheckText();
  if (tokens.back().kind != TokenKind::kEnd) {
    Fail(tokens.back().offset,
         Concat("a statement has at most ", kMaxStatementTokens, " words and signs"));
    fault_->limit = true;
    tokens.back() = {.offset = end_};
  }
  return true;
}

void Lexer::CheckText() {
  const std::string_view text = text_.substr(begin_, next_ - begin_);
  if (text.size() > kMaxStatementBytes) {
    fault_.reset();
    Fail(begin_, Concat("the statement has ", text.size(), " bytes, and at most ",
                        kMaxStatementBytes, " are allowed"));
    fault_->limit = true;
  }
  const size_t valid = std::min(format::ValidUtf8Prefix(text), text.find('\0'));
  if (valid >= text.size()) return;
  fault_.reset();
  Fail(begin_ + valid, text[valid] == '\0' ? "a zero byte is no part of SQL" : "this is not UTF-8");
}

// A command of a shell ends with its line.
void Lexer::SkipLine() {
  const size_t start = next_;
  next_ = std::min(text_.find('\n', next_), text_.size());
  end_ = static_cast<uint32_t>(next_);
  Fail(start, "a line that begins with \\ is a command of a shell, not SQL");
  terminated_ = true;
}

void Lexer::SkipBlanks() {
  while (next_ < text_.size()) {
    if (Is(text_[next_], kBlank)) {
      ++next_;
    } else if (!SkipComment()) {
      return;
    }
  }
}

bool Lexer::SkipComment() {
  if (At() == '-' && At(1) == '-') {
    next_ = std::min(text_.find('\n', next_), text_.size());
    return true;
  }
  if (At() != '/' || At(1) != '*') return false;
  const size_t start = next_;
  next_ += 2;
  for (size_t depth = 1; depth > 0; ++next_) {
    next_ = text_.find_first_of("/*", next_);
    if (next_ >= text_.size()) {
      next_ = text_.size();
      Fail(start, "the comment that begins here does not end", true);
      return true;
    }
    const bool opens = At() == '/' && At(1) == '*';
    const bool closes = At() == '*' && At(1) == '/';
    if (opens) ++depth;
    if (closes) --depth;
    if (opens || closes) ++next_;
  }
  return true;
}

Token Lexer::ReadToken() {
  SkipBlanks();
  Token token{.offset = static_cast<uint32_t>(next_)};
  if (next_ >= text_.size()) return token;
  token.kind = ReadKind(token.terminal);
  token.size = static_cast<uint32_t>(next_) - token.offset;
  return token;
}

TokenKind Lexer::ReadKind(Terminal& terminal) {
  const char c = At();
  if (Is(c, kLetter)) return ReadWord(terminal);
  if (Is(c, kDigit) || (c == '.' && Is(At(1), kDigit))) return ReadNumber();
  if (c == '\'') return ReadString(TokenKind::kString);
  if (c == '"') return ReadQuotedName();
  if (c == '$') return ReadDollar();
  return ReadSign(terminal);
}

TokenKind Lexer::ReadWord(Terminal& terminal) {
  const size_t start = next_;
  while (IsNamePart(At())) ++next_;
  const std::string_view word = text_.substr(start, next_ - start);
  if (At() == '\'' && word.size() == 1) {
    if (word == "E" || word == "e") return ReadString(TokenKind::kEscapeString);
    if (std::string_view("BbXxNn").find(word[0]) != std::string_view::npos) {
      Fail(start, Concat("strings that begin with ", word, "' are not supported"));
      return ReadString(TokenKind::kString);
    }
  }
  if (At() == '&' && (At(1) == '\'' || At(1) == '"') && (word == "U" || word == "u")) {
    Fail(start, "U& strings and names are not supported: write the characters themselves");
  }
  terminal = FindTerminal(word);
  return TokenKind::kWord;
}

void Lexer::SkipDigits() {
  while (Is(At(), kDigit)) ++next_;
}

// Digits with a point and an exponent, both optional.
TokenKind Lexer::ReadDigits() {
  SkipDigits();
  bool whole = true;
  if (At() == '.' && At(1) != '.') {
    ++next_;
    whole = false;
    SkipDigits();
  }
  const size_t sign = At(1) == '+' || At(1) == '-' ? 1 : 0;
  if ((At() == 'e' || At() == 'E') && Is(At(1 + sign), kDigit)) {
    next_ += 1 + sign;
    whole = false;
    SkipDigits();
  }
  return whole ? TokenKind::kDuration : TokenKind::kNumber;  // may be one, if a unit follows
}

TokenKind Lexer::ReadNumber() {
  TokenKind kind = ReadDigits();
  if (IsNamePart(At())) {
    ReadSuffix(kind);
  } else {
    kind = TokenKind::kNumber;
  }
  return kind;
}

void Lexer::ReadSuffix(TokenKind& kind) {
  const size_t start = next_;
  while (IsNamePart(At())) ++next_;
  const std::string_view suffix = text_.substr(start, next_ - start);
  if (kind == TokenKind::kDuration && IsDurationUnit(suffix)) return;
  kind = TokenKind::kNumber;
  Fail(start,
       "letters follow a number: a duration is a whole number and one of ns us ms s m h d w mo y");
}

// To the closing quote, and over what continues the string on another line.
TokenKind Lexer::ReadString(TokenKind kind) {
  const size_t start = next_++;
  while (next_ < text_.size()) {
    const char c = text_[next_++];
    if (c == '\\' && kind == TokenKind::kEscapeString && next_ < text_.size()) {
      ++next_;
    } else if (c == '\'') {
      if (At() == '\'') {
        ++next_;
      } else if (!SkipToContinuation()) {
        return kind;
      }
    }
  }
  Fail(start, "the string that begins here does not end", true);
  return kind;
}

// Over blanks with a new line among them, if a quote follows them.
bool Lexer::SkipToContinuation() {
  size_t ahead = 0;
  bool new_line = false;
  for (; Is(At(ahead), kBlank); ++ahead) new_line = new_line || At(ahead) == '\n';
  if (!new_line || At(ahead) != '\'') return false;
  next_ += ahead + 1;
  return true;
}

TokenKind Lexer::ReadQuotedName() {
  const size_t start = next_++;
  while (next_ < text_.size()) {
    if (text_[next_++] != '"') continue;
    if (At() != '"') {
      if (next_ - start == 2) Fail(start, "a quoted name is not empty");
      return TokenKind::kQuotedName;
    }
    ++next_;
  }
  Fail(start, "the name that begins here does not end", true);
  return TokenKind::kQuotedName;
}

// $1, or $tag$ ... $tag$
TokenKind Lexer::ReadDollar() {
  const size_t start = next_++;
  if (Is(At(), kDigit)) {
    SkipDigits();
    if (IsNamePart(At())) Fail(start, "a parameter is $ and a number");
    return TokenKind::kParameter;
  }
  while (Is(At(), kLetter | kDigit)) ++next_;
  if (At() != '$') {
    Fail(start, "expected $1, or the end of a tag as in $tag$text$tag$");
    return TokenKind::kParameter;
  }
  const std::string_view tag = text_.substr(start, ++next_ - start);
  const size_t end = text_.find(tag, next_);
  if (end == std::string_view::npos) {
    Fail(start, "the string that begins here does not end", true);
    next_ = text_.size();
  } else {
    next_ = end + tag.size();
  }
  return TokenKind::kDollarString;
}

TokenKind Lexer::ReadSign(Terminal& terminal) {
  for (size_t size = std::min<size_t>(3, text_.size() - next_); size > 0; --size) {
    const Terminal found = FindTerminal(text_.substr(next_, size));
    const bool concatenates = found == Terminal("?|") && At(2) == '|';
    if (!found || concatenates) continue;
    if (found == Terminal(";")) {
      terminated_ = true;
      ++next_;
      return TokenKind::kEnd;
    }
    terminal = found;
    next_ += size;
    return TokenKind::kSign;
  }
  Fail(next_, "this character is no part of SQL");
  ++next_;
  return TokenKind::kSign;
}

bool IsComplete(std::string_view text) {
  Lexer lexer(text);
  std::vector<Token> tokens;
  bool complete = false;
  while (lexer.ReadStatement(tokens)) {
    complete = lexer.terminated() && (!lexer.fault() || !lexer.fault()->incomplete);
  }
  return complete;
}

}  // namespace tape::engine::sql
