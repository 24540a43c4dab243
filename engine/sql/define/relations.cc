#include "engine/sql/define/relations.h"

#include <algorithm>
#include <set>
#include <string>
#include <variant>

#include "engine/sql/tree/children.h"

namespace tape::engine::sql {
namespace {

class Walk {
 public:
  std::vector<const ObjectName*> Run(const Query& query) {
    Visit(query);
    return std::move(found_);
  }

 private:
  void Visit(const Query& query) {
    for (const WithTable& table : query.with.tables) {
      known_.insert(table.name.text);
      Visit(table.query);
    }
    std::visit(Overloaded{[&](const Select& select) { Visit(select); },
                          [&](const Values& values) {
                            for (const auto& row : values.rows) VisitAll(row);
                          },
                          [&](const SetChain& chain) {
                            Visit(*chain.first);
                            for (const SetChain::Step& step : chain.steps) Visit(step.term);
                          },
                          [&](const Parenthesised& inner) { Visit(*inner.query); }},
               query.body);
    for (const OrderItem& item : query.order_by) Visit(item.key);
  }

  void Visit(const Select& select) {
    for (const FromItem& item : select.from) Visit(item);
    for (const SelectItem& item : select.items) Visit(item.value);
    VisitAll(select.distinct_on);
    VisitAll(select.group_by);
    if (select.where) Visit(*select.where);
    if (select.having) Visit(*select.having);
  }

  void VisitAll(const std::vector<Expression>& expressions) {
    for (const Expression& expression : expressions) Visit(expression);
  }

  void Visit(const FromItem& item) {
    Visit(item.first);
    for (const Join& join : item.joins) {
      Visit(join.relation);
      if (join.on) Visit(*join.on);
    }
  }

  void Visit(const Relation& relation) {
    std::visit(Overloaded{[&](const TableName& table) {
                            const bool local = table.name.parts.size() == 1 &&
                                               known_.contains(table.name.last().text);
                            if (!local) found_.push_back(&table.name);
                          },
                          [&](const TableFunction&) {},
                          [&](const DerivedTable& derived) { Visit(*derived.query); },
                          [&](const JoinedTables& joined) { Visit(*joined.tables); }},
               relation.form);
  }

  void Visit(const Expression& expression) {
    if (const auto* subquery = expression.As<Subquery>()) Visit(*subquery->query);
    if (const auto* in = expression.As<InQuery>()) Visit(*in->query);
    if (const auto* quantified = expression.As<Quantified>()) {
      if (quantified->query) Visit(*quantified->query);
    }
    ForEachChild(expression, [&](const Expression& child) { Visit(child); });
  }

  std::set<std::string> known_;
  std::vector<const ObjectName*> found_;
};

}  // namespace

std::vector<const ObjectName*> RelationsIn(const Query& query) { return Walk().Run(query); }

}  // namespace tape::engine::sql
