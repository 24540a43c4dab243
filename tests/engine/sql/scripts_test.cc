// Scripts: statement by statement, each knowing its place.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/sql/parser.h"

namespace tape::engine::sql {
namespace {

struct Seen {
  std::string text;
  uint32_t line;
  bool ok;
  friend bool operator==(const Seen&, const Seen&) = default;
};

std::vector<Seen> Read(std::string_view script) {
  std::vector<Seen> seen;
  ScriptReader reader(script);
  while (reader.Next()) {
    seen.push_back({std::string(reader.text()), reader.position().line, reader.statement().ok()});
    EXPECT_EQ(reader.number(), seen.size());
  }
  return seen;
}

TEST(Scripts, AreReadStatementByStatement) {
  EXPECT_EQ(
      Read("-- one\nSELECT 1;\n\n;; SELECT ';' -- ;\n;\nSELECT 3"),
      (std::vector<Seen>{{"SELECT 1", 2, true}, {"SELECT ';'", 4, true}, {"SELECT 3", 6, true}}));
  EXPECT_TRUE(Read("").empty());
  EXPECT_TRUE(Read(" ; -- nothing\n /* at all */ ;").empty());
}

TEST(Scripts, GoOnBehindAMistake) {
  EXPECT_EQ(Read("SELEC 1; SELECT 2; SELECT 3x y; SELECT 4;"),
            (std::vector<Seen>{{"SELEC 1", 1, false},
                               {"SELECT 2", 1, true},
                               {"SELECT 3x y", 1, false},
                               {"SELECT 4", 1, true}}));
  EXPECT_EQ(
      Read("\\i a.sql\n\n\\i b.sql\nSELECT 1;"),
      (std::vector<Seen>{{"\\i a.sql", 1, false}, {"\\i b.sql", 3, false}, {"SELECT 1", 4, true}}));
}

TEST(Scripts, SayWhereInTheScriptAMistakeIs) {
  ScriptReader reader("SELECT 1;\nSELECT\n  FROM t;");
  ASSERT_TRUE(reader.Next());
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.statement().status().message(),
            "line 3, column 3: expected an expression, found FROM\n    FROM t;\n    ^");
}

TEST(Scripts, KeepFunctionBodiesWhole) {
  const auto seen = Read(
      "CREATE FUNCTION f() RETURNS TRIGGER AS $$\nBEGIN\n  RETURN NEW;\nEND;\n$$ LANGUAGE "
      "plpgsql;\nSELECT 1;");
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_TRUE(seen[0].ok);
  EXPECT_EQ(seen[1].line, 6u);
}

TEST(Scripts, EndWithAnOpenQuote) {
  EXPECT_EQ(Read("SELECT 1; SELECT 'x; SELECT 2;"),
            (std::vector<Seen>{{"SELECT 1", 1, true}, {"SELECT 'x; SELECT 2;", 1, false}}));
}

}  // namespace
}  // namespace tape::engine::sql
