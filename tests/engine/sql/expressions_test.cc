// Every operator and primary, with the form in which it is printed.
#include <gtest/gtest.h>

#include <string>

#include "engine/sql/tree/children.h"
#include "tests/engine/sql/printed.h"

namespace tape::engine::sql {
namespace {

void ExpectKept(std::string_view text) { EXPECT_EQ(PrintedExpression(text), text); }

TEST(SqlExpressions, BindAsInPostgres) {
  EXPECT_EQ(PrintedExpression("1+2*3"), "1 + 2 * 3");
  EXPECT_EQ(PrintedExpression("(1+2)*3"), "(1 + 2) * 3");
  EXPECT_EQ(PrintedExpression("1+(2*3)"), "1 + 2 * 3");
  EXPECT_EQ(PrintedExpression("a-(b-c)"), "a - (b - c)");
  EXPECT_EQ(PrintedExpression("(a-b)-c"), "(a - b) - c");
  EXPECT_EQ(PrintedExpression("-2^2"), "-2 ^ 2");
  EXPECT_EQ(PrintedExpression("-(2^2)"), "-(2 ^ 2)");
  EXPECT_EQ(PrintedExpression("not a=b and c or d"), "NOT a = b AND c OR d");
  EXPECT_EQ(PrintedExpression("a and (b or c)"), "a AND (b OR c)");
  EXPECT_EQ(PrintedExpression("a||b=c"), "a || b = c");
  EXPECT_EQ(PrintedExpression("a = (b is null)"), "a = (b IS NULL)");
  EXPECT_EQ(PrintedExpression("a = b is null"), "a = b IS NULL");
  EXPECT_EQ(PrintedExpression("x between 1 and 2 and y"), "x BETWEEN 1 AND 2 AND y");
  EXPECT_EQ(PrintedExpression("a + b::int"), "a + CAST(b AS int)");
  EXPECT_EQ(PrintedExpression("-a::text"), "-CAST(a AS TEXT)");
  EXPECT_EQ(PrintedExpression("(-a)::text"), "CAST(-a AS TEXT)");
  EXPECT_EQ(PrintedExpression("a and not b is null"), "a AND NOT b IS NULL");
  EXPECT_EQ(PrintedExpression("ts at time zone 'UTC' > x"), "ts AT TIME ZONE 'UTC' > x");
  EXPECT_EQ(PrintedExpression("a = (not b)"), "a = (NOT b)");
  EXPECT_EQ(PrintedExpression("(a < b) = c"), "(a < b) = c");
  EXPECT_EQ(PrintedExpression("- -1"), "-(-1)");
  EXPECT_EQ(PrintedExpression("a - -1"), "a - -1");
  EXPECT_EQ(PrintedExpression("~a + b"), "~a + b");
  EXPECT_EQ(PrintedExpression("(~a) + b"), "(~a) + b");
  EXPECT_EQ(PrintedExpression("2 ^ 3 ^ 4"), "2 ^ 3 ^ 4");
}

TEST(SqlExpressions, ChainsAreFlat) {
  const auto sum = ParseExpression("a + b - c");
  ASSERT_TRUE(sum.ok());
  const auto* chain = sum->As<Chain>();
  ASSERT_NE(chain, nullptr);
  ASSERT_EQ(chain->steps.size(), 2u);
  EXPECT_EQ(chain->steps[1].op, BinaryOperator::kSubtract);
  const auto both = ParseExpression("a AND b AND c");
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->As<Logical>()->operands.size(), 3u);
}

TEST(SqlExpressions, HaveEveryOperator) {
  for (const std::string_view op :
       {"=",  "<>", "<",  "<=", ">",  ">=", "||", "->", "->>", "#>",  "#>>",
        "@>", "<@", "&&", "?",  "?|", "?&", "~",  "~*", "!~",  "!~*", "&",
        "|",  "#",  "<<", ">>", "+",  "-",  "*",  "/",  "%",   "^"}) {
    ExpectKept("a " + std::string(op) + " b");
  }
  EXPECT_EQ(PrintedExpression("a != b"), "a <> b");
  for (const std::string_view text : {"-a",
                                      "+a",
                                      "~a",
                                      "NOT a",
                                      "a IS NULL",
                                      "a IS NOT NULL",
                                      "a IS TRUE",
                                      "a IS NOT FALSE",
                                      "a IS UNKNOWN",
                                      "a IS DISTINCT FROM b",
                                      "a IS NOT DISTINCT FROM b",
                                      "a BETWEEN 1 AND 2",
                                      "a NOT BETWEEN 1 AND 2",
                                      "a BETWEEN SYMMETRIC 2 AND 1",
                                      "a IN (1, 2)",
                                      "a NOT IN (1)",
                                      "a IN (SELECT 1)",
                                      "a NOT IN (SELECT 1)",
                                      "a LIKE 'x%'",
                                      "a NOT LIKE 'x'",
                                      "a ILIKE 'x'",
                                      "a SIMILAR TO 'x'",
                                      "a LIKE 'x!%' ESCAPE '!'",
                                      "a = ANY (b)",
                                      "a <> ALL (SELECT 1)",
                                      "a AT TIME ZONE 'Europe/Berlin'"}) {
    ExpectKept(text);
  }
  EXPECT_EQ(PrintedExpression("a ISNULL"), "a IS NULL");
  EXPECT_EQ(PrintedExpression("a NOTNULL"), "a IS NOT NULL");
  EXPECT_EQ(PrintedExpression("a = SOME (b)"), "a = ANY (b)");
}

TEST(SqlExpressions, HaveEveryPrimary) {
  for (const std::string_view text : {"NULL",
                                      "TRUE",
                                      "FALSE",
                                      "12",
                                      "12345678901234567890123456789012345678.90",
                                      "1.5e-3",
                                      ".5",
                                      "'it''s'",
                                      "5s",
                                      "100ms",
                                      "a",
                                      "t.a",
                                      "s.t.a",
                                      "\"Odd Name\"",
                                      "\"select\"",
                                      "$1",
                                      "(SELECT 1)",
                                      "EXISTS (SELECT 1)",
                                      "ARRAY(SELECT 1)",
                                      "ARRAY[1, 2]",
                                      "ARRAY[]",
                                      "ROW(1)",
                                      "(1, 2)",
                                      "ROW()",
                                      "CASE WHEN a THEN 1 END",
                                      "CASE a WHEN 1 THEN 'x' ELSE 'y' END",
                                      "CAST(a AS DECIMAL(18, 8))",
                                      "EXTRACT(hour FROM ts)",
                                      "a[1]",
                                      "a[1 : 2]",
                                      "a[ : 2]",
                                      "a[1 : ]",
                                      "CURRENT_TIMESTAMP",
                                      "CURRENT_DATE",
                                      "TIMESTAMP '2026-03-04'",
                                      "INTERVAL '1 day'",
                                      "DATE '2026-03-04'",
                                      "TIMESTAMP WITH TIME ZONE '2026-03-04'",
                                      "DOUBLE PRECISION '1.5'",
                                      "trade_side 'BUY'"}) {
    ExpectKept(text);
  }
  EXPECT_EQ(PrintedExpression("e'a\\nb'"), "'a\nb'");
  EXPECT_EQ(PrintedExpression("interval '5' day"), "INTERVAL '5 day'");
  EXPECT_EQ(PrintedExpression("((a))"), "a");
  EXPECT_EQ(PrintedExpression("((select 1))"), "(SELECT 1)");
  EXPECT_EQ(PrintedExpression("((select 1) union select 2)"), "(SELECT 1 UNION SELECT 2)");
  EXPECT_EQ(PrintedExpression("((select 1) + 1)"), "(SELECT 1) + 1");
  EXPECT_EQ(PrintedExpression("? + ?"), "$1 + $2");
  EXPECT_EQ(PrintedExpression("a ? 'k'"), "a ? 'k'");
  EXPECT_EQ(PrintedExpression("x::VARCHAR(255)[]"), "CAST(x AS VARCHAR(255)[])");
  EXPECT_EQ(PrintedExpression("COUNT(CASE WHEN a IS NOT NULL THEN 1 END)::float / COUNT(*)::float"),
            "CAST(count(CASE WHEN a IS NOT NULL THEN 1 END) AS float) / CAST(count(*) AS float)");
}

TEST(SqlExpressions, HaveEveryCall) {
  for (const std::string_view text :
       {"now()", "count(*)", "count(DISTINCT a)", "sum(a) FILTER (WHERE b)", "s.f(a, b)",
        "array_agg(a ORDER BY b DESC NULLS LAST)", "f(a => 1, b => INTERVAL '1 day')",
        "lag(a, 1) OVER (ORDER BY ts)", "first_value(a) IGNORE NULLS OVER w",
        "sum(a) OVER (PARTITION BY b ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)",
        "sum(a) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '5 minutes' PRECEDING AND 1m FOLLOWING)",
        "sum(a) OVER (w GROUPS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES)",
        "count(*) OVER ()", "t.*"}) {
    ExpectKept(text);
  }
  EXPECT_EQ(PrintedExpression("sum(a) over (rows 5 preceding)"),
            "sum(a) OVER (ROWS BETWEEN 5 PRECEDING AND CURRENT ROW)");
  EXPECT_EQ(PrintedExpression("substring(a from 2 for 3)"), "substr(a, 2, 3)");
  EXPECT_EQ(PrintedExpression("substring(a for 3)"), "substr(a, 1, 3)");
  EXPECT_EQ(PrintedExpression("position('x' in a)"), "strpos(a, 'x')");
  EXPECT_EQ(PrintedExpression("trim(a)"), "btrim(a)");
  EXPECT_EQ(PrintedExpression("trim(leading 'x' from a)"), "ltrim(a, 'x')");
  EXPECT_EQ(PrintedExpression("trim(trailing from a)"), "rtrim(a)");
  EXPECT_EQ(PrintedExpression("left(a, 1)"), "\"left\"(a, 1)");
  EXPECT_EQ(PrintedExpression("\"extract\"(a)"), "\"extract\"(a)");
}

TEST(SqlExpressions, TakeNamesThatAreWordsElsewhere) {
  for (const std::string_view name :
       {"timestamp", "symbol", "precision", "open",    "close", "level", "period",
        "action",    "role",   "name",      "version", "day",   "last",  "first",
        "key",       "value",  "time",      "zone",    "of",    "lsn"}) {
    ExpectKept(name);
    ExpectKept(std::string(name) + " > now()");
    ExpectKept("max(" + std::string(name) + ")");
  }
  EXPECT_EQ(PrintedExpression("interval > 1"), "\"interval\" > 1");
  EXPECT_EQ(PrintedExpression("t.order"), "t.\"order\"");
  EXPECT_EQ(PrintedExpression("Price + \"Price\""), "price + \"Price\"");
}

TEST(SqlExpressions, KnowWhereTheyStand) {
  const auto expression = ParseExpression("a +\n  bcd");
  ASSERT_TRUE(expression.ok());
  EXPECT_EQ(expression->place.offset, 2u);
  EXPECT_EQ(expression->As<Chain>()->first->place.offset, 0u);
  EXPECT_EQ(expression->As<Chain>()->steps[0].operand.place.offset, 6u);
}

TEST(SqlExpressions, ShowTheirChildrenInOrder) {
  const auto expression = ParseExpression(
      "f(a, b => c ORDER BY d) FILTER (WHERE e) OVER (PARTITION BY f ORDER BY g) + CASE h WHEN i "
      "THEN j "
      "ELSE k END * (l BETWEEN m AND n)::int");
  ASSERT_TRUE(expression.ok()) << expression.status();
  std::string names;
  const auto visit = [&](const auto& self, const Expression& child) -> void {
    if (const auto* column = child.As<ColumnName>()) names += column->name.last().text;
    ForEachChild(child, [&](const Expression& next) { self(self, next); });
  };
  visit(visit, *expression);
  EXPECT_EQ(names, "acdefghijklmn");
}

TEST(SqlExpressions, AreValues) {
  const auto parsed = ParseExpression("a + f(b, (SELECT c FROM d)) IN (1, 2)");
  ASSERT_TRUE(parsed.ok());
  Expression copy = *parsed;
  EXPECT_EQ(copy, *parsed);
  const Expression moved = std::move(copy);
  EXPECT_EQ(moved, *parsed);
  EXPECT_EQ(*ParseExpression("  a"), *ParseExpression("a"));
  EXPECT_FALSE(*ParseExpression("a") == *ParseExpression("b"));
}

}  // namespace
}  // namespace tape::engine::sql
