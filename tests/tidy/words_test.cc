#include "tests/tidy/words.h"

#include <gtest/gtest.h>

namespace tape::tidy {
namespace {

constexpr char kList[] = R"(# comment
exempt | docs/words.md | teaches them
format engine | name | Manager | name what it does
* | word | TODO | do it
* | term | row group | it is a slice
* | path | home | is a path of one machine
tests | text | GTEST_SKIP(); | say why
)";

std::string Check(const std::string& path, const std::string& text) {
  Findings found;
  BannedWords banned = ParseBannedWords(kList, &found);
  EXPECT_EQ(Report(found), "");
  return Report(CheckWords(Tree({{path, text}}), banned));
}

void Accepts(const std::string& path, const std::string& text) {
  EXPECT_EQ(Check(path, text), "") << text;
}
void Refuses(const std::string& path, const std::string& text) {
  EXPECT_NE(Check(path, text), "") << text;
}

TEST(Words, SayWhereAndWhy) {
  EXPECT_EQ(Check("docs/a.md", "one\n\ntwo TODO three\n"),
            "docs/a.md:3: [words] has `TODO`: do it\n");
  EXPECT_EQ(Check("format/a.h", "\nclass SliceManager {};"),
            "format/a.h:2: [words] SliceManager has `Manager`: name what it does\n");
  EXPECT_EQ(Check("format/slice_manager.h", ""),
            "format/slice_manager.h: [words] file name has `Manager`: name what it does\n");
}

TEST(Words, StandAloneInTheirOwnCase) {
  for (const char* text : {"TODO", "// TODO: x", "(TODO)", "x\tTODO(me)"})
    Refuses("format/a.cc", text);
  for (const char* text : {"todo", "TODOS", "kTODO", "TODO_LIST"}) Accepts("format/a.cc", text);
}

TEST(Words, AsTermsComeInAnyCaseAndNumber) {
  for (const char* text : {"row group", "Row groups are", "a ROW GROUP."})
    Refuses("docs/a.md", text);
  for (const char* text : {"arrow group", "row grouping", "row, group"}) Accepts("docs/a.md", text);
}

TEST(Words, AsPathsBeginThere) {
  for (const char* text : {"/home/me", "\"/home/me\"", "-I /home/me", "DIR=/home/me"})
    Refuses("tools/check", text);
  for (const char* text : {"a/home/b", "${X}/home/b", "../home/b", "https://x.org/home/"})
    Accepts("tools/check", text);
}

TEST(Words, AsTextStandAnywhereInTheirScope) {
  Refuses("tests/a_test.cc", "  GTEST_SKIP();\n");
  Accepts("tests/a_test.cc", "  GTEST_SKIP() << \"needs a second core\";\n");
  Accepts("docs/a.md", "GTEST_SKIP();");
}

TEST(Words, AsNamesArePartsOfTypesAndFiles) {
  for (const char* text :
       {"class ManagerOfSlices;", "struct SliceManagers {};", "enum class Manager {};",
        "using SliceManager = int;", "namespace slice_manager {}", "struct XManager2 {};"}) {
    Refuses("engine/a.cc", text);
  }
  for (const char* text :
       {"class Managerial;", "class Imanager;", "int manager;", "// class Manager"}) {
    Accepts("engine/a.cc", text);
  }
  Refuses("engine/manager.cc", "");
  Accepts("engine/management.cc", "");
  Accepts("tools/slice_manager.cc", "class SliceManager {};");
  Accepts("engine/README.md", "class SliceManager {};");
}

TEST(Words, LeaveDataAndExemptFilesAlone) {
  Accepts("datasets/symbols.csv", "TODO,1\n");
  Accepts("docs/words.md", "TODO");
}

TEST(Words, RefuseLinesThatSayNothing) {
  for (const char* line : {"* | word | X", "* | verb | X | why", "| word | X | why", "* word X why",
                           "* | word | X |"}) {
    Findings found;
    ParseBannedWords(line, &found);
    EXPECT_EQ(found.size(), 1u) << line;
  }
}

}  // namespace
}  // namespace tape::tidy
