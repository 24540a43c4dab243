#include "engine/exec/pipeline/row_operators.h"

#include <algorithm>
#include <span>

namespace tape::engine::exec {

absl::StatusOr<Rows> FilterOperator::Next() {
  while (true) {
    const absl::StatusOr<Rows> rows = child_->Next();
    if (!rows.ok() || rows->empty()) return rows;
    rows_.clear();
    Evaluation evaluation(*rows->batch, run_.session());
    const absl::Status status = SelectTrue(*condition_, evaluation, rows->selection, rows_);
    if (!status.ok()) return status;
    if (rows_.size() == rows->size()) return rows;
    if (!rows_.empty()) return Rows{.batch = rows->batch, .selection = Selection::Of(rows_)};
  }
}

absl::StatusOr<Rows> ProjectOperator::Next() {
  const absl::StatusOr<Rows> rows = child_->Next();
  if (!rows.ok() || rows->empty()) return rows;
  batch_.columns.clear();
  batch_.rows = rows->batch->rows;
  Evaluation evaluation(*rows->batch, run_.session());
  for (const ExpressionPtr& expression : expressions_) {
    absl::StatusOr<Vector> value = expression->Evaluate(evaluation, rows->selection);
    if (!value.ok()) return value.status();
    batch_.columns.push_back(*std::move(value));
  }
  return Rows{.batch = &batch_, .selection = rows->selection};
}

absl::StatusOr<Rows> LimitOperator::Next() {
  while (left_ != 0) {
    absl::StatusOr<Rows> rows = child_->Next();
    if (!rows.ok() || rows->empty()) return rows;
    const uint64_t skipped = std::min<uint64_t>(skip_, rows->size());
    skip_ -= skipped;
    const uint64_t taken = std::min<uint64_t>(left_, rows->size() - skipped);
    if (taken == 0) continue;
    left_ -= taken;
    if (taken == rows->size()) return rows;
    rows_.clear();
    for (uint64_t i = skipped; i < skipped + taken; ++i) rows_.push_back(rows->selection[i]);
    return Rows{.batch = rows->batch, .selection = Selection::Of(rows_)};
  }
  return Rows();
}

absl::StatusOr<Rows> ValuesOperator::Next() {
  if (next_ == batches_.size()) return Rows();
  const Batch& batch = batches_[next_++];
  return Rows{.batch = &batch, .selection = Selection::All(batch.rows)};
}

absl::StatusOr<Rows> ConcatenateOperator::Next() {
  for (; current_ < children_.size(); ++current_) {
    absl::StatusOr<Rows> rows = children_[current_]->Next();
    if (!rows.ok() || !rows->empty()) return rows;
  }
  return Rows();
}

// ---- sets

DistinctOperator::DistinctOperator(QueryRun& run, OperatorPtr child, std::vector<Type> types)
    : child_(std::move(child)),
      columns_(types.size()),
      keys_(std::move(types)),
      seen_(keys_.words()),
      charged_(run) {}

absl::StatusOr<Rows> DistinctOperator::Next() {
  while (true) {
    const absl::StatusOr<Rows> rows = child_->Next();
    if (!rows.ok() || rows->empty()) return rows;
    const std::span<const Vector> columns(rows->batch->columns.data(), columns_);
    keys_.Encode(columns, rows->selection, KeyWords::Unknown::kLearn, words_);
    fresh_.clear();
    seen_.Add(words_, rows->selection, groups_, &fresh_);
    const absl::Status status = charged_.Set(seen_.bytes() + keys_.bytes());
    if (!status.ok()) return status;
    if (!fresh_.empty()) return Rows{.batch = rows->batch, .selection = Selection::Of(fresh_)};
  }
}

SetOperator::SetOperator(QueryRun& run, OperatorPtr left, OperatorPtr right,
                         std::vector<Type> types, Kind kind)
    : left_(std::move(left)),
      right_(std::move(right)),
      columns_(types.size()),
      kind_(kind),
      keys_(std::move(types)),
      groups_of_keys_(keys_.words()),
      charged_(run) {}

absl::Status SetOperator::ReadRight() {
  while (true) {
    const absl::StatusOr<Rows> rows = right_->Next();
    if (!rows.ok()) return rows.status();
    if (rows->empty()) break;
    const std::span<const Vector> columns(rows->batch->columns.data(), columns_);
    keys_.Encode(columns, rows->selection, KeyWords::Unknown::kLearn, words_);
    groups_of_keys_.Add(words_, rows->selection, groups_, nullptr);
    counts_.resize(groups_of_keys_.groups());
    rows->selection.ForEach([&](uint32_t row) { ++counts_[groups_[row]]; });
    const absl::Status status =
        charged_.Set(groups_of_keys_.bytes() + keys_.bytes() + counts_.capacity() * 8);
    if (!status.ok()) return status;
  }
  done_with_right_ = true;
  return absl::OkStatus();
}

// Each row of the right takes away one of the left (EXCEPT ALL) or lets one through (INTERSECT
// ALL); without ALL the first of equal rows stands for all.
bool SetOperator::Takes(uint32_t group) {
  int64_t& count = counts_[group];
  if (kind_.all) return (count-- > 0) != kind_.except;
  const bool takes = count >= 0 && (count > 0) != kind_.except;
  if (takes) count = -1;
  return takes;
}

absl::StatusOr<Rows> SetOperator::Next() {
  if (!done_with_right_) {
    if (absl::Status status = ReadRight(); !status.ok()) return status;
  }
  while (true) {
    const absl::StatusOr<Rows> rows = left_->Next();
    if (!rows.ok() || rows->empty()) return rows;
    const std::span<const Vector> columns(rows->batch->columns.data(), columns_);
    keys_.Encode(columns, rows->selection, KeyWords::Unknown::kLearn, words_);
    groups_of_keys_.Add(words_, rows->selection, groups_, nullptr);
    counts_.resize(groups_of_keys_.groups());
    const absl::Status status =
        charged_.Set(groups_of_keys_.bytes() + keys_.bytes() + counts_.capacity() * 8);
    if (!status.ok()) return status;
    rows_.clear();
    rows->selection.ForEach([&](uint32_t row) {
      if (Takes(groups_[row])) rows_.push_back(row);
    });
    if (!rows_.empty()) return Rows{.batch = rows->batch, .selection = Selection::Of(rows_)};
  }
}

}  // namespace tape::engine::exec
