// Rows of a vector, side by side in another.
//
//   Vector chosen = Gather(prices, Selection::Of(rows));     // chosen row i is prices row rows[i]
//
// Codes become texts. Pure functions; thread-safe.
#pragma once

#include "engine/exec/selection.h"
#include "engine/exec/vector.h"

namespace tape::engine::exec {

// The vector itself where all of its rows are wanted, or where it is constant.
Vector Gather(const Vector& vector, const Selection& rows);

}  // namespace tape::engine::exec
