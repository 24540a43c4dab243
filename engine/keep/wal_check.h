// Verifies the WAL, and what it has that no manifest has yet.
//
//   WalCheck wal(machine, folder, uuid, catalog, findings);
//   wal.Read(durable_of_manifests);                  // applies definitions to the catalog
//   wal.Compare(tables);                             // rows and symbols go on where slices end
//
// Every group that counts is read: frames, checksums, the chain, the rules of its records; then
// whether the rows of each table, with those in slices, leave no gap, and whether its symbols go on
// where the dictionary ends. A torn end that nobody called durable is a note.
//
// Thread-bound. Memory: a segment.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "engine/catalog/catalog.h"
#include "engine/io/machine.h"
#include "engine/keep/findings.h"
#include "engine/keep/table_check.h"
#include "format/records/manifest_record.h"
#include "format/records/wal_segment.h"
#include "tape/ids.h"

namespace tape::engine {

class WalCheck {
 public:
  // All must outlive it.
  WalCheck(const Machine& machine, const std::string& store_folder, const format::StoreUuid& store,
           Catalog& catalog, Findings& findings);

  // `durable` is asked for the highest LSN that a manifest or LIVE calls durable, when the catalog
  // has all definitions.
  void Read(absl::FunctionRef<Lsn()> durable);

  struct Attached {
    TableId table;
    format::ManifestRecord record;
    Lsn lsn;
  };
  const std::vector<Attached>& attached() const { return attached_; }

  void Compare(const std::map<TableId, TableCheck>& tables);

 private:
  // Numbers from first to before end, of rows or of codes.
  using Range = std::pair<uint64_t, uint64_t>;
  using Ranges = std::vector<Range>;

  absl::Status Apply(const format::WalGroup& group);
  absl::Status Apply(const format::Frame& frame);
  absl::Status AddAttached(const format::Frame& frame);
  static void Add(Ranges& ranges, Range range);
  void ExpectNoGap(const FindingPlace& at, std::string_view what, uint64_t known, Ranges ranges);

  const Machine machine_;
  const std::string folder_;
  const format::StoreUuid store_;
  Catalog& catalog_;
  Findings& findings_;
  bool whole_ = false;
  std::map<TableId, Ranges> rows_;
  std::map<std::pair<TableId, ColumnId>, Ranges> symbols_;
  std::vector<Attached> attached_;
};

}  // namespace tape::engine
