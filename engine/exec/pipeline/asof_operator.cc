#include "engine/exec/pipeline/asof_operator.h"

#include <algorithm>

#include "engine/exec/gather.h"

namespace tape::engine::exec {
namespace {

constexpr uint32_t kNoRow = KeptRows::kNoRow;

// |a - b|, which 64 bits without a sign always hold.
uint64_t Distance(int64_t a, int64_t b) {
  return a > b ? static_cast<uint64_t>(a) - static_cast<uint64_t>(b)
               : static_cast<uint64_t>(b) - static_cast<uint64_t>(a);
}

}  // namespace

AsofOperator::AsofOperator(QueryRun& run, OperatorPtr left, OperatorPtr right, AsofSpec spec)
    : run_(run),
      left_(std::move(left)),
      right_(std::move(right)),
      spec_(std::move(spec)),
      keys_(TypesOf(spec_.right_keys)),
      table_(keys_.words()),
      kept_(spec_.columns.types, spec_.columns.NeededOfRight()),
      charged_(run) {}

absl::StatusOr<Rows> AsofOperator::Next() {
  if (!done_with_right_) {
    if (absl::Status status = ReadRight(); !status.ok()) return status;
    done_with_right_ = true;
  }
  while (true) {
    const absl::StatusOr<Rows> rows = left_->Next();
    if (!rows.ok() || rows->empty()) return rows;
    if (absl::Status status = FindRows(*rows); !status.ok()) return status;
    if (!chosen_.empty()) return Joined(*rows);
  }
}

// ---- the right side

absl::Status AsofOperator::ReadRight() {
  while (true) {
    const absl::StatusOr<Rows> rows = right_->Next();
    if (!rows.ok()) return rows.status();
    if (rows->empty()) break;
    if (absl::Status status = AddRight(*rows); !status.ok()) return status;
  }
  for (Series& series : series_) {
    // By time, and rows of one time as they came.
    if (!series.ascends) std::sort(series.rows.begin(), series.rows.end());
  }
  return absl::OkStatus();
}

absl::Status AsofOperator::AddRight(const Rows& rows) {
  const absl::StatusOr<Vector> times =
      Encode(spec_.right_keys, *spec_.right_time, rows, KeyWords::Unknown::kLearn);
  if (!times.ok()) return times.status();
  chosen_.clear();
  rows.selection.ForEach([&](uint32_t row) {
    if (words_[size_t{row} * keys_.words()] == 0 && !times->IsNull(row)) chosen_.push_back(row);
  });
  const Selection chosen = Selection::Of(chosen_);
  table_.Add(words_, chosen, groups_, nullptr);
  series_.resize(table_.groups());
  auto number = static_cast<uint32_t>(kept_.size());
  for (uint32_t row : chosen_) {
    Series& series = series_[groups_[row]];
    const auto time = times->At<int64_t>(row);
    series.ascends = series.ascends && (series.rows.empty() || series.rows.back().first <= time);
    series.rows.emplace_back(time, number++);
  }
  series_bytes_ += chosen_.size() * sizeof(series_[0].rows[0]);
  kept_.Append(*rows.batch, chosen);
  return charged_.Set(kept_.bytes() + table_.bytes() + keys_.bytes() + series_bytes_);
}

absl::StatusOr<Vector> AsofOperator::Encode(const std::vector<ExpressionPtr>& keys,
                                            const Expression& time, const Rows& rows,
                                            KeyWords::Unknown unknown) {
  Evaluation evaluation(*rows.batch, run_.session());
  std::vector<Vector> values;
  for (const ExpressionPtr& key : keys) {
    absl::StatusOr<Vector> value = key->Evaluate(evaluation, rows.selection);
    if (!value.ok()) return value.status();
    values.push_back(*std::move(value));
  }
  keys_.Encode(values, rows.selection, unknown, words_);
  return time.Evaluate(evaluation, rows.selection);
}

// ---- the left side

absl::Status AsofOperator::FindRows(const Rows& rows) {
  const absl::StatusOr<Vector> times =
      Encode(spec_.left_keys, *spec_.left_time, rows, KeyWords::Unknown::kNothing);
  if (!times.ok()) return times.status();
  chosen_.clear();
  found_.clear();
  rows.selection.ForEach([&](uint32_t row) {
    const uint64_t* key = words_.data() + size_t{row} * keys_.words();
    uint32_t found = kNoRow;
    if (key[0] == 0 && !times->IsNull(row)) {
      const uint32_t group = table_.Find(key);
      if (group != GroupTable::kNoGroup) found = FindRow(series_[group], times->At<int64_t>(row));
    }
    if (found == kNoRow && !spec_.keeps_left) return;
    chosen_.push_back(row);
    found_.push_back(found);
  });
  return absl::OkStatus();
}

uint32_t AsofOperator::FindRow(const Series& series, int64_t time) const {
  const auto begin = series.rows.begin();
  const auto end = series.rows.end();
  const auto before = [](const auto& row, int64_t other) { return row.first < other; };
  const auto after = [](int64_t other, const auto& row) { return other < row.first; };
  // The first at that time, and the first behind it.
  const auto lower = std::lower_bound(begin, end, time, before);
  const auto upper = std::upper_bound(lower, end, time, after);
  const auto next = spec_.strict ? upper : lower;
  const auto behind_last = spec_.strict ? lower : upper;
  const bool backward = spec_.side != AsofSide::kForward && behind_last != begin;
  const bool forward = spec_.side != AsofSide::kBackward && next != end;
  if (!backward && !forward) return kNoRow;
  bool takes_back = backward;
  if (backward && forward) {
    takes_back = Distance(time, (behind_last - 1)->first) <= Distance(next->first, time);
  }
  const auto& found = takes_back ? *(behind_last - 1) : *next;
  const bool near = !spec_.tolerance_ns ||
                    Distance(found.first, time) <= static_cast<uint64_t>(*spec_.tolerance_ns);
  return near ? found.second : kNoRow;
}

Rows AsofOperator::Joined(const Rows& rows) {
  const JoinColumns& columns = spec_.columns;
  const Selection left = Selection::Of(chosen_);
  Batch right = kept_.Take(found_);
  Batch joined{.rows = chosen_.size()};
  for (size_t i = 0; i < columns.types.size(); ++i) {
    if (columns.first <= i && i < columns.end) {
      joined.columns.push_back(std::move(right.columns[i]));
    } else if (columns.needed[i]) {
      joined.columns.push_back(Gather(rows.batch->columns[i], left));
    } else {
      joined.columns.push_back(Vector::Null(columns.types[i]));
    }
  }
  batch_ = std::move(joined);
  return {.batch = &batch_, .selection = Selection::All(batch_.rows)};
}

}  // namespace tape::engine::exec
