// Verifies what a table has on disk.
//
//   TableCheck check(info, place, findings);
//   check.Load(was_closed);                           // its manifest, for what depends on it
//   absl::Status status = check.Run();                // all of it
//
// Manifest, dictionaries, slices, kills, keys, and files that nothing names. kCancelled is the only
// error; all else is a finding.
//
// Thread-bound.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/catalog/catalog.h"
#include "engine/files/table_place.h"
#include "engine/keep/findings.h"
#include "engine/keep/slice_check.h"
#include "format/records/manifest_record.h"
#include "tape/ids.h"

namespace tape::engine {

class TableCheck {
 public:
  // The findings must outlive it.
  TableCheck(const TableInfo& info, const TablePlace& place, Findings& findings);

  // The manifest. Without it nothing else can be said of the table. Where the store was closed, it
  // ends with a record that is whole.
  void Load(bool was_closed);
  // Slices of a bulk load that the WAL has and the manifest may not have yet.
  void Attach(const format::ManifestRecord& record, Lsn lsn);

  bool loaded() const { return table_.version != nullptr; }
  // Rows below are in slices, or dropped.
  uint64_t sealed_rows() const { return table_.version->sealed_rows().value(); }
  uint32_t symbols(ColumnId column) const;
  Lsn durable() const { return table_.durable; }
  const CheckedTable& table() const { return table_; }

  absl::Status Run();

 private:
  void CheckManifestEnd(bool was_closed);
  uint64_t BytesNamed() const;
  void CheckDictionaries(SliceCheck& slices);
  absl::Status CheckSlices(SliceCheck& slices);
  void CheckKills(SliceCheck& slices);
  void CheckKills(const format::Place& place, SliceCheck& slices);
  void ListUnnamed();
  void ListUnnamedIn(const std::string& folder, std::optional<int32_t> day);

  Findings& findings_;
  CheckedTable table_;
  FindingPlace at_;
};

}  // namespace tape::engine
