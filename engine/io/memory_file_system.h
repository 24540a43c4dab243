// A file system in memory that knows what a power loss would leave of it.
//
//   MemoryFileSystem files;
//   ...                                               // the code under test
//   files.PowerFailsAt(7);                            // its seventh call from now fails with
//   kAborted,
//   ...                                               // and all after it
//   std::unique_ptr<MemoryFileSystem> found = files.AfterPowerLoss(PowerLoss::Random(/*seed=*/3));
//
// Cheap: a file costs the pages that are not zero, a copy shares them, and preallocated space costs
// nothing. Mapped files get a region of their own, shared by all their mappings and by reads and
// writes; a file that is mapped once may grow to twice its size or 64 MiB before mapping it further
// fails with kUnavailable.
//
// Files and Mappings may outlive the file system. Locks are between Files of one file system.
// FileStat: device 1, and one more for each volatile folder; renames and links do not cross.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/io/file_system.h"
#include "engine/io/memory/memory_disk.h"
#include "engine/io/memory/power_loss.h"

namespace tape::engine {

class MemoryFileSystem : public FileSystem {
 public:
  MemoryFileSystem();
  ~MemoryFileSystem() override;

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  absl::StatusOr<FileStat> Stat(const std::string& path) override;
  absl::StatusOr<std::vector<DirectoryEntry>> List(const std::string& path) override;
  absl::Status MakeDirectory(const std::string& path) override;
  absl::Status RemoveDirectory(const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Link(const std::string& existing, const std::string& name) override;
  absl::Status Unlink(const std::string& path) override;
  absl::Status SyncDirectory(const std::string& path) override;
  absl::StatusOr<uint64_t> FreeBytes(const std::string& path) override;

  // The sizes of all files, each in whole pages, holes included. What needs more fails with
  // kResourceExhausted before anything has changed.
  void SetCapacity(uint64_t bytes);
  // A power loss takes everything below this folder, as it does below /dev/shm, but not the folder:
  // it and those above it are synced.
  absl::Status MarkVolatile(const std::string& folder);

  // How often a verb was called, by whomever, whether it failed or not. Prefault counts as kMap.
  uint64_t operations() const;
  void StartTrace();
  // What was called since.
  std::vector<MemoryOperation> trace() const;

  // The n-th call from now (1: the next one) and all later ones fail with kAborted and change
  // nothing; if it is a write, that write is one more that may reach the disk. What is stored
  // through mappings from then on reaches nothing.
  void PowerFailsAt(uint64_t n);
  bool power_failed() const;
  // The n-th Sync from now (1: the next one) of a file whose path contains `path_part` fails with
  // kUnavailable, as a disk that could not write does: the pages become clean, can be read and
  // synced by whoever comes after, and are lost with the power.
  void FailSync(const std::string& path_part, uint64_t nth);

  // How many writes, changes of size and changes of names a power loss may take back.
  uint64_t unsynced_events() const;

  // The disk as it may be found after a power loss now, or after the one that has happened.
  std::unique_ptr<MemoryFileSystem> AfterPowerLoss(const PowerLoss& how) const;
  // The disk as it is, but with nothing open, mapped or locked. What is not synced still is not.
  std::unique_ptr<MemoryFileSystem> AfterProcessDeath() const;

 private:
  struct Core;
  class OpenFile;
  class OpenMapping;

  explicit MemoryFileSystem(MemoryDisk disk);

  std::shared_ptr<Core> core_;
};

}  // namespace tape::engine
