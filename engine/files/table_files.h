// What a table has on disk, from the writer's side: its manifest, and the files that it names.
//
//   absl::StatusOr<std::unique_ptr<TableFiles>> files = TableFiles::Open(place, schema);
//   TableChange change = (*files)->Begin(Lsn durable);
//   absl::Status status = change.AddSlice({.day = day, .columns = columns, .runs = runs, ...});
//   status = change.AddSymbols(column, texts);            // codes that the slices use
//   status = change.AddKills(day, kills);
//   status = change.AddKeys(key, entries);
//   change.SetSealedRows(RowNumber(262'144));
//   if (status.ok()) status = (*files)->Commit(std::move(change));
//
// A change writes its bytes behind those that count, where nothing that anybody reads is. Commit
// syncs every file that it wrote (W7: dictionaries too), then the folders of new names, then
// appends one manifest record and syncs that: the commit point. What a change wrote that was never
// committed is written over, or removed by the next Open.
//
// W2: a record names only synced bytes, and rows whose LSN is durable (what Begin is told). W6:
// once a sync failed, every Commit fails. W8: after a sync the next bytes of a file begin at a new
// multiple of 4,096. R3: bytes that count are never written again.
//
// Bytes: docs/format/manifest.md and those it leads to. Thread-bound: the seal thread's. The
// snapshot that manifest() returns is immutable and may be read by any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/machine.h"
#include "format/layout/key_extent.h"
#include "format/layout/kills.h"
#include "format/layout/slice_builder.h"
#include "format/records/manifest_file.h"
#include "format/records/manifest_state.h"
#include "tape/column_view.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

// Which table, and where.
struct TablePlace {
  FileSystem* files = nullptr;
  Host* host = nullptr;
  std::string folder;  // of the table
  format::StoreUuid store{};
  TableId table;
};

// Rows for one slice, all of one day, in arrival order; at most kMaxSliceRows of them.
struct SliceRows {
  Day day;
  std::span<const ColumnView> columns{};           // in the schema's order
  std::span<const format::RowNumberRange> runs{};  // their row numbers
  Lsn least_lsn;
  Lsn greatest_lsn;
  bool attached = false;
};

class TableFiles;

// Bytes that were written and do not count yet. Gone without a trace where it is not committed.
class TableChange {
 public:
  TableChange(TableChange&&) noexcept;
  TableChange& operator=(TableChange&&) noexcept;
  ~TableChange();

  // Builds the slice and writes its extents, order tape and summary to the files of its day.
  absl::Status AddSlice(const SliceRows& rows);
  // New symbols of a column, whose codes follow those that it has.
  absl::Status AddSymbols(ColumnId column, std::span<const std::string_view> texts);
  absl::Status AddKills(Day day, std::span<const format::Kill> kills);
  absl::Status AddKeys(uint32_t key, std::vector<format::KeyEntry> entries);

  void RemoveSlice(uint64_t slice);
  void RemoveBytes(const format::Place& place);
  void RemoveDay(Day day);
  void SetSealedRows(RowNumber rows);  // never falls
  void SetHistory(Lsn lsn);            // never falls

  // The slices it brings, as the manifest will name them; rows and bytes of all of them.
  std::vector<format::SliceEntry> NewSlices() const;
  // As an attach record of the WAL carries it.
  const format::ManifestRecord& record() const;

 private:
  friend class TableFiles;
  struct State;
  explicit TableChange(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class TableFiles {
 public:
  // Makes the table's folder and first manifest, synced.
  static absl::StatusOr<std::unique_ptr<TableFiles>> Create(const TablePlace& place,
                                                            const Schema& schema,
                                                            uint32_t schema_version, Lsn durable);
  // kNotFound without a manifest, kDataLoss for a damaged one. Removes what crashes left: files
  // that no record names, of names that tape gives. Recovered() says what was cut or removed.
  static absl::StatusOr<std::unique_ptr<TableFiles>> Open(const TablePlace& place,
                                                          const Schema& schema,
                                                          uint32_t schema_version);
  ~TableFiles();
  TableFiles(const TableFiles&) = delete;
  TableFiles& operator=(const TableFiles&) = delete;

  const std::vector<std::string>& recovered() const;

  std::shared_ptr<const format::ManifestState> manifest() const;
  // The highest LSN that its manifest calls durable.
  Lsn durable() const;
  // The texts of a symbol column that its dictionary holds, by code from 1.
  absl::StatusOr<std::vector<std::string>> Symbols(ColumnId column) const;

  // `durable`: the LSN up to which commits are durable now.
  TableChange Begin(Lsn durable);

  // Syncs what the change wrote, so that only the record is missing.
  absl::Status Prepare(TableChange& change);
  // Prepare, where that was not done, and the record.
  absl::Status Commit(TableChange change);
  // A record that was read from the WAL (a bulk load that was committed there): its bytes are
  // synced already. Does nothing where the manifest has its slices.
  absl::Status Attach(const format::ManifestRecord& record, Lsn durable);

  // Files that no slice of the newest manifest needs: what folds and drops left. The caller removes
  // them when no snapshot can need them (R4).
  std::vector<std::string> TakeUnneeded();

  // The first rows of what ALTER TABLE made of the table; slices from here on say so.
  void SetSchema(const Schema& schema, uint32_t schema_version);

  // Writes the manifest anew under the next generation, as one checkpoint.
  absl::Status RewriteManifest(Lsn durable);

 private:
  friend class TableChange;
  struct State;
  explicit TableFiles(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tape::engine
