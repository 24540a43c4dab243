#include "tests/tidy/tree.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/tidy/finding.h"
#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

TEST(Finding, ReportsPlaceRuleAndAdvice) {
  EXPECT_EQ(Report({{"format/a.h", 12, "layers", "is wrong"}, {"b.h", 0, "heads", "is bare"}}),
            "format/a.h:12: [layers] is wrong\nb.h: [heads] is bare\n");
}

TEST(Text, TakesPathsApart) {
  EXPECT_EQ(Folder("format/bytes/crc32c.h"), "format/bytes");
  EXPECT_EQ(Folder("README.md"), "");
  EXPECT_EQ(FileName("format/bytes/crc32c.h"), "crc32c.h");
  EXPECT_EQ(Stem("format/bytes/crc32c.h"), "crc32c");
  EXPECT_EQ(Extension("format/bytes/crc32c.h"), ".h");
  EXPECT_EQ(Extension(".clang-format"), "");
  EXPECT_EQ(Extension("tools/check"), "");
}

TEST(Text, KeepsNeighboursWithACommonPrefixApart) {
  EXPECT_TRUE(IsUnder("format/bytes/a.h", "format/bytes"));
  EXPECT_TRUE(IsUnder("format/bytes", "format/bytes"));
  EXPECT_TRUE(IsUnder("format/bytes", ""));
  EXPECT_FALSE(IsUnder("format/bytes_old/a.h", "format/bytes"));
  EXPECT_FALSE(IsUnder("format", "format/bytes"));
}

TEST(Text, ResolvesRelativePaths) {
  EXPECT_EQ(JoinPath("docs/format", "../sql.md"), "docs/sql.md");
  EXPECT_EQ(JoinPath("docs", "./format/"), "docs/format");
  EXPECT_EQ(JoinPath("", "README.md"), "README.md");
  EXPECT_EQ(JoinPath("docs", "../../beyond"), "../beyond");
}

TEST(Text, SplitsLinesAndWords) {
  EXPECT_EQ(Lines("a\n\nb\n").size(), 3u);
  EXPECT_EQ(Lines("a\nb").size(), 2u);
  EXPECT_EQ(Words("  leaf tools  # comment", '#'), (Strings{"leaf", "tools"}));
  EXPECT_EQ(Words("# comment", '#'), Strings());
  EXPECT_EQ(LineOf("a\nb\nc", 4), 3);
}

TEST(Tree, FindsFilesAndFolders) {
  Tree tree({{"format/b.h", "two"}, {"format-old/x", ""}, {"README.md", "one"}});
  EXPECT_EQ(tree.Find("format/b.h")->text, "two");
  EXPECT_EQ(tree.Find("format"), nullptr);
  EXPECT_TRUE(tree.HasFolder("format"));
  EXPECT_TRUE(tree.HasFolder(""));
  EXPECT_FALSE(tree.HasFolder("form"));
  EXPECT_FALSE(tree.HasFolder("README.md"));
}

class LoadTreeTest : public testing::Test {
 protected:
  LoadTreeTest() : root_(testing::TempDir() + "tidy it's a tree") {
    fs::remove_all(root_);
    Write("src/a.cc", "int a;\n");
    Write("build/junk.cc", "junk");
  }
  ~LoadTreeTest() override { fs::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(root_ + "/" + path).parent_path());
    std::ofstream(root_ + "/" + path, std::ios::binary) << text;
  }

  bool Git(const std::string& arguments) {
    std::string command = "cd \"" + root_ + "\" && git " + arguments + " >/dev/null 2>&1";
    return std::system(command.c_str()) == 0;
  }

  Strings Paths(Listing listing) {
    Strings paths;
    Tree tree = LoadTree(root_, listing);
    for (const SourceFile& file : tree.files()) paths.push_back(file.path);
    return paths;
  }

  std::string root_;
};

TEST_F(LoadTreeTest, WalksTheFolderWhereGitKnowsNothing) {
  Write(".git/config", "not a repository");
  EXPECT_EQ(Paths(Listing::kTracked), (Strings{"src/a.cc"}));
}

TEST_F(LoadTreeTest, ListsTrackedFilesAndNewOnesOnRequest) {
  if (!Git("init")) GTEST_SKIP() << "needs git";
  Write(".gitignore", "build/\n");
  Write("src/deleted.cc", "");
  ASSERT_TRUE(Git("add ."));
  fs::remove(root_ + "/src/deleted.cc");
  Write("src/new.cc", "");
  EXPECT_EQ(Paths(Listing::kTracked), (Strings{".gitignore", "src/a.cc"}));
  EXPECT_EQ(Paths(Listing::kWithNewFiles), (Strings{".gitignore", "src/a.cc", "src/new.cc"}));
}

TEST_F(LoadTreeTest, ReadsTextAndLeavesBinariesEmpty) {
  Write("src/golden.bin", std::string("text\0text", 9));
  Tree tree = LoadTree(root_);
  EXPECT_EQ(tree.Find("src/a.cc")->text, "int a;\n");
  EXPECT_EQ(tree.Find("src/golden.bin")->text, "");
}

}  // namespace
}  // namespace tape::tidy
