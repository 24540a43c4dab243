// Which rows of a table are alive for a snapshot, and where the sealed ones lie: asked row by row.
//
//   LiveRows rows;
//   absl::Status status = rows.Use(table);              // a TableSnapshot
//   absl::StatusOr<bool> live = rows.IsLive(RowNumber(17));
//   std::optional<LiveRows::Place> place = rows.PlaceOf(RowNumber(17));
//
// What was learned for one snapshot serves the next: of the tail's kills only new ones are read, of
// slices only what a new manifest brings. Everything is read through the snapshot, whose lease
// keeps it (R4): use it as long as the snapshot lives.
//
// kDataLoss where kills that were asked are damaged. Thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/read/sealed_table.h"
#include "engine/read/table_snapshot.h"
#include "format/layout/kills.h"
#include "format/records/manifest_record.h"
#include "tape/ids.h"

namespace tape::engine {

class LiveRows {
 public:
  LiveRows();

  // Looks at what this snapshot sees from now on.
  absl::Status Use(const TableSnapshot& table);

  absl::StatusOr<bool> IsLive(RowNumber row);

  // A row of a slice, which is the arrival-th that came into it.
  struct Place {
    const format::SliceEntry* slice = nullptr;
    uint32_t arrival = 0;
  };
  // Nothing for a row of the tail, and for one that was dropped.
  std::optional<Place> PlaceOf(RowNumber row) const;

 private:
  struct Run {
    uint64_t first = 0;
    uint64_t end = 0;
    Place place;  // of the first
  };

  void UseSlices(const TableSnapshot& table);
  absl::Status LearnKills(const TailSnapshot& tail);
  absl::StatusOr<bool> IsKilledInSlices(RowNumber row, Day day);

  std::shared_ptr<const SealedTable> sealed_;
  std::vector<Run> runs_;  // ascending
  std::map<Day, std::vector<SealedTable::Kills>> kills_;
  format::KillsReader reader_;

  Lsn lsn_;
  uint64_t end_row_ = 0;
  absl::flat_hash_map<uint64_t, uint64_t> killed_;  // row -> LSN, by the tail's kills
  uint64_t kills_seen_ = 0;
};

}  // namespace tape::engine
