// VALUES, and UNION, EXCEPT and INTERSECT.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/exec/functions.h"
#include "engine/exec/make.h"
#include "engine/exec/pipeline/row_operators.h"
#include "engine/exec/value.h"
#include "engine/sql/plan/planning.h"
#include "engine/sql/plan/subqueries.h"
#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine::sql {
namespace {

using exec::ExpressionPtr;
using format::Concat;

bool IsUnknown(const Expression& expression) {
  const auto* literal = expression.As<Literal>();
  return literal != nullptr &&
         (literal->kind == LiteralKind::kNull || literal->kind == LiteralKind::kString);
}

// The type of a column of which there are several expressions; TEXT where nothing is known.
absl::StatusOr<Type> SharedType(const std::vector<ExpressionPtr>& known) {
  if (known.empty()) return Type::Text();
  const std::optional<Type> type = exec::CommonType(known);
  if (type) return *type;
  std::string types;
  for (const ExpressionPtr& one : known) {
    types += Concat(types.empty() ? "" : ", ", one->type().ToString());
  }
  return absl::InvalidArgumentError(Concat("types cannot be matched: ", types));
}

class ValuesPlanner {
 public:
  ValuesPlanner(const Planning& planning, const Values& values)
      : planning_(planning), values_(values) {}

  absl::StatusOr<QueryPlan> Plan();

 private:
  absl::Status BindColumn(size_t column);
  absl::StatusOr<exec::Vector> Evaluate(size_t column, size_t first, size_t rows) const;

  const Planning& planning_;
  const Values& values_;
  std::vector<OutputColumn> columns_;
  std::vector<std::vector<ExpressionPtr>> cells_;  // by column
};

absl::StatusOr<QueryPlan> ValuesPlanner::Plan() {
  const size_t width = values_.rows.front().size();
  for (const std::vector<Expression>& row : values_.rows) {
    if (row.size() == width) continue;
    return planning_.Invalid(row.front().place, Concat("VALUES rows have ", width,
                                                       " columns, this one has ", row.size()));
  }
  for (size_t column = 0; column < width; ++column) {
    if (absl::Status status = BindColumn(column); !status.ok()) return status;
  }
  std::vector<exec::Batch> batches;
  for (size_t first = 0; first < values_.rows.size(); first += kBlockRows) {
    const size_t rows = std::min<size_t>(values_.rows.size() - first, kBlockRows);
    exec::Batch batch{.rows = rows};
    for (size_t column = 0; column < width; ++column) {
      absl::StatusOr<exec::Vector> values = Evaluate(column, first, rows);
      if (!values.ok()) return values.status();
      batch.columns.push_back(*std::move(values));
    }
    batches.push_back(std::move(batch));
  }
  return QueryPlan{.columns = std::move(columns_),
                   .root = std::make_unique<exec::ValuesOperator>(std::move(batches))};
}

absl::Status ValuesPlanner::BindColumn(size_t column) {
  Subqueries subqueries(planning_);
  Binder binder = planning_.BinderOf(nullptr, &subqueries);
  std::vector<ExpressionPtr> cells;
  std::vector<ExpressionPtr> known;
  for (const std::vector<Expression>& row : values_.rows) {
    absl::StatusOr<ExpressionPtr> cell = binder.Bind(row[column]);
    if (!cell.ok()) return cell.status();
    if (!IsUnknown(row[column])) known.push_back(*cell);
    cells.push_back(*std::move(cell));
  }
  const Place place = values_.rows.front()[column].place;
  const absl::StatusOr<Type> type = SharedType(known);
  if (!type.ok()) return planning_.ErrorAt(place, type.status());
  const exec::LabelsPtr labels = known.empty() ? nullptr : known[0]->labels();
  for (size_t row = 0; row < cells.size(); ++row) {
    const Expression& tree = values_.rows[row][column];
    absl::StatusOr<ExpressionPtr> cast =
        IsUnknown(tree) ? exec::ResolveUnknown(cells[row], *type, labels)
                        : exec::MakeCast(cells[row], *type, exec::CastContext::kImplicit, labels);
    if (!cast.ok()) return planning_.ErrorAt(tree.place, cast.status());
    cells[row] = *std::move(cast);
  }
  columns_.push_back({.name = Concat("column", column + 1),
                      .type = *type,
                      .labels = labels,
                      .unknown = known.empty()});
  cells_.push_back(std::move(cells));
  return absl::OkStatus();
}

absl::StatusOr<exec::Vector> ValuesPlanner::Evaluate(size_t column, size_t first,
                                                     size_t rows) const {
  exec::Vector vector = exec::Vector::Make(columns_[column].type, rows);
  for (size_t row = 0; row < rows; ++row) {
    const absl::StatusOr<exec::Value> value =
        exec::EvaluateOnce(*cells_[column][first + row], planning_.session());
    if (!value.ok()) {
      return planning_.ErrorAt(values_.rows[first + row][column].place, value.status());
    }
    if (value->is_null()) vector.MutableValidity()[row] = 0;
    exec::WithElement(exec::ElementOf(vector.type()), [&]<typename T>() {
      T element = value->Get<T>();
      if constexpr (std::is_same_v<T, std::string_view>) element = vector.arena().Keep(element);
      vector.Mutable<T>()[row] = element;
    });
  }
  return vector;
}

// ---- sets of rows

// A column of both: its type, and where one side's is not known yet, the other's.
absl::Status Meet(const OutputColumn& other, OutputColumn& column) {
  if (column.unknown != other.unknown) {
    if (column.unknown) {
      column.type = other.type;
      column.labels = other.labels;
    }
    column.unknown = false;
    return absl::OkStatus();
  }
  if (column.type == other.type) return absl::OkStatus();
  const absl::StatusOr<Type> type = SharedType(
      {exec::MakeColumn(0, column.type, column.name), exec::MakeColumn(0, other.type, other.name)});
  if (!type.ok()) return type.status();
  column.type = *type;
  if (type->kind() != TypeKind::kEnum) column.labels = nullptr;
  return absl::OkStatus();
}

absl::StatusOr<exec::OperatorPtr> CastTo(const Planning& planning,
                                         const std::vector<OutputColumn>& columns, QueryPlan plan) {
  std::vector<ExpressionPtr> casts;
  bool any = false;
  for (size_t i = 0; i < columns.size(); ++i) {
    const OutputColumn& from = plan.columns[i];
    ExpressionPtr column = exec::MakeColumn(i, from.type, from.name, from.labels);
    if (from.type != columns[i].type) {
      any = true;
      const auto context =
          from.unknown ? exec::CastContext::kExplicit : exec::CastContext::kImplicit;
      absl::StatusOr<ExpressionPtr> cast =
          exec::MakeCast(std::move(column), columns[i].type, context, columns[i].labels);
      if (!cast.ok()) return cast.status();
      column = *std::move(cast);
    }
    casts.push_back(std::move(column));
  }
  if (!any) return std::move(plan.root);
  return std::make_unique<exec::ProjectOperator>(planning.run(), std::move(plan.root),
                                                 std::move(casts));
}

exec::OperatorPtr Combine(const Planning& planning, const SetChain::Step& step,
                          std::vector<Type> types, exec::OperatorPtr left,
                          exec::OperatorPtr right) {
  if (step.op != SetOperator::kUnion) {
    const bool except = step.op == SetOperator::kExcept;
    return std::make_unique<exec::SetOperator>(
        planning.run(), std::move(left), std::move(right), std::move(types),
        exec::SetOperator::Kind{.except = except, .all = step.all});
  }
  std::vector<exec::OperatorPtr> both;
  both.push_back(std::move(left));
  both.push_back(std::move(right));
  auto rows = std::make_unique<exec::ConcatenateOperator>(std::move(both));
  if (step.all) return rows;
  return std::make_unique<exec::DistinctOperator>(planning.run(), std::move(rows),
                                                  std::move(types));
}

absl::Status AddTerm(const Planning& planning, const SetChain::Step& step, QueryPlan& plan) {
  absl::StatusOr<QueryPlan> term = PlanInside(planning, step.term);
  if (!term.ok()) return term.status();
  if (term->columns.size() != plan.columns.size()) {
    return planning.Invalid(step.term.place,
                            Concat("each query of a set has the same number of columns: ",
                                   plan.columns.size(), ", this one has ", term->columns.size()));
  }
  std::vector<OutputColumn> columns = plan.columns;
  for (size_t i = 0; i < columns.size(); ++i) {
    const absl::Status status = Meet(term->columns[i], columns[i]);
    if (!status.ok()) return planning.ErrorAt(step.term.place, status);
  }
  absl::StatusOr<exec::OperatorPtr> left = CastTo(planning, columns, std::move(plan));
  if (!left.ok()) return left.status();
  absl::StatusOr<exec::OperatorPtr> right = CastTo(planning, columns, *std::move(term));
  if (!right.ok()) return right.status();
  plan.root = Combine(planning, step, TypesOf(columns), *std::move(left), *std::move(right));
  plan.columns = std::move(columns);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<QueryPlan> PlanValues(const Planning& planning, const Values& values) {
  return ValuesPlanner(planning, values).Plan();
}

absl::StatusOr<QueryPlan> PlanSets(const Planning& planning, const SetChain& chain) {
  absl::StatusOr<QueryPlan> plan = PlanInside(planning, *chain.first);
  for (const SetChain::Step& step : chain.steps) {
    if (!plan.ok()) return plan;
    if (absl::Status status = AddTerm(planning, step, *plan); !status.ok()) return status;
  }
  return plan;
}

}  // namespace tape::engine::sql
