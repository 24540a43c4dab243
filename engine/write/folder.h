// Folds a table: writes slices of a day anew as fewer, larger ones, without the row versions that
// nobody can ask for any more.
//
//   Folder folder(table, durable_lsn, now_ns);
//   absl::StatusOr<bool> folded = folder.Step(FoldWhat::kWhatPays);     // false: nothing pays
//
// One step is one day, or the sections of one key, and one manifest record: the change from the old
// files to the new ones, which lie beside them. A crash leaves the one or the other (W2, W8); the
// old bytes stay as they are (R3) and go with TableFiles::TakeUnneeded when no snapshot needs them
// (R4). What pays, and why what is written for it is bounded: fold_policy.h.
//
// A fold changes no answer. Rows keep their numbers, and the commits they came with. Versions that
// were killed at or before the horizon are dropped, with their kills, and the manifest's `history`
// rises to the horizon: a snapshot below it is refused by whoever takes one, so that a reader that
// took its LSN before it read the manifest takes a newer one. By the table's history the horizon is
//   none       the durable LSN
//   all        0: nothing is ever dropped
//   interval   what was durable that long ago (files/durable_times.h)
//
// Entries of a key's sections go when those sections are merged; until then they name rows that no
// slice has, which a look-up passes over.
//
// Thread-bound: under the store's seal lock.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/files/table_files.h"
#include "engine/files/table_reader.h"
#include "engine/write/fold_policy.h"
#include "engine/write/open_table.h"
#include "format/layout/kills.h"
#include "tape/ids.h"

namespace tape::engine {

enum class FoldWhat : uint8_t {
  kWhatPays,    // what the policy says: the store's own thread
  kEverything,  // each day into as few slices as there can be, without any row that can be dropped
};

class Folder {
 public:
  Folder(OpenTable& table, Lsn durable, int64_t now_ns);

  // One day, or one key. False: there is nothing to be done.
  absl::StatusOr<bool> Step(FoldWhat what);

 private:
  // What is to be done with a day.
  struct DayFold {
    Day day;
    std::vector<uint64_t> slices;     // to be written anew
    std::vector<format::Kill> kills;  // all of the day, in order of rows, once a row
    std::vector<format::Place> sections;
    bool merges_kills = false;
  };

  Lsn Horizon(int64_t now_ns) const;
  bool IsDead(const format::Kill& kill) const { return kill.lsn <= horizon_; }
  absl::StatusOr<DayFold> Plan(Day day, FoldWhat what);
  absl::Status ReadKills(DayFold& fold);
  void AddSlicesOfDeadRows(DayFold& fold, FoldWhat what) const;
  uint64_t CountDead(const format::SliceEntry& slice, std::span<const format::Kill> kills) const;
  bool IsWorthReading(Day day, std::span<const format::Place> sections) const;
  absl::Status FoldDay(const DayFold& fold);
  absl::Status WriteKills(const DayFold& fold, std::span<const RowNumber> dropped,
                          TableChange& change);
  absl::StatusOr<bool> FoldKeys(FoldWhat what);
  absl::Status MergeKeys(uint32_t key, std::span<const format::Place> sections);

  OpenTable& table_;
  const Lsn durable_;
  const Lsn horizon_;
  const std::shared_ptr<const format::ManifestState> manifest_;
  const FoldRules rules_;
  TableReader reader_;
};

}  // namespace tape::engine
