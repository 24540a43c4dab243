#include "tests/tidy/registration.h"

#include <gtest/gtest.h>

#include "tests/tidy/cmake_text.h"

namespace tape::tidy {
namespace {

using Strings = std::vector<std::string>;

TEST(CMakeText, ReadsCallsAndArguments) {
  std::vector<CMakeCall> calls =
      ParseCMake("tape_test(a)\ntarget_sources(tape PRIVATE\n  \"b c.cc\"\n  ${X}/d.cc)\n");
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0].name, "tape_test");
  EXPECT_EQ(calls[0].args, (Strings{"a"}));
  EXPECT_EQ(calls[1].args, (Strings{"tape", "PRIVATE", "b c.cc", "${X}/d.cc"}));
}

TEST(CMakeText, LeavesCommentsOut) {
  EXPECT_TRUE(ParseCMake("# tape_test(a)\n#tape_test(b)").empty());
  EXPECT_EQ(ParseCMake("f(a # b)\n c)")[0].args, (Strings{"a", "c"}));
  EXPECT_EQ(ParseCMake("f(\"a # b\" (c) d)")[0].args, (Strings{"a # b", "c", "d"}));
}

// The report on `path` in a build of the top level and two folders.
std::string Check(const std::string& path, const std::string& list,
                  const std::string& list_of_tests = "") {
  return Report(CheckRegistration(
      Tree({{path, ""},
            {"CMakeLists.txt", "add_subdirectory(format)\nadd_subdirectory(tests)\n"},
            {"format/CMakeLists.txt", list},
            {"tests/CMakeLists.txt", list_of_tests}})));
}

TEST(Registration, AcceptsSourcesThatAListNames) {
  EXPECT_EQ(Check("format/a.cc", "target_sources(tape PRIVATE a.cc)"), "");
  EXPECT_EQ(Check("format/bytes/a.cc", "target_sources(tape PRIVATE bytes/a.cc)"), "");
  EXPECT_EQ(Check("format/a.cc", "set(x ${CMAKE_CURRENT_SOURCE_DIR}/a.cc)"), "");
  EXPECT_EQ(Check("format/shared/a.cc", "", "add_executable(x ../format/shared/a.cc)"), "");
}

TEST(Registration, RefusesSourcesThatNoListNames) {
  for (const char* list :
       {"", "# target_sources(tape PRIVATE a.cc)", "target_sources(tape PRIVATE aa.cc)",
        "target_sources(tape PRIVATE a.cc.in other/a.cc)", "add_custom_target(a)"}) {
    EXPECT_EQ(Check("format/a.cc", list),
              "format/a.cc: [registration] is not built: name it in format/CMakeLists.txt\n")
        << list;
  }
  EXPECT_NE(Check("format/bytes/a.cc", "target_sources(tape PRIVATE a.cc)"), "");
}

TEST(Registration, AcceptsStemsInOurOwnFunctions) {
  EXPECT_EQ(Check("tests/varint_fuzz.cc", "", "tape_fuzz(varint)"), "");
  EXPECT_EQ(Check("tests/fuzz/varint_fuzz.cc", "", "tape_fuzz(fuzz/varint)"), "");
  EXPECT_EQ(
      Check("tests/varint_fuzz.cc", "", "foreach(x varint crc)\n  tape_fuzz(${x})\nendforeach()"),
      "");
  EXPECT_NE(Check("tests/varint_fuzz.cc", "", "message(varint)"), "");
  EXPECT_NE(
      Check("tests/varint_fuzz.cc", "", "foreach(x varint crc)\n  message(${x})\nendforeach()"),
      "");
}

TEST(Registration, WantsTestsNamedByTapeTestInTheirFolder) {
  EXPECT_EQ(Check("tests/crc_test.cc", "", "tape_test(crc)"), "");
  EXPECT_EQ(Check("tests/crc_test.cc", "", "tape_test(crc extra.cc)"), "");
  EXPECT_EQ(Check("tests/crc_test.cc", "", "foreach(t a crc)\n  tape_test(${t})\nendforeach()"),
            "");
  for (const char* list :
       {"", "#tape_test(crc)", "tape_test(crc32)", "add_executable(x crc_test.cc)",
        "tape_test(a crc)", "foreach(t crc)\nendforeach()"}) {
    EXPECT_EQ(Check("tests/crc_test.cc", "", list),
              "tests/crc_test.cc: [registration] is not built: add tape_test(crc) to "
              "tests/CMakeLists.txt\n")
        << list;
  }
  EXPECT_NE(Check("tests/bytes/crc_test.cc", "", "tape_test(crc)"), "");
}

TEST(Registration, SeesThroughFunctionsThatCallTapeTest) {
  std::string wrapper = "function(net_test name)\n  tape_test(${name} x.cc)\nendfunction()\n";
  std::string idle = "function(net_test name)\n  message(${name})\nendfunction()\n";
  EXPECT_EQ(Check("tests/crc_test.cc", "", wrapper + "net_test(crc)"), "");
  EXPECT_NE(Check("tests/crc_test.cc", "", wrapper + "other_test(crc)"), "");
  EXPECT_NE(Check("tests/crc_test.cc", "", wrapper + "# net_test(crc)"), "");
  EXPECT_NE(Check("tests/crc_test.cc", "", idle + "net_test(crc)\ntape_test(a)"), "");
}

TEST(Registration, WantsEveryListAdded) {
  Tree orphan(
      {{"CMakeLists.txt", "# add_subdirectory(format)"}, {"format/CMakeLists.txt", "set(a b)"}});
  EXPECT_EQ(Report(CheckRegistration(orphan)),
            "format/CMakeLists.txt: [registration] is not read: add_subdirectory() it above\n");
  Tree looped({{"CMakeLists.txt",
                "foreach(f bytes kernels)\n  add_subdirectory(format/${f})\nendforeach()"},
               {"format/bytes/CMakeLists.txt", "set(a b)"}});
  EXPECT_EQ(Report(CheckRegistration(looped)), "");
  Tree project({{"CMakeLists.txt", ""}, {"tests/install/x/CMakeLists.txt", "project(x)"}});
  EXPECT_EQ(Report(CheckRegistration(project)), "");
}

}  // namespace
}  // namespace tape::tidy
