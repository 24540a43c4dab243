// A batch at once gives what its rows give one by one, for any columns, NULLs and selections.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/chance.h"
#include "tests/engine/sql/bind/evaluated.h"

namespace tape::engine::sql {
namespace {

using exec::Batch;
using exec::Evaluation;
using exec::ExpressionPtr;
using exec::Selection;
using exec::Value;
using exec::Vector;

struct NamedColumn {
  const char* name;
  Type type;
  std::vector<const char*> texts;  // what its values are drawn from
};

const std::vector<NamedColumn>& Columns() {
  static const std::vector<NamedColumn> kColumns = {
      {"flag", Type::Boolean(), {"true", "false"}},
      {"small", Type::Smallint(), {"0", "1", "-1", "32767", "-32768", "7"}},
      {"whole", Type::Integer(), {"0", "1", "-5", "2147483647", "-2147483648", "12"}},
      {"big", Type::Bigint(), {"0", "3", "-3", "9223372036854775807", "1000000007"}},
      {"price", Type::Decimal(18, 8), {"0", "1.5", "-2.25", "9999999999.99999999", "0.00000001"}},
      {"wide", Type::Decimal(38, 4), {"0", "1.5", "-7.1234", "9999999999999999999999.0001"}},
      {"ratio", Type::Double(), {"0", "1.5", "-2.5", "NaN", "Infinity", "1e300", "0.1"}},
      {"single", Type::Real(), {"0", "1.5", "-2.5", "0.1", "3e38"}},
      {"name", Type::Text(), {"", "a", "abc", "ABC", "h\xC3\xA9llo", "a%b_c", "10"}},
      {"day", Type::Date(), {"2025-01-21", "2024-02-29", "1969-12-31"}},
      {"ts", Type::Timestamp(), {"2025-01-21 14:30:00.5", "1999-12-31 23:59:59", "1960-02-29"}},
      {"ids", Type::Array(Type::Integer()), {"{}", "{1,2,3}", "{NULL,5}", "{12}"}},
  };
  return kColumns;
}

constexpr const char* kTexts[] = {"small + whole",
                                  "whole + big",
                                  "whole * 2",
                                  "big / small",
                                  "big % 7",
                                  "-whole",
                                  "price + 1",
                                  "price * whole",
                                  "price / 3",
                                  "price * price",
                                  "price * big",
                                  "big - price",
                                  "big / price",
                                  "price % big",
                                  "big * small * price",
                                  "wide + price",
                                  "wide * 2.5",
                                  "price % 0.7",
                                  "price - wide",
                                  "ratio + price",
                                  "ratio * 2",
                                  "ratio / ratio",
                                  "single + single",
                                  "single * whole",
                                  "whole = small",
                                  "big > price",
                                  "price >= 1.5",
                                  "wide < price",
                                  "price <> 0.123456789",
                                  "ratio <= 1.5",
                                  "ratio = ratio",
                                  "name < 'b'",
                                  "name >= name",
                                  "day > '2025-01-01'",
                                  "ts < day",
                                  "flag AND whole > 0",
                                  "flag OR NULL",
                                  "NOT flag",
                                  "flag AND big / whole > 1",
                                  "whole <> 0 AND big / whole > 1",
                                  "flag IS TRUE",
                                  "name IS NULL",
                                  "whole IS DISTINCT FROM small",
                                  "name LIKE 'a%'",
                                  "name ILIKE '%b_'",
                                  "name LIKE name",
                                  "whole IN (1, 12, 99)",
                                  "name IN ('a', 'abc', NULL)",
                                  "price NOT IN (1.5, 2)",
                                  "whole BETWEEN small AND 12",
                                  "ratio BETWEEN SYMMETRIC 2 AND -2",
                                  "CASE WHEN flag THEN whole ELSE small END",
                                  "CASE WHEN whole = 0 THEN 0 ELSE big / whole END",
                                  "CASE name WHEN 'a' THEN 'x' WHEN 'abc' THEN name || '!' END",
                                  "COALESCE(whole, small, 5)",
                                  "COALESCE(name, 'none')",
                                  "NULLIF(whole, 12)",
                                  "GREATEST(whole, small, big)",
                                  "LEAST(price, wide)",
                                  "name || '-' || whole",
                                  "upper(name)",
                                  "length(name)",
                                  "substr(name, 2, 2)",
                                  "replace(name, 'b', 'xy')",
                                  "concat(name, whole, flag)",
                                  "round(price, 2)",
                                  "ceil(price)",
                                  "abs(whole)",
                                  "abs(wide)",
                                  "sqrt(ratio)",
                                  "whole::text",
                                  "price::integer",
                                  "ratio::integer",
                                  "name::integer",
                                  "big::smallint",
                                  "wide::decimal(18,2)",
                                  "ts::date",
                                  "day::timestamp",
                                  "day + 1",
                                  "ts + 90m",
                                  "ts - day",
                                  "day - small",
                                  "ts::text || name",
                                  "whole = ANY (ids)",
                                  "whole > ALL (ids)",
                                  "ids = '{1,2,3}'",
                                  "ids::text",
                                  "ARRAY[whole, small]",
                                  "(small, name) = (1, 'a')",
                                  "whole & 7",
                                  "whole << 2",
                                  "~big"};

Scope ColumnsScope() {
  Scope scope;
  const size_t table = scope.AddRelation("t");
  for (const NamedColumn& column : Columns()) {
    scope.AddColumn(table, {.name = column.name, .type = column.type});
  }
  return scope;
}

using Rows = std::vector<std::vector<Value>>;

Rows RandomRows(Chance& chance, size_t count) {
  Rows rows(count);
  for (std::vector<Value>& row : rows) {
    for (const NamedColumn& column : Columns()) {
      const std::string text = column.texts[chance.Below(column.texts.size())];
      row.push_back(chance.OneIn(6) ? Value::Null(column.type) : *Value::Parse(column.type, text));
    }
  }
  return rows;
}

Vector ToVector(const Rows& rows, size_t column) {
  const Type type = Columns()[column].type;
  Vector vector = Vector::Make(type, rows.size());
  exec::WithElement(exec::ElementOf(type), [&]<typename T>() {
    for (size_t row = 0; row < rows.size(); ++row) {
      const Value& value = rows[row][column];
      if (value.is_null()) vector.MutableValidity()[row] = 0;
      vector.template Mutable<T>()[row] = value.template Get<T>();
    }
  });
  return vector;
}

Batch ToBatch(const Rows& rows) {
  Batch batch{.rows = rows.size()};
  for (size_t i = 0; i < Columns().size(); ++i) batch.columns.push_back(ToVector(rows, i));
  return batch;
}

// The text of the value, or of the error.
std::string RowByRow(const ExpressionPtr& expression, const std::vector<Value>& row) {
  const Rows one = {row};
  const Batch batch = ToBatch(one);
  const exec::Session session;
  Evaluation evaluation(batch, session);
  const auto vector = expression->Evaluate(evaluation, Selection::All(1));
  return vector.ok() ? vector->ValueAt(0).ToText() : std::string(vector.status().message());
}

// Rows that have no error alone have the same values together, in any selection.
void ExpectSame(const std::string& text, const ExpressionPtr& expression, const Rows& rows,
                Chance& chance) {
  std::vector<std::string> expected;
  std::vector<uint32_t> good;
  std::optional<uint32_t> bad;
  for (uint32_t row = 0; row < rows.size(); ++row) {
    const Rows one = {rows[row]};
    const Batch batch = ToBatch(one);
    const exec::Session session;
    Evaluation evaluation(batch, session);
    const auto vector = expression->Evaluate(evaluation, Selection::All(1));
    expected.push_back(vector.ok() ? vector->ValueAt(0).ToText() : "");
    if (vector.ok() && !chance.OneIn(5)) good.push_back(row);
    if (!vector.ok() && !bad) bad = row;
  }
  const Batch batch = ToBatch(rows);
  const exec::Session session;
  Evaluation evaluation(batch, session);
  const auto some = expression->Evaluate(evaluation, Selection::Of(good));
  ASSERT_TRUE(some.ok()) << text << ": " << some.status();
  for (const uint32_t row : good) {
    ASSERT_EQ(some->ValueAt(row).ToText(), expected[row]) << text << ", row " << row;
  }
  const auto all = expression->Evaluate(evaluation, Selection::All(rows.size()));
  ASSERT_EQ(all.ok(), !bad) << text << ": " << all.status();
  if (bad) {
    ASSERT_TRUE(evaluation.failed_row()) << text;
    EXPECT_EQ(RowByRow(expression, rows[*evaluation.failed_row()]), all.status().message());
    return;
  }
  for (size_t row = 0; row < rows.size(); ++row) {
    ASSERT_EQ(all->ValueAt(row).ToText(), expected[row]) << text << ", row " << row;
  }
}

TEST(Batches, GiveWhatTheirRowsGiveOneByOne) {
  const Scope scope = ColumnsScope();
  Chance chance(7);
  for (const std::string text : kTexts) {
    const absl::StatusOr<Expression> tree = ParseExpression(text);
    ASSERT_TRUE(tree.ok()) << tree.status();
    Binder binder(text, {.scope = &scope});
    const auto bound = binder.Bind(*tree);
    ASSERT_TRUE(bound.ok()) << bound.status();
    ExpectSame(text, *bound, RandomRows(chance, 70), chance);
    ExpectSame(text, *bound, RandomRows(chance, 3), chance);
  }
}

TEST(Batches, SelectTheRowsForWhichAConditionIsTrueOrFalse) {
  const Scope scope = ColumnsScope();
  Chance chance(8);
  const Rows rows = RandomRows(chance, 500);
  const Batch batch = ToBatch(rows);
  const std::string text = "whole > 0 AND (flag OR price < 1)";
  Binder binder(text, {.scope = &scope});
  const auto bound = binder.BindCondition(*ParseExpression(text));
  ASSERT_TRUE(bound.ok()) << bound.status();
  const exec::Session session;
  Evaluation evaluation(batch, session);
  std::vector<uint32_t> yes;
  std::vector<uint32_t> no;
  const Selection all = Selection::All(rows.size());
  ASSERT_TRUE(exec::SelectTrue(**bound, evaluation, all, yes).ok());
  ASSERT_TRUE(exec::SelectFalse(**bound, evaluation, all, no).ok());
  std::map<std::string, std::vector<uint32_t>> expected;
  for (uint32_t row = 0; row < rows.size(); ++row) {
    expected[RowByRow(*bound, rows[row])].push_back(row);
  }
  EXPECT_EQ(yes, expected["true"]);
  EXPECT_EQ(no, expected["false"]);
  EXPECT_GT(expected["NULL"].size(), 0U);
}

}  // namespace
}  // namespace tape::engine::sql
