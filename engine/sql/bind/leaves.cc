// Literals, columns, parameters, casts.
#include <string>
#include <utility>

#include "engine/exec/casts/meeting.h"
#include "engine/sql/bind/built_in_types.h"
#include "engine/sql/bind/expression_binder.h"
#include "engine/sql/printer.h"
#include "format/bytes/message.h"
#include "tape/decimal.h"
#include "tape/number_text.h"

namespace tape::engine::sql {
namespace {

using exec::CastContext;
using exec::ExpressionPtr;
using exec::Value;
using format::Concat;

// INTEGER or BIGINT where it fits, else a DECIMAL with its own digits. What is written with an
// exponent and beyond 38 digits, as 1e300, is DOUBLE PRECISION.
absl::StatusOr<Value> NumberValue(const std::string& text) {
  if (text.find_first_not_of("-0123456789") == std::string::npos) {
    if (const auto narrow = ParseInt32(text); narrow.ok()) {
      return Value::Of(Type::Integer(), *narrow);
    }
    if (const auto wide = ParseInt64(text); wide.ok()) return Value::Of(Type::Bigint(), *wide);
  }
  const absl::StatusOr<Decimal> decimal = Decimal::Parse(text);
  const bool exponent = text.find_first_of("eE") != std::string::npos;
  if (!decimal.ok() && exponent) return Value::Parse(Type::Double(), text);
  if (!decimal.ok()) return decimal.status();
  return Value::Parse(exec::ToType(decimal->Type()), text);
}

// What a SERIAL is once it is there.
Type Plain(const Type& type) {
  if (!type.IsSerial()) return type;
  return type.kind() == TypeKind::kSerial ? Type::Integer() : Type::Bigint();
}

}  // namespace

ExpressionPtr AsText(const Term& term) { return term.value; }

absl::StatusOr<ExpressionPtr> SettleLike(const Term& term, const exec::Expression& other) {
  if (!term.unknown) return term.value;
  const Type& type = other.type();
  if (type.IsString() && type.kind() != TypeKind::kEnum) return term.value;
  if (type.kind() != TypeKind::kDecimal) {
    return exec::ResolveUnknown(term.value, type, other.labels());
  }
  const Value* text = exec::ConstantValue(*term.value);
  if (text == nullptr) return exec::ResolveUnknown(term.value, type);
  const absl::StatusOr<Decimal> decimal = Decimal::Parse(text->text());
  if (!decimal.ok()) return decimal.status();
  return exec::ResolveUnknown(term.value, exec::ToType(decimal->Type()));
}

absl::StatusOr<Term> ExpressionBinder::BindLiteral(const Literal& literal) {
  switch (literal.kind) {
    case LiteralKind::kNull:
      return Term{.value = exec::MakeConstant(Value()), .unknown = true};
    case LiteralKind::kTrue:
    case LiteralKind::kFalse:
      return Term{.value = exec::MakeConstant(Value::Boolean(literal.kind == LiteralKind::kTrue))};
    case LiteralKind::kString:
      return Term{.value = exec::MakeConstant(Value::Text(literal.text)), .unknown = true};
    default:
      break;
  }
  const bool number = literal.kind == LiteralKind::kNumber;
  const absl::StatusOr<Value> value =
      number ? NumberValue(literal.text) : Value::Parse(Type::Interval(), literal.text);
  if (!value.ok()) return value.status();
  return Term{.value = exec::MakeConstant(*value)};
}

ExpressionBinder::Bound ExpressionBinder::BindNumber(const std::string& text) {
  const absl::StatusOr<Value> value = NumberValue(text);
  if (!value.ok()) return value.status();
  return exec::MakeConstant(*value);
}

ExpressionBinder::Bound ExpressionBinder::BindTypedLiteral(const TypedLiteral& literal) {
  const absl::StatusOr<NamedType> type = binder_.BindType(*literal.type);
  if (!type.ok()) return type.status();
  Term text{.value = exec::MakeConstant(Value::Text(literal.text)), .unknown = true};
  if (IsUnbounded(*literal.type)) {
    return SettleLike(text, *exec::MakeConstant(Value::Null(type->type)));
  }
  return exec::ResolveUnknown(text.value, type->type, type->labels);
}

ExpressionBinder::Bound ExpressionBinder::BindColumn(const ColumnName& column) {
  const Scope* scope = binder_.options().scope;
  if (scope == nullptr) {
    return absl::InvalidArgumentError(
        Concat("column ", Print(column.name), " does not exist: there are no columns here"));
  }
  const absl::StatusOr<size_t> index = scope->Find(column.name);
  if (!index.ok()) return index.status();
  const ScopeColumn& found = scope->column(*index);
  return exec::MakeColumn(*index, Plain(found.type), found.name, found.labels);
}

ExpressionBinder::Bound ExpressionBinder::BindParameter(const Parameter& parameter) {
  const std::span<const Type> types = binder_.options().parameters;
  if (parameter.number > types.size()) {
    return absl::InvalidArgumentError(
        Concat("there is no parameter $", parameter.number, ": ", types.size(), " were given"));
  }
  return std::make_shared<exec::ParameterReference>(parameter.number, types[parameter.number - 1]);
}

ExpressionBinder::Bound ExpressionBinder::BindCast(const Cast& cast) {
  const absl::StatusOr<NamedType> type = binder_.BindType(*cast.type);
  if (!type.ok()) return type.status();
  const Array* array = cast.operand->As<Array>();
  if (array != nullptr && array->elements.empty() && type->type.IsArray()) {
    const absl::StatusOr<Value> none = Value::Parse(type->type, "{}");
    if (!none.ok()) return none.status();
    return exec::MakeConstant(*none);
  }
  const absl::StatusOr<Term> operand = Bind(*cast.operand);
  if (!operand.ok()) return operand.status();
  const bool unbounded = IsUnbounded(*cast.type);
  if (operand->unknown) {
    if (unbounded) return SettleLike(*operand, *exec::MakeConstant(Value::Null(type->type)));
    // A string literal is cut to the length of a VARCHAR as any other text is.
    const bool varchar = type->type.kind() == TypeKind::kVarchar;
    if (!varchar) return exec::ResolveUnknown(operand->value, type->type, type->labels);
  }
  const Type to = unbounded ? exec::UnboundedDecimal(operand->value->type()) : type->type;
  return exec::MakeCast(operand->value, to, CastContext::kExplicit, type->labels);
}

}  // namespace tape::engine::sql
