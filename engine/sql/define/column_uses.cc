#include "engine/sql/define/column_uses.h"

#include <algorithm>
#include <string>

#include "engine/sql/parser.h"
#include "engine/sql/printer.h"
#include "engine/sql/tree/children.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

void Collect(const Expression& expression, std::vector<const Expression*>& uses) {
  if (expression.As<ColumnName>() != nullptr) uses.push_back(&expression);
  ForEachChild(expression, [&](const Expression& child) { Collect(child, uses); });
}

bool IsQuery(const Expression& expression) {
  if (const auto* quantified = expression.As<Quantified>()) return bool(quantified->query);
  return expression.As<Subquery>() != nullptr || expression.As<InQuery>() != nullptr ||
         expression.As<Parameter>() != nullptr;
}

// The names in a copy that is the caller's own.
std::vector<ObjectName*> NamesIn(Expression& own) {
  std::vector<ObjectName*> names;
  for (const Expression* use : ColumnsIn(own)) {
    names.push_back(const_cast<ObjectName*>(&use->As<ColumnName>()->name));
  }
  return names;
}

}  // namespace

std::string PrintOneRow(const Expression& expression) {
  Expression own = expression;
  for (ObjectName* name : NamesIn(own)) name->parts = {name->last()};
  return Print(own);
}

std::optional<std::string> WithColumnRenamed(const std::string& text, std::string_view from,
                                             std::string_view to) {
  absl::StatusOr<Expression> own = ParseExpression(text);
  if (!own.ok()) return std::nullopt;
  for (ObjectName* name : NamesIn(*own)) {
    if (name->last().text == from) name->parts.back().text = to;
  }
  return Print(*own);
}

std::vector<const Expression*> ColumnsIn(const Expression& expression) {
  std::vector<const Expression*> uses;
  Collect(expression, uses);
  return uses;
}

const Expression* QueryIn(const Expression& expression) {
  if (IsQuery(expression)) return &expression;
  const Expression* found = nullptr;
  ForEachChild(expression, [&](const Expression& child) {
    if (found == nullptr) found = QueryIn(child);
  });
  return found;
}

std::optional<size_t> FindColumn(const std::vector<Column>& columns, std::string_view name) {
  const auto found = std::ranges::find(columns, name, &Column::name);
  if (found == columns.end()) return std::nullopt;
  return static_cast<size_t>(found - columns.begin());
}

absl::Status CheckOneRow(const Expression& expression, std::string_view what,
                         const TableDefinition& table, const Defining& define,
                         std::initializer_list<std::string_view> rows) {
  if (const Expression* query = QueryIn(expression)) {
    return define.At(query->place, Concat(what, " looks at one row: no subquery and no parameter"));
  }
  for (const Expression* use : ColumnsIn(expression)) {
    const ObjectName& name = use->As<ColumnName>()->name;
    const bool own = name.parts.size() == 1 || name.parts[name.parts.size() - 2].text == table.name;
    const bool of_row = name.parts.size() == 2 &&
                        std::ranges::count(rows, std::string_view(name.parts[0].text)) != 0;
    const bool known = FindColumn(table.columns, name.last().text).has_value();
    if (known && (own || of_row)) continue;
    return define.At(
        use->place,
        Concat("column ", Print(name), " of table ", Quoted(table.name), " does not exist"),
        absl::StatusCode::kNotFound);
  }
  return absl::OkStatus();
}

}  // namespace tape::engine::sql
