#include "engine/catalog/catalog_change.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace tape::engine {
namespace {

TableDefinition TwoColumns(std::string schema, std::string name) {
  TableDefinition table;
  table.schema = std::move(schema);
  table.name = std::move(name);
  for (const char* column : {"a", "b"}) {
    table.columns.emplace_back();
    table.columns.back().name = column;
    table.columns.back().type = Type::Bigint();
  }
  return table;
}

KeyConstraint UniqueOf(const std::string& column) {
  return {.name = "u_" + column, .columns = {column}, .nulls_distinct = true};
}

TEST(CatalogChange, WhatIsRefusedLeavesNothingInTheDraft) {
  CatalogChange change(CatalogState(), 0);
  const auto schema = change.CreateSchema("s");
  ASSERT_TRUE(schema.ok()) << schema.status();
  ASSERT_TRUE(change.CreateTable(TwoColumns("s", "t")).ok());
  const size_t records = change.records().size();
  EXPECT_FALSE(change.Drop(*schema).ok()) << "a table is in it";
  EXPECT_EQ(change.records().size(), records);
  ASSERT_NE(change.state().FindSchema("s"), nullptr);
  EXPECT_EQ(change.state().NextVersion(*schema), 2u);
  ASSERT_NE(change.state().Find("s", "t"), nullptr);
  // And the draft goes on.
  const auto other = change.CreateTable(TwoColumns("s", "u"));
  EXPECT_TRUE(other.ok()) << other.status();
}

TEST(CatalogChange, NumbersOfKeysAreNeverUsedAgain) {
  CatalogChange change(CatalogState(), 0);
  ASSERT_TRUE(change.CreateSchema("s").ok());
  TableDefinition table = TwoColumns("s", "t");
  table.uniques = {UniqueOf("a"), UniqueOf("b")};
  const auto id = change.CreateTable(table);
  ASSERT_TRUE(id.ok()) << id.status();
  const auto definition = [&] { return change.state().Find(*id)->schema.definition(); };
  const auto numbers = [&] { return change.state().Find(*id)->record.unique_numbers; };
  const std::vector<uint32_t> first = numbers();
  ASSERT_EQ(first.size(), 2u);

  table = definition();
  table.uniques.pop_back();
  ASSERT_TRUE(change.AlterTable(*id, table).ok());
  EXPECT_EQ(numbers(), (std::vector<uint32_t>{first[0]})) << "a key that stays keeps its number";
  table = definition();
  table.uniques.push_back({.name = "both", .columns = {"a", "b"}, .nulls_distinct = true});
  ASSERT_TRUE(change.AlterTable(*id, table).ok());
  EXPECT_EQ(numbers(), (std::vector<uint32_t>{first[0], first[1] + 1}));

  // Nor where the table had none in between, and a catalog was read back.
  table = definition();
  table.uniques.clear();
  ASSERT_TRUE(change.AlterTable(*id, table).ok());
  CatalogState again;
  for (const format::CatalogRecord& record : change.records()) {
    ASSERT_TRUE(again.Apply(Lsn(1), record).ok());
  }
  CatalogChange later(again, 0);
  table.uniques = {UniqueOf("a")};
  ASSERT_TRUE(later.AlterTable(*id, table).ok());
  EXPECT_EQ(later.state().Find(*id)->record.unique_numbers, (std::vector<uint32_t>{first[1] + 2}));
}

}  // namespace
}  // namespace tape::engine
