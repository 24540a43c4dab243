// What an appender of a table with constraints stores its rows into: private memory, until a commit
// has been checked and goes into the tail. The public Appender is the same for both;
// docs/constraints.md.
//
//   StagedAppender staged(changes.Begin(), table, tail_appender);
//   status = staged.Start();
//   ... values are stored through staged.cursor(), as into a chunk of the tail ...
//   absl::StatusOr<Lsn> lsn = staged.Commit(Durability::kProcess);
//
// Rows are collected by block, and a block becomes part of the change as soon as it is full: what a
// row alone breaks (a length, a CHECK) is found there, and sticks; keys and foreign keys are looked
// at by the commit. A commit that is refused leaves everything as it was: commit again, when what
// stood against it is gone, or Abandon.
//
// Thread-bound, like the appender.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/change.h"
#include "engine/tail/tail_appender.h"
#include "engine/write/open_table.h"
#include "tape/appender.h"
#include "tape/column_view.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

class StagedAppender {
 public:
  // The tail appender is the one that the table has, and outlives this.
  StagedAppender(std::unique_ptr<Change> change, std::shared_ptr<OpenTable> table,
                 TailAppender& tail);

  absl::Status Start() { return change_->Hold(table_->info.id, tail_); }

  RowCursor& cursor() { return cursor_; }
  Change& change() { return *change_; }

  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }
  // Sticks; rows go nowhere until Abandon. False.
  bool Fail(absl::Status status);

  void PutBytes(size_t column, std::string_view value);
  // The block is full, or there is an error.
  bool NextBlock();
  bool AppendColumns(std::span<const ColumnView> columns);
  void Kill(RowNumber row);

  // Number of the row that is being written.
  uint64_t rows() const { return tail_.rows() + staged_ + cursor_.at; }

  // What was collected becomes part of the change, which is ready to be committed.
  absl::Status Flush();
  absl::StatusOr<Lsn> Commit(Durability durability);
  // Somebody has committed the change, or tried to.
  void AfterCommit();
  void Abandon();

 private:
  struct Bytes {
    uint64_t offset = 0;
    uint64_t length = 0;
  };

  void Clear();
  ColumnView ViewOf(size_t column, uint64_t rows);
  absl::Status Stage(std::span<const ColumnView> columns);

  const std::unique_ptr<Change> change_;
  const std::shared_ptr<OpenTable> table_;
  TailAppender& tail_;
  RowCursor cursor_;
  std::vector<PaddedBytes> memory_;          // by column: a block's values
  std::vector<std::vector<uint8_t>> valid_;  // by column; empty for one that is never NULL
  std::vector<std::byte*> values_;
  std::vector<uint8_t*> validity_;
  std::map<size_t, ColumnBuffer> bytes_;  // by column that has them: a block's, in order
  std::string heap_;                      // the same, as they came
  uint64_t row_bytes_ = 0;                // of the row that is being written
  uint64_t bytes_row_ = 0;                // which that is
  uint64_t staged_ = 0;                   // rows in the change
  absl::Status status_;
};

}  // namespace tape::engine
