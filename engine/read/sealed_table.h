// One version of a table's slices, opened: what all snapshots share that see this version.
//
//   SealedTable table(info, reader, version);
//   for (const auto& [number, slice] : table.version().slices()) {
//     absl::StatusOr<std::shared_ptr<const MappedSlice>> open = table.OpenSlice(slice, columns);
//   }
//   absl::StatusOr<std::span<const SealedTable::Kills>> kills = table.KillsOf(day);
//
// Slices are mapped and parsed once for each set of columns; what nobody uses any more is let go
// beyond kIdleSlices. A version never changes, so nothing here does.
//
// Errors: those of TableReader; a file that is gone is kAborted, "snapshot expired": a snapshot
// never has fewer rows than it had (R4).
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog.h"
#include "engine/files/table_reader.h"
#include "engine/io/mutex.h"
#include "format/layout/kills.h"
#include "format/records/manifest_record.h"
#include "tape/ids.h"

namespace tape::engine {

// What a snapshot needs and finds no more is kAborted, and never an answer.
absl::Status ExpiredIfGone(const absl::Status& status);

class SealedTable {
 public:
  using Kills = std::shared_ptr<const format::KillsView>;

  SealedTable(TableInfo info, std::shared_ptr<TableReader> reader,
              std::shared_ptr<const TableVersion> version);

  const TableInfo& info() const { return info_; }
  const Schema& schema() const { return info_.schema; }
  const TableVersion& version() const { return *version_; }
  TableReader& reader() const { return *reader_; }

  absl::StatusOr<std::shared_ptr<const MappedSlice>> OpenSlice(
      const format::SliceEntry& slice, std::span<const ColumnId> columns) const;

  // The sections of kills of a day.
  absl::StatusOr<std::vector<Kills>> KillsOf(Day day) const;
  bool has_kills() const { return !kill_places_.empty(); }

 private:
  using SliceKey = std::pair<uint64_t, std::vector<ColumnId>>;
  struct Opened {
    SliceKey key;
    std::shared_ptr<const MappedSlice> slice;
  };
  static constexpr size_t kIdleSlices = 256;

  std::shared_ptr<const MappedSlice> FindOpened(const SliceKey& key) const;
  void Keep(SliceKey key, std::shared_ptr<const MappedSlice> slice) const;

  const TableInfo info_;
  const std::shared_ptr<TableReader> reader_;
  const std::shared_ptr<const TableVersion> version_;
  std::multimap<Day, const format::Place*> kill_places_;

  mutable Mutex mutex_;
  mutable std::list<Opened> opened_ ABSL_GUARDED_BY(mutex_);  // most recently used first
  mutable std::map<SliceKey, std::list<Opened>::iterator> by_key_ ABSL_GUARDED_BY(mutex_);
  mutable std::map<const format::Place*, Kills> kills_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tape::engine
