#include "engine/sql/plan/subqueries.h"

#include <limits>
#include <utility>

#include "engine/exec/make.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using exec::ExpressionPtr;
using exec::Value;
using format::Concat;

constexpr size_t kAllRows = std::numeric_limits<size_t>::max();

ExpressionPtr Boolean(bool value) { return exec::MakeConstant(Value::Boolean(value)); }

// A value that is NULL for every row with the truth of the operand lost: x > NULL.
ExpressionPtr UnknownTruth() { return exec::MakeConstant(Value::Null(Type::Boolean())); }

exec::Comparator ComparatorOf(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kEqual:
      return exec::Comparator::kEqual;
    case BinaryOperator::kNotEqual:
      return exec::Comparator::kNotEqual;
    case BinaryOperator::kLess:
      return exec::Comparator::kLess;
    case BinaryOperator::kLessEqual:
      return exec::Comparator::kLessEqual;
    case BinaryOperator::kGreater:
      return exec::Comparator::kGreater;
    default:
      return exec::Comparator::kGreaterEqual;
  }
}

}  // namespace

absl::StatusOr<QueryPlan> Subqueries::Plan(const sql::Query& query, Binder& binder) const {
  absl::StatusOr<QueryPlan> plan = PlanInside(planning_, query);
  if (plan.ok() || plan.status().code() != absl::StatusCode::kInvalidArgument) return plan;
  const bool missing = plan.status().message().find("does not exist") != std::string_view::npos;
  const bool outside = binder.options().scope != nullptr && binder.options().scope->columns() > 0;
  if (!missing || !outside) return plan;
  const std::string what = Concat(std::string(plan.status().message()),
                                  "\na subquery sees its own FROM only: one that names columns "
                                  "from outside of it is not there yet");
  absl::Status told(plan.status().code(), what);
  plan.status().ForEachPayload(
      [&](absl::string_view key, const absl::Cord& value) { told.SetPayload(key, value); });
  return told;
}

absl::StatusOr<Subqueries::Column> Subqueries::Run(const sql::Query& query, Binder& binder,
                                                   size_t rows_max) const {
  absl::StatusOr<QueryPlan> plan = Plan(query, binder);
  if (!plan.ok()) return plan.status();
  if (plan->columns.size() != 1) {
    return planning_.Invalid(
        query.place, Concat("a subquery here has one column, this one has ", plan->columns.size()));
  }
  Column column{.type = plan->columns[0].type, .labels = plan->columns[0].labels};
  exec::Charged charged(planning_.run());
  while (true) {
    const absl::StatusOr<exec::Rows> rows = plan->root->Next();
    if (!rows.ok()) return rows.status();
    if (rows->empty()) break;
    rows->selection.ForEach(
        [&](uint32_t row) { column.values.push_back(rows->batch->columns[0].ValueAt(row)); });
    absl::Status status = charged.Set(column.values.size() * sizeof(Value));
    if (!status.ok()) return status;
    if (column.values.size() > rows_max) {
      return planning_.Invalid(query.place,
                               "more than one row returned by a subquery used as an expression");
    }
  }
  return column;
}

Subqueries::Bound Subqueries::RunScalar(const sql::Query& query, Binder& binder) const {
  absl::StatusOr<Column> column = Run(query, binder, 1);
  if (!column.ok()) return column.status();
  return exec::MakeConstant(column->values.empty() ? Value::Null(column->type) : column->values[0],
                            column->labels);
}

Subqueries::Bound Subqueries::RunExists(const sql::Query& query, Binder& binder) const {
  absl::StatusOr<QueryPlan> plan = Plan(query, binder);
  if (!plan.ok()) return plan.status();
  const absl::StatusOr<exec::Rows> rows = plan->root->Next();
  if (!rows.ok()) return rows.status();
  return Boolean(!rows->empty());
}

std::optional<Subqueries::Bound> Subqueries::Call(const sql::Call& call, Binder& /*binder*/) {
  if (!call.over) return std::nullopt;
  return planning_.NotThere(call.place, "a window function");
}

std::optional<Subqueries::Bound> Subqueries::Query(const Subquery& subquery, Binder& binder) {
  if (subquery.kind == SubqueryKind::kScalar) return RunScalar(*subquery.query, binder);
  if (subquery.kind == SubqueryKind::kExists) return RunExists(*subquery.query, binder);
  return planning_.NotThere(subquery.query->place, "ARRAY of a query");
}

// With no rows IN is false, whatever the operand is.
std::optional<Subqueries::Bound> Subqueries::InQuery(const sql::InQuery& form,
                                                     ExpressionPtr operand, Binder& binder) {
  absl::StatusOr<Column> column = Run(*form.query, binder, kAllRows);
  if (!column.ok()) return column.status();
  if (column->values.empty()) return Boolean(form.negated);
  std::vector<ExpressionPtr> values;
  for (const Value& value : column->values) {
    values.push_back(exec::MakeConstant(value, column->labels));
  }
  return exec::MakeIn(std::move(operand), std::move(values), form.negated);
}

// x > ALL (query): true without rows; ANY: false.
std::optional<Subqueries::Bound> Subqueries::QuantifiedQuery(const Quantified& form,
                                                             ExpressionPtr operand,
                                                             Binder& binder) {
  absl::StatusOr<Column> column = Run(*form.query, binder, kAllRows);
  if (!column.ok()) return column.status();
  if (column->values.empty()) return Boolean(form.all);
  std::vector<ExpressionPtr> tests;
  for (const Value& value : column->values) {
    if (value.is_null()) {
      tests.push_back(UnknownTruth());
      continue;
    }
    Bound test = exec::MakeComparison(ComparatorOf(form.op), operand,
                                      exec::MakeConstant(value, column->labels));
    if (!test.ok()) return test;
    tests.push_back(*std::move(test));
  }
  if (tests.size() == 1) return Bound(tests[0]);
  return form.all ? exec::MakeAnd(std::move(tests)) : exec::MakeOr(std::move(tests));
}

}  // namespace tape::engine::sql
