// Random expressions over literals of all types, with what PostgreSQL 15 made of them: a file of
// lines, expression, tab, value as text, or "error". It was written once, by a program that grows
// expressions from a grammar.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/engine/sql/bind/evaluated.h"

namespace tape::engine::sql {
namespace {

TEST(RandomExpressions, HaveTheValuesThatPostgresGave) {
  std::ifstream file(TAPE_SOURCE_DIR "/tests/engine/sql/bind/random_expressions.tsv");
  ASSERT_TRUE(file.is_open());
  int errors = 0;
  int values = 0;
  for (std::string line; std::getline(file, line);) {
    const size_t tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    const std::string expression = line.substr(0, tab);
    const std::string expected = line.substr(tab + 1);
    const absl::StatusOr<exec::Value> value = ValueOf(expression);
    ASSERT_EQ(value.ok() ? value->ToText() : "error", expected)
        << expression << ": " << value.status();
    (value.ok() ? values : errors) += 1;
  }
  EXPECT_GT(values, 1000);
  EXPECT_GT(errors, 30);
}

}  // namespace
}  // namespace tape::engine::sql
