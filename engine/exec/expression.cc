#include "engine/exec/expression.h"

#include <algorithm>
#include <iterator>

#include "engine/exec/make.h"
#include "format/bytes/message.h"

namespace tape::engine::exec {
namespace {

using format::Concat;

// Rows whose condition is not NULL and `wanted`.
absl::Status Select(const Expression& condition, Evaluation& evaluation, const Selection& rows,
                    uint8_t wanted, std::vector<uint32_t>& out) {
  const absl::StatusOr<Vector> vector = condition.Evaluate(evaluation, rows);
  if (!vector.ok()) return vector.status();
  if (rows.size() == 0 || vector->IsNullConstant()) return absl::OkStatus();
  const auto* values = vector->Flat<uint8_t>();
  if (values == nullptr) {
    return absl::InvalidArgumentError(
        Concat("a condition must be BOOLEAN, not ", condition.type().ToString()));
  }
  const size_t mask = vector->row_mask();
  const size_t begin = out.size();
  out.resize(begin + rows.size());
  uint32_t* next = out.data() + begin;
  // A row is always stored and the end only moves where it is wanted: no branch to mispredict.
  rows.ForEach([&](uint32_t row) {
    *next = row;
    next += (values[row & mask] == wanted && !vector->IsNull(row)) ? 1 : 0;
  });
  out.resize(static_cast<size_t>(next - out.data()));
  return absl::OkStatus();
}

// Without recursion: expressions may be as deep as a chain is long.
std::vector<size_t> CollectColumns(const Expression& expression) {
  std::vector<size_t> columns;
  std::vector<const Expression*> left = {&expression};
  while (!left.empty()) {
    const Expression& next = *left.back();
    left.pop_back();
    if (next.kind() == ExpressionKind::kColumn) {
      columns.push_back(static_cast<const ColumnReference&>(next).index());
    }
    for (const ExpressionPtr& child : next.children()) left.push_back(child.get());
  }
  return columns;
}

}  // namespace

Expression::Expression(ExpressionKind kind, Type type, std::vector<ExpressionPtr> children,
                       Volatility volatility)
    : kind_(kind), type_(type), children_(std::move(children)), volatility_(volatility) {
  for (const ExpressionPtr& child : children_) {
    volatility_ = std::max(volatility_, child->volatility());
    has_columns_ = has_columns_ || child->has_columns_;
  }
}

Expression::~Expression() {
  std::vector<ExpressionPtr> left = std::move(children_);
  while (!left.empty()) {
    const ExpressionPtr next = std::move(left.back());
    left.pop_back();
    if (next.use_count() > 1) continue;
    // Nobody else has it, so its children can be taken before it goes.
    auto& children = const_cast<Expression&>(*next).children_;
    left.insert(left.end(), std::make_move_iterator(children.begin()),
                std::make_move_iterator(children.end()));
    children.clear();
  }
}

const Vector* Evaluation::Kept(const Expression* key) const {
  const auto found = std::find_if(kept_.rbegin(), kept_.rend(),
                                  [=](const auto& entry) { return entry.first == key; });
  return found == kept_.rend() ? nullptr : &found->second;
}

Constant::Constant(const Value& value, LabelsPtr labels)
    : Expression(ExpressionKind::kConstant, value.type()),
      value_(value),
      vector_(Vector::Constant(value)) {
  set_labels(std::move(labels));
}

absl::StatusOr<Vector> Constant::Evaluate(Evaluation& /*evaluation*/,
                                          const Selection& /*rows*/) const {
  return vector_;
}

ColumnReference::ColumnReference(size_t index, Type type, std::string name, LabelsPtr labels)
    : Expression(ExpressionKind::kColumn, type), index_(index), name_(std::move(name)) {
  set_labels(std::move(labels));
  set_has_columns();
}

absl::StatusOr<Vector> ColumnReference::Evaluate(Evaluation& evaluation,
                                                 const Selection& /*rows*/) const {
  const std::vector<Vector>& columns = evaluation.batch().columns;
  if (index_ >= columns.size() || ElementOf(columns[index_].type()) != ElementOf(type())) {
    return absl::InternalError(Concat("column ", name_, ": the batch has no column ", index_,
                                      " of type ", type().ToString()));
  }
  return columns[index_].As(type());
}

ParameterReference::ParameterReference(uint32_t number, Type type, LabelsPtr labels)
    : Expression(ExpressionKind::kParameter, type, {}, Volatility::kStable), number_(number) {
  set_labels(std::move(labels));
}

absl::StatusOr<Vector> ParameterReference::Evaluate(Evaluation& evaluation,
                                                    const Selection& /*rows*/) const {
  const std::span<const Value> values = evaluation.session().parameters;
  if (number_ > values.size()) {
    return absl::InvalidArgumentError(Concat("there is no value for parameter $", number_));
  }
  const Value& value = values[number_ - 1];
  if (value.is_null()) return Vector::Null(type());
  if (value.type() == type()) return Vector::Constant(value);
  return absl::InvalidArgumentError(Concat("parameter $", number_, " was bound as ",
                                           type().ToString(), ", its value is ",
                                           value.type().ToString()));
}

ExpressionPtr MakeConstant(const Value& value, LabelsPtr labels) {
  return std::make_shared<Constant>(value, std::move(labels));
}

ExpressionPtr MakeColumn(size_t index, Type type, std::string_view name, LabelsPtr labels) {
  return std::make_shared<ColumnReference>(index, type, std::string(name), std::move(labels));
}

absl::StatusOr<Value> EvaluateOnce(const Expression& expression, const Session& session) {
  const Batch batch{.rows = 1};
  Evaluation evaluation(batch, session);
  const absl::StatusOr<Vector> vector = expression.Evaluate(evaluation, Selection::All(1));
  if (!vector.ok()) return vector.status();
  return vector->ValueAt(0);
}

absl::Status SelectTrue(const Expression& condition, Evaluation& evaluation, const Selection& rows,
                        std::vector<uint32_t>& out) {
  return Select(condition, evaluation, rows, 1, out);
}

absl::Status SelectFalse(const Expression& condition, Evaluation& evaluation, const Selection& rows,
                         std::vector<uint32_t>& out) {
  return Select(condition, evaluation, rows, 0, out);
}

std::vector<size_t> ColumnsOf(const Expression& expression) {
  std::vector<size_t> columns = CollectColumns(expression);
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  return columns;
}

}  // namespace tape::engine::exec
