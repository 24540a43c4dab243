// What columns of results are called where nobody says it: PostgreSQL's rules.
#include <string>
#include <variant>

#include "engine/sql/plan/planning.h"
#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {
namespace {

std::string NameOf(const Expression& expression);

std::string NameOfSubquery(const Subquery& subquery) {
  if (subquery.kind == SubqueryKind::kExists) return "exists";
  if (subquery.kind == SubqueryKind::kArray) return "array";
  const auto* select = std::get_if<Select>(&subquery.query->body);
  if (select == nullptr || select->items.empty()) return {};
  const SelectItem& item = select->items[0];
  return item.alias ? item.alias->text : NameOf(item.value);
}

std::string NameOfCase(const Case& form) {
  const std::string name = form.otherwise ? NameOf(*form.otherwise) : std::string();
  return name.empty() ? "case" : name;
}

std::string NameOfCast(const Cast& form) {
  std::string name = NameOf(*form.operand);
  return name.empty() ? form.type->name.last().text : name;
}

// Empty where there is none.
std::string NameOf(const Expression& expression) {
  return std::visit(Overloaded{
                        [](const ColumnName& form) { return form.name.last().text; },
                        [](const Invocation& form) { return form.call->function.last().text; },
                        [](const Cast& form) { return NameOfCast(form); },
                        [](const Case& form) { return NameOfCase(form); },
                        [](const Subquery& form) { return NameOfSubquery(form); },
                        [](const TypedLiteral& form) { return form.type->name.last().text; },
                        [](const Extract&) { return std::string("extract"); },
                        [](const AtTimeZone&) { return std::string("timezone"); },
                        [](const Array&) { return std::string("array"); },
                        [](const Row&) { return std::string("row"); },
                        [](const Subscript& form) { return NameOf(*form.operand); },
                        [](const auto&) { return std::string(); },
                    },
                    expression.form);
}

}  // namespace

std::string OutputName(const Expression& expression) {
  std::string name = NameOf(expression);
  return name.empty() ? "?column?" : name;
}

}  // namespace tape::engine::sql
