#include "engine/io/faulty_file_system.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/memory_file_system.h"
#include "tests/engine/io/io_test_support.h"

namespace tape::engine {
namespace {

const absl::Status kEio = absl::UnavailableError("EIO");

TEST(FaultyFileSystem, CountsOnlyUntilAFaultIsInjected) {
  MemoryFileSystem memory;
  FaultyFileSystem files(memory);
  WriteText(files, "/a", "hello");
  EXPECT_EQ(ReadText(files, "/a"), "hello");
  EXPECT_EQ(files.calls(FileVerb::kOpen), 2);
  EXPECT_EQ(files.calls(FileVerb::kWrite), 1);
  EXPECT_EQ(files.calls(FileVerb::kSync), 0);
  EXPECT_EQ(files.calls(), 5);  // and a stat and a read
  EXPECT_EQ(files.matching_calls(), 5);
  EXPECT_TRUE(files.injected().empty());
  EXPECT_EQ(memory.operations(), 5);
}

TEST(FaultyFileSystem, FailsTheNthCallOnce) {
  MemoryFileSystem memory;
  FaultyFileSystem files(memory);
  auto file = OpenOrDie(files, "/a", OpenMode::kCreateNew);
  files.Inject({.verb = FileVerb::kWrite, .path_part = {}, .nth = 2, .error = kEio});
  EXPECT_OK(file->WriteAt(0, Bytes("1")));
  EXPECT_EQ(file->WriteAt(1, Bytes("2")), kEio);
  EXPECT_OK(file->WriteAt(1, Bytes("3")));
  EXPECT_EQ(ReadText(files, "/a"), "13");
  ASSERT_EQ(files.injected().size(), 1);
  EXPECT_EQ(files.injected()[0].verb, FileVerb::kWrite);
  EXPECT_EQ(files.injected()[0].path, "/a");
  EXPECT_EQ(files.injected()[0].nth, 2);
  EXPECT_EQ(files.matching_calls(), 3);
}

TEST(FaultyFileSystem, FailsForeverWhereAsked) {
  MemoryFileSystem memory;
  FaultyFileSystem files(memory);
  auto file = OpenOrDie(files, "/a", OpenMode::kCreateNew);
  files.Inject(
      {.verb = FileVerb::kSync, .path_part = {}, .nth = 2, .forever = true, .error = kEio});
  EXPECT_OK(file->Sync());
  EXPECT_EQ(file->Sync(), kEio);
  EXPECT_EQ(file->Sync(), kEio);
  EXPECT_OK(file->WriteAt(0, Bytes("x")));
  EXPECT_EQ(files.injected().size(), 2);
  files.Inject({});
  EXPECT_OK(file->Sync());
  EXPECT_TRUE(files.injected().empty());
}

TEST(FaultyFileSystem, FailsOnlyPathsThatMatch) {
  MemoryFileSystem memory;
  FaultyFileSystem files(memory);
  EXPECT_OK(files.MakeDirectory("/wal"));
  files.Inject({.verb = {}, .path_part = "wal/", .nth = 1, .forever = true, .error = kEio});
  WriteText(files, "/a", "hello");
  EXPECT_EQ(files.Open("/wal/1", OpenMode::kCreateNew).status(), kEio);
  EXPECT_EQ(files.Rename("/a", "/wal/a"), kEio);  // either path
  EXPECT_EQ(files.Link("/a", "/wal/a"), kEio);
  EXPECT_OK(files.Rename("/a", "/b"));
  EXPECT_EQ(files.injected().size(), 3);
}

TEST(FaultyFileSystem, AShortWriteLeavesHalfOfTheBytes) {
  MemoryFileSystem memory;
  FaultyFileSystem files(memory);
  auto file = OpenOrDie(files, "/a", OpenMode::kCreateNew);
  files.Inject({.verb = FileVerb::kWrite,
                .path_part = {},
                .nth = 1,
                .error = absl::ResourceExhaustedError("full"),
                .short_write = true});
  EXPECT_CODE(file->WriteAt(0, Bytes("12345678")), kResourceExhausted);
  EXPECT_EQ(ReadText(files, "/a"), "1234");
  EXPECT_EQ(files.injected().size(), 1);
}

// One call of every verb, on a disk that has what it needs.
struct Call {
  std::string name;
  FileVerb verb;
  std::function<absl::Status(FileSystem&, File&)> run;
};

std::vector<Call> AllCalls() {
  static std::byte byte{};
  const auto out = std::span(&byte, 1);
  using F = FileSystem&;
  return {
      {"open", FileVerb::kOpen, [](F f, File&) { return f.Open("/a", OpenMode::kRead).status(); }},
      {"read", FileVerb::kRead, [out](F, File& a) { return a.ReadAt(0, out); }},
      {"write", FileVerb::kWrite, [](F, File& a) { return a.WriteAt(0, Bytes("x")); }},
      {"allocate", FileVerb::kAllocate, [](F, File& a) { return a.Allocate(9); }},
      {"truncate", FileVerb::kTruncate, [](F, File& a) { return a.Truncate(9); }},
      {"map", FileVerb::kMap, [](F, File& a) { return a.Map(0, 1, MapMode::kRead).status(); }},
      {"sync", FileVerb::kSync, [](F, File& a) { return a.Sync(); }},
      {"sync directory", FileVerb::kSyncDirectory, [](F f, File&) { return f.SyncDirectory("/"); }},
      {"rename", FileVerb::kRename, [](F f, File&) { return f.Rename("/a", "/b"); }},
      {"link", FileVerb::kLink, [](F f, File&) { return f.Link("/a", "/c"); }},
      {"unlink", FileVerb::kUnlink, [](F f, File&) { return f.Unlink("/a"); }},
      {"list", FileVerb::kList, [](F f, File&) { return f.List("/").status(); }},
      {"stat", FileVerb::kStat, [](F f, File&) { return f.Stat("/a").status(); }},
      {"stat of a file", FileVerb::kStat, [](F, File& a) { return a.Stat().status(); }},
      {"end of data", FileVerb::kStat, [](F, File& a) { return a.EndOfData().status(); }},
      {"free bytes", FileVerb::kStat, [](F f, File&) { return f.FreeBytes("/").status(); }},
      {"make directory", FileVerb::kMakeDirectory,
       [](F f, File&) { return f.MakeDirectory("/d"); }},
      {"remove directory", FileVerb::kRemoveDirectory,
       [](F f, File&) { return f.RemoveDirectory("/folder"); }},
      {"lock", FileVerb::kLock,
       [](F, File& a) { return a.TryLock({}, LockKind::kShared).status(); }},
      {"unlock", FileVerb::kLock, [](F, File& a) { return a.Unlock({}); }},
      {"is locked", FileVerb::kLock, [](F, File& a) { return a.IsLocked({}).status(); }},
  };
}

TEST(FaultyFileSystem, EveryVerbFailsAndThenWorks) {
  std::vector<bool> seen(kFileVerbs);
  for (const Call& call : AllCalls()) {
    MemoryFileSystem memory;
    FaultyFileSystem files(memory);
    WriteText(files, "/a", "hello");
    EXPECT_OK(files.MakeDirectory("/folder"));
    auto file = OpenOrDie(files, "/a", OpenMode::kReadWrite);
    files.Inject({.verb = call.verb, .path_part = {}, .nth = 1, .error = kEio});
    const uint64_t before = memory.operations();
    EXPECT_EQ(call.run(files, *file), kEio) << call.name;
    EXPECT_EQ(memory.operations(), before) << call.name;
    EXPECT_EQ(files.injected().size(), 1) << call.name;
    EXPECT_OK(call.run(files, *file)) << call.name;
    seen[static_cast<size_t>(call.verb)] = true;
  }
  EXPECT_EQ(seen, std::vector<bool>(kFileVerbs, true));
}

TEST(FaultyFileSystem, PrefaultFailsAsAMapping) {
  MemoryFileSystem memory;
  FaultyFileSystem files(memory);
  WriteText(files, "/a", "hello");
  auto mapping = ValueOrDie(OpenOrDie(files, "/a", OpenMode::kRead)->Map(0, 5, MapMode::kRead));
  files.Inject({.verb = FileVerb::kMap, .path_part = {}, .nth = 1, .error = kEio});
  EXPECT_EQ(mapping->Prefault(), kEio);
  EXPECT_OK(mapping->Prefault());
  EXPECT_EQ(Text(mapping->bytes()), "hello");
}

// What a sweep over all calls of some code looks like.
TEST(FaultyFileSystem, ReplaceFileThatFailsAnywhereLeavesTheOldOrTheNew) {
  uint64_t injected = 0;
  for (uint64_t n = 1;; ++n) {
    MemoryFileSystem memory;
    WriteText(memory, "/LIVE", "old");
    FaultyFileSystem files(memory);
    files.Inject({.verb = {}, .path_part = {}, .nth = n, .error = kEio});
    const absl::Status status = ReplaceFile(files, "/LIVE", Bytes("new"));
    if (files.injected().empty()) break;
    injected += files.injected().size();
    EXPECT_EQ(status, kEio);
    const std::string text = ReadText(memory, "/LIVE");
    EXPECT_TRUE(text == "old" || text == "new") << text;
    EXPECT_FALSE(Exists(memory, "/.LIVE.new"));
  }
  EXPECT_EQ(injected, 5);  // open, write, sync, rename, sync directory
}

TEST(FaultyFileSystem, WhatIsMadeOfTheVerbsReportsEveryFault) {
  const std::vector<std::function<absl::Status(FileSystem&)>> calls = {
      [](FileSystem& files) { return ReadWholeFile(files, "/folder/a", 100).status(); },
      [](FileSystem& files) { return RemoveTree(files, "/folder"); },
  };
  uint64_t injected = 0;
  for (const auto& call : calls) {
    for (uint64_t n = 1;; ++n) {
      MemoryFileSystem memory;
      EXPECT_OK(memory.MakeDirectory("/folder"));
      WriteText(memory, "/folder/a", "hello");
      FaultyFileSystem files(memory);
      files.Inject({.verb = {}, .path_part = {}, .nth = n, .error = kEio});
      const absl::Status status = call(files);
      if (files.injected().empty()) break;
      ++injected;
      EXPECT_EQ(status, kEio);
    }
  }
  EXPECT_EQ(injected, 7);  // open, stat, read; stat, list, unlink, remove directory
}

}  // namespace
}  // namespace tape::engine
