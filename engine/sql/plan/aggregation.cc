#include "engine/sql/plan/aggregation.h"

#include <string>
#include <utility>

#include "engine/exec/aggregate/aggregator.h"
#include "engine/exec/make.h"
#include "engine/sql/printer.h"
#include "engine/sql/tree/children.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using exec::ExpressionPtr;
using format::Concat;

bool IsAggregateCall(const sql::Call& call) {
  return !call.over && call.function.parts.size() == 1 &&
         exec::IsAggregateName(call.function.last().text);
}

bool IsExtreme(std::string_view name) {
  return name == "min" || name == "max" || name == "first" || name == "last";
}

}  // namespace

bool HasAggregate(const Expression& expression) {
  const auto* invocation = expression.As<Invocation>();
  if (invocation != nullptr && IsAggregateCall(*invocation->call)) return true;
  bool found = false;
  ForEachChild(expression, [&](const Expression& child) { found = found || HasAggregate(child); });
  return found;
}

void Aggregation::AddKey(const Expression& tree, ExpressionPtr bound,
                         std::optional<size_t> stands_for) {
  if (!stands_for && bound->kind() == exec::ExpressionKind::kColumn) {
    stands_for = static_cast<const exec::ColumnReference&>(*bound).index();
  }
  keys_.push_back({.tree = &tree, .bound = std::move(bound), .stands_for = stands_for});
}

ExpressionPtr Aggregation::KeyColumn(size_t index) const {
  const exec::Expression& key = *keys_[index].bound;
  return exec::MakeColumn(index, key.type(), OutputName(*keys_[index].tree), key.labels());
}

std::optional<BindHook::Bound> Aggregation::Whole(const Expression& expression,
                                                  Binder& /*binder*/) {
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (*keys_[i].tree == expression) return KeyColumn(i);
  }
  const auto* column = expression.As<ColumnName>();
  if (column == nullptr) return std::nullopt;
  const absl::StatusOr<size_t> index = scope_.Find(column->name);
  if (!index.ok()) return planning_.ErrorAt(expression.place, index.status());
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (keys_[i].stands_for == *index) return KeyColumn(i);
  }
  return planning_.Invalid(expression.place,
                           Concat("column ", Print(column->name),
                                  " must appear in GROUP BY or be used in an aggregate function"));
}

std::optional<BindHook::Bound> Aggregation::Call(const sql::Call& call, Binder& /*binder*/) {
  if (call.over) return planning_.NotThere(call.place, "a window function");
  if (!IsAggregateCall(call)) return std::nullopt;
  for (size_t i = 0; i < calls_.size(); ++i) {
    if (*calls_[i] == call) {
      return exec::MakeColumn(keys_.size() + i, types_[i], call.function.last().text, labels_[i]);
    }
  }
  absl::StatusOr<exec::AggregateColumn> column = BindAggregate(call);
  if (!column.ok()) return planning_.ErrorAt(call.place, column.status());
  const bool keeps_labels = IsExtreme(call.function.last().text) && !column->arguments.empty();
  calls_.push_back(&call);
  types_.push_back(column->function->type());
  labels_.push_back(keeps_labels ? column->arguments[0]->labels() : nullptr);
  columns_.push_back(*std::move(column));
  return exec::MakeColumn(keys_.size() + columns_.size() - 1, types_.back(),
                          call.function.last().text, labels_.back());
}

absl::StatusOr<exec::AggregateColumn> Aggregation::BindAggregate(const sql::Call& call) {
  const std::string& name = call.function.last().text;
  if (!call.order_by.empty()) return planning_.NotThere(call.place, "ORDER BY in an aggregate");
  if (call.nulls != NullTreatment::kUnsaid) {
    return planning_.NotThere(call.place, "IGNORE NULLS in an aggregate");
  }
  if (call.star != call.arguments.empty() || (call.star && name != "count")) {
    return absl::InvalidArgumentError(
        Concat("aggregate function ", name, call.star ? " takes no *" : " takes an argument"));
  }
  // An aggregate in an aggregate finds no hook that knows it.
  Binder binder = planning_.BinderOf(&scope_, &subqueries_);
  exec::AggregateColumn column;
  std::vector<Type> types;
  for (const Argument& argument : call.arguments) {
    absl::StatusOr<ExpressionPtr> bound = binder.Bind(argument.value);
    if (!bound.ok()) return bound.status();
    types.push_back((*bound)->type());
    column.arguments.push_back(*std::move(bound));
  }
  if (call.filter) {
    absl::StatusOr<ExpressionPtr> filter = binder.BindCondition(*call.filter);
    if (!filter.ok()) return filter.status();
    column.filter = *std::move(filter);
  }
  absl::StatusOr<exec::AggregatorPtr> function = exec::MakeAggregator(
      name, types, column.arguments.empty() ? nullptr : column.arguments[0]->labels());
  if (!function.ok()) return function.status();
  column.function = *std::move(function);
  if (call.distinct && types.size() != 1) {
    return planning_.NotThere(call.place, "DISTINCT of several arguments");
  }
  if (call.distinct) column.function = exec::MakeDistinct(std::move(column.function), types[0]);
  depends_on_order_ = depends_on_order_ || exec::DependsOnOrder(name);
  return column;
}

void Aggregation::NoteColumns(std::vector<bool>& needed) const {
  const auto note = [&](const ExpressionPtr& expression) {
    if (expression == nullptr) return;
    for (size_t column : exec::ColumnsOf(*expression)) needed[column] = true;
  };
  for (const Key& key : keys_) note(key.bound);
  for (const exec::AggregateColumn& column : columns_) {
    for (const ExpressionPtr& argument : column.arguments) note(argument);
    note(column.filter);
  }
}

exec::OperatorPtr Aggregation::Build(exec::OperatorPtr child) {
  std::vector<ExpressionPtr> keys;
  for (const Key& key : keys_) keys.push_back(key.bound);
  return std::make_unique<exec::AggregateOperator>(planning_.run(), std::move(child),
                                                   std::move(keys), std::move(columns_));
}

}  // namespace tape::engine::sql
