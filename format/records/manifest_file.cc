#include "format/records/manifest_file.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "format/bytes/file_header.h"
#include "format/bytes/message.h"
#include "format/bytes/zero_padding.h"
#include "format/layout/section_cursor.h"

namespace tape::format {
namespace {

constexpr FramePosition kFirstRecord{kSyncAlignment, 0};

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(Concat("manifest: ", what));
}

std::string_view Text(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

FrameReader ReaderAt(std::span<const std::byte> file, const PlaceSeed& seeds,
                     const FramePosition& position) {
  return FrameReader(file.subspan(std::min<uint64_t>(position.offset, file.size())),
                     position.offset, seeds, position);
}

}  // namespace

absl::Status AppendManifestFile(const FileIdentity& file, const ManifestRecord& checkpoint,
                                Lsn durable, std::vector<std::byte>& out) {
  assert(out.empty());
  const FileHeader header{.kind = FileKind::kManifest, .identity = file};
  const auto bytes = header.Serialize();
  ByteWriter writer(out);
  writer.WriteBytes(bytes);
  writer.Pad(kSyncAlignment);
  FrameWriter frames(PlaceSeed(header), kFirstRecord, out);
  absl::Status status =
      AppendManifestRecord(checkpoint, ManifestFrame::kCheckpoint, durable, frames);
  if (!status.ok()) {
    out.clear();
    return status;
  }
  frames.PadToSync();
  return absl::OkStatus();
}

absl::StatusOr<ManifestFile> ManifestFile::Read(std::span<const std::byte> file,
                                                const FileIdentity& identity) {
  const absl::StatusOr<FileHeader> header = FileHeader::Parse(file, FileKind::kManifest);
  if (!header.ok()) return header.status();
  if (absl::Status status = header->Matches(identity); !status.ok()) return status;
  const size_t gap = std::min<size_t>(file.size(), kSyncAlignment) - kFileHeaderSize;
  if (!AllZero(file.subspan(kFileHeaderSize, gap))) {
    return Damaged("bytes 64 to 4095: expected zeros, found others");
  }
  ManifestFile manifest{PlaceSeed(*header)};
  manifest.end_ = kFirstRecord;
  if (absl::Status status = manifest.ReadMore(file); !status.ok()) return status;
  if (manifest.state_.number() == 0) {
    return Damaged(Concat("expected a checkpoint, found ",
                          manifest.cut_.empty() ? std::string("none") : manifest.cut_));
  }
  return manifest;
}

absl::Status ManifestFile::Apply(const Frame& frame) {
  const auto type = static_cast<ManifestFrame>(frame.type);
  if (type != ManifestFrame::kCheckpoint && type != ManifestFrame::kChange) {
    if ((frame.flags & kFrameMayBeSkipped) != 0) return absl::OkStatus();
    return absl::UnimplementedError(Concat("manifest: frame at offset ", frame.offset, ": type ",
                                           frame.type, " is not known to this build"));
  }
  absl::StatusOr<ManifestRecord> record = ManifestRecord::Parse(frame.record, type, frame.lsn);
  if (!record.ok()) return record.status();
  times_.push_back({record->time, frame.lsn});
  return state_.Apply(*std::move(record), type);
}

namespace {

// A search costs at most so many times the file: sizes in damaged headers could make it quadratic.
constexpr uint64_t kScanBudget = 64;

// Whether a valid frame begins at a multiple of 4,096 behind the reader: what lies before it was
// synced before it was written. Where the search is given up, as well: no crash leaves such bytes.
bool FrameFollows(FrameReader reader, uint64_t file_bytes) {
  const uint64_t begun = reader.bytes_checked();
  while (reader.JumpToSync()) {
    if (reader.bytes_checked() - begun > kScanBudget * file_bytes) return true;
    const FramePosition begin = reader.position();
    const absl::StatusOr<std::optional<Frame>> frame = reader.Next();
    if (frame.ok() && frame->has_value()) return true;
    reader.Return(begin);
  }
  return false;
}

}  // namespace

absl::Status ManifestFile::ReadMore(std::span<const std::byte> file) {
  FrameReader reader = ReaderAt(file, seeds_, end_);
  cut_.clear();
  while (true) {
    absl::StatusOr<std::optional<Frame>> frame = reader.Next();
    const bool is_frame = frame.ok() && frame->has_value();
    // Record and padding are one write: where a crash left only the record, it was never synced.
    if (const absl::Status padding = is_frame ? reader.SkipToSync() : absl::OkStatus();
        !padding.ok()) {
      frame = padding;
    } else if (is_frame) {
      if (absl::Status status = Apply(**frame); !status.ok()) return status;
      durable_ = (*frame)->lsn;
      end_ = {RoundUp((*frame)->end, kSyncAlignment), (*frame)->crc};
      continue;
    }
    if (FrameFollows(reader, file.size())) {
      return Damaged(Concat("a synced record is damaged: ",
                            frame.ok() ? std::string_view("zeros") : Text(frame.status())));
    }
    if (!frame.ok()) cut_ = Text(frame.status());
    return absl::OkStatus();
  }
}

}  // namespace tape::format
