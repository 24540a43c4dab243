// Operators over bound expressions: each finds the common type of its operands, casts them, and
// chooses its loop.
//
//   ExpressionPtr test = *MakeComparison(Comparator::kGreater, price, limit);
//   ExpressionPtr both = MakeAnd({test, other});
//   ExpressionPtr cents = *MakeCast(price, Type::Decimal(10, 2), CastContext::kExplicit);
//
// The rules are PostgreSQL's: integers widen to the wider one, integers and decimals meet in
// decimals, anything with floating point meets in floating point, dates and timestamps in
// timestamps. docs/sql/expressions.md lists them.
//
// Errors: kInvalidArgument, "operator does not exist: BOOLEAN + TEXT", without a place; who knows
// the place adds it. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/expression.h"

namespace tape::engine::exec {

ExpressionPtr MakeConstant(const Value& value, LabelsPtr labels = nullptr);
ExpressionPtr MakeColumn(size_t index, Type type, std::string_view name,
                         LabelsPtr labels = nullptr);

// What `make` makes of an operand that it uses several times, as a range test does. Unless it is a
// leaf, `make` gets something that stands for it, and the operand itself is evaluated once: else
// tests in tests would take time that doubles with each level.
using MakeOf = std::function<absl::StatusOr<ExpressionPtr>(ExpressionPtr operand)>;
absl::StatusOr<ExpressionPtr> UseOnce(ExpressionPtr operand, const MakeOf& make);

// ---- types

// Whether a value of one type becomes the other by itself: where it stands as an operand or
// argument; where it is assigned to a column; only when it is asked to, by CAST.
enum class CastContext : uint8_t { kImplicit, kAssignment, kExplicit };

bool CanCast(const Type& from, const Type& to, CastContext context);

// A string too long for VARCHAR(n) is cut by an explicit cast and an error in an assignment.
// `labels` of a target that is an ENUM.
absl::StatusOr<ExpressionPtr> MakeCast(ExpressionPtr operand, Type to, CastContext context,
                                       LabelsPtr labels = nullptr);

absl::StatusOr<Value> CastValue(const Value& value, Type to, CastContext context,
                                LabelsPtr labels = nullptr);

// DECIMAL, without precision and scale, of something: those of an integer or decimal; for floating
// point and text DECIMAL(38,16).
Type UnboundedDecimal(const Type& from);

// The type that CASE, COALESCE, IN, GREATEST and arrays give values of several types; nothing where
// there is none. A constant integer counts with the digits that it has.
std::optional<Type> CommonType(std::span<const ExpressionPtr> operands);

// ---- operators

enum class ArithmeticOperator : uint8_t { kAdd, kSubtract, kMultiply, kDivide, kModulo, kPower };
enum class BitOperator : uint8_t { kAnd, kOr, kXor, kShiftLeft, kShiftRight };
enum class Comparator : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

// a < b is b > a.
Comparator Mirrored(Comparator comparator);
std::string_view Spelling(Comparator comparator);

absl::StatusOr<ExpressionPtr> MakeArithmetic(ArithmeticOperator op, ExpressionPtr left,
                                             ExpressionPtr right);
absl::StatusOr<ExpressionPtr> MakeNegation(ExpressionPtr operand);
absl::StatusOr<ExpressionPtr> MakeBits(BitOperator op, ExpressionPtr left, ExpressionPtr right);
absl::StatusOr<ExpressionPtr> MakeBitNot(ExpressionPtr operand);

// kind() is kComparison.
absl::StatusOr<ExpressionPtr> MakeComparison(Comparator op, ExpressionPtr left,
                                             ExpressionPtr right);
absl::StatusOr<ExpressionPtr> MakeIsDistinct(ExpressionPtr left, ExpressionPtr right, bool negated);

// Operands are BOOLEAN. kind() is kLogical.
ExpressionPtr MakeAnd(std::vector<ExpressionPtr> operands);
ExpressionPtr MakeOr(std::vector<ExpressionPtr> operands);
ExpressionPtr MakeNot(ExpressionPtr operand);

enum class Test : uint8_t { kNull, kTrue, kFalse };
ExpressionPtr MakeTest(Test test, ExpressionPtr operand, bool negated);

// operand IN (values), NOT IN. Constants are looked up by hash.
absl::StatusOr<ExpressionPtr> MakeIn(ExpressionPtr operand, std::vector<ExpressionPtr> values,
                                     bool negated);

// left op ANY (array), left op ALL (array).
absl::StatusOr<ExpressionPtr> MakeQuantified(Comparator op, ExpressionPtr left, ExpressionPtr array,
                                             bool all);

// ARRAY[elements], one at least, as their common type.
absl::StatusOr<ExpressionPtr> MakeArray(std::vector<ExpressionPtr> elements);

// ---- choices

struct CaseBranch {
  ExpressionPtr condition;  // BOOLEAN
  ExpressionPtr result;
};
// `otherwise` may be nullptr, which is NULL.
absl::StatusOr<ExpressionPtr> MakeCase(std::vector<CaseBranch> branches, ExpressionPtr otherwise);
absl::StatusOr<ExpressionPtr> MakeCoalesce(std::vector<ExpressionPtr> operands);
absl::StatusOr<ExpressionPtr> MakeNullIf(ExpressionPtr left, ExpressionPtr right);
absl::StatusOr<ExpressionPtr> MakeGreatest(std::vector<ExpressionPtr> operands);
absl::StatusOr<ExpressionPtr> MakeLeast(std::vector<ExpressionPtr> operands);

}  // namespace tape::engine::exec
