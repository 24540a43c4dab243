// = <> < <= > >= and IS DISTINCT FROM.
#include "engine/exec/operators/comparison.h"

#include <memory>
#include <optional>
#include <utility>

#include "engine/exec/casts/casts.h"
#include "engine/exec/casts/meeting.h"
#include "engine/exec/element_order.h"
#include "engine/exec/loops.h"
#include "engine/exec/make.h"
#include "format/types/unscaled.h"

namespace tape::engine::exec {
namespace {

struct Equal {
  template <typename T>
  static bool Apply(const T& a, const T& b) {
    if constexpr (std::is_floating_point_v<T>) return FloatEqual(a, b);
    if constexpr (std::is_same_v<T, Interval>) return IntervalLength(a) == IntervalLength(b);
    return a == b;
  }
};

struct Less {
  template <typename T>
  static bool Apply(const T& a, const T& b) {
    if constexpr (std::is_floating_point_v<T>) {
      return FloatLess(a, b);
    } else if constexpr (std::is_same_v<T, Interval>) {
      return IntervalLength(a) < IntervalLength(b);
    } else {
      return a < b;
    }
  }
};

// > and >= are < and <= with their operands changed, so there are four loops a type.
template <typename T, typename Relation, bool kNegated>
absl::StatusOr<Vector> Run(const KernelCall& call) {
  return MapPairs<T, T, uint8_t>(call, [](const T& a, const T& b) {
    return static_cast<uint8_t>(Relation::Apply(a, b) != kNegated);
  });
}

template <typename T>
Kernel KernelOf(Comparator op) {
  switch (op) {
    case Comparator::kEqual:
      return Run<T, Equal, false>;
    case Comparator::kNotEqual:
      return Run<T, Equal, true>;
    case Comparator::kLess:
      return Run<T, Less, false>;
    default:  // a >= b is not a < b
      return Run<T, Less, true>;
  }
}

bool Holds(Comparator op, int order) {
  switch (op) {
    case Comparator::kEqual:
      return order == 0;
    case Comparator::kNotEqual:
      return order != 0;
    case Comparator::kLess:
      return order < 0;
    default:
      return order >= 0;
  }
}

// Arrays, JSON: one at a time.
template <Comparator kOp>
absl::StatusOr<Vector> RunValues(const KernelCall& call) {
  const Type type = call.arguments[0].type();
  return MapPairs<std::string_view, std::string_view, uint8_t>(
      call, [&](std::string_view a, std::string_view b) {
        return static_cast<uint8_t>(Holds(kOp, CompareElements(type, a, b)));
      });
}

Kernel ValueKernel(Comparator op) {
  switch (op) {
    case Comparator::kEqual:
      return RunValues<Comparator::kEqual>;
    case Comparator::kNotEqual:
      return RunValues<Comparator::kNotEqual>;
    case Comparator::kLess:
      return RunValues<Comparator::kLess>;
    default:
      return RunValues<Comparator::kGreaterEqual>;
  }
}

// Decimals of two scales whose values no type holds together.
template <Comparator kOp>
absl::StatusOr<Vector> RunScaled(const KernelCall& call) {
  const int left = call.arguments[0].type().scale();
  const int right = call.arguments[1].type().scale();
  return MapPairs<Int128, Int128, uint8_t>(call, [=](Int128 a, Int128 b) {
    return static_cast<uint8_t>(Holds(kOp, format::CompareUnscaled(a, left, b, right)));
  });
}

Kernel ScaledKernel(Comparator op) {
  switch (op) {
    case Comparator::kEqual:
      return RunScaled<Comparator::kEqual>;
    case Comparator::kNotEqual:
      return RunScaled<Comparator::kNotEqual>;
    case Comparator::kLess:
      return RunScaled<Comparator::kLess>;
    default:
      return RunScaled<Comparator::kGreaterEqual>;
  }
}

using Operands = ComparableOperands;

// The constant as the other side's type, where that has exactly this value.
ExpressionPtr Narrowed(const ExpressionPtr& constant, const Type& to) {
  const Value* value = ConstantValue(*constant);
  if (value == nullptr) return nullptr;
  const absl::StatusOr<Value> there = CastValue(*value, to, CastContext::kExplicit);
  if (!there.ok()) return nullptr;
  const absl::StatusOr<Value> back = CastValue(*there, value->type(), CastContext::kExplicit);
  return back.ok() && *back == *value ? MakeConstant(*there) : nullptr;
}

bool IsExact(const Type& type) { return IsInteger(type) || type.kind() == TypeKind::kDecimal; }

absl::StatusOr<Operands> CastBoth(const Operands& operands, const Type& left, const Type& right) {
  absl::StatusOr<ExpressionPtr> a = MakeCast(operands.left, left, CastContext::kExplicit);
  if (!a.ok()) return a.status();
  absl::StatusOr<ExpressionPtr> b = MakeCast(operands.right, right, CastContext::kExplicit);
  if (!b.ok()) return b.status();
  return Operands{*std::move(a), *std::move(b)};
}

// Where one type holds all values of both, there; else each with its own scale, in 128 bits.
absl::StatusOr<Operands> MeetDecimals(const Operands& operands) {
  const DecimalType left = DecimalTypeOf(*operands.left);
  const DecimalType right = DecimalTypeOf(*operands.right);
  const DecimalType both = Union(left, right);
  if (both.scale == std::max(left.scale, right.scale)) {
    return CastBoth(operands, ToType(both), ToType(both));
  }
  return CastBoth(operands, Type::Decimal(kMaxDecimalPrecision, left.scale),
                  Type::Decimal(kMaxDecimalPrecision, right.scale));
}

absl::StatusOr<Operands> Meet(std::string_view op, Operands operands) {
  const Type& left = operands.left->type();
  const Type& right = operands.right->type();
  if (left == right) return operands;
  if (left.IsString() && right.IsString()) {
    const bool label = left.kind() == TypeKind::kEnum || right.kind() == TypeKind::kEnum;
    if (label) return NoOperator(op, left, right);
    return operands;
  }
  if (IsExact(left) && IsExact(right)) {
    if (ExpressionPtr same = Narrowed(operands.right, left)) return Operands{operands.left, same};
    if (ExpressionPtr same = Narrowed(operands.left, right)) return Operands{same, operands.right};
    if (!IsInteger(left) || !IsInteger(right)) return MeetDecimals(operands);
  }
  const ExpressionPtr both[] = {operands.left, operands.right};
  const std::optional<Type> common = CommonType(both);
  if (!common) return NoOperator(op, left, right);
  return CastBoth(operands, *common, *common);
}

bool HasOrder(const Type& type) { return type.kind() != TypeKind::kJson; }

KernelTraits Comparing(Comparator op, const Type& left, const Type& right) {
  const char* name = Spelling(op).data();
  if (left.kind() == TypeKind::kDecimal && left.scale() != right.scale()) {
    return {.name = name, .kernel = ScaledKernel(op)};
  }
  if (left.IsArray() || left.IsJson()) return {.name = name, .kernel = ValueKernel(op)};
  const Kernel kernel =
      WithElement(ElementOf(left), [&]<typename T>() -> Kernel { return KernelOf<T>(op); });
  return {.name = name, .kernel = kernel};
}

// Rows whose code is that of a text.
Vector CompareCodes(const Vector& codes, std::string_view text, const Selection& rows,
                    bool negated) {
  Vector result = Vector::Make(Type::Boolean(), rows.end());
  auto* out = result.Mutable<uint8_t>();
  const uint32_t* values = codes.codes();
  const uint32_t code = codes.symbol_texts()->Code(text).value_or(0);
  const uint8_t none = negated ? 1 : 0;
  if (code == 0) {
    rows.ForEach([&](uint32_t row) { out[row] = none; });
  } else {
    rows.ForEach([&](uint32_t row) { out[row] = (values[row] == code ? 1 : 0) ^ none; });
  }
  result.KeepAlive(codes);
  result.ShareValidity(codes.validity());
  return result;
}

// Labels of an ENUM in the order of their declaration.
Vector CompareRanks(Comparator op, const Vector& a, const Vector& b, const EnumLabels& labels,
                    const Selection& rows) {
  Vector result = Vector::Make(Type::Boolean(), rows.end());
  auto* out = result.Mutable<uint8_t>();
  uint8_t* validity = result.MutableValidity();
  rows.ForEach([&](uint32_t row) {
    validity[row] = !a.IsNull(row) && !b.IsNull(row);
    const int order =
        CompareLabels(labels, a.At<std::string_view>(row), b.At<std::string_view>(row));
    out[row] = Holds(op, order) ? 1 : 0;
  });
  return result;
}

bool IsEquality(Comparator op) { return op == Comparator::kEqual || op == Comparator::kNotEqual; }

// The four that have loops; the others are these with their operands changed.
bool IsMirrored(Comparator op) {
  return op == Comparator::kGreater || op == Comparator::kLessEqual;
}

absl::StatusOr<Vector> CompareVectors(Comparator op, const Vector& a, const Vector& b,
                                      Evaluation& evaluation, const Selection& rows) {
  const Vector arguments[] = {a, b};
  const KernelTraits traits = Comparing(op, a.type(), b.type());
  return RunKernel(traits, Type::Boolean(), arguments, evaluation, rows);
}

// Two NULLs are not distinct.
class DistinctExpression : public Expression {
 public:
  DistinctExpression(ComparableOperands operands, bool negated)
      : Expression(ExpressionKind::kOther, Type::Boolean(),
                   {std::move(operands.left), std::move(operands.right)}),
        negated_(negated) {}

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override {
    if (rows.size() == 0) return Vector::Null(type());
    const absl::StatusOr<Vector> left = children()[0]->Evaluate(evaluation, rows);
    if (!left.ok()) return left;
    const absl::StatusOr<Vector> right = children()[1]->Evaluate(evaluation, rows);
    if (!right.ok()) return right;
    const bool null = left->IsNullConstant() || right->IsNullConstant();
    const absl::StatusOr<Vector> equal =
        null ? Vector::Null(type())
             : CompareVectors(Comparator::kEqual, *left, *right, evaluation, rows);
    if (!equal.ok()) return equal;
    Vector result = Vector::Make(type(), rows.end());
    auto* out = result.Mutable<uint8_t>();
    rows.ForEach([&](uint32_t row) {
      const bool same = left->IsNull(row) || right->IsNull(row)
                            ? left->IsNull(row) == right->IsNull(row)
                            : equal->At<uint8_t>(row) != 0;
      out[row] = same == negated_ ? 1 : 0;
    });
    return result;
  }

 private:
  bool negated_;
};

}  // namespace

ComparisonExpression::ComparisonExpression(Comparator op, ExpressionPtr left, ExpressionPtr right)
    : Expression(ExpressionKind::kComparison, Type::Boolean(), {std::move(left), std::move(right)}),
      op_(op) {}

absl::StatusOr<Vector> ComparisonExpression::Evaluate(Evaluation& evaluation,
                                                      const Selection& rows) const {
  if (rows.size() == 0) return Vector::Null(type());
  absl::StatusOr<Vector> left = this->left()->Evaluate(evaluation, rows);
  if (!left.ok()) return left;
  absl::StatusOr<Vector> right = this->right()->Evaluate(evaluation, rows);
  if (!right.ok()) return right;
  if (left->IsNullConstant() || right->IsNullConstant()) return Vector::Null(type());
  if (IsEquality(op_)) {
    const bool negated = op_ == Comparator::kNotEqual;
    if (left->codes() != nullptr && right->is_constant()) {
      return CompareCodes(*left, right->At<std::string_view>(0), rows, negated);
    }
    if (right->codes() != nullptr && left->is_constant()) {
      return CompareCodes(*right, left->At<std::string_view>(0), rows, negated);
    }
  }
  if (IsMirrored(op_)) std::swap(*left, *right);
  const Comparator op = IsMirrored(op_) ? Mirrored(op_) : op_;
  const EnumLabels* labels = this->left()->labels().get();
  if (labels != nullptr && !IsEquality(op)) {
    return CompareRanks(op, left->Decoded(rows), right->Decoded(rows), *labels, rows);
  }
  return CompareVectors(op, *left, *right, evaluation, rows);
}

Comparator Mirrored(Comparator comparator) {
  constexpr Comparator kMirrored[] = {Comparator::kEqual,   Comparator::kNotEqual,
                                      Comparator::kGreater, Comparator::kGreaterEqual,
                                      Comparator::kLess,    Comparator::kLessEqual};
  return kMirrored[static_cast<size_t>(comparator)];
}

std::string_view Spelling(Comparator comparator) {
  constexpr std::string_view kSpellings[] = {"=", "<>", "<", "<=", ">", ">="};
  return kSpellings[static_cast<size_t>(comparator)];
}

absl::StatusOr<ComparableOperands> MakeComparable(std::string_view op, ExpressionPtr left,
                                                  ExpressionPtr right) {
  return Meet(op, {std::move(left), std::move(right)});
}

absl::StatusOr<ExpressionPtr> MakeComparison(Comparator op, ExpressionPtr left,
                                             ExpressionPtr right) {
  if (!HasOrder(left->type()) || !HasOrder(right->type())) {
    return NoOperator(Spelling(op), left->type(), right->type());
  }
  absl::StatusOr<ComparableOperands> operands =
      MakeComparable(Spelling(op), std::move(left), std::move(right));
  if (!operands.ok()) return operands.status();
  return std::make_shared<ComparisonExpression>(op, operands->left, operands->right);
}

absl::StatusOr<ExpressionPtr> MakeIsDistinct(ExpressionPtr left, ExpressionPtr right,
                                             bool negated) {
  absl::StatusOr<ComparableOperands> operands =
      MakeComparable("IS DISTINCT FROM", std::move(left), std::move(right));
  if (!operands.ok()) return operands.status();
  return std::make_shared<DistinctExpression>(*std::move(operands), negated);
}

}  // namespace tape::engine::exec
