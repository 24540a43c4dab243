#include "engine/sql/parser.h"

#include <optional>
#include <utility>

#include "engine/sql/parse/grammar.h"

namespace tape::engine::sql {
namespace {

// What `rule` makes of all tokens.
template <typename Tree>
absl::StatusOr<Tree> Parse(std::string_view text, const Lexer& lexer,
                           const std::vector<Token>& tokens, Tree (Grammar::*rule)()) {
  if (lexer.fault()) return ToStatus(text, *lexer.fault());
  Grammar grammar(text, tokens);
  Tree tree = (grammar.*rule)();
  if (grammar.fault()) return ToStatus(text, *grammar.fault());
  return tree;
}

template <typename Tree>
absl::StatusOr<Tree> ParseAlone(std::string_view text, Tree (Grammar::*rule)()) {
  Lexer lexer(text);
  std::vector<Token> tokens;
  if (!lexer.ReadStatement(tokens))
    tokens.assign(1, {.offset = static_cast<uint32_t>(text.size())});
  absl::StatusOr<Tree> tree = Parse(text, lexer, tokens, rule);
  if (!tree.ok() || !lexer.ReadStatement(tokens)) return tree;
  return ToStatus(text,
                  {.offset = lexer.begin(), .message = "expected one statement, found another"});
}

}  // namespace

absl::StatusOr<Statement> ParseStatement(std::string_view text) {
  return ParseAlone(text, &Grammar::ParseWholeStatement);
}

absl::StatusOr<Query> ParseQuery(std::string_view text) {
  return ParseAlone(text, &Grammar::ParseWholeQuery);
}

absl::StatusOr<Expression> ParseExpression(std::string_view text) {
  return ParseAlone(text, &Grammar::ParseWholeExpression);
}

bool ScriptReader::Next() {
  if (!lexer_.ReadStatement(tokens_)) return false;
  ++number_;
  statement_ = Parse(text_, lexer_, tokens_, &Grammar::ParseWholeStatement);
  return true;
}

}  // namespace tape::engine::sql
