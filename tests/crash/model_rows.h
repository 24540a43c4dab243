// The tables and rows of a store that is put through crashes: what a row holds is told from its
// table, its number and the attempt that appended it, so that a row that was lost and one that came
// after it with the same number are never taken for each other.
//
//   Schema schema = ModelSchema(0);
//   ModelRow row(0, 17, /*attempt=*/3);
//   std::string wrong = DifferenceOf(row, columns, at, text_of);    // empty where it is that row
//
// Rows roll over to the next day, some are late, some bring a new symbol, some have NULLs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "tape/column_view.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

inline constexpr size_t kModelTables = 2;
inline constexpr uint64_t kRowsOfDay = 1500;

struct ModelRow {
  ModelRow(size_t table, uint64_t row, uint32_t attempt);

  int64_t time;
  std::string symbol;
  int64_t size;
  bool has_size;
  std::string note;
  bool has_note;
};

// "t0", "t1"
std::string ModelTableName(size_t table);
// ts, symbol, size, note: catalog ids 1 to 4. Table 1 keeps its history, so that a fold drops
// nothing.
Schema ModelSchema(size_t table);

// Which value of entry `at` of the columns is another than the row's; empty where all are right.
std::string DifferenceOf(const ModelRow& row, const std::vector<ColumnView>& columns, uint64_t at,
                         absl::FunctionRef<std::string_view(SymbolCode)> text_of);

// The row that the n-th kill of a table kills.
constexpr uint64_t KilledRow(uint64_t kill) { return 3 * kill + 1; }
// How many kills a table with so many rows can have had.
constexpr uint64_t KillsOf(uint64_t rows) { return rows < 2 ? 0 : (rows - 2) / 3 + 1; }

}  // namespace tape::engine
