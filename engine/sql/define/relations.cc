#include "engine/sql/define/relations.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "engine/sql/tree/children.h"

namespace tape::engine::sql {
namespace {

class Walk {
 public:
  QueryNames Run(const Query& query) {
    Visit(query);
    return std::move(found_);
  }

  std::vector<const TypeName*> RunTypes(const Expression& expression) {
    Visit(expression);
    return std::move(found_.types);
  }

 private:
  void Visit(const Query& query) {
    const size_t outside = known_.size();
    if (query.with.recursive) {
      for (const WithTable& table : query.with.tables) known_.push_back(table.name.text);
    }
    for (const WithTable& table : query.with.tables) {
      Visit(table.query);
      if (!query.with.recursive) known_.push_back(table.name.text);
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
    VisitOne(query.limit);
    VisitOne(query.offset);
    known_.resize(outside);
  }

  void Visit(const Select& select) {
    for (const FromItem& item : select.from) Visit(item);
    for (const SelectItem& item : select.items) {
      if (item.value.As<Star>() != nullptr) found_.unnamed_columns = true;
      Visit(item.value);
    }
    VisitAll(select.distinct_on);
    VisitAll(select.group_by);
    VisitOne(select.where);
    VisitOne(select.having);
    if (select.latest) Visit(*select.latest);
    if (select.sample) Visit(*select.sample);
    for (const NamedWindow& window : select.windows) {
      ForEachChild(window.window, [&](const Expression& child) { Visit(child); });
    }
  }

  void Visit(const LatestOn& latest) {
    Visit(latest.time);
    VisitAll(latest.partition_by);
  }

  void Visit(const SampleBy& sample) {
    Visit(sample.period);
    VisitOne(sample.from);
    VisitOne(sample.to);
    for (const Fill& fill : sample.fill) VisitOne(fill.value);
    if (!sample.alignment.has_value()) return;
    VisitOne(sample.alignment->time_zone);
    VisitOne(sample.alignment->offset);
  }

  void VisitAll(const std::vector<Expression>& expressions) {
    for (const Expression& expression : expressions) Visit(expression);
  }

  void VisitOne(const Owned<Expression>& expression) {
    if (expression) Visit(*expression);
  }

  void Visit(const FromItem& item) {
    Visit(item.first);
    for (const Join& join : item.joins) {
      Visit(join.relation);
      VisitOne(join.on);
      if (join.asof.has_value()) VisitOne(join.asof->tolerance);
      if (join.natural) found_.unnamed_columns = true;
    }
  }

  void Visit(const Relation& relation) {
    std::visit(Overloaded{[&](const TableName& table) { Visit(table); },
                          [&](const TableFunction& function) {
                            ForEachChild(function.call,
                                         [&](const Expression& child) { Visit(child); });
                          },
                          [&](const DerivedTable& derived) { Visit(*derived.query); },
                          [&](const JoinedTables& joined) { Visit(*joined.tables); }},
               relation.form);
    if (relation.latest) Visit(*relation.latest);
  }

  void Visit(const TableName& table) {
    const bool of_with = table.name.parts.size() == 1 &&
                         std::ranges::count(known_, std::string_view(table.name.last().text)) != 0;
    if (!of_with) found_.relations.push_back(&table.name);
    if (table.as_of.has_value()) Visit(table.as_of->point);
  }

  void Visit(const Expression& expression) {
    if (const auto* subquery = expression.As<Subquery>()) Visit(*subquery->query);
    if (const auto* in = expression.As<InQuery>()) Visit(*in->query);
    if (const auto* quantified = expression.As<Quantified>()) {
      if (quantified->query) Visit(*quantified->query);
    }
    if (const auto* cast = expression.As<Cast>()) found_.types.push_back(&*cast->type);
    if (const auto* typed = expression.As<TypedLiteral>()) found_.types.push_back(&*typed->type);
    ForEachChild(expression, [&](const Expression& child) { Visit(child); });
  }

  std::vector<std::string_view> known_;  // names of WITH that are seen here
  QueryNames found_;
};

}  // namespace

QueryNames NamesIn(const Query& query) { return Walk().Run(query); }

std::vector<const TypeName*> TypesIn(const Expression& expression) {
  return Walk().RunTypes(expression);
}

}  // namespace tape::engine::sql
