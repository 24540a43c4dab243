// ARRAY[...], = ANY (array), = ALL (array).
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/exec/array_elements.h"
#include "engine/exec/casts/meeting.h"
#include "engine/exec/loops.h"
#include "engine/exec/make.h"
#include "engine/exec/operators/comparison.h"
#include "format/bytes/message.h"
#include "tape/array.h"

namespace tape::engine::exec {
namespace {

using Made = absl::StatusOr<ExpressionPtr>;

template <typename T>
absl::StatusOr<Vector> Build(const KernelCall& call) {
  const Type element = call.type.element();
  return MapRows<std::string_view>(call, [&](uint32_t row, RowResult<std::string_view>& out) {
    ArrayBuilder builder(element.physical());
    for (const Vector& argument : call.arguments) {
      if (argument.IsNull(row)) {
        builder.AppendNull();
      } else {
        AppendElement<T>(builder, argument.At<T>(row));
      }
    }
    const absl::StatusOr<std::string> bytes = builder.Build();
    if (!bytes.ok()) return bytes.status();
    out.Keep(*bytes);
    return absl::OkStatus();
  });
}

bool Holds(Comparator op, int order) {
  switch (op) {
    case Comparator::kEqual:
      return order == 0;
    case Comparator::kNotEqual:
      return order != 0;
    case Comparator::kLess:
      return order < 0;
    case Comparator::kLessEqual:
      return order <= 0;
    case Comparator::kGreater:
      return order > 0;
    case Comparator::kGreaterEqual:
      break;
  }
  return order >= 0;
}

// The left operand has the type of the array's elements.
class QuantifiedExpression : public Expression {
 public:
  QuantifiedExpression(Comparator op, ExpressionPtr left, ExpressionPtr array, bool all)
      : Expression(ExpressionKind::kOther, Type::Boolean(), {std::move(left), std::move(array)}),
        op_(op),
        all_(all) {}

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override {
    if (rows.size() == 0) return Vector::Null(type());
    const absl::StatusOr<Vector> left = children()[0]->Evaluate(evaluation, rows);
    if (!left.ok()) return left.status();
    const absl::StatusOr<Vector> array = children()[1]->Evaluate(evaluation, rows);
    if (!array.ok()) return array.status();
    Vector result = Vector::Make(type(), rows.end());
    absl::Status status = WithElement(ElementOf(left->type()), [&]<typename T>() {
      return Run<T>(left->Decoded(rows), *array, rows, result);
    });
    if (!status.ok()) return status;
    return result;
  }

 private:
  template <typename T>
  absl::Status Run(const Vector& left, const Vector& arrays, const Selection& rows,
                   Vector& result) const {
    auto* out = result.Mutable<uint8_t>();
    uint8_t* validity = result.MutableValidity();
    absl::Status status;
    rows.ForEach([&](uint32_t row) {
      validity[row] = 0;
      if (!status.ok() || arrays.IsNull(row)) return;
      const auto array = ArrayView::Parse(left.type().physical(), arrays.At<std::string_view>(row));
      if (!array.ok()) {
        status = array.status();
        return;
      }
      const std::optional<bool> answer = Ask<T>(left, *array, row);
      validity[row] = answer ? 1 : 0;
      out[row] = answer.value_or(false) ? 1 : 0;
    });
    return status;
  }

  // Nothing is NULL: no element decided, and one was not known.
  template <typename T>
  std::optional<bool> Ask(const Vector& left, const ArrayView& array, uint32_t row) const {
    bool unknown = false;
    for (size_t i = 0; i < array.size(); ++i) {
      if (left.IsNull(row) || array.IsNull(i)) {
        unknown = true;
        continue;
      }
      const int order = CompareElements<T>(left.type(), left.At<T>(row), ArrayElement<T>(array, i));
      if (Holds(op_, order) != all_) return !all_;
    }
    return unknown ? std::nullopt : std::optional(all_);
  }

  Comparator op_;
  bool all_;
};

}  // namespace

absl::StatusOr<ExpressionPtr> MakeArray(std::vector<ExpressionPtr> elements) {
  const std::optional<Type> common = CommonType(elements);
  const Type element = common ? (common->IsString() ? Type::Text() : *common) : Type::Interval();
  const Type type = Type::Array(element);
  if (!common || !type.Validate().ok()) {
    return absl::InvalidArgumentError("the elements of an array have one scalar type");
  }
  for (ExpressionPtr& each : elements) {
    Made cast = MakeCast(each, element, CastContext::kExplicit);
    if (!cast.ok()) return cast.status();
    each = *std::move(cast);
  }
  const Kernel kernel =
      WithElement(ElementOf(element), []<typename T>() -> Kernel { return Build<T>; });
  return MakeCall({.name = "ARRAY", .kernel = kernel, .strict = false}, type, std::move(elements));
}

absl::StatusOr<ExpressionPtr> MakeQuantified(Comparator op, ExpressionPtr left, ExpressionPtr array,
                                             bool all) {
  if (!array->type().IsArray()) {
    return absl::InvalidArgumentError(format::Concat(
        "ANY and ALL take an array or a subquery, found ", array->type().ToString()));
  }
  // What the comparison with one element would be made of says what both sides become.
  const ExpressionPtr element = MakeConstant(Value::Null(array->type().element()));
  const ExpressionPtr pair[] = {left, element};
  const std::optional<Type> common = CommonType(pair);
  if (!common) return NoOperator(Spelling(op), left->type(), array->type());
  Made value = MakeCast(std::move(left), *common, CastContext::kExplicit);
  if (!value.ok()) return value;
  Made values = MakeCast(std::move(array), Type::Array(*common), CastContext::kExplicit);
  if (!values.ok()) return values;
  return std::make_shared<QuantifiedExpression>(op, *std::move(value), *std::move(values), all);
}

}  // namespace tape::engine::exec
