// Every clause of a query, with the form in which it is printed.
#include <gtest/gtest.h>

#include "tests/engine/sql/printed.h"

namespace tape::engine::sql {
namespace {

TEST(SqlQueries, KeepTheirClauses) {
  for (const std::string_view text :
       {"SELECT 1", "SELECT *", "SELECT t.*, a AS b FROM t", "SELECT DISTINCT a FROM t",
        "SELECT DISTINCT ON (a, b) c FROM t",
        "SELECT a FROM t WHERE b GROUP BY a, 2 HAVING count(*) > 1",
        "SELECT a FROM t ORDER BY a DESC NULLS LAST, b LIMIT 5 OFFSET 10",
        "SELECT sum(a) OVER w FROM t WINDOW w AS (PARTITION BY b), v AS (w ORDER BY c)",
        "SELECT a FROM t ORDER BY a LIMIT 1 FOR UPDATE SKIP LOCKED",
        "SELECT a FROM t FOR UPDATE NOWAIT", "VALUES (1, 'a'), (2, 'b')", "VALUES (1) ORDER BY 1",
        "WITH a AS (SELECT 1), b (x, y) AS MATERIALIZED (SELECT 2, 3) SELECT * FROM a, b",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT * "
        "FROM n",
        "SELECT a FROM (SELECT b FROM t) AS s (a)", "SELECT * FROM generate_series(1, 5) AS g (i)",
        "SELECT * FROM t, LATERAL (SELECT t.a) AS s", "SELECT * FROM (VALUES (1)) AS v (i)",
        "SELECT * FROM other.scalp.trades"}) {
    ExpectCanonical(text);
  }
  EXPECT_EQ(Printed("select all a x, b \"Y\" from t u limit all"),
            "SELECT a AS x, b AS \"Y\" FROM t AS u");
  EXPECT_EQ(Printed("select 1 offset 2 rows fetch first row only"), "SELECT 1 LIMIT 1 OFFSET 2");
  EXPECT_EQ(Printed("select 1 offset 2 limit 3"), "SELECT 1 LIMIT 3 OFFSET 2");
  EXPECT_EQ(Printed("(select 1)"), "SELECT 1");
}

TEST(SqlQueries, CombineSets) {
  ExpectCanonical("SELECT 1 UNION SELECT 2 EXCEPT ALL SELECT 3");
  ExpectCanonical("(SELECT 1 ORDER BY 1) UNION SELECT 2 ORDER BY 1");
  EXPECT_EQ(Printed("select 1 union select 2 intersect select 3"),
            "SELECT 1 UNION (SELECT 2 INTERSECT SELECT 3)");
  EXPECT_EQ(Printed("(select 1 union select 2) intersect select 3"),
            "(SELECT 1 UNION SELECT 2) INTERSECT SELECT 3");
  EXPECT_EQ(Printed("(select 1) union distinct (select 2)"), "SELECT 1 UNION SELECT 2");
  ExpectCanonical("(SELECT 1 LIMIT 5) LIMIT 3");
  ExpectCanonical("WITH a AS (SELECT 1) (WITH b AS (SELECT 2) SELECT 3) LIMIT 1");
  EXPECT_EQ(Printed("select * from ((select 1) union select 2) x"),
            "SELECT * FROM (SELECT 1 UNION SELECT 2) AS x");
}

TEST(SqlQueries, Join) {
  for (const std::string_view text :
       {"SELECT * FROM a JOIN b ON a.x = b.x LEFT JOIN c USING (x, y) CROSS JOIN d",
        "SELECT * FROM a NATURAL JOIN b RIGHT JOIN c ON TRUE FULL JOIN d ON FALSE",
        "SELECT * FROM (a JOIN b ON TRUE) LEFT JOIN c ON TRUE",
        "SELECT * FROM a LEFT JOIN (b AS x JOIN c ON TRUE) ON TRUE"}) {
    ExpectCanonical(text);
  }
  EXPECT_EQ(Printed("select * from a inner join b on 1=1 left outer join c on 2=2"),
            "SELECT * FROM a JOIN b ON 1 = 1 LEFT JOIN c ON 2 = 2");
  EXPECT_EQ(Printed("select * from (a)"), "SELECT * FROM a");
}

TEST(SqlQueries, JoinAsOfATime) {
  for (const std::string_view text :
       {"SELECT t.ts, q.bid FROM trades AS t ASOF JOIN quotes AS q ON (symbol) TOLERANCE 5s",
        "SELECT * FROM a ASOF LEFT JOIN b ON (x, y) FORWARD STRICT",
        "SELECT * FROM a ASOF JOIN b NEAREST TOLERANCE INTERVAL '1 second'",
        "SELECT * FROM a ASOF JOIN b ON a.x = b.x AND a.ts > b.ts"}) {
    ExpectCanonical(text);
  }
  EXPECT_EQ(Printed("select * from a left asof join b using (x) tolerance 5s strict forward"),
            "SELECT * FROM a ASOF LEFT JOIN b ON (x) FORWARD STRICT TOLERANCE 5s");
  EXPECT_EQ(Printed("select * from trades t asof join quotes q on (symbol)"),
            "SELECT * FROM trades AS t ASOF JOIN quotes AS q ON (symbol)");
}

TEST(SqlQueries, SampleByTime) {
  for (const std::string_view text :
       {"SELECT ts, first(price) AS open FROM trades WHERE symbol = 'AAPL' SAMPLE BY 1m FILL "
        "(PREV)",
        "SELECT ts FROM t SAMPLE BY 1h FROM '2026-01-01' TO '2026-02-01' FILL (NONE)",
        "SELECT ts FROM t SAMPLE BY 1d FILL (NULL, 0, LINEAR) ALIGN TO CALENDAR TIME ZONE "
        "'Europe/Berlin' "
        "WITH OFFSET '00:15'",
        "SELECT ts FROM t SAMPLE BY INTERVAL '1 hour' ALIGN TO FIRST OBSERVATION",
        "SELECT ts FROM t SAMPLE BY $1 GROUP BY symbol HAVING count(*) > 1 ORDER BY ts"}) {
    ExpectCanonical(text);
  }
  EXPECT_EQ(Printed("select ts from t group by s sample by 5m align to calendar fill(prev)"),
            "SELECT ts FROM t SAMPLE BY 5m FILL (PREV) ALIGN TO CALENDAR GROUP BY s");
}

TEST(SqlQueries, TakeTheLatestRows) {
  ExpectCanonical("SELECT * FROM quotes LATEST ON ts PARTITION BY symbol");
  ExpectCanonical(
      "SELECT * FROM quotes AS q LATEST ON ts PARTITION BY symbol, exchange WHERE bid > 1");
  ExpectCanonical("SELECT * FROM (quotes LATEST ON ts PARTITION BY symbol), limits");
  ExpectCanonical("SELECT * FROM quotes WHERE bid > 1 LATEST ON ts PARTITION BY symbol");
}

TEST(SqlQueries, ReadTheStateOfATime) {
  ExpectCanonical("SELECT * FROM positions AS OF LSN 42 AS p");
  ExpectCanonical("SELECT * FROM positions AS OF TIMESTAMP '2026-03-04 12:00'");
  ExpectCanonical("SELECT * FROM positions AS OF TIMESTAMP $1 WHERE a = 1");
  EXPECT_EQ(Printed("select * from positions p as of lsn 42"),
            "SELECT * FROM positions AS OF LSN 42 AS p");
}

TEST(SqlQueries, CountTheirParameters) {
  const auto numbered = ParseStatement("SELECT $3, $1");
  ASSERT_TRUE(numbered.ok());
  EXPECT_EQ(numbered->parameters, 3u);
  const auto counted = ParseStatement("SELECT ?, ?");
  ASSERT_TRUE(counted.ok());
  EXPECT_EQ(counted->parameters, 2u);
}

TEST(SqlQueries, TakeTheTenOfTheBenchmark) {
  for (const std::string_view text :
       {"SELECT symbol, count(*), sum(size), vwap(price, size) FROM trades WHERE ts >= TIMESTAMP "
        "'2026-03-04' AND ts < TIMESTAMP '2026-03-05' GROUP BY symbol ORDER BY symbol",
        "SELECT ts, first(price), max(price) FROM trades WHERE symbol = 'KKK' SAMPLE BY 1m",
        "SELECT symbol, time_bucket('1 minute', ts) AS bar, first(price) FROM trades GROUP BY "
        "symbol, bar",
        "SELECT t.symbol, sum(abs(2 * t.price - q.bid_px - q.ask_px)) FROM trades AS t ASOF JOIN "
        "quotes "
        "AS q ON (symbol) WHERE t.ts >= TIMESTAMP '2026-03-04' GROUP BY t.symbol",
        "SELECT exchange, count(*) FROM trades WHERE price BETWEEN 50.00 AND 150.00 AND size > 200 "
        "GROUP "
        "BY exchange",
        "SELECT symbol, sum(price * size) AS notional FROM trades GROUP BY symbol ORDER BY "
        "notional DESC "
        "LIMIT 10"}) {
    ExpectCanonical(text);
  }
}

}  // namespace
}  // namespace tape::engine::sql
