// Values in the place of $1, $2, ... and ?: the statement becomes one that has them as literals.
//
//   absl::Status status = FillParameters(values, statement);
//   // WHERE id = $1 with 7 is WHERE id = 7, and with "7" WHERE id = '7'
//
// So a parameter finds its type the way a literal does, by what it meets, and nothing behind the
// parser has to know of it. A value has no text in the statement: its place is the parameter's.
//
// kInvalidArgument where there are more parameters than values or the other way round, or a number
// is none. Pure function.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "engine/sql/tree/statement.h"
#include "tape/session.h"

namespace tape::engine::sql {

absl::Status FillParameters(const std::vector<SqlValue>& values, Statement& statement);

}  // namespace tape::engine::sql
