#include "engine/read/part_merge.h"

#include <algorithm>
#include <limits>

#include "engine/read/scan_parts.h"

namespace tape::engine {
namespace {

using format::RowOrder;

// A run at least that long is not copied.
constexpr size_t kLongRun = 128;

}  // namespace

PartMerge::PartMerge(const TableSnapshot& table, PartSpec spec, std::vector<ScanPart> parts)
    : table_(table), spec_(std::move(spec)), parts_(std::move(parts)) {
  merges_ = OverlapsAnywhere();
  if (merges_) spec_.keys = true;
  for (size_t column : spec_.columns) copied_.emplace_back(table.schema().physical(column));
}

bool PartMerge::OverlapsAnywhere() const {
  if (spec_.order == RowOrder::kStored) return false;
  for (size_t i = 1; i < parts_.size(); ++i) {
    const bool apart = spec_.order == RowOrder::kTime
                           ? parts_[i - 1].times.greatest < parts_[i].times.least
                           : parts_[i - 1].rows.end <= parts_[i].rows.first;
    if (!apart) return true;
  }
  return false;
}

PartMerge::Key PartMerge::KeyOf(const RowBatch& batch, size_t row) const {
  return {spec_.order == RowOrder::kTime ? batch.times[row] : 0, batch.row_numbers[row]};
}

PartMerge::Key PartMerge::LeastOf(const ScanPart& part) const {
  if (spec_.order == RowOrder::kTime) return {part.times.least, 0};
  return {0, part.rows.first};
}

absl::Status PartMerge::Next() {
  batch_.rows = 0;
  const absl::Status status = merges_ ? NextMerged() : NextInTurn();
  if (!status.ok()) batch_.rows = 0;
  return status;
}

absl::Status PartMerge::NextInTurn() {
  while (true) {
    if (open_.empty()) {
      if (next_part_ == parts_.size()) return absl::OkStatus();
      absl::StatusOr<std::unique_ptr<PartReader>> reader =
          OpenPart(table_, spec_, parts_[next_part_++]);
      if (!reader.ok()) return reader.status();
      if (*reader != nullptr) open_.push_back({*std::move(reader)});
      continue;
    }
    if (absl::Status status = open_[0].reader->Next(); !status.ok()) return status;
    if (open_[0].reader->batch().rows == 0) {
      open_.clear();
      continue;
    }
    batch_ = open_[0].reader->batch();
    return absl::OkStatus();
  }
}

// ---- merging

absl::Status PartMerge::Refill() {
  for (Open& open : open_) {
    if (open.at < open.reader->batch().rows) continue;
    if (absl::Status status = open.reader->Next(); !status.ok()) return status;
    open.at = 0;
  }
  std::erase_if(open_, [](const Open& open) { return open.reader->batch().rows == 0; });
  return absl::OkStatus();
}

absl::Status PartMerge::OpenDue() {
  while (next_part_ < parts_.size()) {
    if (!open_.empty()) {
      const Open& first = open_[FindFirst()];
      if (LeastOf(parts_[next_part_]) > KeyOf(first.reader->batch(), first.at)) break;
    }
    absl::StatusOr<std::unique_ptr<PartReader>> reader =
        OpenPart(table_, spec_, parts_[next_part_++]);
    if (!reader.ok()) return reader.status();
    if (*reader == nullptr) continue;
    open_.push_back({*std::move(reader)});
    if (absl::Status status = Refill(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

size_t PartMerge::FindFirst() const {
  size_t first = 0;
  for (size_t i = 1; i < open_.size(); ++i) {
    if (KeyOf(open_[i].reader->batch(), open_[i].at) <
        KeyOf(open_[first].reader->batch(), open_[first].at)) {
      first = i;
    }
  }
  return first;
}

size_t PartMerge::RunOf(size_t part) const {
  Key bound{std::numeric_limits<int64_t>::max(), std::numeric_limits<uint64_t>::max()};
  for (size_t i = 0; i < open_.size(); ++i) {
    if (i != part) bound = std::min(bound, KeyOf(open_[i].reader->batch(), open_[i].at));
  }
  if (next_part_ < parts_.size()) bound = std::min(bound, LeastOf(parts_[next_part_]));
  const RowBatch& batch = open_[part].reader->batch();
  size_t end = open_[part].at + 1;
  while (end < batch.rows && KeyOf(batch, end) < bound) ++end;
  return end - open_[part].at;
}

void PartMerge::PassThrough(const RowBatch& from, size_t first, size_t rows) {
  batch_.rows = rows;
  batch_.columns.clear();
  for (const ColumnView& column : from.columns) {
    batch_.columns.push_back(column.Slice(first, rows));
  }
  batch_.row_numbers = from.row_numbers.subspan(first, rows);
  if (!from.times.empty()) batch_.times = from.times.subspan(first, rows);
}

void PartMerge::Append(const RowBatch& from, size_t first, size_t rows) {
  for (size_t i = 0; i < copied_.size(); ++i) {
    copied_[i].AppendColumn(from.columns[i].Slice(first, rows));
  }
  for (size_t row = first; row < first + rows; ++row) {
    numbers_.push_back(from.row_numbers[row]);
    if (!from.times.empty()) times_.push_back(from.times[row]);
  }
}

void PartMerge::FinishCopied() {
  batch_.rows = numbers_.size();
  batch_.columns.clear();
  for (const ColumnBuffer& column : copied_) batch_.columns.push_back(column.view());
  batch_.row_numbers = numbers_;
  batch_.times = times_;
}

absl::Status PartMerge::NextMerged() {
  for (ColumnBuffer& column : copied_) {
    column.Clear();
    column.DropValidity();
  }
  numbers_.clear();
  times_.clear();
  while (numbers_.size() < kBlockRows) {
    if (absl::Status status = Refill(); !status.ok()) return status;
    if (absl::Status status = OpenDue(); !status.ok()) return status;
    if (open_.empty()) break;
    const size_t part = FindFirst();
    Open& open = open_[part];
    size_t rows = RunOf(part);
    if (numbers_.empty() && rows >= kLongRun) {
      PassThrough(open.reader->batch(), open.at, rows);
      open.at += rows;
      return absl::OkStatus();
    }
    if (rows >= kLongRun) break;  // what was copied goes first
    rows = std::min(rows, kBlockRows - numbers_.size());
    Append(open.reader->batch(), open.at, rows);
    open.at += rows;
  }
  FinishCopied();
  return absl::OkStatus();
}

}  // namespace tape::engine
