// IN and NOT IN.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/exec/loops.h"
#include "engine/exec/make.h"
#include "engine/exec/operators/comparison.h"

namespace tape::engine::exec {
namespace {

// Constants of the operand's own type, sorted; a list that has a NULL finds out nothing about what
// is not in it.
class InSetExpression : public Expression {
 public:
  InSetExpression(ExpressionPtr operand, std::vector<Value> values, bool has_null, bool negated)
      : Expression(ExpressionKind::kOther, Type::Boolean(), {std::move(operand)}),
        values_(std::move(values)),
        has_null_(has_null),
        negated_(negated) {
    std::sort(values_.begin(), values_.end(),
              [](const Value& a, const Value& b) { return Compare(a, b) < 0; });
  }

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override {
    if (rows.size() == 0) return Vector::Null(type());
    const absl::StatusOr<Vector> operand = children()[0]->Evaluate(evaluation, rows);
    if (!operand.ok()) return operand.status();
    if (operand->codes() != nullptr) return Search<std::string_view>(operand->Decoded(rows), rows);
    return WithElement(ElementOf(operand->type()),
                       [&]<typename T>() { return Search<T>(*operand, rows); });
  }

 private:
  template <typename T>
  Vector Search(const Vector& operand, const Selection& rows) const {
    std::vector<T> sorted;
    for (const Value& value : values_) sorted.push_back(value.Get<T>());
    const Type& element = operand.type();
    const auto less = [&](const T& a, const T& b) { return CompareElements<T>(element, a, b) < 0; };
    Vector result = Vector::Make(type(), rows.end());
    auto* out = result.Mutable<uint8_t>();
    uint8_t* validity = result.MutableValidity();
    rows.ForEach([&](uint32_t row) {
      const bool found = std::binary_search(sorted.begin(), sorted.end(), operand.At<T>(row), less);
      out[row] = found != negated_ ? 1 : 0;
      validity[row] = !operand.IsNull(row) && (found || !has_null_) ? 1 : 0;
    });
    return result;
  }

  std::vector<Value> values_;
  bool has_null_;
  bool negated_;
};

// The constants as values of the operand's type, where all are and none changes by that.
bool AsSet(const ExpressionPtr& operand, const std::vector<ExpressionPtr>& values,
           std::vector<Value>& set, bool& has_null) {
  for (const ExpressionPtr& value : values) {
    if (value->kind() != ExpressionKind::kConstant) return false;
    const Value& constant = static_cast<const Constant&>(*value).value();
    if (constant.is_null()) {
      has_null = true;
      continue;
    }
    const auto pair = MakeComparable("=", operand, value);
    if (!pair.ok() || pair->left != operand || pair->right->kind() != ExpressionKind::kConstant) {
      return false;
    }
    const Value& same = static_cast<const Constant&>(*pair->right).value();
    if (ElementOf(same.type()) != ElementOf(operand->type())) return false;
    set.push_back(same.As(operand->type()));
  }
  return true;
}

absl::StatusOr<ExpressionPtr> AnyEqual(const ExpressionPtr& operand,
                                       const std::vector<ExpressionPtr>& values, bool negated) {
  std::vector<ExpressionPtr> tests;
  for (const ExpressionPtr& value : values) {
    absl::StatusOr<ExpressionPtr> test = MakeComparison(Comparator::kEqual, operand, value);
    if (!test.ok()) return test.status();
    tests.push_back(*std::move(test));
  }
  ExpressionPtr any = MakeOr(std::move(tests));
  return negated ? MakeNot(std::move(any)) : any;
}

}  // namespace

absl::StatusOr<ExpressionPtr> MakeIn(ExpressionPtr operand, std::vector<ExpressionPtr> values,
                                     bool negated) {
  std::vector<Value> set;
  bool has_null = false;
  if (AsSet(operand, values, set, has_null)) {
    return std::make_shared<InSetExpression>(std::move(operand), std::move(set), has_null, negated);
  }
  return UseOnce(std::move(operand),
                 [&](const ExpressionPtr& once) { return AnyEqual(once, values, negated); });
}

}  // namespace tape::engine::exec
