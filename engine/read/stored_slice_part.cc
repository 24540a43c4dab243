#include "engine/read/stored_slice_part.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "engine/read/row_filter.h"
#include "format/kernels/kernels.h"

namespace tape::engine {
namespace {

using format::BlockCount;
using format::RowOrder;

class StoredSlicePart : public PartReader {
 public:
  StoredSlicePart(OpenedSlice slice, const PartSpec& spec)
      : slice_(std::move(slice)),
        spec_(spec),
        filter_(spec),
        reader_(format::BestKernels()),
        decoded_(slice_.view().columns()) {}

  absl::Status Next() override;

 private:
  // A column of the view: its rows in the current block.
  struct Decoded {
    std::optional<ColumnBuffer> block;
    std::optional<ColumnBuffer> whole;  // of a column that lies in another order
    ColumnView view;
    std::optional<size_t> at;  // the block that it is of
  };

  absl::Status Start();
  absl::Status ReadBlock(size_t block);
  // Whether no row of the block can be wanted, as far as directory and bounds say.
  bool RulesOut(size_t block);
  bool NeedsTimes(size_t block) const;
  absl::StatusOr<bool> Choose(size_t block);
  absl::StatusOr<ColumnView> Column(size_t column, size_t block);
  absl::Status Decode(size_t column, size_t block);
  absl::Status DecodeCodes(size_t block, ColumnBuffer& out);
  absl::Status FillBatch(size_t block, bool all);
  absl::Status FillKeys(size_t block);
  uint32_t ArrivalOf(size_t row) const {
    return arrivals_.empty() ? static_cast<uint32_t>(row) : arrivals_[row];
  }
  size_t First(size_t block) const { return block * kBlockRows; }
  size_t Count(size_t block) const {
    return std::min<size_t>(kBlockRows, slice_.view().rows() - First(block));
  }

  const OpenedSlice slice_;
  const PartSpec& spec_;
  RowFilter filter_;
  format::SliceReader reader_;
  bool started_ = false;
  size_t block_ = 0;
  size_t range_ = 0;                // the first wanted range that does not end before the block
  std::vector<uint32_t> arrivals_;  // by stored row; empty where it is the same, or not needed
  std::vector<uint32_t> codes_;     // the directory
  std::vector<uint32_t> first_rows_;
  std::vector<Decoded> decoded_;
  std::vector<uint8_t> live_;
  std::vector<ColumnBuffer> kept_;  // as the slice has them
  std::vector<ColumnBuffer> out_;
  std::vector<uint64_t> numbers_;
  std::vector<int64_t> times_;
};

absl::Status StoredSlicePart::Start() {
  started_ = true;
  const format::SliceView& view = slice_.view();
  reader_.Open(view);
  for (size_t i = 0; i < slice_.columns(); ++i) {
    kept_.emplace_back(slice_.stored(i));
    out_.emplace_back(slice_.physical(i));
  }
  const bool same = view.Canonical(RowOrder::kArrival) == view.Canonical(RowOrder::kStored);
  if (same || !(spec_.keys || slice_.rows().some_are_gone())) return absl::OkStatus();
  return ReadArrivals(view, reader_.extents(), arrivals_);
}

absl::Status StoredSlicePart::Next() {
  batch_.rows = 0;
  absl::Status status = started_ ? absl::OkStatus() : Start();
  for (; status.ok() && block_ < BlockCount(slice_.view().rows()); ++block_) {
    if (RulesOut(block_)) continue;
    status = ReadBlock(block_);
    if (batch_.rows == 0) continue;
    ++block_;
    break;
  }
  if (!status.ok()) batch_.rows = 0;
  return slice_.Named(status);
}

bool StoredSlicePart::RulesOut(size_t block) {
  const std::vector<format::RowRange>& wanted = slice_.wanted();
  while (range_ < wanted.size() && wanted[range_].end <= First(block)) ++range_;
  if (range_ == wanted.size() || wanted[range_].begin >= First(block) + Count(block)) return true;
  if (spec_.times.is_all() || !slice_.time().has_value()) return false;
  const std::optional<format::ExtentView>& times = slice_.view().extent(*slice_.time());
  if (!times.has_value() ||
      slice_.view().order_of(*slice_.time()) != slice_.view().Canonical(RowOrder::kStored)) {
    return false;
  }
  const format::BlockBounds bounds = times->Bounds(block);
  return bounds.known() && (bounds.max < spec_.times.least || bounds.min > spec_.times.greatest);
}

bool StoredSlicePart::NeedsTimes(size_t block) const {
  if (spec_.times.is_all() || !slice_.time().has_value()) return false;
  const std::optional<format::ExtentView>& times = slice_.view().extent(*slice_.time());
  const bool here = times.has_value() && slice_.view().order_of(*slice_.time()) ==
                                             slice_.view().Canonical(RowOrder::kStored);
  if (!here) return true;
  const format::BlockBounds bounds = times->Bounds(block);
  return !bounds.known() || bounds.min < spec_.times.least || bounds.max > spec_.times.greatest;
}

// Whether all rows of the block are wanted; otherwise the filter knows which.
absl::StatusOr<bool> StoredSlicePart::Choose(size_t block) {
  const size_t first = First(block);
  const size_t count = Count(block);
  RowFilter::Candidates candidates{.rows = count};
  const std::vector<format::RowRange>& wanted = slice_.wanted();
  const bool in_range = wanted[range_].begin <= first && first + count <= wanted[range_].end;
  if (!in_range || slice_.rows().some_are_gone()) {
    live_.assign(count, 0);
    for (size_t i = range_; i < wanted.size() && wanted[i].begin < first + count; ++i) {
      const size_t begin = std::max(wanted[i].begin, first);
      const size_t end = std::min(wanted[i].end, first + count);
      for (size_t row = begin; row < end; ++row) {
        live_[row - first] = !slice_.rows().some_are_gone() || slice_.rows().IsLive(ArrivalOf(row));
      }
    }
    candidates.live = live_;
  }
  if (NeedsTimes(block)) {
    absl::StatusOr<ColumnView> times = Column(*slice_.time(), block);
    if (!times.ok()) return times.status();
    candidates.times = times->Values<int64_t>();
  }
  if (slice_.filters_codes() && !slice_.view().directory().has_value()) {
    absl::StatusOr<ColumnView> codes = Column(*slice_.cluster(), block);
    if (!codes.ok()) return codes.status();
    candidates.codes = codes->Values<uint32_t>();
  }
  const bool asks =
      !candidates.live.empty() || !candidates.times.empty() || !candidates.codes.empty();
  return !asks || filter_.Choose(candidates);
}

absl::Status StoredSlicePart::ReadBlock(size_t block) {
  absl::StatusOr<bool> all = Choose(block);
  if (!all.ok()) return all.status();
  batch_.rows = *all ? Count(block) : filter_.kept().size();
  if (batch_.rows == 0) return absl::OkStatus();
  return FillBatch(block, *all);
}

absl::Status StoredSlicePart::FillBatch(size_t block, bool all) {
  batch_.columns.resize(slice_.columns());
  for (size_t i = 0; i < slice_.columns(); ++i) {
    if (!slice_.column(i).has_value()) {
      slice_.FillMissing(i, batch_.rows, out_[i]);
      batch_.columns[i] = out_[i].view();
      continue;
    }
    absl::StatusOr<ColumnView> column = Column(*slice_.column(i), block);
    if (!column.ok()) return column.status();
    const ColumnView rows = all ? *column : filter_.Keep(*column, kept_[i]);
    batch_.columns[i] = slice_.AsNow(i, rows, out_[i]);
  }
  if (!spec_.keys) return absl::OkStatus();
  if (all) filter_.Choose({.rows = batch_.rows});
  return FillKeys(block);
}

absl::Status StoredSlicePart::FillKeys(size_t block) {
  numbers_.clear();
  for (uint32_t row : filter_.kept()) {
    numbers_.push_back(slice_.rows().NumberOf(ArrivalOf(First(block) + row)));
  }
  batch_.row_numbers = numbers_;
  if (!slice_.time().has_value()) return absl::OkStatus();
  absl::StatusOr<ColumnView> times = Column(*slice_.time(), block);
  if (!times.ok()) return times.status();
  batch_.times = filter_.Keep(times->Values<int64_t>(), times_);
  return absl::OkStatus();
}

// ---- columns

absl::StatusOr<ColumnView> StoredSlicePart::Column(size_t column, size_t block) {
  Decoded& decoded = decoded_[column];
  if (decoded.at != block) {
    if (absl::Status status = Decode(column, block); !status.ok()) return status;
    decoded.at = block;
  }
  return decoded.view;
}

absl::Status StoredSlicePart::Decode(size_t column, size_t block) {
  const format::SliceView& view = slice_.view();
  Decoded& decoded = decoded_[column];
  if (!decoded.block.has_value()) decoded.block.emplace(view.physical(column));
  const std::optional<format::ExtentView>& extent = view.extent(column);
  const bool lies_here =
      !extent.has_value() || view.order_of(column) == view.Canonical(RowOrder::kStored);
  if (!lies_here) {
    if (!decoded.whole.has_value()) {
      ColumnBuffer whole(view.physical(column));
      absl::Status status = reader_.ReadColumn(column, RowOrder::kStored, whole);
      if (!status.ok()) return status;
      decoded.whole.emplace(std::move(whole));
    }
    decoded.view = decoded.whole->view().Slice(First(block), Count(block));
    return absl::OkStatus();
  }
  decoded.block->Clear();
  decoded.block->DropValidity();
  const absl::Status status = extent.has_value()
                                  ? reader_.extents().AppendBlock(*extent, block, *decoded.block)
                                  : DecodeCodes(block, *decoded.block);
  decoded.view = decoded.block->view();
  return status;
}

absl::Status StoredSlicePart::DecodeCodes(size_t block, ColumnBuffer& out) {
  if (codes_.empty()) {
    absl::Status status =
        slice_.view().directory()->ReadAll(reader_.extents(), codes_, first_rows_);
    if (!status.ok()) return status;
  }
  out.Resize(Count(block));
  const std::span<uint32_t> values = out.MutableValues<uint32_t>();
  const auto after = std::ranges::upper_bound(first_rows_, First(block));
  auto rank = static_cast<size_t>(after - first_rows_.begin()) - 1;
  for (size_t row = 0; row < values.size();) {
    const size_t end =
        rank + 1 < codes_.size() ? first_rows_[rank + 1] - First(block) : values.size();
    for (; row < std::min(end, values.size()); ++row) values[row] = codes_[rank];
    ++rank;
  }
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<PartReader> ReadStoredSlice(OpenedSlice slice, const PartSpec& spec) {
  return std::make_unique<StoredSlicePart>(std::move(slice), spec);
}

}  // namespace tape::engine
