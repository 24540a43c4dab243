// Which keys a table has, and the entries of its rows: what a seal writes into key extents, and
// what the tail's table of keys gets.
//
//   std::vector<TableKey> keys = KeysOf(table.info);
//   KeyEntries entries(store, keys);
//   absl::Status status = entries.Add(columns, runs);     // rows of one slice, in its order
//   status = entries.WriteTo(change);                     // a key extent for each key
//
// A row has one entry for each key; for a UNIQUE constraint whose NULLs are distinct only where
// none of its values is NULL, since others collide with nothing. Bytes: docs/format/key-extent.md.
//
// Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "engine/catalog/catalog.h"
#include "engine/files/table_files.h"
#include "format/bytes/place.h"
#include "format/layout/key_extent.h"
#include "format/layout/kills.h"
#include "tape/column_view.h"

namespace tape::engine {

struct TableKey {
  uint32_t number = 0;            // of its key extents
  std::vector<size_t> columns{};  // of the schema, in the key's order
  bool nulls_collide = true;      // rows with a NULL in the key have an entry, too
};

// PRIMARY KEY first, then each UNIQUE; those that have key extents.
std::vector<TableKey> KeysOf(const TableInfo& info);

class KeyEntries {
 public:
  KeyEntries(const format::StoreUuid& store, std::vector<TableKey> keys);

  bool empty() const { return keys_.empty(); }

  // All columns of the schema. The runs have as many rows as the columns.
  absl::Status Add(std::span<const ColumnView> columns,
                   std::span<const format::RowNumberRange> runs);

  // Of the key at this index in `keys`.
  const std::vector<format::KeyEntry>& entries(size_t key) const { return entries_[key]; }

  void Clear();

  // Everything that was added since; nothing is left.
  absl::Status WriteTo(TableChange& change);

 private:
  // Rows of a key's columns from `begin` on, in the order of hashes_.
  void AddRun(size_t key, std::span<const ColumnView> of_key, const format::RowNumberRange& run,
              size_t begin);

  format::StoreUuid store_;
  std::vector<TableKey> keys_;
  std::vector<std::vector<format::KeyEntry>> entries_;  // by key
  std::vector<uint64_t> hashes_;
};

}  // namespace tape::engine
