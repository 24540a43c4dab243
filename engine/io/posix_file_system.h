// The machine's own files.
//
//   FileSystem& files = PosixFileSystem::Instance();
//
// Linux: open-file-description locks, fallocate and MADV_POPULATE have no counterpart elsewhere.
// Needs no state, so one object serves everybody.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/io/file_system.h"

namespace tape::engine {

class PosixFileSystem : public FileSystem {
 public:
  static PosixFileSystem& Instance();

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
};

}  // namespace tape::engine
