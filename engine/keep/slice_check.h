// Verifies the slices of a table: bytes, blocks, and everything that is derived from rows.
//
//   SliceCheck check(table, findings);
//   check.Check(slice);
//   absl::Status status = check.AddKeys(...)              // key_check.h
//
// In this order, each only where what it needs was found whole: the entry of the manifest against
// itself; the checksum over each place; each extent, its block headers, each block decoded and its
// bounds and NULLs made anew; directory, tape, samples and displacement: whether stored order, time
// order and arrival order are what they claim to be; times and LSNs against the manifest; codes
// against the dictionaries; the summary against what the rows give.
//
// Thread-bound. Memory: one column of the slice in two orders.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/catalog/catalog.h"
#include "engine/files/mapped_files.h"
#include "engine/files/table_paths.h"
#include "engine/files/table_reader.h"
#include "engine/keep/findings.h"
#include "format/layout/block_encoder.h"
#include "format/layout/extent_view.h"
#include "format/layout/slice_view.h"
#include "format/records/manifest_record.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::engine {

// A table that is verified: where it is, what it should be, and what its manifest says.
struct CheckedTable {
  TableInfo info;
  TablePlace place;
  std::string name;  // "main.trades"
  std::shared_ptr<const TableVersion> version;
  Lsn durable;  // LSNs in its files are not above

  std::string ColumnName(uint32_t id) const;
  std::string DayName(Day day) const;
};

class SliceCheck {
 public:
  // Both must outlive it.
  SliceCheck(const CheckedTable& table, Findings& findings);

  void Check(const format::SliceEntry& slice);

  // After Check: a column of this id, in arrival order; false where the slice does not have it, or
  // not whole.
  bool ReadInArrivalOrder(ColumnId column, ColumnBuffer& out);
  // Whether the slice just checked was written without a column of this id.
  bool Lacks(ColumnId column) const;

  // The checksum over a place, and that its file has it.
  bool CheckPlace(const format::Place& place);
  // Headers, checksums, bounds of all blocks of an extent. `at` says where it is.
  bool CheckExtent(const format::ExtentView& extent, bool keeps_bounds, const FindingPlace& at);
  FindingPlace PlaceOf(const format::Place& place) const;
  TableReader& reader() { return reader_; }

 private:
  void CheckEntry(const format::SliceEntry& slice);
  bool CheckColumn(const format::Place& place);
  bool CheckOrderTape(const format::Place& place);
  bool CheckTapeExtents(const format::Place& place, std::span<const std::byte> bytes,
                        const format::ExtentPlace& at);
  bool CheckBlock(const format::ExtentView& extent, size_t block, bool keeps_bounds,
                  const FindingPlace& at);
  void OpenWhole();
  void CheckOrder();
  bool CheckTape(std::span<const int64_t> times);
  bool CheckSamples(std::span<const int32_t> ranks);
  void CheckTimes(std::span<const int64_t> times);
  void CheckSymbols(size_t column, const ColumnView& values);
  void CheckSummary();
  void CheckSummary(const format::SummarySection& section, const format::SliceColumn& column);
  void CheckLsns();
  bool Read(size_t column, format::RowOrder order, ColumnBuffer& out, const FindingPlace& at);

  const CheckedTable& table_;
  Findings& findings_;
  TableReader reader_;
  MappedFiles mapped_;
  TablePaths paths_;
  const format::SliceSpec layout_;
  format::ExtentReader extents_;
  format::SliceReader slices_;
  format::BlockEncoder encoder_;
  std::vector<std::byte> encoded_;
  ColumnBuffer block_;

  // Of the slice that is being checked.
  const format::SliceEntry* slice_ = nullptr;
  FindingPlace at_;
  std::set<uint32_t> whole_;  // ids of columns whose extents are right
  bool order_is_whole_ = false;
  std::vector<ColumnId> opened_;
  std::shared_ptr<const MappedSlice> open_;
};

}  // namespace tape::engine
