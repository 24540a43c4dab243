// Operators that look at one batch at a time: WHERE, the list of SELECT, LIMIT, VALUES, UNION ALL,
// DISTINCT.
//
// Expressions see the columns of the operator below. Failures of an expression are its own status.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/operator.h"
#include "engine/exec/pipeline/key_words.h"

namespace tape::engine::exec {

// Rows for which a BOOLEAN expression is true.
class FilterOperator : public Operator {
 public:
  FilterOperator(QueryRun& run, OperatorPtr child, ExpressionPtr condition)
      : run_(run), child_(std::move(child)), condition_(std::move(condition)) {}

  absl::StatusOr<Rows> Next() override;

 private:
  QueryRun& run_;
  const OperatorPtr child_;
  const ExpressionPtr condition_;
  std::vector<uint32_t> rows_;
};

// One column for each expression.
class ProjectOperator : public Operator {
 public:
  ProjectOperator(QueryRun& run, OperatorPtr child, std::vector<ExpressionPtr> expressions)
      : run_(run), child_(std::move(child)), expressions_(std::move(expressions)) {}

  absl::StatusOr<Rows> Next() override;

 private:
  QueryRun& run_;
  const OperatorPtr child_;
  const std::vector<ExpressionPtr> expressions_;
  Batch batch_;
};

// The rows after `offset`, at most `limit` of them. Nobody below is asked for more.
class LimitOperator : public Operator {
 public:
  static constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();

  LimitOperator(OperatorPtr child, uint64_t offset, uint64_t limit)
      : child_(std::move(child)), skip_(offset), left_(limit) {}

  absl::StatusOr<Rows> Next() override;

 private:
  const OperatorPtr child_;
  uint64_t skip_;
  uint64_t left_;
  std::vector<uint32_t> rows_;
};

// Rows that are there already.
class ValuesOperator : public Operator {
 public:
  explicit ValuesOperator(std::vector<Batch> batches) : batches_(std::move(batches)) {}

  absl::StatusOr<Rows> Next() override;

 private:
  const std::vector<Batch> batches_;
  size_t next_ = 0;
};

// One after the other.
class ConcatenateOperator : public Operator {
 public:
  explicit ConcatenateOperator(std::vector<OperatorPtr> children)
      : children_(std::move(children)) {}

  absl::StatusOr<Rows> Next() override;

 private:
  const std::vector<OperatorPtr> children_;
  size_t current_ = 0;
};

// Of rows that are equal in the first columns, the first one. The types are those columns'.
class DistinctOperator : public Operator {
 public:
  DistinctOperator(QueryRun& run, OperatorPtr child, std::vector<Type> types);

  absl::StatusOr<Rows> Next() override;

 private:
  const OperatorPtr child_;
  const size_t columns_;
  KeyWords keys_;
  GroupTable seen_;
  Charged charged_;
  std::vector<uint64_t> words_;
  std::vector<uint32_t> groups_;
  std::vector<uint32_t> fresh_;
};

// INTERSECT and EXCEPT, with or without ALL: rows of the left that the right has, or has not. The
// right is read first.
class SetOperator : public Operator {
 public:
  struct Kind {
    bool except = false;
    bool all = false;
  };
  SetOperator(QueryRun& run, OperatorPtr left, OperatorPtr right, std::vector<Type> types,
              Kind kind);

  absl::StatusOr<Rows> Next() override;

 private:
  absl::Status ReadRight();
  bool Takes(uint32_t group);

  const OperatorPtr left_;
  const OperatorPtr right_;  // its symbols' texts may be asked for
  bool done_with_right_ = false;
  const size_t columns_;
  const Kind kind_;
  KeyWords keys_;
  GroupTable groups_of_keys_;
  Charged charged_;
  std::vector<int64_t> counts_;  // by group: how many the right has left; -1: given out
  std::vector<uint64_t> words_;
  std::vector<uint32_t> groups_;
  std::vector<uint32_t> rows_;
};

}  // namespace tape::engine::exec
