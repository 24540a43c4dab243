#include "tests/tidy/places.h"

#include <gtest/gtest.h>

namespace tape::tidy {
namespace {

std::string Head(const std::string& path, const std::string& text) {
  return Report(CheckHeads(Tree({{path, text}, {"format/beside.h", "// A.\n#pragma once\n"}})));
}

TEST(TopLevel, HoldsOnlyWhatItsListNames) {
  EXPECT_EQ(
      Report(CheckTopLevel(Tree({{"CMakeLists.txt", ""}, {"format/a.h", ""}, {".ci/run", ""}}))),
      "");
  EXPECT_EQ(Report(CheckTopLevel(Tree({{"src/a.h", ""}, {"src/b.h", ""}, {"notes.txt", ""}}))),
            "notes.txt: [top level] has no place at the top: move it into a folder\n"
            "src: [top level] has no place at the top: move it into a folder\n");
}

TEST(Heads, BeginWithACommentInTheLibrary) {
  EXPECT_EQ(Head("format/a.h", "// What it is.\n#pragma once\n"), "");
  EXPECT_EQ(Head("format/a.h", "/* What it is. */\n#pragma once\n"), "");
  EXPECT_EQ(Head("engine/a.cc", "// What it is.\n#include \"tape/b.h\"\n"), "");
  EXPECT_EQ(Head("tests/a.h", "#pragma once\n"), "");
  EXPECT_EQ(Head("format/a.h", "#pragma once\n// Late.\n"),
            "format/a.h:1: [heads] does not begin with a comment that says what it is\n");
  EXPECT_NE(Head("engine/a.cc", "#include \"tape/b.h\"\n"), "");
}

TEST(Heads, OfSourcesMayBeTheirOwnHeader) {
  EXPECT_EQ(Head("format/types/a.cc", "#include \"tape/a.h\"\n"), "");
  EXPECT_NE(Head("format/types/a.cc", "#include <vector>\n#include \"tape/a.h\"\n"), "");
}

TEST(Heads, PutTheHeaderBesideASourceFirst) {
  EXPECT_EQ(Head("format/beside.cc", "// Why.\n#include \"format/beside.h\"\n#include <vector>\n"),
            "");
  EXPECT_EQ(Head("format/beside.cc", "// Why.\n#include <vector>\n#include \"format/beside.h\"\n"),
            "format/beside.cc:1: [heads] does not include format/beside.h first\n");
}

TEST(Heads, OfHeadersHavePragmaOnce) {
  EXPECT_EQ(Head("tests/a.h", "// No guard.\n"), "tests/a.h: [heads] has no #pragma once\n");
  EXPECT_EQ(Head("tests/a.inc", "// Included twice on purpose.\n"), "");
}

TEST(Heads, WantOneSpellingOfEndings) {
  EXPECT_EQ(Head("tools/a.cpp", ""), "tools/a.cpp: [heads] C++ files end in .h or .cc here\n");
  EXPECT_NE(Head("tools/a.hpp", ""), "");
}

}  // namespace
}  // namespace tape::tidy
