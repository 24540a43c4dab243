// What a bulk load's record in the WAL makes of a manifest.
//
//   absl::StatusOr<std::optional<ManifestRecord>> change = AttachmentTo(manifest, record);
//   if (change->has_value()) ...                       // else the manifest has had it
//
// The record was made for the manifest as it was then: its number, and whatever else never falls,
// is brought up to date. A load begins with the row behind those that are sealed; where it does
// not, records of the manifest are gone, kDataLoss. kInvalidArgument for a record without slices.
//
// Pure.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "format/records/manifest_record.h"
#include "format/records/manifest_state.h"

namespace tape::engine {

absl::StatusOr<std::optional<format::ManifestRecord>> AttachmentTo(
    const format::ManifestState& manifest, const format::ManifestRecord& record);

}  // namespace tape::engine
