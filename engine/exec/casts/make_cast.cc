// Which casts there are, and the nodes for them.
#include <memory>
#include <utility>

#include "engine/exec/casts/casts.h"
#include "engine/exec/make.h"
#include "format/bytes/message.h"
#include "format/types/text_error.h"

namespace tape::engine::exec {
namespace {

using format::Concat;

// How freely a type becomes another: the least context in which it does; nothing: in none.
using Freedom = std::optional<CastContext>;

Freedom NumberFreedom(const Type& from, const Type& to) {
  const auto rank = [](const Type& type) {
    switch (ElementOf(type)) {
      case Element::kInt16:
        return 0;
      case Element::kInt32:
        return 1;
      case Element::kFloat:
        return 4;
      case Element::kDouble:
        return 5;
      default:
        return type.kind() == TypeKind::kDecimal ? 3 : 2;
    }
  };
  const bool decimals = from.kind() == TypeKind::kDecimal && to.kind() == TypeKind::kDecimal;
  const bool integer_to_decimal = IsInteger(from) && to.kind() == TypeKind::kDecimal;
  if (decimals || integer_to_decimal) return CastContext::kImplicit;
  return rank(from) <= rank(to) ? CastContext::kImplicit : CastContext::kAssignment;
}

Freedom TimeFreedom(const Type& from, const Type& to) {
  const auto rank = [](const Type& type) {
    if (type.kind() == TypeKind::kDate) return 0;
    return type.kind() == TypeKind::kTimestamp ? 1 : 2;
  };
  return rank(from) <= rank(to) ? CastContext::kImplicit : CastContext::kAssignment;
}

bool IsTime(const Type& type) { return type.IsTimestamp() || type.kind() == TypeKind::kDate; }

// An ENUM is no text until it is asked to be one; all other strings are.
Freedom StringFreedom(const Type& from, const Type& to) {
  if (from.kind() == TypeKind::kEnum && to.kind() == TypeKind::kEnum) return std::nullopt;
  if (to.kind() == TypeKind::kEnum) return CastContext::kExplicit;
  return from.kind() == TypeKind::kEnum ? CastContext::kAssignment : CastContext::kImplicit;
}

Freedom FreedomOf(const Type& from, const Type& to) {
  if (from == to) return CastContext::kImplicit;
  if (from.IsArray() && to.IsArray()) return FreedomOf(from.element(), to.element());
  if (from.IsArray() || to.IsArray()) {
    if (from.IsString()) return CastContext::kExplicit;
    return to.IsString() ? Freedom(CastContext::kAssignment) : std::nullopt;
  }
  if (IsNumber(from) && IsNumber(to)) return NumberFreedom(from, to);
  if (IsTime(from) && IsTime(to)) return TimeFreedom(from, to);
  if (from.IsString() && to.IsString()) return StringFreedom(from, to);
  if (from.kind() == TypeKind::kEnum || to.kind() == TypeKind::kEnum) return std::nullopt;
  if (to.IsString()) return CastContext::kAssignment;
  if (from.IsString()) return CastContext::kExplicit;
  if (from.IsJson() && to.IsJson()) return CastContext::kAssignment;
  const bool json_scalar =
      from.kind() == TypeKind::kJsonb && (IsNumber(to) || to.kind() == TypeKind::kBoolean);
  const bool boolean = NumberCast(from, to).kernel != nullptr;
  return json_scalar || boolean ? Freedom(CastContext::kExplicit) : std::nullopt;
}

// Text as a label of an ENUM.
class LabelCast : public Expression {
 public:
  LabelCast(ExpressionPtr operand, Type to, LabelsPtr labels)
      : Expression(ExpressionKind::kOther, to, {std::move(operand)}) {
    set_labels(std::move(labels));
  }

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override {
    if (rows.size() == 0) return Vector::Null(type());
    absl::StatusOr<Vector> texts = children()[0]->Evaluate(evaluation, rows);
    if (!texts.ok()) return texts.status();
    absl::Status status;
    rows.ForEach([&](uint32_t row) {
      if (status.ok() && !texts->IsNull(row)) status = Check(evaluation, *texts, row);
    });
    if (!status.ok()) return status;
    return texts->As(type());
  }

 private:
  absl::Status Check(Evaluation& evaluation, const Vector& texts, uint32_t row) const {
    const Value value = texts.ValueAt(row);
    const absl::StatusOr<Value> label = Value::Parse(type(), value.text(), labels().get());
    return label.ok() ? absl::OkStatus() : evaluation.Fail(row, label.status());
  }
};

KernelTraits FindCast(const Type& from, const Type& to, CastContext context) {
  KernelTraits cast = NumberCast(from, to);
  if (cast.kernel == nullptr) cast = TimeCast(from, to);
  if (cast.kernel == nullptr) cast = TextCast(from, to, context);
  return cast;
}

absl::Status NoCast(const Type& from, const Type& to, CastContext context) {
  if (context == CastContext::kExplicit) {
    return absl::InvalidArgumentError(
        Concat("cannot cast type ", from.ToString(), " to ", to.ToString()));
  }
  return absl::InvalidArgumentError(
      Concat("expected type ", to.ToString(), ", found an expression of type ", from.ToString()));
}

// A constant's cast is a constant. One that fails does so when it is evaluated, and not where a
// CASE never comes to it.
ExpressionPtr Folded(ExpressionPtr cast) {
  if (cast->children()[0]->kind() != ExpressionKind::kConstant) return cast;
  const absl::StatusOr<Value> value = EvaluateOnce(*cast, {});
  return value.ok() ? MakeConstant(*value, cast->labels()) : cast;
}

}  // namespace

bool CanCast(const Type& from, const Type& to, CastContext context) {
  const Freedom freedom = FreedomOf(from, to);
  return freedom && *freedom <= context;
}

absl::StatusOr<ExpressionPtr> MakeCast(ExpressionPtr operand, Type to, CastContext context,
                                       LabelsPtr labels) {
  const Type from = operand->type();
  if (from == to) return operand;
  if (!CanCast(from, to, context)) return NoCast(from, to, context);
  if (to.kind() == TypeKind::kEnum) {
    return Folded(std::make_shared<LabelCast>(std::move(operand), to, std::move(labels)));
  }
  if (to.kind() == TypeKind::kVarchar && !from.IsString()) {
    // By way of text, which has the length that is to be looked at.
    absl::StatusOr<ExpressionPtr> text = MakeCast(std::move(operand), Type::Text(), context);
    if (!text.ok()) return text.status();
    return MakeCast(*std::move(text), to, context);
  }
  const KernelTraits cast = FindCast(from, to, context);
  if (cast.kernel == nullptr) return NoCast(from, to, context);
  return Folded(MakeCall(cast, to, {std::move(operand)}));
}

absl::StatusOr<Value> CastValue(const Value& value, Type to, CastContext context,
                                LabelsPtr labels) {
  const absl::StatusOr<ExpressionPtr> cast =
      MakeCast(MakeConstant(value), to, context, std::move(labels));
  if (!cast.ok()) return cast.status();
  return EvaluateOnce(**cast, {});
}

}  // namespace tape::engine::exec
