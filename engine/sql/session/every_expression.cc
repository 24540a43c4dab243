#include "engine/sql/session/every_expression.h"

#include <variant>
#include <vector>

#include "engine/sql/tree/children.h"

namespace tape::engine::sql {
namespace {

// One walk. children.h gives children as const: the tree that was handed in is not.
class Walk {
 public:
  explicit Walk(const OnExpression& function) : function_(function) {}

  void Enter(Expression& expression) {
    function_(expression);
    ForEachChild(expression, [this](const Expression& child) { EnterConst(child); });
    if (auto* quantified = std::get_if<Quantified>(&expression.form)) Enter(quantified->query);
    if (auto* in = std::get_if<InQuery>(&expression.form)) Enter(in->query);
    if (auto* subquery = std::get_if<Subquery>(&expression.form)) Enter(subquery->query);
  }

  void Enter(Query& query) {
    for (WithTable& table : query.with.tables) Enter(table.query);
    std::visit(Overloaded{[this](Select& select) { Enter(select); },
                          [this](Values& values) {
                            for (auto& row : values.rows) Enter(row);
                          },
                          [this](SetChain& chain) {
                            Enter(chain.first);
                            for (SetChain::Step& step : chain.steps) Enter(step.term);
                          },
                          [this](Parenthesised& inner) { Enter(inner.query); }},
               query.body);
    for (OrderItem& item : query.order_by) Enter(item.key);
    Enter(query.limit);
    Enter(query.offset);
  }

  void Enter(Insert& insert) {
    for (WithTable& table : insert.with.tables) Enter(table.query);
    Enter(insert.source);
    if (insert.on_conflict.has_value()) {
      OnConflict& conflict = *insert.on_conflict;
      for (IndexColumn& column : conflict.target) Enter(column.key);
      Enter(conflict.target_where);
      for (Assignment& assignment : conflict.assignments) Enter(assignment.value);
      Enter(conflict.where);
    }
    for (SelectItem& item : insert.returning) Enter(item.value);
  }

  void Enter(Update& update) {
    for (WithTable& table : update.with.tables) Enter(table.query);
    for (Assignment& assignment : update.assignments) Enter(assignment.value);
    for (FromItem& item : update.from) Enter(item);
    Enter(update.where);
    for (SelectItem& item : update.returning) Enter(item.value);
  }

  void Enter(Delete& statement) {
    for (WithTable& table : statement.with.tables) Enter(table.query);
    for (FromItem& item : statement.from) Enter(item);
    Enter(statement.where);
    for (SelectItem& item : statement.returning) Enter(item.value);
  }

 private:
  void EnterConst(const Expression& child) { Enter(const_cast<Expression&>(child)); }

  template <typename T>
  void Enter(Owned<T>& owned) {
    if (owned) Enter(*owned);
  }
  void Enter(std::vector<Expression>& expressions) {
    for (Expression& expression : expressions) Enter(expression);
  }

  void Enter(Select& select) {
    Enter(select.distinct_on);
    for (SelectItem& item : select.items) Enter(item.value);
    for (FromItem& item : select.from) Enter(item);
    Enter(select.where);
    Enter(select.latest);
    if (select.sample) Enter(*select.sample);
    Enter(select.group_by);
    Enter(select.having);
    for (NamedWindow& window : select.windows) {
      ForEachChild(window.window, [this](const Expression& child) { EnterConst(child); });
    }
  }

  void Enter(LatestOn& latest) {
    Enter(latest.time);
    Enter(latest.partition_by);
  }

  void Enter(SampleBy& sample) {
    Enter(sample.period);
    Enter(sample.from);
    Enter(sample.to);
    for (Fill& fill : sample.fill) Enter(fill.value);
    if (!sample.alignment.has_value()) return;
    Enter(sample.alignment->time_zone);
    Enter(sample.alignment->offset);
  }

  void Enter(FromItem& item) {
    Enter(item.first);
    for (Join& join : item.joins) {
      Enter(join.relation);
      if (join.asof.has_value()) Enter(join.asof->tolerance);
      Enter(join.on);
    }
  }

  void Enter(Relation& relation) {
    std::visit(Overloaded{[this](TableName& table) {
                            if (table.as_of.has_value()) Enter(table.as_of->point);
                          },
                          [this](TableFunction& function) {
                            ForEachChild(function.call,
                                         [this](const Expression& child) { EnterConst(child); });
                          },
                          [this](DerivedTable& derived) { Enter(derived.query); },
                          [this](JoinedTables& joined) { Enter(joined.tables); }},
               relation.form);
    Enter(relation.latest);
  }

  const OnExpression& function_;
};

}  // namespace

void ForEveryExpression(Expression& expression, const OnExpression& function) {
  Walk(function).Enter(expression);
}

void ForEveryExpression(Query& query, const OnExpression& function) { Walk(function).Enter(query); }

void ForEveryExpression(Statement& statement, const OnExpression& function) {
  Walk walk(function);
  std::visit(Overloaded{[&](Query& query) { walk.Enter(query); },
                        [&](Insert& insert) { walk.Enter(insert); },
                        [&](Update& update) { walk.Enter(update); },
                        [&](Delete& form) { walk.Enter(form); },
                        [&](Explain& explain) {
                          if (explain.statement) ForEveryExpression(*explain.statement, function);
                        },
                        [](auto&) {}},
             statement.form);
}

}  // namespace tape::engine::sql
