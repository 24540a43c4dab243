// A catalog that statements define things in, without a store: for tests of what they mean.
//
//   DefineStory story;
//   EXPECT_EQ(story.Run("CREATE TABLE t (a INT)"), "");
//   EXPECT_EQ(story.Column("t", "a").type, Type::Integer());
//   EXPECT_EQ(story.Run("CREATE TABLE t (a INT)"), "line 1, column 14: ...");
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/define/definer.h"
#include "engine/sql/parser.h"

namespace tape::engine::sql {

class DefineStory : public RowsCheck {
 public:
  explicit DefineStory(int64_t time = 1'737'449'100'000'000'000) : change_(CatalogState(), time) {}

  // Statement by statement; the message of the first that fails, or nothing.
  std::string Run(std::string_view text) {
    ScriptReader script(text);
    while (script.Next()) {
      absl::Status status = script.statement().status();
      if (status.ok()) status = RunOne(*script.statement(), text);
      if (!status.ok()) return {status.message().data(), status.message().size()};
    }
    return "";
  }

  absl::Status RunOne(const Statement& statement, std::string_view text) {
    Definer definer(change_, session_, this);
    absl::Status status = definer.Run(statement, text);
    warnings_.insert(warnings_.end(), definer.warnings().begin(), definer.warnings().end());
    rules_.insert(rules_.end(), definer.rules().begin(), definer.rules().end());
    days_.insert(days_.end(), definer.days_to_drop().begin(), definer.days_to_drop().end());
    return status;
  }

  const CatalogState& state() const { return change_.state(); }
  const CatalogChange& change() const { return change_; }
  DefineSession& session() { return session_; }
  std::vector<std::string>& warnings() { return warnings_; }
  std::vector<RowsRule>& rules() { return rules_; }
  const std::vector<DaysToDrop>& days() const { return days_; }

  // Of the session's schema. The test fails where there is none.
  const TableInfo& Table(std::string_view name) const {
    const TableInfo* info = state().Find(session_.schema, name);
    EXPECT_NE(info, nullptr) << name;
    return info != nullptr ? *info : state().tables().begin()->second;
  }
  const TableDefinition& Definition(std::string_view name) const {
    return Table(name).schema.definition();
  }
  const tape::Column& Column(std::string_view table, std::string_view column) const {
    const std::optional<size_t> index = Table(table).schema.Find(column);
    EXPECT_TRUE(index.has_value()) << table << "." << column;
    return Table(table).schema.column(index.value_or(0));
  }

  // Says that a table has rows.
  void Fill(std::string_view table) { filled_.insert(Table(table).id); }
  absl::StatusOr<bool> HasRows(TableId table) override { return filled_.contains(table); }
  absl::Status Check(const TableInfo&, const RowsRule&) override { return absl::OkStatus(); }

 private:
  CatalogChange change_;
  DefineSession session_;
  std::vector<std::string> warnings_;
  std::vector<RowsRule> rules_;
  std::vector<DaysToDrop> days_;
  std::set<TableId> filled_;
};

}  // namespace tape::engine::sql
