#include "engine/sql/session/parameters.h"

#include <cmath>
#include <string>
#include <utility>

#include "engine/sql/session/every_expression.h"
#include "format/bytes/message.h"
#include "tape/decimal.h"
#include "tape/number_text.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

Expression Typed(std::string_view type, std::string text) {
  TypeName name;
  name.name.parts.push_back(Name{std::string(type), {}});
  return {.form = TypedLiteral{.type = Owned<TypeName>(std::move(name)), .text = std::move(text)}};
}

Expression LiteralOf(LiteralKind kind, std::string text = {}) {
  return {.form = Literal{.kind = kind, .text = std::move(text)}};
}

// A literal has no sign: that is an operator.
Expression NumberOf(std::string digits) {
  if (!digits.starts_with('-')) return LiteralOf(LiteralKind::kNumber, std::move(digits));
  digits.erase(0, 1);
  return {.form = Unary{.op = UnaryOperator::kMinus,
                        .operand =
                            Owned<Expression>(LiteralOf(LiteralKind::kNumber, std::move(digits)))},
          .place = {},
          .height = {2}};
}

absl::StatusOr<Expression> ExpressionOf(const SqlValue& value, uint32_t number) {
  switch (value.kind()) {
    case SqlValue::Kind::kNull:
      return LiteralOf(LiteralKind::kNull);
    case SqlValue::Kind::kBoolean:
      return LiteralOf(value.integer() != 0 ? LiteralKind::kTrue : LiteralKind::kFalse);
    case SqlValue::Kind::kInteger:
      return NumberOf(std::to_string(value.integer()));
    case SqlValue::Kind::kDouble:
      return Typed("double precision", ToText(value.real()));
    case SqlValue::Kind::kText:
      return LiteralOf(LiteralKind::kString, value.text());
    case SqlValue::Kind::kTimestamp:
      return Typed("timestamp", Timestamp::FromNanos(value.integer()).ToString());
    case SqlValue::Kind::kNumber:
      break;
  }
  if (Decimal::Parse(value.text()).ok()) return NumberOf(value.text());
  return absl::InvalidArgumentError(
      Concat("parameter $", number, ": '", value.text(), "' is no number"));
}

}  // namespace

absl::Status FillParameters(const std::vector<SqlValue>& values, Statement& statement) {
  if (statement.parameters != values.size()) {
    return absl::InvalidArgumentError(Concat("the statement has ", statement.parameters,
                                             " parameters, and ", values.size(),
                                             " values were given"));
  }
  if (values.empty()) return absl::OkStatus();
  std::vector<Expression> literals;
  for (uint32_t i = 0; i < values.size(); ++i) {
    absl::StatusOr<Expression> literal = ExpressionOf(values[i], i + 1);
    if (!literal.ok()) return literal.status();
    literals.push_back(*std::move(literal));
  }
  bool outside = true;
  ForEveryExpression(statement, [&](Expression& expression) {
    const auto* parameter = expression.As<Parameter>();
    if (parameter == nullptr) return;
    outside = false;
    const Place place = expression.place;
    expression = Expression(literals[parameter->number - 1]);
    expression.place = place;
  });
  if (!outside) return absl::OkStatus();
  return absl::InvalidArgumentError("parameters belong into queries and changes of rows");
}

}  // namespace tape::engine::sql
