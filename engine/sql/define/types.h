// Names of types to types, in every spelling that PostgreSQL, TimescaleDB and SQLite have for what
// a column may be here.
//
//   TypeOf(DECIMAL(18, 8))           Type::Decimal(18, 8)
//   TypeOf(scalp.trade_side[])       refused: an ENUM is no element of an array
//   TypeOf(DATETIME)                 Type::Timestamp()
//
// A name that is none of them is looked up among the ENUM types of the catalog.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/sql/define/defining.h"
#include "engine/sql/tree/expression.h"
#include "engine/sql/tree/name.h"
#include "tape/ids.h"
#include "tape/type.h"

namespace tape::engine::sql {

absl::StatusOr<Type> TypeOf(const TypeName& name, const Defining& define);

// The ENUM that a name means where names without a schema are of this one; nothing for what is
// none.
std::optional<EnumId> EnumOf(const TypeName& name, std::string_view schema,
                             const CatalogState& state);

// Makes the name of an ENUM mean the same to one who reads it with `schema` for names without one:
// an empty one is nobody's.
void QualifyType(TypeName& own, std::string_view schema, const Defining& define);
// The same of all types in an expression.
void QualifyTypes(Expression& own, std::string_view schema, const Defining& define);

// A type in words; an ENUM by its name.
std::string TypeText(const Type& type, const CatalogState& state);

}  // namespace tape::engine::sql
