// Each construct of SELECT over small tables. Rows as PostgreSQL 15 gives them, but for FROM-first
// clauses of ticks, which it does not speak.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/engine/sql/plan/query_tables.h"

namespace tape::engine::sql {
namespace {

QueryTables Tables() {
  QueryTables tables;
  tables.Add("trades",
             {{"ts", Type::Timestamp()},
              {"symbol", Type::Symbol()},
              {"price", Type::Decimal(18, 2)},
              {"size", Type::Integer()},
              {"note", Type::Text()}},
             {{"2025-01-21 10:00:00", "AAPL", "101.25", "5", "a"},
              {"2025-01-21 10:00:03", "MSFT", "50.10", "7", "NULL"},
              {"2025-01-21 10:00:01", "AAPL", "101.50", "NULL", "b"},
              {"2025-01-21 10:00:04", "IBM", "20.00", "1", "a"},
              {"2025-01-22 09:00:00", "MSFT", "50.30", "3", "c"},
              {"2025-01-22 09:00:00", "MSFT", "50.40", "2", "NULL"}});
  tables.Add("names", {{"symbol", Type::Text()}, {"name", Type::Text()}},
             {{"AAPL", "Apple"}, {"MSFT", "Microsoft"}, {"MSFT", "Redmond"}, {"NULL", "nobody"}});
  tables.AddView("sizes", "SELECT symbol, sum(size) AS total FROM trades GROUP BY symbol");
  return tables;
}

TEST(Select, NamesAndTypesOfColumnsArePostgresOnes) {
  EXPECT_EQ(Tables().Run("SELECT price, size + 1, upper(note), price::text, count(*) OVER_ALL, "
                         "CASE WHEN true THEN 1 END, EXTRACT(year FROM ts) AS y "
                         "FROM trades GROUP BY 1, 2, 3, 4, ts, size LIMIT 0"),
            "price DECIMAL(18,2), ?column? INTEGER, upper TEXT, price TEXT, over_all BIGINT, "
            "case INTEGER, y DECIMAL(11,0)");
}

TEST(Select, GivesRowsThatPassWhere) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Rows("SELECT symbol, size FROM trades WHERE size > 2 AND note IS NOT NULL"),
            "AAPL|5\nMSFT|3");
  EXPECT_EQ(tables.Rows("SELECT t.* FROM trades t WHERE false"), "");
  EXPECT_EQ(tables.Rows("SELECT 1 + 1, 'x'"), "2|x");
}

TEST(Select, ReadsOnlyColumnsThatAreNeeded) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Rows("SELECT note FROM trades WHERE size = 7"), "NULL");
  EXPECT_EQ(tables.source("trades").last_spec().columns, (std::vector<size_t>{3, 4}));
  EXPECT_EQ(tables.Rows("SELECT count(*) FROM trades"), "6");
  EXPECT_TRUE(tables.source("trades").last_spec().columns.empty());
}

TEST(Select, TimesAndSymbolsOfWhereRuleOutRowsInTheSource) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Rows("SELECT price FROM trades WHERE symbol = 'MSFT' AND ts >= '2025-01-22'"),
            "50.30\n50.40");
  EXPECT_EQ(tables.source("trades").rows_given(), 2U);
  EXPECT_EQ(tables.Rows("SELECT count(*) FROM trades WHERE ts BETWEEN '2025-01-21 10:00:01' AND "
                        "'2025-01-21 10:00:03' AND symbol IN ('AAPL', 'MSFT')"),
            "2");
  EXPECT_EQ(tables.source("trades").rows_given(), 2U);
  EXPECT_EQ(tables.Rows("SELECT count(*) FROM trades WHERE '2025-01-21 10:00:03' < ts"), "3");
  EXPECT_EQ(tables.source("trades").rows_given(), 3U);
}

TEST(Select, ParametersPruneToo) {
  QueryTables tables = Tables();
  tables.parameters = {exec::Value::Text("IBM")};
  EXPECT_EQ(tables.Rows("SELECT price FROM trades WHERE symbol = $1"), "20.00");
  EXPECT_EQ(tables.source("trades").rows_given(), 1U);
}

TEST(Select, OrdersByNamePositionAliasAndExpression) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Rows("SELECT size FROM trades ORDER BY size"), "1\n2\n3\n5\n7\nNULL");
  EXPECT_EQ(tables.Rows("SELECT size FROM trades ORDER BY 1 DESC"), "NULL\n7\n5\n3\n2\n1");
  EXPECT_EQ(tables.Rows("SELECT size FROM trades ORDER BY size DESC NULLS LAST LIMIT 2"), "7\n5");
  EXPECT_EQ(tables.Rows("SELECT size AS s FROM trades ORDER BY s NULLS FIRST LIMIT 2 OFFSET 1"),
            "1\n2");
  EXPECT_EQ(tables.Rows("SELECT symbol, price FROM trades ORDER BY -price LIMIT 1"), "AAPL|101.50");
  EXPECT_EQ(tables.Rows("SELECT symbol, note FROM trades ORDER BY symbol, note DESC NULLS LAST"),
            "AAPL|b\nAAPL|a\nIBM|a\nMSFT|c\nMSFT|NULL\nMSFT|NULL");
}

TEST(Select, TheFirstOfManyRowsAreThoseOfTheWholeOrder) {
  QueryTables tables;
  std::vector<std::vector<std::string>> rows;
  for (int64_t i = 0; i < 12'000; ++i) {
    const std::string key = i % 50 == 0 ? "NULL" : std::to_string(i * 7919 % 97);
    rows.push_back({key, std::to_string(i)});
  }
  tables.Add("many", {{"key", Type::Bigint()}, {"id", Type::Bigint()}}, rows);
  for (const std::string order :
       {"key", "key DESC", "key NULLS FIRST", "key DESC NULLS LAST", "key, id % 3 DESC"}) {
    const std::string sql = "SELECT key, id FROM many ORDER BY " + order;
    const std::string all = tables.Rows(sql) + "\n";
    for (const int limit : {1, 7, 500, 3000}) {
      const std::string first = tables.Rows(sql + " LIMIT " + std::to_string(limit)) + "\n";
      EXPECT_EQ(std::count(first.begin(), first.end(), '\n'), limit);
      EXPECT_TRUE(all.starts_with(first)) << order << " " << limit;
    }
  }
}

TEST(Select, EqualRowsStayInTheOrderInWhichTheyCame) {
  QueryTables tables;
  std::vector<std::vector<std::string>> rows;
  for (int64_t i = 0; i < 9000; ++i) rows.push_back({std::to_string(i % 7), std::to_string(i)});
  tables.Add("many", {{"key", Type::Bigint()}, {"id", Type::Bigint()}}, rows);
  EXPECT_EQ(tables.Rows("SELECT * FROM many ORDER BY key"),
            tables.Rows("SELECT * FROM many ORDER BY key, id"));
  // The first key alone does not tell which of its rows are among the first.
  const std::string sql = "SELECT * FROM many ORDER BY key, id % 3 DESC";
  EXPECT_TRUE(tables.Rows(sql).starts_with(tables.Rows(sql + " LIMIT 500")));
}

TEST(Select, OrderOfTimeIsTheSourcesOwn) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Rows("SELECT price FROM trades ORDER BY ts"),
            "101.25\n101.50\n50.10\n20.00\n50.30\n50.40");
  EXPECT_EQ(tables.source("trades").last_spec().order, exec::SourceOrder::kTime);
}

TEST(Select, GroupsByColumnPositionAliasAndExpression) {
  const QueryTables tables = Tables();
  const std::string sums = "AAPL|5|2\nMSFT|12|3\nIBM|1|1";
  EXPECT_EQ(tables.Rows("SELECT symbol, sum(size), count(*) FROM trades GROUP BY symbol"), sums);
  EXPECT_EQ(tables.Rows("SELECT symbol, sum(size), count(*) FROM trades GROUP BY 1"), sums);
  EXPECT_EQ(tables.Rows("SELECT lower(symbol) AS s, max(size) FROM trades GROUP BY s "
                        "HAVING max(size) > 1 ORDER BY s"),
            "aapl|5\nmsft|7");
  EXPECT_EQ(tables.Rows("SELECT note, count(*) FROM trades GROUP BY note ORDER BY 2 DESC, 1"),
            "a|2\nNULL|2\nb|1\nc|1");
  EXPECT_EQ(tables.Rows("SELECT count(*) + sum(size) FROM trades WHERE symbol = 'none'"), "NULL");
  EXPECT_EQ(tables.Rows("SELECT count(*) FROM trades WHERE false"), "0");
  EXPECT_EQ(tables.Rows("SELECT count(*) FROM trades WHERE false GROUP BY symbol"), "");
}

TEST(Select, AggregatesAreExact) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Run("SELECT sum(price), avg(size), min(note), max(ts), avg(price) FROM trades"),
            "sum DECIMAL(38,2), avg DECIMAL(38,16), min TEXT, max TIMESTAMP, avg "
            "DECIMAL(38,16)\n373.55|3.6000000000000000|a|2025-01-22 09:00:00|62.2583333333333333");
  EXPECT_EQ(tables.Rows("SELECT count(DISTINCT note), count(note), sum(DISTINCT length(note)) "
                        "FROM trades"),
            "3|4|1");
  EXPECT_EQ(tables.Rows("SELECT count(*) FILTER (WHERE size > 2), bool_and(size > 0), "
                        "bool_or(size > 6) FROM trades"),
            "3|true|true");
  EXPECT_EQ(tables.Rows("SELECT sum(9223372036854775807) FROM trades"), "55340232221128654842");
  EXPECT_EQ(tables.Rows("SELECT string_agg(symbol, ',') FROM trades WHERE size > 2"),
            "AAPL,MSFT,MSFT");
  EXPECT_EQ(tables.Rows("SELECT variance(size), stddev_pop(size) FROM trades WHERE size IN (1, 3)"),
            "2|1");
}

TEST(Select, FirstAndLastGoByTime) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Rows("SELECT first(symbol), last(price), last(note), last(price, ts), "
                        "first(size) FROM trades"),
            "AAPL|50.40|NULL|50.40|5");
  EXPECT_EQ(tables.Rows("SELECT vwap(price, size) FROM trades WHERE symbol = 'MSFT'"),
            "50.2000000000000000");
}

TEST(Select, JoinsByEqualColumns) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Rows("SELECT t.size, n.name FROM trades t JOIN names n ON n.symbol = t.symbol "
                        "AND n.name <> 'Redmond' WHERE t.size > 2 ORDER BY 1"),
            "3|Microsoft\n5|Apple\n7|Microsoft");
  EXPECT_EQ(tables.Rows("SELECT t.symbol, name FROM trades t LEFT JOIN names n ON n.symbol = "
                        "t.symbol WHERE size = 1 OR size = 7 ORDER BY 1, 2"),
            "IBM|NULL\nMSFT|Microsoft\nMSFT|Redmond");
  EXPECT_EQ(tables.Rows("SELECT count(*) FROM trades, names"), "24");
  EXPECT_EQ(tables.Rows("SELECT count(*) FROM trades t CROSS JOIN names n WHERE t.symbol = "
                        "n.symbol"),
            "8");
  EXPECT_EQ(tables.Rows("SELECT name, count(t.symbol) FROM trades t RIGHT JOIN names n ON "
                        "t.symbol = n.symbol GROUP BY name ORDER BY name"),
            "Apple|2\nMicrosoft|3\nRedmond|3\nnobody|0");
  EXPECT_EQ(tables.Rows("SELECT symbol, name FROM names a JOIN names b USING (symbol, name) "
                        "ORDER BY name"),
            "AAPL|Apple\nMSFT|Microsoft\nMSFT|Redmond");
  EXPECT_EQ(tables.Rows("SELECT a.name, b.name, c.size FROM names a JOIN names b ON a.name < "
                        "b.name LEFT JOIN trades c ON c.symbol = b.symbol AND c.size > 100 "
                        "WHERE a.name = 'Microsoft' ORDER BY 2"),
            "Microsoft|Redmond|NULL\nMicrosoft|nobody|NULL");
}

TEST(Select, SubqueriesRunOnce) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Rows("SELECT symbol FROM trades WHERE price = (SELECT max(price) FROM trades)"),
            "AAPL");
  EXPECT_EQ(tables.Rows("SELECT count(*) FROM trades WHERE symbol IN (SELECT symbol FROM names "
                        "WHERE name = 'Apple')"),
            "2");
  EXPECT_EQ(tables.Rows("SELECT count(*) FROM trades WHERE symbol NOT IN (SELECT symbol FROM "
                        "names)"),
            "0");
  EXPECT_EQ(tables.Rows("SELECT EXISTS (SELECT 1 FROM names WHERE name = 'x'), (SELECT name FROM "
                        "names WHERE false)"),
            "false|NULL");
  EXPECT_EQ(tables.Rows("SELECT size FROM trades WHERE size >= ALL (SELECT size FROM trades WHERE "
                        "size IS NOT NULL)"),
            "7");
  EXPECT_EQ(tables.Rows("SELECT s FROM (SELECT symbol AS s, size FROM trades ORDER BY size LIMIT "
                        "2) AS small ORDER BY s"),
            "IBM\nMSFT");
}

TEST(Select, CommonTablesAndViewsStandForTheirQueries) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Rows("WITH a(x) AS (SELECT size FROM trades WHERE size > 2), b AS (SELECT "
                        "max(x) AS m FROM a) SELECT a.x FROM a, b WHERE a.x = b.m"),
            "7");
  EXPECT_EQ(tables.Rows("SELECT s.total FROM sizes s WHERE s.symbol = 'MSFT'"), "12");
  EXPECT_EQ(tables.Rows("SELECT * FROM sizes ORDER BY total DESC LIMIT 1"), "MSFT|12");
}

TEST(Select, SetsOfRowsMeetInOneType) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Run("SELECT 1 AS a UNION ALL SELECT 2.50 UNION ALL SELECT NULL ORDER BY a"),
            "a DECIMAL(12,2)\n1.00\n2.50\nNULL");
  EXPECT_EQ(tables.Rows("SELECT symbol FROM trades UNION SELECT symbol FROM names ORDER BY 1"),
            "AAPL\nIBM\nMSFT\nNULL");
  EXPECT_EQ(tables.Rows("SELECT symbol FROM names INTERSECT ALL SELECT symbol FROM trades"),
            "AAPL\nMSFT\nMSFT");
  EXPECT_EQ(tables.Rows("SELECT symbol FROM trades EXCEPT SELECT symbol FROM names"), "IBM");
  EXPECT_EQ(tables.Rows("SELECT symbol FROM trades EXCEPT ALL SELECT symbol FROM names"),
            "AAPL\nIBM\nMSFT");
  EXPECT_EQ(tables.Run("VALUES (1, 'a'), (2.5, NULL) ORDER BY column1 DESC"),
            "column1 DECIMAL(2,1), column2 TEXT\n2.5|NULL\n1.0|a");
}

TEST(Select, DistinctKeepsTheFirstOfEqualRows) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Rows("SELECT DISTINCT symbol FROM trades"), "AAPL\nMSFT\nIBM");
  EXPECT_EQ(tables.Rows("SELECT DISTINCT ON (symbol) symbol, price FROM trades ORDER BY symbol, "
                        "price DESC"),
            "AAPL|101.50\nIBM|20.00\nMSFT|50.40");
}

TEST(Select, LatestOnIsTheLastRowOfEachPartition) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Rows("SELECT symbol, price, note FROM trades LATEST ON ts PARTITION BY symbol "
                        "ORDER BY symbol"),
            "AAPL|101.50|b\nIBM|20.00|a\nMSFT|50.40|NULL");
  EXPECT_EQ(tables.Rows("SELECT n.name, q.price FROM names n JOIN (SELECT * FROM trades LATEST ON "
                        "ts PARTITION BY symbol) q ON q.symbol = n.symbol ORDER BY 1"),
            "Apple|101.50\nMicrosoft|50.40\nRedmond|50.40");
}

TEST(Select, AsofJoinTakesTheNearestRowInTime) {
  QueryTables tables;
  tables.Add("t",
             {{"ts", Type::Timestamp()}, {"symbol", Type::Symbol()}, {"size", Type::Integer()}},
             {{"2025-01-21 10:00:05", "A", "1"},
              {"2025-01-21 10:00:01", "A", "2"},
              {"2025-01-21 10:00:02", "B", "3"},
              {"2025-01-21 10:00:09", "C", "4"}});
  tables.Add("q", {{"ts", Type::Timestamp()}, {"symbol", Type::Symbol()}, {"bid", Type::Integer()}},
             {{"2025-01-21 10:00:02", "A", "10"},
              {"2025-01-21 10:00:05", "A", "11"},
              {"2025-01-21 10:00:05", "A", "12"},
              {"2025-01-21 10:00:06", "A", "13"},
              {"2025-01-21 10:00:01", "B", "20"}});
  const std::string list = "SELECT size, bid FROM t ASOF ";
  EXPECT_EQ(tables.Rows(list + "JOIN q ON (symbol)"), "1|12\n3|20");
  EXPECT_EQ(tables.Rows(list + "LEFT JOIN q ON (symbol)"), "1|12\n2|NULL\n3|20\n4|NULL");
  EXPECT_EQ(tables.Rows(list + "JOIN q ON t.symbol = q.symbol STRICT"), "1|10\n3|20");
  EXPECT_EQ(tables.Rows(list + "JOIN q ON (symbol) FORWARD"), "1|11\n2|10");
  EXPECT_EQ(tables.Rows(list + "JOIN q ON (symbol) NEAREST"), "1|12\n2|10\n3|20");
  EXPECT_EQ(tables.Rows(list + "JOIN q ON (symbol) NEAREST TOLERANCE 500ms"), "1|12");
  EXPECT_EQ(tables.Rows(list + "JOIN q ON (symbol) WHERE bid <> 12"), "3|20");
  EXPECT_EQ(tables.Rows("SELECT size, q.bid FROM t ASOF JOIN (SELECT ts, max(bid) AS bid FROM q "
                        "GROUP BY ts) q WHERE size = 4"),
            "4|13");
}

TEST(Select, SampleByPartsRowsIntoPeriods) {
  const QueryTables tables = Tables();
  EXPECT_EQ(
      tables.Rows("SELECT ts, first(price), last(price), sum(size) FROM trades WHERE symbol = "
                  "'AAPL' SAMPLE BY 1s"),
      "2025-01-21 10:00:00|101.25|101.25|5\n2025-01-21 10:00:01|101.50|101.50|NULL");
  EXPECT_EQ(tables.Rows("SELECT symbol, t.ts, count(*) AS n FROM trades t SAMPLE BY 1d ORDER BY 2, "
                        "1"),
            "AAPL|2025-01-21 00:00:00|2\nIBM|2025-01-21 00:00:00|1\nMSFT|2025-01-21 00:00:00|1\n"
            "MSFT|2025-01-22 00:00:00|2");
}

// ---- what is wrong

TEST(Select, ErrorsHaveLineColumnAndCaret) {
  const QueryTables tables = Tables();
  EXPECT_EQ(tables.Run("SELECT symbol,\n  sizes FROM trades"),
            "line 2, column 3: column sizes does not exist\n    sizes FROM trades\n    ^");
  EXPECT_EQ(tables.Run("SELECT symbol, size FROM trades GROUP BY symbol"),
            "line 1, column 16: column size must appear in GROUP BY or be used in an aggregate "
            "function\n  SELECT symbol, size FROM trades GROUP BY symbol\n                 ^");
  EXPECT_EQ(tables.Run("SELECT 1 FROM nothing"),
            "line 1, column 15: table nothing does not exist\n  SELECT 1 FROM nothing\n"
            "                ^");
  EXPECT_EQ(tables.Run("SELECT * FROM trades ORDER BY 9"),
            "line 1, column 31: ORDER BY position 9 is not in the list of 5 columns\n"
            "  SELECT * FROM trades ORDER BY 9\n                                ^");
}

TEST(Select, WhatIsNotThereSaysSo) {
  const QueryTables tables = Tables();
  const auto says = [&](std::string_view sql, std::string_view what) {
    const std::string text = tables.Run(sql);
    EXPECT_NE(text.find(what), std::string::npos) << sql << "\n" << text;
    EXPECT_NE(text.find("^"), std::string::npos) << sql << "\n" << text;
  };
  says("SELECT row_number() OVER (ORDER BY ts) FROM trades", "a window function is not there yet");
  says("SELECT * FROM trades a FULL JOIN names b ON true", "FULL JOIN is not there yet");
  says("WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r", "WITH RECURSIVE is not there yet");
  says("SELECT * FROM trades t, LATERAL (SELECT 1) x", "LATERAL is not there yet");
  says("SELECT ts, sum(size) FROM trades SAMPLE BY 1m FILL (PREV)", "FILL is not there yet");
  says("SELECT name FROM names n WHERE EXISTS (SELECT 1 FROM trades t WHERE t.symbol = n.symbol)",
       "a subquery sees its own FROM only");
}

TEST(Select, MistakesInClausesAreNamed) {
  const QueryTables tables = Tables();
  const auto says = [&](std::string_view sql, std::string_view what) {
    const std::string text = tables.Run(sql);
    EXPECT_NE(text.find(what), std::string::npos) << sql << "\n" << text;
  };
  says("SELECT symbol FROM trades, names", "column symbol is ambiguous");
  says("SELECT 1 FROM trades, trades", "table name trades is there more than once");
  says("SELECT sum(sum(size)) FROM trades", "aggregate function sum cannot be used here");
  says("SELECT sum(note) FROM trades", "function sum(TEXT) does not exist");
  says("SELECT count(*) FROM trades WHERE count(*) > 1", "aggregate function count");
  says("SELECT DISTINCT symbol FROM trades ORDER BY price", "SELECT DISTINCT takes what is in");
  says("SELECT 1 UNION SELECT 1, 2", "the same number of columns: 1, this one has 2");
  says("SELECT 1 UNION SELECT ts FROM trades", "types cannot be matched: INTEGER, TIMESTAMP");
  says("SELECT (SELECT size FROM trades)", "more than one row returned by a subquery");
  says("SELECT 1 LIMIT -1", "LIMIT must not be negative");
  says("SELECT a.size FROM trades a JOIN names b ON c.size = 1 JOIN trades c ON true",
       "column c.size does not exist");
  says("SELECT size / 0 FROM trades", "division by zero");
}

TEST(Select, MemoryIsBounded) {
  const QueryTables tables = Tables();
  const std::string text =
      tables.Run("SELECT * FROM trades ORDER BY note", {.memory_bytes_max = 100});
  EXPECT_NE(text.find("the query needs more memory than it may have"), std::string::npos) << text;
  EXPECT_NE(tables.Run("SELECT symbol, count(*) FROM trades GROUP BY 1", {.memory_bytes_max = 100})
                .find("the limit is 100"),
            std::string::npos);
  EXPECT_NE(
      tables
          .Run("SELECT * FROM trades a JOIN trades b ON a.size = b.size", {.memory_bytes_max = 100})
          .find("the limit is 100"),
      std::string::npos);
}

TEST(Select, IsCancelledByAFlag) {
  const QueryTables tables = Tables();
  std::atomic<bool> stop = true;
  EXPECT_EQ(tables.Run("SELECT * FROM trades", {.cancelled = &stop}), "the query was cancelled");
}

TEST(Select, NestingIsBounded) {
  std::string sql = "WITH q0 AS (SELECT 1 AS x)";
  for (int i = 1; i <= 40; ++i) {
    const std::string before = std::to_string(i - 1);
    sql += ", q" + std::to_string(i) + " AS (SELECT x FROM q" + before + ")";
  }
  sql += " SELECT x FROM q40";
  EXPECT_NE(Tables().Run(sql).find("nested deeper than 32 levels"), std::string::npos);
  sql = "WITH q0 AS (SELECT 1 AS x)";
  for (int i = 1; i <= 20; ++i) {
    const std::string before = std::to_string(i - 1);
    sql += ", q" + std::to_string(i) + " AS (SELECT a.x FROM q" + before + " a, q" + before + " b)";
  }
  sql += " SELECT x FROM q20";
  EXPECT_NE(Tables().Run(sql).find("more than 4096 queries"), std::string::npos);
}

}  // namespace
}  // namespace tape::engine::sql
