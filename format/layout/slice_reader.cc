// SliceReader: a slice's columns in any of its three orders. Declared in slice_view.h.
#include <algorithm>

#include "format/bytes/message.h"
#include "format/layout/slice_view.h"
#include "format/layout/tape_walker.h"

namespace tape::format {
namespace {

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("slice: ", what, ", found ", found));
}

}  // namespace

struct SliceReader::State {
  explicit State(const Kernels& level) : kernels(level), extents(level) {}

  absl::Status WalkTape();
  absl::Status ReadArrivals();
  absl::Status Know(RowOrder order);
  absl::Status ReadCodes(RowOrder order, ColumnBuffer& out);
  absl::StatusOr<size_t> TimeOf(size_t row);
  absl::StatusOr<size_t> ArrivalOf(size_t time);
  absl::StatusOr<std::span<const uint32_t>> Sources(RowOrder own, RowOrder wanted);

  const Kernels& kernels;
  ExtentReader extents;
  const SliceView* slice = nullptr;
  TapeWalker walker;
  std::vector<uint32_t> stored;    // time position -> stored row; empty until known
  std::vector<uint32_t> arrivals;  // time position -> arrival index; empty until known
  std::vector<uint32_t> sources;
};

SliceReader::SliceReader(const Kernels& kernels) : state_(std::make_unique<State>(kernels)) {}
SliceReader::~SliceReader() = default;

ExtentReader& SliceReader::extents() { return state_->extents; }

void SliceReader::Open(const SliceView& slice) {
  state_->slice = &slice;
  state_->stored.clear();
  state_->arrivals.clear();
}

absl::Status SliceReader::State::WalkTape() {
  stored.resize(BlockCount(slice->rows()) * kBlockRows);
  if (absl::Status status = walker.Start(*slice, extents); !status.ok()) return status;
  for (size_t first = 0; first < slice->rows(); first += kBlockRows) {
    absl::Status status = walker.Next(*slice, extents, stored.data() + first);
    if (!status.ok()) return status;
  }
  stored.resize(slice->rows());
  return walker.Finish(*slice);
}

// Arrival indexes must be a permutation, or rows would be lost: each one is seen once.
absl::Status SliceReader::State::ReadArrivals() {
  const size_t rows = slice->rows();
  arrivals.resize(BlockCount(rows) * kBlockRows);
  for (size_t first = 0; first < rows; first += kBlockRows) {
    absl::Status status = slice->order().ReadArrivals(extents, first / kBlockRows,
                                                      std::min<size_t>(kBlockRows, rows - first),
                                                      arrivals.data() + first);
    if (!status.ok()) return status;
  }
  arrivals.resize(rows);
  std::vector<bool> seen(rows);
  for (const uint32_t arrival : arrivals) {
    if (arrival >= rows || seen[arrival]) return Damaged("arrival index", arrival);
    seen[arrival] = true;
  }
  return absl::OkStatus();
}

absl::Status SliceReader::State::Know(RowOrder order) {
  absl::Status status;
  if (order == RowOrder::kStored && stored.empty()) {
    status = WalkTape();
    if (!status.ok()) stored.clear();
  } else if (order == RowOrder::kArrival && arrivals.empty()) {
    status = ReadArrivals();
    if (!status.ok()) arrivals.clear();
  }
  return status;
}

// For each row in the wanted order, the row of a column that lies in its own; empty when that is
// the same. Time positions are what both are known by.
absl::StatusOr<std::span<const uint32_t>> SliceReader::State::Sources(RowOrder own,
                                                                      RowOrder wanted) {
  using Rows = std::span<const uint32_t>;
  if (own == wanted) return Rows();
  for (const RowOrder order : {own, wanted}) {
    if (absl::Status status = Know(order); !status.ok()) return status;
  }
  const Rows from = own == RowOrder::kStored ? stored : arrivals;
  const Rows to = wanted == RowOrder::kStored ? stored : arrivals;
  if (wanted == RowOrder::kTime) return from;
  sources.resize(slice->rows());
  for (uint32_t time = 0; time < sources.size(); ++time) {
    sources[to[time]] = own == RowOrder::kTime ? time : from[time];
  }
  return Rows(sources);
}

absl::Status SliceReader::State::ReadCodes(RowOrder order, ColumnBuffer& out) {
  const size_t rows = slice->rows();
  std::vector<uint32_t> codes;
  std::vector<uint32_t> first_rows;
  absl::Status status = slice->directory()->ReadAll(extents, codes, first_rows);
  if (!status.ok()) return status;
  absl::StatusOr<std::span<const uint32_t>> from = Sources(RowOrder::kStored, order);
  if (!from.ok()) return from.status();
  std::vector<uint32_t> by_row(rows);
  for (size_t rank = 0; rank < codes.size(); ++rank) {
    const size_t end = rank + 1 < codes.size() ? first_rows[rank + 1] : rows;
    std::fill(by_row.begin() + first_rows[rank], by_row.begin() + static_cast<ptrdiff_t>(end),
              codes[rank]);
  }
  const size_t before = out.rows();
  out.Resize(before + rows);
  uint32_t* values = out.MutableValues<uint32_t>().data() + before;
  if (from->empty()) {
    std::copy(by_row.begin(), by_row.end(), values);
  } else {
    kernels.gather_32(by_row.data(), from->data(), rows, values);
  }
  return absl::OkStatus();
}

absl::Status SliceReader::ReadColumn(size_t column, RowOrder wanted, ColumnBuffer& out) {
  State& state = *state_;
  if (state.slice == nullptr || column >= state.slice->columns()) {
    return absl::InvalidArgumentError(Concat("slice: no column ", column));
  }
  if (out.physical() != state.slice->physical(column)) {
    return absl::InvalidArgumentError("slice: the buffer is of another physical form");
  }
  const std::optional<ExtentView>& extent = state.slice->extent(column);
  const RowOrder order = state.slice->Canonical(wanted);
  if (!extent.has_value()) return state.ReadCodes(order, out);
  absl::StatusOr<std::span<const uint32_t>> from =
      state.Sources(state.slice->order_of(column), order);
  if (!from.ok()) return from.status();
  if (from->empty()) return state.extents.AppendAll(*extent, out);
  ColumnBuffer own(extent->physical());
  if (absl::Status status = state.extents.AppendAll(*extent, own); !status.ok()) return status;
  out.AppendRows(own.view(), *from);
  return absl::OkStatus();
}

// Where a stored row is in time: its rank's n-th row lies at a time position that the tape knows.
absl::StatusOr<size_t> SliceReader::State::TimeOf(size_t row) {
  if (!slice->shape().clustered) return row;
  absl::StatusOr<RankedRow> ranked = slice->directory()->RankOf(extents, row);
  if (!ranked.ok()) return ranked.status();
  absl::StatusOr<size_t> time =
      slice->order().FindOccurrence(extents, static_cast<uint32_t>(ranked->rank), ranked->index);
  if (absl::IsOutOfRange(time.status())) {
    return Damaged("rows of a rank in the tape", ranked->index);
  }
  return time;
}

absl::StatusOr<size_t> SliceReader::State::ArrivalOf(size_t time) {
  const size_t block = time / kBlockRows;
  const size_t rows = std::min<size_t>(kBlockRows, slice->rows() - block * kBlockRows);
  alignas(64) uint32_t arrivals_here[kBlockRows];
  absl::Status status = slice->order().ReadArrivals(extents, block, rows, arrivals_here);
  if (!status.ok()) return status;
  const size_t arrival = arrivals_here[time % kBlockRows];
  if (arrival >= slice->rows()) return Damaged("arrival index", arrival);
  return arrival;
}

absl::Status SliceReader::ReadRow(size_t column, size_t row, ColumnBuffer& out) {
  State& state = *state_;
  if (state.slice == nullptr || column >= state.slice->columns() || row >= state.slice->rows()) {
    return absl::InvalidArgumentError(Concat("slice: no row ", row, " of column ", column));
  }
  const std::optional<ExtentView>& extent = state.slice->extent(column);
  if (!extent.has_value()) {
    absl::StatusOr<RankedRow> ranked = state.slice->directory()->RankOf(state.extents, row);
    if (!ranked.ok()) return ranked.status();
    return state.extents.AppendRow(state.slice->directory()->codes(), ranked->rank, out);
  }
  const RowOrder order = state.slice->order_of(column);
  absl::StatusOr<size_t> at = row;
  if (order != RowOrder::kStored) at = state.TimeOf(row);
  if (at.ok() && order == RowOrder::kArrival) at = state.ArrivalOf(*at);
  if (!at.ok()) return at.status();
  return state.extents.AppendRow(*extent, *at, out);
}

}  // namespace tape::format
