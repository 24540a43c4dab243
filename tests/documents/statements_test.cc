// Every SQL statement of a folder of documents parses, and its printed form is the same statement.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/sql/parser.h"
#include "engine/sql/printer.h"
#include "tests/documents/fenced_sql.h"

namespace tape::documents {
namespace {

namespace sql = engine::sql;

enum class Piece { kDefinition, kQuery, kDrop, kElision, kNoBody, kShellCommand };

// A definition that is written as a call: of a hypertable.
bool IsDefiningCall(const sql::Statement& statement) {
  return sql::Print(statement).starts_with("SELECT create_hypertable(");
}

Piece PieceOf(const sql::Statement& statement) {
  if (statement.As<sql::Drop>() != nullptr) return Piece::kDrop;
  const bool query = statement.As<sql::Query>() != nullptr && !IsDefiningCall(statement);
  return query ? Piece::kQuery : Piece::kDefinition;
}

// What stands in a block of SQL and is none.
std::optional<Piece> NoStatement(std::string_view text) {
  if (text.starts_with('\\')) return Piece::kShellCommand;
  if (text.find("(...)") != std::string_view::npos) return Piece::kElision;
  if (text.starts_with("CREATE VIEW") && text.ends_with("AS")) return Piece::kNoBody;
  return std::nullopt;
}

class Documents : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(TAPE_DOCUMENTS)) {
      GTEST_SKIP() << "needs a folder of documents: there is none at " TAPE_DOCUMENTS
                      "; name one with cmake -D TAPE_DOCUMENTS=folder";
    }
    blocks_ = ReadFencedSql(TAPE_DOCUMENTS);
    ASSERT_FALSE(blocks_.empty()) << "no fenced SQL in " TAPE_DOCUMENTS;
  }

  // Looks at each piece of each block.
  void Take(const FencedSql& block, std::map<Piece, size_t>& pieces) {
    sql::ScriptReader script(block.text);
    while (script.Next()) {
      const auto& statement = script.statement();
      if (const auto none = NoStatement(script.text())) {
        ++pieces[*none];
        EXPECT_FALSE(statement.ok()) << script.text();
        continue;
      }
      ASSERT_TRUE(statement.ok()) << block.document << ":"
                                  << block.line + script.position().line - 1 << "\n"
                                  << statement.status().message();
      ++pieces[PieceOf(*statement)];
      const std::string printed = sql::Print(*statement);
      const auto again = sql::ParseStatement(printed);
      ASSERT_TRUE(again.ok()) << printed << "\n" << again.status().message();
      EXPECT_EQ(*again, *statement) << printed;
      if (const auto* function = statement->As<sql::CreateFunction>()) {
        EXPECT_EQ(function->trigger.refusal, "");
      }
    }
  }

  std::vector<FencedSql> blocks_;
};

TEST_F(Documents, ParseStatementByStatement) {
  std::map<std::string, std::map<Piece, size_t>> documents;
  for (const FencedSql& block : blocks_) Take(block, documents[block.document]);
  std::map<Piece, size_t> all;
  for (const auto& [document, pieces] : documents) {
    for (const auto& [piece, count] : pieces) all[piece] += count;
    std::cout << document << ": "
              << (pieces.contains(Piece::kDefinition) ? pieces.at(Piece::kDefinition) : 0)
              << " definitions\n";
  }
  std::cout << "all: " << all[Piece::kDefinition] << " definitions, " << all[Piece::kQuery]
            << " queries, " << all[Piece::kDrop]
            << " drops; no statements: " << all[Piece::kElision] << " elisions, "
            << all[Piece::kNoBody] << " views without a body, " << all[Piece::kShellCommand]
            << " shell commands\n";
  EXPECT_GT(all[Piece::kDefinition], 0u);
  // The five that tape was made for.
  if (documents.size() != 5) return;
  EXPECT_EQ(all[Piece::kDefinition], 91u);
  EXPECT_EQ(all[Piece::kQuery], 5u);
  EXPECT_EQ(all[Piece::kDrop], 2u);
  EXPECT_EQ(all[Piece::kElision], 2u);
  EXPECT_EQ(all[Piece::kNoBody], 1u);
  EXPECT_EQ(all[Piece::kShellCommand], 4u);
}

}  // namespace
}  // namespace tape::documents
