#include "engine/files/table_paths.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "format/bytes/message.h"

namespace tape::engine {

using format::Concat;

TablePaths::TablePaths(FileSystem& files, std::string folder, const Schema& schema)
    : files_(&files), folder_(std::move(folder)), partition_(schema.partition()) {
  for (const Column& column : schema.columns()) columns_[column.id.value()] = column.name;
}

std::string TablePaths::FolderOf(const TableFile& file) const {
  return file.LiesInDay() ? JoinPath(folder_, DayFolder(partition_, Day(file.day))) : folder_;
}

std::string TablePaths::Path(const TableFile& file) const {
  const auto column = columns_.find(file.column);
  return JoinPath(FolderOf(file), FileName(file, column == columns_.end() ? "" : column->second));
}

absl::StatusOr<std::string> TablePaths::Find(const TableFile& file) const {
  std::string path = Path(file);
  absl::StatusOr<FileStat> stat = files_->Stat(path);
  if (stat.ok()) return path;
  if (!absl::IsNotFound(stat.status())) return stat.status();
  const std::string folder = FolderOf(file);
  absl::StatusOr<std::vector<DirectoryEntry>> entries = files_->List(folder);
  if (!entries.ok()) return entries.status();
  for (const DirectoryEntry& entry : *entries) {
    std::optional<TableFile> found = ParseFileName(entry.name);
    if (!found.has_value()) continue;
    found->day = file.day;
    if (*found == file) return JoinPath(folder, entry.name);
  }
  return absl::NotFoundError(Concat(path, ": is not there"));
}

absl::StatusOr<std::unique_ptr<File>> TablePaths::Open(const TableFile& file, OpenMode mode) const {
  absl::StatusOr<std::unique_ptr<File>> opened = files_->Open(Path(file), mode);
  if (!absl::IsNotFound(opened.status())) return opened;
  absl::StatusOr<std::string> path = Find(file);
  if (!path.ok()) return path.status();
  return files_->Open(*path, mode);
}

absl::StatusOr<TableFile> NewestManifest(FileSystem& files, const std::string& folder) {
  absl::StatusOr<std::vector<DirectoryEntry>> entries = files.List(folder);
  if (!entries.ok()) return entries.status();
  TableFile newest{.kind = format::FileKind::kManifest};
  for (const DirectoryEntry& entry : *entries) {
    const std::optional<TableFile> file = ParseFileName(entry.name);
    if (file.has_value() && file->kind == newest.kind) newest = std::max(newest, *file);
  }
  if (newest.generation != 0) return newest;
  return absl::NotFoundError(Concat(folder, ": has no manifest"));
}

absl::Status CheckManifestSize(uint64_t bytes) {
  constexpr uint64_t kMaxBytes = uint64_t{1} << 30;  // half a million slices of fifty columns
  if (bytes <= kMaxBytes) return absl::OkStatus();
  return absl::DataLossError(
      Concat("a manifest has at most ", kMaxBytes, " bytes, this one has ", bytes));
}

}  // namespace tape::engine
