// The file of a manifest: header, a checkpoint, changes. Bytes: docs/format/manifest.md.
//
//   absl::Status status = AppendManifestFile(header, checkpoint, durable, bytes);   // a new file
//
//   absl::StatusOr<ManifestFile> manifest = ManifestFile::Read(file, identity);
//   manifest->state().slices();
//   if (!manifest->cut().empty()) ...                     // a record that was never synced
//   FrameWriter frames(manifest->seeds(), manifest->end(), more);
//
//   absl::Status status = manifest->ReadMore(file);       // what was appended since
//
// ManifestFile: thread-compatible; owns all it says, the bytes are not needed after reading.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/bytes/place.h"
#include "format/records/frame.h"
#include "format/records/manifest_state.h"

namespace tape::format {

// Appends a whole file to `out`, which is empty: it ends at a multiple of 4,096.
absl::Status AppendManifestFile(const FileIdentity& file, const ManifestRecord& checkpoint,
                                Lsn durable, std::vector<std::byte>& out);

// When a record was written, and what was durable then.
struct RecordTime {
  int64_t time = 0;
  Lsn durable{};

  friend bool operator==(const RecordTime&, const RecordTime&) = default;
};

class ManifestFile {
 public:
  // All records of the file. kDataLoss for a header, checkpoint or synced record that is damaged;
  // kUnimplemented for a newer file or an unknown record that may not be skipped.
  static absl::StatusOr<ManifestFile> Read(std::span<const std::byte> file,
                                           const FileIdentity& identity);

  // Applies what was appended to the file since. `file` is all of it. After an error the object is
  // of no more use; a reader that meets the writer at work reads the file anew before it believes
  // in damage.
  absl::Status ReadMore(std::span<const std::byte> file);

  const ManifestState& state() const { return state_; }
  const PlaceSeed& seeds() const { return seeds_; }

  // Where the next record goes, and its chain.
  const FramePosition& end() const { return end_; }

  // LSN of the last record's frame: what was durable when it was written.
  Lsn durable() const { return durable_; }

  // Of each record, in order.
  const std::vector<RecordTime>& times() const { return times_; }

  // Why the bytes behind end() are no record; empty where there are none but zeros. They were never
  // synced, and are to be overwritten: what that record sealed is still in the WAL.
  const std::string& cut() const { return cut_; }

 private:
  explicit ManifestFile(const PlaceSeed& seeds) : seeds_(seeds) {}
  absl::Status Apply(const Frame& frame);

  PlaceSeed seeds_;
  ManifestState state_;
  FramePosition end_;
  Lsn durable_;
  std::vector<RecordTime> times_;
  std::string cut_;
};

}  // namespace tape::format
