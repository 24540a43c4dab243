// Comparisons of rows: (a, b) = (c, d), (a, b) < (c, d).
#include <memory>
#include <utility>
#include <vector>

#include "engine/exec/make.h"
#include "engine/exec/operators/comparison.h"
#include "format/bytes/message.h"

namespace tape::engine::exec {
namespace {

using Made = absl::StatusOr<ExpressionPtr>;

// Children: left and right of each pair. A pair is looked at for the rows whose pairs before it are
// all equal, so nothing is evaluated that does not decide.
class RowOrderExpression : public Expression {
 public:
  RowOrderExpression(Comparator op, std::vector<ExpressionPtr> pairs)
      : Expression(ExpressionKind::kOther, Type::Boolean(), std::move(pairs)), op_(op) {}

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override {
    if (rows.size() == 0) return Vector::Null(type());
    Vector result = Vector::Make(type(), rows.end());
    std::vector<uint32_t> open;
    Selection left = rows;
    const size_t last = children().size() - 2;
    for (size_t at = 0; at < last && left.size() > 0; at += 2) {
      absl::StatusOr<std::vector<uint32_t>> equal = Decide(at, evaluation, left, result);
      if (!equal.ok()) return equal.status();
      open = *std::move(equal);
      left = Selection::Of(open);
    }
    if (left.size() == 0) return result;
    const absl::StatusOr<VectorPair> pair = EvaluatePair(last, evaluation, left);
    if (!pair.ok()) return pair.status();
    const absl::StatusOr<Vector> order = CompareVectors(op_, *pair, evaluation, left);
    if (!order.ok()) return order;
    left.ForEach([&](uint32_t row) { Take(*order, row, result); });
    return result;
  }

 private:
  absl::StatusOr<VectorPair> EvaluatePair(size_t at, Evaluation& evaluation,
                                          const Selection& rows) const {
    absl::StatusOr<Vector> left = children()[at]->Evaluate(evaluation, rows);
    if (!left.ok()) return left.status();
    absl::StatusOr<Vector> right = children()[at + 1]->Evaluate(evaluation, rows);
    if (!right.ok()) return right.status();
    return VectorPair{*std::move(left), *std::move(right), children()[at]->labels().get()};
  }

  // Stores what is decided by the pair; gives the rows that have it equal.
  absl::StatusOr<std::vector<uint32_t>> Decide(size_t at, Evaluation& evaluation,
                                               const Selection& rows, Vector& result) const {
    const absl::StatusOr<VectorPair> pair = EvaluatePair(at, evaluation, rows);
    if (!pair.ok()) return pair.status();
    const bool less = op_ == Comparator::kLess || op_ == Comparator::kLessEqual;
    const absl::StatusOr<Vector> equal =
        CompareVectors(Comparator::kEqual, *pair, evaluation, rows);
    if (!equal.ok()) return equal.status();
    const absl::StatusOr<Vector> order =
        CompareVectors(less ? Comparator::kLess : Comparator::kGreater, *pair, evaluation, rows);
    if (!order.ok()) return order.status();
    std::vector<uint32_t> open;
    rows.ForEach([&](uint32_t row) {
      if (!equal->IsNull(row) && equal->At<uint8_t>(row) != 0) {
        open.push_back(row);
      } else {
        Take(*order, row, result);
      }
    });
    return open;
  }

  static void Take(const Vector& order, uint32_t row, Vector& result) {
    const bool null = order.IsNull(row);
    result.MutableValidity()[row] = null ? 0 : 1;
    result.Mutable<uint8_t>()[row] = null ? uint8_t{0} : order.At<uint8_t>(row);
  }

  Comparator op_;
};

absl::Status CheckSizes(size_t left, size_t right) {
  if (left != right) {
    return absl::InvalidArgumentError(
        format::Concat("rows of ", left, " and ", right, " values cannot be compared"));
  }
  if (left == 0) return absl::InvalidArgumentError("rows of no values cannot be compared");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExpressionPtr> MakeRowComparison(Comparator op, std::vector<ExpressionPtr> left,
                                                std::vector<ExpressionPtr> right) {
  if (absl::Status status = CheckSizes(left.size(), right.size()); !status.ok()) return status;
  const bool equality = op == Comparator::kEqual || op == Comparator::kNotEqual;
  std::vector<ExpressionPtr> tests;
  std::vector<ExpressionPtr> pairs;
  for (size_t i = 0; i < left.size(); ++i) {
    Made test = MakeComparison(op, std::move(left[i]), std::move(right[i]));
    if (!test.ok()) return test;
    const auto& comparison = static_cast<const ComparisonExpression&>(**test);
    pairs.push_back(comparison.left());
    pairs.push_back(comparison.right());
    tests.push_back(*std::move(test));
  }
  if (op == Comparator::kEqual || tests.size() == 1) return MakeAnd(std::move(tests));
  if (equality) return MakeOr(std::move(tests));
  return std::make_shared<RowOrderExpression>(op, std::move(pairs));
}

}  // namespace tape::engine::exec
