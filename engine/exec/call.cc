#include "engine/exec/call.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "engine/exec/loops.h"

namespace tape::engine::exec {
namespace {

// Validity of all arguments together. `merged` holds it where more than one has NULLs.
const uint8_t* MergeValidity(std::span<const Vector> arguments, const Selection& rows,
                             Vector& merged) {
  const uint8_t* first = nullptr;
  uint8_t* both = nullptr;
  for (const Vector& argument : arguments) {
    const uint8_t* validity = argument.validity();
    // A constant one that is NULL does not get here.
    if (validity == nullptr || argument.is_constant()) continue;
    if (first == nullptr) {
      first = validity;
      continue;
    }
    if (both == nullptr) {
      merged = Vector::Make(Type::Boolean(), rows.end());
      both = merged.Mutable<uint8_t>();
      rows.ForEach([&](uint32_t row) { both[row] = first[row]; });
    }
    rows.ForEach([&](uint32_t row) { both[row] &= validity[row]; });
  }
  return both != nullptr ? both : first;
}

bool AllConstant(std::span<const Vector> arguments) {
  return std::all_of(arguments.begin(), arguments.end(),
                     [](const Vector& argument) { return argument.is_constant(); });
}

bool HasNullConstant(std::span<const Vector> arguments) {
  return std::any_of(arguments.begin(), arguments.end(),
                     [](const Vector& argument) { return argument.IsNullConstant(); });
}

bool HasCodes(std::span<const Vector> arguments) {
  return std::any_of(arguments.begin(), arguments.end(),
                     [](const Vector& argument) { return argument.codes() != nullptr; });
}

}  // namespace

Vector KernelCall::Result() const {
  Vector result = Vector::Make(type, rows.end());
  if (validity == nullptr) return result;
  for (const Vector& argument : arguments) {
    if (argument.validity() == validity) result.KeepAlive(argument);
  }
  if (merged != nullptr) result.KeepAlive(*merged);
  result.ShareValidity(validity);
  return result;
}

std::string KernelCall::ArgumentsText(uint32_t row) const {
  std::string text;
  for (const Vector& argument : arguments) {
    if (!text.empty()) text += ", ";
    text += argument.ValueAt(row).ToText();
  }
  return text;
}

uint8_t* OwnValidity(const KernelCall& call, Vector& result) {
  const uint8_t* shared = result.validity();
  uint8_t* own = result.MutableValidity();
  if (shared == nullptr || shared == own) return own;
  call.rows.ForEach([&](uint32_t row) { own[row] = shared[row]; });
  return own;
}

CallExpression::CallExpression(const KernelTraits& traits, Type type,
                               std::vector<ExpressionPtr> arguments, LabelsPtr labels)
    : Expression(ExpressionKind::kCall, type, std::move(arguments), traits.volatility),
      traits_(traits) {
  set_labels(std::move(labels));
}

absl::StatusOr<Vector> RunKernel(const KernelTraits& traits, const Type& type,
                                 std::span<const Vector> arguments, Evaluation& evaluation,
                                 const Selection& rows) {
  std::vector<Vector> decoded;
  if (HasCodes(arguments)) {
    for (const Vector& argument : arguments) decoded.push_back(argument.Decoded(rows));
    arguments = decoded;
  }
  const bool constant = traits.volatility != Volatility::kVolatile && AllConstant(arguments);
  const Selection run = constant ? Selection::All(1) : rows;
  Vector merged;
  const uint8_t* validity = traits.strict ? MergeValidity(arguments, run, merged) : nullptr;
  absl::StatusOr<Vector> result = traits.kernel({.arguments = arguments,
                                                 .type = type,
                                                 .rows = run,
                                                 .evaluation = evaluation,
                                                 .validity = validity,
                                                 .merged = merged.is_constant() ? nullptr : &merged,
                                                 .name = traits.name});
  if (constant && result.ok()) result->MakeConstant();
  return result;
}

absl::StatusOr<Vector> CallExpression::Evaluate(Evaluation& evaluation,
                                                const Selection& rows) const {
  if (rows.size() == 0) return Vector::Null(type());
  // The operators of a chain are each the first argument of the next: from the innermost outwards,
  // without a frame for each.
  std::vector<const CallExpression*> chain = {this};
  while (const CallExpression* inner = chain.back()->InnerCall()) chain.push_back(inner);
  absl::StatusOr<Vector> result = chain.back()->Apply(nullptr, evaluation, rows);
  for (size_t i = chain.size() - 1; i-- > 0 && result.ok();) {
    result = chain[i]->Apply(&*result, evaluation, rows);
  }
  return result;
}

const CallExpression* CallExpression::InnerCall() const {
  if (children().empty() || children()[0]->kind() != ExpressionKind::kCall) return nullptr;
  return static_cast<const CallExpression*>(children()[0].get());
}

absl::StatusOr<Vector> CallExpression::Apply(const Vector* first, Evaluation& evaluation,
                                             const Selection& rows) const {
  std::vector<Vector> arguments;
  arguments.reserve(children().size());
  if (first != nullptr) arguments.push_back(*first);
  for (size_t i = arguments.size(); i < children().size(); ++i) {
    absl::StatusOr<Vector> argument = children()[i]->Evaluate(evaluation, rows);
    if (!argument.ok()) return argument.status();
    arguments.push_back(*std::move(argument));
  }
  // Not before all are there: an argument that fails fails beside a NULL, too.
  if (traits_.strict && HasNullConstant(arguments)) return Vector::Null(type());
  return RunKernel(traits_, type(), arguments, evaluation, rows);
}

ExpressionPtr MakeCall(const KernelTraits& traits, Type type, std::vector<ExpressionPtr> arguments,
                       LabelsPtr labels) {
  return std::make_shared<CallExpression>(traits, type, std::move(arguments), std::move(labels));
}

}  // namespace tape::engine::exec
