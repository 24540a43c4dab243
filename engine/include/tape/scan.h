// Reads rows of a table, as a snapshot sees it, in batches of columns.
//
//   absl::StatusOr<std::unique_ptr<Scan>> trades =
//       (*snapshot)->Scan({.table = "trades",
//                          .columns = {"ts", "price"},
//                          .from = open, .to = close,
//                          .symbols = {"AAPL", "MSFT"},
//                          .order = ScanOrder::kTime});
//   while (true) {
//     absl::StatusOr<size_t> rows = (*trades)->Next();
//     if (!rows.ok()) return rows.status();
//     if (*rows == 0) break;
//     std::span<const int64_t> times = (*trades)->column(0).Values<int64_t>();
//     std::span<const int64_t> prices = (*trades)->column(1).Values<int64_t>();
//     ...
//   }
//
// Sealed rows and rows that were appended a moment ago come through the same loop. Rows that were
// superseded or deleted are left out. A batch has up to 1,024 rows; what its views show lies in the
// store's own memory where it can, and is valid until the next call.
//
// Orders. kStored is the cheapest: day by day and slice by slice, each by (symbol, time), then the
// newest rows as they came. kTime is by (time, row number) and kArrival by row number, over the
// whole table; a table without a time column has its order of arrival for time order.
//
// What a column's values are is the schema's to say: Schema::physical. Codes of symbols become text
// with Snapshot::Text; they are the same in all batches and all snapshots.
//
// Errors: kDataLoss for damage, naming file and place, and nothing is answered from what is
// damaged; kAborted where files that the snapshot needs are gone, which only happens where its
// lease could not be taken. After an error the scan is at its end.
//
// Thread-bound. Keeps its snapshot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tape/column_view.h"
#include "tape/ids.h"
#include "tape/timestamp.h"

namespace tape {

enum class ScanOrder : uint8_t { kStored, kTime, kArrival };

struct ScanOptions {
  std::string schema = "main";
  std::string table{};
  std::vector<std::string> columns{};  // in this order; none: all of the table
  std::optional<Timestamp> from{};     // of the time column, included
  std::optional<Timestamp> to{};       // not included
  std::vector<std::string>
      symbols{};  // of the cluster column; none: all. Unknown ones have no rows
  ScanOrder order = ScanOrder::kStored;
  std::optional<RowNumber> from_row{};  // included: what came since a scan before
  std::optional<Lsn> as_of{};       // what the table was after this commit; none: the snapshot's
  std::optional<uint64_t> limit{};  // rows
  bool row_numbers = false;         // whether row_numbers() is asked for; costs in stored order
};

class Snapshot;

class Scan {
 public:
  ~Scan();
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

  // The rows of the next batch; 0 after the last.
  absl::StatusOr<size_t> Next();

  // Of the batch, until the next call: the index-th of the columns that were asked for.
  const ColumnView& column(size_t index) const;
  size_t columns() const;
  // The number of each row; empty unless it was asked for.
  std::span<const uint64_t> row_numbers() const;

 private:
  friend class Snapshot;
  struct State;
  explicit Scan(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tape
