#include "engine/io/file_system.h"

#include <array>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

std::string_view NameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// What a crash during an earlier ReplaceFile left under this name is nobody's.
absl::StatusOr<std::unique_ptr<File>> CreateAnew(FileSystem& files, const std::string& path) {
  absl::StatusOr<std::unique_ptr<File>> file = files.Open(path, OpenMode::kCreateNew);
  if (!absl::IsAlreadyExists(file.status())) return file;
  if (absl::Status status = files.Unlink(path); !status.ok()) return status;
  return files.Open(path, OpenMode::kCreateNew);
}

absl::Status WriteSynced(FileSystem& files, const std::string& path,
                         std::span<const std::byte> bytes) {
  absl::StatusOr<std::unique_ptr<File>> file = CreateAnew(files, path);
  if (!file.ok()) return file.status();
  if (absl::Status status = (*file)->WriteAt(0, bytes); !status.ok()) return status;
  return (*file)->Sync();
}

absl::Status OkIfMissing(absl::Status status) {
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

absl::Status RemoveFolder(FileSystem& files, const std::string& path) {
  absl::StatusOr<std::vector<DirectoryEntry>> entries = files.List(path);
  if (!entries.ok()) return entries.status();
  for (const DirectoryEntry& entry : *entries) {
    const std::string below = JoinPath(path, entry.name);
    absl::Status status =
        entry.is_directory ? RemoveFolder(files, below) : OkIfMissing(files.Unlink(below));
    if (!status.ok()) return status;
  }
  return OkIfMissing(files.RemoveDirectory(path));
}

}  // namespace

std::string_view FileVerbName(FileVerb verb) {
  static constexpr std::array<std::string_view, kFileVerbs> kNames = {
      "open",   "read", "write",          "allocate",       "truncate",
      "map",    "sync", "sync directory", "rename",         "link",
      "unlink", "list", "stat",           "make directory", "remove directory",
      "lock"};
  return kNames[static_cast<size_t>(verb)];
}

std::string JoinPath(std::string_view folder, std::string_view name) {
  if (folder.ends_with('/')) folder.remove_suffix(1);
  return Concat(folder, "/", name);
}

std::string_view ParentPath(std::string_view path) {
  const size_t slash = path.rfind('/');
  return path.substr(0, slash == 0 ? 1 : slash);
}

absl::StatusOr<std::vector<std::byte>> ReadWholeFile(FileSystem& files, const std::string& path,
                                                     uint64_t limit) {
  absl::StatusOr<std::unique_ptr<File>> file = files.Open(path, OpenMode::kRead);
  if (!file.ok()) return file.status();
  absl::StatusOr<FileStat> stat = (*file)->Stat();
  if (!stat.ok()) return stat.status();
  if (stat->size > limit) {
    return absl::ResourceExhaustedError(
        Concat(path, ": has ", stat->size, " bytes, more than the limit of ", limit));
  }
  std::vector<std::byte> bytes(stat->size);
  if (absl::Status status = (*file)->ReadAt(0, bytes); !status.ok()) return status;
  return bytes;
}

absl::Status ReplaceFile(FileSystem& files, const std::string& path,
                         std::span<const std::byte> bytes) {
  const std::string folder(ParentPath(path));
  const std::string part = JoinPath(folder, Concat(".", NameOf(path), ".new"));
  absl::Status status = WriteSynced(files, part, bytes);
  if (status.ok()) status = files.Rename(part, path);
  if (!status.ok()) {
    files.Unlink(part).IgnoreError();  // the error that counts is the first
    return status;
  }
  return files.SyncDirectory(folder);
}

absl::Status RemoveTree(FileSystem& files, const std::string& path) {
  absl::StatusOr<FileStat> stat = files.Stat(path);
  if (!stat.ok()) return OkIfMissing(stat.status());
  return stat->is_directory ? RemoveFolder(files, path) : OkIfMissing(files.Unlink(path));
}

}  // namespace tape::engine
