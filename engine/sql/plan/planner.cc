#include "engine/sql/plan/planner.h"

#include <optional>
#include <utility>
#include <variant>

#include "engine/exec/make.h"
#include "engine/exec/pipeline/row_operators.h"
#include "engine/exec/pipeline/sort_operator.h"
#include "engine/sql/plan/planning.h"
#include "engine/sql/printer.h"
#include "engine/sql/tree/statement.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

// LIMIT and OFFSET. NULL is nothing said.
absl::StatusOr<std::optional<uint64_t>> RowsOf(const Planning& planning,
                                               const Owned<Expression>& count,
                                               std::string_view clause) {
  if (!count) return std::optional<uint64_t>();
  Binder binder = planning.BinderOf(nullptr, nullptr);
  absl::StatusOr<exec::ExpressionPtr> bound =
      binder.BindAssignment(*count, {.type = Type::Bigint()});
  if (!bound.ok()) return bound.status();
  const absl::StatusOr<exec::Value> value = exec::EvaluateOnce(**bound, planning.session());
  if (!value.ok()) return planning.ErrorAt(count->place, value.status());
  if (value->is_null()) return std::optional<uint64_t>();
  const auto rows = value->Get<int64_t>();
  if (rows < 0) return planning.Invalid(count->place, Concat(clause, " must not be negative"));
  return std::optional<uint64_t>(rows);
}

absl::StatusOr<QueryTail> TailOf(const Planning& planning, const Query& query) {
  const absl::StatusOr<std::optional<uint64_t>> limit = RowsOf(planning, query.limit, "LIMIT");
  if (!limit.ok()) return limit.status();
  const absl::StatusOr<std::optional<uint64_t>> offset = RowsOf(planning, query.offset, "OFFSET");
  if (!offset.ok()) return offset.status();
  return QueryTail{.order_by = query.order_by,
                   .offset = offset->value_or(0),
                   .limit = limit->value_or(exec::LimitOperator::kNoLimit)};
}

absl::StatusOr<QueryPlan> PlanBody(const Planning& planning, const Query& query) {
  const absl::StatusOr<QueryTail> tail = TailOf(planning, query);
  if (!tail.ok()) return tail.status();
  if (const auto* select = std::get_if<Select>(&query.body)) {
    return PlanSelect(planning, *select, *tail);
  }
  absl::StatusOr<QueryPlan> plan = std::visit(
      Overloaded{[](const Select&) -> absl::StatusOr<QueryPlan> { return QueryPlan(); },
                 [&](const Values& values) { return PlanValues(planning, values); },
                 [&](const SetChain& chain) { return PlanSets(planning, chain); },
                 [&](const Parenthesised& inner) { return PlanInside(planning, *inner.query); }},
      query.body);
  if (!plan.ok()) return plan.status();
  return WithTail(planning, *std::move(plan), *tail);
}

}  // namespace

absl::Status Planning::NotThere(Place place, std::string_view what) const {
  return ErrorAt(place, absl::UnimplementedError(Concat(what, " is not there yet")));
}

absl::StatusOr<QueryPlan> PlanInside(const Planning& planning, const Query& query) {
  if (planning.depth >= kMaxPlanDepth) {
    return planning.ErrorAt(query.place, absl::ResourceExhaustedError(
                                             Concat("queries, views and WITH are nested deeper "
                                                    "than ",
                                                    kMaxPlanDepth, " levels")));
  }
  if (++*planning.queries > kMaxPlannedQueries) {
    return planning.ErrorAt(query.place,
                            absl::ResourceExhaustedError(
                                Concat("there are more than ", kMaxPlannedQueries,
                                       " queries in this one, with views and WITH spelled out")));
  }
  if (query.with.recursive) return planning.NotThere(query.place, "WITH RECURSIVE");
  Planning inside = planning;
  ++inside.depth;
  const VisibleTables tables{
      .with = &query.with, .visible = query.with.tables.size(), .outer = planning.tables};
  if (!query.with.tables.empty()) inside.tables = &tables;
  return PlanBody(inside, query);
}

absl::StatusOr<QueryPlan> PlanQuery(std::string_view text, const Query& query,
                                    const PlanContext& context) {
  std::vector<Type> parameters;
  for (const exec::Value& value : context.run->session().parameters) {
    parameters.push_back(value.type());
  }
  size_t queries = 0;
  return PlanInside(
      {.text = text, .context = context, .parameters = parameters, .queries = &queries}, query);
}

// ---- what comes after the rows

std::vector<Type> TypesOf(const std::vector<OutputColumn>& columns) {
  std::vector<Type> types;
  for (const OutputColumn& column : columns) types.push_back(column.type);
  return types;
}

const std::string* BareName(const Expression& expression) {
  const auto* column = expression.As<ColumnName>();
  if (column == nullptr || column->name.parts.size() != 1) return nullptr;
  return &column->name.parts[0].text;
}

absl::StatusOr<std::optional<size_t>> ColumnByNumber(const Planning& planning,
                                                     const Expression& key, size_t columns,
                                                     std::string_view clause) {
  const auto* literal = key.As<Literal>();
  if (literal == nullptr) return std::optional<size_t>();
  const bool whole = literal->kind == LiteralKind::kNumber &&
                     literal->text.find_first_not_of("0123456789") == std::string::npos;
  if (!whole)
    return planning.Invalid(key.place,
                            Concat(clause, " of a constant that is no number of a column"));
  size_t number = 0;
  for (char digit : literal->text) {
    number = number > columns ? number : number * 10 + static_cast<size_t>(digit - '0');
  }
  if (number >= 1 && number <= columns) return std::optional<size_t>(number - 1);
  return planning.Invalid(key.place, Concat(clause, " position ", literal->text,
                                            " is not in the list of ", columns, " columns"));
}

// As PostgreSQL: NULL is above everything.
exec::SortKey SortKeyOf(const OrderItem& item, size_t column, exec::LabelsPtr labels) {
  const bool unsaid = item.nulls == NullsOrder::kUnsaid;
  return {.column = column,
          .descending = item.descending,
          .nulls_first = unsaid ? item.descending : item.nulls == NullsOrder::kFirst,
          .labels = std::move(labels)};
}

absl::StatusOr<QueryPlan> WithTail(const Planning& planning, QueryPlan plan,
                                   const QueryTail& tail) {
  std::vector<exec::SortKey> keys;
  for (const OrderItem& item : tail.order_by) {
    absl::StatusOr<std::optional<size_t>> column =
        ColumnByNumber(planning, item.key, plan.columns.size(), "ORDER BY");
    if (!column.ok()) return column.status();
    const std::string* name = BareName(item.key);
    for (size_t i = 0; name != nullptr && i < plan.columns.size(); ++i) {
      if (plan.columns[i].name == *name && !column->has_value()) *column = i;
    }
    if (!column->has_value()) {
      return planning.Invalid(item.key.place,
                              "ORDER BY of a set of rows takes names and numbers of its columns");
    }
    keys.push_back(SortKeyOf(item, **column, plan.columns[**column].labels));
  }
  const bool limited = tail.offset != 0 || tail.limit != exec::LimitOperator::kNoLimit;
  if (!keys.empty()) {
    const uint64_t rows = tail.limit > exec::LimitOperator::kNoLimit - tail.offset
                              ? exec::LimitOperator::kNoLimit
                              : tail.limit + tail.offset;
    plan.root = std::make_unique<exec::SortOperator>(planning.run(), std::move(plan.root),
                                                     TypesOf(plan.columns), std::move(keys), rows);
  }
  if (limited) {
    plan.root =
        std::make_unique<exec::LimitOperator>(std::move(plan.root), tail.offset, tail.limit);
  }
  return plan;
}

}  // namespace tape::engine::sql
