#include "engine/files/mapped_files.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::FileHeader;

absl::Status At(const std::string& path, const absl::Status& status) {
  const std::string_view text(status.message().data(), status.message().size());
  return {status.code(), Concat(path, ": ", text)};
}

// The mutex is held, so that nobody else can take a file that only the list has.
bool IsUnused(const std::shared_ptr<const MappedFile>& file) { return file.use_count() == 1; }

}  // namespace

MappedFiles::MappedFiles(const TablePlace& place, const Schema& schema, uint64_t unused_bytes_max)
    : place_(place),
      paths_(*place.files, place.folder, schema),
      unused_bytes_max_(unused_bytes_max) {}

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFiles::Map(const TableFile& file,
                                                                   uint64_t end) const {
  absl::StatusOr<std::unique_ptr<File>> opened = paths_.Open(file, OpenMode::kRead);
  if (absl::IsNotFound(opened.status())) {
    return absl::NotFoundError(
        Concat(paths_.Path(file), ": is gone: the snapshot that names it has expired"));
  }
  if (!opened.ok()) return opened.status();
  const std::string& path = (*opened)->path();
  absl::StatusOr<FileStat> stat = (*opened)->Stat();
  if (!stat.ok()) return stat.status();
  if (stat->size < end) {
    return absl::DataLossError(
        Concat(path, ": has ", stat->size, " bytes, the manifest names them up to ", end));
  }
  absl::StatusOr<std::unique_ptr<Mapping>> mapping = (*opened)->Map(0, stat->size, MapMode::kRead);
  if (!mapping.ok()) return mapping.status();
  absl::StatusOr<FileHeader> header = FileHeader::Parse((*mapping)->bytes(), file.kind);
  if (!header.ok()) return At(path, header.status());
  absl::Status same =
      header->Matches({place_.store, place_.table.value(), file.column, file.generation, file.day});
  if (!same.ok()) return At(path, same);
  return std::make_shared<const MappedFile>(path, *header, *std::move(mapping));
}

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFiles::Get(const TableFile& file,
                                                                   uint64_t end) {
  {
    const MutexLock lock(&mutex_);
    const auto found = by_file_.find(file);
    if (found != by_file_.end() && found->second->file->bytes().size() >= end) {
      kept_.splice(kept_.begin(), kept_, found->second);
      return found->second->file;
    }
  }
  // Without the lock: two threads may map the same file, and one of them for nothing.
  absl::StatusOr<std::shared_ptr<const MappedFile>> mapped = Map(file, end);
  if (!mapped.ok()) return mapped;
  const MutexLock lock(&mutex_);
  Keep(file, *mapped);
  DropUnused();
  return mapped;
}

void MappedFiles::Keep(const TableFile& id, std::shared_ptr<const MappedFile> file) {
  if (const auto found = by_file_.find(id); found != by_file_.end()) kept_.erase(found->second);
  kept_.push_front({id, std::move(file)});
  by_file_[id] = kept_.begin();
}

uint64_t MappedFiles::UnusedBytes() const {
  uint64_t bytes = 0;
  for (const Kept& kept : kept_) bytes += IsUnused(kept.file) ? kept.file->bytes().size() : 0;
  return bytes;
}

void MappedFiles::DropUnused() {
  uint64_t unused = UnusedBytes();
  for (auto at = kept_.end(); at != kept_.begin() && unused > unused_bytes_max_;) {
    --at;
    if (!IsUnused(at->file)) continue;
    unused -= at->file->bytes().size();
    by_file_.erase(at->id);
    at = kept_.erase(at);
  }
}

uint64_t MappedFiles::mapped_bytes() const {
  const MutexLock lock(&mutex_);
  uint64_t bytes = 0;
  for (const Kept& kept : kept_) bytes += kept.file->bytes().size();
  return bytes;
}

uint64_t MappedFiles::unused_bytes() const {
  const MutexLock lock(&mutex_);
  return UnusedBytes();
}

}  // namespace tape::engine
