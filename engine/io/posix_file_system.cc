#include "engine/io/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "engine/io/posix/descriptor.h"
#include "engine/io/posix/posix_error.h"
#include "engine/io/posix/posix_file.h"

namespace tape::engine {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

absl::StatusOr<Folder> OpenFolder(const std::string& path) {
  absl::StatusOr<Descriptor> opened = OpenDescriptor(FileVerb::kList, path, O_RDONLY | O_DIRECTORY);
  if (!opened.ok()) return opened.status();
  Folder folder(::fdopendir(opened->number()));
  if (folder == nullptr) return PosixError(FileVerb::kList, path, errno);
  opened->Release();
  return folder;
}

// Some file systems leave the kind of an entry to stat.
bool IsDirectory(const Folder& folder, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat stat = {};
  const int result = ::fstatat(::dirfd(folder.get()), &entry.d_name[0], &stat, AT_SYMLINK_NOFOLLOW);
  return result == 0 && S_ISDIR(stat.st_mode);
}

absl::Status Result(int result, FileVerb verb, const std::string& path) {
  return result == 0 ? absl::OkStatus() : PosixError(verb, path, errno);
}

}  // namespace

PosixFileSystem& PosixFileSystem::Instance() {
  static PosixFileSystem files;
  return files;
}

absl::StatusOr<std::unique_ptr<File>> PosixFileSystem::Open(const std::string& path,
                                                            OpenMode mode) {
  return PosixFile::Open(path, mode);
}

absl::StatusOr<FileStat> PosixFileSystem::Stat(const std::string& path) { return StatName(path); }

absl::StatusOr<std::vector<DirectoryEntry>> PosixFileSystem::List(const std::string& path) {
  absl::StatusOr<Folder> folder = OpenFolder(path);
  if (!folder.ok()) return folder.status();
  std::vector<DirectoryEntry> entries;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(folder->get());
    if (entry == nullptr && errno != 0) return PosixError(FileVerb::kList, path, errno);
    if (entry == nullptr) break;
    const std::string name = &entry->d_name[0];
    if (name == "." || name == "..") continue;
    entries.push_back({name, IsDirectory(*folder, *entry)});
  }
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

// By name the second time, for the umask may keep its owner from opening it.
absl::Status PosixFileSystem::MakeDirectory(const std::string& path) {
  constexpr mode_t kMode = 0700;
  int result = ::mkdir(path.c_str(), kMode);
  if (result == 0) result = ::chmod(path.c_str(), kMode);
  return Result(result, FileVerb::kMakeDirectory, path);
}

absl::Status PosixFileSystem::RemoveDirectory(const std::string& path) {
  return Result(::rmdir(path.c_str()), FileVerb::kRemoveDirectory, path);
}

absl::Status PosixFileSystem::Rename(const std::string& from, const std::string& to) {
  return Result(::rename(from.c_str(), to.c_str()), FileVerb::kRename, from);
}

absl::Status PosixFileSystem::Link(const std::string& existing, const std::string& name) {
  return Result(::linkat(AT_FDCWD, existing.c_str(), AT_FDCWD, name.c_str(), 0), FileVerb::kLink,
                name);
}

absl::Status PosixFileSystem::Unlink(const std::string& path) {
  return Result(::unlink(path.c_str()), FileVerb::kUnlink, path);
}

absl::Status PosixFileSystem::SyncDirectory(const std::string& path) {
  absl::StatusOr<Descriptor> folder =
      OpenDescriptor(FileVerb::kSyncDirectory, path, O_RDONLY | O_DIRECTORY);
  if (!folder.ok()) return folder.status();
  const int result = RetryInterrupted([&] { return ::fsync(folder->number()); });
  return Result(result, FileVerb::kSyncDirectory, path);
}

absl::StatusOr<uint64_t> PosixFileSystem::FreeBytes(const std::string& path) {
  struct statvfs stat = {};
  const int result = RetryInterrupted([&] { return ::statvfs(path.c_str(), &stat); });
  if (result != 0) return PosixError(FileVerb::kStat, path, errno);
  return uint64_t{stat.f_bavail} * stat.f_frsize;
}

}  // namespace tape::engine
