// The functions that SQL can call by name, and the operators that are functions under a sign.
//
//   std::vector<Argument> arguments = {{.value = price}, {.value =
//   MakeConstant(Value::Bigint(2))}}; absl::StatusOr<ExpressionPtr> rounded = MakeFunction("round",
//   std::move(arguments));
//
// A function is a row of a table: name, types of its parameters, how the type of its result
// follows, and a kernel. Several may have one name. The one that is called is the one whose
// parameters the arguments have, or become with the least change: as in PostgreSQL an integer would
// rather be DOUBLE PRECISION than DECIMAL, and a literal of unknown type rather TEXT than anything
// else.
//
// Errors: kInvalidArgument, "function round(TEXT) does not exist", without a place. Pure functions;
// thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/call.h"
#include "engine/exec/expression.h"

namespace tape::engine::exec {

// What a parameter takes.
enum class Parameter : uint8_t {
  kBoolean,
  kSmallint,
  kInteger,
  kBigint,
  kDecimal,  // any precision and scale
  kReal,
  kDouble,
  kText,
  kDate,
  kTimestamp,
  kTimestampTz,
  kInterval,
  kUuid,
  kInet,
  kJson,
  kJsonb,
  kBytea,
  kArray,    // of anything
  kElement,  // of that array
  kTextArray,
  kAny,  // as it is
};

using Arguments = std::span<const ExpressionPtr>;

struct Function {
  const char* name;
  std::vector<Parameter> parameters;
  // From the arguments, after they were cast to the parameters.
  Type (*result)(Arguments arguments);
  Kernel kernel;
  bool strict = true;
  Volatility volatility = Volatility::kImmutable;
  // The last parameter may come any number of times, also never.
  bool variadic = false;
};

template <TypeKind kKind>
Type Gives(Arguments /*arguments*/);
// The type of the first argument.
Type GivesFirst(Arguments arguments);

// The tables, by what they are about.
std::span<const Function> NumericFunctions();
std::span<const Function> TextFunctions();
std::span<const Function> TimeFunctions();
std::span<const Function> JsonFunctions();
std::span<const Function> ArrayFunctions();

struct Argument {
  ExpressionPtr value;
  // A string literal or NULL, a constant of type TEXT, that may still become anything.
  bool unknown = false;
};

absl::StatusOr<ExpressionPtr> MakeFunction(std::string_view name, std::vector<Argument> arguments);

bool HasFunction(std::string_view name);

// An unknown literal as a value of a type.
absl::StatusOr<ExpressionPtr> ResolveUnknown(const ExpressionPtr& literal, const Type& to,
                                             LabelsPtr labels = nullptr);

// ---- results that are always of one type

template <TypeKind kKind>
Type Gives(Arguments /*arguments*/) {
  switch (kKind) {
    case TypeKind::kBoolean:
      return Type::Boolean();
    case TypeKind::kSmallint:
      return Type::Smallint();
    case TypeKind::kInteger:
      return Type::Integer();
    case TypeKind::kDouble:
      return Type::Double();
    case TypeKind::kDate:
      return Type::Date();
    case TypeKind::kTimestamp:
      return Type::Timestamp();
    case TypeKind::kTimestampTz:
      return Type::TimestampTz();
    case TypeKind::kInterval:
      return Type::Interval();
    case TypeKind::kText:
      return Type::Text();
    case TypeKind::kUuid:
      return Type::Uuid();
    case TypeKind::kJson:
      return Type::Json();
    case TypeKind::kJsonb:
      return Type::Jsonb();
    case TypeKind::kBytea:
      return Type::Bytea();
    default:
      return Type::Bigint();
  }
}

}  // namespace tape::engine::exec
