#include "tests/tidy/functions.h"

#include <gtest/gtest.h>

#include "tests/tidy/declaration.h"
#include "tests/tidy/nesting.h"

namespace tape::tidy {
namespace {

std::string Names(std::string_view text) {
  std::string out;
  for (const Function& f : FindFunctions(ParseCpp(text)))
    out.append(out.empty() ? "" : " ").append(f.name);
  return out;
}

Function Only(std::string_view text) {
  std::vector<Function> functions = FindFunctions(ParseCpp(text));
  EXPECT_EQ(functions.size(), 1u) << text;
  return functions.empty() ? Function() : functions[0];
}

int NestingOf(const std::string& body) { return Only("void F() {" + body + "}").nesting; }
int ParametersOf(const std::string& list) { return Only("void F(" + list + ") {}").parameters; }

TEST(Functions, AreFoundAtEveryScope) {
  EXPECT_EQ(Names("int F() { return 1; } namespace a::b { namespace { void G() {} } } void H() {}"),
            "F G H");
  EXPECT_EQ(Names("class A : public B<C> { public: A() {} private: int F() const { return 1; } };"),
            "A F");
  EXPECT_EQ(Names("struct A { struct B { void F() {} } b; void G() {} } a; void H() {}"), "F G H");
  EXPECT_EQ(Names("extern \"C\" { int F(void) { return 0; } }"), "F");
  EXPECT_EQ(Names("inline namespace v1 { void F() {} }"), "F");
}

TEST(Functions, KeepTheirQualifiedNames) {
  EXPECT_EQ(Names("absl::Status Store::Impl::Open(Path p) && { return {}; }"), "Store::Impl::Open");
  EXPECT_EQ(Names("Store::~Store() { Close(); }"), "Store::~Store");
  EXPECT_EQ(Names("template <> void Sum<int>(int a) {}"), "Sum");
}

TEST(Functions, AreFoundBehindAttributesAndMacros) {
  EXPECT_EQ(Names("[[nodiscard]] __attribute__((target(\"avx2\"))) int F(int a) noexcept(true) { "
                  "return a; }"),
            "F");
  EXPECT_EQ(Names("TAPE_TARGET(\"avx2\") void F(int a) {}"), "F");
  EXPECT_EQ(Names("void F() ABSL_LOCKS_EXCLUDED(mu_) {}"), "F");
  EXPECT_EQ(Names("explicit(true) A(int a) {}"), "A");
}

TEST(Functions, AreFoundAmongTemplates) {
  EXPECT_EQ(Names("template <typename T, int N = (3 > 2)> requires (sizeof(T) > 4) std::vector<T> "
                  "F(T t) { }"),
            "F");
  EXPECT_EQ(
      Names("template <typename T> concept C = requires(T t) { t.x(); }; void F(C auto c) {}"),
      "F");
  EXPECT_EQ(Names("auto F(std::function<void(int)> f) -> decltype(f(1)) { }"), "F");
}

TEST(Functions, IncludeOperators) {
  EXPECT_EQ(Names("bool operator==(A a, B b) { return true; }"), "operator==");
  EXPECT_EQ(Names("A& A::operator=(A&& a) { return *this; }"), "operator=");
  EXPECT_EQ(Names("int operator()(int a) const { return a; }"), "operator()");
  EXPECT_EQ(Names("std::ostream& operator<<(std::ostream& out, A a) { return out; }"),
            "operator<<");
  EXPECT_EQ(Names("explicit operator bool() const { return true; }"), "operatorbool");
  EXPECT_EQ(Only("int operator()(int a, int b) const { return a; }").parameters, 2);
}

TEST(Functions, SeeThroughMemberInitializers) {
  Function f =
      Only("Foo::Foo(int a, int b) : Base<int>{a}, a_(a), b_{b}, c_{{1, 2}} { if (a) b_ = 1; }");
  EXPECT_EQ(f.name, "Foo::Foo");
  EXPECT_EQ(f.parameters, 2);
  EXPECT_EQ(f.nesting, 1);
  EXPECT_EQ(
      Names(
          "A(int a) : a_{a} {} A(char b) : a_(b) {} template <class... T> B(T... t) : T(t)... {}"),
      "A A B");
}

TEST(Functions, AreNotValuesEnumsOrDeclarations) {
  EXPECT_EQ(
      Names("int a[] = {1, 2}; std::vector<int> b{1, 2}; enum class E : int { kA = F(1), kB };"),
      "");
  EXPECT_EQ(Names("struct A { int a = 0; int b{0}; int c ABSL_GUARDED_BY(mu_){0}; alignas(64) int "
                  "d{0}; };"),
            "");
  EXPECT_EQ(Names("void F(int a = 3); auto g = F({1, 2}); static_assert(sizeof(A) == 1);"), "");
  EXPECT_EQ(Names("A::A() = default; void F() = delete; virtual void G() = 0;"), "");
  EXPECT_EQ(Names("const A kTable = {{F(1), G([] { return 1; })}}; using T = int;"), "");
}

TEST(Functions, IncludeLambdasOfTheirOwnName) {
  EXPECT_EQ(Names("constexpr auto kSort = [](int a, int b) { return a < b; };"), "kSort");
  EXPECT_EQ(Names("constexpr auto kTable = [] { return 1; }(); void F() {}"), "kTable F");
  EXPECT_EQ(Only("auto f = [](int a, int b) { if (a) return b; };").parameters, 2);
}

TEST(Functions, KeepLambdasAndLocalClassesInside) {
  EXPECT_EQ(
      Names("void F() { auto g = [](int a) { return a; }; struct A { void H() {} }; } void I() {}"),
      "F I");
}

TEST(Functions, IncludeTests) {
  Function f = Only("TEST_F(Suite, StopsAtTornTail) {\n  EXPECT_TRUE(true);\n}\n");
  EXPECT_EQ(f.name, "Suite.StopsAtTornTail");
  EXPECT_TRUE(f.is_test);
  EXPECT_EQ(f.lines, 3);
  EXPECT_FALSE(Only("void F() {}").is_test);
}

TEST(Functions, CountLinesFromNameToClosingBrace) {
  Function f = Only("// comment\ntemplate <class T>\nvoid\nF(int a,\n  int b) {\n\n  // c\n}\n");
  EXPECT_EQ(f.line, 4);
  EXPECT_EQ(f.lines, 5);
}

TEST(Functions, SurviveUnfinishedText) {
  for (const char* text :
       {"void F( {", "}", "}}} void F(", "class A {", "void F() { if (", "template <", "A::", "=[",
        "operator", "operator(", "enum {", "void F() { x({[", "void F() { case"}) {
    EXPECT_LE(FindFunctions(ParseCpp(text)).size(), 1u) << text;
  }
}

TEST(Parameters, AreCountedAtTheirOwnLevel) {
  EXPECT_EQ(ParametersOf(""), 0);
  EXPECT_EQ(ParametersOf("void"), 0);
  EXPECT_EQ(ParametersOf("int a"), 1);
  EXPECT_EQ(ParametersOf("std::map<int, std::vector<int>> a, int (*b)(int, int)"), 2);
  EXPECT_EQ(ParametersOf("std::function<void(int, int)> a, A b = {1, 2}, int c = G(1, 2)"), 3);
  EXPECT_EQ(ParametersOf("int a = kB < kC, int d, int e"), 3);
}

TEST(Nesting, CountsControlFlow) {
  EXPECT_EQ(NestingOf("x = 1;"), 0);
  EXPECT_EQ(NestingOf("if (a) { b(); }"), 1);
  EXPECT_EQ(NestingOf("for (;;) { while (a) { if (b) { c(); } } }"), 3);
  EXPECT_EQ(NestingOf("do { if (a) b(); } while (c); if (d) e();"), 2);
  EXPECT_EQ(NestingOf("switch (a) { case A: if (b) c(); break; default: d(); }"), 2);
}

TEST(Nesting, DoesNotNeedBraces) {
  EXPECT_EQ(NestingOf("for (int i = 0; i < n; ++i) for (auto x : y) if (x) z();"), 3);
  EXPECT_EQ(NestingOf("if (a) b(); else for (;;) c();"), 2);
}

TEST(Nesting, TakesAnElseIfChainAsOneChoice) {
  EXPECT_EQ(NestingOf("if (a) b(); else if (c) d(); else if (e) { f(); } else { g(); }"), 1);
  EXPECT_EQ(NestingOf("if (a) { } else if (b) { if (c) d(); }"), 2);
  EXPECT_EQ(NestingOf("if (a) { } else { if (b) c(); }"), 2);
}

TEST(Nesting, ReturnsToItsLevelAfterEachStatement) {
  EXPECT_EQ(NestingOf("if (a) b(); if (c) d(); { { if (e) f(); } }"), 1);
  EXPECT_EQ(NestingOf("if (a) [[unlikely]] { b(); } if (c) { d(); }"), 1);
  EXPECT_EQ(NestingOf("if constexpr (a) b(); else c(); if (d) e();"), 1);
}

TEST(Nesting, CountsWhatIsInsideLambdas) {
  EXPECT_EQ(NestingOf("each([&](int a) { if (a) b(); });"), 1);
  EXPECT_EQ(NestingOf("if (any([&] { for (;;) b(); })) c();"), 1);
  EXPECT_EQ(NestingOf("for (;;) { each([&] { if (a) { while (b) c(); } }); }"), 3);
  EXPECT_EQ(NestingOf("auto f = [&] { if (a) b(); }; if (c) d();"), 1);
}

TEST(Nesting, IgnoresBracedValuesAndMacroBlocks) {
  EXPECT_EQ(NestingOf("A a{1, {2, 3}}; f({1, 2}); return {1};"), 0);
  EXPECT_EQ(NestingOf("MACRO(x) { y(); } if (a) { b(); } if (c) { d(); }"), 1);
}

}  // namespace
}  // namespace tape::tidy
