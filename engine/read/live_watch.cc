#include "engine/read/live_watch.h"

namespace tape::engine {

absl::StatusOr<LiveWatch> LiveWatch::Begin(FileSystem& files, std::string path) {
  LiveWatch watch(files, std::move(path));
  absl::StatusOr<std::unique_ptr<File>> file = files.Open(watch.path_, OpenMode::kRead);
  if (absl::IsNotFound(file.status())) return watch;
  if (!file.ok()) return file.status();
  absl::StatusOr<FileStat> stat = (*file)->Stat();
  if (!stat.ok()) return stat.status();
  watch.file_ = *std::move(file);
  watch.stat_ = *stat;
  return watch;
}

absl::StatusOr<bool> LiveWatch::Changed() const {
  absl::StatusOr<FileStat> now = files_->Stat(path_);
  if (absl::IsNotFound(now.status())) return file_ != nullptr;
  if (!now.ok()) return now.status();
  return file_ == nullptr || now->inode != stat_.inode || now->device != stat_.device;
}

}  // namespace tape::engine
