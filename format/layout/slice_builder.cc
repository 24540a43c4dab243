#include "format/layout/slice_builder.h"

#include <algorithm>
#include <numeric>

#include "format/bytes/message.h"
#include "format/layout/directory.h"
#include "format/layout/extent_writer.h"
#include "format/layout/gather_rows.h"
#include "format/layout/slice_order.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

absl::Status CheckColumns(std::span<const ColumnView> columns, const SliceSpec& spec) {
  if (columns.empty() || columns.size() != spec.columns.size()) {
    return absl::InvalidArgumentError(
        Concat("slice: ", columns.size(), " columns, ", spec.columns.size(), " in the spec"));
  }
  const size_t rows = columns[0].rows();
  if (rows == 0 || rows > kMaxSliceRows) {
    return absl::InvalidArgumentError(Concat("slice: ", rows, " rows, 1 to ", kMaxSliceRows));
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].rows() != rows) {
      return absl::InvalidArgumentError(
          Concat("slice: column ", i, " has ", columns[i].rows(), " rows of ", rows));
    }
    if (!columns[i].OffsetsAreSound()) {
      return absl::InvalidArgumentError(
          Concat("slice: offsets of column ", i, " are out of order or its heap"));
    }
  }
  const auto is = [&](std::optional<size_t> column, Physical physical) {
    return !column.has_value() ||
           (*column < columns.size() && columns[*column].physical() == physical);
  };
  if (!is(spec.time_column, Physical::kInt64) ||
      (spec.time_column.has_value() && columns[*spec.time_column].CountNulls() > 0)) {
    return absl::InvalidArgumentError("slice: the time column is not int64 without NULLs");
  }
  if (!is(spec.cluster_column, Physical::kCode32)) {
    return absl::InvalidArgumentError("slice: the cluster column does not hold codes");
  }
  return absl::OkStatus();
}

// Whether value(0), value(1), ... never fall, looked at block by block without a branch a row.
template <typename Value>
bool NeverFalls(size_t rows, Value value) {
  for (size_t first = 1; first < rows; first += kBlockRows) {
    const size_t end = std::min(first + kBlockRows, rows);
    unsigned falls = 0;
    for (size_t i = first; i < end; ++i) falls |= value(i) < value(i - 1) ? 1u : 0u;
    if (falls != 0) return false;
  }
  return true;
}

}  // namespace

struct SliceBuilder::State {
  explicit State(const Kernels& level) : kernels(level), writer(level) {}

  ColumnView Gather(const ColumnView& column, std::span<const uint32_t> rows);
  ColumnView GatherBytes(const ColumnView& column, std::span<const uint32_t> rows,
                         ColumnBuffer& out) const;
  RowOrder OrderOf(const ColumnView& column, bool is_time) const;
  std::span<const uint32_t> RowsIn(RowOrder order_of_column) const;
  absl::Status AppendColumns(std::span<const ColumnView> columns, const SliceSpec& spec,
                             BuiltSlice& out);
  void Summarize(std::span<const ColumnView> columns, const SliceSpec& spec, BuiltSlice& out) const;

  const Kernels& kernels;
  ExtentWriter writer;
  SliceOrder order;
  std::vector<ColumnBuffer> gathered;  // one per physical form in use
  std::vector<uint32_t> codes;
  bool has_moved_columns = false;  // that do not lie in stored order
};

SliceBuilder::SliceBuilder(const Kernels& kernels) : state_(std::make_unique<State>(kernels)) {}
SliceBuilder::~SliceBuilder() = default;

size_t BuiltSlice::size_bytes() const {
  return std::accumulate(columns.begin(), columns.end(), order.size(),
                         [](size_t sum, const auto& column) { return sum + column.size(); });
}

ColumnView SliceBuilder::State::GatherBytes(const ColumnView& column,
                                            std::span<const uint32_t> rows,
                                            ColumnBuffer& out) const {
  out.Clear();
  for (const uint32_t row : rows) {
    column.IsNull(row) ? out.AppendNull() : static_cast<void>(out.AppendBytes(column.Bytes(row)));
  }
  return out.view();
}

// The column's rows in another order.
ColumnView SliceBuilder::State::Gather(const ColumnView& column, std::span<const uint32_t> rows) {
  const auto same_form = [&](const ColumnBuffer& b) { return b.physical() == column.physical(); };
  auto at = std::find_if(gathered.begin(), gathered.end(), same_form);
  if (at == gathered.end()) at = gathered.insert(at, ColumnBuffer(column.physical()));
  if (column.physical() == Physical::kBytes) return GatherBytes(column, rows, *at);
  at->Resize(rows.size());
  GatherRows(kernels, column, rows, at->MutableRaw());
  at->DropValidity();
  const std::span<const uint8_t> valid = column.Validity();
  if (!valid.empty()) {
    kernels.gather_8(valid.data(), rows.data(), rows.size(), at->MutableValidity().data());
  }
  return at->view();
}

// The order in which ids and sequence numbers rise, if there is one. Time stays with its symbol:
// queries look for it there.
RowOrder SliceBuilder::State::OrderOf(const ColumnView& column, bool is_time) const {
  const bool may_move = order.clustered() && order.ranked_codes().size() > 1 && !is_time &&
                        column.physical() == Physical::kInt64 && column.Validity().empty();
  if (!may_move) return RowOrder::kStored;
  const std::span<const int64_t> values = column.Values<int64_t>();
  if (NeverFalls(values.size(), [&](size_t i) { return values[i]; })) return RowOrder::kArrival;
  const std::span<const uint32_t> arrivals = order.arrivals();
  if (!order.late()) return RowOrder::kStored;
  const bool rises = NeverFalls(values.size(), [&](size_t i) { return values[arrivals[i]]; });
  return rises ? RowOrder::kTime : RowOrder::kStored;
}

// The arrival index of each row in that order; empty for arrival order.
std::span<const uint32_t> SliceBuilder::State::RowsIn(RowOrder order_of_column) const {
  if (order_of_column == RowOrder::kArrival) return {};
  return order_of_column == RowOrder::kTime ? order.arrivals() : order.stored();
}

absl::Status SliceBuilder::State::AppendColumns(std::span<const ColumnView> columns,
                                                const SliceSpec& spec, BuiltSlice& out) {
  has_moved_columns = false;
  out.columns.resize(columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    const SliceColumn& column = spec.columns[i];
    out.columns[i].clear();
    absl::Status status;
    if (order.clustered() && spec.cluster_column == i) {
      status = AppendDirectory(order, column.place, writer, out.columns[i]);
    } else {
      ExtentSpec extent{.role = ExtentRole::kColumn,
                        .seeds = column.place.seeds,
                        .offset = column.place.offset,
                        .order = OrderOf(columns[i], spec.time_column == i),
                        .keeps_bounds = column.keeps_bounds,
                        .sensitive = column.sensitive};
      has_moved_columns = has_moved_columns || extent.order != RowOrder::kStored;
      const std::span<const uint32_t> moved = RowsIn(extent.order);
      const ColumnView rows = moved.empty() ? columns[i] : Gather(columns[i], moved);
      status = writer.Append(rows, extent, out.columns[i]);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Of the columns as they arrived: all that order says is which row is the first in time, and which
// the last.
void SliceBuilder::State::Summarize(std::span<const ColumnView> columns, const SliceSpec& spec,
                                    BuiltSlice& out) const {
  const std::span<const uint32_t> arrivals = order.arrivals();
  out.summaries.clear();
  for (size_t i = 0; i < columns.size(); ++i) {
    const SliceColumn& column = spec.columns[i];
    const SummarySpec summary{
        .column = column.id,
        .first_row = arrivals.empty() ? 0 : arrivals.front(),
        .last_row = arrivals.empty() ? columns[i].rows() - 1 : arrivals.back(),
        .keeps_bounds = column.keeps_bounds,
        .keeps_sum = column.keeps_sum,
        .sensitive = column.sensitive};
    out.summaries.push_back(SummarizeColumn(kernels, columns[i], summary));
  }
}

absl::Status SliceBuilder::Build(std::span<const ColumnView> columns, const SliceSpec& spec,
                                 BuiltSlice& out) {
  if (absl::Status status = CheckColumns(columns, spec); !status.ok()) return status;
  State& state = *state_;
  std::span<const int64_t> times;
  std::span<const uint32_t> codes;
  if (spec.time_column.has_value()) times = columns[*spec.time_column].Values<int64_t>();
  // The directory of a SENSITIVE column would tell its values, so its rows do not lie by code.
  if (spec.cluster_column.has_value() && !spec.columns[*spec.cluster_column].sensitive) {
    const ColumnView& column = columns[*spec.cluster_column];
    codes = column.Values<uint32_t>();
    if (!column.Validity().empty()) {  // a NULL's slot may hold anything; its code is 0
      state.codes.resize(codes.size());
      for (size_t i = 0; i < codes.size(); ++i) state.codes[i] = column.IsNull(i) ? 0 : codes[i];
      codes = state.codes;
    }
  }
  state.order.Arrange(times, codes);
  absl::Status status = state.AppendColumns(columns, spec, out);
  if (!status.ok()) return status;
  out.order.clear();
  absl::StatusOr<TapeContents> contents = AppendOrderTape(
      state.order, state.has_moved_columns, spec.order_place, state.writer, out.order);
  if (!contents.ok()) return contents.status();
  state.Summarize(columns, spec, out);
  out.shape = {static_cast<uint32_t>(columns[0].rows()), state.order.clustered(), *contents};
  return absl::OkStatus();
}

}  // namespace tape::format
