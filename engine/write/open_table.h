// A table that the writer has open: its definition, its files, its tail, its symbols.
//
// Who may touch what: `files` the seal thread, under the store's seal lock, and while a bulk load
// has them only that; `tail` as table_tail.h
// says; `symbols` whoever holds the appender; `sequences` under the store's lock of
// sequences; `in_wal_since` under the seal lock. A definition never changes: ALTER TABLE opens the
// table anew, and who holds the one before sees it as it was.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "engine/catalog/catalog.h"
#include "engine/files/table_files.h"
#include "engine/files/table_place.h"
#include "engine/io/machine.h"
#include "engine/tail/table_tail.h"
#include "engine/write/symbol_codes.h"
#include "format/records/manifest_record.h"
#include "tape/ids.h"

namespace tape::engine {

// Values that a column gives out by itself.
struct ColumnSequence {
  int64_t next = 1;    // that nobody has had
  int64_t logged = 1;  // the WAL says that all below may have been given out
  Lsn since{1};        // it says so in the group of this LSN, at least
};

// What the last look at a day's kills, for a fold, saw: the same need not be looked at again.
struct SeenKills {
  format::Place newest_kills;
  Lsn horizon;
};

// What stays where a definition changes in a way that rows do not feel.
struct TableParts {
  std::shared_ptr<TableFiles> files;  // the same after every alteration
  std::map<Day, SeenKills> folds;     // with the files
  std::unique_ptr<TableTail> tail;
  SymbolCodes symbols;
  std::map<ColumnId, ColumnSequence> sequences;
  Lsn in_wal_since;  // what is not in slices is in the WAL from this group on
  // Somebody stores rows into its tail, or loads it: one at a time.
  std::atomic<bool> has_appender = false;
  uint64_t appenders = 0;  // how many there were: whoever takes has_appender counts itself
  // The manifest record that is known not to be the last: WAL segments go only then. With the
  // files.
  uint64_t confirmed_record = 0;
  bool is_loading = false;  // a bulk load has its files; under the seal lock
};

struct OpenTable {
  explicit OpenTable(TableInfo table_info)
      : OpenTable(std::move(table_info), std::make_shared<TableParts>()) {}
  // The same table under another definition of the same rows.
  OpenTable(TableInfo table_info, std::shared_ptr<TableParts> table_parts)
      : parts(std::move(table_parts)), info(std::move(table_info)) {}

  const std::shared_ptr<TableParts> parts;
  const TableInfo info;
  std::shared_ptr<TableFiles>& files = parts->files;
  std::map<Day, SeenKills>& folds = parts->folds;
  std::unique_ptr<TableTail>& tail = parts->tail;
  SymbolCodes& symbols = parts->symbols;
  std::map<ColumnId, ColumnSequence>& sequences = parts->sequences;
  Lsn& in_wal_since = parts->in_wal_since;
  std::atomic<bool>& has_appender = parts->has_appender;
  uint64_t& appenders = parts->appenders;
  bool& is_loading = parts->is_loading;
  uint64_t& confirmed_record = parts->confirmed_record;
};

// What a tail must know of a table.
TailTable TailTableOf(const TableInfo& info);

// The texts that its dictionaries have.
absl::Status LearnSymbols(OpenTable& table);

// Where its files are.
TablePlace TablePlaceOf(const Machine& machine, const std::string& store_folder,
                        const format::StoreUuid& store, const TableInfo& info);

// Is this what TableFolder gives for any table?
bool IsTableFolder(std::string_view name);
// Which; nothing for what is no table's folder.
std::optional<TableId> TableOfFolder(std::string_view name);

// Only what making a table begins with: nothing was ever sealed there.
bool IsUnusedTable(const std::vector<DirectoryEntry>& folder);

}  // namespace tape::engine
