// Every script of scripts/, in three ways: as it stands; with a restart behind every 75 statements
// outside of transactions; with every table sealed before every tenth statement that gives rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "format/bytes/message.h"
#include "tape/session.h"
#include "tape/store.h"
#include "tests/sql/script.h"
#include "tests/support/temp_folder.h"

namespace tape::sql_scripts {
namespace {

enum class Way : uint8_t { kPlain, kRestarts, kSealed };

// A store and a session of it, which can be had anew.
class ScriptStore {
 public:
  ScriptStore() { Open(); }

  void Open() {
    auto store = Store::Open(folder_.path() + "/store", {.create = true});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    auto session = store_->OpenSession({.schema = schema_, .durability = Durability::kProcess});
    ASSERT_TRUE(session.ok()) << session.status();
    session_ = *std::move(session);
  }

  void Restart() {
    auto schema = session_->Execute("SHOW schema");
    if (schema.ok() && schema->Next() == 1) schema_ = schema->Text(0, 0);
    session_.reset();
    const absl::Status closed = store_->Close();
    ASSERT_TRUE(closed.ok()) << closed;
    store_.reset();
    Open();
  }

  void Seal() {
    auto tables = store_->tables();
    ASSERT_TRUE(tables.ok()) << tables.status();
    for (const TableName& table : *tables) {
      const absl::Status durable = store_->MakeDurable(store_->committed());
      ASSERT_TRUE(durable.ok()) << durable;
      auto sealed = store_->Seal(table.schema, table.table);
      ASSERT_TRUE(sealed.ok()) << sealed.status();
    }
  }

  Session& session() { return *session_; }

 private:
  support::TempFolder folder_;
  std::string schema_ = "main";
  std::unique_ptr<Store> store_;
  std::unique_ptr<Session> session_;
};

std::string RowOf(const Result& result, size_t row) {
  std::string text;
  for (size_t column = 0; column < result.columns().size(); ++column) {
    if (column != 0) text += '|';
    text += result.Text(column, row);
  }
  return text;
}

std::vector<std::string> RowsOf(Result& result) {
  std::vector<std::string> rows;
  while (const size_t count = result.Next()) {
    for (size_t row = 0; row < count; ++row) rows.push_back(RowOf(result, row));
  }
  return rows;
}

void CheckResult(const Step& step, Result& result) {
  if (step.kind == Step::Kind::kChanged) {
    EXPECT_EQ(format::Concat(result.affected_rows()), step.argument);
  }
  if (step.kind != Step::Kind::kRows && step.kind != Step::Kind::kSorted) return;
  std::vector<std::string> rows = RowsOf(result);
  std::vector<std::string> expected = step.rows;
  if (step.kind == Step::Kind::kSorted) {
    std::ranges::sort(rows);
    std::ranges::sort(expected);
  }
  EXPECT_EQ(rows, expected);
}

void RunStep(const Step& step, ScriptStore& store) {
  if (step.kind == Step::Kind::kRestart) return store.Restart();
  absl::StatusOr<Result> result = store.session().Execute(step.sql);
  if (step.kind != Step::Kind::kError) {
    ASSERT_TRUE(result.ok()) << result.status();
    return CheckResult(step, *result);
  }
  ASSERT_FALSE(result.ok()) << "no error";
  const std::string message(result.status().message());
  EXPECT_NE(message.find(step.argument), std::string::npos) << message;
}

void RunScript(const std::string& path, Way way) {
  const absl::StatusOr<std::vector<Step>> steps = ReadScript(path);
  ASSERT_TRUE(steps.ok()) << steps.status();
  ScriptStore store;
  size_t since_restart = 0;
  size_t queries = 0;
  for (const Step& step : *steps) {
    SCOPED_TRACE(format::Concat(path, ":", step.line, ": ", step.sql));
    const bool free = !store.session().in_transaction();
    if (way == Way::kRestarts && free && ++since_restart == 75) {
      store.Restart();
      since_restart = 0;
    }
    const bool gives_rows = step.kind == Step::Kind::kRows || step.kind == Step::Kind::kSorted;
    if (way == Way::kSealed && free && gives_rows && ++queries % 10 == 1) store.Seal();
    RunStep(step, store);
    if (testing::Test::HasFatalFailure()) return;
  }
}

class Scripts : public testing::TestWithParam<std::string> {
 protected:
  std::string path() const { return format::Concat(TAPE_SQL_SCRIPTS, "/", GetParam(), ".test"); }
};

TEST_P(Scripts, GiveWhatTheySay) { RunScript(path(), Way::kPlain); }
TEST_P(Scripts, GiveTheSameAcrossRestarts) { RunScript(path(), Way::kRestarts); }
TEST_P(Scripts, GiveTheSameOfSealedRows) { RunScript(path(), Way::kSealed); }

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(TAPE_SQL_SCRIPTS)) {
    if (entry.path().extension() == ".test") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, Scripts, testing::ValuesIn(Names()),
                         [](const auto& info) { return info.param; });

// What the scripts are for: many statements, each said once.
TEST(ScriptsTogether, HaveManyDistinctStatements) {
  std::set<std::string> statements;
  for (const std::string& name : Names()) {
    const auto steps = ReadScript(format::Concat(TAPE_SQL_SCRIPTS, "/", name, ".test"));
    ASSERT_TRUE(steps.ok()) << steps.status();
    for (const Step& step : *steps) statements.insert(step.sql);
  }
  RecordProperty("statements", static_cast<int>(statements.size()));
  EXPECT_GE(statements.size(), 300U);
}

}  // namespace
}  // namespace tape::sql_scripts
