// Finds the live row with a key: in the tail, then in the key extents of slices, newest first.
//
//   KeyIndex index(table);
//   absl::Status status = index.Open();
//   status = index.Use(snapshot);                       // a TableSnapshot: what it sees
//
//   uint64_t hash = KeyHash(store)...Finish();          // format/layout/key_hash.h
//   absl::StatusOr<std::optional<RowNumber>> row = index.Find(0, hash, [&](RowNumber candidate) {
//     return HasThisKey(candidate);                     // compares values: a hash is no proof
//   });
//
// It refuses nothing: it says which row is alive with this key, and whoever has a constraint
// decides. What is asked first needs no look-up at all: rising_keys.h.
//
// The tail's table of keys (tail/tail_keys.h) is filled when somebody looks, not by commits: a
// table whose keys only rise has entries for no row. A look-up asks that table, then each key
// extent's filter, and decodes a block only where that says that the key may be there. Chunks,
// slices and sections are read through the snapshot, whose lease keeps them (R4); it must live
// until the next Use. What was learned for one snapshot serves the next.
//
// After the death of a process the tail's table is used as it stands, after a power loss it is made
// anew from the tail's rows; nothing else is rebuilt. kDataLoss where a section or a kill that was
// asked is damaged. Thread-compatible; the one user of the table's TailKeys.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/live_rows.h"
#include "engine/read/table_snapshot.h"
#include "engine/tail/tail_keys.h"
#include "engine/write/key_entries.h"
#include "engine/write/open_table.h"
#include "format/layout/key_extent.h"
#include "tape/ids.h"

namespace tape::engine {

class KeyIndex {
 public:
  using HasKey = absl::FunctionRef<absl::StatusOr<bool>(RowNumber)>;

  explicit KeyIndex(OpenTable& table);

  absl::Status Open();

  // Those of KeysOf, by index.
  const std::vector<TableKey>& keys() const { return keys_; }

  // Answers are about what this snapshot sees from now on.
  absl::Status Use(const TableSnapshot& table);
  LiveRows& live() { return live_; }

  // `key` is an index into keys(). Nothing where no live row has it.
  absl::StatusOr<std::optional<RowNumber>> Find(size_t key, uint64_t hash, HasKey has_key);

 private:
  using Section = std::shared_ptr<const format::KeyExtentView>;

  absl::Status UseSections();
  absl::Status AddRows(const TailSnapshot& tail);
  absl::Status AddPiece(const TailPiece& piece);
  absl::Status AddEntries();
  absl::Status FindPassedOver(const TailSnapshot& tail);
  absl::StatusOr<std::optional<RowNumber>> FirstOf(HasKey has_key);

  OpenTable& table_;
  const std::vector<TableKey> keys_;
  KeyEntries entries_;
  TailKeys tail_keys_;
  LiveRows live_;
  const TableSnapshot* snapshot_ = nullptr;
  uint64_t added_ = 0;    // rows from kept_ on and below have entries in tail_keys_
  uint64_t kept_ = 0;     // of rows below it entries may be gone
  bool is_late_ = false;  // the snapshot needs rows below kept_: they are in passed_over_
  std::vector<std::vector<format::KeyEntry>> passed_over_;  // by key, sorted
  uint64_t passed_first_ = 0;
  uint64_t passed_end_ = 0;

  // As of a manifest.
  std::shared_ptr<const SealedTable> sealed_;
  std::vector<std::vector<Section>> sections_;  // by key, newest first
  std::map<format::Place, Section> by_place_;
  format::KeyReader key_reader_;
  std::vector<RowNumber> candidates_;
};

}  // namespace tape::engine
