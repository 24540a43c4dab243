#include "tests/tidy/budgets.h"

#include <gtest/gtest.h>

#include "tests/tidy/ratchet.h"

namespace tape::tidy {
namespace {

std::string Repeat(std::string_view line, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += line;
  return out;
}

std::string FunctionOf(std::string_view head, int lines) {
  return std::string(head) + " {\n" + Repeat("  x();\n", lines - 2) + "}\n";
}

// "rule key value" of what is over budget in one file.
std::string Over(const std::string& path, const std::string& text) {
  std::string out;
  for (const Measure& m : OverBudget(Tree({{path, text}}))) {
    out += m.rule + " " + m.key + " " + std::to_string(m.value) + "\n";
  }
  return out;
}

TEST(Budgets, LimitTheLinesOfFiles) {
  EXPECT_EQ(Over("format/a.cc", Repeat(";\n", 600)), "");
  EXPECT_EQ(Over("format/a.cc", Repeat(";\n", 601)), "file-lines format/a.cc 601\n");
  EXPECT_EQ(Over("format/a.h", Repeat(";\n", 400)), "");
  EXPECT_EQ(Over("format/a.h", Repeat(";\n", 401)), "file-lines format/a.h 401\n");
  EXPECT_EQ(Over("tests/format/a_test.cc", Repeat(";\n", 800)), "");
  EXPECT_EQ(Over("tests/format/a_test.cc", Repeat(";\n", 801)),
            "file-lines tests/format/a_test.cc 801\n");
  EXPECT_EQ(Over("tools/a.py", Repeat("x\n", 601)), "file-lines tools/a.py 601\n");
  EXPECT_EQ(Over("datasets/a.csv", Repeat("x\n", 9999)), "");
}

TEST(Budgets, LimitTheLinesOfFunctionsAndTests) {
  EXPECT_EQ(Over("format/a.cc", FunctionOf("void A::F()", 60)), "");
  EXPECT_EQ(Over("format/a.cc", FunctionOf("void A::F()", 61)),
            "function-lines format/a.cc:A::F 61\n");
  EXPECT_EQ(Over("tests/a_test.cc", FunctionOf("TEST(A, B)", 61)),
            "function-lines tests/a_test.cc:A.B 61\n");
}

TEST(Budgets, LimitParameters) {
  EXPECT_EQ(Over("format/a.cc", "void F(int a, int b, int c, int d, int e) {}"), "");
  EXPECT_EQ(Over("format/a.cc", "void F(int a, int b, int c, int d, int e, int f) {}"),
            "function-parameters format/a.cc:F 6\n");
}

TEST(Budgets, LimitNestingOutsideTests) {
  std::string body = "{ for (;;) for (;;) for (;;) if (a) b(); }";
  EXPECT_EQ(Over("format/a.cc", "void F() { for (;;) for (;;) if (a) b(); }"), "");
  EXPECT_EQ(Over("format/a.cc", "void F() " + body), "function-nesting format/a.cc:F 4\n");
  EXPECT_EQ(Over("tests/a_test.cc", "TEST(A, B) " + body), "");
}

TEST(Budgets, ListFunctionLengthsInOrder) {
  Tree tree({{"format/a.cc", FunctionOf("void F()", 9) + FunctionOf("void G()", 3)},
             {"tools/b.cc", "void H() {}"}});
  EXPECT_EQ(FunctionLengths(tree, "format"), (std::vector<int>{3, 9}));
  EXPECT_EQ(FunctionLengths(tree, ""), (std::vector<int>{1, 3, 9}));
}

const std::vector<Measure> kLong = {
    {"function-lines", "format/a.cc:F", 7, 71, 60, "Name its parts."}};

TEST(Ratchet, ReportsWhatIsOverItsLimit) {
  EXPECT_EQ(Report(ApplyRatchet(kLong, "# empty\n")),
            "format/a.cc:7: [function-lines] F: 71, limit 60. Name its parts.\n");
}

TEST(Ratchet, AllowsExactlyWhatItLists) {
  EXPECT_EQ(Report(ApplyRatchet(kLong, "function-lines format/a.cc:F 71  # old\n")), "");
  EXPECT_EQ(ApplyRatchet(kLong, "function-lines format/a.cc:F 70\n").size(), 1u);
  EXPECT_EQ(ApplyRatchet(kLong, "function-nesting format/a.cc:F 71\n").size(), 2u);
}

TEST(Ratchet, FailsOnEntriesThatCouldShrink) {
  EXPECT_EQ(Report(ApplyRatchet(kLong, "\nfunction-lines format/a.cc:F 80\n")),
            "tests/tidy/ratchet.txt:2: [ratchet] function-lines format/a.cc:F got better: lower it "
            "to 71\n");
  EXPECT_EQ(
      Report(ApplyRatchet({}, "function-lines format/a.cc:F 80\n")),
      "tests/tidy/ratchet.txt:1: [ratchet] function-lines format/a.cc:F got better: remove it\n");
}

TEST(Ratchet, RefusesLinesItCannotRead) {
  EXPECT_EQ(ApplyRatchet({}, "function-lines format/a.cc:F\n").size(), 1u);
  EXPECT_EQ(ApplyRatchet({}, "function-lines format/a.cc:F many\n").size(), 1u);
}

}  // namespace
}  // namespace tape::tidy
