// The definition statements of a folder of documents run as they stand, in their order, one schema
// for each document; what the catalog has then is what is listed in this folder.
//
//   documents.definitions                       compares
//   TAPE_WRITE_LISTINGS=1 documents.definitions     writes the listings anew, to be read in a diff
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "engine/sql/define/definer.h"
#include "engine/sql/parser.h"
#include "tests/documents/catalog_listing.h"
#include "tests/documents/fenced_sql.h"

namespace tape::documents {
namespace {

namespace sql = engine::sql;

constexpr const char* kSchemas[] = {"dex", "scalp", "mltrading", "analytics", "quantbot"};
constexpr int64_t kTime = 1'737'449'100'000'000'000;

// What is written as SQL and is none; statements_test.cc says which.
bool IsNone(std::string_view text) {
  return text.starts_with('\\') || text.find("(...)") != std::string_view::npos ||
         (text.starts_with("CREATE VIEW") && text.ends_with("AS"));
}

struct Counts {
  size_t tables = 0;
  size_t columns = 0;
  size_t checks = 0;
  size_t foreign_keys = 0;
  size_t uniques = 0;
  size_t indexes = 0;
  size_t unresolved = 0;
};

class Definitions : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(TAPE_DOCUMENTS)) {
      GTEST_SKIP() << "needs a folder of documents: there is none at " TAPE_DOCUMENTS;
    }
    for (FencedSql& block : ReadFencedSql(TAPE_DOCUMENTS)) {
      documents_[block.document].push_back(std::move(block));
    }
    if (documents_.size() != std::size(kSchemas)) {
      GTEST_SKIP() << "needs the five documents that tape was made for";
    }
  }

  void RunAll() {
    size_t i = 0;
    for (const auto& [document, blocks] : documents_) {
      ASSERT_TRUE(change_.CreateSchema(kSchemas[i]).ok());
      session_ = {kSchemas[i++], true};
      for (const FencedSql& block : blocks) RunBlock(block);
    }
  }

  void RunBlock(const FencedSql& block) {
    sql::ScriptReader script(block.text);
    while (script.Next()) {
      if (IsNone(script.text())) continue;
      ASSERT_TRUE(script.statement().ok());
      const sql::Statement& statement = *script.statement();
      if (!sql::Definer::Defines(statement)) continue;
      // A DROP runs in a transaction that is rolled back.
      engine::CatalogChange draft = change_;
      const bool is_drop = statement.As<sql::Drop>() != nullptr;
      sql::Definer definer(is_drop ? draft : change_, session_, nullptr);
      const absl::Status status = definer.Run(statement, block.text);
      EXPECT_TRUE(status.ok()) << block.document << ":" << block.line << "\n" << status.message();
      ++(is_drop ? drops_ : definitions_);
    }
  }

  Counts Count(std::string_view schema) const {
    Counts counts;
    for (const auto& [id, info] : change_.state().tables()) {
      if (info.schema.schema_name() != schema) continue;
      const TableDefinition& table = info.schema.definition();
      ++counts.tables;
      counts.columns += table.columns.size();
      counts.checks += table.checks.size();
      counts.foreign_keys += table.foreign_keys.size();
      counts.uniques += table.uniques.size();
      counts.indexes += table.indexes.size();
      counts.unresolved += info.record.unresolved.size();
    }
    return counts;
  }

  std::map<std::string, std::vector<FencedSql>> documents_;
  engine::CatalogChange change_{engine::CatalogState(), kTime};
  sql::DefineSession session_;
  size_t definitions_ = 0;
  size_t drops_ = 0;
};

TEST_F(Definitions, AllOfThemRunAsTheyStand) {
  RunAll();
  EXPECT_EQ(definitions_, 91u);
  EXPECT_EQ(drops_, 2u);
}

// Counted in the documents by hand, not by this code.
TEST_F(Definitions, HaveAsManyOfEverythingAsTheDocuments) {
  RunAll();
  const Counts expected[] = {
      {.tables = 11, .columns = 88, .indexes = 22},
      {.tables = 13, .columns = 109, .checks = 4, .unresolved = 3},
      {.tables = 12, .columns = 141, .checks = 1, .foreign_keys = 2, .uniques = 6, .unresolved = 1},
      {.tables = 8, .columns = 168, .checks = 9, .uniques = 5, .indexes = 18},
      {.tables = 11, .columns = 117, .foreign_keys = 13, .uniques = 2},
  };
  for (size_t i = 0; i < std::size(kSchemas); ++i) {
    const Counts counts = Count(kSchemas[i]);
    EXPECT_EQ(counts.tables, expected[i].tables) << kSchemas[i];
    EXPECT_EQ(counts.columns, expected[i].columns) << kSchemas[i];
    EXPECT_EQ(counts.checks, expected[i].checks) << kSchemas[i];
    EXPECT_EQ(counts.foreign_keys, expected[i].foreign_keys) << kSchemas[i];
    EXPECT_EQ(counts.uniques, expected[i].uniques) << kSchemas[i];
    EXPECT_EQ(counts.indexes, expected[i].indexes) << kSchemas[i];
    EXPECT_EQ(counts.unresolved, expected[i].unresolved) << kSchemas[i];
  }
  EXPECT_EQ(change_.state().enums().size(), 6u);
  EXPECT_EQ(change_.state().programs().size(), 5u);  // two views, one more, a function, a trigger
}

TEST_F(Definitions, MakeTheCatalogThatIsListed) {
  RunAll();
  for (const char* schema : kSchemas) {
    const std::string path = std::string(TAPE_LISTINGS) + "/" + schema + ".txt";
    const std::string listing = ListCatalog(change_.state(), schema);
    if (std::getenv("TAPE_WRITE_LISTINGS") != nullptr) {
      std::ofstream(path) << listing;
      continue;
    }
    std::stringstream listed;
    listed << std::ifstream(path).rdbuf();
    EXPECT_EQ(listing, listed.str()) << path;
  }
}

}  // namespace
}  // namespace tape::documents
