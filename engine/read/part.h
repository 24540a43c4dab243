// Parts of a table snapshot and how they are read: what scans, operators and replay are made of.
//
//   PartSpec spec{.columns = {0, 3}, .order = format::RowOrder::kTime};
//   absl::StatusOr<std::vector<ScanPart>> parts = ScanParts(table, spec);     // scan_parts.h
//   absl::StatusOr<std::unique_ptr<PartReader>> reader = OpenPart(table, spec, parts->front());
//   while (true) {
//     absl::Status status = (*reader)->Next();
//     const RowBatch& batch = (*reader)->batch();
//     if (!status.ok() || batch.rows == 0) break;
//     batch.columns[1].Values<int64_t>();
//   }
//
// A batch is at most kBlockRows rows that pass everything that the spec says: times, codes, row
// numbers, kills. Columns that a slice was written without are NULL.
//
// Value types; PartReader: thread-bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "engine/read/code_set.h"
#include "format/layout/extent_format.h"
#include "format/records/manifest_record.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::engine {

// Both ends belong to it.
struct TimeRange {
  int64_t least = std::numeric_limits<int64_t>::min();
  int64_t greatest = std::numeric_limits<int64_t>::max();

  bool Contains(int64_t time) const { return least <= time && time <= greatest; }
  bool Contains(const TimeRange& other) const {
    return least <= other.least && other.greatest <= greatest;
  }
  bool Meets(const TimeRange& other) const {
    return least <= other.greatest && other.least <= greatest;
  }
  bool is_all() const { return Contains(TimeRange()); }
};

// Row numbers from first to before end.
struct RowNumbers {
  uint64_t first = 0;
  uint64_t end = std::numeric_limits<uint64_t>::max();

  bool Contains(uint64_t row) const { return first <= row && row < end; }
};

struct PartSpec {
  std::vector<size_t> columns{};  // of the schema
  format::RowOrder order = format::RowOrder::kStored;
  TimeRange times{};                       // of the time column
  std::shared_ptr<const CodeSet> codes{};  // of the cluster column; nullptr: all
  RowNumbers rows{};
  Lsn at{};  // kills up to this one count, and no row of a later commit is there
  // Whether batches tell row numbers and, in time order, times. In stored order row numbers cost a
  // walk of the slice's order tape.
  bool keys = false;
};

// A slice, or where it is nullptr the rows of the tail.
struct ScanPart {
  const format::SliceEntry* slice = nullptr;
  TimeRange times{};    // all of its times lie within
  RowNumbers rows{};    // and so do its row numbers
  bool ascends = true;  // of the tail: no time is below the one before
};

struct RowBatch {
  size_t rows = 0;
  std::vector<ColumnView> columns{};
  std::span<const uint64_t> row_numbers{};
  std::span<const int64_t> times{};
};

class PartReader {
 public:
  virtual ~PartReader() = default;

  // The next batch; one without rows after the last.
  virtual absl::Status Next() = 0;
  // Valid until Next.
  const RowBatch& batch() const { return batch_; }

 protected:
  RowBatch batch_;
};

}  // namespace tape::engine
