// The tables that a query names, wherever it names them.
//
//   for (const ObjectName* name : RelationsIn(query)) ...
//
// Names of WITH are not among them. Pure functions; thread-safe; the query outlives the result.
#pragma once

#include <vector>

#include "engine/sql/tree/query.h"

namespace tape::engine::sql {

std::vector<const ObjectName*> RelationsIn(const Query& query);

}  // namespace tape::engine::sql
