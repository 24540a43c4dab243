// Which function a name and arguments mean.
#include "engine/exec/functions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "engine/exec/casts/casts.h"
#include "engine/exec/casts/meeting.h"
#include "engine/exec/make.h"
#include "format/bytes/message.h"
#include "tape/decimal.h"

namespace tape::engine::exec {
namespace {

using format::Concat;

std::array<std::span<const Function>, 5> Tables() {
  return {NumericFunctions(), TextFunctions(), TimeFunctions(), JsonFunctions(), ArrayFunctions()};
}

std::vector<const Function*> Named(std::string_view name) {
  std::vector<const Function*> found;
  for (const std::span<const Function> table : Tables()) {
    for (const Function& function : table) {
      if (function.name == name) found.push_back(&function);
    }
  }
  return found;
}

// The type that an argument gets; of kArray, kElement and kAny its own.
Type TypeOf(Parameter parameter, const Expression& argument) {
  switch (parameter) {
    case Parameter::kBoolean:
      return Type::Boolean();
    case Parameter::kSmallint:
      return Type::Smallint();
    case Parameter::kInteger:
      return Type::Integer();
    case Parameter::kBigint:
      return Type::Bigint();
    case Parameter::kDecimal:
      return IsInteger(argument.type()) ? ToType(DecimalTypeOf(argument))
                                        : UnboundedDecimal(argument.type());
    case Parameter::kReal:
      return Type::Real();
    case Parameter::kDouble:
      return Type::Double();
    case Parameter::kText:
      return Type::Text();
    case Parameter::kDate:
      return Type::Date();
    case Parameter::kTimestamp:
      return Type::Timestamp();
    case Parameter::kTimestampTz:
      return Type::TimestampTz();
    case Parameter::kInterval:
      return Type::Interval();
    case Parameter::kUuid:
      return Type::Uuid();
    case Parameter::kInet:
      return Type::Inet();
    case Parameter::kJson:
      return Type::Json();
    case Parameter::kJsonb:
      return Type::Jsonb();
    case Parameter::kBytea:
      return Type::Bytea();
    case Parameter::kTextArray:
      return Type::Array(Type::Text());
    default:
      return argument.type();
  }
}

Parameter ParameterAt(const Function& function, size_t i) {
  return function.parameters[std::min(i, function.parameters.size() - 1)];
}

bool Takes(const Function& function, size_t arguments) {
  if (!function.variadic) return arguments == function.parameters.size();
  return arguments + 1 >= function.parameters.size();
}

// How far one type is from another that it becomes by itself.
int Distance(const Type& from, const Type& to) {
  if (IsNumber(from) && IsNumber(to)) {
    if (to.kind() == TypeKind::kDouble) return 20;
    if (to.kind() == TypeKind::kReal) return 40;
    if (to.kind() == TypeKind::kDecimal) return 30;
    return 1 + static_cast<int>(ElementOf(to)) - static_cast<int>(ElementOf(from));
  }
  if (from.IsString()) return 1;
  return to.kind() == TypeKind::kTimestampTz ? 4 : 5;
}

// Nothing where the argument cannot be passed.
std::optional<int> Cost(Parameter parameter, const Argument& argument) {
  constexpr int kUnknownToText = 2;
  constexpr int kUnknownToOther = 3;
  if (argument.unknown) {
    return parameter == Parameter::kText ? kUnknownToText : kUnknownToOther;
  }
  const Type& from = argument.value->type();
  if (parameter == Parameter::kArray) return from.IsArray() ? std::optional(0) : std::nullopt;
  if (parameter == Parameter::kElement) return from.IsArray() ? std::nullopt : std::optional(0);
  if (parameter == Parameter::kAny) return 0;
  const Type to = TypeOf(parameter, *argument.value);
  if (from.kind() == to.kind()) return 0;
  // A label is passed for text, as the text it is.
  const bool label = from.kind() == TypeKind::kEnum && parameter == Parameter::kText;
  if (!label && !CanCast(from, to, CastContext::kImplicit)) return std::nullopt;
  return Distance(from, to);
}

std::optional<int> Cost(const Function& function, const std::vector<Argument>& arguments) {
  if (!Takes(function, arguments.size())) return std::nullopt;
  int sum = function.variadic ? 1 : 0;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::optional<int> cost = Cost(ParameterAt(function, i), arguments[i]);
    if (!cost) return std::nullopt;
    sum += *cost;
  }
  return sum;
}

std::string Signature(std::string_view name, const std::vector<Argument>& arguments) {
  std::string text = Concat(name, "(");
  for (const Argument& argument : arguments) {
    if (!text.ends_with('(')) text += ", ";
    text += argument.unknown ? "unknown" : argument.value->type().ToString();
  }
  return text + ")";
}

absl::Status NoFunction(std::string_view name, const std::vector<Argument>& arguments) {
  return absl::InvalidArgumentError(
      Concat("function ", Signature(name, arguments), " does not exist"));
}

// The type of the first array among the arguments.
std::optional<Type> ArrayTypeOf(const std::vector<Argument>& arguments) {
  for (const Argument& argument : arguments) {
    if (!argument.unknown && argument.value->type().IsArray()) return argument.value->type();
  }
  return std::nullopt;
}

// What an unknown literal becomes where a parameter takes it.
Type UnknownType(Parameter parameter, const std::vector<Argument>& arguments,
                 const Argument& argument) {
  if (parameter == Parameter::kAny) return Type::Text();
  const Type array = ArrayTypeOf(arguments).value_or(Type::Array(Type::Text()));
  if (parameter == Parameter::kArray) return array;
  if (parameter == Parameter::kElement) return array.element();
  if (parameter == Parameter::kDecimal) {
    const Value* text = ConstantValue(*argument.value);
    const auto decimal = Decimal::Parse(text == nullptr ? "0" : text->text());
    return decimal.ok() ? ToType(decimal->Type()) : Type::Decimal(kMaxDecimalPrecision, 16);
  }
  return TypeOf(parameter, *argument.value);
}

absl::StatusOr<ExpressionPtr> Pass(Parameter parameter, const std::vector<Argument>& arguments,
                                   const Argument& argument) {
  if (argument.unknown) {
    return ResolveUnknown(argument.value, UnknownType(parameter, arguments, argument));
  }
  const Type& from = argument.value->type();
  // Strings of all types are the same to a kernel.
  if (parameter == Parameter::kText && from.IsString()) return argument.value;
  const std::optional<Type> array = ArrayTypeOf(arguments);
  if (array && (parameter == Parameter::kArray || parameter == Parameter::kElement)) {
    const Type to = parameter == Parameter::kArray ? *array : array->element();
    return MakeCast(argument.value, to, CastContext::kImplicit);
  }
  return MakeCast(argument.value, TypeOf(parameter, *argument.value), CastContext::kExplicit);
}

}  // namespace

Type GivesFirst(Arguments arguments) { return arguments[0]->type(); }

bool HasFunction(std::string_view name) { return !Named(name).empty(); }

absl::StatusOr<ExpressionPtr> ResolveUnknown(const ExpressionPtr& literal, const Type& to,
                                             LabelsPtr labels) {
  const Value* text = ConstantValue(*literal);
  if (text == nullptr) return MakeConstant(Value::Null(to), std::move(labels));
  const absl::StatusOr<Value> value = Value::Parse(to, text->text(), labels.get());
  if (!value.ok()) return value.status();
  return MakeConstant(*value, std::move(labels));
}

absl::StatusOr<ExpressionPtr> MakeFunction(std::string_view name, std::vector<Argument> arguments) {
  const Function* best = nullptr;
  int least = 0;
  for (const Function* function : Named(name)) {
    const std::optional<int> cost = Cost(*function, arguments);
    if (!cost || (best != nullptr && *cost >= least)) continue;
    best = function;
    least = *cost;
  }
  if (best == nullptr) return NoFunction(name, arguments);
  std::vector<ExpressionPtr> passed;
  for (size_t i = 0; i < arguments.size(); ++i) {
    auto argument = Pass(ParameterAt(*best, i), arguments, arguments[i]);
    if (!argument.ok()) return argument.status();
    passed.push_back(*std::move(argument));
  }
  const Type type = best->result(passed);
  return MakeCall({.name = best->name,
                   .kernel = best->kernel,
                   .strict = best->strict,
                   .volatility = best->volatility},
                  type, std::move(passed));
}

}  // namespace tape::engine::exec
