// A file of the machine's.
//
//   absl::StatusOr<std::unique_ptr<File>> file = PosixFile::Open("/store/TAPE", OpenMode::kRead);
//
// Thread-safe as file_system.h says: it keeps no position and no buffer.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/file_system.h"
#include "engine/io/posix/descriptor.h"

namespace tape::engine {

class PosixFile : public File {
 public:
  static absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode);

  const std::string& path() const override { return path_; }
  absl::Status ReadAt(uint64_t offset, std::span<std::byte> out) override;
  absl::Status WriteAt(uint64_t offset, std::span<const std::byte> bytes) override;
  absl::Status Allocate(uint64_t size) override;
  absl::Status Truncate(uint64_t size) override;
  absl::Status Sync() override;
  absl::StatusOr<FileStat> Stat() override;
  absl::StatusOr<uint64_t> EndOfData() override;
  absl::StatusOr<std::unique_ptr<Mapping>> Map(uint64_t offset, uint64_t size,
                                               MapMode mode) override;
  absl::StatusOr<bool> TryLock(LockRange range, LockKind kind) override;
  absl::Status Unlock(LockRange range) override;
  absl::StatusOr<bool> IsLocked(LockRange range) override;

 private:
  PosixFile(std::string path, Descriptor descriptor, bool writes);
  absl::Status RefuseUnlessWritable(FileVerb verb) const;
  absl::Status Error(FileVerb verb, int error) const;

  std::string path_;
  Descriptor descriptor_;
  bool writes_;
};

// What Allocate does where the file system cannot reserve space: zeros from the end of the file on.
absl::Status ExtendWithZeros(File& file, uint64_t size);

}  // namespace tape::engine
