// An operand that stands several times in what is made of it, and is evaluated once.
#include <memory>
#include <utility>

#include "engine/exec/make.h"

namespace tape::engine::exec {
namespace {

// Stands for the operand: what the evaluation keeps under its address.
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

// Evaluates the operand, then what is made of it, for the same rows or fewer.
class UseOnceExpression : public Expression {
 public:
  UseOnceExpression(ExpressionPtr operand, ExpressionPtr reference, const ExpressionPtr& made)
      : Expression(ExpressionKind::kOther, made->type(), {std::move(operand), made}),
        reference_(std::move(reference)) {
    set_labels(made->labels());
  }

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override {
    if (rows.size() == 0) return Vector::Null(type());
    absl::StatusOr<Vector> value = children()[0]->Evaluate(evaluation, rows);
    if (!value.ok()) return value;
    const Evaluation::Keeping keeping(evaluation, reference_.get(), *std::move(value));
    return children()[1]->Evaluate(evaluation, rows);
  }

 private:
  ExpressionPtr reference_;
};

bool IsLeaf(const Expression& expression) { return expression.kind() <= ExpressionKind::kColumn; }

}  // namespace

absl::StatusOr<ExpressionPtr> UseOnce(ExpressionPtr operand, const MakeOf& make) {
  if (IsLeaf(*operand)) return make(std::move(operand));
  auto reference = std::make_shared<OperandReference>(operand->type(), operand->labels());
  absl::StatusOr<ExpressionPtr> made = make(reference);
  if (!made.ok()) return made;
  return std::make_shared<UseOnceExpression>(std::move(operand), std::move(reference), *made);
}

}  // namespace tape::engine::exec
