#include "engine/write/slice_merger.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "format/bytes/message.h"
#include "format/kernels/kernels.h"
#include "tape/limits.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::RowNumberRange;
using format::SliceEntry;

}  // namespace

// ---- which rows, in which order

// What is left of a run, which is one piece where nothing of it is dropped.
void SliceMerger::AddPieces(const RowNumberRange& run, std::span<const RowNumber> dropped,
                            Piece piece, std::vector<Piece>& pieces) {
  const RowNumber end = run.first + run.rows;
  const auto keep_up_to = [&](RowNumber row) {
    piece.rows = row - piece.first;
    if (piece.rows != 0) pieces.push_back(piece);
  };
  auto next = std::lower_bound(dropped.begin(), dropped.end(), run.first);
  for (; next != dropped.end() && *next < end; ++next) {
    keep_up_to(*next);
    piece.begin += piece.rows + 1;
    piece.first = *next + 1;
  }
  keep_up_to(end);
}

std::vector<SliceMerger::Piece> SliceMerger::PiecesOf(std::span<const SliceEntry> slices,
                                                      std::span<const RowNumber> dropped) {
  std::vector<Piece> pieces;
  for (size_t slice = 0; slice < slices.size(); ++slice) {
    uint64_t begin = 0;
    for (const RowNumberRange& run : slices[slice].runs) {
      AddPieces(run, dropped, {run.first, run.rows, slice, begin}, pieces);
      begin += run.rows;
    }
  }
  std::sort(pieces.begin(), pieces.end(),
            [](const Piece& a, const Piece& b) { return a.first < b.first; });
  return pieces;
}

absl::Status SliceMerger::Merge(std::span<const SliceEntry> slices,
                                std::span<const RowNumber> dropped, Take take) {
  const std::vector<Piece> pieces = PiecesOf(slices, dropped);
  uint64_t rows = 0;
  for (const Piece& piece : pieces) rows += piece.rows;
  if (rows == 0) return absl::OkStatus();
  const uint64_t parts = (rows + kMaxSliceRows - 1) / kMaxSliceRows;
  const uint64_t rows_of_part = (rows + parts - 1) / parts;
  std::vector<Piece> part;
  uint64_t room = rows_of_part;
  for (Piece piece : pieces) {
    while (piece.rows > 0) {
      const uint64_t some = std::min(piece.rows, room);
      part.push_back({piece.first, some, piece.slice, piece.begin});
      piece = {piece.first + some, piece.rows - some, piece.slice, piece.begin + some};
      room -= some;
      if (room > 0) continue;
      if (absl::Status status = MergePart(slices, part, take); !status.ok()) return status;
      part.clear();
      room = rows_of_part;
    }
  }
  return part.empty() ? absl::OkStatus() : MergePart(slices, part, take);
}

// ---- their values

absl::Status SliceMerger::ReadLsns(const SliceEntry& slice, Input& input) {
  if (slice.least_lsn == slice.greatest_lsn) {
    input.lsns.assign(slice.shape.rows, slice.least_lsn);
    return absl::OkStatus();
  }
  auto lsns = reader_.Lsns(slice);
  if (!lsns.ok()) return lsns.status();
  input.knows_lsns = *lsns != nullptr;
  if (!input.knows_lsns) return absl::OkStatus();
  return format::LsnReader(format::BestKernels()).ReadAll(**lsns, input.lsns);
}

absl::Status SliceMerger::Open(const SliceEntry& slice, Input& input) {
  std::vector<ColumnId> ids;
  for (const Column& column : schema_.columns()) ids.push_back(column.id);
  absl::StatusOr<std::shared_ptr<const MappedSlice>> mapped = reader_.OpenSlice(slice, ids);
  if (!mapped.ok()) return mapped.status();
  input.mapped = *std::move(mapped);
  for (size_t column = 0; column < ids.size(); ++column) {
    if (input.mapped->Column(column).has_value()) continue;
    return absl::InvalidArgumentError(
        Concat("slice ", slice.slice, ": has no column ", schema_.column(column).name, " to fold"));
  }
  input.reader = std::make_unique<format::SliceReader>(format::BestKernels());
  input.reader->Open(input.mapped->view());
  return ReadLsns(slice, input);
}

absl::Status SliceMerger::MergeColumn(size_t column, std::span<const Piece> pieces,
                                      std::vector<Input>& inputs, ColumnBuffer& out) {
  std::vector<ColumnBuffer> values;
  for (Input& input : inputs) {
    ColumnBuffer& all = values.emplace_back(schema_.physical(column));
    if (input.reader == nullptr) continue;
    absl::Status status =
        input.reader->ReadColumn(*input.mapped->Column(column), format::RowOrder::kArrival, all);
    if (!status.ok()) return status;
  }
  for (const Piece& piece : pieces) {
    const ColumnView rows = values[piece.slice].view().Slice(piece.begin, piece.rows);
    if (rows.rows() == piece.rows && out.AppendColumn(rows)) continue;
    return absl::InvalidArgumentError(Concat("column ", schema_.column(column).name,
                                             ": its slices are of another form than the schema"));
  }
  return absl::OkStatus();
}

absl::Status SliceMerger::MergePart(std::span<const SliceEntry> slices,
                                    std::span<const Piece> pieces, Take take) {
  std::vector<Input> inputs(slices.size());
  std::vector<RowNumberRange> runs;
  std::vector<Lsn> lsns;
  bool knows_lsns = true;
  Lsn least = slices[pieces.front().slice].greatest_lsn;
  Lsn greatest;
  for (const Piece& piece : pieces) {
    Input& input = inputs[piece.slice];
    const SliceEntry& slice = slices[piece.slice];
    if (input.reader == nullptr) {
      if (absl::Status status = Open(slice, input); !status.ok()) return status;
    }
    const bool follows = !runs.empty() && runs.back().first + runs.back().rows == piece.first;
    if (!follows) runs.push_back({piece.first, 0});
    runs.back().rows += piece.rows;
    least = std::min(least, slice.least_lsn);
    greatest = std::max(greatest, slice.greatest_lsn);
    knows_lsns = knows_lsns && input.knows_lsns;
    if (!knows_lsns) continue;
    const auto begin = input.lsns.begin() + static_cast<ptrdiff_t>(piece.begin);
    lsns.insert(lsns.end(), begin, begin + static_cast<ptrdiff_t>(piece.rows));
  }
  if (!knows_lsns) lsns.clear();
  std::vector<ColumnBuffer> buffers;
  std::vector<ColumnView> columns;
  for (size_t column = 0; column < schema_.columns().size(); ++column) {
    ColumnBuffer& buffer = buffers.emplace_back(schema_.physical(column));
    absl::Status status = MergeColumn(column, pieces, inputs, buffer);
    if (!status.ok()) return status;
  }
  for (const ColumnBuffer& buffer : buffers) columns.push_back(buffer.view());
  return take({.day = slices.front().day,
               .columns = columns,
               .runs = runs,
               .least_lsn = lsns.empty() ? least : lsns.front(),
               .greatest_lsn = lsns.empty() ? greatest : lsns.back(),
               .lsns = lsns,
               .folded = true});
}

}  // namespace tape::engine
