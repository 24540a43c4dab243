#include "engine/sql/session/value_queries.h"

#include <utility>
#include <vector>

#include "engine/exec/make.h"
#include "engine/sql/session/queries.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {

using exec::Value;

std::optional<BindHook::Bound> ValueQueries::Query(const Subquery& subquery, Binder& /*binder*/) {
  if (subquery.kind == SubqueryKind::kScalar) return RunScalar(*subquery.query);
  if (subquery.kind != SubqueryKind::kExists) return std::nullopt;
  absl::StatusOr<RowSet> rows = RunQuery(*subquery.query, context_);
  if (!rows.ok()) return rows.status();
  return exec::MakeConstant(Value::Boolean(rows->rows() != 0));
}

BindHook::Bound ValueQueries::RunScalar(const sql::Query& query) {
  absl::StatusOr<RowSet> rows = RunQuery(query, context_);
  if (!rows.ok()) return rows.status();
  if (rows->columns() != 1) {
    return context_.At(query.place, "a subquery that is a value has one column");
  }
  if (rows->rows() > 1) {
    return context_.At(query.place, "more than one row returned by a subquery that is a value");
  }
  const NamedType& type = rows->type(0);
  const Value value = rows->rows() == 0 ? Value::Null(type.type) : rows->ValueAt(0, 0);
  return exec::MakeConstant(value, type.labels);
}

std::optional<BindHook::Bound> ValueQueries::InQuery(const sql::InQuery& form,
                                                     exec::ExpressionPtr operand,
                                                     Binder& /*binder*/) {
  return RunIn(*form.query, std::move(operand), form.negated);
}

std::optional<BindHook::Bound> ValueQueries::QuantifiedQuery(const Quantified& form,
                                                             exec::ExpressionPtr operand,
                                                             Binder& /*binder*/) {
  const bool is_in = form.op == BinaryOperator::kEqual && !form.all;
  const bool is_not_in = form.op == BinaryOperator::kNotEqual && form.all;
  if (!is_in && !is_not_in) return std::nullopt;
  return RunIn(*form.query, std::move(operand), is_not_in);
}

BindHook::Bound ValueQueries::RunIn(const sql::Query& query, exec::ExpressionPtr operand,
                                    bool negated) {
  absl::StatusOr<RowSet> rows = RunQuery(query, context_);
  if (!rows.ok()) return rows.status();
  if (rows->columns() != 1) {
    return context_.At(query.place, "the subquery of IN has one column");
  }
  if (rows->rows() == 0) return exec::MakeConstant(Value::Boolean(negated));
  std::vector<exec::ExpressionPtr> values;
  for (uint64_t row = 0; row < rows->rows(); ++row) {
    values.push_back(exec::MakeConstant(rows->ValueAt(0, row), rows->type(0).labels));
  }
  return exec::MakeIn(std::move(operand), std::move(values), negated);
}

}  // namespace tape::engine::sql
