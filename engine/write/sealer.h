// Turns a prefix of a table's tail into slices.
//
//   Sealer sealer(table, durable_lsn);
//   absl::StatusOr<uint64_t> rows = sealer.Seal(SealWhat::kFullSlices);
//
// Rows are taken in arrival order, up to the last one that is durable (W2), and dealt to their
// days; each day's rows make slices of at most the table's slice_rows. New symbols and kills go
// along, in the same manifest record, which is the commit point: a reader takes `visible`, then the
// manifest, and finds every row once. Then the control page's `sealed` moves.
//
// Thread-bound: under the store's seal lock.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/files/table_files.h"
#include "engine/tail/tail_scan.h"
#include "engine/write/key_entries.h"
#include "engine/write/open_table.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::engine {

enum class SealWhat : uint8_t {
  kFullSlices,  // as many whole slices as there are durable rows for
  kEverything,  // all durable rows
};

class Sealer {
 public:
  Sealer(OpenTable& table, Lsn durable);

  // How many rows it sealed.
  absl::StatusOr<uint64_t> Seal(SealWhat what);
  // Only the symbols that no dictionary has yet: what frees WAL segments with them.
  absl::Status SealSymbols();

 private:
  // Rows of one day, gathered in arrival order.
  struct DayRows {
    std::vector<ColumnBuffer> columns;
    std::vector<format::RowNumberRange> runs;
    std::vector<Lsn> lsns;  // of a table with history
    uint64_t rows = 0;
    Lsn least_lsn;
    Lsn greatest_lsn;
  };

  // Whether there were any.
  absl::StatusOr<bool> AddSymbols(TableChange& change);
  // Those of rows below `end`; returns how many kills are sealed then.
  absl::StatusOr<uint64_t> AddKills(TableChange& change, uint64_t end);
  absl::Status Deal(const TailPiece& piece, TableChange& change);
  absl::Status Gather(const TailPiece& rows, Day day, TableChange& change);
  absl::Status GatherColumn(const TailPiece& rows, size_t column, ColumnBuffer& out);
  absl::Status AddSlice(Day day, DayRows& rows, TableChange& change);

  OpenTable& table_;
  const Lsn durable_;
  const ChunkPlan plan_;
  std::map<Day, DayRows> days_;
  KeyEntries keys_;
};

}  // namespace tape::engine
