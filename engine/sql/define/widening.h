// What becomes of the values that are there when a column gets another type.
//
//   ChangeOfType(Type::Integer(), Type::Bigint(), false);          // kWider
//   ChangeOfType(Type::Varchar(50), Type::Varchar(20), false);     // kNarrower: if they fit
//   ChangeOfType(Type::Text(), Type::Date(), false);               // kOther: not without rewriting
//
// Wider: every value is one of the new type, and has the same bytes or is widened when it is read
// (read/widened.h). A pure function.
#pragma once

#include <cstdint>

#include "tape/type.h"

namespace tape::engine::sql {

enum class TypeChange : uint8_t { kWider, kNarrower, kOther };

// `is_symbol`: the column is stored as codes, whatever its type.
TypeChange ChangeOfType(const Type& before, const Type& after, bool is_symbol);

}  // namespace tape::engine::sql
