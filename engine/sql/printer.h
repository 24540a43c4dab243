// Trees of syntax to canonical SQL: one line, keywords in upper case, names quoted where they have
// to be, no parenthesis that precedence does not ask for.
//
//   Print(*ParseStatement("select a+b as c from t where not(x=1)"))
//   // SELECT a + b AS c FROM t WHERE NOT x = 1
//
// What is printed parses to the same tree, and prints the same again; the catalog keeps views and
// checks in this form. Only a value that no text makes (a name with a zero byte) prints as
// something that does not parse.
//
// Pure functions; thread-safe. As deep as the tree, which the parser bounds.
#pragma once

#include <string>
#include <string_view>

#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {

std::string Print(const Statement& statement);
std::string Print(const Query& query);
std::string Print(const Expression& expression);
std::string Print(const TypeName& type);
std::string Print(const ObjectName& name);

// As a name: bare where it may be, or in double quotes.
std::string PrintName(std::string_view name);
// As a string, in single quotes.
std::string PrintString(std::string_view text);

}  // namespace tape::engine::sql
