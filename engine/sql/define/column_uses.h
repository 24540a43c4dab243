// Which columns an expression names, and whether it looks beyond one row.
//
//   for (const Expression* use : ColumnsIn(check)) ... use->As<ColumnName>()->name ...
//   if (const Expression* query = QueryIn(check)) ...       // a subquery: not of one row
//
// Pure functions; thread-safe. The expression must outlive what they return.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/define/defining.h"
#include "engine/sql/tree/expression.h"
#include "tape/schema.h"

namespace tape::engine::sql {

// Each use, in the order of the text; those inside of queries are not among them.
std::vector<const Expression*> ColumnsIn(const Expression& expression);

// The first subquery or parameter; nullptr where there is none.
const Expression* QueryIn(const Expression& expression);

// The expression about one row, without the table's name before columns: renames keep it right.
std::string PrintOneRow(const Expression& expression);

// The same text with a column called otherwise; nothing where it is no expression.
std::optional<std::string> WithColumnRenamed(const std::string& text, std::string_view from,
                                             std::string_view to);

// The index of a column.
std::optional<size_t> FindColumn(const std::vector<Column>& columns, std::string_view name);

// Refuses what one row of this table cannot answer: other columns, subqueries, parameters. `what`
// names the thing in messages: "a CHECK". A column may be said with its table's name, or one of
// `rows` ("new", "old"). kNotFound, with its place, for a column that the table does not have.
absl::Status CheckOneRow(const Expression& expression, std::string_view what,
                         const TableDefinition& table, const Defining& define,
                         std::initializer_list<std::string_view> rows = {});

}  // namespace tape::engine::sql
