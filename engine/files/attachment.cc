#include "engine/files/attachment.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "format/bytes/message.h"

namespace tape::engine {

using format::Concat;
using format::ManifestRecord;
using format::SliceEntry;

absl::StatusOr<std::optional<ManifestRecord>> AttachmentTo(const format::ManifestState& manifest,
                                                           const ManifestRecord& record) {
  uint64_t least_slice = std::numeric_limits<uint64_t>::max();
  RowNumber least_row(std::numeric_limits<uint64_t>::max());
  for (const format::ManifestEntry& entry : record.entries) {
    const auto* slice = std::get_if<SliceEntry>(&entry);
    if (slice == nullptr) continue;
    least_slice = std::min(least_slice, slice->slice);
    least_row = std::min(least_row, slice->runs.front().first);
  }
  if (least_slice == std::numeric_limits<uint64_t>::max()) {
    return absl::InvalidArgumentError("a record to attach has no slice");
  }
  // Numbers are given once: those below were attached, whatever became of them.
  if (least_slice < manifest.next_slice()) return std::optional<ManifestRecord>();
  if (least_row != manifest.sealed_rows()) {
    return absl::DataLossError(Concat("manifest: a bulk load begins with row ", least_row.value(),
                                      ", so that records of seals before it are gone: expected ",
                                      least_row.value(), " rows that are sealed, found ",
                                      manifest.sealed_rows().value()));
  }
  ManifestRecord change = record;
  change.number = manifest.number() + 1;
  change.sealed_rows = std::max(change.sealed_rows, manifest.sealed_rows());
  change.history = std::max(change.history, manifest.history());
  change.schema_version = std::max(change.schema_version, manifest.schema_version());
  return std::optional<ManifestRecord>(std::move(change));
}

}  // namespace tape::engine
