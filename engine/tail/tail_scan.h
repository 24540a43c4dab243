// Reads a tail: the same code for the process that writes it and for any other.
//
//   TailScan scan(control, chunks, table);
//   absl::StatusOr<uint64_t> end = scan.EndOfCommitted(first, snapshot);
//   absl::Status status = scan.ForEachPiece(first, *end, [&](const TailPiece& piece) {
//     std::span<const int64_t> prices = piece.Values<int64_t>(3);
//     ...
//   });
//
// Where chunks come from is the caller's: the writer has them all mapped, a reader maps those that
// it needs (tail_reader.h). Nothing that is read here is believed before it is checked against the
// chunk's size: it is shared memory, and may hold anything. kNotFound where a chunk is gone, which
// means that its rows are sealed; kDataLoss where the tail contradicts itself.
//
// Thread-compatible; does not own.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/tail/chunk.h"
#include "engine/tail/tail_chains.h"
#include "engine/tail/tail_layout.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::engine {

// Who has the chunks of a table's tail.
class TailChunks {
 public:
  virtual ~TailChunks() = default;
  // kNotFound where it is gone. Lives as long as what it came from says.
  virtual absl::StatusOr<const TailChunk*> Chunk(TailRole role, uint64_t number) = 0;
};

// Rows of one chunk: entries [begin, begin + rows) of its arrays are rows first, first + 1, ...
struct TailPiece {
  const TailChunk* chunk = nullptr;
  uint64_t begin = 0;
  uint64_t rows = 0;
  uint64_t first = 0;

  // One entry for each row, of the array with this index in the chunk; empty for another type's
  // size.
  template <typename T>
  std::span<const T> Entries(size_t array) const {
    const std::span<const T> all = chunk->Entries<T>(array);
    if (all.size() != chunk->capacity()) return {};
    return all.subspan(begin, rows);
  }
};

struct TailSymbol {
  ColumnId column;
  SymbolCode code;
  std::string_view text;
};

class TailScan {
 public:
  // What is there from moment to moment.
  TailScan(const TableControl& control, TailChunks& chunks, TableId table)
      : TailScan(TailChains(control), chunks, table) {}
  // What was there when the chains were copied.
  TailScan(TailChains chains, TailChunks& chunks, TableId table)
      : chains_(std::move(chains)), chunks_(chunks), table_(table) {}

  const TailChains& chains() const { return chains_; }

  // The pieces of rows [first, end), which are visible, in order.
  absl::Status ForEachPiece(uint64_t first, uint64_t end,
                            absl::FunctionRef<absl::Status(const TailPiece&)> visit) const;
  // The end of the visible rows from `first` on whose LSN is at most `committed`.
  absl::StatusOr<uint64_t> EndOfCommitted(uint64_t first, Lsn committed) const;
  absl::StatusOr<Lsn> LsnOf(uint64_t row) const;
  // The number plus one of the row before with the same cluster code; 0 for none.
  absl::StatusOr<uint64_t> Before(uint64_t row) const;

  // Kills [first, end), in order.
  absl::Status ForEachKill(uint64_t first, uint64_t end,
                           absl::FunctionRef<void(const TailKill&)> visit) const;
  // The end of the kills from `first` on whose LSN is at most `committed`.
  absl::StatusOr<uint64_t> EndOfCommittedKills(uint64_t first, Lsn committed) const;

  // The symbols in bytes [first, end) of the chain, which begin and end with a record.
  absl::Status ForEachSymbol(uint64_t first, uint64_t end,
                             absl::FunctionRef<void(const TailSymbol&)> visit) const;

  // A value of a bytes column.
  absl::StatusOr<std::string_view> Bytes(TailBytes value) const;
  // The values of a bytes column, from its arrays in the piece's chunk, appended to `out`.
  absl::Status AppendBytes(const TailPiece& piece, size_t values, std::optional<size_t> validity,
                           ColumnBuffer& out) const;

 private:
  // The chunk that has an entry, and how many entries from it on lie in that chunk.
  struct Run {
    const TailChunk* chunk = nullptr;
    uint64_t begin = 0;
    uint64_t entries = 0;
  };
  absl::StatusOr<Run> RunFrom(TailRole role, uint64_t entry) const;
  absl::StatusOr<uint64_t> RowWord(uint64_t row, TailArray kind) const;

  // The end of entries [first, end), whose LSNs ascend, with an LSN of at most `committed`.
  template <typename LsnAt>
  static absl::StatusOr<uint64_t> EndOf(uint64_t first, uint64_t end, Lsn committed, LsnAt lsn_at);

  const TailChains chains_;
  TailChunks& chunks_;
  const TableId table_;
};

}  // namespace tape::engine
