// Whatever the parser lets through is bound, evaluated and destroyed on a small stack, in time that
// grows with its length.
#include "engine/sql/limits.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tape/limits.h"
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

// Several rows of columns that are no constants, some of them NULL, so that results share memory
// with what they were made of.
class Rows {
 public:
  explicit Rows(size_t rows) {
    const size_t table = scope_.AddRelation("t");
    scope_.AddColumn(table, {.name = "whole", .type = Type::Bigint()});
    scope_.AddColumn(table, {.name = "name", .type = Type::Text()});
    scope_.AddColumn(table, {.name = "doc", .type = Type::Jsonb()});
    Vector whole = Vector::Make(Type::Bigint(), rows);
    Vector name = Vector::Make(Type::Text(), rows);
    Vector doc = Vector::Make(Type::Jsonb(), rows);
    for (size_t row = 0; row < rows; ++row) {
      whole.Mutable<int64_t>()[row] = 1;
      whole.MutableValidity()[row] = row % 3 == 2 ? 0 : 1;
      name.Mutable<std::string_view>()[row] = "x";
      name.MutableValidity()[row] = row % 2 == 1 ? 0 : 1;
      doc.Mutable<std::string_view>()[row] = "[[[[1]]]]";
    }
    batch_ = {.rows = rows, .columns = {whole, name, doc}};
  }

  // The first row's value, or the error's first line.
  std::string First(const std::string& text, const exec::Session& session = {}) const {
    const auto tree = ParseExpression(text);
    if (!tree.ok()) return Complaint(tree.status());
    const auto bound = Binder(text, {.scope = &scope_}).Bind(*tree);
    if (!bound.ok()) return Complaint(bound.status());
    Evaluation evaluation(batch_, session);
    const auto vector = (*bound)->Evaluate(evaluation, Selection::All(batch_.rows));
    return vector.ok() ? vector->ValueAt(0).ToText() : Complaint(vector.status());
  }

 private:
  Scope scope_;
  Batch batch_;
};

TEST(BindLimits, DestroyWhatAChainMadeWithoutAFrameForEachLink) {
  OnSmallStack([] {
    const Rows rows(4);
    EXPECT_EQ(rows.First("whole" + Repeat(" + whole", kMaxTerms - 1)), std::to_string(kMaxTerms));
    EXPECT_EQ(rows.First("name" + Repeat(" || name", kMaxTerms - 1)), Repeat("x", kMaxTerms));
    EXPECT_EQ(rows.First("doc" + Repeat(" -> 0", kMaxTerms - 1)), "NULL");
    EXPECT_EQ(rows.First("doc" + Repeat(" -> 0", 3)), "[1]");
  });
}

// Of a chain of a thousand texts the last two are alive at a time, not all.
TEST(BindLimits, KeepTheTextsOfAChainOnlyAsLongAsTheyAreNeeded) {
  const Rows rows(100);
  const exec::Session session{.text_bytes_max = size_t{8} << 20};
  EXPECT_EQ(rows.First("length('' " + Repeat(" || name || repeat(name, 9)", 1000) + ")", session),
            "10000");
}

TEST(BindLimits, BoundTheTextsOfABatch) {
  const Rows rows(64);
  const exec::Session session{.text_bytes_max = size_t{4} << 20};
  EXPECT_EQ(rows.First("length(repeat(name, 100000))", session), "100000");
  const std::string refused = "the texts of one batch of rows take ";
  for (const char* text :
       {"length(repeat(name, 1000000))", "concat(repeat(name, 100000), repeat(name, 100000))",
        "substr(repeat(name, 1000000), 1, 1)", "length(lpad(name, 1000000))"}) {
    EXPECT_EQ(rows.First(text, session).substr(0, refused.size()), refused) << text;
  }
}

// As deep as the parser lets them be, each of 99 values.
TEST(BindLimits, AreNotReachedByRowsInRows) {
  constexpr size_t kDepth = 18;
  std::string wide;
  for (int i = 0; i < 98; ++i) wide += ", whole + " + std::to_string(i);
  const std::string high = Repeat(", 1000", 98);
  const auto nested = [&](const std::string& close) {
    return Repeat("((", kDepth) + "whole = 1" + Repeat(wide + ") " + close + ")", kDepth);
  };
  const std::string row = "(true" + high + ")";
  OnSmallStack([&] {
    const Rows rows(4);
    EXPECT_EQ(rows.First(nested("< " + row)), "true");
    EXPECT_EQ(rows.First(nested("= " + row)), "false");
    EXPECT_EQ(rows.First(nested("<> " + row)), "true");
    EXPECT_EQ(rows.First(nested(">= " + row)), "false");
    EXPECT_EQ(rows.First(nested("IN (" + row + ", (false" + high + "))")), "false");
  });
}

// A pair is looked at where those before it are equal.
TEST(BindLimits, LeaveTheRestOfARowAloneWhereItIsDecided) {
  const Rows rows(4);
  EXPECT_EQ(rows.First("(whole, 1 / (whole - 1)) < (2, 5)"), "true");
  EXPECT_EQ(rows.First("(whole, 1 / (whole - 1)) = (2, 5)"), "false");
  EXPECT_EQ(rows.First("(whole, 1 / (whole - 1)) < (1, 5)"), "division by zero: 1 / 0");
  EXPECT_EQ(rows.First("whole BETWEEN 2 AND 1 / (whole - 1)"), "false");
}

TEST(BindLimits, CompareJsonAsDeepAsItMayBe) {
  OnSmallStack([] {
    for (const Nest& nest : {Nest{"[", "1", "]"}, Nest{"{\"a\": ", "1", "}"}}) {
      const std::string open = Repeat(nest.open, kMaxJsonDepth);
      const std::string close = Repeat(nest.close, kMaxJsonDepth);
      const std::string one = "'" + open + "1" + close + "'::jsonb";
      const std::string same = "'" + open + " 1.0" + close + "'::jsonb";
      const std::string more = "'" + open + "2" + close + "'::jsonb";
      EXPECT_EQ(Evaluated(one + " = " + same), "true");
      EXPECT_EQ(Evaluated(one + " < " + more), "true");
      EXPECT_EQ(Evaluated(one + " @> " + same), "true");
      const auto value = ValueOf(one);
      ASSERT_TRUE(value.ok()) << value.status();
      EXPECT_EQ(value->HashCode(), ValueOf(same)->HashCode());
    }
  });
}

TEST(BindLimits, TakeTimeInProportionToTheLengthOfTexts) {
  const Rows rows(1);
  const std::string long_text = "repeat(name || '€', 200000)";
  EXPECT_EQ(rows.First("left(reverse(" + long_text + "), 2)"), "€x");
  EXPECT_EQ(rows.First("rtrim(" + long_text + ", '€x')"), "");
  EXPECT_EQ(rows.First("length(translate(" + long_text + ", " + long_text + ", ''))"), "0");
  EXPECT_EQ(rows.First("length(btrim(" + long_text + ", '-' || " + long_text + "))"), "0");
  EXPECT_EQ(Value::Parse(Type::Varchar(10), "0123456789" + std::string(1'000'000, ' '))->text(),
            "0123456789");
}

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
