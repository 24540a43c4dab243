// Applies what the WAL says to tables: one half of recovery, and all of what a reader does where
// there is no tail.
//
//   WalReplay replay(target, WalReplay::Mode::kFillTails);
//   absl::Status status = replay.Apply(group);             // for each group, in order
//   status = replay.Finish();
//
// Rows that slices hold are passed over, and so are those that a table has already. A small tail
// may have been written again, later than it was (tail rows): rows that come before such a record
// and leave a gap wait for it. A gap that nothing fills is kDataLoss. Kills come in any order, and
// some twice: they are put in order at the end.
//
// Thread-bound.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog.h"
#include "engine/tail/commit_sequence.h"
#include "engine/tail/tail_appender.h"
#include "engine/write/open_table.h"
#include "format/records/manifest_record.h"
#include "format/records/wal_records.h"
#include "format/records/wal_segment.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::engine {

// Where the tables are, and how one that the catalog has just got is opened.
class ReplayTarget {
 public:
  virtual ~ReplayTarget() = default;
  virtual Catalog& catalog() = 0;
  // nullptr for a table that was dropped since. Another one after the catalog has got a version of
  // it, which begins behind all rows that slices have.
  virtual absl::StatusOr<OpenTable*> Table(TableId table) = 0;
  // Brings a table the slices and symbols of a bulk load, unless it has them. Says how many rows
  // are in slices then.
  virtual absl::StatusOr<RowNumber> Attach(OpenTable& table, const format::ManifestRecord& record,
                                           Lsn lsn) = 0;
};

class WalReplay {
 public:
  enum class Mode : uint8_t {
    kFillTails,      // tails are empty
    kTailsAreThere,  // rows, kills and symbols are in them already
  };

  WalReplay(ReplayTarget& target, Mode mode);
  ~WalReplay();

  absl::Status Apply(const format::WalGroup& group);
  absl::Status Finish();

  uint64_t rows() const { return rows_; }

 private:
  // Rows of a record, kept beyond its bytes.
  struct Held {
    uint64_t first_row = 0;
    std::vector<format::LsnRun> runs;
    std::vector<ColumnBuffer> columns;
  };
  struct Filling {
    OpenTable* table = nullptr;
    std::unique_ptr<TailAppender> appender;
    std::vector<Held> held;
    std::vector<TailKill> kills;  // as they come
  };

  absl::Status ApplyFrame(const format::Frame& frame);
  absl::Status ApplyCatalog(const format::Frame& frame);
  absl::Status ApplyRows(const format::Frame& frame);
  // Whether all rows of a record are in slices, and so may be of an earlier version.
  bool AreSealed(const Filling& filling, const format::WalRowsView& rows) const;
  absl::Status CloseFilling(TableId table);
  absl::Status ApplyKills(const format::Frame& frame);
  absl::Status ApplySymbols(const format::Frame& frame);
  absl::Status ApplySequence(const format::Frame& frame);
  absl::Status AppendKills(Filling& filling);
  absl::Status ApplyAttach(const format::Frame& frame);
  absl::StatusOr<Filling*> FillingOf(TableId table);
  absl::Status StartAppender(Filling& filling);
  absl::Status CheckColumns(const OpenTable& table, std::span<const ColumnView> columns) const;
  absl::Status AppendRows(Filling& filling, uint64_t first_row,
                          std::span<const format::LsnRun> runs,
                          std::span<const ColumnView> columns);
  absl::Status AppendHeld(Filling& filling);

  ReplayTarget& target_;
  const Mode mode_;
  SharedWord unused_;  // rows are stamped with their own LSNs, never with the sequence's
  CommitSequence sequence_;
  std::map<TableId, Filling> filling_;
  uint64_t rows_ = 0;
};

}  // namespace tape::engine
