// Stores rows into a table's tail: the hot path.
//
//   TailAppender appender(tail, sequence, FullTail::kWait);
//   appender.Put<int64_t>(0, ts);                   // a column's index in the table
//   appender.Put<uint32_t>(1, code);
//   appender.PutBytes(2, "halt");
//   if (!appender.EndRow()) return appender.status();
//   absl::Status status = appender.Commit();        // visible to every process
//
// A value is one store into an array that is mapped, present and private to this thread until the
// commit; a row costs its values and an index; a commit of one row an atomic addition more. Where
// chunks are made by the store's threads, no call here makes a system call, takes a lock,
// allocates, or faults. A column that may be NULL and is not put is NULL; the others hold what was
// there before and are the caller's to put (engine/write/appender checks).
//
// Errors stick: after one, Put goes nowhere and EndRow and Commit say what happened, until Abandon.
// Nothing of a commit that failed is visible.
//
// Thread-bound: one thread at a time, one TailAppender at a time for a tail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/fork_wiped.h"
#include "engine/tail/commit_sequence.h"
#include "engine/tail/table_tail.h"
#include "tape/appender.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::engine {

// What to do where no chunk is ready.
enum class FullTail : uint8_t {
  kPrepare,  // make one now: for stores whose threads are the caller's, and for those not in a
             // hurry
  kWait,     // until a thread of the store has made one; fails where it cannot
  kFail,
};

class TailAppender {
 public:
  TailAppender(TableTail& tail, CommitSequence& sequence, FullTail when_full);
  TailAppender(const TailAppender&) = delete;
  TailAppender& operator=(const TailAppender&) = delete;

  const TableTail& tail() const { return tail_; }

  // Before anything else: makes the first chunks, so that the first row is as fast as every other,
  // and heads for the cluster column's codes below `codes`.
  absl::Status Start(uint64_t codes);

  // ---- a row

  template <typename T>
  void Put(size_t column, T value) {
    reinterpret_cast<T*>(cursor_.values[column])[cursor_.at] = value;
    if (cursor_.validity[column] != nullptr) cursor_.validity[column][cursor_.at] = 1;
  }
  void PutNull(size_t column) {
    if (cursor_.validity[column] != nullptr) {
      cursor_.validity[column][cursor_.at] = 0;
    } else {
      reinterpret_cast<uint32_t*>(cursor_.values[column])[cursor_.at] = 0;  // code 0
    }
  }
  void PutBytes(size_t column, std::string_view value);

  bool EndRow() {
    if (++cursor_.at == cursor_.end) [[unlikely]] {
      return NextChunk();
    }
    return true;
  }

  // For who stores values without a call: Put and EndRow are this, and NextChunk at the end.
  RowCursor& cursor() { return cursor_; }
  bool NextChunk();
  // True in a child of the process that made it: nothing may be stored here any more.
  bool forked() const { return cursor_.values == nullptr; }
  static absl::Status ForkedError();
  // Whether the table was altered or dropped, or is about to be: then nothing that is not committed
  // can be. To be asked once more when the commit's number is taken, before Stamp.
  bool stopped() const { return tail_.stopped(); }
  static absl::Status StoppedError();
  static absl::Status RowTooLarge(uint64_t bytes);
  // Puts an error that the caller found; it sticks like any other. False.
  bool Fail(absl::Status status);

  // ---- many rows: all columns in the table's order, equally long, of the right forms

  bool AppendColumns(std::span<const ColumnView> columns);

  // ---- commits

  // The row is dead from this commit on.
  void Kill(RowNumber row) { kills_.push_back({row.value(), 0}); }

  // A symbol that no commit has used yet; its code is one above the last of its column.
  absl::Status AddSymbol(ColumnId column, SymbolCode code, std::string_view text);

  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

  // Rows appended so far, those of the open commit included.
  uint64_t rows() const { return chunk_first_ + cursor_.at; }
  uint64_t uncommitted() const { return rows() - committed_rows_; }
  // True after an error as well, so that nobody passes over it.
  bool has_changes() const { return forked() || !ok() || uncommitted() != 0 || !kills_.empty(); }

  absl::StatusOr<Lsn> Commit();

  // The parts of Commit, for commits over several tables: every Ready, then one Take, then every
  // Stamp, then one Publish. Ready does all that may fail.
  absl::Status ReadyToCommit();
  void Stamp(Lsn lsn);

  // What was committed before and is put back: the next `rows` of the rows appended belong to this
  // commit; a kill of this one. Commits come in their order.
  void StampNext(uint64_t rows, Lsn lsn);
  absl::Status ReplayKill(const TailKill& kill);

  // Forgets the rows and kills of the open commit, and the error.
  void Abandon();

  // How often a row had to wait for a chunk.
  uint64_t waits() const { return waits_; }

 private:
  absl::Status EnterRows();
  absl::Status EnterHeap();
  void Enter(const TailChunk& chunk, uint64_t first);
  void ClearRest();
  void EnterScratch();
  // Goes on in the next chunk of a chain, whose first entry has this number.
  absl::Status Advance(TailChain& chain, uint64_t first, uint64_t entries);
  absl::Status AwaitChunk(TailChain& chain, uint64_t entries);
  absl::Status ReserveHeap(uint64_t bytes);
  TailBytes StoreBytes(std::string_view value);
  bool CopyRows(std::span<const ColumnView> columns, uint64_t from, uint64_t rows);
  bool CopyBytes(size_t column, const ColumnView& view);
  void StoreKills(Lsn lsn);
  void StampRows(const TailChunk& chunk, uint64_t begin, uint64_t rows, uint64_t first_row,
                 Lsn lsn);

  TableTail& tail_;
  CommitSequence& sequence_;
  const FullTail when_full_;

  // The chunk that is written to.
  ForkWiped<RowCursor> own_cursor_;
  RowCursor& cursor_ = *own_cursor_;
  std::vector<std::byte*> values_;  // by column
  std::vector<uint8_t*> validity_;  // by column; nullptr where it has none
  uint64_t chunk_first_ = 0;        // number of the chunk's first row

  ChunkPlan plan_;  // which array is what, the same in every chunk of rows
  uint64_t committed_rows_ = 0;
  std::vector<TailKill> kills_;  // of the open commit; LSN 0: that of the commit
  uint64_t stored_kills_ = 0;
  bool has_kills_chunk_ = false;  // that this appender began
  uint64_t kills_first_ = 0;      // number of the first kill in the current chunk of kills

  char* heap_ = nullptr;     // the current chunk's bytes
  uint64_t heap_first_ = 0;  // position of its first
  uint64_t heap_at_ = 0;     // of the next to be stored, in the chunk
  uint64_t heap_end_ = 0;    // bytes of the chunk
  static constexpr uint64_t kNoRow = ~uint64_t{0};
  uint64_t bytes_row_ = kNoRow;  // the row that row_bytes_ is about
  uint64_t row_bytes_ = 0;
  uint64_t symbols_first_ = 0;
  uint64_t symbols_at_ = 0;

  std::vector<std::byte> scratch_;  // where values go after an error
  absl::Status status_;
  uint64_t waits_ = 0;
};

}  // namespace tape::engine
