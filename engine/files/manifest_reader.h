// The manifest of a table from a reader's side: looks for what was appended since it was asked.
//
//   ManifestReader manifest(place);
//   absl::StatusOr<std::shared_ptr<const format::ManifestState>> newest = manifest.Load();
//
// Two calls of Stat where nothing has changed. A reader may meet the writer between two bytes of a
// record, or between two manifests: what looks damaged, or is gone, is read anew before that is
// believed.
//
// kNotFound without a manifest, kDataLoss for a damaged one, kUnimplemented for a newer one.
// Thread-compatible.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/files/table_place.h"
#include "engine/io/file_system.h"
#include "format/records/manifest_file.h"
#include "format/records/manifest_state.h"

namespace tape::engine {

class ManifestReader {
 public:
  explicit ManifestReader(const TablePlace& place) : place_(place) {}

  absl::StatusOr<std::shared_ptr<const format::ManifestState>> Load();
  // What the newest record that was loaded says was durable when it was written.
  Lsn durable() const { return manifest_.has_value() ? manifest_->durable() : Lsn(); }

 private:
  std::string Path(uint32_t generation) const;
  absl::Status LoadOnce();
  absl::StatusOr<bool> IsNewest() const;
  absl::Status Open();
  absl::Status ReadRest();
  void Forget();

  TablePlace place_;
  uint32_t generation_ = 0;
  std::unique_ptr<File> file_;
  std::vector<std::byte> bytes_;
  std::optional<format::ManifestFile> manifest_;
  std::shared_ptr<const format::ManifestState> state_;
};

}  // namespace tape::engine
