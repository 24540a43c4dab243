// The row numbers of a slice, and which of its rows are there for a snapshot.
//
//   SliceRows rows;
//   absl::Status status = rows.Open(table, spec, slice);
//   rows.NumberOf(arrival);                    // of the row that came arrival-th into the slice
//   if (rows.some_are_gone()) rows.IsLive(arrival);
//
// A row is gone where a kill of it, in a file or in the tail, has an LSN of at most spec.at, where
// its own is above spec.at, or where its number is none that the spec asks for. A table without
// kills pays nothing.
//
// Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "engine/read/part.h"
#include "engine/read/table_snapshot.h"
#include "format/layout/kills.h"
#include "format/layout/slice_view.h"

namespace tape::engine {

class SliceRows {
 public:
  absl::Status Open(const TableSnapshot& table, const PartSpec& spec,
                    const format::SliceEntry& slice);

  uint64_t NumberOf(uint32_t arrival) const {
    if (runs_.size() == 1) return runs_[0].first.value() + arrival;
    return NumberInRuns(arrival);
  }
  bool some_are_gone() const { return !live_.empty(); }
  bool IsLive(uint32_t arrival) const { return (live_[arrival / 64] >> (arrival % 64) & 1) != 0; }

 private:
  uint64_t NumberInRuns(uint32_t arrival) const;
  void Clear(uint32_t arrival);
  void ClearOthers(const RowNumbers& rows);
  absl::Status ClearLater(const TableSnapshot& table, Lsn at, const format::SliceEntry& slice);
  absl::Status ClearKilled(const TableSnapshot& table, Lsn at, Day day);
  absl::Status ClearKilled(format::KillsReader& reader, const format::KillsView& kills, Lsn at);
  absl::Status ClearKilledInTail(const TailSnapshot& tail, Lsn at);

  std::span<const format::RowNumberRange> runs_;
  std::vector<uint32_t> begins_;  // arrival index of each run's first row
  uint32_t rows_ = 0;
  std::vector<uint64_t> live_;  // bit i: arrival index i; empty: all
};

// The arrival index of each stored row.
absl::Status ReadArrivals(const format::SliceView& slice, format::ExtentReader& extents,
                          std::vector<uint32_t>& arrivals);

}  // namespace tape::engine
