#include "engine/change/row_reader.h"

#include <algorithm>

#include "engine/read/slice_rows.h"
#include "engine/read/tail_column.h"
#include "format/bytes/message.h"
#include "format/kernels/kernels.h"

namespace tape::engine {

using format::Concat;
using format::RowOrder;
using format::SliceEntry;

absl::Status RowReader::Read(const TableSnapshot& table,
                             const std::optional<LiveRows::Place>& place, RowNumber row,
                             std::span<const size_t> columns, std::span<ColumnBuffer> out) {
  if (!place.has_value()) return ReadTail(table, row, columns, out);
  OpenSlice& slice = Find(place->slice->slice);
  for (size_t i = 0; i < columns.size(); ++i) {
    absl::StatusOr<OpenColumn*> column = Open(table, *place->slice, slice, columns[i]);
    if (!column.ok()) return column.status();
    if (!(*column)->column.has_value()) {
      out[i].AppendNull();
      continue;
    }
    absl::StatusOr<uint32_t> stored = StoredRow(slice, **column, place->arrival);
    if (!stored.ok()) return stored.status();
    const absl::Status status = (*column)->reader->ReadRow(*(*column)->column, *stored, out[i]);
    if (!status.ok()) return status;
  }
  MakeRoom();
  return absl::OkStatus();
}

absl::Status RowReader::ReadTail(const TableSnapshot& table, RowNumber row,
                                 std::span<const size_t> columns, std::span<ColumnBuffer> out) {
  if (table.tail() == nullptr) {
    return absl::NotFoundError(Concat("row ", row.value(), " is in no slice and there is no tail"));
  }
  const absl::Status status =
      table.tail()->scan().ForEachPiece(row.value(), row.value() + 1, [&](const TailPiece& piece) {
        for (size_t i = 0; i < columns.size(); ++i) {
          ColumnBuffer& bytes =
              tail_values_.try_emplace(columns[i], table.schema().physical(columns[i]))
                  .first->second;
          absl::StatusOr<ColumnView> view = ViewTailColumn(table, piece, columns[i], bytes);
          if (!view.ok()) return view.status();
          if (view->IsNull(0)) {
            out[i].AppendNull();
          } else {
            out[i].AppendColumn(*view);
          }
        }
        return absl::OkStatus();
      });
  return ExpiredIfGone(status);
}

RowReader::OpenSlice& RowReader::Find(uint64_t slice) {
  const auto found = by_slice_.find(slice);
  if (found != by_slice_.end()) {
    open_.splice(open_.begin(), open_, found->second);
  } else {
    open_.emplace_front().slice = slice;
    by_slice_[slice] = open_.begin();
  }
  return open_.front();
}

absl::StatusOr<RowReader::OpenColumn*> RowReader::Open(const TableSnapshot& table,
                                                       const SliceEntry& entry, OpenSlice& slice,
                                                       size_t column) {
  const auto known = slice.columns.find(column);
  if (known != slice.columns.end()) return &known->second;
  const ColumnId id = table.schema().column(column).id;
  absl::StatusOr<std::shared_ptr<const MappedSlice>> mapped =
      table.sealed().OpenSlice(entry, {&id, 1});
  if (!mapped.ok()) return mapped.status();
  OpenColumn open{.mapped = *std::move(mapped), .column = {}, .reader = {}};
  open.column = open.mapped->Column(0);
  const Physical physical = table.schema().physical(column);
  if (open.column.has_value() && open.mapped->view().physical(*open.column) != physical) {
    return absl::DataLossError(Concat("slice ", entry.slice, ": column ",
                                      table.schema().column(column).name, " is of another form"));
  }
  open.reader = std::make_unique<format::SliceReader>(format::BestKernels());
  open.reader->Open(open.mapped->view());
  slice.bytes += kColumnBytes;
  bytes_ += kColumnBytes;
  return &slice.columns.emplace(column, std::move(open)).first->second;
}

absl::StatusOr<uint32_t> RowReader::StoredRow(OpenSlice& slice, OpenColumn& column,
                                              uint32_t arrival) {
  const format::SliceView& view = column.mapped->view();
  if (!slice.knows_order) {
    if (view.Canonical(RowOrder::kArrival) != view.Canonical(RowOrder::kStored)) {
      std::vector<uint32_t> arrivals;
      absl::Status status = ReadArrivals(view, column.reader->extents(), arrivals);
      if (!status.ok()) return status;
      slice.stored.resize(arrivals.size());
      for (uint32_t row = 0; row < arrivals.size(); ++row) slice.stored[arrivals[row]] = row;
      slice.bytes += slice.stored.size() * sizeof(uint32_t);
      bytes_ += slice.stored.size() * sizeof(uint32_t);
    }
    slice.knows_order = true;
  }
  if (arrival >= view.rows()) {
    return absl::DataLossError(Concat("slice ", slice.slice, ": no row ", arrival));
  }
  return slice.stored.empty() ? arrival : slice.stored[arrival];
}

void RowReader::MakeRoom() {
  while (bytes_ > kOpenBytesMax && open_.size() > 1) {
    bytes_ -= open_.back().bytes;
    by_slice_.erase(open_.back().slice);
    open_.pop_back();
  }
}

}  // namespace tape::engine
