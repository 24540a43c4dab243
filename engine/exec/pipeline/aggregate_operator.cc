#include "engine/exec/pipeline/aggregate_operator.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "tape/limits.h"

namespace tape::engine::exec {
namespace {

std::vector<Type> TypesOf(const std::vector<ExpressionPtr>& expressions) {
  std::vector<Type> types;
  for (const ExpressionPtr& expression : expressions) types.push_back(expression->type());
  return types;
}

}  // namespace

AggregateOperator::AggregateOperator(QueryRun& run, OperatorPtr child,
                                     std::vector<ExpressionPtr> keys,
                                     std::vector<AggregateColumn> aggregates)
    : run_(run),
      child_(std::move(child)),
      keys_(std::move(keys)),
      aggregates_(std::move(aggregates)),
      key_words_(TypesOf(keys_)),
      table_(key_words_.words()),
      kept_keys_(TypesOf(keys_)),
      charged_(run) {}

absl::StatusOr<Rows> AggregateOperator::Next() {
  if (!read_) {
    if (absl::Status status = ReadAll(); !status.ok()) return status;
    read_ = true;
  }
  const size_t count = std::min<size_t>(groups_count_ - next_, kBlockRows);
  if (count == 0) return Rows();
  std::vector<uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), static_cast<uint32_t>(next_));
  batch_ = kept_keys_.Take(rows);
  for (AggregateColumn& column : aggregates_) {
    absl::StatusOr<Vector> values = column.function->Finish(next_, count);
    if (!values.ok()) return values.status();
    batch_.columns.push_back(*std::move(values));
  }
  next_ += count;
  return Rows{.batch = &batch_, .selection = Selection::All(count)};
}

absl::Status AggregateOperator::ReadAll() {
  groups_count_ = keys_.empty() ? 1 : 0;
  for (AggregateColumn& column : aggregates_) column.function->Grow(groups_count_);
  while (true) {
    const absl::StatusOr<Rows> rows = child_->Next();
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return absl::OkStatus();
    if (absl::Status status = Add(*rows); !status.ok()) return status;
  }
}

absl::Status AggregateOperator::Add(const Rows& rows) {
  Evaluation evaluation(*rows.batch, run_.session());
  if (!keys_.empty()) {
    if (absl::Status status = FindGroups(rows, evaluation); !status.ok()) return status;
  }
  for (AggregateColumn& column : aggregates_) {
    if (absl::Status status = Aggregate(column, rows, evaluation); !status.ok()) return status;
  }
  return ChargeMemory();
}

absl::Status AggregateOperator::FindGroups(const Rows& rows, Evaluation& evaluation) {
  Batch keys{.rows = rows.batch->rows};
  for (const ExpressionPtr& key : keys_) {
    absl::StatusOr<Vector> value = key->Evaluate(evaluation, rows.selection);
    if (!value.ok()) return value.status();
    keys.columns.push_back(*std::move(value));
  }
  key_words_.Encode(keys.columns, rows.selection, KeyWords::Unknown::kLearn, words_);
  fresh_.clear();
  table_.Add(words_, rows.selection, groups_, &fresh_);
  if (fresh_.empty()) return absl::OkStatus();
  kept_keys_.Append(keys, Selection::Of(fresh_));
  groups_count_ = table_.groups();
  for (AggregateColumn& column : aggregates_) column.function->Grow(groups_count_);
  return absl::OkStatus();
}

absl::Status AggregateOperator::Aggregate(AggregateColumn& column, const Rows& rows,
                                          Evaluation& evaluation) {
  Selection selection = rows.selection;
  if (column.filter != nullptr) {
    filtered_.clear();
    const absl::Status status = SelectTrue(*column.filter, evaluation, selection, filtered_);
    if (!status.ok()) return status;
    selection = Selection::Of(filtered_);
  }
  std::vector<Vector> arguments;
  for (const ExpressionPtr& argument : column.arguments) {
    absl::StatusOr<Vector> value = argument->Evaluate(evaluation, selection);
    if (!value.ok()) return value.status();
    arguments.push_back(value->Decoded(selection));
  }
  return column.function->Add({.arguments = arguments,
                               .rows = selection,
                               .groups = keys_.empty() ? nullptr : groups_.data()});
}

absl::Status AggregateOperator::ChargeMemory() {
  uint64_t bytes = table_.bytes() + key_words_.bytes() + kept_keys_.bytes();
  for (const AggregateColumn& column : aggregates_) bytes += column.function->bytes();
  return charged_.Set(bytes);
}

}  // namespace tape::engine::exec
