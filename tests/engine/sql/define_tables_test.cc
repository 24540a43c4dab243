// CREATE TABLE and CREATE INDEX: what each construct becomes in the catalog, and what is refused.
#include <gtest/gtest.h>

#include <utility>

#include "tests/engine/sql/define_story.h"

namespace tape::engine::sql {
namespace {

using Kind = ColumnDefault::Kind;

TEST(DefineTables, EverySpellingOfAType) {
  const std::pair<std::string, Type> spellings[] = {
      {"BOOLEAN", Type::Boolean()},
      {"bool", Type::Boolean()},
      {"SMALLINT", Type::Smallint()},
      {"int2", Type::Smallint()},
      {"INT", Type::Integer()},
      {"INTEGER", Type::Integer()},
      {"BIGINT", Type::Bigint()},
      {"int8", Type::Bigint()},
      {"REAL", Type::Real()},
      {"DOUBLE PRECISION", Type::Double()},
      {"float", Type::Double()},
      {"FLOAT(24)", Type::Real()},
      {"FLOAT(25)", Type::Double()},
      {"DECIMAL(18, 8)", Type::Decimal(18, 8)},
      {"NUMERIC(30,15)", Type::Decimal(30, 15)},
      {"DECIMAL(7)", Type::Decimal(7, 0)},
      {"TIMESTAMP", Type::Timestamp()},
      {"TIMESTAMP(6)", Type::Timestamp()},
      {"TIMESTAMP WITHOUT TIME ZONE", Type::Timestamp()},
      {"DATETIME", Type::Timestamp()},
      {"TIMESTAMPTZ", Type::TimestampTz()},
      {"TIMESTAMP WITH TIME ZONE", Type::TimestampTz()},
      {"DATE", Type::Date()},
      {"TEXT", Type::Text()},
      {"VARCHAR", Type::Varchar()},
      {"VARCHAR(20)", Type::Varchar(20)},
      {"CHARACTER VARYING(20)", Type::Varchar(20)},
      {"SYMBOL", Type::Symbol()},
      {"UUID", Type::Uuid()},
      {"INET", Type::Inet()},
      {"JSON", Type::Json()},
      {"JSONB", Type::Jsonb()},
      {"BYTEA", Type::Bytea()},
      {"VARCHAR(255)[]", Type::Array(Type::Varchar(255))},
      {"INT ARRAY", Type::Array(Type::Integer())},
      {"SERIAL", Type::Serial()},
      {"BIGSERIAL", Type::Bigserial()},
  };
  for (const auto& [text, type] : spellings) {
    DefineStory story;
    ASSERT_EQ(story.Run("CREATE TABLE t (a " + text + ")"), "") << text;
    EXPECT_EQ(story.Column("t", "a").type, type) << text;
  }
}

TEST(DefineTables, ATypeThatCannotBeIsRefusedWhereItStands) {
  const std::pair<std::string, std::string> refused[] = {
      {"CHAR(3)", "CHAR pads with blanks: say VARCHAR(n)"},
      {"DECIMAL", "DECIMAL needs its digits"},
      {"DECIMAL(39,2)", "line 1, column 19"},
      {"DECIMAL(5,6)", "line 1, column 19"},
      {"VARCHAR(0)", "VARCHAR has 1 to"},
      {"INT(3)", "takes no modifier"},
      {"TIMESTAMP(10)", "0 to 9 digits"},
      {"INT[][]", "one dimension"},
      {"colour", "type \"colour\" does not exist"},
      {"SYMBOL[]", "line 1, column 19"},
      {"INTERVAL", "INTERVAL is for expressions"},
  };
  for (const auto& [text, message] : refused) {
    DefineStory story;
    EXPECT_NE(story.Run("CREATE TABLE t (a " + text + ")").find(message), std::string::npos)
        << text << ": " << story.Run("CREATE TABLE t (a " + text + ")");
    EXPECT_TRUE(story.state().tables().empty());
  }
}

TEST(DefineTables, AnErrorHasLineColumnAndCaret) {
  DefineStory story;
  EXPECT_EQ(story.Run("CREATE TABLE t (\n  a INT,\n  b colour\n)"),
            "line 3, column 5: type \"colour\" does not exist\n    b colour\n      ^");
}

TEST(DefineTables, DefaultsAreConstantsInTheTextOfTheirType) {
  DefineStory story;
  ASSERT_EQ(story.Run("CREATE TYPE mood AS ENUM ('calm', 'wild');"
                      "CREATE TABLE t (a DECIMAL(10,4) DEFAULT -1.5, b INT DEFAULT + 48,"
                      " c BOOLEAN DEFAULT TRUE, d VARCHAR(20) NOT NULL DEFAULT 'open',"
                      " e TIMESTAMPTZ DEFAULT NOW(), f DATE DEFAULT CURRENT_DATE,"
                      " g UUID DEFAULT gen_random_uuid(), h UUID DEFAULT uuid_generate_v4(),"
                      " i mood DEFAULT 'wild', j INT DEFAULT NULL, k DOUBLE PRECISION DEFAULT 0,"
                      " l VARCHAR(5)[] DEFAULT ARRAY['a','b'], m JSONB DEFAULT '{}'::jsonb,"
                      " n TIMESTAMP DEFAULT CURRENT_TIMESTAMP, o BIGINT DEFAULT 1.5,"
                      " p DATE DEFAULT DATE '2026-02-03')"),
            "");
  const std::pair<std::string, std::string> literals[] = {
      {"a", "-1.5000"}, {"b", "48"}, {"c", "true"},  {"d", "open"}, {"i", "wild"},
      {"k", "0"},       {"m", "{}"}, {"l", "{a,b}"}, {"o", "2"},    {"p", "2026-02-03"}};
  for (const auto& [column, text] : literals) {
    EXPECT_EQ(story.Column("t", column).default_value, ColumnDefault::Literal(text)) << column;
  }
  for (const char* column : {"e", "f", "n"}) {
    EXPECT_EQ(story.Column("t", column).default_value.kind, Kind::kNow) << column;
  }
  EXPECT_EQ(story.Column("t", "g").default_value.kind, Kind::kRandomUuid);
  EXPECT_EQ(story.Column("t", "h").default_value.kind, Kind::kRandomUuid);
  EXPECT_EQ(story.Column("t", "j").default_value.kind, Kind::kNone);
}

TEST(DefineTables, ADefaultThatIsNoValueOfTheColumnIsRefused) {
  const std::pair<std::string, std::string> refused[] = {
      {"INT DEFAULT 'x'", "line 1"},
      {"SMALLINT DEFAULT 40000", "line 1"},
      {"DECIMAL(4,2) DEFAULT 100", "line 1"},
      {"VARCHAR(3) DEFAULT 'long'", "has 4 characters, more than VARCHAR(3) holds"},
      {"INT DEFAULT now()", "the default does not give a INTEGER"},
      {"INT DEFAULT 1 + 1", "a default is a constant"},
      {"INT DEFAULT random()", "a default is a constant"},
      {"JSONB DEFAULT '{'", "line 1"},
      {"SERIAL DEFAULT 5", "its default is its sequence"},
  };
  for (const auto& [text, message] : refused) {
    DefineStory story;
    EXPECT_NE(story.Run("CREATE TABLE t (a " + text + ")").find(message), std::string::npos)
        << text << ": " << story.Run("CREATE TABLE t (a " + text + ")");
  }
}

TEST(DefineTables, SequencesAndAutoincrement) {
  DefineStory story;
  ASSERT_EQ(story.Run("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);"
                      "CREATE TABLE b (id BIGSERIAL PRIMARY KEY);"
                      "CREATE TABLE c (id BIGINT GENERATED ALWAYS AS IDENTITY)"),
            "");
  EXPECT_EQ(story.Column("a", "id").type, Type::Bigint());
  EXPECT_EQ(story.Column("b", "id").type, Type::Bigserial());
  for (const char* table : {"a", "b", "c"}) {
    EXPECT_EQ(story.Column(table, "id").default_value.kind, Kind::kSequence) << table;
    EXPECT_FALSE(story.Column(table, "id").nullable) << table;
  }
}

TEST(DefineTables, ConstraintsHaveTheNamesThatPostgresGives) {
  DefineStory story;
  ASSERT_EQ(story.Run("CREATE TABLE orders (id BIGSERIAL PRIMARY KEY, order_id VARCHAR(50) UNIQUE,"
                      " side VARCHAR(4) CHECK (side IN ('buy', 'sell')), a INT, b INT,"
                      " CHECK (a < b), UNIQUE (a, b), CONSTRAINT mine CHECK (a > 0));"
                      "CREATE TABLE fills (order_id VARCHAR(50) REFERENCES orders(order_id),"
                      " parent BIGINT, FOREIGN KEY (parent) REFERENCES orders ON DELETE SET NULL)"),
            "");
  const TableDefinition& orders = story.Definition("orders");
  EXPECT_EQ(orders.primary_key->name, "orders_pkey");
  EXPECT_EQ(orders.uniques[0].name, "orders_order_id_key");
  EXPECT_EQ(orders.uniques[1].name, "orders_a_b_key");
  EXPECT_EQ(orders.checks[0].name, "orders_side_check");
  EXPECT_EQ(orders.checks[0].expression, "side IN ('buy', 'sell')");
  EXPECT_EQ(orders.checks[1].name, "orders_check");
  EXPECT_EQ(orders.checks[2].name, "mine");
  const TableDefinition& fills = story.Definition("fills");
  EXPECT_EQ(fills.foreign_keys[0].name, "fills_order_id_fkey");
  EXPECT_EQ(fills.foreign_keys[0].referenced_table, "orders");
  EXPECT_EQ(fills.foreign_keys[1].name, "fills_parent_fkey");
  EXPECT_EQ(fills.foreign_keys[1].on_delete, OnDelete::kSetNull);
}

TEST(DefineTables, NamesAreFoldedUnlessTheyAreQuoted) {
  DefineStory story;
  ASSERT_EQ(story.Run("create schema Market; CREATE TABLE MARKET.Trades (\"Price\" int, SIZE int)"),
            "");
  const TableInfo* info = story.state().Find("market", "trades");
  ASSERT_NE(info, nullptr);
  EXPECT_TRUE(info->schema.Find("Price").has_value());
  EXPECT_TRUE(info->schema.Find("size").has_value());
}

TEST(DefineTables, UniqueMayHoldNullsToBeTheSame) {
  DefineStory story;
  ASSERT_EQ(
      story.Run("CREATE TABLE t (a INT, b INT, UNIQUE NULLS NOT DISTINCT (a, b), UNIQUE (b))"), "");
  EXPECT_FALSE(story.Definition("t").uniques[0].nulls_distinct);
  EXPECT_TRUE(story.Definition("t").uniques[1].nulls_distinct);
}

TEST(DefineTables, PartitionsClustersAndOptions) {
  DefineStory story;
  ASSERT_EQ(story.Run("CREATE TABLE t (ts TIMESTAMP NOT NULL, s SYMBOL NOT NULL, src VARCHAR(9))"
                      " PARTITION BY WEEK (ts) CLUSTER BY (s) WITH (durability = 'interval(50)',"
                      " history = '30 days', slice_rows = 4096, symbols = 'src');"
                      "CREATE TABLE r (ts TIMESTAMP, v INT) PARTITION BY RANGE (ts);"
                      "CREATE TABLE n (timestamp TIMESTAMP NOT NULL) PARTITION BY NONE"),
            "");
  const Schema& t = story.Table("t").schema;
  EXPECT_EQ(t.partition(), tape::Partition::kWeek);
  EXPECT_EQ(t.cluster_column(), 1u);
  EXPECT_EQ(t.options().durability, Durability::kInterval);
  EXPECT_EQ(t.options().durability_interval_ms, 50u);
  EXPECT_EQ(t.history(), History::kInterval);
  EXPECT_EQ(t.options().slice_rows, 4096u);
  EXPECT_TRUE(t.IsSymbol(2));
  EXPECT_EQ(story.Table("r").schema.partition(), tape::Partition::kDay);
  EXPECT_EQ(story.Table("n").schema.partition(), tape::Partition::kNone);
  EXPECT_NE(story.Run("CREATE TABLE x (a INT) PARTITION BY RANGE (a)").find("a TIMESTAMP or a"),
            std::string::npos);
  EXPECT_NE(story.Run("CREATE TABLE x (a INT) WITH (speed = 1)").find("no such option"),
            std::string::npos);
  EXPECT_NE(
      story.Run("CREATE TABLE x (a INT) CLUSTER BY (b)").find("\"b\" of table \"x\" does not"),
      std::string::npos);
}

TEST(DefineTables, IndexesOfEveryForm) {
  DefineStory story;
  ASSERT_EQ(story.Run("CREATE TABLE t (timestamp TIMESTAMP NOT NULL, symbol TEXT NOT NULL, v INT,"
                      " status TEXT, INDEX by_time (timestamp), INDEX (v));"
                      "CREATE INDEX ON t (symbol, timestamp DESC);"
                      "CREATE INDEX IF NOT EXISTS by_time ON t (v);"
                      "CREATE INDEX open_ones ON t USING brin (v) INCLUDE (status)"
                      " WHERE status IS NULL AND t.v = 1;"
                      "CREATE UNIQUE INDEX one ON t (v, symbol)"),
            "");
  const std::vector<IndexDefinition>& indexes = story.Definition("t").indexes;
  ASSERT_EQ(indexes.size(), 5u);
  EXPECT_EQ(indexes[0].name, "by_time");
  EXPECT_EQ(indexes[1].name, "t_v_idx");
  EXPECT_EQ(indexes[2].name, "t_symbol_timestamp_idx");
  EXPECT_TRUE(indexes[2].columns[1].descending);
  EXPECT_EQ(indexes[3].method, IndexMethod::kBrin);
  EXPECT_EQ(indexes[3].include, std::vector<std::string>{"status"});
  EXPECT_EQ(indexes[3].where, "status IS NULL AND v = 1");
  EXPECT_EQ(story.Definition("t").uniques[0].name, "one");
  EXPECT_EQ(story.warnings().size(), 1u);
  // The same name in another table is another index.
  EXPECT_EQ(story.Run("CREATE TABLE u (a INT); CREATE INDEX by_time ON u (a)"), "");
  EXPECT_NE(story.Run("CREATE INDEX by_time ON t (v)").find("exists already"), std::string::npos);
  EXPECT_NE(story.Run("CREATE INDEX e ON t (lower(symbol))").find("not on expressions"),
            std::string::npos);
  EXPECT_NE(story.Run("CREATE UNIQUE INDEX e ON t (v) WHERE v > 0").find("not enforced here"),
            std::string::npos);
  EXPECT_NE(story.Run("CREATE INDEX e ON t (nothing)").find("\"nothing\""), std::string::npos);
}

TEST(DefineTables, AHypertableIsPartitionedByItsChunks) {
  DefineStory story;
  ASSERT_EQ(story.Run("CREATE TABLE a (t TIMESTAMPTZ NOT NULL, v INT);"
                      "SELECT create_hypertable('a', 't', chunk_time_interval => INTERVAL '1 day');"
                      "CREATE TABLE b (t TIMESTAMPTZ NOT NULL, v INT);"
                      "SELECT create_hypertable('b', 't')"),
            "");
  EXPECT_EQ(story.Table("a").schema.partition(), tape::Partition::kDay);
  EXPECT_EQ(story.Table("a").schema.decision().time_source, "PARTITION BY");
  EXPECT_EQ(story.Table("b").schema.partition(), tape::Partition::kWeek);
}

TEST(DefineTables, WhatIsMissingIsRefusedOrKeptUntilItIsThere) {
  DefineStory story;
  const std::string table = "CREATE TABLE p (x VARCHAR(20), FOREIGN KEY (x) REFERENCES e (id))";
  EXPECT_NE(story.Run(table).find("table \"main.e\" does not exist (SET unresolved"),
            std::string::npos);
  ASSERT_EQ(story.Run("SET unresolved_constraints = allow; " + table), "");
  EXPECT_EQ(story.Table("p").record.unresolved.size(), 1u);
  EXPECT_TRUE(story.Definition("p").foreign_keys.empty());
  ASSERT_EQ(story.warnings().size(), 1u);
  // A table without a key of that column does not do.
  ASSERT_EQ(story.Run("CREATE TABLE e (id VARCHAR(20))"), "");
  EXPECT_EQ(story.Table("p").record.unresolved.size(), 1u);
  ASSERT_EQ(story.Run("ALTER TABLE e ADD PRIMARY KEY (id)"), "");
  EXPECT_TRUE(story.Table("p").record.unresolved.empty());
  ASSERT_EQ(story.Definition("p").foreign_keys.size(), 1u);
  EXPECT_EQ(story.Definition("p").foreign_keys[0].referenced_columns,
            std::vector<std::string>{"id"});
}

TEST(DefineTables, AStatementThatFailsChangesNothing) {
  DefineStory story;
  const std::string before = story.Run("CREATE TABLE t (a INT)");
  const size_t records = story.change().records().size();
  EXPECT_NE(story.Run("ALTER TABLE t ADD COLUMN b INT, ADD COLUMN c colour"), "");
  EXPECT_EQ(story.change().records().size(), records);
  EXPECT_FALSE(story.Table("t").schema.Find("b").has_value());
}

TEST(DefineTables, RefusesWhatOneRowCannotAnswer) {
  DefineStory story;
  EXPECT_NE(story.Run("CREATE TABLE t (a INT CHECK (a > (SELECT 1)))").find("looks at one row"),
            std::string::npos);
  EXPECT_NE(story.Run("CREATE TABLE t (a INT CHECK (b > 1))").find("\"b\""), std::string::npos);
  EXPECT_NE(story.Run("CREATE TABLE t (a INT REFERENCES t (a))").find("no PRIMARY KEY or UNIQUE"),
            std::string::npos);
  EXPECT_NE(story.Run("CREATE TABLE t (a INT PRIMARY KEY, b TEXT REFERENCES t)").find("is TEXT"),
            std::string::npos);
  EXPECT_NE(story.Run("CREATE TABLE t (a INT, a TEXT)").find("exists already"), std::string::npos);
  EXPECT_NE(story.Run("CREATE TABLE t (a INT PRIMARY KEY, PRIMARY KEY (a))").find("already"),
            std::string::npos);
  EXPECT_NE(story.Run("CREATE TABLE nowhere.t (a INT)").find("schema \"nowhere\" does not exist"),
            std::string::npos);
}

}  // namespace
}  // namespace tape::engine::sql
