// SliceReader: a slice's columns in any of its three orders. Declared in slice_view.h.
#include <algorithm>
#include <numeric>

#include "format/bytes/message.h"
#include "format/layout/slice_view.h"
#include "format/layout/tape_walker.h"

namespace tape::format {
namespace {

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("slice: ", what, ", found ", found));
}

bool InArrivalOrder(const ExtentView& extent) {
  return (extent.header().flags & kArrivalOrder) != 0;
}

}  // namespace

struct SliceReader::State {
  explicit State(const Kernels& level) : kernels(level), extents(level) {}

  absl::Status Walk();
  absl::Status WalkRows();
  absl::Status WalkArrivals();
  absl::Status ReadCodes(RowOrder order, ColumnBuffer& out);
  absl::StatusOr<size_t> ArrivalOf(size_t row);
  std::span<const uint32_t> Sources(bool arrival_order, RowOrder order);
  std::span<const uint32_t> Invert(std::span<const uint32_t> to, std::span<const uint32_t> from);

  const Kernels& kernels;
  ExtentReader extents;
  const SliceView* slice = nullptr;
  TapeWalker walker;
  bool walked = false;
  std::vector<uint32_t> stored;    // time position -> stored row
  std::vector<uint32_t> arrivals;  // time position -> arrival index
  std::vector<uint32_t> sources;
};

SliceReader::SliceReader(const Kernels& kernels) : state_(std::make_unique<State>(kernels)) {}
SliceReader::~SliceReader() = default;

ExtentReader& SliceReader::extents() { return state_->extents; }

void SliceReader::Open(const SliceView& slice) {
  state_->slice = &slice;
  state_->walked = false;
}

absl::Status SliceReader::State::Walk() {
  if (walked) return absl::OkStatus();
  const size_t room = BlockCount(slice->rows()) * kBlockRows;
  stored.resize(room);
  arrivals.resize(room);
  if (absl::Status status = WalkRows(); !status.ok()) return status;
  if (absl::Status status = WalkArrivals(); !status.ok()) return status;
  stored.resize(slice->rows());
  arrivals.resize(slice->rows());
  walked = true;
  return absl::OkStatus();
}

absl::Status SliceReader::State::WalkRows() {
  if (absl::Status status = walker.Start(*slice, extents); !status.ok()) return status;
  for (size_t first = 0; first < slice->rows(); first += kBlockRows) {
    absl::Status status = walker.Next(*slice, extents, stored.data() + first);
    if (!status.ok()) return status;
  }
  return walker.Finish(*slice);
}

// Arrival indexes must be a permutation, or rows would be lost: each one is seen once.
absl::Status SliceReader::State::WalkArrivals() {
  const size_t rows = slice->rows();
  for (size_t first = 0; first < rows; first += kBlockRows) {
    absl::Status status = slice->order().ReadArrivals(extents, first / kBlockRows,
                                                      std::min<size_t>(kBlockRows, rows - first),
                                                      arrivals.data() + first);
    if (!status.ok()) return status;
  }
  if (!slice->order().contents().has_displacement) return absl::OkStatus();
  std::vector<bool> seen(rows);
  for (size_t time = 0; time < rows; ++time) {
    const uint32_t arrival = arrivals[time];
    if (arrival >= rows || seen[arrival]) return Damaged("arrival index", arrival);
    seen[arrival] = true;
  }
  return absl::OkStatus();
}

// to[i] and from[i] belong to one row: a table from `to` to `from`.
std::span<const uint32_t> SliceReader::State::Invert(std::span<const uint32_t> to,
                                                     std::span<const uint32_t> from) {
  sources.resize(to.size());
  for (size_t i = 0; i < to.size(); ++i) sources[to[i]] = from[i];
  return sources;
}

// For each output row, the row of a column that lies in stored or in arrival order; empty when that
// is the same.
std::span<const uint32_t> SliceReader::State::Sources(bool arrival_order, RowOrder order) {
  const std::vector<uint32_t>& own = arrival_order ? arrivals : stored;
  if (order == RowOrder::kTime) return own;
  if (arrival_order == (order == RowOrder::kArrival)) return {};
  return order == RowOrder::kArrival ? Invert(arrivals, stored) : Invert(stored, arrivals);
}

absl::Status SliceReader::State::ReadCodes(RowOrder order, ColumnBuffer& out) {
  const size_t rows = slice->rows();
  std::vector<uint32_t> ranks;
  if (absl::Status status = Walk(); !status.ok()) return status;
  std::vector<uint32_t> codes;
  std::vector<uint32_t> first_rows;
  absl::Status status = slice->directory()->ReadAll(extents, codes, first_rows);
  if (!status.ok()) return status;
  std::vector<uint32_t> by_row(rows);
  for (size_t rank = 0; rank < codes.size(); ++rank) {
    const size_t end = rank + 1 < codes.size() ? first_rows[rank + 1] : rows;
    std::fill(by_row.begin() + first_rows[rank], by_row.begin() + static_cast<ptrdiff_t>(end),
              codes[rank]);
  }
  const std::span<const uint32_t> from = Sources(false, order);
  const size_t before = out.rows();
  out.Resize(before + rows);
  uint32_t* values = out.MutableValues<uint32_t>().data() + before;
  if (from.empty()) {
    std::copy(by_row.begin(), by_row.end(), values);
  } else {
    kernels.gather_32(by_row.data(), from.data(), rows, values);
  }
  return absl::OkStatus();
}

absl::Status SliceReader::ReadColumn(size_t column, RowOrder order, ColumnBuffer& out) {
  State& state = *state_;
  if (state.slice == nullptr || column >= state.slice->columns()) {
    return absl::InvalidArgumentError(Concat("slice: no column ", column));
  }
  if (out.physical() != state.slice->physical(column)) {
    return absl::InvalidArgumentError("slice: the buffer is of another physical form");
  }
  const std::optional<ExtentView>& extent = state.slice->extent(column);
  if (!extent.has_value()) return state.ReadCodes(order, out);
  if (absl::Status status = state.Walk(); !status.ok()) return status;
  const std::span<const uint32_t> from = state.Sources(InArrivalOrder(*extent), order);
  if (from.empty()) return state.extents.AppendAll(*extent, out);
  ColumnBuffer own(extent->physical());
  if (absl::Status status = state.extents.AppendAll(*extent, own); !status.ok()) return status;
  out.AppendRows(own.view(), from);
  return absl::OkStatus();
}

// Which arrival a stored row was: its rank's n-th row lies at a time position that the tape knows.
absl::StatusOr<size_t> SliceReader::State::ArrivalOf(size_t row) {
  size_t time = row;
  if (slice->shape().clustered) {
    absl::StatusOr<RankedRow> ranked = slice->directory()->RankOf(extents, row);
    if (!ranked.ok()) return ranked.status();
    absl::StatusOr<size_t> found =
        slice->order().FindOccurrence(extents, static_cast<uint32_t>(ranked->rank), ranked->index);
    if (absl::IsOutOfRange(found.status()))
      return Damaged("rows of a rank in the tape", ranked->index);
    if (!found.ok()) return found.status();
    time = *found;
  }
  const size_t block = time / kBlockRows;
  const size_t rows = std::min<size_t>(kBlockRows, slice->rows() - block * kBlockRows);
  alignas(64) uint32_t block_arrivals[kBlockRows];
  absl::Status status = slice->order().ReadArrivals(extents, block, rows, block_arrivals);
  if (!status.ok()) return status;
  const size_t arrival = block_arrivals[time % kBlockRows];
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
  if (!InArrivalOrder(*extent)) return state.extents.AppendRow(*extent, row, out);
  absl::StatusOr<size_t> arrival = state.ArrivalOf(row);
  if (!arrival.ok()) return arrival.status();
  return state.extents.AppendRow(*extent, *arrival, out);
}

}  // namespace tape::format
