#include "engine/io/posix/posix_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "engine/io/posix/posix_error.h"
#include "engine/io/posix/posix_mapping.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

static_assert(sizeof(off_t) == 8);
constexpr uint64_t kOffsetMax = std::numeric_limits<off_t>::max();
constexpr uint64_t kMapAlignment = 4096;
constexpr uint64_t kZerosAtOnce = uint64_t{1} << 20;

int OpenFlags(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead:
      return O_RDONLY;
    case OpenMode::kReadWrite:
      return O_RDWR;
    case OpenMode::kCreateNew:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

bool IsBeyond(uint64_t offset, uint64_t size, uint64_t end) {
  return offset > end || size > end - offset;
}

struct flock FlockOf(LockRange range, short type) {  // NOLINT(google-runtime-int): flock's own type
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(range.first);
  lock.l_len = static_cast<off_t>(range.count);
  return lock;
}

// A new file is ours whatever the umask says; anything else that is not a file is refused here,
// before somebody reads a folder or waits for a pipe.
absl::Status CheckOpened(const Descriptor& descriptor, const std::string& path, OpenMode mode) {
  struct stat stat = {};
  if (::fstat(descriptor.number(), &stat) != 0) return PosixError(FileVerb::kOpen, path, errno);
  if (!S_ISREG(stat.st_mode)) {
    return absl::UnavailableError(Concat(path, ": cannot open: is not a regular file"));
  }
  if (mode != OpenMode::kCreateNew || ::fchmod(descriptor.number(), 0600) == 0) {
    return absl::OkStatus();
  }
  const int error = errno;
  ::unlink(path.c_str());
  return PosixError(FileVerb::kOpen, path, error);
}

}  // namespace

PosixFile::PosixFile(std::string path, Descriptor descriptor, bool writes)
    : path_(std::move(path)), descriptor_(std::move(descriptor)), writes_(writes) {}

absl::StatusOr<std::unique_ptr<File>> PosixFile::Open(const std::string& path, OpenMode mode) {
  absl::StatusOr<Descriptor> opened = OpenDescriptor(FileVerb::kOpen, path, OpenFlags(mode));
  if (!opened.ok()) return opened.status();
  if (absl::Status status = CheckOpened(*opened, path, mode); !status.ok()) return status;
  const bool writes = mode != OpenMode::kRead;
  return std::unique_ptr<File>(new PosixFile(path, *std::move(opened), writes));
}

absl::Status PosixFile::Error(FileVerb verb, int error) const {
  return PosixError(verb, path_, error);
}

absl::Status PosixFile::RefuseUnlessWritable(FileVerb verb) const {
  if (writes_) return absl::OkStatus();
  return absl::PermissionDeniedError(
      Concat(path_, ": cannot ", FileVerbName(verb), ": is open for reading only"));
}

absl::Status PosixFile::ReadAt(uint64_t offset, std::span<std::byte> out) {
  size_t done = 0;
  while (done < out.size()) {
    const uint64_t at = offset + done;
    const ssize_t got = IsBeyond(offset, out.size(), kOffsetMax) ? 0 : RetryInterrupted([&] {
      return ::pread(descriptor_.number(), out.data() + done, out.size() - done,
                     static_cast<off_t>(at));
    });
    if (got < 0) return Error(FileVerb::kRead, errno);
    if (got == 0) {
      return absl::OutOfRangeError(Concat(path_, ": cannot read ", out.size(), " bytes at ", offset,
                                          ": the file ends at or before ", at));
    }
    done += static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

absl::Status PosixFile::WriteAt(uint64_t offset, std::span<const std::byte> bytes) {
  if (absl::Status status = RefuseUnlessWritable(FileVerb::kWrite); !status.ok()) return status;
  if (IsBeyond(offset, bytes.size(), kOffsetMax)) return Error(FileVerb::kWrite, EFBIG);
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t put = RetryInterrupted([&] {
      return ::pwrite(descriptor_.number(), bytes.data() + done, bytes.size() - done,
                      static_cast<off_t>(offset + done));
    });
    if (put <= 0) return Error(FileVerb::kWrite, put < 0 ? errno : EIO);
    done += static_cast<size_t>(put);
  }
  return absl::OkStatus();
}

absl::Status PosixFile::Allocate(uint64_t size) {
  if (absl::Status status = RefuseUnlessWritable(FileVerb::kAllocate); !status.ok()) return status;
  if (size == 0) return absl::OkStatus();
  if (size > kOffsetMax) return Error(FileVerb::kAllocate, EFBIG);
  const int result = RetryInterrupted(
      [&] { return ::fallocate(descriptor_.number(), 0, 0, static_cast<off_t>(size)); });
  if (result == 0) return absl::OkStatus();
  if (errno != EOPNOTSUPP && errno != ENOSYS) return Error(FileVerb::kAllocate, errno);
  return ExtendWithZeros(*this, size);
}

absl::Status PosixFile::Truncate(uint64_t size) {
  if (absl::Status status = RefuseUnlessWritable(FileVerb::kTruncate); !status.ok()) return status;
  if (size > kOffsetMax) return Error(FileVerb::kTruncate, EFBIG);
  const int result =
      RetryInterrupted([&] { return ::ftruncate(descriptor_.number(), static_cast<off_t>(size)); });
  return result == 0 ? absl::OkStatus() : Error(FileVerb::kTruncate, errno);
}

// The size is part of what fdatasync writes; times are not, and nobody needs them.
absl::Status PosixFile::Sync() {
  const int result = RetryInterrupted([&] { return ::fdatasync(descriptor_.number()); });
  return result == 0 ? absl::OkStatus() : Error(FileVerb::kSync, errno);
}

absl::StatusOr<FileStat> PosixFile::Stat() { return StatDescriptor(descriptor_, path_); }

// What fallocate() has reserved and nobody has written counts as a hole, unless a page of it is in
// the page cache: so nothing may be read ahead, or each look would find the data longer.
absl::StatusOr<uint64_t> PosixFile::EndOfData() {
  absl::StatusOr<FileStat> stat = Stat();
  if (!stat.ok()) return stat.status();
  ::posix_fadvise(descriptor_.number(), 0, 0,
                  POSIX_FADV_RANDOM);  // advice: an error changes nothing
  off_t end = 0;
  while (true) {
    const off_t data = ::lseek(descriptor_.number(), end, SEEK_DATA);
    if (data < 0 && errno == ENXIO) return static_cast<uint64_t>(end);
    if (data < 0) return stat->size;
    end = ::lseek(descriptor_.number(), data, SEEK_HOLE);
    if (end < 0) return stat->size;
  }
}

absl::StatusOr<std::unique_ptr<Mapping>> PosixFile::Map(uint64_t offset, uint64_t size,
                                                        MapMode mode) {
  if (mode == MapMode::kReadWrite) {
    if (absl::Status status = RefuseUnlessWritable(FileVerb::kMap); !status.ok()) return status;
  }
  if (offset % kMapAlignment != 0) {
    return absl::InvalidArgumentError(
        Concat(path_, ": cannot map at ", offset, ": not a multiple of ", kMapAlignment));
  }
  absl::StatusOr<FileStat> stat = Stat();
  if (!stat.ok()) return stat.status();
  if (IsBeyond(offset, size, stat->size)) {
    return absl::OutOfRangeError(
        Concat(path_, ": cannot map ", size, " bytes at ", offset, ": the file has ", stat->size));
  }
  return PosixMapping::Make(descriptor_, path_, {.offset = offset, .size = size, .mode = mode});
}

absl::StatusOr<bool> PosixFile::TryLock(LockRange range, LockKind kind) {
  const bool exclusive = kind == LockKind::kExclusive;
  if (exclusive) {
    if (absl::Status status = RefuseUnlessWritable(FileVerb::kLock); !status.ok()) return status;
  }
  struct flock lock = FlockOf(range, exclusive ? F_WRLCK : F_RDLCK);
  if (RetryInterrupted([&] { return ::fcntl(descriptor_.number(), F_OFD_SETLK, &lock); }) == 0) {
    return true;
  }
  if (errno == EAGAIN || errno == EACCES) return false;
  return Error(FileVerb::kLock, errno);
}

absl::Status PosixFile::Unlock(LockRange range) {
  struct flock lock = FlockOf(range, F_UNLCK);
  const int result =
      RetryInterrupted([&] { return ::fcntl(descriptor_.number(), F_OFD_SETLK, &lock); });
  return result == 0 ? absl::OkStatus() : Error(FileVerb::kLock, errno);
}

absl::StatusOr<bool> PosixFile::IsLocked(LockRange range) {
  struct flock lock = FlockOf(range, F_WRLCK);  // what every lock of another excludes
  const int result =
      RetryInterrupted([&] { return ::fcntl(descriptor_.number(), F_OFD_GETLK, &lock); });
  if (result != 0) return Error(FileVerb::kLock, errno);
  return lock.l_type != F_UNLCK;
}

absl::Status ExtendWithZeros(File& file, uint64_t size) {
  absl::StatusOr<FileStat> stat = file.Stat();
  if (!stat.ok()) return stat.status();
  const std::vector<std::byte> zeros(std::min(kZerosAtOnce, size));
  for (uint64_t at = stat->size; at < size;) {
    const uint64_t count = std::min<uint64_t>(zeros.size(), size - at);
    absl::Status status = file.WriteAt(at, std::span(zeros).first(count));
    if (!status.ok()) return status;
    at += count;
  }
  return absl::OkStatus();
}

}  // namespace tape::engine
