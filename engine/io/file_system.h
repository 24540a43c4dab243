// Files, as the engine sees them: the one seam between tape and the disk.
//
//   absl::StatusOr<std::unique_ptr<File>> file = files.Open("/store/TAPE", OpenMode::kCreateNew);
//   absl::Status status = (*file)->WriteAt(0, header);
//   if (status.ok()) status = (*file)->Sync();
//   if (status.ok()) status = files.SyncDirectory("/store");
//
// Three implementations: POSIX (posix_file_system.h); memory, which knows what a power loss leaves
// (memory_file_system.h); and faults in front of either (faulty_file_system.h). Everything above
// runs on all three.
//
// What every implementation promises, and no more:
// - Bytes are durable after Sync of their file; a name (created, renamed, linked, unlinked) after
//   SyncDirectory of its folder. Until then a power loss keeps any part of what was done: writes
//   may be lost, torn at 512 bytes or reordered; a file may have grown without its bytes.
// - A rename replaces its target at once or not at all.
// - What a process wrote, mappings included, outlives the process.
//
// Paths are absolute and never end with a slash. The last part is not followed where it is a
// symbolic link. New files have mode 0600, new folders 0700, whatever the umask.
//
// Errors: kNotFound and kAlreadyExists where that is what happened, kResourceExhausted for a full
// disk or quota and for too many open files, kPermissionDenied (also for a read-only file system),
// kUnavailable for everything else the machine says (EIO); each names verb and path. Reading past
// the end of a file is kOutOfRange.
//
// FileSystem and File: thread-safe, but for two writes to the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tape::engine {

// Every way in which tape touches a disk, for counting and for making it fail.
enum class FileVerb : uint8_t {
  kOpen,
  kRead,
  kWrite,
  kAllocate,
  kTruncate,
  kMap,
  kSync,
  kSyncDirectory,
  kRename,
  kLink,
  kUnlink,
  kList,
  kStat,
  kMakeDirectory,
  kRemoveDirectory,
  kLock,
};
inline constexpr size_t kFileVerbs = 16;

// "open", "read", ...
std::string_view FileVerbName(FileVerb verb);

enum class OpenMode : uint8_t {
  kRead,       // kNotFound where it is missing
  kReadWrite,  // the same
  kCreateNew,  // read and write; kAlreadyExists where something has the name
};

// What a file is, for those who must not trust its name.
struct FileStat {
  uint64_t size = 0;
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t links = 0;
  uint32_t owner = 0;
  uint32_t mode = 0;  // permission bits only
  bool is_directory = false;
  bool is_symbolic_link = false;
};

enum class MapMode : uint8_t { kRead, kReadWrite };

// A piece of a file in memory, shared with every process that maps it. At least 64 bytes after it
// are readable. Unmaps when destroyed; outlives its File. Bytes beyond the end of the file are
// never mapped, and space that is written to must have been allocated: a store into a hole of a
// full disk is a signal, not an error.
class Mapping {
 public:
  virtual ~Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  const std::byte* data() const { return bytes_.data(); }
  size_t size() const { return bytes_.size(); }
  std::span<const std::byte> bytes() const { return bytes_; }
  // Empty where the mapping is for reading only.
  std::span<std::byte> writable() const { return writable_; }

  // Makes every page present, and writable where the mapping is, so that nobody faults later.
  virtual absl::Status Prefault() = 0;

 protected:
  Mapping() = default;
  std::span<const std::byte> bytes_;
  std::span<std::byte> writable_;
};

// Bytes of a file that are locked, whether they exist or not.
struct LockRange {
  uint64_t first = 0;
  uint64_t count = 1;
};

enum class LockKind : uint8_t { kShared, kExclusive };

class File {
 public:
  virtual ~File() = default;
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  virtual const std::string& path() const = 0;

  // All of `out`, or an error.
  virtual absl::Status ReadAt(uint64_t offset, std::span<std::byte> out) = 0;
  // All of `bytes`, or an error after which any part of them may be there. Grows the file.
  virtual absl::Status WriteAt(uint64_t offset, std::span<const std::byte> bytes) = 0;
  // Reserves space for bytes [0, size) and grows the file to at least `size` with zeros.
  virtual absl::Status Allocate(uint64_t size) = 0;
  virtual absl::Status Truncate(uint64_t size) = 0;
  // Bytes and size. After an error nothing is known about any byte written since the last success:
  // never sync again as if it were still there (W6).
  virtual absl::Status Sync() = 0;
  virtual absl::StatusOr<FileStat> Stat() = 0;
  // Behind it are zeros that nobody wrote, up to the size, and need not be read. The size itself
  // where the file system cannot tell.
  virtual absl::StatusOr<uint64_t> EndOfData() = 0;
  // `offset` is a multiple of 4,096; kOutOfRange where the file ends before offset + size.
  virtual absl::StatusOr<std::unique_ptr<Mapping>> Map(uint64_t offset, uint64_t size,
                                                       MapMode mode) = 0;

  // Open-file-description locks: between any two File objects, of one process or of two; dropped
  // with the File or the process. TryLock: false where another File holds a lock that excludes it.
  virtual absl::StatusOr<bool> TryLock(LockRange range, LockKind kind) = 0;
  virtual absl::Status Unlock(LockRange range) = 0;
  // Does any other File hold a lock of any kind on a byte of the range?
  virtual absl::StatusOr<bool> IsLocked(LockRange range) = 0;
};

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;

  friend bool operator==(const DirectoryEntry&, const DirectoryEntry&) = default;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;

  virtual absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) = 0;
  // Of the name itself, not of what a symbolic link leads to.
  virtual absl::StatusOr<FileStat> Stat(const std::string& path) = 0;
  // Ascending by name, without "." and "..".
  virtual absl::StatusOr<std::vector<DirectoryEntry>> List(const std::string& path) = 0;
  // kAlreadyExists where something has the name.
  virtual absl::Status MakeDirectory(const std::string& path) = 0;
  virtual absl::Status RemoveDirectory(const std::string& path) = 0;  // an empty one
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  virtual absl::Status Link(const std::string& existing, const std::string& name) = 0;
  virtual absl::Status Unlink(const std::string& path) = 0;
  virtual absl::Status SyncDirectory(const std::string& path) = 0;
  // Bytes that an ordinary user may still allocate where `path` lies.
  virtual absl::StatusOr<uint64_t> FreeBytes(const std::string& path) = 0;
};

// ---- what is made of the verbs

// "/a/b" of "/a" and "b".
std::string JoinPath(std::string_view folder, std::string_view name);
// "/a" of "/a/b"; "/" of "/a".
std::string_view ParentPath(std::string_view path);

// All bytes of a file; kResourceExhausted where it has more than `limit`.
absl::StatusOr<std::vector<std::byte>> ReadWholeFile(FileSystem& files, const std::string& path,
                                                     uint64_t limit);

// Puts a file of these bytes at `path` at once: written under a name with a dot, synced, renamed,
// and the folder synced. What was there before stays whole until then.
absl::Status ReplaceFile(FileSystem& files, const std::string& path,
                         std::span<const std::byte> bytes);

// Like Unlink and RemoveDirectory with everything below it; ok where nothing is there.
absl::Status RemoveTree(FileSystem& files, const std::string& path);

}  // namespace tape::engine
