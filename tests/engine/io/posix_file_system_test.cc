// What only the machine's own files have: links, umasks, other processes, disks that are full.
#include "engine/io/posix_file_system.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "engine/io/posix/posix_error.h"
#include "engine/io/posix/posix_file.h"
#include "tests/engine/io/io_test_support.h"
#include "tests/support/temp_folder.h"

namespace tape::engine {
namespace {

class PosixFiles : public testing::Test {
 protected:
  std::string Path(std::string_view name) const { return JoinPath(folder_.path(), name); }
  FileSystem& files() { return PosixFileSystem::Instance(); }

 private:
  support::TempFolder folder_;
};

// ---- who may what

class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  ~Umask() { ::umask(before_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

 private:
  mode_t before_;
};

TEST_F(PosixFiles, ModesDoNotDependOnTheUmask) {
  for (const mode_t mask : {mode_t{0}, mode_t{0777}, mode_t{0277}}) {
    const std::string name = std::to_string(mask);
    const Umask umask(mask);
    OpenOrDie(files(), Path(name + "f"), OpenMode::kCreateNew);
    EXPECT_OK(files().MakeDirectory(Path(name + "d")));
    EXPECT_EQ(files().Stat(Path(name + "f"))->mode, 0600);
    EXPECT_EQ(files().Stat(Path(name + "d"))->mode, 0700);
  }
  EXPECT_EQ(files().Stat(Path("0f"))->owner, ::geteuid());
}

TEST_F(PosixFiles, ASymbolicLinkIsNotFollowed) {
  WriteText(files(), Path("secret"), "hello");
  EXPECT_OK(files().MakeDirectory(Path("folder")));
  ASSERT_EQ(::symlink(Path("secret").c_str(), Path("link").c_str()), 0);
  ASSERT_EQ(::symlink(Path("folder").c_str(), Path("folder_link").c_str()), 0);
  EXPECT_CODE(files().Open(Path("link"), OpenMode::kRead), kUnavailable);
  EXPECT_CODE(files().Open(Path("link"), OpenMode::kReadWrite), kUnavailable);
  EXPECT_CODE(files().Open(Path("link"), OpenMode::kCreateNew), kAlreadyExists);
  EXPECT_CODE(files().List(Path("folder_link")), kUnavailable);
  EXPECT_CODE(files().SyncDirectory(Path("folder_link")), kUnavailable);
  EXPECT_TRUE(files().Stat(Path("link"))->is_symbolic_link);
  EXPECT_FALSE(files().Stat(Path("folder_link"))->is_directory);
  const std::vector<DirectoryEntry> entries = ValueOrDie(files().List(Path(".")));
  EXPECT_EQ(entries[1], (DirectoryEntry{"folder_link", false}));
}

TEST_F(PosixFiles, RemovingATreeLeavesWhatItsLinksLeadTo) {
  EXPECT_OK(files().MakeDirectory(Path("kept")));
  WriteText(files(), Path("kept/a"), "hello");
  EXPECT_OK(files().MakeDirectory(Path("tree")));
  ASSERT_EQ(::symlink(Path("kept").c_str(), Path("tree/link").c_str()), 0);
  EXPECT_OK(RemoveTree(files(), Path("tree")));
  EXPECT_FALSE(Exists(files(), Path("tree")));
  EXPECT_EQ(ReadText(files(), Path("kept/a")), "hello");
}

TEST_F(PosixFiles, APipeInThePlaceOfAFileIsRefusedAtOnce) {
  ASSERT_EQ(::mkfifo(Path("pipe").c_str(), 0600), 0);
  EXPECT_CODE(files().Open(Path("pipe"), OpenMode::kRead), kUnavailable);
}

TEST_F(PosixFiles, FilesAreClosedWhenAnotherProgramIsStarted) {
  auto file = OpenOrDie(files(), Path("a"), OpenMode::kCreateNew);
  const std::string own = "/proc/self/fd/";
  int found = 0;
  for (const DirectoryEntry& entry : ValueOrDie(files().List(own.substr(0, own.size() - 1)))) {
    const int number = std::stoi(entry.name);
    std::string target(4096, '\0');
    const ssize_t size = ::readlink((own + entry.name).c_str(), target.data(), target.size());
    if (size < 0 || target.substr(0, static_cast<size_t>(size)) != Path("a")) continue;
    ++found;
    EXPECT_NE(::fcntl(number, F_GETFD) & FD_CLOEXEC, 0);
  }
  EXPECT_EQ(found, 1);
}

// ---- errors

TEST(PosixError, BecomesTheCodeThatTheHeaderSays) {
  const auto code = [](int error) { return PosixError(FileVerb::kRead, "/a", error).code(); };
  EXPECT_EQ(code(ENOENT), absl::StatusCode::kNotFound);
  EXPECT_EQ(code(EEXIST), absl::StatusCode::kAlreadyExists);
  for (const int error : {ENOSPC, EDQUOT, EMFILE, ENFILE, EFBIG, ENOMEM}) {
    EXPECT_EQ(code(error), absl::StatusCode::kResourceExhausted) << error;
  }
  for (const int error : {EACCES, EPERM, EROFS}) {
    EXPECT_EQ(code(error), absl::StatusCode::kPermissionDenied) << error;
  }
  for (const int error : {EIO, ENOTDIR, EISDIR, ELOOP, ENOTEMPTY, EXDEV, EBADF}) {
    EXPECT_EQ(code(error), absl::StatusCode::kUnavailable) << error;
  }
  EXPECT_EQ(PosixError(FileVerb::kSync, "/a", EIO).message(),
            "/a: cannot sync: Input/output error");
}

TEST_F(PosixFiles, TooManyOpenFilesIsExhaustion) {
  WriteText(files(), Path("a"), "");
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none = {.rlim_cur = 3, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const absl::Status status = files().Open(Path("a"), OpenMode::kRead).status();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_CODE(status, kResourceExhausted);
}

TEST_F(PosixFiles, ExtendWithZerosKeepsWhatIsThere) {
  auto file = OpenOrDie(files(), Path("a"), OpenMode::kCreateNew);
  EXPECT_OK(file->WriteAt(0, Bytes("hello")));
  EXPECT_OK(ExtendWithZeros(*file, (2 << 20) + 7));
  EXPECT_EQ(ReadText(files(), Path("a")), "hello" + std::string((2 << 20) + 2, '\0'));
  EXPECT_OK(ExtendWithZeros(*file, 3));
  EXPECT_EQ(file->Stat()->size, (2 << 20) + 7);
}

TEST_F(PosixFiles, AllocateReservesBlocks) {
  auto file = OpenOrDie(files(), Path("a"), OpenMode::kCreateNew);
  EXPECT_OK(file->Allocate(1 << 20));
  struct stat stat = {};
  ASSERT_EQ(::stat(Path("a").c_str(), &stat), 0);
  EXPECT_GE(stat.st_blocks * 512, 1 << 20);
}

// A file system of its own that holds 64 KiB.
class SmallDisk {
 public:
  explicit SmallDisk(std::string path) : path_(std::move(path)) {
    ::mkdir(path_.c_str(), 0700);
    mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=64k") == 0;
  }
  ~SmallDisk() {
    if (mounted_ && ::umount(path_.c_str()) != 0) ADD_FAILURE() << "still mounted: " << path_;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }

 private:
  std::string path_;
  bool mounted_;
};

TEST_F(PosixFiles, AFullDiskIsExhaustion) {
  const SmallDisk disk(Path("disk"));
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount a tmpfs";
  auto file = OpenOrDie(files(), Path("disk/a"), OpenMode::kCreateNew);
  EXPECT_EQ(ValueOrDie(files().FreeBytes(Path("disk"))), 64 << 10);
  EXPECT_CODE(file->Allocate(65 << 10), kResourceExhausted);
  EXPECT_OK(file->Allocate(48 << 10));
  EXPECT_EQ(ValueOrDie(files().FreeBytes(Path("disk"))), 16 << 10);
  EXPECT_CODE(file->WriteAt(48 << 10, Bytes(std::string(17 << 10, 'x'))), kResourceExhausted);
  EXPECT_CODE(files().Rename(Path("disk/a"), Path("a")), kUnavailable);  // another device
}

TEST_F(PosixFiles, PrefaultOfAHoleOfAFullDiskIsAnErrorAndNoSignal) {
  const SmallDisk disk(Path("disk"));
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount a tmpfs";
  auto file = OpenOrDie(files(), Path("disk/a"), OpenMode::kCreateNew);
  EXPECT_OK(file->Truncate(128 << 10));
  auto mapping = ValueOrDie(file->Map(0, 128 << 10, MapMode::kReadWrite));
  EXPECT_CODE(mapping->Prefault(), kUnavailable);
}

// ---- other processes

// Runs `body` in a child that then waits to be killed.
template <typename Body>
pid_t StartChild(const Body& body) {
  int ready[2];
  EXPECT_EQ(::pipe(&ready[0]), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const char done = body() ? 'y' : 'n';
    if (::write(ready[1], &done, 1) == 1) ::pause();
    ::_exit(1);
  }
  char done = 0;
  EXPECT_EQ(::read(ready[0], &done, 1), 1);
  EXPECT_EQ(done, 'y');
  ::close(ready[0]);
  ::close(ready[1]);
  return child;
}

void Kill(pid_t child) {
  int status = 0;
  EXPECT_EQ(::kill(child, SIGKILL), 0);
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
}

TEST_F(PosixFiles, ALockGoesWithTheProcessThatHoldsIt) {
  auto file = OpenOrDie(files(), Path("LOCK"), OpenMode::kCreateNew);
  const pid_t child = StartChild([&] {
    auto own = files().Open(Path("LOCK"), OpenMode::kReadWrite);
    return own.ok() && *(*own.value()).TryLock({7, 1}, LockKind::kExclusive) &&
           own.value().release() != nullptr;  // stays open
  });
  EXPECT_EQ(ValueOrDie(file->TryLock({7, 1}, LockKind::kShared)), false);
  EXPECT_EQ(ValueOrDie(file->IsLocked({0, 100})), true);
  Kill(child);
  EXPECT_EQ(ValueOrDie(file->IsLocked({0, 100})), false);
  EXPECT_EQ(ValueOrDie(file->TryLock({7, 1}, LockKind::kExclusive)), true);
}

TEST_F(PosixFiles, WhatAKilledProcessStoredThroughAMappingIsThere) {
  auto file = OpenOrDie(files(), Path("a"), OpenMode::kCreateNew);
  EXPECT_OK(file->Allocate(4096));
  const pid_t child = StartChild([&] {
    auto mapping = file->Map(0, 4096, MapMode::kReadWrite);
    if (!mapping.ok() || !(*mapping)->Prefault().ok()) return false;
    std::memcpy((*mapping)->writable().data(), "hello", 5);
    return mapping->release() != nullptr;
  });
  Kill(child);
  EXPECT_EQ(Read(*file, 0, 5), "hello");
}

}  // namespace
}  // namespace tape::engine
