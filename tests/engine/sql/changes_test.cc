// Every change and session statement, with the form in which it is printed.
#include <gtest/gtest.h>

#include "tests/engine/sql/printed.h"

namespace tape::engine::sql {
namespace {

TEST(SqlChanges, Insert) {
  for (const std::string_view text :
       {"INSERT INTO t VALUES (1, 'a', DEFAULT), (2, NULL, now())",
        "INSERT INTO s.t AS x (a, b) SELECT c, d FROM u RETURNING *, x.a AS y",
        "INSERT INTO t DEFAULT VALUES", "INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING",
        "INSERT INTO t (a) VALUES (1) ON CONFLICT (a, lower(b)) WHERE c DO UPDATE SET a = "
        "excluded.a, (b, c) = "
        "(1, DEFAULT) WHERE t.a < 5 RETURNING a",
        "INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT k DO NOTHING",
        "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a"}) {
    ExpectCanonical(text);
  }
  EXPECT_EQ(Printed("insert into t (select 1)"), "INSERT INTO t SELECT 1");
  EXPECT_EQ(Printed("insert into t ((select 1) union select 2)"),
            "INSERT INTO t SELECT 1 UNION SELECT 2");
}

TEST(SqlChanges, UpdateAndDelete) {
  for (const std::string_view text : {"UPDATE t SET a = 1, b = DEFAULT WHERE c",
                                      "UPDATE t AS x SET a = y.b FROM u AS y WHERE x.c = y.c",
                                      "UPDATE t SET (a, b) = (SELECT 1, 2) RETURNING *",
                                      "UPDATE q SET status = 'running' WHERE id = (SELECT id FROM "
                                      "q WHERE status = 'pending' ORDER BY "
                                      "priority LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id",
                                      "WITH old AS (SELECT 1) UPDATE t SET a = 1", "DELETE FROM t",
                                      "DELETE FROM t AS x USING u WHERE x.a = u.a RETURNING x.a"}) {
    ExpectCanonical(text);
  }
  EXPECT_EQ(Printed("update t set a = (select 1)"), "UPDATE t SET (a) = (SELECT 1)");
  EXPECT_EQ(Printed("update t x set a = exists (select 1)"),
            "UPDATE t AS x SET a = EXISTS (SELECT 1)");
}

TEST(SqlChanges, RunTheSession) {
  for (const std::string_view text :
       {"BEGIN", "COMMIT", "ROLLBACK", "SET check_plan = 'on'", "SET LOCAL a.b = 1, 'x'",
        "SET a = DEFAULT", "SHOW ALL", "SHOW threads", "EXPLAIN SELECT 1",
        "EXPLAIN ANALYZE UPDATE t SET a = 1", "ATTACH '/data/history' AS history", "DETACH history",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY s.v", "REFRESH MATERIALIZED VIEW v WITH NO DATA"}) {
    ExpectCanonical(text);
  }
  EXPECT_EQ(Printed("start transaction"), "BEGIN");
  EXPECT_EQ(Printed("begin work"), "BEGIN");
  EXPECT_EQ(Printed("end"), "COMMIT");
  EXPECT_EQ(Printed("abort transaction"), "ROLLBACK");
  EXPECT_EQ(Printed("set unresolved_constraints to allow"), "SET unresolved_constraints = 'allow'");
  EXPECT_EQ(Printed("set time zone 'UTC'"), "SET timezone = 'UTC'");
  EXPECT_EQ(Printed("set session x = -1"), "SET x = -1");
}

}  // namespace
}  // namespace tape::engine::sql
