// What the changes of a store share of one table: its key index, what is open for reading single
// rows, its rules, and the appender that commits store rows through.
//
//   absl::StatusOr<bool> live = access.IsLive(snapshot, row);
//   absl::StatusOr<std::optional<RowNumber>> row =
//       access.Find(snapshot, /*key=*/0, {values, at}, [](RowNumber row) { return false; });
//   absl::StatusOr<TailAppender*> appender = access.Take(sequence);      // whose turn it is
//   access.GiveBack();
//
// Thread-safe, but for Take, GiveBack and rises, which are for whoever's turn it is to commit.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/key_index.h"
#include "engine/change/key_rise.h"
#include "engine/change/row_reader.h"
#include "engine/change/row_rule.h"
#include "engine/io/mutex.h"
#include "engine/read/table_snapshot.h"
#include "engine/tail/tail_appender.h"
#include "engine/write/open_table.h"
#include "format/bytes/place.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::engine {

// Whether two values of one column are equal, as keys have it: NULL equals NULL, -0.0 equals 0.0,
// NaN equals NaN. Of one form.
bool SameValue(const ColumnView& a, size_t row_a, const ColumnView& b, size_t row_b);

// A key's values: row `at` of columns in the key's order, each in its column's form.
struct KeyValues {
  std::span<const ColumnView> columns;
  size_t at = 0;
};

class TableAccess {
 public:
  TableAccess(std::shared_ptr<OpenTable> table, std::shared_ptr<const TableRules> rules);

  OpenTable& table() const { return *table_; }
  const std::shared_ptr<OpenTable>& shared_table() const { return table_; }
  const Schema& schema() const { return table_->info.schema; }
  const TableRules& rules() const { return *rules_; }
  const std::vector<TableKey>& keys() const { return keys_; }
  const format::StoreUuid& store() const { return table_->files->place().store; }
  uint64_t Hash(const KeyValues& values) const;

  // ---- as a snapshot sees the table; kAborted once the table was altered

  // Another one takes its place: of the table as it is now.
  void Leave();

  absl::StatusOr<bool> IsLive(const TableSnapshot& table, RowNumber row);
  absl::Status Read(const TableSnapshot& table, RowNumber row, std::span<const size_t> columns,
                    std::span<ColumnBuffer> out);
  // The live row with this key that is not `gone`.
  absl::StatusOr<std::optional<RowNumber>> Find(const TableSnapshot& table, size_t key,
                                                const KeyValues& values,
                                                absl::FunctionRef<bool(RowNumber)> gone);

  // ---- whose turn it is

  // kUnavailable where somebody else has the table's appender.
  absl::StatusOr<TailAppender*> Take(CommitSequence& sequence);
  void GiveBack();
  std::vector<KeyRise>& rises() { return rises_; }

 private:
  absl::Status Use(const TableSnapshot& table) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status ReadLocked(const TableSnapshot& table, RowNumber row,
                          std::span<const size_t> columns, std::span<ColumnBuffer> out)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<bool> HasKey(const TableSnapshot& table, size_t key, RowNumber row,
                              const KeyValues& values) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::shared_ptr<OpenTable> table_;
  const std::shared_ptr<const TableRules> rules_;
  const std::vector<TableKey> keys_;

  Mutex mutex_;
  bool is_open_ ABSL_GUARDED_BY(mutex_) = false;
  bool has_left_ ABSL_GUARDED_BY(mutex_) = false;
  KeyIndex index_ ABSL_GUARDED_BY(mutex_);
  RowReader reader_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::vector<ColumnBuffer>> key_values_ ABSL_GUARDED_BY(mutex_);  // scratch, by key

  std::unique_ptr<TailAppender> appender_;
  uint64_t appender_number_ = 0;  // of those that the table has had
  std::vector<KeyRise> rises_;    // by key
};

}  // namespace tape::engine
