// Loads many rows into a table at once: history, a day from an archive, the result of a backtest.
//
//   absl::StatusOr<std::unique_ptr<BulkLoader>> load = store->BulkLoad("main", "trades");
//   absl::StatusOr<SymbolCode> aapl = (*load)->Intern("symbol", "AAPL");
//   while (read more) {
//     absl::Status status = (*load)->Append({ts.view(), symbol.view(), price.view()});
//     if (!status.ok()) return status;
//   }
//   absl::StatusOr<Lsn> lsn = (*load)->Commit();      // all of it is visible, and durable
//
// Rows go straight into sealed, compressed slices: not through the tail, and the WAL gets one
// record. So a load costs what writing its slices costs, and readers see all of it at once, when
// Commit returns, or, where it fails or the process dies before, nothing.
//
// - Rows may come in any order of days. Each day waits for a slice's worth of its rows, all days
//   together in at most memory_bytes_max of memory; what is beyond makes smaller slices, which Fold
//   merges. Batches as large as a slice (table option slice_rows) of one day are not even copied.
// - The rows are numbered as they were given, behind those that the table has, and have one LSN.
// - The table is the load's until Commit or destruction: it has no appender meanwhile. Rows that
//   its tail had are sealed when the load begins; scans and appends to other tables go on.
// - What is given must be whole: SERIAL columns and defaults are not filled in.
// - Tables with keys, CHECKs or foreign keys are refused with kUnimplemented: their rows are
//   checked when they are appended.
//
// Errors: Append checks its columns as Appender::Append does, and refuses them whole, which leaves
// the load as it was. A failing disk ends the load; nothing of it stays. Where Commit fails after
// the WAL has the rows, they may be there, or be there when the store is opened again, all of them:
// the store is read-only then, and its status() says so.
//
// Thread-bound. Destroyed without Commit, it leaves nothing behind. The store must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tape/column_view.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape {

struct BulkLoadOptions {
  // Of rows that wait for their slice. Building one takes some tens of bytes a row beside it.
  uint64_t memory_bytes_max = uint64_t{256} << 20;
};

class BulkLoader {
 public:
  ~BulkLoader();
  BulkLoader(const BulkLoader&) = delete;
  BulkLoader& operator=(const BulkLoader&) = delete;

  const Schema& schema() const;

  // The code of a symbol, for Append. A new one becomes the table's with the commit.
  absl::StatusOr<SymbolCode> Intern(std::string_view column, std::string_view text);

  // All columns in the schema's order and equally long; symbols as codes. They are not needed any
  // more when it returns.
  absl::Status Append(std::span<const ColumnView> columns);

  uint64_t rows() const;
  // The number of the next row that is given.
  RowNumber next_row() const;

  // Ends the load, whatever it returns. Durable, whatever the table's durability.
  absl::StatusOr<Lsn> Commit();

 private:
  friend class Store;
  struct State;
  explicit BulkLoader(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace tape
