#include "engine/io/posix/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/io/posix/posix_error.h"

namespace tape::engine {
namespace {

constexpr mode_t kPermissionBits = 0777;

FileStat FromPosix(const struct stat& from) {
  FileStat stat;
  stat.size = static_cast<uint64_t>(from.st_size);
  stat.device = from.st_dev;
  stat.inode = from.st_ino;
  stat.links = from.st_nlink;
  stat.owner = from.st_uid;
  stat.mode = from.st_mode & kPermissionBits;
  stat.is_directory = S_ISDIR(from.st_mode);
  stat.is_symbolic_link = S_ISLNK(from.st_mode);
  return stat;
}

}  // namespace

Descriptor::~Descriptor() {
  // Linux frees the number even where close reports an interruption: never again.
  if (number_ >= 0) ::close(number_);
}

absl::StatusOr<Descriptor> OpenDescriptor(FileVerb verb, const std::string& path, int flags) {
  const int always = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  const int number =
      RetryInterrupted([&] { return ::open(path.c_str(), flags | always, mode_t{0600}); });
  if (number < 0) return PosixError(verb, path, errno);
  return Descriptor(number);
}

absl::StatusOr<FileStat> StatDescriptor(const Descriptor& descriptor, const std::string& path) {
  struct stat stat = {};
  if (::fstat(descriptor.number(), &stat) != 0) return PosixError(FileVerb::kStat, path, errno);
  return FromPosix(stat);
}

absl::StatusOr<FileStat> StatName(const std::string& path) {
  struct stat stat = {};
  if (::lstat(path.c_str(), &stat) != 0) return PosixError(FileVerb::kStat, path, errno);
  return FromPosix(stat);
}

}  // namespace tape::engine
