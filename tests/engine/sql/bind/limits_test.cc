// Whatever the parser lets through is bound, evaluated and destroyed on a small stack, in time that
// grows with its length.
#include "engine/sql/limits.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/sql/bind/evaluated.h"
#include "tests/engine/sql/small_stack.h"

namespace tape::engine::sql {
namespace {

using exec::Batch;
using exec::Evaluation;
using exec::Selection;
using exec::Value;
using exec::Vector;

std::string Repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

// The value over one row in which whole is 1 and flag is true, or the error's first line.
std::string OfOneRow(const std::string& text) {
  Scope scope;
  const size_t table = scope.AddRelation("t");
  scope.AddColumn(table, {.name = "whole", .type = Type::Bigint()});
  scope.AddColumn(table, {.name = "flag", .type = Type::Boolean()});
  scope.AddColumn(table, {.name = "name", .type = Type::Text()});
  const auto tree = ParseExpression(text);
  if (!tree.ok()) return Complaint(tree.status());
  const auto bound = Binder(text, {.scope = &scope}).Bind(*tree);
  if (!bound.ok()) return Complaint(bound.status());
  Batch batch{.rows = 1};
  batch.columns = {Vector::Constant(Value::Bigint(1)), Vector::Constant(Value::Boolean(true)),
                   Vector::Constant(Value::Text("x"))};
  const exec::Session session;
  Evaluation evaluation(batch, session);
  const auto vector = (*bound)->Evaluate(evaluation, Selection::All(1));
  return vector.ok() ? vector->ValueAt(0).ToText() : Complaint(vector.status());
}

TEST(BindLimits, LetChainsBeAsLongAsTheParserDoes) {
  OnSmallStack([] {
    EXPECT_EQ(OfOneRow("whole" + Repeat(" + whole", kMaxTerms - 1)), std::to_string(kMaxTerms));
    EXPECT_EQ(OfOneRow("whole" + Repeat(" + 1.5", kMaxTerms / 4)), "3751.0");
    EXPECT_EQ(OfOneRow("name" + Repeat(" || name", 2000)), Repeat("x", 2001));
    EXPECT_EQ(OfOneRow("flag" + Repeat(" AND flag", kMaxTerms - 1)), "true");
    EXPECT_EQ(OfOneRow("whole = 0" + Repeat(" OR whole = 2", kMaxTerms - 1)), "false");
    EXPECT_EQ(OfOneRow("whole IN (0" + Repeat(", 2", kMaxTerms - 1) + ")"), "false");
    EXPECT_EQ(OfOneRow("1 / 0" + Repeat(" + 1", kMaxTerms - 1)), "division by zero: 1 / 0");
  });
}

struct Nest {
  std::string open;
  std::string inside;
  std::string close;
};

// Each uses its operand more than once.
TEST(BindLimits, TakeTimeInProportionToTheDepthOfTests) {
  const std::vector<Nest> nests = {
      {"(", "flag", " BETWEEN false AND true)"},
      {"(", "flag", " BETWEEN SYMMETRIC true AND false)"},
      {"(", "flag", " IS NOT DISTINCT FROM true)"},
      {"NULLIF(", "flag", ", false)"},
      {"(", "flag", " IN (flag, whole = 1, whole = 2))"},
      {"(CASE ", "flag", " WHEN flag THEN true WHEN whole = 1 THEN true ELSE false END)"},
      {"((", "flag", ", 1) <= (true, 1))"},
      {"((", "flag", ", 1) IN ((false, 1), (true, 1)))"},
      {"COALESCE(NULL, ", "flag", ")"},
      {"(NOT ", "flag", " IS NOT TRUE)"},
      {"GREATEST(false, ", "flag", ")"},
  };
  for (const Nest& nest : nests) {
    OnSmallStack([&] {
      std::string last;
      for (size_t depth = 1; depth <= kMaxHeight; ++depth) {
        const std::string value =
            OfOneRow(Repeat(nest.open, depth) + nest.inside + Repeat(nest.close, depth));
        if (value != "true") break;
        last = value;
      }
      EXPECT_EQ(last, "true") << nest.open << nest.close;
    });
  }
}

TEST(BindLimits, RefuseRowsOfTooManyValues) {
  const std::string row = "(1" + Repeat(", 1", 500) + ")";
  EXPECT_EQ(OfOneRow(row + " = " + row), "a row that is compared has at most 100 values");
  EXPECT_EQ(OfOneRow(row + " IN (" + row + ")"), "a row that is compared has at most 100 values");
}

TEST(BindLimits, RefuseTextsLongerThanAValueMayBe) {
  for (const char* text :
       {"repeat('abc', 1000000)", "lpad('a', 2000000, 'b')",
        "replace(repeat('a', 1000000), 'a', 'bc')", "repeat('a', 1000000) || repeat('b', 1000000)",
        "concat(repeat('a', 1000000), repeat('b', 1000000))"}) {
    EXPECT_EQ(ValueOf(text).status().code(), absl::StatusCode::kResourceExhausted) << text;
  }
}

}  // namespace
}  // namespace tape::engine::sql
