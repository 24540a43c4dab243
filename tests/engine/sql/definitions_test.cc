// Every definition and alteration, with the form in which it is printed.
#include <gtest/gtest.h>

#include "tests/engine/sql/printed.h"

namespace tape::engine::sql {
namespace {

TEST(SqlDefinitions, CreateTables) {
  for (const std::string_view text :
       {"CREATE TABLE t (a INTEGER)",
        "CREATE TABLE IF NOT EXISTS s.t (a BIGINT NOT NULL, b TEXT NULL, c DECIMAL(18, 8) DEFAULT "
        "0)",
        "CREATE TABLE trades (ts TIMESTAMP NOT NULL, symbol SYMBOL NOT NULL, price DECIMAL(18, 8) "
        "NOT NULL) "
        "PARTITION BY DAY (ts) CLUSTER BY (symbol) AVAILABLE AFTER INTERVAL '1 minute' WITH "
        "(history = "
        "'none', slice_rows = 1000, compress)",
        "CREATE TABLE t (a INTEGER) PARTITION BY RANGE (a, b)",
        "CREATE TABLE t (a INTEGER) PARTITION BY NONE",
        "CREATE TABLE t (a INTEGER) PARTITION BY MONTH", "CREATE TABLE t AS SELECT 1 AS a",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TIMESTAMP, INDEX idx_t (ts DESC, "
        "lower(id)))",
        "CREATE TABLE t (a INTEGER CONSTRAINT positive CHECK (a > 0) UNIQUE, b VARCHAR(255)[] NOT "
        "NULL)",
        "CREATE TABLE t (a UUID REFERENCES users (id) ON DELETE CASCADE ON UPDATE SET NULL)",
        "CREATE TABLE t (a INTEGER, CONSTRAINT k PRIMARY KEY (a), UNIQUE NULLS NOT DISTINCT (a, "
        "b), CHECK (a "
        "> 0), FOREIGN KEY (a) REFERENCES s.u (b) ON DELETE RESTRICT)",
        "CREATE TABLE t (a TEXT SENSITIVE, b INTEGER GENERATED ALWAYS AS (a + 1) STORED, c BIGINT "
        "GENERATED "
        "BY DEFAULT AS IDENTITY)",
        "CREATE TABLE t (a TIMESTAMP(6) WITH TIME ZONE DEFAULT now() NOT NULL, b DOUBLE PRECISION, "
        "c "
        "CHARACTER VARYING(10), d s.mood)"}) {
    ExpectCanonical(text);
  }
}

TEST(SqlDefinitions, TakeWhatTheDocumentsWrite) {
  EXPECT_EQ(
      Printed("create table t(a VARCHAR(20) DEFAULT 'x' CHECK (a IN ('x', 'y')), -- why; \"'\n"
              " UNIQUE(a,b), -- last\n timestamp DATETIME NOT NULL)"),
      "CREATE TABLE t (a VARCHAR(20) DEFAULT 'x' CHECK (a IN ('x', 'y')), UNIQUE (a, b), timestamp "
      "DATETIME NOT NULL)");
  EXPECT_EQ(Printed("CREATE TABLE t (index VARCHAR(20), \"check\" INT)"),
            "CREATE TABLE t (\"index\" VARCHAR(20), \"check\" int)");
  EXPECT_EQ(Printed("SELECT create_hypertable('t', 'ts', chunk_time_interval => INTERVAL '1 day')"),
            "SELECT create_hypertable('t', 'ts', chunk_time_interval => INTERVAL '1 day')");
  EXPECT_EQ(Printed("CREATE TABLE t (status VARCHAR(50) NOT NULL DEFAULT CURRENT_TIMESTAMP)"),
            "CREATE TABLE t (status VARCHAR(50) NOT NULL DEFAULT CURRENT_TIMESTAMP)");
}

TEST(SqlDefinitions, CreateEverythingElse) {
  for (const std::string_view text :
       {"CREATE SCHEMA IF NOT EXISTS scalp", "CREATE TYPE side AS ENUM ('BUY', 'SELL')",
        "CREATE INDEX i ON t (a DESC, b NULLS FIRST) WHERE a IS NULL",
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON s.t USING brin (a) INCLUDE (b, c) "
        "NULLS NOT "
        "DISTINCT WITH (fillfactor = 70) WHERE enabled = TRUE AND status = 'x'",
        "CREATE INDEX ON t (lower(a))", "CREATE OR REPLACE VIEW v (a, b) AS SELECT 1, 2",
        "CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT 1 WITH NO DATA",
        "CREATE EXTENSION IF NOT EXISTS timescaledb CASCADE",
        "CREATE TRIGGER g BEFORE INSERT OR UPDATE OF a, b ON t FOR EACH ROW WHEN (old.a IS "
        "DISTINCT FROM "
        "new.a) EXECUTE FUNCTION f()"}) {
    ExpectCanonical(text);
  }
  EXPECT_EQ(Printed("create trigger g after delete on t for row execute procedure s.f()"),
            "CREATE TRIGGER g AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION s.f()");
}

TEST(SqlDefinitions, ReadTheBodiesOfTriggerFunctions) {
  const auto statement = ParseStatement(
      "CREATE OR REPLACE FUNCTION f() RETURNS TRIGGER AS $$\nBEGIN\n  NEW.pnl = (NEW.a - NEW.b) * "
      "CASE "
      "WHEN NEW.side = 'SHORT' THEN -1 ELSE 1 END;\n  new.updated_at := now();\n  RETURN "
      "NEW;\nEND;\n$$ "
      "LANGUAGE plpgsql");
  ASSERT_TRUE(statement.ok()) << statement.status();
  const auto* function = statement->As<CreateFunction>();
  ASSERT_NE(function, nullptr);
  EXPECT_EQ(function->trigger.refusal, "");
  ASSERT_EQ(function->trigger.assignments.size(), 2u);
  EXPECT_EQ(function->trigger.assignments[1].column.text, "updated_at");
  EXPECT_EQ(Print(function->trigger.assignments[0].value),
            "(new.a - new.b) * CASE WHEN new.side = 'SHORT' THEN -1 ELSE 1 END");
  EXPECT_EQ(Printed(Print(*statement)), Print(*statement));
}

std::string Refusal(std::string_view body) {
  const auto statement = ParseStatement("CREATE FUNCTION f() RETURNS TRIGGER AS $$" +
                                        std::string(body) + "$$ LANGUAGE plpgsql");
  EXPECT_TRUE(statement.ok()) << statement.status();
  return statement.ok() ? statement->As<CreateFunction>()->trigger.refusal : "";
}

TEST(SqlDefinitions, KeepTheReasonWhyABodyIsNone) {
  EXPECT_EQ(Refusal("BEGIN RETURN NEW; END;"), "");
  EXPECT_EQ(
      Refusal("\nBEGIN\n  IF a THEN NEW.b = 1; END IF;\nEND;"),
      "line 3, column 3: expected NEW.column = expression, found IF; the body of a trigger "
      "function "
      "is BEGIN NEW.column = expression; ... RETURN NEW; END;\n    IF a THEN NEW.b = 1; END IF;\n"
      "    ^");
  EXPECT_NE(Refusal("NEW.a = 1; RETURN NEW; END;").find("expected BEGIN"), std::string::npos);
  EXPECT_NE(Refusal("BEGIN NEW.a = ; RETURN NEW; END;").find("expected an expression"),
            std::string::npos);
  EXPECT_NE(Refusal("BEGIN RETURN OLD; END;").find("expected NEW;"), std::string::npos);
  EXPECT_NE(Refusal("BEGIN RETURN NEW;").find("expected END"), std::string::npos);
  EXPECT_NE(Refusal("BEGIN NEW.a = 1;").find("expected RETURN NEW;"), std::string::npos);
  EXPECT_NE(Refusal("BEGIN RETURN NEW; END; SELECT 1").find("nothing behind END"),
            std::string::npos);
  EXPECT_NE(Refusal("BEGIN NEW.a = 'x; END;").find("does not end"), std::string::npos);
}

TEST(SqlDefinitions, AlterTables) {
  for (const std::string_view text :
       {"ALTER TABLE IF EXISTS s.t ADD COLUMN IF NOT EXISTS a INTEGER DEFAULT 0",
        "ALTER TABLE t DROP COLUMN IF EXISTS a CASCADE, DROP COLUMN b RESTRICT",
        "ALTER TABLE t RENAME COLUMN a TO b", "ALTER TABLE t RENAME CONSTRAINT a TO b",
        "ALTER TABLE t RENAME TO u", "ALTER TABLE t SET SCHEMA s",
        "ALTER TABLE t ALTER COLUMN a TYPE BIGINT USING CAST(a AS BIGINT)",
        "ALTER TABLE t ALTER COLUMN a SET DEFAULT 1, ALTER COLUMN a DROP DEFAULT",
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL, ALTER COLUMN a DROP NOT NULL",
        "ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u (b) ON DELETE CASCADE",
        "ALTER TABLE t DROP CONSTRAINT IF EXISTS c", "ALTER TABLE t SET (durability = 'durable')",
        "ALTER TABLE t RESET (ttl)", "ALTER TABLE t DROP DAYS BEFORE DATE '2025-01-01'",
        "ALTER TYPE side ADD VALUE IF NOT EXISTS 'HOLD' BEFORE 'SELL'",
        "ALTER TYPE side RENAME VALUE 'BUY' TO 'buy'", "ALTER TYPE side RENAME TO direction",
        "ALTER VIEW IF EXISTS v RENAME TO w", "ALTER INDEX i RENAME TO j"}) {
    ExpectCanonical(text);
  }
  EXPECT_EQ(Printed("alter table t add a int, rename b to c, alter d set data type int"),
            "ALTER TABLE t ADD COLUMN a int, RENAME COLUMN b TO c, ALTER COLUMN d TYPE int");
}

TEST(SqlDefinitions, DropAndDescribe) {
  for (const std::string_view text :
       {"DROP TABLE IF EXISTS a, s.b CASCADE", "DROP VIEW v RESTRICT", "DROP MATERIALIZED VIEW v",
        "DROP INDEX CONCURRENTLY i", "DROP INDEX i ON t", "DROP SCHEMA s", "DROP TYPE side",
        "DROP FUNCTION f", "DROP TRIGGER g ON t", "DROP EXTENSION e",
        "COMMENT ON TABLE s.t IS 'it''s'", "COMMENT ON COLUMN s.t.a IS NULL",
        "COMMENT ON CONSTRAINT c ON t IS 'x'", "COMMENT ON SCHEMA s IS ''"}) {
    ExpectCanonical(text);
  }
  EXPECT_EQ(Printed("drop function f()"), "DROP FUNCTION f");
}

}  // namespace
}  // namespace tape::engine::sql
