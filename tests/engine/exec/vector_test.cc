// Vectors: what they are made from, and symbols that stay codes.
#include "engine/exec/vector.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/exec/expression.h"
#include "engine/exec/make.h"

namespace tape::engine::exec {
namespace {

std::vector<std::string> Texts(const Vector& vector, size_t rows) {
  std::vector<std::string> texts;
  for (size_t row = 0; row < rows; ++row) texts.push_back(vector.ValueAt(row).ToText());
  return texts;
}

using Strings = std::vector<std::string>;

TEST(Vector, ShowsTheRowsOfAFixedColumnWithoutACopy) {
  ColumnBuffer buffer(Physical::kInt64);
  buffer.Append(int64_t{150});
  buffer.AppendNull();
  buffer.Append(int64_t{-25});
  const ColumnView view = buffer.view();
  const Vector price = Vector::FromColumn(Type::Decimal(18, 2), view);
  EXPECT_EQ(price.Flat<int64_t>(), view.Values<int64_t>().data());
  EXPECT_EQ(price.Flat<int32_t>(), nullptr);
  EXPECT_EQ(Texts(price, 3), (Strings{"1.50", "NULL", "-0.25"}));
}

TEST(Vector, ShowsTheBytesOfAColumnWhereTheyLie) {
  ColumnBuffer buffer(Physical::kBytes);
  buffer.AppendBytes("halt");
  buffer.AppendNull();
  buffer.AppendBytes("");
  const ColumnView view = buffer.view();
  const Vector note = Vector::FromColumn(Type::Text(), view);
  EXPECT_EQ(note.At<std::string_view>(0).data(), view.Bytes(0).data());
  EXPECT_EQ(Texts(note, 3), (Strings{"halt", "NULL", ""}));
}

TEST(Vector, HasOneValueForAllRowsWhereItIsConstant) {
  const Vector seven = Vector::Constant(Value::Bigint(7));
  EXPECT_TRUE(seven.is_constant());
  EXPECT_EQ(seven.At<int64_t>(1000), 7);
  EXPECT_FALSE(seven.IsNull(1000));
  EXPECT_TRUE(Vector::Null(Type::Uuid()).IsNullConstant());
  EXPECT_EQ(Vector::Constant(Value::Text("kept")).As(Type::Symbol()).ValueAt(3).ToText(), "kept");
}

TEST(Vector, KeepsWhatItTookOverFromAnother) {
  Vector kept = Vector::Make(Type::Text(), 1);
  {
    Vector other = Vector::Make(Type::Text(), 1);
    const std::string text(100, 'x');
    kept.Mutable<std::string_view>()[0] = other.arena().Keep(text);
    kept.KeepAlive(other);
  }
  EXPECT_EQ(kept.At<std::string_view>(0), std::string(100, 'x'));
}

// ---- symbols

class Dictionary : public SymbolTexts {
 public:
  std::string_view Text(uint32_t code) const override {
    ++asked;
    return texts_[code - 1];
  }
  std::optional<uint32_t> Code(std::string_view text) const override {
    for (uint32_t i = 0; i < texts_.size(); ++i) {
      if (texts_[i] == text) return i + 1;
    }
    return std::nullopt;
  }

  mutable int asked = 0;

 private:
  Strings texts_ = {"AAPL", "MSFT", "TSLA"};
};

class Symbols : public testing::Test {
 protected:
  Symbols() {
    for (const uint32_t code : {2U, 2U, 0U, 1U, 3U, 3U}) codes_.Append(code);
    batch_.rows = codes_.rows();
    batch_.columns.push_back(Vector::FromCodes(Type::Symbol(), codes_.view(), dictionary_));
    column_ = MakeColumn(0, Type::Symbol(), "symbol");
  }

  static ExpressionPtr Text(std::string_view text) { return MakeConstant(Value::Text(text)); }

  Strings Evaluated(const absl::StatusOr<ExpressionPtr>& expression) {
    EXPECT_TRUE(expression.ok()) << expression.status();
    const Session session;
    Evaluation evaluation(batch_, session);
    const auto vector = (*expression)->Evaluate(evaluation, Selection::All(batch_.rows));
    EXPECT_TRUE(vector.ok()) << vector.status();
    return Texts(*vector, batch_.rows);
  }

  ColumnBuffer codes_{Physical::kCode32};
  Dictionary dictionary_;
  Batch batch_;
  ExpressionPtr column_;
};

TEST_F(Symbols, AreTextWhereTextIsAskedFor) {
  EXPECT_EQ(Texts(batch_.columns[0], 6), (Strings{"MSFT", "MSFT", "NULL", "AAPL", "TSLA", "TSLA"}));
  EXPECT_EQ(Evaluated(MakeComparison(Comparator::kLess, column_, Text("N"))),
            (Strings{"true", "true", "NULL", "true", "false", "false"}));
}

TEST_F(Symbols, AreComparedWithAConstantAsCodes) {
  EXPECT_EQ(Evaluated(MakeComparison(Comparator::kEqual, column_, Text("MSFT"))),
            (Strings{"true", "true", "NULL", "false", "false", "false"}));
  EXPECT_EQ(Evaluated(MakeComparison(Comparator::kNotEqual, Text("TSLA"), column_)),
            (Strings{"true", "true", "NULL", "true", "false", "false"}));
  EXPECT_EQ(Evaluated(MakeComparison(Comparator::kEqual, column_, Text("NVDA"))),
            (Strings{"false", "false", "NULL", "false", "false", "false"}));
  EXPECT_EQ(dictionary_.asked, 0);
}

TEST_F(Symbols, AreLookedUpOnceARun) {
  EXPECT_EQ(Evaluated(MakeIn(column_, {Text("AAPL"), Text("MSFT")}, false)),
            (Strings{"true", "true", "NULL", "true", "false", "false"}));
  EXPECT_EQ(dictionary_.asked, 3);
}

TEST_F(Symbols, GoThroughChoicesAndCasts) {
  EXPECT_EQ(Evaluated(MakeCoalesce({column_, Text("none")})),
            (Strings{"MSFT", "MSFT", "none", "AAPL", "TSLA", "TSLA"}));
  EXPECT_EQ(Evaluated(MakeCast(column_, Type::Varchar(2), CastContext::kExplicit)),
            (Strings{"MS", "MS", "NULL", "AA", "TS", "TS"}));
}

}  // namespace
}  // namespace tape::engine::exec
