// Of one key of a table: which rows are new without a look-up, since they are above all before.
//
//   KeyRise rise(schema, key);
//   if (!rise.Knows(table_rows)) status = rise.Fill(snapshot);     // at open, or after a bulk load
//   rise.Check(columns, doubtful);        // rows that have to be looked up; the others are new
//   rise.Keep(table_rows);                // the commit was published
//   rise.TakeBack();                      // it was refused
//
// What it looks at, in this order: the time column and the cluster column, where the key has both
// (a time above the last one of its symbol is new); a column of integers that the table counts up
// itself; the time column; any other column of integers, the first. Dead rows count like live ones:
// that makes rows doubtful that need not be, and none new that is not.
//
// Nothing is kept on disk: after an open the greatest values come from the manifest, summaries and
// the tail, when the first row is checked. A symbol's last time is not known then for slices, so
// that rows below the greatest of all times are looked up.
//
// Checking 1,000 ticks in order costs a few loads and comparisons each. Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "engine/change/rising_keys.h"
#include "engine/read/table_snapshot.h"
#include "engine/write/key_entries.h"
#include "tape/column_view.h"
#include "tape/schema.h"

namespace tape::engine {

class KeyRise {
 public:
  KeyRise(const Schema& schema, const TableKey& key);

  // What is known holds for a table of so many rows, and no other.
  bool Knows(uint64_t rows) const { return kind_ == Kind::kNone || known_rows_ == rows; }
  absl::Status Fill(const TableSnapshot& table);

  // Appends the rows, ascending, that may have been there, in the table or further up. All columns
  // of the schema.
  void Check(std::span<const ColumnView> columns, std::vector<uint32_t>& doubtful);
  // The commit that was checked is there, and the table has so many rows; nothing where none was.
  void Keep(uint64_t rows);
  // Does nothing where nothing was checked since.
  void TakeBack();

 private:
  enum class Kind : uint8_t { kNone, kTimes, kNumbers };
  static constexpr uint64_t kNothing = std::numeric_limits<uint64_t>::max();

  absl::Status FillFromSlices(const TableSnapshot& table);
  absl::Status FillFromTail(const TailSnapshot& tail, const TableSnapshot& table);
  void CheckNumbers(const ColumnView& numbers, std::vector<uint32_t>& doubtful);

  Kind kind_ = Kind::kNone;
  size_t number_ = 0;  // columns of the schema
  size_t code_ = 0;
  bool is_time_ = false;  // number_ is the time column
  uint64_t known_rows_ = kNothing;
  RisingKeys numbers_;
  RisingTimes times_;
  RisingKeys numbers_before_;  // this check
  bool is_checked_ = false;
  bool has_new_symbols_ = false;  // in what was checked: codes that are not the table's yet
};

}  // namespace tape::engine
