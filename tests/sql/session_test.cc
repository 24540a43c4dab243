#include "tape/session.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tape/appender.h"
#include "tape/store.h"
#include "tests/support/temp_folder.h"

namespace tape {
namespace {

class SessionTest : public testing::Test {
 protected:
  SessionTest() { Open(); }
  ~SessionTest() override { session_.reset(); }

  void Open() {
    auto store = Store::Open(folder_.path() + "/store", {.create = true});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    session_ = NewSession();
  }

  std::unique_ptr<Session> NewSession() {
    auto session = store_->OpenSession({.durability = Durability::kProcess});
    EXPECT_TRUE(session.ok()) << session.status();
    return *std::move(session);
  }

  Result Run(std::string_view sql, const std::vector<SqlValue>& parameters = {}) {
    auto result = session_->Execute(sql, parameters);
    EXPECT_TRUE(result.ok()) << sql << ": " << result.status();
    return result.ok() ? *std::move(result) : Result();
  }

  std::string ErrorOf(std::string_view sql, const std::vector<SqlValue>& parameters = {}) {
    auto result = session_->Execute(sql, parameters);
    EXPECT_FALSE(result.ok()) << sql;
    return std::string(result.status().message());
  }

  // Values with '|' between, and a line end.
  static std::string RowOf(const Result& result, size_t row) {
    std::string text;
    for (size_t column = 0; column < result.columns().size(); ++column) {
      if (column != 0) text += '|';
      text += result.Text(column, row);
    }
    return text + '\n';
  }
  static std::string RowsOf(Result result) {
    std::string text;
    while (const size_t rows = result.Next()) {
      for (size_t row = 0; row < rows; ++row) text += RowOf(result, row);
    }
    return text;
  }
  std::string Rows(std::string_view sql, const std::vector<SqlValue>& parameters = {}) {
    return RowsOf(Run(sql, parameters));
  }

  support::TempFolder folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Session> session_;
};

TEST_F(SessionTest, GivesColumnsAndBatches) {
  Run("CREATE TABLE q (ts TIMESTAMP NOT NULL, symbol SYMBOL NOT NULL, price DECIMAL(18,2))");
  Run("INSERT INTO q VALUES ('2025-01-21 10:00:00', 'AAPL', 189.25), "
      "('2025-01-21 10:00:01', 'MSFT', NULL)");
  Result result = Run("SELECT symbol, price FROM q");
  ASSERT_EQ(result.columns().size(), 2U);
  EXPECT_EQ(result.columns()[0].name, "symbol");
  EXPECT_EQ(result.columns()[1].type, Type::Decimal(18, 2));
  EXPECT_EQ(result.rows(), 2U);
  EXPECT_EQ(result.command(), "SELECT");
  EXPECT_EQ(result.lsn(), store_->committed());
  ASSERT_EQ(result.Next(), 2U);
  EXPECT_EQ(result.column(0).Bytes(1), "MSFT");
  EXPECT_EQ(result.column(1).Values<int64_t>()[0], 18925);
  EXPECT_TRUE(result.column(1).IsNull(1));
  EXPECT_EQ(result.Next(), 0U);
  EXPECT_EQ(result.Next(), 0U);
}

TEST_F(SessionTest, ResultsOfManyRowsComeInBatches) {
  Run("CREATE TABLE n (a BIGINT)");
  std::string insert = "INSERT INTO n VALUES (0)";
  for (int i = 1; i < 2500; ++i) insert += ", (" + std::to_string(i) + ")";
  EXPECT_EQ(Run(insert).affected_rows(), 2500U);
  Result result = Run("SELECT a FROM n ORDER BY a");
  EXPECT_EQ(result.rows(), 2500U);
  int64_t expected = 0;
  while (const size_t rows = result.Next()) {
    ASSERT_LE(rows, 1024U);
    for (const int64_t value : result.column(0).Values<int64_t>()) EXPECT_EQ(value, expected++);
  }
  EXPECT_EQ(expected, 2500);
}

TEST_F(SessionTest, ParametersTakeTheTypeOfWhatTheyMeet) {
  Run("CREATE TABLE p (id UUID PRIMARY KEY, n BIGINT, d DECIMAL(30,15), x DOUBLE PRECISION, "
      "t TIMESTAMP, b BOOLEAN, s VARCHAR(10))");
  const std::string id = "6f9619ff-8b86-d011-b42d-00c04fc964ff";
  Run("INSERT INTO p VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {id, int64_t{-9'000'000'000}, SqlValue::Number("123456789012345.123456789012345"), 0.1,
       Timestamp::FromNanos(1'737'469'800'000'000'001), true, "it's"});
  EXPECT_EQ(Rows("SELECT n, d, x, t, b, s FROM p WHERE id = ?", {id}),
            "-9000000000|123456789012345.123456789012345|0.1|2025-01-21 14:30:00.000000001|true|"
            "it's\n");
  EXPECT_EQ(Rows("SELECT s FROM p WHERE n < $1 AND n > $2", {0, int64_t{-9'000'000'001}}),
            "it's\n");
  EXPECT_EQ(Rows("SELECT $2, $1, $2", {"a", nullptr}), "NULL|a|NULL\n");
  EXPECT_EQ(Run("UPDATE p SET s = $1 WHERE id = $2", {"new", id}).affected_rows(), 1U);
  EXPECT_EQ(Rows("SELECT s FROM p LIMIT $1", {1}), "new\n");
}

TEST_F(SessionTest, RefusesParametersThatDoNotFit) {
  EXPECT_NE(ErrorOf("SELECT $1, $2", {1}).find("2 parameters"), std::string::npos);
  EXPECT_NE(ErrorOf("SELECT 1", {1}).find("0 parameters"), std::string::npos);
  EXPECT_NE(ErrorOf("SELECT $1", {SqlValue::Number("1,5")}).find("is no number"),
            std::string::npos);
}

TEST_F(SessionTest, ErrorsSayLineColumnAndCaret) {
  Run("CREATE TABLE t (a INTEGER)");
  EXPECT_EQ(ErrorOf("SELECT a,\n       b\nFROM t"),
            "line 2, column 8: column b does not exist\n"
            "         b\n"
            "         ^");
  EXPECT_NE(ErrorOf("INSERT INTO t VALUES ('x')").find("column \"a\""), std::string::npos);
}

TEST_F(SessionTest, ScriptSaysWhichStatementFailed) {
  std::vector<std::string> done;
  const absl::Status status = session_->ExecuteScript(
      "CREATE TABLE t (a INTEGER);\n-- a remark;\nINSERT INTO t VALUES (1);\n"
      "INSERT INTO t VALUES ('x');\nINSERT INTO t VALUES (2);",
      [&](std::string_view statement, Result& result) {
        done.emplace_back(result.command());
        EXPECT_NE(statement.find("t"), std::string_view::npos);
        return absl::OkStatus();
      });
  EXPECT_EQ(done, (std::vector<std::string>{"CREATE TABLE", "INSERT"}));
  EXPECT_EQ(std::string(status.message()).substr(0, 13), "statement 3: ");
  EXPECT_NE(std::string(status.message()).find("line 4"), std::string::npos);
  EXPECT_EQ(Rows("SELECT a FROM t"), "1\n");
}

TEST_F(SessionTest, TransactionIsOneCommitThatOthersSeeWhole) {
  Run("CREATE TABLE a (x INTEGER); ");
  Run("CREATE TABLE b (x INTEGER)");
  const std::unique_ptr<Session> other = NewSession();
  Run("BEGIN");
  EXPECT_TRUE(session_->in_transaction());
  const Lsn before = store_->committed();
  Run("INSERT INTO a VALUES (1)");
  Run("INSERT INTO b VALUES (2)");
  EXPECT_EQ(store_->committed(), before);
  auto seen = other->Execute("SELECT x FROM a");
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->rows(), 0U);
  const Result committed = Run("COMMIT");
  EXPECT_EQ(committed.lsn(), store_->committed());
  EXPECT_EQ(store_->committed().value(), before.value() + 1);
  seen = other->Execute("SELECT x FROM b");
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(RowsOf(*std::move(seen)), "2\n");
}

TEST_F(SessionTest, RowChangedMeanwhileAbortsTheLaterCommit) {
  Run("CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER)");
  Run("INSERT INTO a VALUES (1, 1)");
  const std::unique_ptr<Session> other = NewSession();
  Run("BEGIN");
  Run("UPDATE a SET x = x + 1 WHERE id = 1");
  ASSERT_TRUE(other->Execute("UPDATE a SET x = 10 WHERE id = 1").ok());
  auto late = session_->Execute("COMMIT");
  EXPECT_EQ(late.status().code(), absl::StatusCode::kAborted) << late.status();
  EXPECT_EQ(Rows("SELECT x FROM a"), "10\n");
}

TEST_F(SessionTest, StatementThatFailsChangesNothing) {
  Run("CREATE TABLE a (id INTEGER PRIMARY KEY, x SMALLINT)");
  Run("INSERT INTO a VALUES (1, 100), (2, 200), (3, 300)");
  const Lsn before = store_->committed();
  ErrorOf("UPDATE a SET x = x * 200");
  ErrorOf("INSERT INTO a VALUES (4, 1), (1, 1)");
  EXPECT_EQ(store_->committed(), before);
  EXPECT_EQ(Rows("SELECT id, x FROM a ORDER BY id"), "1|100\n2|200\n3|300\n");
}

TEST_F(SessionTest, StoreKeepsOpenWhileASessionIs) {
  EXPECT_EQ(store_->Close().code(), absl::StatusCode::kFailedPrecondition);
  session_.reset();
  EXPECT_TRUE(store_->Close().ok());
}

TEST_F(SessionTest, SessionGoesAwayWithItsTransaction) {
  Run("CREATE TABLE a (x INTEGER)");
  Run("BEGIN");
  Run("INSERT INTO a VALUES (1)");
  session_ = NewSession();
  EXPECT_EQ(Rows("SELECT x FROM a"), "");
}

TEST_F(SessionTest, ChecksAndTriggersHoldForAppenders) {
  Run("CREATE TABLE a (x INTEGER CHECK (x > 0), y INTEGER)");
  Run("CREATE FUNCTION f() RETURNS TRIGGER AS $$ BEGIN NEW.y = NEW.x * 2; RETURN NEW; END; $$ "
      "LANGUAGE plpgsql");
  Run("CREATE TRIGGER g BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()");
  {
    auto appender = store_->OpenAppender("main", "a");
    ASSERT_TRUE(appender.ok()) << appender.status();
    auto x = (*appender)->Handle<int32_t>("x");
    ASSERT_TRUE(x.ok());
    (*appender)->Set(*x, 21);
    ASSERT_TRUE((*appender)->EndRow());
    const auto good = (*appender)->Commit();
    ASSERT_TRUE(good.ok()) << good.status();
    (*appender)->Set(*x, -1);
    (*appender)->EndRow();
    const auto bad = (*appender)->Commit();
    EXPECT_EQ(bad.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_NE(std::string(bad.status().message()).find("a_x_check"), std::string::npos);
  }
  EXPECT_EQ(Rows("SELECT x, y FROM a"), "21|42\n");
}

TEST_F(SessionTest, NamesMeanTheSchemaOfTheSession) {
  Run("CREATE SCHEMA scalp");
  Run("SET search_path = scalp");
  Run("CREATE TABLE t (a INTEGER)");
  Run("INSERT INTO public.t VALUES (1)");
  EXPECT_EQ(Rows("SHOW search_path"), "scalp\n");
  EXPECT_EQ(Rows("SELECT a FROM scalp.t"), "1\n");
  Run("SET schema = DEFAULT");
  EXPECT_NE(ErrorOf("SELECT a FROM t").find("does not exist"), std::string::npos);
  EXPECT_EQ(Rows("SELECT t.a FROM scalp.t AS t"), "1\n");
}

TEST_F(SessionTest, SettingsAreChecked) {
  EXPECT_EQ(Rows("SHOW durability"), "process\n");
  Run("SET durability = 'durable'");
  EXPECT_EQ(Rows("SHOW ALL"),
            "durability|durable\nschema|main\nsearch_path|main\ntimezone|UTC\n"
            "unresolved_constraints|refuse\n");
  ErrorOf("SET durability = 'maybe'");
  ErrorOf("SET nothing = 1");
  ErrorOf("SHOW nothing");
  ErrorOf("SET timezone = 'Europe/Paris'");
  Run("SET timezone = 'UTC'");
}

TEST_F(SessionTest, DurableCommitSurvivesAsSoonAsExecuteReturns) {
  Run("CREATE TABLE a (x INTEGER)");
  Run("SET durability = 'durable'");
  const Result result = Run("INSERT INTO a VALUES (1)");
  EXPECT_GE(store_->durable(), result.lsn());
}

TEST_F(SessionTest, ResultAboveItsLimitIsRefused) {
  auto small = store_->OpenSession({.result_bytes_max = 100});
  ASSERT_TRUE(small.ok());
  Run("CREATE TABLE a (x TEXT)");
  Run("INSERT INTO a VALUES ('0123456789012345678901234567890123456789')");
  EXPECT_TRUE((*small)->Execute("SELECT x FROM a").ok());
  Run("INSERT INTO a VALUES ('0123456789012345678901234567890123456789')");
  EXPECT_EQ((*small)->Execute("SELECT x FROM a").status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(SessionTest, ReadsWhatATableWasAsOfACommit) {
  Run("CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER)");
  const Lsn first = Run("INSERT INTO a VALUES (1, 1), (2, 2)").lsn();
  const Lsn second = Run("UPDATE a SET x = 10 WHERE id = 1").lsn();
  Run("DELETE FROM a WHERE id = 2");
  EXPECT_EQ(Rows("SELECT id, x FROM a"), "1|10\n");
  EXPECT_EQ(Rows("SELECT id, x FROM a AS OF LSN " + std::to_string(first.value()) + " ORDER BY id"),
            "1|1\n2|2\n");
  EXPECT_EQ(
      Rows("SELECT id, x FROM a AS OF LSN " + std::to_string(second.value()) + " ORDER BY id"),
      "1|10\n2|2\n");
}

}  // namespace
}  // namespace tape
