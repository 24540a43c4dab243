// The parts of a scan as one stream of rows.
//
//   PartMerge merge(table, spec, parts);          // sorted as ScanParts gives them
//   absl::Status status = merge.Next();
//   merge.batch().rows;                           // 0 after the last
//
// Time order is (time, row number), order of arrival is row number, over the whole table. Parts
// that do not overlap follow each other; of those that do, as many are open at a time as overlap
// there. A run of rows that comes from one part goes through without a copy where it is long.
//
// Thread-bound; table and spec must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "engine/read/part.h"
#include "engine/read/table_snapshot.h"
#include "tape/column_view.h"

namespace tape::engine {

class PartMerge {
 public:
  PartMerge(const TableSnapshot& table, PartSpec spec, std::vector<ScanPart> parts);

  absl::Status Next();
  // Valid until Next.
  const RowBatch& batch() const { return batch_; }

 private:
  // What decides the order of two rows.
  using Key = std::pair<int64_t, uint64_t>;
  struct Open {
    std::unique_ptr<PartReader> reader;
    size_t at = 0;  // the row of its batch that comes next
  };

  bool OverlapsAnywhere() const;
  Key KeyOf(const RowBatch& batch, size_t row) const;
  Key LeastOf(const ScanPart& part) const;
  absl::Status NextInTurn();
  absl::Status NextMerged();
  // Opens the parts that may have rows before the first of those that are open.
  absl::Status OpenDue();
  absl::Status Refill();
  size_t FindFirst() const;
  // How many rows of the part come before any of another.
  size_t RunOf(size_t part) const;
  void PassThrough(const RowBatch& from, size_t first, size_t rows);
  void Append(const RowBatch& from, size_t first, size_t rows);
  void FinishCopied();

  const TableSnapshot& table_;
  PartSpec spec_;
  const std::vector<ScanPart> parts_;
  size_t next_part_ = 0;
  bool merges_ = false;
  std::vector<Open> open_;
  RowBatch batch_;
  std::vector<ColumnBuffer> copied_;
  std::vector<uint64_t> numbers_;
  std::vector<int64_t> times_;
};

}  // namespace tape::engine
