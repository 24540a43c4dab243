// What a table has on disk, from the writer's side: its manifest, and the files that it names.
//
//   absl::StatusOr<std::unique_ptr<TableFiles>> files = TableFiles::Open(place, schema);
//   TableChange change = (*files)->Begin(durable);
//   absl::Status status = change.AddSlice({.day = day, .columns = columns, .runs = runs, ...});
//   status = change.AddSymbols(column, texts);            // codes that the slices use
//   status = change.AddKills(day, kills);
//   status = change.AddKeys(key, entries);
//   change.SetSealedRows(RowNumber(262'144));
//   status = (*files)->Commit(std::move(change));         // the first error of all this, if any
//
// A change writes its bytes behind those that count, where nothing that anybody reads is. Commit
// syncs every file that it wrote (W7: dictionaries too), then the folders of new names, then
// appends one manifest record and syncs that: the commit point. What a change wrote that was never
// committed is written over, or removed by RemoveLeftovers.
//
// After an error in a change nothing of it can be committed; the table is as it was, and the next
// change may begin. W2: a record names only synced bytes, and rows and kills whose LSN is durable
// (what Begin is told). W6: once a sync failed, every Prepare and Commit fails with that error. W8:
// after a sync the next bytes of a file begin at a new multiple of 4,096. R3: bytes that a manifest
// ever named are never written again, but in files of which no manifest knows any more.
//
// Bytes: docs/format/manifest.md and those it leads to. Thread-bound: the seal thread's. The
// snapshot that manifest() returns is immutable and may be read by any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/files/table_place.h"
#include "format/layout/key_extent.h"
#include "format/layout/kills.h"
#include "format/records/manifest_record.h"
#include "format/records/manifest_state.h"
#include "tape/column_view.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

// Rows for one slice, all of one day, in arrival order; at most kMaxSliceRows of them.
struct SliceRows {
  Day day;                                         // PartitionOf their times
  std::span<const ColumnView> columns{};           // in the schema's order
  std::span<const format::RowNumberRange> runs{};  // their row numbers
  Lsn least_lsn;
  Lsn greatest_lsn;
  // Of each row, where AS OF may ask for them; none, or all of them, never falling.
  std::span<const Lsn> lsns{};
  bool attached = false;
  bool folded = false;
};

class TableFiles;

// Bytes that were written and do not count yet. A change ends with its Commit, and where another
// one begins or a record is attached: there is one at a time.
class TableChange {
 public:
  TableChange(TableChange&&) noexcept;
  TableChange& operator=(TableChange&&) noexcept;
  ~TableChange();

  // Each returns the first error of the change, be it an earlier one.

  // Builds the slice and writes its extents, order tape and summary to the files of its day.
  absl::Status AddSlice(const SliceRows& rows);
  // New symbols of a column, whose codes follow those that it has.
  absl::Status AddSymbols(ColumnId column, std::span<const std::string_view> texts);
  absl::Status AddKills(Day day, std::span<const format::Kill> kills);
  absl::Status AddKeys(uint32_t key, std::vector<format::KeyEntry> entries);

  // Everything that is added goes into new files, beside the old ones: a fold's, so that what it
  // makes unnecessary goes as files. Before anything is added; not for symbols.
  void StartNewFiles();

  // What goes, goes before anything comes, whatever the order of calls: a fold's new slices have
  // the row numbers of the old ones. Only what was there when the change began can go.
  void RemoveSlice(uint64_t slice);
  void RemoveBytes(const format::Place& place);
  void RemoveDay(Day day);
  void SetSealedRows(RowNumber rows);  // never falls
  void SetHistory(Lsn lsn);            // never falls

  // The slices it brings so far, as the manifest will name them.
  const std::vector<format::SliceEntry>& new_slices() const;
  // All of it, as an attach record of the WAL carries it; number and time are still 0.
  format::ManifestRecord record() const;

 private:
  friend class TableFiles;
  struct State;
  explicit TableChange(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class TableFiles {
 public:
  // Makes the table's folder and first manifest, synced. kAlreadyExists where there is one.
  static absl::StatusOr<std::unique_ptr<TableFiles>> Create(const TablePlace& place,
                                                            const Schema& schema,
                                                            uint32_t schema_version, Lsn durable);
  // kNotFound without a manifest, kDataLoss for a damaged one. Cuts what is behind the last record.
  static absl::StatusOr<std::unique_ptr<TableFiles>> Open(const TablePlace& place,
                                                          const Schema& schema,
                                                          uint32_t schema_version);
  ~TableFiles();
  TableFiles(const TableFiles&) = delete;
  TableFiles& operator=(const TableFiles&) = delete;

  // Removes files that no record names, of names that tape gives: what crashes left, and what no
  // slice needs any more. Not before everything that the WAL attaches is attached, and not while a
  // snapshot can need what folds and drops left (R4).
  absl::Status RemoveLeftovers();
  // What Open cut and RemoveLeftovers removed, for people.
  const std::vector<std::string>& recovered() const;

  std::shared_ptr<const format::ManifestState> manifest() const;
  // The first sync or write that failed: nothing can be committed any more (W6).
  const absl::Status& failure() const;
  // The highest LSN that its manifest calls durable.
  Lsn durable() const;
  // The greatest LSN that is known to have been durable at this time; 0 for none. See
  // durable_times.h.
  Lsn DurableAt(int64_t time_ns) const;
  const TablePlace& place() const;
  // The texts of a symbol column that its dictionary holds, by code from 1.
  absl::StatusOr<std::vector<std::string>> Symbols(ColumnId column) const;

  // `durable`: the LSN up to which commits are durable now.
  TableChange Begin(Lsn durable);

  // Syncs what the change wrote, so that only the record is missing.
  absl::Status Prepare(TableChange& change);
  // Prepare, where that was not done, and the record. Ok as soon as that is synced.
  absl::Status Commit(TableChange change);
  // A bulk load, which the WAL commits: Prepare, record() through the WAL, then this, in the same
  // process or by recovery, before anything else is committed. Does nothing where the manifest has
  // had its slices. Errors: attachment.h.
  absl::Status Attach(const format::ManifestRecord& record, Lsn durable);

  // Paths of files that no slice of the newest manifest needs: what folds and drops left. The
  // caller removes them when no snapshot can need them (R4).
  std::vector<std::string> TakeUnneeded();

  // What ALTER TABLE made of the table; slices of changes that begin from here on say so.
  void SetSchema(const Schema& schema, uint32_t schema_version);

  // Writes the manifest anew under the next generation, as one checkpoint. Commit does so when the
  // changes have outgrown the checkpoint.
  absl::Status RewriteManifest(Lsn durable);

 private:
  friend class TableChange;
  struct State;
  explicit TableFiles(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tape::engine
