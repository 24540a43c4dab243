// Queries inside of the expressions of a change: each is run once, before any row is changed, and
// its rows stand in its place.
//
//   ValueQueries subqueries(context);
//   Binder binder = context.MakeBinder(&scope, &subqueries);
//   // WHERE id IN (SELECT id FROM jobs WHERE state = 'ready' ORDER BY priority LIMIT 5)
//
// (SELECT ...) is one value, NULL without a row; EXISTS, IN and = ANY are taken as well. A query
// cannot name columns of the statement around it.
//
// Thread-bound; the context outlives it.
#pragma once

#include <optional>

#include "engine/sql/bind/binder.h"
#include "engine/sql/session/statement_context.h"

namespace tape::engine::sql {

class ValueQueries final : public BindHook {
 public:
  explicit ValueQueries(const StatementContext& context) : context_(context) {}

  std::optional<Bound> Query(const Subquery& subquery, Binder& binder) override;
  std::optional<Bound> InQuery(const sql::InQuery& form, exec::ExpressionPtr operand,
                               Binder& binder) override;
  std::optional<Bound> QuantifiedQuery(const Quantified& form, exec::ExpressionPtr operand,
                                       Binder& binder) override;

 private:
  Bound RunScalar(const sql::Query& query);
  Bound RunIn(const sql::Query& query, exec::ExpressionPtr operand, bool negated);

  const StatementContext& context_;
};

}  // namespace tape::engine::sql
