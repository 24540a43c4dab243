// Random statements: each parses, and what it prints as parses to the same tree and prints the
// same.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <string>

#include "engine/sql/parser.h"
#include "engine/sql/printer.h"
#include "tests/engine/sql/printed.h"
#include "tests/engine/sql/random_sql.h"

namespace tape::engine::sql {
namespace {

size_t Scaled(size_t count) {
  return std::getenv("TAPE_TEST_FULL") == nullptr ? count : count * 100;
}

TEST(SqlRoundTrip, KeepsRandomStatements) {
  std::map<size_t, size_t> kinds;
  for (size_t seed = 0; seed < Scaled(3'000); ++seed) {
    const std::string text = RandomSql(seed).Statement();
    const auto statement = ParseStatement(text);
    ASSERT_TRUE(statement.ok()) << "seed " << seed << "\n" << text << "\n" << statement.status();
    ++kinds[statement->form.index()];
    const std::string printed = Print(*statement);
    const auto again = ParseStatement(printed);
    ASSERT_TRUE(again.ok()) << "seed " << seed << "\n" << text << "\n" << again.status();
    ASSERT_EQ(*again, *statement) << "seed " << seed << "\n"
                                  << text << "\n"
                                  << printed << "\n"
                                  << Print(*again);
    ASSERT_EQ(Print(*again), printed) << "seed " << seed;
  }
  EXPECT_GE(kinds.size(), 18u);
}

// A word lost, doubled or swapped: refused with a place, or another statement that is kept as well.
TEST(SqlRoundTrip, KeepsOrRefusesBrokenStatements) {
  size_t refused = 0;
  for (size_t seed = 0; seed < Scaled(3'000); ++seed) {
    std::string text = RandomSql(seed).Statement();
    std::mt19937_64 random(seed);
    const size_t at = random() % text.size();
    const size_t count = 1 + random() % 6;
    if (random() % 2 == 0) {
      text.erase(at, count);
    } else {
      text.insert(at, text.substr(random() % text.size(), count));
    }
    const auto statement = ParseStatement(text);
    if (!statement.ok()) {
      ++refused;
      ASSERT_EQ(statement.status().message().substr(0, 5), "line ");
      continue;
    }
    ASSERT_EQ(Printed(Print(*statement)), Print(*statement)) << text;
  }
  EXPECT_GT(refused, Scaled(1'000));
}

}  // namespace
}  // namespace tape::engine::sql
