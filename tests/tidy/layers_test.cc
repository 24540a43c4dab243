#include "tests/tidy/layers.h"

#include <gtest/gtest.h>

namespace tape::tidy {
namespace {

constexpr char kTable[] = R"(
stack format  # bytes
  0 format/include/tape public
  1 format/types
  2 format/bytes
  3 format/kernels
  3 format/lanes
stack engine over format
  0 engine/include/tape public
  1 engine/io
stack generator over format engine/include/tape
  0 datasets/generator
leaf tools
leaf tests
leaf bench
shared tests/support with bench
shared tools with tests
exception format/types format/bytes/message.h
external absl/ in *
external gtest/ in tests
pure format fstream sys/* absl/time/*
keyword format thread_local
)";

Layers Table() {
  Findings found;
  Layers layers = ParseLayers(kTable, &found);
  EXPECT_EQ(Report(found), "");
  return layers;
}

// What the rule says about one file beside a set of headers.
std::string Check(const std::string& path, const std::string& text) {
  std::vector<SourceFile> files = {{path, text}};
  for (const char* header :
       {"format/include/tape/type.h", "format/types/civil.h", "format/bytes/crc32c.h",
        "format/bytes/message.h", "format/kernels/kernels.h", "format/lanes/lanes.h",
        "engine/include/tape/store.h", "engine/io/file.h", "datasets/generator/random.h",
        "tools/tape/dump.h", "tests/support/rows.h", "tests/format/sample.h",
        "bench/micro/timer.h"}) {
    files.push_back({header, "#pragma once\n"});
  }
  return Report(CheckLayers(Tree(std::move(files)), Table()));
}

std::string Including(const std::string& from, const std::string& header) {
  return Check(from, "#include \"" + header + "\"\n");
}

void Allows(const std::string& from, const std::string& header) {
  EXPECT_EQ(Including(from, header), "");
}

void Refuses(const std::string& from, const std::string& header, const std::string& why) {
  std::string report = Including(from, header);
  EXPECT_NE(report.find(from + ":1: [layers] includes " + header), report.npos) << report;
  EXPECT_NE(report.find(why), report.npos) << report;
}

TEST(Layers, LetAFolderSeeItselfAndLowerRanks) {
  Allows("format/kernels/a.cc", "format/kernels/kernels.h");
  Allows("format/kernels/a.cc", "format/bytes/crc32c.h");
  Allows("format/kernels/x86/a.cc", "format/types/civil.h");
  Allows("format/bytes/a.cc", "tape/type.h");
}

TEST(Layers, RefuseHigherAndEqualRanks) {
  Refuses("format/bytes/a.cc", "format/kernels/kernels.h", "does not lie below format/bytes");
  Refuses("format/kernels/a.cc", "format/lanes/lanes.h", "does not lie below format/kernels");
  Refuses("format/types/a.cc", "format/bytes/crc32c.h", "does not lie below format/types");
}

TEST(Layers, LetAStackSeeOnlyWhatItStandsOn) {
  Allows("engine/io/a.cc", "format/kernels/kernels.h");
  Allows("datasets/generator/a.cc", "tape/store.h");
  Refuses("format/kernels/a.cc", "engine/io/file.h", "format does not see engine/io");
  Refuses("format/kernels/a.cc", "tape/store.h", "format does not see engine/include/tape");
  Refuses("datasets/generator/a.cc", "engine/io/file.h", "generator does not see engine/io");
  Refuses("engine/io/a.cc", "datasets/generator/random.h",
          "engine does not see datasets/generator");
}

TEST(Layers, LetPublicHeadersSeeOnlyPublicHeaders) {
  Allows("engine/include/tape/scan.h", "tape/type.h");
  Allows("engine/include/tape/scan.h", "tape/store.h");
  Refuses("engine/include/tape/scan.h", "format/bytes/crc32c.h", "only public headers");
  Refuses("format/include/tape/column.h", "format/types/civil.h", "only public headers");
  Refuses("format/include/tape/column.h", "tape/store.h", "format does not see");
}

TEST(Layers, KeepLeavesToThemselves) {
  Allows("tools/tape/a.cc", "engine/io/file.h");
  Allows("tests/format/a_test.cc", "tests/format/sample.h");
  Allows("tests/tools/a_test.cc", "tools/tape/dump.h");
  Allows("bench/micro/a.cc", "tests/support/rows.h");
  Refuses("bench/micro/a.cc", "tests/format/sample.h", "tests is a leaf");
  Refuses("tests/a.cc", "bench/micro/timer.h", "bench is a leaf");
  Refuses("tools/tape/a.cc", "tests/support/rows.h", "tests is a leaf");
  Refuses("format/bytes/a.cc", "tools/tape/dump.h", "tools is a leaf");
}

TEST(Layers, KnowTheirExceptions) {
  Allows("format/types/a.cc", "format/bytes/message.h");
  Refuses("format/include/tape/column.h", "format/bytes/message.h", "only public headers");
}

TEST(Layers, WantPathsFromTheRoot) {
  Refuses("format/bytes/a.cc", "crc32c.h", "no such file");
  Refuses("format/bytes/a.cc", "../bytes/crc32c.h", "no such file");
  Refuses("format/bytes/a.cc", "format/include/tape/type.h",
          "a public header is written \"tape/type.h\"");
  EXPECT_NE(Check("format/bytes/a.cc", "#include <tape/missing.h>\n"), "");
  EXPECT_EQ(Check("format/bytes/a.cc", "#include <tape/type.h>\n"), "");
}

TEST(Layers, GiveThirdPartiesToThoseWhoMayHaveThem) {
  Allows("format/bytes/a.cc", "absl/status/status.h");
  EXPECT_EQ(Check("tests/a_test.cc", "#include <gtest/gtest.h>\n"), "");
  EXPECT_NE(Check("format/bytes/a.cc", "#include <gtest/gtest.h>\n"), "");
}

TEST(Layers, KeepFormatPure) {
  EXPECT_EQ(Check("format/bytes/a.cc", "#include <vector>\n"), "");
  EXPECT_EQ(Check("engine/io/a.cc", "#include <fstream>\n#include <sys/mman.h>\n"), "");
  EXPECT_EQ(Check("format/bytes/a.cc", "\n#include <fstream>\n"),
            "format/bytes/a.cc:2: [layers] includes fstream, which nothing in format may\n");
  EXPECT_NE(Check("format/bytes/a.cc", "#include <sys/mman.h>\n"), "");
  EXPECT_NE(Check("format/bytes/a.cc", "#include \"absl/time/clock.h\"\n"), "");
}

TEST(Layers, KeepWordsOut) {
  EXPECT_EQ(Check("format/bytes/a.cc", "// thread_local\nint x = \"thread_local\";\n"), "");
  EXPECT_EQ(Check("engine/io/a.cc", "thread_local int x;\n"), "");
  EXPECT_EQ(Check("format/bytes/a.cc", "\nthread_local int x;\n"),
            "format/bytes/a.cc:2: [layers] uses `thread_local`, which nothing in format may\n");
}

TEST(Layers, KeepMutableStaticsOutOfFormat) {
  EXPECT_EQ(Check("format/bytes/a.cc",
                  "static constexpr int a = 1; static const int b{2}; static int F(int);"),
            "");
  EXPECT_EQ(Check("engine/io/a.cc", "static int a = 1;"), "");
  for (const char* text :
       {"void F() { static int a = 1; }", "static A a;", "static std::atomic<int> a{0};"}) {
    EXPECT_NE(Check("format/bytes/a.cc", text).find("mutable static"), std::string::npos) << text;
  }
}

TEST(Layers, AskWhereAFileLives) {
  EXPECT_NE(Check("format/newcomer/a.cc", "").find("format/newcomer/a.cc: [layers] has no place"),
            std::string::npos);
  EXPECT_NE(Check("attic/a.h", "").find("has no place"), std::string::npos);
  EXPECT_EQ(Check("docs/a.md", "#include \"x\"\n"), "");
}

TEST(LayersFile, RefusesLinesThatSayNothing) {
  for (const char* line : {"  1 format/types", "stack", "stack a over", "stack a\n 1 b private",
                           "leaf", "shared a b c", "external a/", "exception a", "pure a",
                           "keyword a", "floor a b c", "leaf a\nleaf a"}) {
    Findings found;
    ParseLayers(line, &found);
    EXPECT_EQ(found.size(), 1u) << line;
  }
}

}  // namespace
}  // namespace tape::tidy
