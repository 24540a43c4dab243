// Operands that stand several times in what is made of them, and are evaluated once.
#include <memory>
#include <utility>

#include "engine/exec/make.h"

namespace tape::engine::exec {
namespace {

// Stands for an operand: what the evaluation keeps under its address.
class OperandReference : public Expression {
 public:
  OperandReference(Type type, LabelsPtr labels) : Expression(ExpressionKind::kOther, type) {
    set_labels(std::move(labels));
    // It is no constant, whatever it stands for.
    set_has_columns();
  }

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation,
                                  const Selection& /*rows*/) const override {
    const Vector* value = evaluation.Kept(this);
    if (value == nullptr) return absl::InternalError("an operand outside of what uses it");
    return *value;
  }
};

// Evaluates the operands, then what is made of them, for the same rows or fewer. Children: the
// operands, then that.
class UseOnceExpression : public Expression {
 public:
  UseOnceExpression(std::vector<ExpressionPtr> children, std::vector<ExpressionPtr> references)
      : Expression(ExpressionKind::kOther, children.back()->type(), children),
        references_(std::move(references)) {
    set_labels(children.back()->labels());
  }

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override {
    if (rows.size() == 0) return Vector::Null(type());
    Evaluation::Keeping keeping(evaluation);
    for (size_t i = 0; i < references_.size(); ++i) {
      absl::StatusOr<Vector> value = children()[i]->Evaluate(evaluation, rows);
      if (!value.ok()) return value;
      keeping.Add(references_[i].get(), *std::move(value));
    }
    return children().back()->Evaluate(evaluation, rows);
  }

 private:
  std::vector<ExpressionPtr> references_;
};

bool IsLeaf(const Expression& expression) { return expression.kind() <= ExpressionKind::kColumn; }

}  // namespace

absl::StatusOr<ExpressionPtr> UseAllOnce(std::vector<ExpressionPtr> operands,
                                         const MakeOfAll& make) {
  std::vector<ExpressionPtr> evaluated;
  std::vector<ExpressionPtr> references;
  for (ExpressionPtr& operand : operands) {
    if (IsLeaf(*operand)) continue;
    references.push_back(std::make_shared<OperandReference>(operand->type(), operand->labels()));
    evaluated.push_back(std::move(operand));
    operand = references.back();
  }
  absl::StatusOr<ExpressionPtr> made = make(operands);
  if (!made.ok() || references.empty()) return made;
  evaluated.push_back(*std::move(made));
  return std::make_shared<UseOnceExpression>(std::move(evaluated), std::move(references));
}

absl::StatusOr<ExpressionPtr> UseOnce(ExpressionPtr operand, const MakeOf& make) {
  return UseAllOnce({std::move(operand)},
                    [&](std::span<const ExpressionPtr> once) { return make(once[0]); });
}

}  // namespace tape::engine::exec
