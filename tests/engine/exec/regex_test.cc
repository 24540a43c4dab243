// Limits of regular expressions. What they match is in sql/bind/regex_test.cc.
#include "engine/exec/regex.h"

#include <gtest/gtest.h>

#include <string>

namespace tape::engine::exec {
namespace {

absl::StatusCode CodeOf(std::string_view pattern) {
  return Regex::Compile(pattern, false).status().code();
}

TEST(Regex, TakesTimeInProportionToTheText) {
  const std::string text(20'000, 'a');
  EXPECT_FALSE(Regex::Compile("^(a+)+$", false)->Matches(text + "b"));
  EXPECT_FALSE(Regex::Compile("^(a|aa|aaa)*$", false)->Matches(text + "b"));
  EXPECT_TRUE(Regex::Compile("(a?){20}a{20}$", false)->Matches(text));
}

TEST(Regex, RefusesWhatIsTooLargeOrTooDeep) {
  EXPECT_EQ(CodeOf("((a{200}){200}){200}"), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOf("(a{255}){255}"), absl::StatusCode::kResourceExhausted);
  std::string deep(1000, '(');
  deep += 'a';
  deep.append(1000, ')');
  EXPECT_EQ(CodeOf(deep), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOf(std::string(20'000, 'a')), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOf(std::string(5000, 'a')), absl::StatusCode::kOk);
}

TEST(Regex, SaysWhatItDoesNotHave) {
  EXPECT_EQ(CodeOf("(a)\\1"), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(CodeOf("a(?=b)"), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(Regex::Compile("ab)", false).status().message(),
            "regular expression \"ab)\": a parenthesis that opens nothing, at position 3");
}

TEST(Regex, TakesAnyBytesForAPatternAndForAText) {
  for (int first = 0; first < 256; ++first) {
    for (const char* rest : {"", "*", "]", "{2", "\\"}) {
      const std::string pattern = std::string(1, static_cast<char>(first)) + rest;
      const auto regex = Regex::Compile(pattern, true);
      if (regex.ok()) regex->Matches("\xC3 \xFF" + pattern);
      const auto bracket = Regex::Compile("[" + pattern, true);
      if (bracket.ok()) bracket->Matches("\xC3 \xFF" + pattern);
    }
  }
}

}  // namespace
}  // namespace tape::engine::exec
