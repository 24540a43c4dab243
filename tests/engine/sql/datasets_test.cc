// The schemas in datasets/ run as they are, and everything in them is enforced.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "format/bytes/message.h"
#include "tests/engine/sql/define_story.h"

namespace tape::engine::sql {
namespace {

std::string ReadSchema(std::string_view dataset) {
  std::stringstream text;
  text << std::ifstream(format::Concat(TAPE_DATASETS, "/", dataset, "/schema.sql")).rdbuf();
  return text.str();
}

TEST(Datasets, EachRunsAloneAndLeavesNothingUnresolved) {
  const std::map<std::string, size_t> tables = {
      {"dex", 11}, {"scalp", 17}, {"mltrading", 12}, {"analytics", 8}, {"quantbot", 23}};
  for (const auto& [dataset, count] : tables) {
    DefineStory story;
    ASSERT_EQ(story.Run(ReadSchema(dataset)), "") << dataset;
    EXPECT_EQ(story.state().tables().size(), count) << dataset;
    for (const auto& [id, info] : story.state().tables()) {
      EXPECT_TRUE(info.record.unresolved.empty()) << info.schema.name();
      for (const auto& target : info.record.targets) EXPECT_TRUE(target.has_value());
    }
  }
}

TEST(Datasets, AllOfThemFitIntoOneStore) {
  DefineStory story;
  for (const char* dataset : {"dex", "scalp", "mltrading", "analytics", "quantbot"}) {
    ASSERT_EQ(story.Run(ReadSchema(dataset)), "") << dataset;
  }
  EXPECT_EQ(story.state().tables().size(), 71u);
  EXPECT_EQ(story.state().schemas().size(), 8u);
}

TEST(Datasets, FeaturesAreSpelledOut) {
  DefineStory story;
  ASSERT_EQ(story.Run(ReadSchema("mltrading")), "");
  EXPECT_GE(story.Table("feature_engineered_data").schema.columns().size(), 117u);
}

}  // namespace
}  // namespace tape::engine::sql
