// Every example of docs/sql/expressions.md has the value that stands behind it.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/engine/sql/bind/evaluated.h"

namespace tape::engine::sql {
namespace {

std::string WithoutBlanksAtItsEnd(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

TEST(ExpressionsPage, ShowsWhatItsExamplesGive) {
  std::ifstream page(TAPE_SOURCE_DIR "/docs/sql/expressions.md");
  ASSERT_TRUE(page.is_open());
  bool inside = false;
  int examples = 0;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      inside = line == "```sql";
      continue;
    }
    const size_t comment = line.rfind("-- ");
    if (!inside) continue;
    ASSERT_NE(comment, std::string::npos) << line;
    const std::string expression = WithoutBlanksAtItsEnd(line.substr(0, comment));
    EXPECT_EQ(Evaluated(expression), line.substr(comment + 3)) << expression;
    ++examples;
  }
  EXPECT_GT(examples, 60);
}

}  // namespace
}  // namespace tape::engine::sql
