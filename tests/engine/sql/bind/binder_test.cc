// Names, types, parameters, places of errors, hooks.
#include "engine/sql/bind/binder.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/exec/operators/comparison.h"
#include "engine/sql/tree/query.h"
#include "tests/engine/sql/bind/evaluated.h"

namespace tape::engine::sql {
namespace {

using exec::ExpressionKind;
using exec::ExpressionPtr;
using exec::Value;

Scope Trades() {
  Scope scope;
  const size_t trades = scope.AddRelation("t", "scalp");
  scope.AddColumn(trades, {.name = "id", .type = Type::Bigserial()});
  scope.AddColumn(trades, {.name = "price", .type = Type::Decimal(18, 8)});
  scope.AddColumn(trades, {.name = "symbol", .type = Type::Symbol()});
  scope.AddColumn(trades, {.name = "name", .type = Type::Varchar(3)});
  return scope;
}

absl::StatusOr<ExpressionPtr> Bound(std::string_view text, const BindOptions& options) {
  const absl::StatusOr<Expression> tree = ParseExpression(text);
  if (!tree.ok()) return tree.status();
  return Binder(text, options).Bind(*tree);
}

std::string TypeOf(std::string_view text) {
  const Scope scope = Trades();
  const auto bound = Bound(text, {.scope = &scope});
  return bound.ok() ? (*bound)->type().ToString() : Complaint(bound.status());
}

std::string Refusal(std::string_view text) {
  const Scope scope = Trades();
  const auto bound = Bound(text, {.scope = &scope});
  return bound.ok() ? "" : std::string(bound.status().message());
}

TEST(Binder, FindsColumnsByEachOfTheirNames) {
  EXPECT_EQ(TypeOf("price"), "DECIMAL(18,8)");
  EXPECT_EQ(TypeOf("t.price"), "DECIMAL(18,8)");
  EXPECT_EQ(TypeOf("scalp.t.price"), "DECIMAL(18,8)");
  EXPECT_EQ(TypeOf("id"), "BIGINT");
  EXPECT_EQ(TypeOf("size"), "column size does not exist");
  EXPECT_EQ(TypeOf("u.price"), "column u.price does not exist");
  EXPECT_EQ(TypeOf("dex.t.price"), "column dex.t.price does not exist");
  EXPECT_EQ(TypeOf("\"Price\""), "column \"Price\" does not exist");
}

TEST(Binder, SaysWhichRelationsHaveAnAmbiguousColumn) {
  Scope scope = Trades();
  const size_t quotes = scope.AddRelation("q");
  scope.AddColumn(quotes, {.name = "price", .type = Type::Integer()});
  const auto bound = Bound("price > 1", {.scope = &scope});
  EXPECT_EQ(Complaint(bound.status()), "column price is ambiguous: it is in t and in q");
  EXPECT_TRUE(Bound("q.price > t.price", {.scope = &scope}).ok());
}

TEST(Binder, FindsAQualifiedOnlyColumnByItsRelationAlone) {
  Scope scope;
  const size_t now = scope.AddRelation("new");
  const size_t old = scope.AddRelation("old");
  scope.AddColumn(now, {.name = "price", .type = Type::Integer()});
  scope.AddColumn(old, {.name = "price", .type = Type::Bigint(), .qualified_only = true});
  EXPECT_EQ((*Bound("price", {.scope = &scope}))->type(), Type::Integer());
  EXPECT_EQ((*Bound("OLD.price", {.scope = &scope}))->type(), Type::Bigint());
}

TEST(Binder, GivesLiteralsTheTypesThatPostgresGivesThem) {
  EXPECT_EQ(TypeOf("1"), "INTEGER");
  EXPECT_EQ(TypeOf("3000000000"), "BIGINT");
  EXPECT_EQ(TypeOf("1.50"), "DECIMAL(3,2)");
  EXPECT_EQ(TypeOf("99999999999999999999"), "DECIMAL(20,0)");
  EXPECT_EQ(TypeOf("1e300"), "DOUBLE PRECISION");
  EXPECT_EQ(TypeOf("'a'"), "TEXT");
  EXPECT_EQ(TypeOf("NULL"), "TEXT");
  EXPECT_EQ(TypeOf("5s"), "INTERVAL");
  EXPECT_EQ(TypeOf("true"), "BOOLEAN");
}

TEST(Binder, GivesDecimalsTheScaleThatTheirArithmeticNeeds) {
  EXPECT_EQ(TypeOf("price + 1"), "DECIMAL(19,8)");
  EXPECT_EQ(TypeOf("price * 2"), "DECIMAL(19,8)");
  EXPECT_EQ(TypeOf("price * price"), "DECIMAL(36,16)");
  EXPECT_EQ(TypeOf("price / 3"), "DECIMAL(26,16)");
  EXPECT_EQ(TypeOf("price % 3"), "DECIMAL(9,8)");
  EXPECT_EQ(TypeOf("round(price, 2)"), "DECIMAL(13,2)");
  EXPECT_EQ(TypeOf("price::numeric"), "DECIMAL(18,8)");
  EXPECT_EQ(TypeOf("COALESCE(price, 0)"), "DECIMAL(18,8)");
}

TEST(Binder, ComparesAColumnWithAConstantOfTheColumnsOwnType) {
  const Scope scope = Trades();
  for (const std::string text : {"price > 100.5", "price > 100", "price > '100.5'", "id = 7"}) {
    const auto bound = Bound(text, {.scope = &scope});
    ASSERT_TRUE(bound.ok()) << bound.status();
    ASSERT_EQ((*bound)->kind(), ExpressionKind::kComparison) << text;
    const auto& test = static_cast<const exec::ComparisonExpression&>(**bound);
    EXPECT_EQ(test.left()->kind(), ExpressionKind::kColumn) << text;
    EXPECT_EQ(test.right()->kind(), ExpressionKind::kConstant) << text;
    EXPECT_EQ(test.right()->type(), test.left()->type()) << text;
  }
}

TEST(Binder, PutsACaretUnderWhatIsWrong) {
  EXPECT_EQ(Refusal("price > 1 AND\n  size < 2"),
            "line 2, column 3: column size does not exist\n"
            "    size < 2\n"
            "    ^");
  EXPECT_EQ(Refusal("price + true"),
            "line 1, column 7: operator does not exist: DECIMAL(18,8) + BOOLEAN\n"
            "  price + true\n"
            "        ^");
  EXPECT_EQ(Refusal("price = 'abc'"),
            "line 1, column 7: decimal \"abc\": \"a\" where a digit should be, at position 1\n"
            "  price = 'abc'\n"
            "        ^");
}

TEST(Binder, RefusesWhatIsNoExpressionOfOneRow) {
  EXPECT_EQ(TypeOf("sum(price)"),
            "aggregate function sum cannot be used here: it needs more than one row");
  EXPECT_EQ(TypeOf("count(*)"),
            "aggregate function count cannot be used here: it needs more than one row");
  EXPECT_EQ(TypeOf("row_number() OVER ()"),
            "window function row_number cannot be used here: it needs more than one row");
  EXPECT_EQ(TypeOf("(SELECT 1)"), "a subquery cannot be used here");
  EXPECT_EQ(TypeOf("id IN (SELECT 1)"), "a subquery cannot be used here");
  EXPECT_EQ(TypeOf("nonsense(1)"), "function nonsense(INTEGER) does not exist");
  EXPECT_EQ(TypeOf("upper()"), "function upper() does not exist");
  EXPECT_EQ(TypeOf("upper(DISTINCT name)"),
            "function upper is no aggregate: it takes no *, DISTINCT, ORDER BY or FILTER");
  EXPECT_EQ(TypeOf("price::nonsense"), "type nonsense does not exist");
  EXPECT_EQ(TypeOf("price::decimal(1, 2, 3)"), "type decimal takes 2 modifiers, found 3");
  EXPECT_EQ(TypeOf("price AND true"), "expected a condition of type BOOLEAN, found DECIMAL(18,8)");
  EXPECT_EQ(TypeOf("$1"), "there is no parameter $1: 0 were given");
}

TEST(Binder, ReadsParametersWhenItIsEvaluated) {
  const Type types[] = {Type::Integer(), Type::Text()};
  const std::string text = "$1 + 1 || $2";
  const auto bound = Bound("($1 + 1)::text || $2", {.parameters = types});
  ASSERT_TRUE(bound.ok()) << bound.status();
  const Value values[] = {Value::Of(Type::Integer(), int32_t{41}), Value::Text("!")};
  EXPECT_EQ(exec::EvaluateOnce(**bound, {.parameters = values})->ToText(), "42!");
  const Value others[] = {Value::Null(Type::Integer()), Value::Text("!")};
  EXPECT_EQ(exec::EvaluateOnce(**bound, {.parameters = others})->ToText(), "NULL");
  const Value wrong[] = {Value::Text("41"), Value::Text("!")};
  EXPECT_EQ(exec::EvaluateOnce(**bound, {.parameters = wrong}).status().message(),
            "parameter $1 was bound as INTEGER, its value is TEXT");
  EXPECT_EQ(exec::EvaluateOnce(**bound, {}).status().message(),
            "there is no value for parameter $1");
}

std::string Assigned(std::string_view text, const NamedType& to) {
  const absl::StatusOr<Expression> tree = ParseExpression(text);
  Binder binder(text, {});
  const auto bound = binder.BindAssignment(*tree, to);
  if (!bound.ok()) return Complaint(bound.status());
  const auto value = exec::EvaluateOnce(**bound, {});
  return value.ok() ? value->ToText() : std::string(value.status().message());
}

TEST(Binder, AssignsAsPostgresDoes) {
  EXPECT_EQ(Assigned("1.005", {Type::Decimal(10, 2)}), "1.01");
  EXPECT_EQ(Assigned("2.5", {Type::Integer()}), "3");
  EXPECT_EQ(Assigned("'7'", {Type::Bigint()}), "7");
  EXPECT_EQ(Assigned("7", {Type::Text()}), "7");
  EXPECT_EQ(Assigned("NULL", {Type::Uuid()}), "NULL");
  EXPECT_EQ(Assigned("'abc'", {Type::Varchar(3)}), "abc");
  EXPECT_EQ(Assigned("'abc  '", {Type::Varchar(3)}), "abc");
  EXPECT_EQ(Assigned("'abcd'", {Type::Varchar(3)}),
            "value \"abcd\" too long for type VARCHAR(3): it has 4 characters");
  EXPECT_EQ(Assigned("upper('abcd')", {Type::Varchar(3)}),
            "value \"ABCD\" too long for type VARCHAR(3): it has 4 characters");
  EXPECT_EQ(Assigned("upper('7')", {Type::Integer()}),
            "expected type INTEGER, found an expression of type TEXT");
  EXPECT_EQ(Assigned("true", {Type::Integer()}),
            "expected type INTEGER, found an expression of type BOOLEAN");
}

// ---- ENUMs

class Moods : public TypeNames {
 public:
  std::optional<NamedType> Find(const ObjectName& name) const override {
    if (name.last().text != "mood") return std::nullopt;
    return NamedType{Type::Enum(EnumId(3)), labels_};
  }

 private:
  exec::LabelsPtr labels_ =
      std::make_shared<exec::EnumLabels>(std::vector<std::string>{"sad", "ok", "happy"}, "mood");
};

std::string Mood(std::string_view text) {
  const Moods moods;
  const auto value = ValueOf(text, {.type_names = &moods});
  return value.ok() ? value->ToText() : Complaint(value.status());
}

TEST(Binder, OrdersLabelsByTheirDeclaration) {
  EXPECT_EQ(Mood("'sad'::mood < 'happy'::mood"), "true");
  EXPECT_EQ(Mood("'ok'::mood > 'happy'"), "false");
  EXPECT_EQ(Mood("'happy'::mood >= 'ok'"), "true");
  EXPECT_EQ(Mood("'ok'::mood = 'ok'"), "true");
  EXPECT_EQ(Mood("'ok'::mood BETWEEN 'sad' AND 'happy'"), "true");
  EXPECT_EQ(Mood("GREATEST('sad'::mood, 'happy'::mood, 'ok'::mood)"), "happy");
  EXPECT_EQ(Mood("'ok'::mood IN ('sad', 'ok')"), "true");
  EXPECT_EQ(Mood("CASE WHEN true THEN 'sad'::mood ELSE 'ok' END < 'ok'"), "true");
  EXPECT_EQ(Mood("'ok'::mood || '!'"), "ok!");
  EXPECT_EQ(Mood("upper('ok'::mood)"), "OK");
  EXPECT_EQ(Mood("('o' || 'k')::mood"), "ok");
  EXPECT_EQ(Mood("'glad'::mood"), "invalid input value for enum mood: \"glad\"");
  EXPECT_EQ(Mood("'ok'::mood = 'glad'"), "invalid input value for enum mood: \"glad\"");
  EXPECT_EQ(Mood("('gl' || 'ad')::mood"), "invalid input value for enum mood: \"glad\"");
}

// ---- hooks

// Aggregates are column 0; a subquery is 42.
class Answers : public BindHook {
 public:
  std::optional<Bound> Call(const sql::Call& call, Binder& binder) override {
    if (call.function.last().text != "sum") return std::nullopt;
    const auto argument = binder.Bind(call.arguments[0].value);
    if (!argument.ok()) return argument.status();
    return exec::MakeColumn(0, (*argument)->type(), "sum");
  }
  std::optional<Bound> Query(const Subquery& /*subquery*/, Binder& /*binder*/) override {
    return exec::MakeConstant(Value::Of(Type::Integer(), int32_t{42}));
  }
  std::optional<Bound> InQuery(const sql::InQuery& form, ExpressionPtr operand,
                               Binder& /*binder*/) override {
    return exec::MakeIn(std::move(operand),
                        {exec::MakeConstant(Value::Of(Type::Integer(), int32_t{42}))},
                        form.negated);
  }
};

TEST(BindHook, StandsForWhatNeedsManyRows) {
  const Scope scope = Trades();
  Answers answers;
  const BindOptions options{.scope = &scope, .hook = &answers};
  const auto sum = Bound("sum(price) / 2 + id", options);
  ASSERT_TRUE(sum.ok()) << sum.status();
  EXPECT_EQ(exec::ColumnsOf(**sum), std::vector<size_t>{0});
  EXPECT_EQ(ValueOf("(SELECT x FROM y) + 1", options)->ToText(), "43");
  EXPECT_EQ(ValueOf("42 NOT IN (SELECT x FROM y)", options)->ToText(), "false");
  EXPECT_EQ(Complaint(Bound("sum(nonsense)", options).status()), "column nonsense does not exist");
  EXPECT_EQ(Complaint(Bound("avg(price)", options).status()),
            "aggregate function avg cannot be used here: it needs more than one row");
}

}  // namespace
}  // namespace tape::engine::sql
