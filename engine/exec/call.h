// A function or an operator as a node: evaluates its arguments, then runs one kernel over them.
//
//   absl::StatusOr<Vector> AddBigint(const KernelCall& call) {
//     return MapChecked<int64_t, int64_t, int64_t>(call, add, complain);      // loops.h
//   }
//   auto sum = MakeCall({.name = "+", .kernel = AddBigint}, Type::Bigint(), {a, b});
//
// A kernel is called once per batch and runs over rows of arrays. Before it is called: codes became
// texts; where the function is strict (NULL for any NULL) a constant NULL gave a constant NULL, and
// the validity of the arguments is merged; arguments that are all constant make one call for row 0,
// and the result a constant.
//
// Immutable; thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/expression.h"

namespace tape::engine::exec {

struct KernelCall {
  std::span<const Vector> arguments;
  const Type& type;  // of the result
  const Selection& rows;
  Evaluation& evaluation;
  // Of a strict function: where all arguments are there; nullptr where that is everywhere. Bytes
  // belong to an argument or to `merged`.
  const uint8_t* validity = nullptr;
  const Vector* merged = nullptr;
  std::string_view name{};

  // Whether a strict function has to say anything for this row.
  bool IsValid(uint32_t row) const { return validity == nullptr || validity[row] != 0; }

  // Room for the results: NULL where an argument is.
  Vector Result() const;

  // The arguments of a row as text, for messages: "1, NULL".
  std::string ArgumentsText(uint32_t row) const;
};

using Kernel = absl::StatusOr<Vector> (*)(const KernelCall& call);

struct KernelTraits {
  const char* name = "";
  Kernel kernel = nullptr;
  bool strict = true;
  Volatility volatility = Volatility::kImmutable;
};

// Runs a kernel over arguments, none of them a constant NULL where it is strict.
absl::StatusOr<Vector> RunKernel(const KernelTraits& traits, const Type& type,
                                 std::span<const Vector> arguments, Evaluation& evaluation,
                                 const Selection& rows);

class CallExpression : public Expression {
 public:
  CallExpression(const KernelTraits& traits, Type type, std::vector<ExpressionPtr> arguments,
                 LabelsPtr labels = nullptr);

  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override;

  std::string_view name() const { return traits_.name; }

 private:
  // The first argument, where that is a call.
  const CallExpression* InnerCall() const;
  // `first`: the first argument's value, where it is known.
  absl::StatusOr<Vector> Apply(const Vector* first, Evaluation& evaluation,
                               const Selection& rows) const;

  KernelTraits traits_;
};

ExpressionPtr MakeCall(const KernelTraits& traits, Type type, std::vector<ExpressionPtr> arguments,
                       LabelsPtr labels = nullptr);

}  // namespace tape::engine::exec
