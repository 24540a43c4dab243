// Size, depth and time: whatever a text is, it is parsed or refused on a stack of 256 KiB, in time
// that grows with its length.
#include "engine/sql/limits.h"

#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "engine/sql/parser.h"
#include "engine/sql/printer.h"
#include "format/bytes/message.h"
#include "tests/engine/sql/small_stack.h"

namespace tape::engine::sql {
namespace {

std::string Repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

// What is nested, and what closes it again.
struct Nest {
  std::string_view open;
  std::string_view inside;
  std::string_view close;
};

constexpr Nest kNests[] = {
    {"(", "1", ")"},
    {"(1+", "1", ")"},
    {"(a OR b AND NOT c IS NULL = d IN (1) || e + f * g ^ ", "1", ")"},
    {"- ", "1", ""},
    {"NOT ", "a", ""},
    {"~", "a", ""},
    {"", "a", "::int"},
    {"", "a", "[1]"},
    {"", "a", "[1:2]"},
    {"", "a", " AT TIME ZONE 'UTC'"},
    {"f(", "1", ")"},
    {"f(a => ", "1", ")"},
    {"CASE WHEN a THEN ", "1", " END"},
    {"CASE WHEN ", "a", " THEN 1 END"},
    {"CASE ", "a", " WHEN 1 THEN 1 END"},
    {"CAST(", "1", " AS int)"},
    {"ARRAY[", "1", "]"},
    {"ROW(", "1", ")"},
    {"(1, ", "1", ")"},
    {"a[", "1", "]"},
    {"a IN (", "1", ")"},
    {"a = ANY (", "1", ")"},
    {"a BETWEEN (", "1", ") AND 2"},
    {"a LIKE (", "1", ")"},
    {"EXTRACT(hour FROM ", "a", ")"},
    {"sum(a) FILTER (WHERE ", "a", ")"},
    {"sum(a) OVER (ORDER BY ", "a", ")"},
    {"sum(a) OVER (ORDER BY b ROWS (", "1", ") PRECEDING)"},
    {"(SELECT ", "1", ")"},
    {"((SELECT ", "1", ") UNION SELECT 2)"},
    {"EXISTS (SELECT ", "1", ")"},
    {"ARRAY(SELECT ", "1", ")"},
    {"a IN (SELECT ", "1", ")"},
    {"(SELECT * FROM t WHERE ", "a", ")"},
    {"(SELECT * FROM ", "t", ")"},
    {"(WITH a AS (SELECT ", "1", ") SELECT 1)"},
    {"(SELECT 1 LIMIT ", "1", ")"},
    {"(SELECT 1 ORDER BY ", "1", ")"},
    {"(SELECT a FROM t SAMPLE BY 1m FILL (", "1", "))"},
};

TEST(SqlLimits, RefuseTenThousandLevelsOfAnything) {
  OnSmallStack([] {
    for (const Nest& nest : kNests) {
      const std::string text = format::Concat("SELECT ", Repeat(nest.open, 10'000), nest.inside,
                                              Repeat(nest.close, 10'000));
      const auto statement = ParseStatement(text);
      EXPECT_FALSE(statement.ok()) << nest.open << nest.close;
      EXPECT_LT(statement.status().message().size(), 400u);
    }
  });
}

// At every depth up to where it is refused: parsed, copied, compared, printed and destroyed.
TEST(SqlLimits, TakeWhatTheyTakeOnASmallStack) {
  OnSmallStack([] {
    for (const Nest& nest : kNests) {
      size_t deepest = 0;
      for (size_t depth = 1; depth <= kMaxNesting; ++depth) {
        const std::string text = format::Concat("SELECT ", Repeat(nest.open, depth), nest.inside,
                                                Repeat(nest.close, depth));
        const auto statement = ParseStatement(text);
        if (!statement.ok()) break;
        deepest = depth;
      }
      const std::string text = format::Concat("SELECT ", Repeat(nest.open, deepest), nest.inside,
                                              Repeat(nest.close, deepest));
      const auto statement = ParseStatement(text);
      ASSERT_TRUE(statement.ok()) << nest.open << nest.close;
      const Statement copy = *statement;
      EXPECT_EQ(copy, *statement);
      const auto again = ParseStatement(Print(copy));
      ASSERT_TRUE(again.ok()) << nest.open << nest.close << again.status();
      EXPECT_EQ(*again, copy);
      EXPECT_GE(deepest, 4u) << nest.open << nest.close;
    }
  });
}

TEST(SqlLimits, TakeLongSumsAndRefuseEndlessOnes) {
  OnSmallStack([] {
    for (const std::string_view op : {" + ", " AND ", " OR ", " || ", " * "}) {
      EXPECT_TRUE(ParseStatement("SELECT 1" + Repeat(std::string(op) + "a", 9'000)).ok()) << op;
      const auto refused = ParseStatement("SELECT 1" + Repeat(std::string(op) + "a", 100'000));
      EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted) << op;
    }
    EXPECT_TRUE(ParseStatement("SELECT 1" + Repeat(" UNION SELECT 1", 9'000)).ok());
    EXPECT_EQ(ParseStatement("SELECT 1" + Repeat(" UNION SELECT 1", 100'000)).status().code(),
              absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(ParseStatement("SELECT 1 FROM a" + Repeat(" CROSS JOIN b", 100'000)).status().code(),
              absl::StatusCode::kResourceExhausted);
  });
}

TEST(SqlLimits, RefuseStatementsThatAreTooLong) {
  const std::string blanks(kMaxStatementBytes, ' ');
  EXPECT_EQ(ParseStatement("SELECT" + blanks + "1").status().code(),
            absl::StatusCode::kResourceExhausted);
  const auto tokens = ParseStatement("SELECT 1" + Repeat(",1", kMaxStatementTokens / 2));
  EXPECT_EQ(tokens.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(ParseStatement("SELECT 1" + Repeat(",1", kMaxStatementTokens / 2 - 10)).ok());
  // What follows is not lost.
  const std::string script = "SELECT" + blanks + "1; SELECT 2;";
  ScriptReader reader(script);
  ASSERT_TRUE(reader.Next());
  EXPECT_FALSE(reader.statement().ok());
  ASSERT_TRUE(reader.Next());
  EXPECT_TRUE(reader.statement().ok());
}

TEST(SqlLimits, RefuseLongNames) {
  EXPECT_TRUE(ParseStatement("SELECT " + std::string(127, 'a')).ok());
  EXPECT_FALSE(ParseStatement("SELECT " + std::string(128, 'a')).ok());
  EXPECT_FALSE(ParseStatement("SELECT \"" + std::string(128, 'a') + "\"").ok());
}

// Of this process, so that what else the machine does is not counted.
double SecondsToParse(const std::string& text) {
  const std::clock_t start = std::clock();
  EXPECT_LT(ParseStatement(text).status().message().size(), 400u);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// Generous: a quadratic step would take minutes.
TEST(SqlLimits, KeepTimeLinear) {
  constexpr size_t kMany = 200'000;
  for (const std::string& text :
       {Repeat("(", kMany), Repeat("SELECT ", kMany), "SELECT " + Repeat("$a$", kMany),
        "SELECT " + Repeat("'a'\n", kMany), Repeat("/*", kMany), "SELECT " + Repeat("CASE ", kMany),
        "SELECT a" + Repeat("\n\n", kMany) + "'", Repeat("((SELECT ", kMany),
        "SELECT 1 IN (1" + Repeat(",1", kMany) + ")",
        "INSERT INTO t VALUES (1)" + Repeat(",(1)", kMany), Repeat("\"", kMany),
        Repeat("a.", kMany)}) {
    EXPECT_LT(SecondsToParse(text), 5.0) << text.substr(0, 40);
  }
}

}  // namespace
}  // namespace tape::engine::sql
