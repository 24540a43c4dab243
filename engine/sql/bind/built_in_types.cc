#include "engine/sql/bind/built_in_types.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

struct Spelling {
  std::string_view name;
  Type type;
  // How many modifiers it may have; times take digits of a second, which mean nothing here.
  size_t modifiers = 0;
};

constexpr auto kSpellings = std::to_array<Spelling>({
    {"bool", Type::Boolean()},
    {"boolean", Type::Boolean()},
    {"int2", Type::Smallint()},
    {"smallint", Type::Smallint()},
    {"int", Type::Integer()},
    {"int4", Type::Integer()},
    {"integer", Type::Integer()},
    {"bigint", Type::Bigint()},
    {"int8", Type::Bigint()},
    {"float4", Type::Real()},
    {"real", Type::Real()},
    {"double", Type::Double()},
    {"double precision", Type::Double()},
    {"float8", Type::Double()},
    {"float", Type::Double(), 1},
    {"dec", Type::Decimal(kMaxDecimalPrecision, 16), 2},
    {"decimal", Type::Decimal(kMaxDecimalPrecision, 16), 2},
    {"numeric", Type::Decimal(kMaxDecimalPrecision, 16), 2},
    {"datetime", Type::Timestamp(), 1},
    {"timestamp", Type::Timestamp(), 1},
    {"timestamp without time zone", Type::Timestamp(), 1},
    {"timestamp with time zone", Type::TimestampTz(), 1},
    {"timestamptz", Type::TimestampTz(), 1},
    {"date", Type::Date()},
    {"interval", Type::Interval()},
    {"string", Type::Text()},
    {"text", Type::Text()},
    {"character varying", Type::Varchar(), 1},
    {"varchar", Type::Varchar(), 1},
    {"symbol", Type::Symbol()},
    {"uuid", Type::Uuid()},
    {"inet", Type::Inet()},
    {"json", Type::Json()},
    {"jsonb", Type::Jsonb()},
    {"blob", Type::Bytea()},
    {"bytea", Type::Bytea()},
});

absl::StatusOr<Type> WithModifiers(const Spelling& spelling, const std::vector<uint32_t>& given) {
  if (given.empty()) return spelling.type;
  if (given.size() > spelling.modifiers) {
    return absl::InvalidArgumentError(Concat("type ", spelling.name, " takes ", spelling.modifiers,
                                             " modifiers, found ", given.size()));
  }
  // Enough to be refused, and not so much that it wraps.
  constexpr uint32_t kMost = kMaxVarcharLength + 1;
  const auto first = static_cast<int32_t>(std::min(given[0], kMost));
  const auto second = given.size() > 1 ? static_cast<int32_t>(std::min(given[1], kMost)) : 0;
  switch (spelling.type.kind()) {
    case TypeKind::kDecimal:
      return Type::Decimal(first, second);
    case TypeKind::kVarchar:
      if (first > 0) return Type::Varchar(first);
      return absl::InvalidArgumentError("a VARCHAR has at least one character");
    case TypeKind::kDouble:
      return first <= 24 ? Type::Real() : Type::Double();
    default:
      return spelling.type;
  }
}

}  // namespace

absl::StatusOr<std::optional<Type>> BuiltInType(const TypeName& name) {
  const std::string_view word = name.name.last().text;
  const auto found = std::find_if(kSpellings.begin(), kSpellings.end(),
                                  [&](const Spelling& each) { return each.name == word; });
  if (found == kSpellings.end() || name.name.parts.size() > 1) return std::optional<Type>();
  absl::StatusOr<Type> type = WithModifiers(*found, name.modifiers);
  if (!type.ok()) return type.status();
  if (name.dimensions > 1) return absl::InvalidArgumentError("an array has one dimension");
  if (name.dimensions == 1) type = Type::Array(*type);
  if (absl::Status status = type->Validate(); !status.ok() && *type != Type::Interval()) {
    return status;
  }
  return std::optional<Type>(*type);
}

bool IsUnbounded(const TypeName& name) {
  const std::string_view word = name.name.last().text;
  const bool decimal = word == "numeric" || word == "decimal" || word == "dec";
  return decimal && name.modifiers.empty() && name.dimensions == 0;
}

}  // namespace tape::engine::sql
