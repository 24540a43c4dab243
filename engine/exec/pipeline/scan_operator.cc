#include "engine/exec/pipeline/scan_operator.h"

#include <utility>

namespace tape::engine::exec {

ScanOperator::ScanOperator(QueryRun& run, std::shared_ptr<const Source> source, SourceSpec spec,
                           std::vector<size_t> places, size_t width)
    : run_(run), source_(std::move(source)), spec_(std::move(spec)), places_(std::move(places)) {
  batch_.columns.resize(width);
}

absl::StatusOr<Rows> ScanOperator::Next() {
  if (absl::Status status = run_.CheckCancelled(); !status.ok()) return status;
  if (stream_ == nullptr) {
    absl::StatusOr<std::unique_ptr<RowStream>> stream = source_->Open(spec_);
    if (!stream.ok()) return stream.status();
    stream_ = *std::move(stream);
  }
  const absl::StatusOr<const Batch*> from = stream_->Next();
  if (!from.ok()) return from.status();
  if (*from == nullptr) return Rows();
  batch_.rows = (*from)->rows;
  for (size_t i = 0; i < places_.size(); ++i) batch_.columns[places_[i]] = (*from)->columns[i];
  return Rows{.batch = &batch_, .selection = Selection::All(batch_.rows)};
}

PlaceOperator::PlaceOperator(OperatorPtr child, size_t first, size_t columns, size_t width)
    : child_(std::move(child)), first_(first), columns_(columns) {
  batch_.columns.resize(width);
}

absl::StatusOr<Rows> PlaceOperator::Next() {
  const absl::StatusOr<Rows> rows = child_->Next();
  if (!rows.ok() || rows->empty()) return rows;
  batch_.rows = rows->batch->rows;
  for (size_t i = 0; i < columns_; ++i) batch_.columns[first_ + i] = rows->batch->columns[i];
  return Rows{.batch = &batch_, .selection = rows->selection};
}

}  // namespace tape::engine::exec
