// Walks the sections of a file that grows by sections: summaries, kills, key extents.
//
//   SectionCursor<SummarySection> cursor(file, PlaceSeed(header));
//   while (true) {
//     absl::StatusOr<std::optional<SummarySection>> section = cursor.Next();
//     if (!section.ok() || !section->has_value()) return section.status();
//     ...
//   }
//
// A section begins where the one before it ends or, where a sync lay between them, at the next
// multiple of 4,096, after zeros. `Section` has Parse(bytes, ExtentPlace) and size_bytes().
//
// Which bytes of the file count is the manifest's to say: give the cursor the file up to there.
// Thread-compatible; the bytes must outlive it and the sections.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/bytes/file_header.h"
#include "format/bytes/message.h"
#include "format/bytes/place.h"
#include "format/bytes/zero_padding.h"
#include "format/layout/extent_format.h"
#include "format/layout/extent_view.h"

namespace tape::format {

// Bytes written after a sync never share one of these with bytes that were synced.
inline constexpr size_t kSyncAlignment = 4096;

template <typename Section>
class SectionCursor {
 public:
  // `file` begins with the file's header, which the caller has parsed; the first section is looked
  // for at `offset`, where another one ended or the header.
  SectionCursor(std::span<const std::byte> file, const PlaceSeed& seeds,
                size_t offset = kFileHeaderSize)
      : file_(file), seeds_(seeds), offset_(offset) {}

  // Where the next section is looked for.
  size_t offset() const { return offset_; }

  // The next section, or none at the end. A section that is refused stays the next one.
  absl::StatusOr<std::optional<Section>> Next() {
    if (absl::Status status = SkipToSync(); !status.ok()) return status;
    if (offset_ >= file_.size()) return std::optional<Section>();
    absl::StatusOr<Section> section = Section::Parse(file_.subspan(offset_), {seeds_, offset_});
    if (!section.ok()) return section.status();
    offset_ += section->size_bytes();
    return std::optional<Section>(*std::move(section));
  }

 private:
  // No section begins with a zero: its magic stands there.
  absl::Status SkipToSync() {
    if (offset_ >= file_.size() || file_[offset_] != std::byte{0}) return absl::OkStatus();
    const size_t end = std::min(RoundUp(offset_, kSyncAlignment), file_.size());
    if (!AllZero(file_.subspan(offset_, end - offset_))) {
      return absl::DataLossError(
          Concat("offset ", offset_, ": neither a section nor zeros up to ", end));
    }
    offset_ = end;
    return absl::OkStatus();
  }

  std::span<const std::byte> file_;
  PlaceSeed seeds_;
  size_t offset_;
};

}  // namespace tape::format
