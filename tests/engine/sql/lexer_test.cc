#include "engine/sql/lexer/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

std::vector<Token> Tokens(std::string_view text) {
  Lexer lexer(text);
  std::vector<Token> tokens;
  EXPECT_TRUE(lexer.ReadStatement(tokens)) << text;
  EXPECT_FALSE(lexer.fault().has_value()) << text << ": " << lexer.fault()->message;
  return tokens;
}

std::vector<std::string> Texts(std::string_view text) {
  std::vector<std::string> texts;
  for (const Token& token : Tokens(text)) {
    if (token.kind != TokenKind::kEnd) texts.emplace_back(text.substr(token.offset, token.size));
  }
  return texts;
}

std::string Says(std::string_view text) {
  std::string out;
  const auto fault = Unquote(text, Tokens(text).front(), out);
  return fault ? fault->message : out;
}

std::string Fault(std::string_view text) {
  Lexer lexer(text);
  std::vector<Token> tokens;
  return lexer.ReadStatement(tokens) && lexer.fault() ? lexer.fault()->message : "";
}

using Strings = std::vector<std::string>;

TEST(Lexer, CutsWordsNumbersAndSigns) {
  EXPECT_EQ(Texts("select a.b,1.5"), (Strings{"select", "a", ".", "b", ",", "1.5"}));
  EXPECT_EQ(Texts("a->>'k'#>>b"), (Strings{"a", "->>", "'k'", "#>>", "b"}));
  EXPECT_EQ(Texts("a<=b<>c!=d::e=>f"),
            (Strings{"a", "<=", "b", "<>", "c", "!=", "d", "::", "e", "=>", "f"}));
  EXPECT_EQ(Texts("a<-1"), (Strings{"a", "<", "-", "1"}));
  EXPECT_EQ(Texts("?||'x'"), (Strings{"?", "||", "'x'"}));
  EXPECT_EQ(Texts("a ?| b ?& c ? d"), (Strings{"a", "?|", "b", "?&", "c", "?", "d"}));
}

TEST(Lexer, KnowsEveryFormOfANumber) {
  for (const std::string_view number : {"0", "12", "1.5", ".5", "1.", "1e3", "1.5E-3", "2e+10"}) {
    const auto tokens = Tokens(number);
    ASSERT_EQ(tokens.size(), 2u) << number;
    EXPECT_EQ(tokens[0].kind, TokenKind::kNumber) << number;
  }
  EXPECT_NE(Fault("12abc"), "");
  EXPECT_NE(Fault("1.5s"), "");
  EXPECT_NE(Fault("1M"), "");
}

TEST(Lexer, KnowsDurations) {
  for (const std::string_view text :
       {"5ns", "5us", "100ms", "5s", "1m", "2h", "7d", "1w", "3mo", "1y"}) {
    EXPECT_EQ(Tokens(text)[0].kind, TokenKind::kDuration) << text;
  }
}

TEST(Lexer, SkipsCommentsAlsoNestedOnes) {
  EXPECT_EQ(Texts("a -- b ; ' \"\n c"), (Strings{"a", "c"}));
  EXPECT_EQ(Texts("a /* b /* c */ ; */ d"), (Strings{"a", "d"}));
  EXPECT_EQ(Texts("a--b"), (Strings{"a"}));
  EXPECT_EQ(Texts("a/*/**/*/b"), (Strings{"a", "b"}));
}

TEST(Lexer, UndoesQuotes) {
  EXPECT_EQ(Says("'it''s'"), "it's");
  EXPECT_EQ(Says("''"), "");
  EXPECT_EQ(Says("\"a\"\"b\""), "a\"b");
  EXPECT_EQ(Says("'one'  \n  'two'"), "onetwo");
  EXPECT_EQ(Says("$$it's $1$$"), "it's $1");
  EXPECT_EQ(Says("$body$a $$ b$body$"), "a $$ b");
}

TEST(Lexer, UndoesEscapes) {
  EXPECT_EQ(Says(R"(E'a\tb\n\\\'''')"), "a\tb\n\\''");
  EXPECT_EQ(Says(R"(e'\x41\102\u00e9\U0001F600')"), "AB\xC3\xA9\xF0\x9F\x98\x80");
  EXPECT_EQ(Says(R"(E'\ud83d\ude00')"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(Says(R"(E'\q')"), "q");
  EXPECT_EQ(Says(R"('a\nb')"), "a\\nb");
}

TEST(Lexer, RefusesEscapesThatMakeNoText) {
  EXPECT_NE(Says(R"(E'\xff')").find("do not make UTF-8"), std::string::npos);
  EXPECT_NE(Says(R"(E'\000')").find("do not make UTF-8"), std::string::npos);
  EXPECT_NE(Says(R"(E'\u12')").find("hexadecimal"), std::string::npos);
  EXPECT_NE(Says(R"(E'\xz')").find("hexadecimal"), std::string::npos);
  EXPECT_NE(Says(R"(E'\ud83d')").find("not the number"), std::string::npos);
  EXPECT_NE(Says(R"(E'\U00110000')").find("not the number"), std::string::npos);
}

TEST(Lexer, TakesNamesOfAnyScript) {
  EXPECT_EQ(Texts("pre\xC3\xA7o \xE4\xBB\xB7\xE6\xA0\xBC a$1"),
            (Strings{"pre\xC3\xA7o", "\xE4\xBB\xB7\xE6\xA0\xBC", "a$1"}));
}

TEST(Lexer, FindsEveryTerminalInAnyCaseAndNothingElse) {
  for (size_t i = 1; i < terminals_internal::kCount; ++i) {
    std::string text(terminals_internal::kSpellings[i].text);
    EXPECT_EQ(FindTerminal(text).number(), i) << text;
    for (char& c : text) c = static_cast<char>(std::tolower(c));
    EXPECT_EQ(FindTerminal(text).number(), i) << text;
    EXPECT_FALSE(FindTerminal(text + "_")) << text;
  }
  EXPECT_FALSE(FindTerminal(""));
  EXPECT_FALSE(FindTerminal("price"));
}

TEST(Lexer, SaysWhatIsWrong) {
  EXPECT_EQ(Fault("'abc"), "the string that begins here does not end");
  EXPECT_EQ(Fault("$$abc"), "the string that begins here does not end");
  EXPECT_EQ(Fault("\"abc"), "the name that begins here does not end");
  EXPECT_EQ(Fault("\"\""), "a quoted name is not empty");
  EXPECT_EQ(Fault("a /* b"), "the comment that begins here does not end");
  EXPECT_EQ(Fault("a \xFF"), "this is not UTF-8");
  EXPECT_EQ(Fault(std::string_view("a\0b", 3)), "a zero byte is no part of SQL");
  EXPECT_EQ(Fault("a @ b"), "this character is no part of SQL");
  EXPECT_EQ(Fault("$tag"), "expected $1, or the end of a tag as in $tag$text$tag$");
  EXPECT_EQ(Fault("$1a"), "a parameter is $ and a number");
  EXPECT_EQ(Fault("\\d trades"), "a line that begins with \\ is a command of a shell, not SQL");
  EXPECT_NE(Fault("B'101'"), "");
  EXPECT_NE(Fault("U&'d'"), "");
}

TEST(Lexer, CountsLinesAndColumnsInCharacters) {
  const std::string_view text = "a\n\xC3\xA9\xC3\xA9x";
  EXPECT_EQ(Locate(text, 0).line, 1u);
  EXPECT_EQ(Locate(text, 6).line, 2u);
  EXPECT_EQ(Locate(text, 6).column, 3u);
}

TEST(Lexer, ShowsWhatStandsAroundAPlaceInALongLine) {
  const std::string text = format::Concat(std::string(500, 'x'), " ! ", std::string(500, 'y'));
  const std::string shown = Describe(text, {.offset = 501, .message = "here"});
  EXPECT_EQ(shown, "line 1, column 502: here\n  " + std::string(47, 'x') + " ! " +
                       std::string(30, 'y') + "\n  " + std::string(48, ' ') + "^");
}

TEST(Lexer, KnowsWhetherAShellShouldRunATextOrAskForMore) {
  EXPECT_TRUE(IsComplete("SELECT 1;"));
  EXPECT_TRUE(IsComplete("SELECT 1; -- done\n"));
  EXPECT_TRUE(IsComplete("SELECT 12abc;"));
  EXPECT_TRUE(IsComplete("CREATE FUNCTION f() RETURNS TRIGGER AS $$ BEGIN; $$;"));
  EXPECT_FALSE(IsComplete(""));
  EXPECT_FALSE(IsComplete("  -- nothing\n"));
  EXPECT_FALSE(IsComplete("SELECT 1"));
  EXPECT_FALSE(IsComplete("SELECT 1; SELECT 2"));
  EXPECT_FALSE(IsComplete("SELECT ';"));
  EXPECT_FALSE(IsComplete("SELECT 1 /* ;"));
  EXPECT_FALSE(IsComplete("SELECT $$ ;"));
  EXPECT_FALSE(IsComplete("SELECT \" ;"));
}

}  // namespace
}  // namespace tape::engine::sql
