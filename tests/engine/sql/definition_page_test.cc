// Each example of docs/sql/definition.md runs, one after the other.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/engine/sql/define_story.h"

namespace tape::engine::sql {
namespace {

TEST(DefinitionPage, EveryExampleRuns) {
  std::ifstream page(TAPE_DEFINITION_PAGE);
  DefineStory story;
  size_t examples = 0;
  std::string example;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      inside = line == "```sql";
      if (!inside) {
        EXPECT_EQ(story.Run(example), "") << example;
        ++examples;
      }
      example.clear();
    } else if (inside) {
      example += line + "\n";
    }
  }
  EXPECT_EQ(examples, 7u);
}

}  // namespace
}  // namespace tape::engine::sql
