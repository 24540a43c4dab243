// GROUP BY: what expressions above the groups see of the rows below.
//
//   Aggregation groups(planning, from.scope, subqueries);
//   groups.AddKey(tree, bound);
//   Binder binder = planning.BinderOf(&from.scope, &groups);
//   binder.Bind(item);             // keys and aggregates in it are columns of the groups' rows
//
// The columns of those rows are the keys, then the aggregates in the order in which they were met;
// what is written twice is computed once. A column that is neither is an error that says so.
// Thread-bound.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/pipeline/aggregate_operator.h"
#include "engine/sql/bind/binder.h"
#include "engine/sql/plan/planning.h"
#include "engine/sql/plan/subqueries.h"

namespace tape::engine::sql {

class Aggregation : public BindHook {
 public:
  Aggregation(const Planning& planning, const Scope& scope, Subqueries& subqueries)
      : planning_(planning), scope_(scope), subqueries_(subqueries) {}

  // `tree` outlives this. All keys come before the first expression is bound with this.
  // `stands_for`: a column that means this key from now on, as the time does in SAMPLE BY.
  void AddKey(const Expression& tree, exec::ExpressionPtr bound,
              std::optional<size_t> stands_for = std::nullopt);

  std::optional<Bound> Whole(const Expression& expression, Binder& binder) override;
  std::optional<Bound> Call(const sql::Call& call, Binder& binder) override;
  std::optional<Bound> Query(const Subquery& subquery, Binder& binder) override {
    return subqueries_.Query(subquery, binder);
  }
  std::optional<Bound> InQuery(const sql::InQuery& form, exec::ExpressionPtr operand,
                               Binder& binder) override {
    return subqueries_.InQuery(form, std::move(operand), binder);
  }
  std::optional<Bound> QuantifiedQuery(const Quantified& form, exec::ExpressionPtr operand,
                                       Binder& binder) override {
    return subqueries_.QuantifiedQuery(form, std::move(operand), binder);
  }

  // What the groups read, of the columns of the scope.
  void NoteColumns(std::vector<bool>& needed) const;
  // Whether first or last is among the aggregates.
  bool depends_on_order() const { return depends_on_order_; }

  exec::OperatorPtr Build(exec::OperatorPtr child);

 private:
  struct Key {
    const Expression* tree;
    exec::ExpressionPtr bound;
    std::optional<size_t> stands_for;
  };

  absl::StatusOr<exec::AggregateColumn> BindAggregate(const sql::Call& call);
  exec::ExpressionPtr KeyColumn(size_t index) const;

  const Planning& planning_;
  const Scope& scope_;
  Subqueries& subqueries_;
  std::vector<Key> keys_;
  std::vector<const sql::Call*> calls_;
  std::vector<exec::AggregateColumn> columns_;
  std::vector<Type> types_;
  std::vector<exec::LabelsPtr> labels_;
  bool depends_on_order_ = false;
};

// Whether an aggregate is called in it, outside of subqueries.
bool HasAggregate(const Expression& expression);

}  // namespace tape::engine::sql
