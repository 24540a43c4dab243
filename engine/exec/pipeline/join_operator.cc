#include "engine/exec/pipeline/join_operator.h"

#include <utility>

#include "engine/exec/gather.h"
#include "tape/limits.h"

namespace tape::engine::exec {

std::vector<bool> JoinColumns::NeededOfRight() const {
  std::vector<bool> of_right(types.size(), false);
  for (size_t i = first; i < end; ++i) of_right[i] = needed[i];
  return of_right;
}

std::vector<Type> TypesOf(const std::vector<ExpressionPtr>& keys) {
  std::vector<Type> types;
  for (const ExpressionPtr& key : keys) types.push_back(key->type());
  return types;
}

JoinOperator::JoinOperator(QueryRun& run, OperatorPtr left, OperatorPtr right, JoinSpec spec)
    : run_(run),
      left_(std::move(left)),
      right_(std::move(right)),
      spec_(std::move(spec)),
      keys_(TypesOf(spec_.right_keys)),
      table_(keys_.words()),
      kept_(spec_.columns.types, spec_.columns.NeededOfRight()),
      charged_(run) {}

absl::StatusOr<Rows> JoinOperator::Next() {
  if (!done_with_right_) {
    if (absl::Status status = ReadRight(); !status.ok()) return status;
  }
  while (true) {
    if (CollectPairs()) {
      absl::StatusOr<Rows> rows = Joined();
      if (rows.ok() && spec_.condition != nullptr) rows = Filtered();
      if (!rows.ok()) return rows;
      rows->selection.ForEach([&](uint32_t pair) { matched_[pair_left_[pair]] = 1; });
      if (!rows->empty()) return rows;
    } else if (CollectUnmatched()) {
      return Joined();
    } else {
      const absl::StatusOr<bool> more = NextLeft();
      if (!more.ok()) return more.status();
      if (!*more) return Rows();
    }
  }
}

// ---- the right side

absl::Status JoinOperator::ReadRight() {
  while (true) {
    const absl::StatusOr<Rows> rows = right_->Next();
    if (!rows.ok()) return rows.status();
    if (rows->empty()) break;
    if (absl::Status status = AddRight(*rows); !status.ok()) return status;
  }
  done_with_right_ = true;
  return absl::OkStatus();
}

absl::Status JoinOperator::AddRight(const Rows& rows) {
  absl::Status status = EncodeKeys(spec_.right_keys, rows, KeyWords::Unknown::kLearn);
  if (!status.ok()) return status;
  chosen_.clear();  // rows without a NULL among their keys
  rows.selection.ForEach([&](uint32_t row) {
    if (words_[size_t{row} * keys_.words()] == 0) chosen_.push_back(row);
  });
  const Selection chosen = Selection::Of(chosen_);
  table_.Add(words_, chosen, groups_, nullptr);
  heads_.resize(table_.groups(), kEnd);
  tails_.resize(table_.groups(), kEnd);
  for (uint32_t row : chosen_) {
    const auto number = static_cast<uint32_t>(nexts_.size());
    nexts_.push_back(kEnd);
    uint32_t& tail = tails_[groups_[row]];
    (tail == kEnd ? heads_[groups_[row]] : nexts_[tail]) = number;
    tail = number;
  }
  kept_.Append(*rows.batch, chosen);
  return charged_.Set(kept_.bytes() + table_.bytes() + keys_.bytes() +
                      (heads_.capacity() + tails_.capacity() + nexts_.capacity()) * 4);
}

absl::Status JoinOperator::EncodeKeys(const std::vector<ExpressionPtr>& keys, const Rows& rows,
                                      KeyWords::Unknown unknown) {
  Evaluation evaluation(*rows.batch, run_.session());
  std::vector<Vector> values;
  for (const ExpressionPtr& key : keys) {
    absl::StatusOr<Vector> value = key->Evaluate(evaluation, rows.selection);
    if (!value.ok()) return value.status();
    values.push_back(*std::move(value));
  }
  keys_.Encode(values, rows.selection, unknown, words_);
  return absl::OkStatus();
}

// ---- the left side

absl::StatusOr<bool> JoinOperator::NextLeft() {
  const absl::StatusOr<Rows> rows = left_->Next();
  if (!rows.ok()) return rows.status();
  current_ = *rows;
  at_ = 0;
  match_ = kEnd;
  if (current_.empty()) return false;
  matched_.assign(current_.selection.end(), 0);
  absl::Status status = EncodeKeys(spec_.left_keys, current_, KeyWords::Unknown::kNothing);
  if (!status.ok()) return status;
  return true;
}

uint32_t JoinOperator::FirstMatch(uint32_t row) const {
  const uint64_t* key = words_.data() + size_t{row} * keys_.words();
  if (key[0] != 0) return kEnd;
  const uint32_t group = table_.Find(key);
  return group == GroupTable::kNoGroup ? kEnd : heads_[group];
}

bool JoinOperator::CollectPairs() {
  pair_left_.clear();
  pair_right_.clear();
  while (pair_left_.size() < kBlockRows) {
    while (match_ == kEnd && at_ < current_.size()) match_ = FirstMatch(current_.selection[at_++]);
    if (match_ == kEnd) break;
    pair_left_.push_back(current_.selection[at_ - 1]);
    pair_right_.push_back(match_);
    match_ = nexts_[match_];
  }
  return !pair_left_.empty();
}

bool JoinOperator::CollectUnmatched() {
  if (!spec_.keeps_left) return false;
  current_.selection.ForEach([&](uint32_t row) {
    if (matched_[row] == 0) pair_left_.push_back(row);
  });
  pair_right_.assign(pair_left_.size(), KeptRows::kNoRow);
  current_.selection = Selection::All(0);
  at_ = 0;
  return !pair_left_.empty();
}

// ---- pairs

absl::StatusOr<Rows> JoinOperator::Joined() {
  const JoinColumns& columns = spec_.columns;
  const Selection left = Selection::Of(pair_left_);
  Batch right = kept_.Take(pair_right_);
  Batch joined{.rows = pair_left_.size()};
  for (size_t i = 0; i < columns.types.size(); ++i) {
    const bool of_right = columns.first <= i && i < columns.end;
    if (of_right) {
      joined.columns.push_back(std::move(right.columns[i]));
    } else if (columns.needed[i]) {
      joined.columns.push_back(Gather(current_.batch->columns[i], left));
    } else {
      joined.columns.push_back(Vector::Null(columns.types[i]));
    }
  }
  batch_ = std::move(joined);
  return Rows{.batch = &batch_, .selection = Selection::All(batch_.rows)};
}

absl::StatusOr<Rows> JoinOperator::Filtered() {
  chosen_.clear();
  Evaluation evaluation(batch_, run_.session());
  const absl::Status status =
      SelectTrue(*spec_.condition, evaluation, Selection::All(batch_.rows), chosen_);
  if (!status.ok()) return status;
  return Rows{.batch = &batch_, .selection = Selection::Of(chosen_)};
}

}  // namespace tape::engine::exec
