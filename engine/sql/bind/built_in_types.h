// The types that SQL knows by name.
//
//   BuiltInType(name)      // DECIMAL(18, 8), double precision, varchar(10)[]
//
// Pure functions; thread-safe.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "engine/sql/tree/name.h"
#include "tape/type.h"

namespace tape::engine::sql {

// Nothing where the name is none of them; an error, without a place, for modifiers that the type
// does not take. DECIMAL without any is DECIMAL(38,16): see IsUnbounded.
absl::StatusOr<std::optional<Type>> BuiltInType(const TypeName& name);

// DECIMAL without precision and scale, which a cast takes from its operand.
bool IsUnbounded(const TypeName& name);

}  // namespace tape::engine::sql
