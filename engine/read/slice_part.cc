#include "engine/read/slice_part.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "engine/read/open_slice.h"
#include "engine/read/row_filter.h"
#include "engine/read/stored_slice_part.h"
#include "format/kernels/kernels.h"
#include "format/layout/time_order_reader.h"

namespace tape::engine {
namespace {

using format::RowOrder;

// A clustered slice in time order, or in the order of arrival where that differs.
class OrderedSlicePart : public PartReader {
 public:
  OrderedSlicePart(OpenedSlice slice, const PartSpec& spec)
      : slice_(std::move(slice)),
        spec_(spec),
        filter_(spec),
        by_time_(slice_.view().Canonical(spec.order) == RowOrder::kTime),
        in_time_(format::BestKernels()),
        any_order_(format::BestKernels()) {}

  absl::Status Next() override;

 private:
  absl::Status Start();
  size_t Use(size_t column);
  // The next rows of the slice, in views_ and arrivals_.
  absl::StatusOr<size_t> NextRows();
  bool Choose(size_t rows);
  void FillBatch(size_t rows, bool all);

  const OpenedSlice slice_;
  const PartSpec& spec_;
  RowFilter filter_;
  const bool by_time_;
  bool started_ = false;
  format::TimeOrderReader in_time_;
  format::SliceReader any_order_;
  std::vector<size_t> used_;               // columns of the view
  std::vector<std::optional<size_t>> at_;  // of the spec's columns, in used_
  std::optional<size_t> time_at_;
  std::optional<size_t> code_at_;
  std::vector<ColumnBuffer> whole_;  // in arrival order
  size_t done_ = 0;
  std::vector<ColumnView> views_;
  std::vector<uint32_t> arrivals_;
  std::vector<uint8_t> live_;
  std::vector<ColumnBuffer> kept_;  // as the slice has them
  std::vector<ColumnBuffer> out_;
  std::vector<uint64_t> numbers_;
  std::vector<int64_t> times_;
};

size_t OrderedSlicePart::Use(size_t column) {
  const auto known = std::ranges::find(used_, column);
  if (known == used_.end()) {
    used_.push_back(column);
    return used_.size() - 1;
  }
  return static_cast<size_t>(known - used_.begin());
}

absl::Status OrderedSlicePart::Start() {
  started_ = true;
  for (size_t i = 0; i < slice_.columns(); ++i) {
    at_.push_back(slice_.column(i).has_value() ? std::optional(Use(*slice_.column(i)))
                                               : std::nullopt);
    kept_.emplace_back(slice_.stored(i));
    out_.emplace_back(slice_.physical(i));
  }
  if (slice_.time().has_value() && (spec_.keys || !spec_.times.is_all())) {
    time_at_ = Use(*slice_.time());
  }
  if (slice_.filters_codes()) code_at_ = Use(*slice_.cluster());
  views_.resize(used_.size());
  if (by_time_) return in_time_.Open(slice_.view(), used_);
  any_order_.Open(slice_.view());
  for (size_t column : used_) {
    whole_.emplace_back(slice_.view().physical(column));
    absl::Status status = any_order_.ReadColumn(column, RowOrder::kArrival, whole_.back());
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> OrderedSlicePart::NextRows() {
  arrivals_.clear();
  if (by_time_) {
    absl::StatusOr<size_t> rows = in_time_.Next();
    if (!rows.ok() || *rows == 0) return rows;
    for (size_t i = 0; i < used_.size(); ++i) views_[i] = in_time_.column(i);
    arrivals_.assign(in_time_.arrivals().begin(), in_time_.arrivals().end());
    return rows;
  }
  const size_t rows = std::min<size_t>(kBlockRows, slice_.view().rows() - done_);
  for (size_t i = 0; i < used_.size(); ++i) views_[i] = whole_[i].view().Slice(done_, rows);
  for (size_t i = 0; i < rows; ++i) arrivals_.push_back(static_cast<uint32_t>(done_ + i));
  done_ += rows;
  return rows;
}

bool OrderedSlicePart::Choose(size_t rows) {
  RowFilter::Candidates candidates{.rows = rows};
  if (!spec_.times.is_all() && time_at_.has_value()) {
    candidates.times = views_[*time_at_].Values<int64_t>();
  }
  if (code_at_.has_value()) candidates.codes = views_[*code_at_].Values<uint32_t>();
  if (slice_.rows().some_are_gone()) {
    live_.clear();
    for (uint32_t arrival : arrivals_) live_.push_back(slice_.rows().IsLive(arrival) ? 1 : 0);
    candidates.live = live_;
  }
  const bool asks =
      !candidates.live.empty() || !candidates.times.empty() || !candidates.codes.empty();
  if (!asks && !spec_.keys) return true;
  return filter_.Choose(candidates);
}

void OrderedSlicePart::FillBatch(size_t rows, bool all) {
  batch_.rows = all ? rows : filter_.kept().size();
  batch_.columns.resize(at_.size());
  for (size_t i = 0; i < at_.size(); ++i) {
    if (at_[i].has_value()) {
      const ColumnView rows = all ? views_[*at_[i]] : filter_.Keep(views_[*at_[i]], kept_[i]);
      batch_.columns[i] = slice_.AsNow(i, rows, out_[i]);
      continue;
    }
    slice_.FillMissing(i, batch_.rows, out_[i]);
    batch_.columns[i] = out_[i].view();
  }
  if (!spec_.keys) return;
  numbers_.clear();
  for (uint32_t row : filter_.kept()) numbers_.push_back(slice_.rows().NumberOf(arrivals_[row]));
  batch_.row_numbers = numbers_;
  if (time_at_.has_value()) {
    batch_.times = filter_.Keep(views_[*time_at_].Values<int64_t>(), times_);
  }
}

absl::Status OrderedSlicePart::Next() {
  batch_.rows = 0;
  if (!started_) {
    if (absl::Status status = Start(); !status.ok()) return slice_.Named(status);
  }
  while (batch_.rows == 0) {
    absl::StatusOr<size_t> rows = NextRows();
    if (!rows.ok()) return slice_.Named(rows.status());
    if (*rows == 0) break;
    const bool past = by_time_ && time_at_.has_value() &&
                      views_[*time_at_].Values<int64_t>()[0] > spec_.times.greatest;
    if (past) break;
    FillBatch(*rows, Choose(*rows));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<PartReader>> OpenSlicePart(const TableSnapshot& table,
                                                          const PartSpec& spec,
                                                          const format::SliceEntry& slice) {
  absl::StatusOr<OpenedSlice> open = OpenedSlice::Open(table, spec, slice);
  if (!open.ok()) return open.status();
  if (open->wanted().empty()) return std::unique_ptr<PartReader>();
  const format::SliceView& view = open->view();
  const RowOrder order = view.Canonical(spec.order);
  // The rows of one symbol lie in time order.
  const bool as_stored =
      order == view.Canonical(RowOrder::kStored) || (open->one_code() && order == RowOrder::kTime);
  if (as_stored) return ReadStoredSlice(*std::move(open), spec);
  return std::make_unique<OrderedSlicePart>(*std::move(open), spec);
}

}  // namespace tape::engine
