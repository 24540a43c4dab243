// The rules over the real tree. Each rule has a test of its own that shows what it refuses.
//
// Before a commit, TAPE_TIDY_NEW=1 adds files that git does not track yet. TAPE_TIDY_TREE=<folder>
// points the rules at another checkout; the lists stay those of this one.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/tidy/budgets.h"
#include "tests/tidy/documents.h"
#include "tests/tidy/layers.h"
#include "tests/tidy/places.h"
#include "tests/tidy/registration.h"
#include "tests/tidy/tree.h"
#include "tests/tidy/words.h"

namespace tape::tidy {
namespace {

const Tree& Repository() {
  static const char* other = std::getenv("TAPE_TIDY_TREE");
  static const bool with_new = std::getenv("TAPE_TIDY_NEW") != nullptr;
  static const Tree tree = LoadTree(other == nullptr ? TAPE_SOURCE_DIR : other,
                                    with_new ? Listing::kWithNewFiles : Listing::kTracked);
  return tree;
}

std::string List(const std::string& name) {
  std::string text = ReadText(std::string(TAPE_SOURCE_DIR "/tests/tidy/").append(name));
  EXPECT_NE(text, "") << name;
  return text;
}

void ExpectNone(const Findings& found) { EXPECT_TRUE(found.empty()) << "\n" << Report(found); }

TEST(Repository, HasFilesToCheck) {
  EXPECT_TRUE(Repository().Has("CMakeLists.txt"));
  EXPECT_TRUE(Repository().HasFolder("format"));
}

// What stands between two marks, or "".
std::string Between(const std::string& text, const std::string& begin, const std::string& end) {
  const size_t from = text.find(begin);
  const size_t to = text.find(end);
  if (from == std::string::npos || to == std::string::npos) return "";
  return text.substr(from + begin.size(), to - from - begin.size());
}

TEST(Repository, ShowsTheExampleThatConsumersBuild) {
  const SourceFile* example = Repository().Find("tests/install/main.cc");
  const SourceFile* readme = Repository().Find("README.md");
  ASSERT_NE(example, nullptr);
  if (readme == nullptr) return;
  const std::string code = Between(example->text, "// readme: begin\n", "// readme: end");
  ASSERT_NE(code, "");
  EXPECT_NE(readme->text.find("```cpp\n" + code + "```"), std::string::npos)
      << "README.md and tests/install/main.cc differ";
}

TEST(Repository, IncludesOnlyWhatItsLayersAllow) {
  Findings found;
  Layers layers = ParseLayers(List("layers.txt"), &found);
  AppendTo(found, CheckLayers(Repository(), layers));
  ExpectNone(found);
}

TEST(Repository, StaysWithinItsBudgets) {
  ExpectNone(ApplyRatchet(OverBudget(Repository()), List("ratchet.txt")));
}

TEST(Repository, KeepsItsMedianFunctionShort) {
  std::vector<int> format;
  for (const char* folder : {"format", "engine", "tools", "datasets", "tests", "bench"}) {
    std::vector<int> lines = FunctionLengths(Repository(), folder);
    if (lines.empty()) continue;
    if (folder == std::string_view("format")) format = lines;
    std::cout << folder << ": " << lines.size() << " functions, median " << lines[lines.size() / 2]
              << " lines, longest " << lines.back() << "\n";
  }
  ASSERT_FALSE(format.empty());
  EXPECT_LE(format[format.size() / 2], 8);
}

TEST(Repository, BuildsEverySource) { ExpectNone(CheckRegistration(Repository())); }

TEST(Repository, UsesNoBannedWord) {
  Findings found;
  BannedWords words = ParseBannedWords(List("banned_words.txt"), &found);
  AppendTo(found, CheckWords(Repository(), words));
  ExpectNone(found);
}

TEST(Repository, HasDocumentsThatLeadSomewhere) { ExpectNone(CheckDocuments(Repository())); }

TEST(Repository, KeepsItsTopLevelShort) { ExpectNone(CheckTopLevel(Repository())); }

TEST(Repository, BeginsEveryFileAsItsPlaceAsks) { ExpectNone(CheckHeads(Repository())); }

}  // namespace
}  // namespace tape::tidy
