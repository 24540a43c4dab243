// Reads slices of one day and gives their rows again as fewer, larger ones.
//
//   SliceMerger merger(reader, schema);
//   absl::Status status = merger.Merge(entries, dropped, [&](const SliceRows& rows) {
//     return change.AddSlice(rows);
//   });
//
// Rows come in the order of their numbers, which is that of arrival, whatever slices they lay in,
// and keep them; those in `dropped` do not come. Each part has at most kMaxSliceRows rows, and all
// parts about as many. A row's LSN comes along where the LSNs of all rows of its part are known.
//
// Memory: the rows of one part, and one column of the slices that they come from.
//
// Thread-compatible; the reader must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/files/table_files.h"
#include "engine/files/table_reader.h"
#include "format/layout/slice_view.h"
#include "format/records/manifest_record.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

class SliceMerger {
 public:
  using Take = absl::FunctionRef<absl::Status(const SliceRows&)>;

  SliceMerger(TableReader& reader, const Schema& schema) : reader_(reader), schema_(schema) {}

  // The slices are of one day and have every column of the schema. `dropped` is ascending. `take`
  // is not called where no row is left.
  absl::Status Merge(std::span<const format::SliceEntry> slices, std::span<const RowNumber> dropped,
                     Take take);

 private:
  // Rows of one slice that follow each other there and by number.
  struct Piece {
    RowNumber first;
    uint64_t rows = 0;
    size_t slice = 0;    // of those that are merged
    uint64_t begin = 0;  // in it, in arrival order
  };
  struct Input {
    std::shared_ptr<const MappedSlice> mapped;
    std::unique_ptr<format::SliceReader> reader;
    std::vector<Lsn> lsns;
    bool knows_lsns = true;
  };

  static void AddPieces(const format::RowNumberRange& run, std::span<const RowNumber> dropped,
                        Piece piece, std::vector<Piece>& pieces);
  static std::vector<Piece> PiecesOf(std::span<const format::SliceEntry> slices,
                                     std::span<const RowNumber> dropped);
  absl::Status Open(const format::SliceEntry& slice, Input& input);
  absl::Status ReadLsns(const format::SliceEntry& slice, Input& input);
  absl::Status MergePart(std::span<const format::SliceEntry> slices, std::span<const Piece> pieces,
                         Take take);
  absl::Status MergeColumn(size_t column, std::span<const Piece> pieces, std::vector<Input>& inputs,
                           ColumnBuffer& out);

  TableReader& reader_;
  const Schema& schema_;
};

}  // namespace tape::engine
