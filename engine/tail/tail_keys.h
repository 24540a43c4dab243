// The keys of a tail's rows: a table in shared memory, from a key's hash to rows. All keys of a
// table share it; who finds a row compares its values, since a hash is no proof.
//
//   TailKeys keys(tail);
//   absl::Status status = keys.Open();                      // what a writer that died left, or
//   none status = keys.Reserve(rows);                            // not for the hot path: may make
//   a file keys.Insert({hash, row + 1});                           // before the row is visible
//   std::vector<RowNumber> rows;
//   FindTailKeys(keys.slots(), hash, rows);                 // in any process, over the same chunk
//
// A slot is stored once: first the hash, then, releasing, the row; whoever loads the row,
// acquiring, sees the hash. A table that is too small, or full of rows that are sealed, is replaced
// by another one with those that are not: its number is stored, releasing, in the control page, and
// whoever has the old one mapped finds everything there that was visible when it loaded the number.
//
// Entries may name rows that were never published, or whose numbers were used again: nobody minds,
// since values are compared. Bytes: docs/format/tail.md. Threads: the appending thread's;
// FindTailKeys anybody's. W5: after a power loss there is none.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "engine/tail/chunk.h"
#include "engine/tail/table_tail.h"
#include "engine/tail/tail_layout.h"
#include "tape/ids.h"

namespace tape::engine {

// Appends the rows with this hash. The slots may hold anything, and change while they are read.
void FindTailKeys(std::span<const TailKey> slots, uint64_t hash, std::vector<RowNumber>& rows);

class TailKeys {
 public:
  explicit TailKeys(TableTail& tail) : tail_(tail) {}
  ~TailKeys();
  TailKeys(const TailKeys&) = delete;
  TailKeys& operator=(const TailKeys&) = delete;

  // Takes over the table that the control page names, if there is one.
  absl::Status Open();

  // Room for so many more; entries of sealed rows go when there is none. kResourceExhausted where
  // the tail is full.
  absl::Status Reserve(uint64_t entries);
  // There is room, by Reserve.
  void Insert(const TailKey& key);

  // Empty before the first Reserve.
  std::span<const TailKey> slots() const;
  uint64_t used() const { return used_; }

 private:
  absl::Status Replace(uint64_t entries);

  TableTail& tail_;
  std::unique_ptr<TailChunk> chunk_;
  uint64_t used_ = 0;
};

}  // namespace tape::engine
