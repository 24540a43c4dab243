// A table as a snapshot sees it: a version of its slices and the rows of its tail behind them.
//
//   const TableSnapshot* trades = snapshot->Find("main", "trades");
//   trades->rows();                                        // all have lower numbers
//   absl::StatusOr<SymbolCode> code = trades->Code(column, "AAPL");
//   absl::StatusOr<uint64_t> end = trades->EndOfTailAt(lsn);  // AS OF
//
// Slices hold only rows that were committed before the snapshot was taken, since a seal takes
// durable rows and the snapshot's LSN was read after the version: so nobody has to look at LSNs in
// slices, but for AS OF.
//
// Immutable; thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/read/sealed_table.h"
#include "engine/read/tail_snapshot.h"
#include "tape/ids.h"

namespace tape::engine {

class TableSnapshot {
 public:
  // `tail` is nullptr where the table has none.
  TableSnapshot(std::shared_ptr<const SealedTable> sealed, std::unique_ptr<TailSnapshot> tail,
                Lsn lsn)
      : sealed_(std::move(sealed)), tail_(std::move(tail)), lsn_(lsn) {}

  const TableInfo& info() const { return sealed_->info(); }
  const Schema& schema() const { return sealed_->schema(); }
  const SealedTable& sealed() const { return *sealed_; }
  // For who keeps what it has learned of the slices beyond this snapshot.
  const std::shared_ptr<const SealedTable>& shared_sealed() const { return sealed_; }
  const TailSnapshot* tail() const { return tail_.get(); }
  Lsn lsn() const { return lsn_; }

  // The end of the rows.
  uint64_t rows() const {
    return tail_ != nullptr ? tail_->end_row() : sealed_->version().sealed_rows().value();
  }
  // Whether anything was ever superseded or deleted, as far as slices and tail remember.
  bool has_kills() const {
    return sealed_->has_kills() || (tail_ != nullptr && tail_->has_kills());
  }

  // The end of the tail's rows as of an earlier LSN. kFailedPrecondition where versions of rows
  // that it would see may be gone.
  absl::StatusOr<uint64_t> EndOfTailAt(Lsn lsn) const;

  // The text of a code of a symbol column: nothing for code 0 and for one that nobody gave out.
  absl::StatusOr<std::optional<std::string_view>> Text(ColumnId column, SymbolCode code) const;
  // Code 0 for a text that no row has.
  absl::StatusOr<SymbolCode> Code(ColumnId column, std::string_view text) const;

 private:
  const std::shared_ptr<const SealedTable> sealed_;
  const std::unique_ptr<TailSnapshot> tail_;
  const Lsn lsn_;
};

}  // namespace tape::engine
