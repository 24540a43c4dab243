// Puts many rows into a table at once: into slices that are written directly, past tail and WAL.
//
//   auto load = BulkLoader::Begin(store, table, {.memory_bytes_max = uint64_t{256} << 20});
//   absl::StatusOr<SymbolCode> aapl = (*load)->Intern(1, "AAPL");
//   absl::Status status = (*load)->Append(columns);      // any order of days; again and again
//   absl::StatusOr<Lsn> lsn = (*load)->Commit();         // all of it, or nothing
//
// Rows are dealt to their days; whenever a day has a slice's worth of them, or all days together
// hold more memory than they may, a slice is built and written behind the bytes that count. So
// nobody sees anything until Commit, which syncs what was written (W2, W7), puts one record into
// the WAL that attaches the slices, and syncs that: the commit point (W1). From then on the slices
// belong to the table, whatever happens before its manifest says so, too: recovery attaches what
// the WAL has (W4), and the record stays in the WAL until then (W3). After a crash before, or
// without a Commit, bytes are left that nothing names, and the next change writes over them.
//
// The rows are those of one commit, with one LSN, and have the numbers that follow the table's, in
// the order in which they were given. For that the load has the table to itself: Begin waits until
// all of its tail is in slices, takes the place of its appender, and nothing is sealed or folded
// there until the load ends. Symbols that are new become the table's with the commit.
//
// Tables with keys, CHECKs or foreign keys are refused: kUnimplemented.
//
// Errors of what Append is given change nothing; others stick, and Commit returns them. Where the
// manifest cannot be written after the WAL has the commit, the store turns read-only (W6), and
// opening it again brings the rows.
//
// Thread-bound. The store must outlive it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/files/table_files.h"
#include "engine/write/open_table.h"
#include "engine/write/store_writer.h"
#include "engine/write/symbol_codes.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::engine {

struct BulkLimits {
  // Of rows that wait for their slice; what building one needs comes on top.
  uint64_t memory_bytes_max = uint64_t{256} << 20;
};

class BulkLoader {
 public:
  static absl::StatusOr<std::unique_ptr<BulkLoader>> Begin(StoreWriter& store,
                                                           std::shared_ptr<OpenTable> table,
                                                           const BulkLimits& limits);
  ~BulkLoader();
  BulkLoader(const BulkLoader&) = delete;
  BulkLoader& operator=(const BulkLoader&) = delete;

  const OpenTable& table() const { return *table_; }

  // The code of a symbol column's text; `column` is an index into the schema.
  absl::StatusOr<SymbolCode> Intern(size_t column, std::string_view text);

  // All columns in the schema's order and equally long; symbols as codes.
  absl::Status Append(std::span<const ColumnView> columns);

  // Rows that were given, and where the next one's number is.
  uint64_t rows() const { return rows_; }
  RowNumber next_row() const { return first_row_ + rows_; }

  // Ends the load. Without rows nothing is committed, and the newest commit returned.
  absl::StatusOr<Lsn> Commit();

 private:
  // Rows of one day that wait, in the order in which they came.
  struct DayRows {
    std::vector<ColumnBuffer> columns;
    std::vector<format::RowNumberRange> runs;
    uint64_t rows = 0;
    uint64_t bytes = 0;
  };
  // Rows [begin, end) of what was given, and the number of the first.
  struct Rows {
    std::span<const ColumnView> columns;
    size_t begin = 0;
    size_t end = 0;
    RowNumber first;
  };

  BulkLoader(StoreWriter& store, std::shared_ptr<OpenTable> table, const BulkLimits& limits);

  absl::Status Deal(std::span<const ColumnView> columns);
  size_t EndOfDay(std::span<const ColumnView> columns, size_t begin, Day& day) const;
  absl::Status Gather(Day day, Rows rows);
  void Hold(DayRows& day, const Rows& rows);
  absl::Status WriteLargest();
  absl::Status WriteHeld(Day day);
  absl::Status WriteSlice(Day day, std::span<const ColumnView> columns,
                          std::span<const format::RowNumberRange> runs);
  absl::Status AddSymbols();
  absl::StatusOr<Lsn> Attach();
  absl::Status LearnSymbols();
  void End();

  StoreWriter& store_;
  const std::shared_ptr<OpenTable> table_;
  const BulkLimits limits_;
  const uint64_t slice_rows_;
  bool has_table_ = false;
  std::optional<TableChange> change_;
  RowNumber first_row_;
  uint64_t rows_ = 0;

  std::map<Day, DayRows> days_;
  uint64_t held_bytes_ = 0;
  std::vector<ColumnBuffer> spare_;  // of a day that was written
  std::vector<ColumnView> views_;

  SymbolCodes fresh_;                // by column from 1: behind the codes that the table has
  std::vector<uint32_t> code_ends_;  // by column
  absl::Status status_;
};

}  // namespace tape::engine
