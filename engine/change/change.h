// A change of several tables that becomes one commit, checked before it is published.
//
//   std::unique_ptr<Change> change = changes->Begin();
//   absl::StatusOr<RowNumber> row = change->Insert(orders, {.columns = columns, .values = values});
//   auto old = change->Find(accounts, /*key=*/0, {{id.view()}}, 0);        // sees staged rows
//   if (old.ok() && old->has_value()) change->Replace(accounts, **old, {{balance}, {{value}}});
//   absl::StatusOr<Lsn> lsn = change->Commit(Durability::kDurable);
//
// Rows are staged in private memory: nobody sees them, and no slot of a tail is used for a row that
// may be refused. A staged row has a number of its own (IsStaged), valid until the commit; every
// call that takes a row number takes either kind.
//
// What is checked, and when (docs/constraints.md):
//   Insert, Replace   defaults and triggers first; then NOT NULL, lengths, precision, ENUM codes,
//                     CHECKs. What fails leaves nothing of the call.
//   Commit            ON DELETE actions; PRIMARY KEY and UNIQUE; FOREIGN KEY, of both sides: over
//                     the whole commit, as it leaves the tables, so that the order of calls does
//                     not matter.
// A violation is kFailedPrecondition, naming table, constraint, columns, row and value; values of
// SENSITIVE columns are "***". Nothing of a refused commit is visible, durable or counted, and the
// change stays as it was: take something back and commit again, or Abandon.
//
// Errors: kAborted where a row that the change kills was killed by another commit meanwhile, or
// where a table was altered; kUnavailable where a C++ appender has a table that the commit has to
// write to; kResourceExhausted beyond the change's budget of memory; kNotFound for a table or row
// that is not there.
//
// Changes of one store commit one after the other; what does not go through a change (an appender
// of a table without constraints) is not held up, and readers never are. Change: thread-compatible.
// Changes: thread-safe, and outlives its changes; goes before the writer is closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/row_rule.h"
#include "engine/io/machine.h"
#include "engine/io/mutex.h"
#include "engine/read/store_reader.h"
#include "engine/read/store_snapshot.h"
#include "engine/tail/tail_appender.h"
#include "engine/write/store_writer.h"
#include "tape/column_view.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

class Change;
class ChangeCommit;
class CommitTables;
class StagedTable;
class TableAccess;

// Numbers from here on are of rows that a change has staged.
inline constexpr uint64_t kFirstStagedRow = uint64_t{1} << 63;
constexpr bool IsStaged(RowNumber row) { return row.value() >= kFirstStagedRow; }

// Values of some columns. Each as the column is stored; a symbol or ENUM also as text (kBytes). A
// column that is not named takes its default.
struct GivenRows {
  std::span<const size_t> columns{};  // of the schema
  std::span<const ColumnView> values{};
  size_t rows = 1;  // where no column is given
};

struct ChangeOptions {
  uint64_t change_bytes_max = uint64_t{1} << 30;  // of staged values, in one change
};

// What the changes of a store share: what is known of its keys, and whose turn it is.
class Changes {
 public:
  // `rules` may be nullptr: then there are no triggers, and CHECKs are not evaluated. All must
  // outlive it.
  Changes(const Machine& machine, StoreWriter& writer, std::shared_ptr<StoreReader> reader,
          RuleSource* rules, const ChangeOptions& options);
  ~Changes();
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;

  std::unique_ptr<Change> Begin();

  // Whether an append to the table has to go through a change: it has keys, CHECKs, foreign keys or
  // triggers, or a table has a foreign key to it.
  absl::StatusOr<bool> MustCheck(TableId table);

 private:
  friend class Change;
  friend class ChangeCommit;
  friend class CommitTables;

  struct Known {
    std::shared_ptr<TableAccess> access;
    Lsn defined;  // it is of the definitions of this commit
  };

  absl::StatusOr<std::shared_ptr<const TableRules>> RulesOf(const TableInfo& table);
  // kNotFound where there is no such table.
  absl::StatusOr<std::shared_ptr<TableAccess>> Access(TableId table);
  absl::StatusOr<std::shared_ptr<const StoreSnapshot>> Now();

  const Machine machine_;
  StoreWriter& writer_;
  const std::shared_ptr<StoreReader> reader_;
  RuleSource* const rules_;
  const ChangeOptions options_;

  Mutex turn_;  // whoever commits; before every other lock
  Mutex mutex_;
  std::map<TableId, Known> tables_ ABSL_GUARDED_BY(mutex_);
};

class Change {
 public:
  ~Change();
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

  // ---- changing

  // The first of the rows' numbers; the others follow it.
  absl::StatusOr<RowNumber> Insert(TableId table, const GivenRows& rows);
  // The same of all columns, as they are stored: without a copy of them first.
  absl::StatusOr<RowNumber> Append(TableId table, std::span<const ColumnView> columns);
  absl::Status Delete(TableId table, RowNumber row);
  // A new version of a row: the columns that are given, the others as they are. One row.
  absl::StatusOr<RowNumber> Replace(TableId table, RowNumber row, const GivenRows& values);

  // ---- looking

  // What is committed and this change sees, besides its own rows: of when it first looked.
  absl::StatusOr<std::shared_ptr<const StoreSnapshot>> Snapshot();

  // Whether the row is there: visible, not killed, not by this change either.
  absl::StatusOr<bool> IsLive(TableId table, RowNumber row);
  // Appends values of a row, which is live, of these columns of the schema: one buffer for each, of
  // the column's form.
  absl::Status Read(TableId table, RowNumber row, std::span<const size_t> columns,
                    std::span<ColumnBuffer> out);
  // The live row with this key. Keys are counted as in the schema: the PRIMARY KEY, if there is
  // one, then each UNIQUE. `values`: the key's columns in its order, as GivenRows has them.
  absl::StatusOr<std::optional<RowNumber>> Find(TableId table, size_t key,
                                                std::span<const ColumnView> values, size_t at);

  // All rows that were staged in the table and not rolled back, with those that were killed again:
  // row i has number kFirstStagedRow + i. Valid until the next call that changes something.
  absl::StatusOr<std::vector<ColumnView>> Staged(TableId table);
  // The text of a code that Read or Staged gave.
  absl::StatusOr<std::string_view> Text(TableId table, size_t column, SymbolCode code);

  // ---- taking back

  using Mark = size_t;
  Mark mark() const { return undo_.size(); }
  // Everything since the mark is undone.
  void RollBackTo(Mark mark);

  // ---- ending

  // The Lsn of the commit; where nothing was changed, that of the newest. The change is empty then,
  // and may go on as a new one.
  absl::StatusOr<Lsn> Commit(Durability durability);
  // One commit of all of them; each as it was where it fails. `plain`: appenders of tables without
  // constraints, whose rows are part of it.
  static absl::StatusOr<Lsn> CommitTogether(std::span<Change* const> changes,
                                            std::span<TailAppender* const> plain,
                                            Durability durability);
  void Abandon();

  bool empty() const { return undo_.empty(); }
  // Of memory, about.
  uint64_t staged_bytes() const;

  // The caller has the table's appender: a commit stores rows through it. Rows that are killed
  // again keep their numbers, which go on from the table's.
  absl::Status Hold(TableId table, TailAppender& appender);

 private:
  friend class Changes;
  friend class ChangeCommit;
  friend class CommitTables;

  // What RollBackTo takes back.
  struct Step {
    enum class Kind : uint8_t { kStaged, kKilled, kStagedKilled };
    StagedTable* table = nullptr;
    Kind kind = Kind::kStaged;
    uint64_t row = 0;  // kStaged: how many rows there were before
  };

  explicit Change(Changes& changes);

  absl::StatusOr<StagedTable*> Open(TableId table);
  absl::StatusOr<const TableSnapshot*> View(StagedTable& table);
  // Triggers, checks, and then the rows are staged.
  absl::StatusOr<RowNumber> Stage(StagedTable& table, std::vector<ColumnBuffer>& rows,
                                  const RowsView* old);
  absl::StatusOr<RowNumber> StageViews(StagedTable& table, std::span<const ColumnView> rows);
  absl::Status FireTriggers(StagedTable& table, std::vector<ColumnBuffer>& rows,
                            const RowsView* old);
  absl::Status CheckIsThere(StagedTable& table, const TableSnapshot* view, RowNumber row);
  absl::StatusOr<RowNumber> ReplaceIn(StagedTable& table, const TableSnapshot* view, RowNumber row,
                                      const GivenRows& values);
  absl::Status Kill(StagedTable& table, RowNumber row, std::optional<RowNumber> successor);
  absl::Status CheckBudget() const;
  int64_t NowNs();
  void Forget();

  Changes& changes_;
  std::map<TableId, std::unique_ptr<StagedTable>> tables_;
  std::vector<Step> undo_;
  std::shared_ptr<const StoreSnapshot> snapshot_;
  std::optional<int64_t> now_ns_;
};

}  // namespace tape::engine
