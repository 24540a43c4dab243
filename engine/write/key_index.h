// Finds the live row with a key: in the tail, then in the key extents of slices, newest first.
//
//   KeyIndex index(table);
//   absl::Status status = index.Open();                 // only the tail's keys; no slice is read
//   status = index.AddRows(appender.rows());            // of a commit, before it is published
//
//   uint64_t hash = KeyHash(store)...Finish();          // format/layout/key_hash.h
//   absl::StatusOr<std::optional<RowNumber>> row = index.Find(0, hash, [&](RowNumber candidate) {
//     return HasThisKey(candidate);                     // compares values: a hash is no proof
//   });
//
// It refuses nothing: it says which row is alive with this key, and whoever has a constraint
// decides. A row counts from AddRows on, until its kill is stored. What is asked first needs no
// look-up at all: rising_keys.h.
//
// A look-up asks the tail's table of keys (tail/tail_keys.h), then each key extent's filter, and
// decodes a block only where that says that the key may be there. Sections stay parsed until the
// manifest changes by a seal; a fold changes no answer, and where it takes a file away that was not
// mapped yet, the manifest is read again.
//
// After the death of a process the tail's table is used as it stands, after a power loss it is made
// anew from the tail's rows; nothing else is rebuilt. kDataLoss where a section or a kill that was
// asked is damaged. Thread-bound: the appending thread's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/files/table_reader.h"
#include "engine/tail/tail_keys.h"
#include "engine/write/key_entries.h"
#include "engine/write/open_table.h"
#include "format/layout/key_extent.h"
#include "format/layout/kills.h"
#include "tape/ids.h"

namespace tape::engine {

class KeyIndex {
 public:
  using HasKey = absl::FunctionRef<absl::StatusOr<bool>(RowNumber)>;

  explicit KeyIndex(OpenTable& table);

  absl::Status Open();

  // Those of KeysOf, by index.
  const std::vector<TableKey>& keys() const { return keys_; }

  // Rows that are stored up to `end` have entries from now on.
  absl::Status AddRows(uint64_t end);

  // `key` is an index into keys(). Nothing where no live row has it.
  absl::StatusOr<std::optional<RowNumber>> Find(size_t key, uint64_t hash, HasKey has_key);

 private:
  struct KillSection {
    int32_t day = 0;
    std::shared_ptr<const format::KillsView> view;
  };

  // A column of a piece; values of no fixed size go into a buffer of their own.
  absl::StatusOr<ColumnView> ViewOf(const TailPiece& piece, size_t column,
                                    std::vector<ColumnBuffer>& bytes) const;
  absl::Status AddPiece(const TailPiece& piece);
  absl::StatusOr<bool> TailHas(uint64_t row);
  absl::Status Refresh();
  absl::Status LoadSections();
  absl::Status LearnKills();
  absl::StatusOr<std::optional<RowNumber>> FindInSlices(size_t key, uint64_t hash, HasKey has_key);
  absl::StatusOr<bool> IsLive(RowNumber row);
  const format::SliceEntry* SliceOf(RowNumber row) const;

  OpenTable& table_;
  const std::vector<TableKey> keys_;
  const ChunkPlan plan_;
  TableReader reader_;
  KeyEntries entries_;
  TailKeys tail_keys_;
  uint64_t added_ = 0;  // rows below have entries

  // As of a manifest.
  std::shared_ptr<const TableVersion> version_;
  uint64_t sealed_ = 0;
  uint64_t sealed_kills_ = 0;
  std::vector<std::vector<std::shared_ptr<const format::KeyExtentView>>> sections_;  // by key
  std::vector<KillSection> kill_sections_;

  uint64_t kills_seen_ = 0;
  absl::flat_hash_set<uint64_t> killed_;  // rows, by kills that are not sealed
  format::KeyReader key_reader_;
  format::KillsReader kills_reader_;
  std::vector<RowNumber> candidates_;
};

}  // namespace tape::engine
