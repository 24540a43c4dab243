// Every expression of a statement, those inside of its queries included, parents first: to be
// looked at or changed.
//
//   ForEveryExpression(statement, [&](Expression& expression) { ... });
//   ForEveryExpression(query, [&](Expression& expression) { ... });
//
// What a function puts in the place of an expression is entered as well. Statements of definition
// have expressions too, which are not entered: they are kept, not run. Pure functions.
#pragma once

#include <functional>

#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {

using OnExpression = std::function<void(Expression&)>;

void ForEveryExpression(Expression& expression, const OnExpression& function);
void ForEveryExpression(Query& query, const OnExpression& function);
void ForEveryExpression(Statement& statement, const OnExpression& function);

}  // namespace tape::engine::sql
