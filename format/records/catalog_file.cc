#include "format/records/catalog_file.h"

#include <cassert>
#include <cstring>

#include "format/bytes/file_header.h"
#include "format/bytes/message.h"
#include "format/bytes/zero_padding.h"
#include "format/layout/extent_format.h"
#include "format/records/catalog_objects.h"
#include "format/records/frame.h"

namespace tape::format {
namespace {

constexpr FramePosition kFirstRecord{kFileHeaderSize, 0};

absl::Status Damaged(size_t record, std::string_view what) {
  return absl::DataLossError(Concat("catalog: record ", record, ": ", what));
}

// Puts the number of the record in front of what is wrong with it.
absl::Status InRecord(size_t record, const absl::Status& status) {
  const std::string_view text(status.message().data(), status.message().size());
  const std::string message = Concat("catalog: record ", record, ": ", text);
  return absl::Status(status.code(), message);
}

// Reads frame after frame into `checkpoint`, up to the end record.
class CatalogFileReader {
 public:
  CatalogFileReader(std::span<const std::byte> file, const PlaceSeed& seeds,
                    CatalogCheckpoint& checkpoint)
      : file_(file),
        reader_(file.subspan(kFileHeaderSize), kFileHeaderSize, seeds, kFirstRecord),
        checkpoint_(checkpoint) {}

  absl::Status Read() {
    while (true) {
      const size_t number = checkpoint_.records.size();
      const absl::StatusOr<std::optional<Frame>> frame = reader_.Next();
      if (!frame.ok()) return InRecord(number, frame.status());
      if (!frame->has_value()) return Damaged(number, "expected an end record, found none");
      if ((*frame)->lsn < last_) return Damaged(number, "LSNs fall");
      last_ = (*frame)->lsn;
      if ((*frame)->type == static_cast<uint16_t>(CatalogType::kEnd)) return ReadEnd(**frame);
      if (absl::Status status = ReadRecord(**frame); !status.ok()) return InRecord(number, status);
    }
  }

 private:
  absl::Status ReadRecord(const Frame& frame) {
    if (frame.type > static_cast<uint16_t>(CatalogType::kEnd) &&
        (frame.flags & kFrameMayBeSkipped) != 0) {
      ++skipped_;
      return absl::OkStatus();
    }
    absl::StatusOr<CatalogRecord> record =
        CatalogRecord::Parse(static_cast<CatalogType>(frame.type), frame.record);
    if (!record.ok()) return record.status();
    if (absl::Status status = objects_.Apply(*record); !status.ok()) return status;
    checkpoint_.records.push_back({frame.lsn, *std::move(record)});
    return absl::OkStatus();
  }

  absl::Status ReadEnd(const Frame& frame) {
    const size_t number = checkpoint_.records.size();
    CatalogEnd end;
    if (frame.record.size() != sizeof(end)) return Damaged(number, "end record of another size");
    std::memcpy(&end, frame.record.data(), sizeof(end));
    if (end.records != number + skipped_) {
      return Damaged(number, Concat("end record: expected ", number + skipped_, " records, found ",
                                    end.records));
    }
    if (end.complete != frame.lsn.value()) {
      return Damaged(
          number, Concat("end record: expected LSN ", frame.lsn.value(), ", found ", end.complete));
    }
    checkpoint_.complete = frame.lsn;
    const std::span<const std::byte> rest = file_.subspan(frame.end);
    if (file_.size() == RoundUp(frame.end, kExtentAlignment) && AllZero(rest)) {
      return absl::OkStatus();
    }
    return Damaged(number, Concat("expected zeros to a multiple of 64 behind offset ", frame.end,
                                  ", found ", rest.size(), " bytes"));
  }

  std::span<const std::byte> file_;
  FrameReader reader_;
  CatalogCheckpoint& checkpoint_;
  CatalogObjects objects_;
  Lsn last_;
  size_t skipped_ = 0;
};

absl::Status AppendRecords(const CatalogCheckpoint& checkpoint, FrameWriter& frames) {
  Lsn last;
  std::vector<std::byte> bytes;
  for (const CatalogChange& change : checkpoint.records) {
    if (change.lsn < last || change.lsn > checkpoint.complete) {
      return absl::InvalidArgumentError(
          Concat("catalog: LSN ", change.lsn.value(), " behind ", last.value()));
    }
    last = change.lsn;
    bytes.clear();
    absl::Status status = WriteCatalogRecord(change.record, bytes);
    if (!status.ok()) return status;
    frames.Begin({.type = static_cast<uint16_t>(change.record.type()), .lsn = last})
        .WriteBytes(bytes);
    if (status = frames.End(); !status.ok()) return status;
  }
  ByteWriter& end =
      frames.Begin({.type = static_cast<uint16_t>(CatalogType::kEnd), .lsn = checkpoint.complete});
  end.WriteU64(checkpoint.records.size());
  end.WriteU64(checkpoint.complete.value());
  return frames.End();
}

}  // namespace

absl::StatusOr<CatalogCheckpoint> CatalogCheckpoint::Parse(std::span<const std::byte> file,
                                                           const FileIdentity& identity) {
  const absl::StatusOr<FileHeader> header = FileHeader::Parse(file, FileKind::kCatalog);
  if (!header.ok()) return header.status();
  if (absl::Status status = header->Matches(identity); !status.ok()) return status;
  CatalogCheckpoint checkpoint;
  absl::Status status = CatalogFileReader(file, PlaceSeed(*header), checkpoint).Read();
  if (!status.ok()) return status;
  return checkpoint;
}

absl::Status AppendCatalogFile(const FileIdentity& identity, const CatalogCheckpoint& checkpoint,
                               std::vector<std::byte>& out) {
  assert(out.empty());
  const FileHeader header{.kind = FileKind::kCatalog, .identity = identity};
  const auto bytes = header.Serialize();
  ByteWriter writer(out);
  writer.WriteBytes(bytes);
  FrameWriter frames(PlaceSeed(header), kFirstRecord, out);
  absl::Status status = AppendRecords(checkpoint, frames);
  if (status.ok()) {
    writer.Pad(kExtentAlignment);
  } else {
    out.clear();
  }
  return status;
}

}  // namespace tape::format
