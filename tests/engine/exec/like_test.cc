// LIKE beside the plainest matcher there is.
#include "engine/exec/like.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/io/chance.h"

namespace tape::engine::exec {
namespace {

// Of patterns without escapes, in ASCII.
bool Naive(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    return Naive(pattern.substr(1), text) || (!text.empty() && Naive(pattern, text.substr(1)));
  }
  if (text.empty() || (pattern[0] != '_' && pattern[0] != text[0])) return false;
  return Naive(pattern.substr(1), text.substr(1));
}

std::string Random(Chance& chance, std::string_view alphabet, size_t longest) {
  std::string text(chance.Below(longest + 1), ' ');
  for (char& c : text) c = alphabet[chance.Below(alphabet.size())];
  return text;
}

TEST(LikePattern, MatchesWhatThePlainestMatcherDoes) {
  Chance chance(5);
  int matched = 0;
  for (int i = 0; i < 50'000; ++i) {
    const std::string pattern = Random(chance, "ab_%", 6);
    const std::string text = Random(chance, "ab", 7);
    const auto compiled = LikePattern::Compile(pattern, {});
    ASSERT_TRUE(compiled.ok()) << compiled.status();
    ASSERT_EQ(compiled->Matches(text), Naive(pattern, text)) << pattern << " " << text;
    matched += compiled->Matches(text) ? 1 : 0;
  }
  EXPECT_GT(matched, 5000);
}

TEST(LikePattern, TakesTimeInProportionToBothLengths) {
  const std::string text(100'000, 'a');
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "%a";
  EXPECT_FALSE(LikePattern::Compile(pattern + "b", {})->Matches(text));
  EXPECT_TRUE(LikePattern::Compile(pattern, {})->Matches(text));
}

TEST(LikePattern, CountsCharactersAndNotBytes) {
  EXPECT_TRUE(LikePattern::Compile("h_llo", {})->Matches("h\xC3\xA9llo"));
  EXPECT_FALSE(LikePattern::Compile("h__llo", {})->Matches("h\xC3\xA9llo"));
}

TEST(LikePattern, RefusesAnEscapeThatEscapesNothing) {
  EXPECT_FALSE(LikePattern::Compile("a\\", {}).ok());
  EXPECT_FALSE(LikePattern::Compile("a", {.escape = "ab"}).ok());
  EXPECT_TRUE(LikePattern::Compile("a\\", {.escape = ""}).ok());
}

}  // namespace
}  // namespace tape::engine::exec
