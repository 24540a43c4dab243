#include "tests/tidy/cpp_source.h"

#include <gtest/gtest.h>

namespace tape::tidy {
namespace {

std::string Joined(std::string_view text) {
  std::string out;
  CppSource source = ParseCpp(text);
  for (const Token& token : source.tokens) out.append(out.empty() ? "" : " ").append(token.text);
  return out;
}

TEST(CppSource, SeparatesWordsNumbersAndSigns) {
  EXPECT_EQ(Joined("x_1+=0x1F->y::z;"), "x_1 += 0x1F -> y :: z ;");
  EXPECT_EQ(Joined("f(1'000'000, .5e3, 'a')"), "f ( 1'000'000 , .5e3 , 'a' )");
  EXPECT_EQ(Joined("a <=> b <= c << d"), "a <=> b <= c << d");
}

TEST(CppSource, ClosesTemplatesOneByOne) {
  EXPECT_EQ(Joined("V<V<int>>=1"), "V < V < int > > = 1");
}

TEST(CppSource, DropsComments) {
  EXPECT_EQ(Joined("a // b {\nc /* d { \n } */ e"), "a c e");
  EXPECT_EQ(Joined("a // continued \\\n b {\nc"), "a c");
  EXPECT_EQ(Joined("a /* never closed"), "a");
}

TEST(CppSource, KeepsLiteralsWhole) {
  EXPECT_EQ(Joined(R"(f("a \" // { b", '\'', '"'))"), R"(f ( "a \" // { b" , '\'' , '"' ))");
  EXPECT_EQ(Joined("u8\"{\" L'{' x"), "u8\"{\" L'{' x");
  EXPECT_EQ(Joined("R\"(a \" { )\" b"), "R\"(a \" { )\" b");
  EXPECT_EQ(Joined("R\"x(a )\" #include )x\" b"), "R\"x(a )\" #include )x\" b");
}

TEST(CppSource, CountsLinesAcrossEverything) {
  CppSource source = ParseCpp("/*\n*/ R\"(\n\n)\" \\\n #define X \\\n  Y\n\"s\"\nz");
  EXPECT_EQ(source.tokens.front().line, 2);
  EXPECT_EQ(source.tokens.back().text, "z");
  EXPECT_EQ(source.tokens.back().line, 8);
}

TEST(CppSource, FindsIncludes) {
  CppSource source = ParseCpp(
      "#pragma once\n#include <vector>\n  # include \"a/b.h\"  // why\n// #include <no>\n");
  ASSERT_EQ(source.includes.size(), 2u);
  EXPECT_EQ(source.includes[0].path, "vector");
  EXPECT_TRUE(source.includes[0].angled);
  EXPECT_EQ(source.includes[1].path, "a/b.h");
  EXPECT_FALSE(source.includes[1].angled);
  EXPECT_EQ(source.includes[1].line, 3);
  EXPECT_TRUE(source.pragma_once);
}

TEST(CppSource, FindsNoIncludeInsideStringsAndComments) {
  CppSource source = ParseCpp(
      "/*\n#include <a>\n#pragma once\n*/ auto s = R\"(\n#include <b>\n)\";\n#define X #include\n");
  EXPECT_TRUE(source.includes.empty());
  EXPECT_FALSE(source.pragma_once);
}

TEST(CppSource, KeepsBalancedBranchesOfIf) {
  EXPECT_EQ(Joined("#if A\nint f() {}\n#else\nint g() {}\n#endif\nh"),
            "int f ( ) { } int g ( ) { } h");
}

TEST(CppSource, DropsOtherBranchesAfterAnUnbalancedOne) {
  EXPECT_EQ(Joined("#if A\nif (a) {\n#elif B\nif (b) {\n#else\nif (c) {\n#endif\n}"),
            "if ( a ) { }");
  EXPECT_EQ(Joined("#if A\n{\n#else\n#if B\n{\n#else\n{{\n#endif\n#endif\n}"), "{ }");
}

}  // namespace
}  // namespace tape::tidy
