// A disk of its own: a tmpfs as large as it is told, mounted while the object lives.
//
//   SmallDisk disk(6 << 20);
//   if (!disk.mounted()) GTEST_SKIP() << disk.why_not();      // it needs root
//   disk.Fill(/*left=*/4096);
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "engine/io/posix_file_system.h"

namespace tape::support {

// A file system of its own, as large as it is told.
class SmallDisk {
 public:
  explicit SmallDisk(uint64_t bytes) : path_("/dev/shm/tape-full.XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) return;
    made_ = true;
    const std::string options = "size=" + std::to_string(bytes);
    mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, options.c_str()) == 0;
    if (!mounted_) why_not_ = std::strerror(errno);
  }
  ~SmallDisk() {
    if (mounted_ && ::umount2(path_.c_str(), MNT_DETACH) != 0) ADD_FAILURE() << path_;
    std::error_code ignored;  // nobody is left to tell
    if (made_) std::filesystem::remove(path_, ignored);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  const std::string& why_not() const { return why_not_; }
  const std::string& path() const { return path_; }

  uint64_t FreeBytes() const { return *engine::PosixFileSystem::Instance().FreeBytes(path_); }

  // From now on nobody can write to it; false where the system does not allow that.
  bool MakeReadOnly() {
    return ::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) == 0;
  }

  // Takes all that is free but `left` bytes.
  void Fill(uint64_t left) {
    const uint64_t free = FreeBytes();
    if (free <= left) return;
    auto file = engine::PosixFileSystem::Instance().Open(filler(), engine::OpenMode::kCreateNew);
    ASSERT_TRUE(file.ok()) << file.status();
    const absl::Status status = (*file)->Allocate(free - left);
    ASSERT_TRUE(status.ok()) << status;
  }
  void Empty() {
    engine::PosixFileSystem::Instance().Unlink(filler()).IgnoreError();
  }  // if it is there

 private:
  std::string filler() const { return path_ + "/filler"; }

  std::string path_;
  bool made_ = false;
  bool mounted_ = false;
  std::string why_not_;
};

}  // namespace tape::support
