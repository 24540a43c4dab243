// What a table has on disk: the result of its manifest records, applied in order.
//
//   ManifestState state;
//   absl::Status status = state.Apply(*std::move(checkpoint), ManifestFrame::kCheckpoint);
//   status = state.Apply(*std::move(change), ManifestFrame::kChange);
//   for (const auto& [number, slice] : state.slices()) ...
//   ManifestRecord again = state.ToCheckpoint(now);
//
// Thread-compatible; copies are independent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "format/records/manifest_record.h"
#include "tape/ids.h"

namespace tape::format {

class ManifestState {
 public:
  using Slices = std::map<uint64_t, SliceEntry>;
  using SymbolCounts = std::map<ColumnId, SymbolsEntry>;

  // kDataLoss for a record that cannot follow: a number that is not the next, sealed rows, history
  // or slice numbers that fall, slices or places that come twice or go without being there, rows in
  // two slices or not sealed. The state is then of no more use: a manifest is valid as a whole.
  // A checkpoint is only taken as the first record.
  absl::Status Apply(ManifestRecord record, ManifestFrame type);

  // Of the last record; 0 before the first.
  uint64_t number() const { return number_; }
  RowNumber sealed_rows() const { return sealed_rows_; }
  Lsn history() const { return history_; }
  uint32_t schema_version() const { return schema_version_; }
  uint64_t next_slice() const { return next_slice_; }

  const Slices& slices() const { return slices_; }
  // Kills and key extents, ordered by kind, column, generation, day and offset.
  const std::set<Place>& bytes() const { return bytes_; }
  const SymbolCounts& symbols() const { return symbols_; }

  // Days that have slices, ascending, with the slices' numbers.
  const std::set<std::pair<Day, uint64_t>>& days() const { return days_; }

  // Everything there is, as the next record: of a new file.
  ManifestRecord ToCheckpoint(int64_t time) const;

 private:
  struct RunEnd {
    uint64_t end = 0;
    uint64_t slice = 0;
  };

  absl::Status ApplyHead(const ManifestRecord& record, ManifestFrame type);
  absl::Status Add(SliceEntry slice, uint64_t least_number);
  absl::Status AddRuns(const SliceEntry& slice);
  absl::Status Remove(uint64_t slice);
  absl::Status Add(const Place& place);
  absl::Status Remove(const Place& place);
  absl::Status Set(const SymbolsEntry& symbols);
  absl::Status Remove(Day day);
  void Forget(Slices::iterator slice);

  uint64_t number_ = 0;
  RowNumber sealed_rows_;
  Lsn history_;
  uint32_t schema_version_ = 0;
  uint64_t next_slice_ = 1;
  Slices slices_;
  std::set<Place> bytes_;
  SymbolCounts symbols_;
  std::set<std::pair<Day, uint64_t>> days_;
  std::map<uint64_t, RunEnd> runs_;  // of all slices, by first row
};

}  // namespace tape::format
