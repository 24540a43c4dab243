// The manifest of a table from its writer's side: the gate that every change of the table passes.
//
//   absl::StatusOr<std::unique_ptr<ManifestWriter>> manifest = ManifestWriter::Open(place, cut);
//   absl::Status status = (*manifest)->Append(record, durable);      // synced when it returns
//   (*manifest)->state()->slices();
//   if ((*manifest)->IsDueForRewriting()) status = (*manifest)->Rewrite(durable);
//
// Append: after an error the record does not count and will not after a crash, or, where that
// cannot be known, failure() is set and nothing is ever appended again (W6). Whoever syncs files
// that a record will name reports a sync that failed with Fail.
//
// Bytes: docs/format/manifest.md. Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/files/durable_times.h"
#include "engine/files/table_place.h"
#include "engine/io/file_system.h"
#include "format/bytes/place.h"
#include "format/records/frame.h"
#include "format/records/manifest_file.h"
#include "format/records/manifest_state.h"
#include "tape/ids.h"

namespace tape::engine {

class ManifestWriter {
 public:
  // The first manifest, in a folder that is there, synced with its name. kAlreadyExists where the
  // folder has one.
  static absl::StatusOr<std::unique_ptr<ManifestWriter>> Create(const TablePlace& place,
                                                                uint32_t schema_version,
                                                                Lsn durable);
  // The newest, as it is on disk: what was only in the machine's memory is synced first, so that
  // nothing is built on a record that a power loss could take back. `cut` says which bytes behind
  // the last record were none.
  static absl::StatusOr<std::unique_ptr<ManifestWriter>> Open(const TablePlace& place,
                                                              std::string& cut);

  const std::shared_ptr<const format::ManifestState>& state() const { return state_; }
  Generation generation() const { return Generation(identity_.generation); }

  // Appends the record and syncs it: the commit point. Its number and time are set here; `durable`
  // is the LSN that is durable now (W2). kInvalidArgument for what cannot follow.
  absl::Status Append(format::ManifestRecord record, Lsn durable);

  // The changes have outgrown the checkpoint.
  bool IsDueForRewriting() const;
  // Makes a manifest of the next generation with one checkpoint, reads it back, gives it its name,
  // and removes the one before. Where that fails before it has its name, nothing has changed.
  absl::Status Rewrite(Lsn durable);

  // The highest LSN that a record of it calls durable.
  Lsn durable() const { return durable_; }
  // As far as the records of this file, and those that were appended since, tell.
  const DurableTimes& times() const { return times_; }

  const absl::Status& failure() const { return failure_; }
  // Sets failure(), unless it is set; returns `status`.
  absl::Status Fail(absl::Status status);

 private:
  explicit ManifestWriter(const TablePlace& place);
  std::string Path() const;
  // A manifest that was read from its file.
  struct Whole {
    std::unique_ptr<File> file;
    format::ManifestFile manifest;
    uint64_t size = 0;
    uint64_t checkpoint_bytes = 0;
  };
  absl::StatusOr<Whole> Read(std::unique_ptr<File> file) const;
  absl::StatusOr<Whole> WriteUnnamed(const std::string& path, std::span<const std::byte> bytes);
  absl::StatusOr<Whole> WriteNewFile(const format::ManifestRecord& checkpoint);
  void GoOnWith(Whole whole);
  absl::Status Write(std::span<const std::byte> bytes);

  TablePlace place_;
  format::FileIdentity identity_;
  std::unique_ptr<File> file_;
  format::PlaceSeed seeds_;
  format::FramePosition end_;
  uint64_t checkpoint_bytes_ = 0;
  Lsn durable_;
  DurableTimes times_;
  std::shared_ptr<const format::ManifestState> state_;
  absl::Status failure_;
};

}  // namespace tape::engine
