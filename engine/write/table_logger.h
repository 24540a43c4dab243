// What of a table goes into the groups of the WAL.
//
//   TableLogger logger(tail, {.rows = sealed});
//   absl::Status status = wal.WriteGroup(last, [&](format::FrameWriter& frames) {
//     return logger.Append(last, frames);                 // symbols, rows, kills up to this LSN
//   });
//   if (status.ok()) logger.Written();                    // the control page's `logged`
//   if (wal.Sync().ok()) logger.Synced();                 // and `durable`
//
// Symbols come before the rows that use them: a code is published before the commit that first uses
// it, and a group has every symbol that was published when its commits had been.
//
// Rows lie in the tail as the record wants them; only values of no fixed size are gathered first.
// Thread-bound: the WAL thread's.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/tail/table_tail.h"
#include "format/records/frame.h"
#include "format/records/wal_records.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::engine {

// How far a table's tail is in the WAL.
struct LoggedUpTo {
  uint64_t rows = 0;
  uint64_t kills = 0;
  uint64_t symbols = 0;  // bytes of the chain
};

class TableLogger {
 public:
  TableLogger(TableTail& tail, const LoggedUpTo& logged);

  // Appends the records of everything with an LSN up to `last` that is not in a group yet.
  absl::Status Append(Lsn last, format::FrameWriter& frames);
  void Written();
  void Synced();

  // Appends again what is in groups already and not in slices: a small tail, put into a new segment
  // so that old ones can go.
  absl::Status AppendAgain(format::FrameWriter& frames);

  // The LSN at which this table alone has about `bytes` of rows to write, values of no fixed size
  // not counted; `last` where it has less.
  absl::StatusOr<Lsn> LimitGroup(Lsn next, Lsn last, uint64_t bytes) const;

  const LoggedUpTo& logged() const { return logged_; }

 private:
  // Rows that are in slices were logged before, or need not be: a bulk load's.
  void PassOverSealed();
  absl::Status AppendSymbols(format::FrameWriter& frames);
  absl::Status AppendRows(Lsn last, format::FrameWriter& frames);
  absl::Status AppendRowRange(uint64_t first, uint64_t end, bool again,
                              format::FrameWriter& frames);
  absl::Status AppendPiece(const TailPiece& piece, bool again, format::FrameWriter& frames);
  uint64_t RowsOfRecord(const TailPiece& piece) const;
  absl::Status AppendKills(Lsn last, format::FrameWriter& frames);
  absl::Status AppendKillRange(uint64_t first, uint64_t end, bool again,
                               format::FrameWriter& frames);
  void FindRuns(const TailPiece& piece);
  absl::StatusOr<ColumnView> GatherBytes(size_t column, const TailPiece& piece);

  TableTail& tail_;
  const ChunkPlan plan_;
  LoggedUpTo logged_;   // in written groups
  LoggedUpTo pending_;  // in the group that is being written
  const uint64_t row_bytes_;
  std::vector<format::LsnRun> runs_;
  std::vector<format::WalColumn> columns_;
  std::vector<ColumnBuffer> gathered_;  // of the bytes columns, by column
  std::vector<format::Kill> kills_;
};

}  // namespace tape::engine
