#include "engine/files/manifest_reader.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "engine/files/names.h"
#include "engine/files/table_paths.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::FileKind;
using format::ManifestFile;

// A writer that makes a reader fail so often in a row is none: what is read is what there is.
constexpr int kTries = 4;

}  // namespace

std::string ManifestReader::Path(uint32_t generation) const {
  return JoinPath(place_.folder, FileName({.kind = FileKind::kManifest, .generation = generation}));
}

void ManifestReader::Forget() {
  file_.reset();
  manifest_.reset();
  bytes_.clear();
}

absl::StatusOr<std::shared_ptr<const format::ManifestState>> ManifestReader::Load() {
  absl::Status status;
  for (int i = 0; i < kTries; ++i) {
    status = LoadOnce();
    if (status.ok()) return state_;
    Forget();
    const bool may_be_the_writer = absl::IsDataLoss(status) || absl::IsNotFound(status) ||
                                   absl::IsOutOfRange(status);  // cut while it was read
    if (!may_be_the_writer) return status;
  }
  return status;
}

// Generations follow one another, and the next has its name before this one loses its own.
absl::StatusOr<bool> ManifestReader::IsNewest() const {
  if (!manifest_.has_value()) return false;
  absl::StatusOr<FileStat> next = place_.files->Stat(Path(generation_ + 1));
  if (next.ok()) return false;
  if (!absl::IsNotFound(next.status())) return next.status();
  absl::StatusOr<FileStat> here = place_.files->Stat(Path(generation_));
  if (absl::IsNotFound(here.status())) return false;
  if (!here.ok()) return here.status();
  return here->size >= manifest_->end().offset;
}

absl::Status ManifestReader::LoadOnce() {
  absl::StatusOr<bool> is_newest = IsNewest();
  if (!is_newest.ok()) return is_newest.status();
  absl::Status status = *is_newest ? ReadRest() : Open();
  if (status.ok()) return status;
  const std::string_view text(status.message().data(), status.message().size());
  return {status.code(), Concat(Path(generation_), ": ", text)};
}

absl::Status ManifestReader::Open() {
  Forget();
  absl::StatusOr<TableFile> newest = NewestManifest(*place_.files, place_.folder);
  if (!newest.ok()) return newest.status();
  generation_ = newest->generation;
  absl::StatusOr<std::unique_ptr<File>> file =
      place_.files->Open(Path(generation_), OpenMode::kRead);
  if (!file.ok()) return file.status();
  absl::StatusOr<FileStat> stat = (*file)->Stat();
  if (!stat.ok()) return stat.status();
  if (absl::Status status = CheckManifestSize(stat->size); !status.ok()) return status;
  bytes_.resize(stat->size);
  if (absl::Status status = (*file)->ReadAt(0, bytes_); !status.ok()) return status;
  absl::StatusOr<ManifestFile> manifest = ManifestFile::Read(
      bytes_, {.store = place_.store, .table = place_.table.value(), .generation = generation_});
  if (!manifest.ok()) return manifest.status();
  manifest_ = *std::move(manifest);
  file_ = *std::move(file);
  state_ = std::make_shared<const format::ManifestState>(manifest_->state());
  return absl::OkStatus();
}

absl::Status ManifestReader::ReadRest() {
  absl::StatusOr<FileStat> stat = file_->Stat();
  if (!stat.ok()) return stat.status();
  const uint64_t end = manifest_->end().offset;
  if (stat->size <= end) return absl::OkStatus();
  absl::Status status = CheckManifestSize(stat->size);
  if (!status.ok()) return status;
  bytes_.resize(stat->size);
  status = file_->ReadAt(end, std::span(bytes_).subspan(end));
  if (status.ok()) status = manifest_->ReadMore(bytes_);
  if (!status.ok()) return status;
  if (manifest_->state().number() == state_->number()) return status;
  state_ = std::make_shared<const format::ManifestState>(manifest_->state());
  return status;
}

}  // namespace tape::engine
