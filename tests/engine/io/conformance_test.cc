// What every file system promises in file_system.h, of each of them.
#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/io/faulty_file_system.h"
#include "engine/io/file_system.h"
#include "engine/io/memory_file_system.h"
#include "engine/io/posix_file_system.h"
#include "tests/engine/io/io_test_support.h"
#include "tests/support/temp_folder.h"

namespace tape::engine {
namespace {

// A file system and a folder in it that is empty.
class World {
 public:
  virtual ~World() = default;
  virtual FileSystem& files() = 0;
  virtual std::string root() = 0;
};

class PosixWorld : public World {
 public:
  FileSystem& files() override { return PosixFileSystem::Instance(); }
  std::string root() override { return folder_.path(); }

 private:
  support::TempFolder folder_;
};

class MemoryWorld : public World {
 public:
  MemoryWorld() { EXPECT_OK(files_.MakeDirectory("/store")); }
  FileSystem& files() override { return files_; }
  std::string root() override { return "/store"; }

 private:
  MemoryFileSystem files_;
};

// Faults that never come change nothing.
class FaultyWorld : public World {
 public:
  FileSystem& files() override { return faulty_; }
  std::string root() override { return memory_.root(); }

 private:
  MemoryWorld memory_;
  FaultyFileSystem faulty_{memory_.files()};
};

struct WorldMaker {
  std::string name;
  std::function<std::unique_ptr<World>()> make;
};

class FileSystems : public testing::TestWithParam<WorldMaker> {
 protected:
  std::string Path(std::string_view name) { return JoinPath(Root(), name); }
  std::string Root() { return world_->root(); }
  FileSystem& files() { return world_->files(); }
  std::unique_ptr<File> Create(std::string_view name) {
    return OpenOrDie(files(), Path(name), OpenMode::kCreateNew);
  }
  std::unique_ptr<File> Reopen(std::string_view name, OpenMode mode = OpenMode::kReadWrite) {
    return OpenOrDie(files(), Path(name), mode);
  }

 private:
  std::unique_ptr<World> world_ = GetParam().make();
};

INSTANTIATE_TEST_SUITE_P(
    All, FileSystems,
    testing::Values(WorldMaker{"Posix", [] { return std::make_unique<PosixWorld>(); }},
                    WorldMaker{"Memory", [] { return std::make_unique<MemoryWorld>(); }},
                    WorldMaker{"Faulty", [] { return std::make_unique<FaultyWorld>(); }}),
    [](const auto& info) { return info.param.name; });

// ---- opening

TEST_P(FileSystems, OpenReadOfWhatIsMissingIsNotFound) {
  EXPECT_CODE(files().Open(Path("a"), OpenMode::kRead), kNotFound);
  EXPECT_CODE(files().Open(Path("a"), OpenMode::kReadWrite), kNotFound);
  EXPECT_CODE(files().Open(Path("no/a"), OpenMode::kCreateNew), kNotFound);
}

TEST_P(FileSystems, CreateNewRefusesATakenName) {
  Create("a");
  EXPECT_CODE(files().Open(Path("a"), OpenMode::kCreateNew), kAlreadyExists);
  EXPECT_OK(files().MakeDirectory(Path("folder")));
  EXPECT_CODE(files().Open(Path("folder"), OpenMode::kCreateNew), kAlreadyExists);
}

TEST_P(FileSystems, AFolderIsNotOpenedAsAFile) {
  EXPECT_OK(files().MakeDirectory(Path("folder")));
  EXPECT_CODE(files().Open(Path("folder"), OpenMode::kRead), kUnavailable);
  EXPECT_CODE(files().Open(Path("folder"), OpenMode::kReadWrite), kUnavailable);
}

TEST_P(FileSystems, ErrorsNameVerbAndPath) {
  const auto opened = files().Open(Path("a"), OpenMode::kRead);
  EXPECT_EQ(opened.status().message(), Path("a") + ": cannot open: No such file or directory");
  const auto listed = files().List(Path("b"));
  EXPECT_EQ(listed.status().message(), Path("b") + ": cannot list: No such file or directory");
}

TEST_P(FileSystems, AFileKnowsItsPath) { EXPECT_EQ(Create("a")->path(), Path("a")); }

// ---- bytes

TEST_P(FileSystems, WhatIsWrittenIsReadAlsoAfterReopening) {
  auto file = Create("a");
  EXPECT_OK(file->WriteAt(0, Bytes("hello")));
  EXPECT_OK(file->WriteAt(5, Bytes(" world")));
  EXPECT_OK(file->WriteAt(0, Bytes("J")));
  EXPECT_EQ(Read(*file, 0, 11), "Jello world");
  EXPECT_EQ(Read(*Reopen("a", OpenMode::kRead), 6, 5), "world");
}

TEST_P(FileSystems, AWriteBeyondTheEndLeavesZerosBefore) {
  auto file = Create("a");
  EXPECT_OK(file->WriteAt(10000, Bytes("x")));
  EXPECT_EQ(file->Stat()->size, 10001);
  EXPECT_EQ(Read(*file, 0, 10001), std::string(10000, '\0') + "x");
}

TEST_P(FileSystems, LongWritesCrossPages) {
  auto file = Create("a");
  std::string text(3 << 20, '\0');
  for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 2654435761U >> 13);
  EXPECT_OK(file->WriteAt(4000, Bytes(text)));
  EXPECT_EQ(Read(*file, 4000, text.size()), text);
  EXPECT_EQ(Read(*file, 8191, 4099), text.substr(8191 - 4000, 4099));
}

TEST_P(FileSystems, ReadingPastTheEndIsOutOfRange) {
  auto file = Create("a");
  EXPECT_OK(file->WriteAt(0, Bytes("hello")));
  std::vector<std::byte> out(6);
  EXPECT_CODE(file->ReadAt(0, out), kOutOfRange);
  EXPECT_CODE(file->ReadAt(5, std::span(out).first(1)), kOutOfRange);
  EXPECT_CODE(file->ReadAt(~uint64_t{0} - 2, out), kOutOfRange);
  EXPECT_OK(file->ReadAt(5, {}));
}

TEST_P(FileSystems, AWriteBeyondAllLimitsIsRefused) {
  auto file = Create("a");
  EXPECT_CODE(file->WriteAt(~uint64_t{0} - 2, Bytes("hello")), kResourceExhausted);
  EXPECT_CODE(file->Truncate(~uint64_t{0}), kResourceExhausted);
  EXPECT_CODE(file->Allocate(~uint64_t{0}), kResourceExhausted);
  EXPECT_EQ(file->Stat()->size, 0);
}

TEST_P(FileSystems, AReadOnlyFileRefusesToChange) {
  Create("a");
  auto file = Reopen("a", OpenMode::kRead);
  EXPECT_CODE(file->WriteAt(0, Bytes("x")), kPermissionDenied);
  EXPECT_CODE(file->Allocate(1), kPermissionDenied);
  EXPECT_CODE(file->Truncate(1), kPermissionDenied);
  EXPECT_CODE(file->Map(0, 0, MapMode::kReadWrite), kPermissionDenied);
  EXPECT_CODE(file->TryLock({}, LockKind::kExclusive), kPermissionDenied);
  EXPECT_EQ(ValueOrDie(file->TryLock({}, LockKind::kShared)), true);
}

TEST_P(FileSystems, AllocateGrowsWithZerosAndNeverShrinks) {
  auto file = Create("a");
  EXPECT_OK(file->WriteAt(0, Bytes("hello")));
  EXPECT_OK(file->Allocate(0));
  EXPECT_OK(file->Allocate(9000));
  EXPECT_EQ(Read(*file, 0, 9000), "hello" + std::string(8995, '\0'));
  EXPECT_OK(file->Allocate(100));
  EXPECT_EQ(file->Stat()->size, 9000);
}

TEST_P(FileSystems, BehindTheEndOfDataAreZerosOnly) {
  auto file = Create("a");
  EXPECT_EQ(ValueOrDie(file->EndOfData()), 0);
  EXPECT_OK(file->Allocate(1 << 20));
  EXPECT_OK(file->WriteAt(0, Bytes("hello")));
  EXPECT_OK(file->WriteAt(200'000, Bytes("world")));
  for (int i = 0; i < 2; ++i) {  // as it is cached, and as it is on the disk
    const uint64_t end = ValueOrDie(file->EndOfData());
    EXPECT_GE(end, 200'005);
    ASSERT_LE(end, 1 << 20);
    EXPECT_EQ(Read(*file, 200'000, 5), "world");
    EXPECT_EQ(Read(*file, end, (1 << 20) - end), std::string((1 << 20) - end, '\0'));
    EXPECT_OK(file->Sync());
  }
  EXPECT_OK(file->Truncate(100'000));
  EXPECT_LE(ValueOrDie(file->EndOfData()), 100'000);
}

TEST_P(FileSystems, WhatWasTruncatedComesBackAsZeros) {
  auto file = Create("a");
  EXPECT_OK(file->WriteAt(0, Bytes(std::string(9000, 'x'))));
  EXPECT_OK(file->Truncate(5000));
  EXPECT_EQ(file->Stat()->size, 5000);
  EXPECT_OK(file->Truncate(9000));
  EXPECT_EQ(Read(*file, 0, 9000), std::string(5000, 'x') + std::string(4000, '\0'));
}

TEST_P(FileSystems, SyncSucceeds) {
  auto file = Create("a");
  EXPECT_OK(file->WriteAt(0, Bytes("hello")));
  EXPECT_OK(file->Sync());
  EXPECT_OK(files().SyncDirectory(Root()));
  EXPECT_CODE(files().SyncDirectory(Path("no")), kNotFound);
  EXPECT_CODE(files().SyncDirectory(Path("a")), kUnavailable);
}

// ---- names

TEST_P(FileSystems, StatTellsWhatAFileIs) {
  auto file = Create("a");
  EXPECT_OK(file->WriteAt(0, Bytes("hello")));
  const FileStat stat = ValueOrDie(files().Stat(Path("a")));
  EXPECT_EQ(stat.size, 5);
  EXPECT_EQ(stat.links, 1);
  EXPECT_EQ(stat.mode, 0600);
  EXPECT_FALSE(stat.is_directory);
  EXPECT_FALSE(stat.is_symbolic_link);
  const FileStat same = ValueOrDie(file->Stat());
  EXPECT_EQ(same.inode, stat.inode);
  EXPECT_EQ(same.device, stat.device);
  EXPECT_EQ(same.size, 5);
  const FileStat folder = ValueOrDie(files().Stat(Root()));
  EXPECT_TRUE(folder.is_directory);
  EXPECT_EQ(folder.mode, 0700);
  EXPECT_NE(folder.inode, stat.inode);
  EXPECT_CODE(files().Stat(Path("b")), kNotFound);
}

TEST_P(FileSystems, ListIsSortedAndWhole) {
  for (const char* name : {"b", "a", "c", ".hidden", "B"}) Create(name);
  EXPECT_OK(files().MakeDirectory(Path("folder")));
  Create("folder/inside");
  const std::vector<DirectoryEntry> expected = {{".hidden"}, {"B"}, {"a"},
                                                {"b"},       {"c"}, {"folder", true}};
  EXPECT_EQ(ValueOrDie(files().List(Root())), expected);
  EXPECT_CODE(files().List(Path("no")), kNotFound);
  EXPECT_CODE(files().List(Path("a")), kUnavailable);
}

TEST_P(FileSystems, FoldersAreMadeAndRemoved) {
  EXPECT_OK(files().MakeDirectory(Path("folder")));
  EXPECT_EQ(files().Stat(Path("folder"))->mode, 0700);
  EXPECT_CODE(files().MakeDirectory(Path("folder")), kAlreadyExists);
  EXPECT_CODE(files().MakeDirectory(Path("no/folder")), kNotFound);
  Create("folder/a");
  EXPECT_CODE(files().RemoveDirectory(Path("folder")), kUnavailable);
  EXPECT_CODE(files().RemoveDirectory(Path("folder/a")), kUnavailable);
  EXPECT_CODE(files().Unlink(Path("folder")), kUnavailable);
  EXPECT_OK(files().Unlink(Path("folder/a")));
  EXPECT_OK(files().RemoveDirectory(Path("folder")));
  EXPECT_CODE(files().RemoveDirectory(Path("folder")), kNotFound);
  EXPECT_FALSE(Exists(files(), Path("folder")));
}

TEST_P(FileSystems, RenameReplacesItsTarget) {
  WriteText(files(), Path("a"), "new");
  WriteText(files(), Path("b"), "old");
  auto old = Reopen("b", OpenMode::kRead);
  EXPECT_OK(files().Rename(Path("a"), Path("b")));
  EXPECT_FALSE(Exists(files(), Path("a")));
  EXPECT_EQ(ReadText(files(), Path("b")), "new");
  EXPECT_EQ(Read(*old, 0, 3), "old");  // who has it open keeps it
  EXPECT_EQ(old->Stat()->links, 0);
}

TEST_P(FileSystems, RenameMovesFoldersWithWhatIsInThem) {
  EXPECT_OK(files().MakeDirectory(Path("from")));
  EXPECT_OK(files().MakeDirectory(Path("to")));
  WriteText(files(), Path("from/a"), "hello");
  EXPECT_OK(files().Rename(Path("from"), Path("to/folder")));
  EXPECT_EQ(ReadText(files(), Path("to/folder/a")), "hello");
  EXPECT_FALSE(Exists(files(), Path("from")));
}

TEST_P(FileSystems, RenameRefusesWhatCannotBe) {
  EXPECT_OK(files().MakeDirectory(Path("folder")));
  Create("folder/inside");
  Create("a");
  EXPECT_CODE(files().Rename(Path("no"), Path("b")), kNotFound);
  EXPECT_CODE(files().Rename(Path("a"), Path("no/b")), kNotFound);
  EXPECT_CODE(files().Rename(Path("a"), Path("folder")), kUnavailable);
  EXPECT_CODE(files().Rename(Path("folder"), Path("a")), kUnavailable);
  EXPECT_CODE(files().Rename(Path("folder"), Path("folder/below")), kUnavailable);
  EXPECT_OK(files().Rename(Path("a"), Path("a")));
  EXPECT_TRUE(Exists(files(), Path("a")));
}

TEST_P(FileSystems, TwoNamesOfOneFileAreOneFile) {
  WriteText(files(), Path("a"), "hello");
  EXPECT_OK(files().Link(Path("a"), Path("b")));
  EXPECT_EQ(files().Stat(Path("b"))->links, 2);
  EXPECT_OK(Reopen("b")->WriteAt(0, Bytes("J")));
  EXPECT_EQ(ReadText(files(), Path("a")), "Jello");
  EXPECT_CODE(files().Link(Path("a"), Path("b")), kAlreadyExists);
  EXPECT_CODE(files().Link(Path("no"), Path("c")), kNotFound);
  EXPECT_OK(files().Rename(Path("a"), Path("b")));  // nothing: both are that file
  EXPECT_TRUE(Exists(files(), Path("a")));
  EXPECT_OK(files().Unlink(Path("a")));
  EXPECT_EQ(ReadText(files(), Path("b")), "Jello");
  EXPECT_EQ(files().Stat(Path("b"))->links, 1);
}

TEST_P(FileSystems, AFolderHasOneName) {
  EXPECT_OK(files().MakeDirectory(Path("folder")));
  EXPECT_CODE(files().Link(Path("folder"), Path("b")), kPermissionDenied);
}

TEST_P(FileSystems, AnUnlinkedFileLivesUntilItIsClosed) {
  WriteText(files(), Path("a"), "hello");
  auto file = Reopen("a");
  EXPECT_OK(files().Unlink(Path("a")));
  EXPECT_CODE(files().Unlink(Path("a")), kNotFound);
  EXPECT_OK(file->WriteAt(5, Bytes("!")));
  EXPECT_EQ(Read(*file, 0, 6), "hello!");
  WriteText(files(), Path("a"), "another");
  EXPECT_EQ(Read(*file, 0, 6), "hello!");
}

TEST_P(FileSystems, FreeBytesTellsSomething) {
  EXPECT_GT(ValueOrDie(files().FreeBytes(Root())), 0);
  EXPECT_CODE(files().FreeBytes(Path("no")), kNotFound);
}

// ---- mappings

TEST_P(FileSystems, AMappingSeesWritesAndReadsSeeTheMapping) {
  auto file = Create("a");
  EXPECT_OK(file->Allocate(3 * 4096));
  auto reads = ValueOrDie(Reopen("a", OpenMode::kRead)->Map(4096, 5000, MapMode::kRead));
  auto writes = ValueOrDie(file->Map(0, 3 * 4096, MapMode::kReadWrite));
  EXPECT_EQ(reads->size(), 5000);
  EXPECT_TRUE(reads->writable().empty());
  EXPECT_EQ(writes->writable().data(), writes->data());
  EXPECT_OK(file->WriteAt(4096, Bytes("hello")));
  EXPECT_EQ(Text(reads->bytes().first(5)), "hello");
  std::memcpy(writes->writable().data() + 4101, " world", 6);
  EXPECT_EQ(Text(reads->bytes().first(11)), "hello world");
  EXPECT_EQ(Read(*file, 4096, 11), "hello world");
}

TEST_P(FileSystems, WhatWasStoredOutlivesTheMapping) {
  auto file = Create("a");
  EXPECT_OK(file->Allocate(8192));
  auto mapping = ValueOrDie(file->Map(0, 8192, MapMode::kReadWrite));
  file.reset();  // the mapping needs no file
  std::memcpy(mapping->writable().data() + 5000, "hello", 5);
  mapping.reset();
  EXPECT_EQ(ReadText(files(), Path("a")).substr(5000, 5), "hello");
  auto again = ValueOrDie(Reopen("a")->Map(4096, 4096, MapMode::kRead));
  EXPECT_EQ(Text(again->bytes().subspan(904, 5)), "hello");
}

TEST_P(FileSystems, SixtyFourBytesAfterAMappingAreReadable) {
  for (const uint64_t size : {uint64_t{0}, uint64_t{1}, uint64_t{4031}, uint64_t{4032},
                              uint64_t{4033}, uint64_t{4095}, uint64_t{4096}, uint64_t{8192}}) {
    auto file = Create(std::to_string(size));
    EXPECT_OK(file->WriteAt(0, Bytes(std::string(size, 'x'))));
    auto mapping = ValueOrDie(file->Map(0, size, MapMode::kRead));
    EXPECT_EQ(Text(mapping->bytes()), std::string(size, 'x'));
    EXPECT_EQ(Text({mapping->data() + size, 64}), std::string(64, '\0')) << size;
    EXPECT_OK(mapping->Prefault());
  }
}

TEST_P(FileSystems, PrefaultChangesNothing) {
  auto file = Create("a");
  EXPECT_OK(file->WriteAt(0, Bytes(std::string(20000, 'x'))));
  auto mapping = ValueOrDie(file->Map(4096, 12345, MapMode::kReadWrite));
  EXPECT_OK(mapping->Prefault());
  EXPECT_EQ(Text(mapping->bytes()), std::string(12345, 'x'));
}

TEST_P(FileSystems, MappingBeyondTheEndIsOutOfRange) {
  auto file = Create("a");
  EXPECT_OK(file->Allocate(5000));
  EXPECT_CODE(file->Map(0, 5001, MapMode::kRead), kOutOfRange);
  EXPECT_CODE(file->Map(4096, 905, MapMode::kRead), kOutOfRange);
  EXPECT_CODE(file->Map(8192, 0, MapMode::kRead), kOutOfRange);
  EXPECT_CODE(file->Map(4096, ~uint64_t{0}, MapMode::kRead), kOutOfRange);
  EXPECT_CODE(file->Map(64, 64, MapMode::kRead), kInvalidArgument);
  EXPECT_OK(file->Map(4096, 904, MapMode::kRead).status());
}

TEST_P(FileSystems, AMappedFileMayGrowAndBeMappedAgain) {
  auto file = Create("a");
  EXPECT_OK(file->Allocate(4096));
  auto first = ValueOrDie(file->Map(0, 4096, MapMode::kReadWrite));
  EXPECT_OK(file->Allocate(1 << 20));
  auto second = ValueOrDie(file->Map(0, 1 << 20, MapMode::kReadWrite));
  std::memcpy(second->writable().data(), "hello", 5);
  EXPECT_EQ(Text(first->bytes().first(5)), "hello");
}

TEST_P(FileSystems, TruncatingAMappedFileMakesZeros) {
  auto file = Create("a");
  EXPECT_OK(file->Allocate(8192));
  auto mapping = ValueOrDie(file->Map(0, 8192, MapMode::kReadWrite));
  std::fill(mapping->writable().begin(), mapping->writable().end(), std::byte{'x'});
  EXPECT_OK(file->Truncate(100));
  EXPECT_OK(file->Truncate(8192));
  EXPECT_EQ(Read(*file, 0, 8192), std::string(100, 'x') + std::string(8092, '\0'));
  EXPECT_EQ(Text(mapping->bytes()), Read(*file, 0, 8192));
}

// ---- locks

TEST_P(FileSystems, AnExclusiveLockExcludesEveryOtherFile) {
  auto mine = Create("a");
  auto other = Reopen("a");
  EXPECT_EQ(ValueOrDie(mine->TryLock({0, 1}, LockKind::kExclusive)), true);
  EXPECT_EQ(ValueOrDie(other->TryLock({0, 1}, LockKind::kExclusive)), false);
  EXPECT_EQ(ValueOrDie(other->TryLock({0, 1}, LockKind::kShared)), false);
  EXPECT_EQ(ValueOrDie(mine->TryLock({0, 1}, LockKind::kExclusive)), true);  // once more
  EXPECT_EQ(ValueOrDie(other->TryLock({1, 1}, LockKind::kExclusive)), true);
  EXPECT_OK(mine->Unlock({0, 1}));
  EXPECT_EQ(ValueOrDie(other->TryLock({0, 1}, LockKind::kShared)), true);
}

TEST_P(FileSystems, SharedLocksShare) {
  auto mine = Create("a");
  auto other = Reopen("a", OpenMode::kRead);
  EXPECT_EQ(ValueOrDie(mine->TryLock({100, 5}, LockKind::kShared)), true);
  EXPECT_EQ(ValueOrDie(other->TryLock({102, 1}, LockKind::kShared)), true);
  EXPECT_EQ(ValueOrDie(mine->TryLock({100, 5}, LockKind::kExclusive)), false);
  EXPECT_OK(other->Unlock({102, 1}));
  EXPECT_EQ(ValueOrDie(mine->TryLock({100, 5}, LockKind::kExclusive)), true);
}

TEST_P(FileSystems, IsLockedSeesLocksOfOthersOnly) {
  auto mine = Create("a");
  auto other = Reopen("a", OpenMode::kRead);
  EXPECT_EQ(ValueOrDie(other->TryLock({1 << 20, 10}, LockKind::kShared)), true);
  EXPECT_EQ(ValueOrDie(mine->IsLocked({0, uint64_t{1} << 40})), true);
  EXPECT_EQ(ValueOrDie(mine->IsLocked({(1 << 20) + 10, 10})), false);
  EXPECT_EQ(ValueOrDie(mine->IsLocked({(1 << 20) - 10, 10})), false);
  EXPECT_EQ(ValueOrDie(other->IsLocked({0, uint64_t{1} << 40})), false);
}

TEST_P(FileSystems, ClosingAFileDropsItsLocksAndNoOthers) {
  auto mine = Create("a");
  auto other = Reopen("a");
  EXPECT_EQ(ValueOrDie(mine->TryLock({0, 1}, LockKind::kExclusive)), true);
  EXPECT_EQ(ValueOrDie(other->TryLock({5, 1}, LockKind::kExclusive)), true);
  other.reset();
  EXPECT_EQ(ValueOrDie(mine->IsLocked({0, 100})), false);
  EXPECT_EQ(ValueOrDie(Reopen("a")->IsLocked({0, 100})), true);
}

TEST_P(FileSystems, UnlockingTheMiddleLeavesBothEnds) {
  auto mine = Create("a");
  auto other = Reopen("a");
  EXPECT_EQ(ValueOrDie(mine->TryLock({0, 100}, LockKind::kExclusive)), true);
  EXPECT_OK(mine->Unlock({40, 20}));
  EXPECT_EQ(ValueOrDie(other->IsLocked({40, 20})), false);
  EXPECT_EQ(ValueOrDie(other->IsLocked({39, 1})), true);
  EXPECT_EQ(ValueOrDie(other->IsLocked({60, 1})), true);
  // Taking a range again with another kind changes that part only.
  EXPECT_EQ(ValueOrDie(mine->TryLock({0, 10}, LockKind::kShared)), true);
  EXPECT_EQ(ValueOrDie(other->TryLock({0, 10}, LockKind::kShared)), true);
  EXPECT_EQ(ValueOrDie(other->TryLock({10, 1}, LockKind::kShared)), false);
}

// ---- what is made of the verbs

TEST_P(FileSystems, ReplaceFileReplacesAndLeavesNothingElse) {
  EXPECT_OK(ReplaceFile(files(), Path("LIVE"), Bytes("one")));
  EXPECT_EQ(ReadText(files(), Path("LIVE")), "one");
  WriteText(files(), Path(".LIVE.new"), "what an earlier crash left, and longer");
  EXPECT_OK(ReplaceFile(files(), Path("LIVE"), Bytes("two")));
  EXPECT_EQ(ReadText(files(), Path("LIVE")), "two");
  EXPECT_EQ(files().List(Root())->size(), 1);
  EXPECT_CODE(ReplaceFile(files(), Path("no/LIVE"), Bytes("x")), kNotFound);
}

TEST_P(FileSystems, ReplaceFileThatFailsLeavesTheOldFileAndNothingElse) {
  EXPECT_OK(files().MakeDirectory(Path("LIVE")));
  EXPECT_CODE(ReplaceFile(files(), Path("LIVE"), Bytes("x")), kUnavailable);
  EXPECT_EQ(files().List(Root())->size(), 1);
}

TEST_P(FileSystems, ReadWholeFileHasALimit) {
  WriteText(files(), Path("a"), "hello");
  EXPECT_EQ(Text(ValueOrDie(ReadWholeFile(files(), Path("a"), 5))), "hello");
  EXPECT_CODE(ReadWholeFile(files(), Path("a"), 4), kResourceExhausted);
  EXPECT_CODE(ReadWholeFile(files(), Path("b"), 4), kNotFound);
}

TEST_P(FileSystems, RemoveTreeRemovesEverythingBelow) {
  EXPECT_OK(files().MakeDirectory(Path("folder")));
  EXPECT_OK(files().MakeDirectory(Path("folder/deeper")));
  Create("folder/a");
  Create("folder/deeper/b");
  Create("beside");
  EXPECT_OK(RemoveTree(files(), Path("folder")));
  EXPECT_OK(RemoveTree(files(), Path("folder")));
  EXPECT_FALSE(Exists(files(), Path("folder")));
  EXPECT_OK(RemoveTree(files(), Path("beside")));
  EXPECT_EQ(files().List(Root())->size(), 0);
}

// ---- threads

TEST_P(FileSystems, ThreadsMayShareAFile) {
  auto file = Create("a");
  EXPECT_OK(file->Allocate(4 * 4096));
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string text(4096, static_cast<char>('a' + t));
      for (int i = 0; i < 50; ++i) {
        EXPECT_OK(file->WriteAt(t * 4096, Bytes(text)));
        EXPECT_EQ(Read(*file, t * 4096, 4096), text);
        EXPECT_OK(file->Sync());
        const std::string name = Path(std::to_string(t));
        WriteText(files(), name, text);
        EXPECT_OK(files().Unlink(name));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Read(*file, 3 * 4096, 1), "d");
}

TEST(Paths, JoinAndParentAreInverse) {
  EXPECT_EQ(JoinPath("/a", "b"), "/a/b");
  EXPECT_EQ(JoinPath("/", "b"), "/b");
  EXPECT_EQ(ParentPath("/a/b"), "/a");
  EXPECT_EQ(ParentPath("/a"), "/");
}

TEST(Verbs, AllHaveNames) {
  EXPECT_EQ(FileVerbName(FileVerb::kOpen), "open");
  EXPECT_EQ(FileVerbName(FileVerb::kSyncDirectory), "sync directory");
  EXPECT_EQ(FileVerbName(FileVerb::kMakeDirectory), "make directory");
  EXPECT_EQ(FileVerbName(FileVerb::kLock), "lock");
}

}  // namespace
}  // namespace tape::engine
