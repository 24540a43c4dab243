// Names of types to types, in every spelling that PostgreSQL, TimescaleDB and SQLite have for what
// a column may be here.
//
//   TypeOf(DECIMAL(18, 8))           Type::Decimal(18, 8)
//   TypeOf(scalp.trade_side[])       refused: an ENUM is no element of an array
//   TypeOf(DATETIME)                 Type::Timestamp()
//
// A name that is none of them is looked up among the ENUM types of the catalog.
#pragma once

#include "absl/status/statusor.h"
#include "engine/sql/define/defining.h"
#include "engine/sql/tree/name.h"
#include "tape/type.h"

namespace tape::engine::sql {

absl::StatusOr<Type> TypeOf(const TypeName& name, const Defining& define);

// A type in words; an ENUM by its name.
std::string TypeText(const Type& type, const CatalogState& state);

}  // namespace tape::engine::sql
