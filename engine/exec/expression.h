// A bound expression: knows its type, and computes a vector from a batch.
//
//   ExpressionPtr notional = *MakeArithmetic(ArithmeticOperator::kMultiply, price, size);  //
//   make.h Evaluation evaluation(batch, session); absl::StatusOr<Vector> values =
//   notional->Evaluate(evaluation, Selection::All(batch.rows)); if (!values.ok())
//   Report(values.status(), evaluation.failed_row());
//
//   std::vector<uint32_t> rows;                                    // WHERE
//   absl::Status status = SelectTrue(*condition, evaluation, Selection::All(batch.rows), rows);
//
//   absl::StatusOr<Value> value = EvaluateOnce(*default_expression, session);    // no columns
//
// Control outside, data inside: a node is asked once per batch, chooses by type and form, and runs
// one loop over primitive arrays. Only the rows of the selection are computed, so that what a row
// does not reach (a branch of CASE, the rest of an AND that is false) cannot fail for it.
//
// Errors: kInvalidArgument for a value that an operator cannot take (overflow, division by zero, a
// text that is no number), naming it; failed_row() is the row of the batch that had it.
// kResourceExhausted: a result above a limit of tape/limits.h.
//
// Expressions: immutable, thread-safe. Evaluation: thread-bound, one per batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/exec/enum_labels.h"
#include "engine/exec/selection.h"
#include "engine/exec/value.h"
#include "engine/exec/vector.h"
#include "engine/io/host.h"
#include "tape/timestamp.h"
#include "tape/type.h"

namespace tape::engine::exec {

// What an expression may ask about its surroundings, the same for all rows of a statement.
struct Session {
  Timestamp now{};                      // of the statement: now(), CURRENT_DATE
  Host* host = nullptr;                 // for gen_random_uuid(), random(), clock_timestamp()
  std::span<const Value> parameters{};  // $1 is the first
};

// One batch being worked on.
class Expression;

class Evaluation {
 public:
  // Both must outlive it.
  Evaluation(const Batch& batch, const Session& session) : batch_(batch), session_(session) {}

  const Batch& batch() const { return batch_; }
  const Session& session() const { return session_; }

  // After an error: the row that had it, if it was one row's.
  std::optional<uint32_t> failed_row() const { return failed_row_; }
  // Remembers the row and gives the error back.
  absl::Status Fail(uint32_t row, absl::Status status) {
    failed_row_ = row;
    return status;
  }

  // A value that is kept under an address while this lives: see UseOnce (make.h).
  class Keeping {
   public:
    Keeping(Evaluation& evaluation, const Expression* key, Vector value) : evaluation_(evaluation) {
      evaluation_.kept_.push_back({key, std::move(value)});
    }
    ~Keeping() { evaluation_.kept_.pop_back(); }
    Keeping(const Keeping&) = delete;
    Keeping& operator=(const Keeping&) = delete;

   private:
    Evaluation& evaluation_;
  };
  // nullptr where none is.
  const Vector* Kept(const Expression* key) const;

 private:
  const Batch& batch_;
  const Session& session_;
  std::optional<uint32_t> failed_row_;
  std::vector<std::pair<const Expression*, Vector>> kept_;
};

// Whether the value may differ between statements, or between rows for the same arguments.
enum class Volatility : uint8_t { kImmutable, kStable, kVolatile };

using ExpressionPtr = std::shared_ptr<const Expression>;
using LabelsPtr = std::shared_ptr<const EnumLabels>;

// What an operator is, for those who look for more than its value: pruning, EXPLAIN.
enum class ExpressionKind : uint8_t {
  kConstant,    // Constant
  kParameter,   // ParameterReference
  kColumn,      // ColumnReference
  kComparison,  // ComparisonExpression (operators/comparison.h)
  kLogical,     // AND, OR
  kCall,        // CallExpression (call.h): functions, arithmetic, casts
  kOther,
};

class Expression {
 public:
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;
  // A chain of ten thousand operators goes without a frame for each.
  virtual ~Expression();

  // A vector that is good for the rows of the selection; others hold anything.
  virtual absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const = 0;

  ExpressionKind kind() const { return kind_; }
  const Type& type() const { return type_; }
  // Of an ENUM; else nullptr.
  const LabelsPtr& labels() const { return labels_; }
  std::span<const ExpressionPtr> children() const { return children_; }
  Volatility volatility() const { return volatility_; }
  // Neither columns nor anything volatile in it: one value for all rows.
  bool IsStable() const { return !has_columns_ && volatility_ != Volatility::kVolatile; }

 protected:
  Expression(ExpressionKind kind, Type type, std::vector<ExpressionPtr> children = {},
             Volatility volatility = Volatility::kImmutable);

  void set_labels(LabelsPtr labels) { labels_ = std::move(labels); }
  void set_has_columns() { has_columns_ = true; }

 private:
  ExpressionKind kind_;
  Type type_;
  LabelsPtr labels_;
  std::vector<ExpressionPtr> children_;
  Volatility volatility_;
  bool has_columns_ = false;
};

// ---- leaves

class Constant : public Expression {
 public:
  explicit Constant(const Value& value, LabelsPtr labels = nullptr);
  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override;
  const Value& value() const { return value_; }

 private:
  Value value_;
  Vector vector_;
};

// The index-th column of the batch.
class ColumnReference : public Expression {
 public:
  ColumnReference(size_t index, Type type, std::string name, LabelsPtr labels = nullptr);
  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override;
  size_t index() const { return index_; }
  const std::string& name() const { return name_; }

 private:
  size_t index_;
  std::string name_;
};

// $n, whose value must have the type that was promised when the expression was bound.
class ParameterReference : public Expression {
 public:
  ParameterReference(uint32_t number, Type type, LabelsPtr labels = nullptr);
  absl::StatusOr<Vector> Evaluate(Evaluation& evaluation, const Selection& rows) const override;
  uint32_t number() const { return number_; }

 private:
  uint32_t number_;
};

// ---- evaluating

// The value of an expression without columns: a DEFAULT, a LIMIT.
absl::StatusOr<Value> EvaluateOnce(const Expression& expression, const Session& session);

// Appends the selected rows for which a BOOLEAN expression is true (WHERE), or false (a CHECK that
// is violated: NULL is not).
absl::Status SelectTrue(const Expression& condition, Evaluation& evaluation, const Selection& rows,
                        std::vector<uint32_t>& out);
absl::Status SelectFalse(const Expression& condition, Evaluation& evaluation, const Selection& rows,
                         std::vector<uint32_t>& out);

// Indexes of the columns that an expression reads, ascending, each once.
std::vector<size_t> ColumnsOf(const Expression& expression);

}  // namespace tape::engine::exec
