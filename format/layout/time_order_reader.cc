#include "format/layout/time_order_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "format/bytes/message.h"
#include "format/layout/gather_rows.h"
#include "format/layout/tape_walker.h"

namespace tape::format {
namespace {

constexpr size_t kCacheLine = 64;

// One opened column: all its rows as they lie in the slice, and the batch's.
struct Column {
  explicit Column(Physical physical) : stored(physical), batch(physical) {}

  ColumnBuffer stored;
  ColumnBuffer batch;
  ColumnView view;
  RowOrder order = RowOrder::kStored;
  bool is_directory = false;
};

// Rows of one batch.
struct Rows {
  size_t first = 0;
  size_t count = 0;
  alignas(64) std::array<uint32_t, kBlockRows> stored;
  alignas(64) std::array<uint32_t, kBlockRows> arrivals;
  alignas(64) std::array<int32_t, kBlockRows> ranks;
};

}  // namespace

struct TimeOrderReader::State {
  explicit State(const Kernels& level) : kernels(level), extents(level) {}

  absl::Status Start(const SliceView& source, std::span<const size_t> indexes);
  absl::Status CloseUnless(absl::Status status);
  absl::Status Decode(const SliceView& source, size_t index, Column& column);
  absl::Status Advance();
  void FetchLines() const;
  void Fill(Column& column) const;

  const Kernels& kernels;
  ExtentReader extents;
  const SliceView* slice = nullptr;
  std::vector<std::unique_ptr<Column>> columns;
  size_t used = 0;  // of the columns, which outlive a slice
  TapeWalker walker;
  Rows current;
  Rows next;
  size_t walked = 0;  // rows that `next` has reached
};

TimeOrderReader::TimeOrderReader(const Kernels& kernels)
    : state_(std::make_unique<State>(kernels)) {}
TimeOrderReader::~TimeOrderReader() = default;

ExtentReader& TimeOrderReader::extents() { return state_->extents; }

const ColumnView& TimeOrderReader::column(size_t index) const {
  return state_->columns[index]->view;
}

std::span<const uint32_t> TimeOrderReader::arrivals() const {
  return std::span(state_->current.arrivals).first(state_->current.count);
}

absl::Status TimeOrderReader::State::Decode(const SliceView& source, size_t index, Column& column) {
  column.stored.Clear();
  column.stored.DropValidity();
  column.is_directory = !source.extent(index).has_value();
  column.order = source.order_of(index);
  if (column.is_directory) return absl::OkStatus();
  return extents.AppendAll(*source.extent(index), column.stored);
}

absl::Status TimeOrderReader::State::Start(const SliceView& source,
                                           std::span<const size_t> indexes) {
  slice = &source;
  walked = 0;
  used = indexes.size();
  columns.resize(std::max(columns.size(), indexes.size()));
  for (size_t i = 0; i < indexes.size(); ++i) {
    if (indexes[i] >= source.columns()) {
      return absl::InvalidArgumentError(Concat("slice: no column ", indexes[i]));
    }
    const Physical physical = source.physical(indexes[i]);
    std::unique_ptr<Column>& column = columns[i];
    if (column == nullptr || column->stored.physical() != physical) {
      column = std::make_unique<Column>(physical);
    }
    absl::Status status = Decode(source, indexes[i], *column);
    if (!status.ok()) return status;
  }
  if (absl::Status status = walker.Start(source, extents); !status.ok()) return status;
  return Advance();
}

// What was read of a damaged slice is not all checked yet, so nothing more is made of it.
absl::Status TimeOrderReader::State::CloseUnless(absl::Status status) {
  if (!status.ok()) slice = nullptr;
  return status;
}

absl::Status TimeOrderReader::Open(const SliceView& slice, std::span<const size_t> columns) {
  return state_->CloseUnless(state_->Start(slice, columns));
}

// Fills `next` with the batch after those walked so far, an empty one at the end.
absl::Status TimeOrderReader::State::Advance() {
  next.first = walked;
  next.count = std::min(slice->rows() - walked, kBlockRows);
  if (next.count == 0) return walker.Finish(*slice);
  const size_t block = walked / kBlockRows;
  absl::Status status = walker.Next(*slice, extents, next.stored.data());
  if (!status.ok()) return status;
  if (slice->shape().clustered) {
    std::memcpy(next.ranks.data(), walker.ranks(), next.count * sizeof(int32_t));
  }
  status = slice->order().ReadArrivals(extents, block, next.count, next.arrivals.data());
  if (!status.ok()) return status;
  const uint32_t greatest =
      *std::max_element(next.arrivals.begin(), next.arrivals.begin() + next.count);
  if (greatest >= slice->rows()) {
    return absl::DataLossError(Concat("slice: arrival index ", greatest, " of ", slice->rows()));
  }
  walked += next.count;
  return absl::OkStatus();
}

// Asks for the lines that the next batch enters. A symbol's rows are read in order, so a line is
// new when its first value comes up.
void TimeOrderReader::State::FetchLines() const {
  std::array<uint32_t, kBlockRows> entered;
  for (const size_t size : {sizeof(uint32_t), sizeof(uint64_t), sizeof(Int128)}) {
    const auto in_line = static_cast<uint32_t>(kCacheLine / size - 1);
    size_t lines = 0;
    for (size_t i = 0; i < next.count; ++i) {
      entered[lines] = next.stored[i];
      lines += (next.stored[i] & in_line) == 0 ? 1 : 0;
    }
    for (size_t i = 0; i < used; ++i) {
      const Column& column = *columns[i];
      const bool gathered = !column.is_directory && column.order == RowOrder::kStored;
      if (!gathered || PhysicalSize(column.stored.physical()) != size) continue;
      const uint8_t* data = column.stored.view().RawValues().data();
      for (size_t line = 0; line < lines; ++line) {
        __builtin_prefetch(data + entered[line] * size);
      }
    }
  }
}

void TimeOrderReader::State::Fill(Column& column) const {
  const size_t count = current.count;
  if (column.order == RowOrder::kTime) {
    column.view = column.stored.view().Slice(current.first, count);
    return;
  }
  column.batch.Resize(0);
  column.batch.DropValidity();
  if (column.is_directory) {
    column.batch.Resize(count);
    const auto* ranks = reinterpret_cast<const uint32_t*>(current.ranks.data());
    kernels.gather_32(walker.codes().data(), ranks, count, column.batch.MutableRaw());
  } else {
    const ColumnView stored = column.stored.view();
    const bool by_arrival = column.order == RowOrder::kArrival;
    const auto& order = by_arrival ? current.arrivals : current.stored;
    const std::span<const uint32_t> rows = std::span(order).first(count);
    if (column.stored.physical() == Physical::kBytes || !stored.Validity().empty()) {
      column.batch.AppendRows(stored, rows);
    } else {
      column.batch.Resize(count);
      GatherRows(kernels, stored, rows, column.batch.MutableRaw());
    }
  }
  column.view = column.batch.view();
}

absl::StatusOr<size_t> TimeOrderReader::Next() {
  State& state = *state_;
  if (state.slice == nullptr) return absl::FailedPreconditionError("slice: none is open");
  std::swap(state.current, state.next);
  if (state.current.count == 0) {
    state.next.count = 0;  // the last batch, which would come up again
    return size_t{0};
  }
  absl::Status status = state.CloseUnless(state.Advance());
  if (!status.ok()) return status;
  state.FetchLines();
  for (size_t i = 0; i < state.used; ++i) state.Fill(*state.columns[i]);
  return state.current.count;
}

}  // namespace tape::format
