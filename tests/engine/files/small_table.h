// A small table on any file system, and a story of changes that touches everything a table has.
//
//   SmallTable table(files);                                  // "/store/t..." with a day folder
//   each ASSERT_TRUE(table.Create().ok()); for (size_t step = 0; step < SmallTable::kSteps; ++step)
//   {
//     absl::Status status = table.Run(step);                  // one commit, or one new manifest
//   }
//   absl::StatusOr<std::string> content = table.Content();    // all that can be read, as text
//
// The same steps give the same content on every file system. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/files/table_files.h"
#include "engine/files/table_reader.h"
#include "engine/io/file_system.h"
#include "engine/io/manual_host.h"
#include "tape/column_view.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

inline constexpr Day kMonday{20108};
inline constexpr Day kTuesday{20109};

// ts TIMESTAMP, symbol SYMBOL, price DECIMAL(18,2) or NULL; by day and symbol.
Schema SmallSchema();

// Rows of a day in arrival order, some of them late, some prices NULL.
struct SmallRows {
  SmallRows(Day which, RowNumber first, size_t count, uint64_t seed);

  // The last half came with this commit, the others with the one before.
  SliceRows Slice(Lsn lsn) const;

  Day day;
  std::vector<ColumnBuffer> buffers;
  std::vector<ColumnView> columns;
  std::vector<format::RowNumberRange> runs;
  mutable std::vector<Lsn> lsns;  // that Slice said last
};

class SmallTable {
 public:
  // Makes the store's folder where it is missing; errors show when the table is opened.
  explicit SmallTable(FileSystem& files, std::string store = "/store");

  absl::Status Create();
  absl::Status Open();

  static constexpr size_t kSteps = 11;
  static constexpr size_t kRewritingStep = 6;  // the one that changes no content
  absl::Status Run(size_t step);
  absl::Status RunAll();

  // Of a reader that has seen nothing yet. Verifies every place on the way.
  absl::StatusOr<std::string> Content() const;

  TableFiles& table() { return *table_; }
  const TablePlace& place() const { return place_; }
  const Schema& schema() const { return schema_; }
  std::unique_ptr<TableReader> Reader() const;

 private:
  absl::Status Fold(TableChange& change);

  ManualHost host_;
  Schema schema_;
  TablePlace place_;
  std::unique_ptr<TableFiles> table_;
};

// All that a reader can say of the newest version.
absl::StatusOr<std::string> ContentOf(TableReader& reader, const Schema& schema);
// The rows of a column as text.
std::string RowsAsText(const ColumnView& column);

// Content after each number of steps, from 0 to kSteps, of a run in which nothing goes wrong.
const std::vector<std::string>& RightContents();

// A number of tries: `few`, or `all` with TAPE_TEST_FULL in the environment.
uint64_t Tries(uint64_t few, uint64_t all);

}  // namespace tape::engine
