// Views, conditions and types: what depends on what, what names mean later, and what is refused
// when it is made rather than by the first row.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "engine/sql/define/programs.h"
#include "tests/engine/sql/define_story.h"

namespace tape::engine::sql {
namespace {

constexpr std::string_view kTables =
    "CREATE TABLE t (a INT, b INT, day DATE); CREATE TABLE u (a INT, c INT);"
    "CREATE TYPE side AS ENUM ('buy', 'sell');";

bool Says(const std::string& error, std::string_view part) {
  return error.find(part) != std::string::npos;
}

// What the catalog keeps of a view of `main`.
std::string ViewText(const DefineStory& story, std::string_view name) {
  const ProgramInfo* view = story.state().FindProgram("main", name, {ProgramKind::kView});
  EXPECT_NE(view, nullptr) << name;
  return view == nullptr ? "" : view->record.sql;
}

// ---- what a view reads

TEST(DefinePrograms, AViewDependsOnWhateverItNames) {
  const std::string queries[] = {
      "SELECT a FROM t",
      "SELECT a FROM public.t",
      "SELECT a FROM main.t",
      "WITH t AS (SELECT a FROM t) SELECT a FROM t",
      "SELECT a FROM (WITH t AS (SELECT c FROM u) SELECT c FROM t) AS x, t",
      "SELECT a FROM u WHERE EXISTS (WITH t AS (SELECT 1 AS a) SELECT a FROM t)"
      " AND a IN (SELECT a FROM t)",
      "SELECT c FROM u LIMIT (SELECT max(a) FROM t)",
      "SELECT c FROM u OFFSET (SELECT max(a) FROM t)",
      "SELECT sum(c) OVER (PARTITION BY (SELECT max(a) FROM t)) FROM u",
      "SELECT sum(c) OVER w FROM u WINDOW w AS (ORDER BY (SELECT max(a) FROM t))",
      "SELECT c FROM u ORDER BY (SELECT max(a) FROM t)",
      "SELECT c FROM u GROUP BY c HAVING c > (SELECT max(a) FROM t)",
      "SELECT c FROM u UNION SELECT a FROM t",
  };
  for (const std::string& query : queries) {
    DefineStory story;
    ASSERT_EQ(story.Run(kTables), "");
    ASSERT_EQ(story.Run("CREATE VIEW v AS " + query), "") << query;
    EXPECT_TRUE(Says(story.Run("DROP TABLE t"), "view v depends on it")) << query;
    EXPECT_EQ(story.Run("DROP TABLE t CASCADE"), "") << query;
    EXPECT_EQ(story.state().programs().size(), 0u) << query;
  }
}

TEST(DefinePrograms, ANameOfWithIsNoTable) {
  const std::string queries[] = {
      "WITH t AS (SELECT c AS a FROM u) SELECT a FROM t",
      "WITH x AS (SELECT c FROM u), t AS (SELECT c AS a FROM x) SELECT a FROM t",
      "WITH RECURSIVE t AS (SELECT c AS a FROM u UNION ALL SELECT a + 1 FROM t) SELECT a FROM t",
  };
  for (const std::string& query : queries) {
    DefineStory story;
    ASSERT_EQ(story.Run(kTables), "");
    ASSERT_EQ(story.Run("CREATE VIEW v AS " + query), "") << query;
    EXPECT_EQ(story.Run("DROP TABLE t"), "") << query;
    EXPECT_TRUE(Says(story.Run("DROP TABLE u"), "view v depends on it")) << query;
  }
}

TEST(DefinePrograms, AColumnThatAViewReadsWithoutNamingItIsHeldToo) {
  for (const std::string query :
       {"SELECT * FROM t", "SELECT t.* FROM t", "SELECT 1 AS one, t.* FROM t",
        "SELECT t.b FROM t NATURAL JOIN u"}) {
    DefineStory story;
    ASSERT_EQ(story.Run(kTables), "");
    ASSERT_EQ(story.Run("CREATE VIEW v AS " + query), "");
    EXPECT_TRUE(Says(story.Run("ALTER TABLE t DROP COLUMN a"), "view v depends on it")) << query;
  }
  DefineStory story;
  ASSERT_EQ(story.Run(kTables), "");
  ASSERT_EQ(story.Run("CREATE VIEW v AS SELECT a * 2 AS twice, count(*) AS n FROM t GROUP BY a"),
            "");
  EXPECT_EQ(story.Run("ALTER TABLE t DROP COLUMN b"), "");
}

TEST(DefinePrograms, ATypeThatIsCastToIsHeld) {
  for (const std::string query :
       {"SELECT 'buy'::side AS s FROM t", "SELECT CAST('buy' AS public.side) AS s FROM t",
        "SELECT a FROM t WHERE 'buy'::side = 'sell'::side"}) {
    DefineStory story;
    ASSERT_EQ(story.Run(kTables), "");
    ASSERT_EQ(story.Run("CREATE VIEW v AS " + query), "");
    EXPECT_TRUE(Says(story.Run("DROP TYPE side"), "view v depends on it")) << query;
    EXPECT_TRUE(Says(story.Run("ALTER TYPE side RENAME TO way"), "view v says its name")) << query;
    EXPECT_EQ(story.Run("DROP TYPE side CASCADE"), "");
    EXPECT_TRUE(story.state().programs().empty());
  }
}

// Whoever reads the view may have another schema, where the same names are other things.
TEST(DefinePrograms, NamesOfAViewMeanTheSchemaThatItWasMadeUnder) {
  DefineStory story;
  ASSERT_EQ(story.Run(kTables), "");
  ASSERT_EQ(story.Run("CREATE VIEW v AS SELECT a, 'buy'::side AS s FROM public.t"), "");
  EXPECT_TRUE(Says(ViewText(story, "v"), "FROM main.t")) << ViewText(story, "v");
  EXPECT_TRUE(Says(ViewText(story, "v"), "main.side")) << ViewText(story, "v");
  ASSERT_EQ(story.Run("CREATE SCHEMA s; SET schema = s; CREATE TABLE t (a INT);"
                      "CREATE VIEW main.w AS SELECT a FROM t"),
            "");
  EXPECT_TRUE(Says(ViewText(story, "w"), "FROM s.t")) << ViewText(story, "w");
  EXPECT_TRUE(Says(story.Run("DROP TABLE t"), "view w depends on it"));
}

TEST(DefinePrograms, AViewCannotComeToReadItself) {
  DefineStory story;
  ASSERT_EQ(story.Run(kTables), "");
  ASSERT_EQ(story.Run("CREATE VIEW one AS SELECT a FROM t; CREATE VIEW two AS SELECT a FROM one;"
                      "CREATE VIEW three AS SELECT a FROM two"),
            "");
  EXPECT_TRUE(Says(story.Run("CREATE OR REPLACE VIEW one AS SELECT a FROM three"), "read itself"));
  EXPECT_TRUE(
      Says(story.Run("CREATE OR REPLACE VIEW one AS SELECT a FROM public.one"), "read itself"));
  EXPECT_TRUE(Says(story.Run("CREATE OR REPLACE VIEW one AS SELECT a FROM t WHERE a ="
                             " (SELECT max(a) FROM three)"),
                   "read itself"));
  EXPECT_EQ(story.Run("CREATE OR REPLACE VIEW one AS SELECT a FROM u"), "");
  EXPECT_EQ(story.Run("CREATE OR REPLACE VIEW three AS SELECT a FROM one"), "");
  EXPECT_EQ(story.Run("DROP TABLE t"), "");
}

// ---- conditions

TEST(DefinePrograms, AConditionThatMeansNothingIsRefusedWhenItIsMade) {
  const std::string conditions[] = {"a > 'many'",      "a = b || 'x'",   "day > 5",
                                    "lower(a) = 'x'",  "nothing(a) > 1", "a",
                                    "a + day",         "sum(a) > 1",     "a = 'x'::colour",
                                    "NOT a",           "a IN ('x','y')", "zz > 1",
                                    "t.a > now() - 1", "a > 1 AND day"};
  for (const std::string& condition : conditions) {
    DefineStory story;
    const std::string check =
        story.Run("CREATE TABLE t (a INT, b INT, day DATE, CHECK (" + condition + "))");
    EXPECT_TRUE(Says(check, "line 1, column ")) << condition << ": " << check;
    ASSERT_EQ(story.Run("CREATE TABLE t (a INT, b INT, day DATE)"), "");
    const std::string added = story.Run("ALTER TABLE t ADD CHECK (" + condition + ")");
    EXPECT_TRUE(Says(added, "line 1, column ")) << condition << ": " << added;
    const std::string index = story.Run("CREATE INDEX i ON t (a) WHERE " + condition);
    EXPECT_TRUE(Says(index, "line 1, column ")) << condition << ": " << index;
    EXPECT_TRUE(story.Definition("t").checks.empty() && story.Definition("t").indexes.empty());
  }
}

TEST(DefinePrograms, AConditionThatMeansSomethingIsKept) {
  DefineStory story;
  ASSERT_EQ(story.Run(kTables), "");
  ASSERT_EQ(story.Run("CREATE TABLE k (id SERIAL, s side, t TEXT, moment TIMESTAMPTZ, price"
                      " DECIMAL(18,8), tags VARCHAR(5)[], doc JSONB, CHECK (id > 0 AND s IN"
                      " ('buy', 'sell')), CHECK (s = 'buy'::public.side OR length(t) < 9),"
                      " CHECK (price BETWEEN 0 AND 1000000), CHECK (moment > '2020-01-01'),"
                      " CHECK (k.t ~ '^x' OR t IS NULL));"
                      "CREATE INDEX i ON k (moment) WHERE s = 'sell' AND price > 0"),
            "");
  EXPECT_EQ(story.Definition("k").checks.size(), 5u);
}

TEST(DefinePrograms, WhatWouldLeaveAConditionWithoutMeaningIsRefused) {
  DefineStory story;
  ASSERT_EQ(story.Run(kTables), "");
  ASSERT_EQ(story.Run("CREATE TABLE k (s side, n INT, x TEXT, CONSTRAINT way CHECK (s = 'buy'),"
                      " CONSTRAINT few CHECK (n + 1 < 10));"
                      "CREATE INDEX i ON k (n) WHERE n - 1 > 2"),
            "");
  EXPECT_TRUE(Says(story.Run("ALTER TABLE k ALTER n TYPE TEXT"), "CHECK few of table \"k\""));
  EXPECT_TRUE(
      Says(story.Run("ALTER TYPE side RENAME VALUE 'buy' TO 'bid'"), "CHECK way of table \"k\""));
  EXPECT_EQ(story.Run("ALTER TYPE side RENAME VALUE 'sell' TO 'ask'"), "");
  ASSERT_EQ(story.Run("ALTER TABLE k DROP CONSTRAINT few"), "");
  EXPECT_TRUE(Says(story.Run("ALTER TABLE k ALTER n TYPE TEXT"), "the WHERE of index i"));
  ASSERT_EQ(story.Run("DROP INDEX i"), "");
  EXPECT_EQ(story.Run("ALTER TABLE k ALTER n TYPE TEXT"), "");
  EXPECT_EQ(story.Column("k", "n").type, Type::Text());
}

// A condition is read again where names without a schema are the table's.
TEST(DefinePrograms, TypesOfAConditionMeanTheSchemaThatItWasMadeUnder) {
  DefineStory story;
  ASSERT_EQ(story.Run(kTables), "");
  ASSERT_EQ(story.Run("CREATE SCHEMA s; CREATE TABLE s.k (w side CHECK (w = 'buy'::side))"), "");
  const TableInfo* table = story.state().Find("s", "k");
  ASSERT_NE(table, nullptr);
  EXPECT_TRUE(Says(table->schema.definition().checks[0].expression, "main.side"));
  EXPECT_TRUE(Says(story.Run("ALTER TYPE side RENAME TO way"), "CHECK k_w_check"));
}

// ---- constraints that wait

TEST(DefinePrograms, AConstraintThatWaitsMeansTheSchemaThatItWasMadeUnder) {
  DefineStory story;
  ASSERT_EQ(story.Run("CREATE SCHEMA s; SET unresolved_constraints = allow;"
                      "CREATE TABLE s.k (x BIGINT REFERENCES e (id), y BIGINT REFERENCES"
                      " public.f (id));"
                      "CREATE TABLE s.e (id BIGINT PRIMARY KEY); CREATE TABLE s.f (id BIGINT"
                      " PRIMARY KEY)"),
            "");
  const auto keys = [&] { return story.state().Find("s", "k")->schema.definition().foreign_keys; };
  EXPECT_TRUE(keys().empty()) << "it named those of main";
  ASSERT_EQ(story.Run("CREATE TABLE e (id BIGINT PRIMARY KEY);"
                      "CREATE TABLE f (id BIGINT PRIMARY KEY)"),
            "");
  ASSERT_EQ(keys().size(), 2u);
  EXPECT_EQ(keys()[0].referenced_schema, "main");
  EXPECT_EQ(keys()[1].referenced_schema, "main");
}

// ---- drops

TEST(DefinePrograms, AnIndexThatItsOwnTableRefersToGoesWithTheForeignKey) {
  DefineStory story;
  ASSERT_EQ(story.Run("CREATE TABLE n (id INT, parent INT); CREATE UNIQUE INDEX one ON n (id);"
                      "ALTER TABLE n ADD CONSTRAINT up FOREIGN KEY (parent) REFERENCES n (id)"),
            "");
  EXPECT_TRUE(Says(story.Run("DROP INDEX one"), "foreign key up"));
  ASSERT_EQ(story.Run("DROP INDEX one CASCADE"), "");
  EXPECT_TRUE(story.Definition("n").indexes.empty());
  EXPECT_TRUE(story.Definition("n").uniques.empty());
  EXPECT_TRUE(story.Definition("n").foreign_keys.empty());
}

// ---- settings

TEST(DefinePrograms, ASearchPathIsOneSchemaAndWhatMeansNone) {
  DefineStory story;
  ASSERT_EQ(story.Run("CREATE SCHEMA s; CREATE SCHEMA r"), "");
  for (const std::string path : {"s, public", "s", "\"$user\", s, pg_catalog", "'s', s"}) {
    story.session().schema = "main";
    EXPECT_EQ(story.Run("SET search_path TO " + path), "") << path;
    EXPECT_EQ(story.session().schema, "s") << path;
  }
  EXPECT_TRUE(Says(story.Run("SET search_path TO r, s"), "in one schema"));
  EXPECT_EQ(story.session().schema, "s") << "what fails changes nothing";
  ASSERT_EQ(story.Run("CREATE SCHEMA public"), "");
  EXPECT_TRUE(Says(story.Run("SET search_path TO r, public"), "in one schema"));
  EXPECT_EQ(story.Run("SET search_path TO public"), "");
  EXPECT_EQ(story.session().schema, "public");
  EXPECT_TRUE(Says(story.Run("SET search_path TO nowhere"), "does not exist"));
}

}  // namespace
}  // namespace tape::engine::sql
