// CASE, COALESCE, NULLIF, GREATEST, LEAST.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/exec/casts/meeting.h"
#include "engine/exec/loops.h"
#include "engine/exec/make.h"
#include "format/bytes/message.h"

namespace tape::engine::exec {
namespace {

using Made = absl::StatusOr<ExpressionPtr>;

// Takes over rows of `from` into `to`.
void CopyRows(const Vector& from, const Selection& rows, Vector& to) {
  const Vector source = from.Decoded(rows);
  uint8_t* validity = to.MutableValidity();
  to.KeepAlive(source);
  WithElement(ElementOf(to.type()), [&]<typename T>() {
    T* out = to.template Mutable<T>();
    rows.ForEach([&](uint32_t row) {
      out[row] = source.At<T>(row);
      validity[row] = source.IsNull(row) ? 0 : 1;
    });
  });
}

LabelsPtr LabelsOf(std::span<const ExpressionPtr> operands) {
  for (const ExpressionPtr& operand : operands) {
    if (operand->labels() != nullptr) return operand->labels();
  }
  return nullptr;
}

// The rows of `all` that are not in `taken`; both ascend.
std::vector<uint32_t> Without(const Selection& all, const std::vector<uint32_t>& taken) {
  std::vector<uint32_t> rest;
  rest.reserve(all.size() - taken.size());
  size_t next = 0;
  all.ForEach([&](uint32_t row) {
    if (next < taken.size() && taken[next] == row) {
      ++next;
    } else {
      rest.push_back(row);
    }
  });
  return rest;
}

// Children: condition and result of each branch, then what is left.
class CaseExpression : public Expression {
 public:
  CaseExpression(Type type, std::vector<ExpressionPtr> children, LabelsPtr labels)
      : Expression(ExpressionKind::kOther, type, std::move(children)) {
    set_labels(std::move(labels));
  }

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override {
    if (rows.size() == 0) return Vector::Null(type());
    Vector result = Vector::Make(type(), rows.end());
    std::vector<uint32_t> open;
    Selection left = rows;
    for (size_t i = 0; i + 1 < children().size() && left.size() > 0; i += 2) {
      std::vector<uint32_t> taken;
      absl::Status status = SelectTrue(*children()[i], evaluation, left, taken);
      if (status.ok()) status = Fill(i + 1, evaluation, Selection::Of(taken), result);
      if (!status.ok()) return status;
      open = Without(left, taken);
      left = Selection::Of(open);
    }
    absl::Status status = Fill(children().size() - 1, evaluation, left, result);
    if (!status.ok()) return status;
    return result;
  }

 private:
  absl::Status Fill(size_t child, Evaluation& evaluation, const Selection& rows,
                    Vector& result) const {
    if (rows.size() == 0) return absl::OkStatus();
    const absl::StatusOr<Vector> values = children()[child]->Evaluate(evaluation, rows);
    if (!values.ok()) return values.status();
    CopyRows(*values, rows, result);
    return absl::OkStatus();
  }
};

class CoalesceExpression : public Expression {
 public:
  CoalesceExpression(Type type, std::vector<ExpressionPtr> operands, LabelsPtr labels)
      : Expression(ExpressionKind::kOther, type, std::move(operands)) {
    set_labels(std::move(labels));
  }

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override {
    if (rows.size() == 0) return Vector::Null(type());
    Vector result = Vector::Make(type(), rows.end());
    std::vector<uint32_t> open;
    Selection left = rows;
    for (const ExpressionPtr& operand : children()) {
      const absl::StatusOr<Vector> values = operand->Evaluate(evaluation, left);
      if (!values.ok()) return values.status();
      CopyRows(*values, left, result);
      std::vector<uint32_t> null;
      left.ForEach([&](uint32_t row) {
        if (values->IsNull(row)) null.push_back(row);
      });
      open = std::move(null);
      left = Selection::Of(open);
      if (left.size() == 0) break;
    }
    return result;
  }
};

// The greatest or least of each row; NULLs do not count.
class ExtremeExpression : public Expression {
 public:
  ExtremeExpression(Type type, std::vector<ExpressionPtr> operands, int sign, LabelsPtr labels)
      : Expression(ExpressionKind::kOther, type, std::move(operands)), sign_(sign) {
    set_labels(std::move(labels));
  }

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override {
    if (rows.size() == 0) return Vector::Null(type());
    Vector result = Vector::Make(type(), rows.end());
    uint8_t* validity = result.MutableValidity();
    rows.ForEach([&](uint32_t row) { validity[row] = 0; });
    for (const ExpressionPtr& operand : children()) {
      const absl::StatusOr<Vector> values = operand->Evaluate(evaluation, rows);
      if (!values.ok()) return values.status();
      Improve(values->Decoded(rows), rows, result);
    }
    return result;
  }

 private:
  void Improve(const Vector& values, const Selection& rows, Vector& result) const {
    uint8_t* validity = result.MutableValidity();
    result.KeepAlive(values);
    WithElement(ElementOf(type()), [&]<typename T>() {
      T* best = result.template Mutable<T>();
      rows.ForEach([&](uint32_t row) {
        if (values.IsNull(row)) return;
        const T& value = values.At<T>(row);
        const bool better =
            validity[row] == 0 ||
            CompareElements<T>(type(), value, best[row], labels().get()) * sign_ > 0;
        if (better) best[row] = value;
        validity[row] = 1;
      });
    });
  }

  int sign_;
};

// All as their common type.
Made Unify(std::vector<ExpressionPtr>& operands, std::string_view what) {
  const std::optional<Type> common = CommonType(operands);
  if (!common) {
    std::string types;
    for (const ExpressionPtr& operand : operands) {
      types += format::Concat(types.empty() ? "" : ", ", operand->type().ToString());
    }
    return absl::InvalidArgumentError(
        format::Concat("types of ", what, " cannot be matched: ", types));
  }
  for (ExpressionPtr& operand : operands) {
    Made cast = MakeCast(operand, *common, CastContext::kExplicit);
    if (!cast.ok()) return cast.status();
    operand = *std::move(cast);
  }
  return operands[0];
}

// The left operand unless both are equal.
class NullIfExpression : public Expression {
 public:
  NullIfExpression(ExpressionPtr left, ExpressionPtr equal)
      : Expression(ExpressionKind::kOther, left->type(), {left, std::move(equal)}) {
    set_labels(left->labels());
  }

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override {
    if (rows.size() == 0) return Vector::Null(type());
    const absl::StatusOr<Vector> values = children()[0]->Evaluate(evaluation, rows);
    if (!values.ok()) return values.status();
    std::vector<uint32_t> equal;
    absl::Status status = SelectTrue(*children()[1], evaluation, rows, equal);
    if (!status.ok()) return status;
    Vector result = Vector::Make(type(), rows.end());
    CopyRows(*values, rows, result);
    for (const uint32_t row : equal) result.MutableValidity()[row] = 0;
    return result;
  }
};

Made MakeExtreme(std::vector<ExpressionPtr> operands, int sign) {
  const Made first = Unify(operands, sign > 0 ? "GREATEST" : "LEAST");
  if (!first.ok()) return first.status();
  const Type type = (*first)->type();
  LabelsPtr labels = LabelsOf(operands);
  return std::make_shared<ExtremeExpression>(type, std::move(operands), sign, std::move(labels));
}

}  // namespace

absl::StatusOr<ExpressionPtr> MakeCase(std::vector<CaseBranch> branches, ExpressionPtr otherwise) {
  std::vector<ExpressionPtr> results;
  for (const CaseBranch& branch : branches) results.push_back(branch.result);
  if (otherwise != nullptr) results.push_back(otherwise);
  const Made first = Unify(results, "CASE");
  if (!first.ok()) return first.status();
  const Type type = (*first)->type();
  std::vector<ExpressionPtr> children;
  for (size_t i = 0; i < branches.size(); ++i) {
    children.push_back(branches[i].condition);
    children.push_back(results[i]);
  }
  children.push_back(otherwise != nullptr ? results.back() : MakeConstant(Value::Null(type)));
  return std::make_shared<CaseExpression>(type, std::move(children), LabelsOf(results));
}

absl::StatusOr<ExpressionPtr> MakeCoalesce(std::vector<ExpressionPtr> operands) {
  const Made first = Unify(operands, "COALESCE");
  if (!first.ok()) return first.status();
  const Type type = (*first)->type();
  LabelsPtr labels = LabelsOf(operands);
  return std::make_shared<CoalesceExpression>(type, std::move(operands), std::move(labels));
}

absl::StatusOr<ExpressionPtr> MakeNullIf(ExpressionPtr left, ExpressionPtr right) {
  return UseOnce(std::move(left), [&](ExpressionPtr operand) -> Made {
    Made equal = MakeComparison(Comparator::kEqual, operand, right);
    if (!equal.ok()) return equal.status();
    return std::make_shared<NullIfExpression>(std::move(operand), *std::move(equal));
  });
}

absl::StatusOr<ExpressionPtr> MakeGreatest(std::vector<ExpressionPtr> operands) {
  return MakeExtreme(std::move(operands), 1);
}

absl::StatusOr<ExpressionPtr> MakeLeast(std::vector<ExpressionPtr> operands) {
  return MakeExtreme(std::move(operands), -1);
}

}  // namespace tape::engine::exec
