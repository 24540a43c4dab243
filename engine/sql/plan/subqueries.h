// Subqueries in expressions: each is run once, before the query that it is in, and stands there as
// a constant.
//
//   Subqueries subqueries(planning);
//   Binder binder = planning.BinderOf(&scope, &subqueries);
//
// One that names a column from outside of it would have to run for every row; that is
// kUnimplemented, and says so. Thread-bound.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/sql/bind/binder.h"
#include "engine/sql/plan/planning.h"

namespace tape::engine::sql {

class Subqueries : public BindHook {
 public:
  explicit Subqueries(const Planning& planning) : planning_(planning) {}

  // Window functions, which no SELECT has yet.
  std::optional<Bound> Call(const sql::Call& call, Binder& binder) override;
  std::optional<Bound> Query(const Subquery& subquery, Binder& binder) override;
  std::optional<Bound> InQuery(const sql::InQuery& form, exec::ExpressionPtr operand,
                               Binder& binder) override;
  std::optional<Bound> QuantifiedQuery(const Quantified& form, exec::ExpressionPtr operand,
                                       Binder& binder) override;

 private:
  // Values of a query's one column, with its type.
  struct Column {
    Type type{};
    exec::LabelsPtr labels{};
    std::vector<exec::Value> values{};
  };

  absl::StatusOr<QueryPlan> Plan(const sql::Query& query, Binder& binder) const;
  absl::StatusOr<Column> Run(const sql::Query& query, Binder& binder, size_t rows_max) const;
  Bound RunScalar(const sql::Query& query, Binder& binder) const;
  Bound RunExists(const sql::Query& query, Binder& binder) const;

  const Planning& planning_;
};

}  // namespace tape::engine::sql
