// What a refused statement is told: the place, what was expected and found, the line and a caret.
#include <gtest/gtest.h>

#include "tests/engine/sql/printed.h"

namespace tape::engine::sql {
namespace {

TEST(SqlErrors, PointAtThePlace) {
  EXPECT_EQ(Refused("SELECT FROM trades"),
            "line 1, column 8: expected an expression, found FROM\n"
            "  SELECT FROM trades\n"
            "         ^");
  EXPECT_EQ(Refused("SELECT a,\n       b\n  FORM trades\nWHERE a"),
            "line 3, column 8: expected the end of the statement, found trades\n"
            "    FORM trades\n"
            "         ^");
  EXPECT_EQ(Refused("SELECT a FROM"),
            "line 1, column 14: expected a table, found the end of the statement\n"
            "  SELECT a FROM\n"
            "               ^");
  EXPECT_EQ(Refused("CREATE TABLE market_data (...);"),
            "line 1, column 27: expected a column, found .\n"
            "  CREATE TABLE market_data (...);\n"
            "                            ^");
  EXPECT_EQ(Refused("\tSELECT \xC3\xA9\xC3\xA9 +;"),
            "line 1, column 13: expected an expression, found the end of the statement\n"
            "   SELECT \xC3\xA9\xC3\xA9 +;\n"
            "              ^");
}

struct Mistake {
  std::string_view text;
  std::string_view told;  // the first line
};

constexpr Mistake kMistakes[] = {
    {"SELEC 1",
     "line 1, column 1: expected a statement, such as SELECT, INSERT or CREATE, found SELEC"},
    {"SELECT a FROM select",
     "line 1, column 15: expected a table, found the reserved word select, which is a name only "
     "in double "
     "quotes"},
    {"SELECT 1 WHERE a < b < c",
     "line 1, column 22: comparisons do not chain: write (a < b) AND (b < c), or parentheses"},
    {"SELECT a BETWEEN 1 AND 2 IN (3)",
     "line 1, column 26: BETWEEN, IN and LIKE do not chain: write parentheses"},
    {"SELECT a IS 5",
     "line 1, column 13: expected NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM, found 5"},
    {"SELECT (1", "line 1, column 10: expected ), found the end of the statement"},
    {"SELECT CASE 1 END", "line 1, column 15: expected WHEN, found END"},
    {"SELECT $1, ?", "line 1, column 12: a statement has parameters of one kind, $1 or ?"},
    {"SELECT $0", "line 1, column 8: parameters are $1 to $65535"},
    {"SELECT 12abc",
     "line 1, column 10: letters follow a number: a duration is a whole number and one of ns us "
     "ms s m h d "
     "w mo y"},
    {"SELECT 'abc", "line 1, column 8: the string that begins here does not end"},
    {"SELECT * FROM a JOIN b",
     "line 1, column 23: expected ON or USING, found the end of the statement"},
    {"SELECT * FROM a.b.c.d", "line 1, column 21: expected at most store.schema.name, found d"},
    {"CREATE THING x",
     "line 1, column 8: expected TABLE, INDEX, VIEW, MATERIALIZED VIEW, TYPE, SCHEMA, FUNCTION, "
     "TRIGGER or "
     "EXTENSION, found THING"},
    {"CREATE TABLE t",
     "line 1, column 15: expected ( and columns, or AS and a query, found the end of the "
     "statement"},
    {"CREATE TABLE t (a INT) PARTITION BY LIST (a)",
     "line 1, column 37: expected RANGE, DAY, WEEK, MONTH or NONE, found LIST"},
    {"CREATE TABLE t (a VARCHAR(x))", "line 1, column 27: expected a whole number, found x"},
    {"CREATE TABLE t (a INT REFERENCES b ON DELETE EXPLODE)",
     "line 1, column 46: expected CASCADE, RESTRICT, SET NULL, SET DEFAULT or NO ACTION, found "
     "EXPLODE"},
    {"CREATE FUNCTION f(a INT) RETURNS INT AS $$x$$",
     "line 1, column 19: functions have no parameters: only trigger functions are supported"},
    {"CREATE VIEW v AS",
     "line 1, column 17: expected SELECT, VALUES or (, found the end of the statement"},
    {"ALTER TABLE t FROB",
     "line 1, column 15: expected ADD, DROP, ALTER, RENAME, SET or RESET, found FROB"},
    {"INSERT INTO t VALUES (1) ON CONFLICT DO IGNORE",
     "line 1, column 41: expected NOTHING or UPDATE, found IGNORE"},
    {"EXPLAIN EXPLAIN SELECT 1",
     "line 1, column 9: expected a statement to explain, found EXPLAIN"},
    {"\\i tables.sql",
     "line 1, column 1: a line that begins with \\ is a command of a shell, not SQL"},
    {"SELECT 1; SELECT 2", "line 1, column 11: expected one statement, found another"},
    {"",
     "line 1, column 1: expected a statement, such as SELECT, INSERT or CREATE, found the end of "
     "the "
     "statement"},
    {"SELECT a[1][2][3", "line 1, column 17: expected ], found the end of the statement"},
    {"SELECT x::int[][][][][][][]", "line 1, column 14: an array has at most 6 dimensions"},
    {"SELECT INTERVAL 'one' DAY",
     "line 1, column 8: before the unit of an interval stands a number"},
};

TEST(SqlErrors, SayWhatWasExpected) {
  for (const Mistake& mistake : kMistakes) {
    const std::string told = Refused(mistake.text);
    EXPECT_EQ(told.substr(0, told.find('\n')), mistake.told) << mistake.text;
    EXPECT_EQ(ParseStatement(mistake.text).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(SqlErrors, AreShortHoweverLongTheText) {
  const std::string word(100'000, 'x');
  const std::string told = Refused("SELECT 1 1" + word + " FROM t");
  EXPECT_FALSE(told.empty());
  EXPECT_LT(told.size(), 400u);
  EXPECT_LT(Refused("SELECT '" + word).size(), 400u);
  EXPECT_LT(Refused("SELECT " + word).size(), 400u);
  EXPECT_NE(Refused("SELECT " + word), "");
}

}  // namespace
}  // namespace tape::engine::sql
