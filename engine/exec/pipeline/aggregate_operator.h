// GROUP BY: one row for each different key, or one in all where there are no keys.
//
//   AggregateOperator groups(run, child, {symbol}, {{.function = sum, .arguments = {size}}});
//
// Columns of what comes out: the keys, then the aggregates. Groups come in the order in which their
// first rows came. Without keys there is a group even where there are no rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/aggregate/aggregator.h"
#include "engine/exec/expression.h"
#include "engine/exec/operator.h"
#include "engine/exec/pipeline/kept_rows.h"
#include "engine/exec/pipeline/key_words.h"

namespace tape::engine::exec {

struct AggregateColumn {
  AggregatorPtr function{};
  std::vector<ExpressionPtr> arguments{};
  ExpressionPtr filter{};  // nullptr: all rows
};

class AggregateOperator : public Operator {
 public:
  AggregateOperator(QueryRun& run, OperatorPtr child, std::vector<ExpressionPtr> keys,
                    std::vector<AggregateColumn> aggregates);

  absl::StatusOr<Rows> Next() override;

 private:
  absl::Status ReadAll();
  absl::Status Add(const Rows& rows);
  // Fills groups_; new groups' keys are kept.
  absl::Status FindGroups(const Rows& rows, Evaluation& evaluation);
  absl::Status Aggregate(AggregateColumn& column, const Rows& rows, Evaluation& evaluation);
  absl::Status ChargeMemory();

  QueryRun& run_;
  OperatorPtr child_;
  const std::vector<ExpressionPtr> keys_;
  std::vector<AggregateColumn> aggregates_;
  KeyWords key_words_;
  GroupTable table_;
  KeptRows kept_keys_;
  Charged charged_;
  size_t groups_count_ = 0;
  std::vector<uint64_t> words_;
  std::vector<uint32_t> groups_;
  std::vector<uint32_t> fresh_;
  std::vector<uint32_t> filtered_;
  bool read_ = false;
  size_t next_ = 0;
  Batch batch_;
};

}  // namespace tape::engine::exec
