// = <> < <= > >= as a node that can be looked into: what pruning needs.
//
//   if (expression.kind() == ExpressionKind::kComparison) {
//     const auto& test = static_cast<const ComparisonExpression&>(expression);
//     if (test.left()->kind() == ExpressionKind::kColumn &&
//         test.right()->kind() == ExpressionKind::kConstant) Prune(test.op(), ...);
//   }
//
// Both operands have one type, or are strings of any type, or decimals of 128 bits with scales of
// their own where no type holds both. A constant was made the other side's type where that loses
// nothing. Codes of symbols are compared with a constant as codes.
//
// Immutable; thread-safe.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/make.h"

namespace tape::engine::exec {

class ComparisonExpression : public Expression {
 public:
  // Operands as MakeComparable gives them.
  ComparisonExpression(Comparator op, ExpressionPtr left, ExpressionPtr right);

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override;

  Comparator op() const { return op_; }
  const ExpressionPtr& left() const { return children()[0]; }
  const ExpressionPtr& right() const { return children()[1]; }

 private:
  Comparator op_;
};

struct ComparableOperands {
  ExpressionPtr left;
  ExpressionPtr right;
};

// As types that can be compared; an error that names `op` where there are none.
absl::StatusOr<ComparableOperands> MakeComparable(std::string_view op, ExpressionPtr left,
                                                  ExpressionPtr right);

}  // namespace tape::engine::exec
