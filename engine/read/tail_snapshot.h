// The tail of a table as a snapshot sees it: the same rows for ever, whatever the writer does.
//
//   absl::StatusOr<std::unique_ptr<TailSnapshot>> tail =
//       TailSnapshot::Take(table_tail, id, /*sealed=*/sealed_rows, lsn);
//   (*tail)->scan().ForEachPiece((*tail)->first_row(), (*tail)->end_row(), visit);
//
// Holds a copy of the chains, not the chunks: those are mapped when first needed and stay mapped as
// long as this. Their files live as long as the lease of the snapshot that this is part of (R4).
//
// Take: kNotFound where the tail no longer has what slices do not have yet, so that the manifest
// must be read anew; kDataLoss where the tail contradicts itself. Later a chunk that is gone is
// kNotFound: the snapshot has expired.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "engine/io/mutex.h"
#include "engine/read/tail_symbols.h"
#include "engine/tail/tail_reader.h"
#include "engine/tail/tail_scan.h"
#include "tape/ids.h"

namespace tape::engine {

// What readers share of a table's tail.
struct SharedTail {
  explicit SharedTail(std::unique_ptr<TailReader> tail) : reader(std::move(tail)) {}

  const std::unique_ptr<TailReader> reader;
  TailSymbols symbols;
};

class TailSnapshot : private TailChunks {
 public:
  static absl::StatusOr<std::unique_ptr<TailSnapshot>> Take(std::shared_ptr<SharedTail> tail,
                                                            TableId table, uint64_t sealed,
                                                            Lsn lsn);

  // Rows [first_row, end_row) are in the tail and not in slices.
  uint64_t first_row() const { return first_row_; }
  uint64_t end_row() const { return end_row_; }
  // Kills of the tail; some of them may be in files of kills as well.
  bool has_kills() const { return first_kill_ < end_kill_; }
  uint64_t first_kill() const { return first_kill_; }
  uint64_t end_kill() const { return end_kill_; }
  // Those with an LSN of at most `lsn`, ascending by row, of a row the first.
  absl::StatusOr<std::vector<TailKill>> Kills(Lsn lsn) const;

  const TailScan& scan() const { return *scan_; }

  absl::StatusOr<std::optional<std::string_view>> Text(ColumnId column, SymbolCode code) const;
  absl::StatusOr<SymbolCode> Code(ColumnId column, std::string_view text) const;

 private:
  TailSnapshot(std::shared_ptr<SharedTail> tail, TableId table)
      : tail_(std::move(tail)), table_(table) {}
  absl::Status Capture(uint64_t sealed, Lsn lsn);
  absl::StatusOr<const TailChunk*> Chunk(TailRole role, uint64_t number) override;

  const std::shared_ptr<SharedTail> tail_;
  const TableId table_;
  std::optional<TailScan> scan_;
  uint64_t first_row_ = 0;
  uint64_t end_row_ = 0;
  uint64_t first_kill_ = 0;
  uint64_t end_kill_ = 0;
  Mutex mutex_;
  std::map<std::pair<TailRole, uint64_t>, std::shared_ptr<const TailChunk>> chunks_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace tape::engine
