// AND, OR, NOT, IS NULL, IS TRUE.
#include <memory>
#include <utility>
#include <vector>

#include "engine/exec/loops.h"
#include "engine/exec/make.h"

namespace tape::engine::exec {
namespace {

// ---- AND, OR

// What rows are while operands are looked at one after the other.
struct Progress {
  uint8_t* values;
  uint8_t* validity;
};

class LogicalExpression : public Expression {
 public:
  LogicalExpression(std::vector<ExpressionPtr> operands, bool is_or)
      : Expression(ExpressionKind::kLogical, Type::Boolean(), std::move(operands)), is_or_(is_or) {}

  // A row is asked until it is decided: false for AND, true for OR.
  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override {
    if (rows.size() == 0) return Vector::Null(type());
    Vector result = Vector::Make(type(), rows.end());
    const Progress progress{result.Mutable<uint8_t>(), result.MutableValidity()};
    const uint8_t neutral = is_or_ ? 0 : 1;
    rows.ForEach([&](uint32_t row) { progress.values[row] = neutral; });
    std::vector<uint32_t> open;
    Selection left = rows;
    for (const ExpressionPtr& operand : children()) {
      absl::StatusOr<Vector> values = operand->Evaluate(evaluation, left);
      if (!values.ok()) return values.status();
      Take(*values, left, progress);
      std::vector<uint32_t> next = StillOpen(left, progress);
      if (next.empty()) break;
      if (next.size() == left.size()) continue;
      open = std::move(next);
      left = Selection::Of(open);
    }
    return result;
  }

  bool is_or() const { return is_or_; }

 private:
  // A NULL stays unless a later operand decides.
  void Take(const Vector& values, const Selection& rows, const Progress& progress) const {
    const uint8_t decisive = is_or_ ? 1 : 0;
    const auto* bits = values.Flat<uint8_t>();
    const size_t mask = values.row_mask();
    rows.ForEach([&](uint32_t row) {
      if (values.IsNull(row)) {
        progress.validity[row] = 0;
      } else if (bits[row & mask] == decisive) {
        progress.values[row] = decisive;
        progress.validity[row] = 1;
      }
    });
  }

  std::vector<uint32_t> StillOpen(const Selection& rows, const Progress& progress) const {
    const uint8_t decisive = is_or_ ? 1 : 0;
    std::vector<uint32_t> open(rows.size());
    size_t count = 0;
    rows.ForEach([&](uint32_t row) {
      open[count] = row;
      count += progress.values[row] != decisive ? 1 : 0;
    });
    open.resize(count);
    return open;
  }

  bool is_or_;
};

ExpressionPtr MakeLogical(std::vector<ExpressionPtr> operands, bool is_or) {
  if (operands.size() == 1) return operands[0];
  return std::make_shared<LogicalExpression>(std::move(operands), is_or);
}

// ---- NOT and tests

absl::StatusOr<Vector> Not(const KernelCall& call) {
  return Map<uint8_t, uint8_t>(call, [](uint8_t value) { return uint8_t{value == 0}; });
}

class TestExpression : public Expression {
 public:
  TestExpression(Test test, ExpressionPtr operand, bool negated)
      : Expression(ExpressionKind::kOther, Type::Boolean(), {std::move(operand)}),
        test_(test),
        negated_(negated) {}

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override {
    if (rows.size() == 0) return Vector::Null(type());
    const absl::StatusOr<Vector> operand = children()[0]->Evaluate(evaluation, rows);
    if (!operand.ok()) return operand.status();
    const bool constant = operand->is_constant();
    const Selection run = constant ? Selection::All(1) : rows;
    Vector result = Vector::Make(type(), run.end());
    auto* out = result.Mutable<uint8_t>();
    const auto* values = test_ == Test::kNull ? nullptr : operand->Flat<uint8_t>();
    const uint8_t wanted = test_ == Test::kTrue ? 1 : 0;
    run.ForEach([&](uint32_t row) {
      const bool null = operand->IsNull(row);
      const bool holds = values == nullptr ? null : !null && values[row] == wanted;
      out[row] = holds != negated_ ? 1 : 0;
    });
    if (constant) result.MakeConstant();
    return result;
  }

 private:
  Test test_;
  bool negated_;
};

}  // namespace

ExpressionPtr MakeAnd(std::vector<ExpressionPtr> operands) {
  return MakeLogical(std::move(operands), false);
}

ExpressionPtr MakeOr(std::vector<ExpressionPtr> operands) {
  return MakeLogical(std::move(operands), true);
}

ExpressionPtr MakeNot(ExpressionPtr operand) {
  return MakeCall({.name = "NOT", .kernel = Not}, Type::Boolean(), {std::move(operand)});
}

ExpressionPtr MakeTest(Test test, ExpressionPtr operand, bool negated) {
  return std::make_shared<TestExpression>(test, std::move(operand), negated);
}

}  // namespace tape::engine::exec
