#include "engine/files/manifest_writer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/files/names.h"
#include "engine/files/table_paths.h"
#include "format/bytes/message.h"
#include "format/layout/extent_format.h"
#include "format/layout/section_cursor.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::FileKind;
using format::ManifestFile;
using format::ManifestFrame;
using format::ManifestRecord;
using format::ManifestState;

// Below this much, starting over saves a reader less than it costs in syncs.
constexpr uint64_t kLeastRewritten = uint64_t{64} << 10;

std::string_view Text(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

absl::Status At(const std::string& path, const absl::Status& status) {
  return {status.code(), Concat(path, ": ", Text(status))};
}

// Of a file that ManifestFile has read: its first frame, padding included.
uint64_t CheckpointBytes(std::span<const std::byte> file, const format::PlaceSeed& seeds) {
  format::FrameReader reader(file.subspan(format::kSyncAlignment), format::kSyncAlignment, seeds,
                             {.offset = format::kSyncAlignment});
  const absl::StatusOr<std::optional<format::Frame>> frame = reader.Next();
  const bool found = frame.ok() && frame->has_value();
  return found ? (*frame)->end - (*frame)->offset : 0;
}

}  // namespace

ManifestWriter::ManifestWriter(const TablePlace& place)
    : place_(place),
      identity_{.store = place.store, .table = place.table.value()},
      seeds_(FileKind::kManifest, identity_) {}

std::string ManifestWriter::Path() const {
  return JoinPath(place_.folder,
                  FileName({.kind = FileKind::kManifest, .generation = identity_.generation}));
}

absl::Status ManifestWriter::Fail(absl::Status status) {
  if (failure_.ok()) failure_ = status;
  return status;
}

// ---- whole files

absl::StatusOr<std::unique_ptr<ManifestWriter>> ManifestWriter::Create(const TablePlace& place,
                                                                       uint32_t schema_version,
                                                                       Lsn durable) {
  absl::StatusOr<TableFile> found = NewestManifest(*place.files, place.folder);
  if (found.ok()) {
    return absl::AlreadyExistsError(Concat(place.folder, ": has a manifest already"));
  }
  if (!absl::IsNotFound(found.status())) return found.status();
  std::unique_ptr<ManifestWriter> manifest(new ManifestWriter(place));
  manifest->identity_.generation = 1;
  manifest->durable_ = durable;
  const ManifestRecord checkpoint{.number = 1,
                                  .schema_version = schema_version,
                                  .time = place.host->RealTimeNs(),
                                  .entries = {}};
  absl::StatusOr<Whole> whole = manifest->WriteNewFile(checkpoint);
  if (!whole.ok()) return whole.status();
  manifest->GoOnWith(*std::move(whole));
  return manifest;
}

absl::StatusOr<std::unique_ptr<ManifestWriter>> ManifestWriter::Open(const TablePlace& place,
                                                                     std::string& cut) {
  absl::StatusOr<TableFile> newest = NewestManifest(*place.files, place.folder);
  if (!newest.ok()) return newest.status();
  std::unique_ptr<ManifestWriter> manifest(new ManifestWriter(place));
  manifest->identity_.generation = newest->generation;
  absl::StatusOr<std::unique_ptr<File>> file =
      place.files->Open(manifest->Path(), OpenMode::kReadWrite);
  if (!file.ok()) return file.status();
  // A process that died between writing and syncing leaves a record, or a name, that can be read
  // and lost.
  absl::Status status = (*file)->Sync();
  if (status.ok()) status = place.files->SyncDirectory(place.folder);
  if (status.ok()) status = place.files->SyncDirectory(std::string(ParentPath(place.folder)));
  if (!status.ok()) return status;
  absl::StatusOr<Whole> whole = manifest->Read(*std::move(file));
  if (!whole.ok()) return whole.status();
  const std::string& problem = whole->manifest.cut();
  if (!problem.empty()) cut = Concat(manifest->Path(), ": ", problem);
  // What is behind the last record must not be there when the next is shorter. Readers do not map
  // manifests, so that nobody minds the cut.
  const uint64_t end = whole->manifest.end().offset;
  if (whole->size > end) {
    status = whole->file->Truncate(end);
    if (status.ok()) status = whole->file->Sync();
    if (!status.ok()) return status;
  }
  manifest->GoOnWith(*std::move(whole));
  return manifest;
}

absl::StatusOr<ManifestWriter::Whole> ManifestWriter::Read(std::unique_ptr<File> file) const {
  absl::StatusOr<FileStat> stat = file->Stat();
  if (!stat.ok()) return stat.status();
  if (absl::Status status = CheckManifestSize(stat->size); !status.ok()) return At(Path(), status);
  std::vector<std::byte> bytes(stat->size);
  if (absl::Status status = file->ReadAt(0, bytes); !status.ok()) return status;
  absl::StatusOr<ManifestFile> manifest = ManifestFile::Read(bytes, identity_);
  if (!manifest.ok()) return At(Path(), manifest.status());
  const uint64_t checkpoint_bytes = CheckpointBytes(bytes, manifest->seeds());
  return Whole{std::move(file), *std::move(manifest), stat->size, checkpoint_bytes};
}

void ManifestWriter::GoOnWith(Whole whole) {
  file_ = std::move(whole.file);
  seeds_ = whole.manifest.seeds();
  end_ = whole.manifest.end();
  checkpoint_bytes_ = whole.checkpoint_bytes;
  durable_ = std::max(durable_, whole.manifest.durable());
  for (const format::RecordTime& record : whole.manifest.times()) {
    times_.Add(record.time, record.durable);
  }
  state_ = std::make_shared<const ManifestState>(whole.manifest.state());
}

absl::StatusOr<ManifestWriter::Whole> ManifestWriter::WriteUnnamed(
    const std::string& path, std::span<const std::byte> bytes) {
  place_.files->Unlink(path).IgnoreError();  // what a crash left; if it stays, Open says so
  absl::StatusOr<std::unique_ptr<File>> file = place_.files->Open(path, OpenMode::kCreateNew);
  if (!file.ok()) return file.status();
  if (absl::Status status = (*file)->WriteAt(0, bytes); !status.ok()) return status;
  if (absl::Status status = (*file)->Sync(); !status.ok()) return Fail(status);
  return Read(*std::move(file));
}

// Complete, synced and read back before it has its name, which is the change from one manifest to
// the next.
absl::StatusOr<ManifestWriter::Whole> ManifestWriter::WriteNewFile(
    const ManifestRecord& checkpoint) {
  FileSystem& files = *place_.files;
  const std::string path = Path();
  const std::string unnamed =
      JoinPath(place_.folder, Concat(".", path.substr(place_.folder.size() + 1), ".new"));
  std::vector<std::byte> bytes;
  absl::Status status = format::AppendManifestFile(identity_, checkpoint, durable_, bytes);
  if (!status.ok()) return status;
  absl::StatusOr<Whole> whole = WriteUnnamed(unnamed, bytes);
  if (!whole.ok()) {
    files.Unlink(unnamed).IgnoreError();  // the error that counts is the first
    return whole;
  }
  status = files.Rename(unnamed, path);
  if (!status.ok()) {
    const bool has_no_name = absl::IsNotFound(files.Stat(path).status());
    files.Unlink(unnamed).IgnoreError();  // the error that counts is the first
    return has_no_name ? status : Fail(status);
  }
  status = files.SyncDirectory(place_.folder);
  if (!status.ok()) return Fail(status);
  return whole;
}

// ---- records

// A record that was written by halves, or whole and not synced, is taken back for good: the bytes
// that it names are written over by the next change. Where that cannot be had, there is none.
absl::Status ManifestWriter::Write(std::span<const std::byte> bytes) {
  if (absl::Status status = file_->WriteAt(end_.offset, bytes); !status.ok()) {
    const bool gone = file_->Truncate(end_.offset).ok() && file_->Sync().ok();
    return gone ? status : Fail(status);
  }
  const absl::Status status = file_->Sync();
  return status.ok() ? status : Fail(status);  // W6
}

absl::Status ManifestWriter::Append(ManifestRecord record, Lsn durable) {
  if (!failure_.ok()) return failure_;
  durable_ = std::max(durable_, durable);
  record.number = state_->number() + 1;
  record.time = place_.host->RealTimeNs();
  std::vector<std::byte> bytes;
  format::FrameWriter frames(seeds_, end_, bytes);
  absl::Status status =
      format::AppendManifestRecord(record, ManifestFrame::kChange, durable_, frames);
  if (!status.ok()) return status;
  frames.PadToSync();
  const int64_t time = record.time;
  auto next = std::make_shared<ManifestState>(*state_);
  status = next->Apply(std::move(record), ManifestFrame::kChange);
  if (!status.ok()) return absl::InvalidArgumentError(Concat(place_.folder, ": ", Text(status)));
  if (status = Write(bytes); !status.ok()) return status;
  end_ = frames.position();
  times_.Add(time, durable_);
  state_ = std::move(next);
  return absl::OkStatus();
}

bool ManifestWriter::IsDueForRewriting() const {
  const uint64_t records = end_.offset - format::kSyncAlignment;
  return records - std::min(records, checkpoint_bytes_) >
         std::max(kLeastRewritten, checkpoint_bytes_);
}

absl::Status ManifestWriter::Rewrite(Lsn durable) {
  if (!failure_.ok()) return failure_;
  durable_ = std::max(durable_, durable);
  const std::string before = Path();
  ++identity_.generation;
  absl::StatusOr<Whole> whole = WriteNewFile(state_->ToCheckpoint(place_.host->RealTimeNs()));
  if (!whole.ok()) {
    --identity_.generation;
    return whole.status();
  }
  GoOnWith(*std::move(whole));
  place_.files->Unlink(before).IgnoreError();  // what stays is removed by the next Open
  return absl::OkStatus();
}

}  // namespace tape::engine
