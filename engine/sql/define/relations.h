// What a query names: relations and types, wherever it names them.
//
//   const QueryNames names = NamesIn(query);
//   for (const ObjectName* name : names.relations) ...      // tables and views
//   for (const TypeName* type : names.types) ...            // of casts and typed literals
//
// A name that WITH has given to a query is that query where SQL says that it is seen: in what
// follows, and in itself only WITH RECURSIVE. Anywhere else the same name is a relation.
//
// Pure functions; thread-safe; the query outlives the result.
#pragma once

#include <vector>

#include "engine/sql/tree/query.h"

namespace tape::engine::sql {

struct QueryNames {
  std::vector<const ObjectName*> relations{};
  std::vector<const TypeName*> types{};
  // It reads columns that it does not name: by a star, or by a NATURAL JOIN.
  bool unnamed_columns = false;
};

QueryNames NamesIn(const Query& query);

// Types of an expression without queries.
std::vector<const TypeName*> TypesIn(const Expression& expression);

}  // namespace tape::engine::sql
