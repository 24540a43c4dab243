// What a MemoryFileSystem does beyond being a file system: counts, fills up, loses its power.
#include "engine/io/memory_file_system.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/engine/io/io_test_support.h"

namespace tape::engine {
namespace {

constexpr uint64_t kSeeds = 200;

// Every path with its text; folders with "/".
using Tree = std::map<std::string, std::string>;

void AddTo(Tree& tree, FileSystem& files, const std::string& folder) {
  for (const DirectoryEntry& entry : ValueOrDie(files.List(folder))) {
    const std::string path = JoinPath(folder, entry.name);
    tree[path] = entry.is_directory ? "/" : ReadText(files, path);
    if (entry.is_directory) AddTo(tree, files, path);
  }
}

Tree TreeOf(FileSystem& files) {
  Tree tree;
  AddTo(tree, files, "/");
  return tree;
}

Tree TreeAfter(const MemoryFileSystem& files, const PowerLoss& how) {
  return TreeOf(*files.AfterPowerLoss(how));
}

PowerLoss RandomWithGarbage(uint64_t seed) {
  PowerLoss how = PowerLoss::Random(seed);
  how.garbage = true;
  return how;
}

// All trees that some seeds find.
std::set<Tree> TreesAfterRandomLoss(const MemoryFileSystem& files) {
  std::set<Tree> trees;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    trees.insert(TreeAfter(files, PowerLoss::Random(seed)));
  }
  return trees;
}

// The texts of one file that some seeds find.
std::set<std::string> TextsAfterRandomLoss(const MemoryFileSystem& files, const std::string& path,
                                           bool garbage = false) {
  std::set<std::string> texts;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    PowerLoss how = PowerLoss::Random(seed);
    how.garbage = garbage;
    texts.insert(ReadText(*files.AfterPowerLoss(how), path));
  }
  return texts;
}

// A file that will be there, with this text.
std::unique_ptr<File> CreateSynced(FileSystem& files, const std::string& path,
                                   std::string_view text) {
  auto file = OpenOrDie(files, path, OpenMode::kCreateNew);
  EXPECT_OK(file->WriteAt(0, Bytes(text)));
  EXPECT_OK(file->Sync());
  EXPECT_OK(files.SyncDirectory(std::string(ParentPath(path))));
  return file;
}

bool AllAre(std::string_view text, char c) {
  return text.find_first_not_of(c) == std::string_view::npos;
}

// ---- counting

TEST(MemoryFileSystem, CountsEveryCallAndTracesThem) {
  MemoryFileSystem files;
  EXPECT_CODE(files.Open("/a", OpenMode::kRead), kNotFound);
  EXPECT_EQ(files.operations(), 1);  // those that fail, too
  files.StartTrace();
  auto file = OpenOrDie(files, "/a", OpenMode::kCreateNew);
  EXPECT_OK(file->Allocate(10));
  EXPECT_OK(ValueOrDie(file->Map(0, 10, MapMode::kRead))->Prefault());
  EXPECT_OK(files.Rename("/a", "/b"));
  file.reset();
  const std::vector<MemoryOperation> expected = {{FileVerb::kOpen, "/a"},
                                                 {FileVerb::kAllocate, "/a"},
                                                 {FileVerb::kMap, "/a"},
                                                 {FileVerb::kMap, "/a"},
                                                 {FileVerb::kRename, "/a"}};
  EXPECT_EQ(files.trace(), expected);
  EXPECT_EQ(files.operations(), 6);
}

// ---- space

TEST(MemoryFileSystem, AFullDiskRefusesBeforeAnythingChanges) {
  MemoryFileSystem files;
  files.SetCapacity(4 * 4096);
  auto file = OpenOrDie(files, "/a", OpenMode::kCreateNew);
  EXPECT_OK(file->WriteAt(0, Bytes(std::string(3 * 4096, 'x'))));
  EXPECT_EQ(ValueOrDie(files.FreeBytes("/")), 4096);
  auto other = OpenOrDie(files, "/b", OpenMode::kCreateNew);
  EXPECT_CODE(other->WriteAt(0, Bytes(std::string(4097, 'x'))), kResourceExhausted);
  EXPECT_CODE(other->Allocate(4097), kResourceExhausted);
  EXPECT_CODE(file->Truncate(5 * 4096), kResourceExhausted);
  EXPECT_EQ(ReadText(files, "/b"), "");
  EXPECT_OK(other->Allocate(4096));
  EXPECT_OK(other->WriteAt(0, Bytes("what has space has it")));
  EXPECT_CODE(other->WriteAt(4095, Bytes("xy")), kResourceExhausted);
}

TEST(MemoryFileSystem, SpaceIsFreeWhenTheLastNameAndTheLastFileAreGone) {
  MemoryFileSystem files;
  files.SetCapacity(2 * 4096);
  auto file = OpenOrDie(files, "/a", OpenMode::kCreateNew);
  EXPECT_OK(file->Allocate(8192));
  EXPECT_OK(files.Unlink("/a"));
  EXPECT_EQ(ValueOrDie(files.FreeBytes("/")), 0);
  file.reset();
  EXPECT_EQ(ValueOrDie(files.FreeBytes("/")), 8192);
  WriteText(files, "/b", "new");
  WriteText(files, "/c", "old");
  EXPECT_OK(files.Rename("/b", "/c"));
  EXPECT_EQ(ValueOrDie(files.FreeBytes("/")), 4096);
  EXPECT_OK(OpenOrDie(files, "/c", OpenMode::kReadWrite)->Truncate(0));
  EXPECT_EQ(ValueOrDie(files.FreeBytes("/")), 8192);
}

TEST(MemoryFileSystem, CopiesKnowWhatIsUsed) {
  MemoryFileSystem files;
  files.SetCapacity(4 * 4096);
  CreateSynced(files, "/a", std::string(5000, 'x'));
  EXPECT_EQ(ValueOrDie(files.AfterProcessDeath()->FreeBytes("/")), 8192);
  EXPECT_EQ(ValueOrDie(files.AfterPowerLoss(PowerLoss::LoseAll())->FreeBytes("/")), 8192);
}

TEST(MemoryFileSystem, PreallocatedSpaceCostsNothingHoweverOftenItIsCopied) {
  MemoryFileSystem files;
  for (int i = 0; i < 100; ++i) {
    auto file = CreateSynced(files, JoinPath("/", std::to_string(i)), "x");
    EXPECT_OK(file->Allocate(64 << 20));
  }
  std::vector<std::unique_ptr<MemoryFileSystem>> copies;  // 1 TiB, if it were not so
  for (uint64_t i = 0; i < 100; ++i) {
    copies.push_back(files.AfterPowerLoss(PowerLoss::Random(i)));
    copies.push_back(files.AfterProcessDeath());
  }
  EXPECT_EQ(copies.back()->Stat("/7")->size, 64 << 20);
}

// ---- what is synced survives, what is not may not

TEST(PowerLoss, LosesWhatIsNotSynced) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", "synced");
  EXPECT_OK(file->WriteAt(0, Bytes("SYN")));
  EXPECT_OK(file->WriteAt(6, Bytes(" and more")));
  WriteText(files, "/b", "no name yet");
  EXPECT_EQ(TreeAfter(files, PowerLoss::LoseAll()), (Tree{{"/a", "synced"}}));
  EXPECT_EQ(TreeAfter(files, PowerLoss::KeepAll()), TreeOf(files));
}

TEST(PowerLoss, KeepsWhatIsSyncedWhateverTheSeed) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", std::string(10000, 's'));
  EXPECT_OK(file->WriteAt(5000, Bytes(std::string(100, 'u'))));
  EXPECT_OK(file->WriteAt(9000, Bytes(std::string(9000, 'u'))));
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const std::string text = TreeAfter(files, RandomWithGarbage(seed)).at("/a");
    ASSERT_GE(text.size(), 10000);
    EXPECT_EQ(text.substr(0, 5000), std::string(5000, 's'));
    EXPECT_EQ(text.substr(5100, 3900), std::string(3900, 's'));
  }
}

TEST(PowerLoss, SyncOfAFileDoesNotSyncItsName) {
  MemoryFileSystem files;
  WriteText(files, "/a", "hello");
  EXPECT_OK(OpenOrDie(files, "/a", OpenMode::kReadWrite)->Sync());
  EXPECT_EQ(TreeAfter(files, PowerLoss::LoseAll()), Tree{});
  const std::set<Tree> expected = {{}, {{"/a", "hello"}}};
  EXPECT_EQ(TreesAfterRandomLoss(files), expected);
}

TEST(PowerLoss, SyncOfAFolderDoesNotSyncBytesNorItsOwnName) {
  MemoryFileSystem files;
  EXPECT_OK(files.MakeDirectory("/folder"));
  WriteText(files, "/folder/a", "hello");
  EXPECT_OK(files.SyncDirectory("/folder"));
  EXPECT_EQ(TreeAfter(files, PowerLoss::LoseAll()), Tree{});
  EXPECT_OK(files.SyncDirectory("/"));
  EXPECT_EQ(TreeAfter(files, PowerLoss::LoseAll()), (Tree{{"/folder", "/"}, {"/folder/a", ""}}));
}

TEST(PowerLoss, ALostFolderTakesWhatIsInIt) {
  MemoryFileSystem files;
  EXPECT_OK(files.MakeDirectory("/folder"));
  CreateSynced(files, "/folder/a", "hello");
  const std::set<Tree> expected = {{}, {{"/folder", "/"}, {"/folder/a", "hello"}}};
  EXPECT_EQ(TreesAfterRandomLoss(files), expected);
}

TEST(PowerLoss, AnUnsyncedUnlinkMayComeBack) {
  MemoryFileSystem files;
  CreateSynced(files, "/a", "hello");
  EXPECT_OK(files.Unlink("/a"));
  const std::set<Tree> expected = {{}, {{"/a", "hello"}}};
  EXPECT_EQ(TreesAfterRandomLoss(files), expected);
  EXPECT_OK(files.SyncDirectory("/"));
  EXPECT_EQ(TreesAfterRandomLoss(files), std::set<Tree>{Tree{}});
}

TEST(PowerLoss, ChangesOfNamesAreLostIndependently) {
  MemoryFileSystem files;
  for (const char* path : {"/a", "/b"}) WriteText(files, path, "");
  const std::set<Tree> expected = {{}, {{"/a", ""}}, {{"/b", ""}}, {{"/a", ""}, {"/b", ""}}};
  EXPECT_EQ(TreesAfterRandomLoss(files), expected);
}

TEST(PowerLoss, ARenameHappensWhollyOrNotAtAll) {
  MemoryFileSystem files;
  CreateSynced(files, "/new", "new");
  CreateSynced(files, "/file", "old");
  EXPECT_OK(files.Rename("/new", "/file"));
  const std::set<Tree> expected = {{{"/file", "new"}}, {{"/file", "old"}, {"/new", "new"}}};
  EXPECT_EQ(TreesAfterRandomLoss(files), expected);
  EXPECT_OK(files.SyncDirectory("/"));
  EXPECT_EQ(TreesAfterRandomLoss(files), (std::set<Tree>{{{"/file", "new"}}}));
}

TEST(PowerLoss, ARenameBetweenFoldersIsWholeToo) {
  MemoryFileSystem files;
  EXPECT_OK(files.MakeDirectory("/1"));
  EXPECT_OK(files.MakeDirectory("/2"));
  EXPECT_OK(files.SyncDirectory("/"));
  CreateSynced(files, "/1/a", "a");
  EXPECT_OK(files.Rename("/1/a", "/2/b"));
  const Tree before = {{"/1", "/"}, {"/1/a", "a"}, {"/2", "/"}};
  const Tree after = {{"/1", "/"}, {"/2", "/"}, {"/2/b", "a"}};
  EXPECT_EQ(TreesAfterRandomLoss(files), (std::set<Tree>{before, after}));
  EXPECT_OK(files.SyncDirectory("/1"));
  EXPECT_EQ(TreesAfterRandomLoss(files), (std::set<Tree>{after}));
}

TEST(PowerLoss, ARenameOfALostFileIsLost) {
  MemoryFileSystem files;
  CreateSynced(files, "/file", "old");
  WriteText(files, "/new", "");
  EXPECT_OK(files.Rename("/new", "/file"));
  const std::set<Tree> expected = {
      {{"/file", "old"}}, {{"/file", "old"}, {"/new", ""}}, {{"/file", ""}}};
  EXPECT_EQ(TreesAfterRandomLoss(files), expected);
}

TEST(PowerLoss, ASecondNameIsLostAloneAndIsTheSameFile) {
  MemoryFileSystem files;
  CreateSynced(files, "/a", "hello");
  EXPECT_OK(files.Link("/a", "/b"));
  const auto kept = files.AfterPowerLoss(PowerLoss::KeepAll());
  EXPECT_EQ(kept->Stat("/a")->inode, kept->Stat("/b")->inode);
  EXPECT_EQ(kept->Stat("/a")->links, 2);
  const auto lost = files.AfterPowerLoss(PowerLoss::LoseAll());
  EXPECT_EQ(lost->Stat("/a")->links, 1);
  EXPECT_FALSE(Exists(*lost, "/b"));
}

// ---- how writes are lost

TEST(PowerLoss, AWriteIsKeptLostOrTornAtSectorsOrPages) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", std::string(16384, 'o'));
  EXPECT_OK(file->WriteAt(100, Bytes(std::string(16000, 'n'))));
  bool kept = false, lost = false, torn_in_page = false, torn_at_pages = false;
  for (const std::string& text : TextsAfterRandomLoss(files, "/a")) {
    ASSERT_EQ(text.size(), 16384);
    EXPECT_TRUE(AllAre(text.substr(0, 100), 'o') && AllAre(text.substr(16100), 'o'));
    bool whole_pages = true;
    for (size_t at = 0; at < 16384; at += 512) {
      const size_t begin = std::max<size_t>(at, 100);
      const std::string sector = text.substr(begin, std::min<size_t>(at + 512, 16100) - begin);
      EXPECT_TRUE(AllAre(sector, sector[0])) << at;
      whole_pages = whole_pages && sector[0] == text[std::max<size_t>(at / 4096 * 4096, 100)];
    }
    const bool has_old = text.substr(100, 16000).find('o') != std::string::npos;
    const bool has_new = text.find('n') != std::string::npos;
    kept = kept || !has_old;
    lost = lost || !has_new;
    torn_in_page = torn_in_page || !whole_pages;
    torn_at_pages = torn_at_pages || (whole_pages && has_old && has_new);
  }
  EXPECT_TRUE(kept && lost && torn_in_page && torn_at_pages);
}

TEST(PowerLoss, ALaterWriteMayBeKeptWithoutAnEarlierOne) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", "....");
  EXPECT_OK(file->WriteAt(0, Bytes("12")));
  EXPECT_OK(file->WriteAt(2, Bytes("34")));
  const std::set<std::string> expected = {"....", "12..", "..34", "1234"};
  EXPECT_EQ(TextsAfterRandomLoss(files, "/a"), expected);
}

TEST(PowerLoss, AFileMayGrowWithoutItsBytes) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", "");
  EXPECT_OK(file->WriteAt(0, Bytes(std::string(100, 'x'))));
  const std::set<std::string> expected = {"", std::string(100, '\0'), std::string(100, 'x')};
  EXPECT_EQ(TextsAfterRandomLoss(files, "/a"), expected);
}

TEST(PowerLoss, GarbageIsFoundOnlyWhereNothingWasWritten) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", std::string(100, 's'));
  EXPECT_OK(file->Allocate(8192));
  bool zeros = false, garbage = false;
  for (const std::string& text : TextsAfterRandomLoss(files, "/a", /*garbage=*/true)) {
    EXPECT_EQ(text.substr(0, 100), std::string(100, 's'));
    if (text.size() == 100) continue;
    ASSERT_EQ(text.size(), 8192);
    (AllAre(text.substr(100), '\0') ? zeros : garbage) = true;
  }
  EXPECT_TRUE(zeros && garbage);
  EXPECT_OK(file->Sync());
  EXPECT_EQ(TextsAfterRandomLoss(files, "/a", true),
            std::set<std::string>{std::string(100, 's') + std::string(8092, '\0')});
}

TEST(PowerLoss, ATruncationMayBeLost) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", "hello");
  EXPECT_OK(file->Truncate(2));
  EXPECT_EQ(TextsAfterRandomLoss(files, "/a"), (std::set<std::string>{"hello", "he"}));
}

TEST(PowerLoss, APrefixKeepsTheFirstEventsOfAllFilesAndFolders) {
  MemoryFileSystem files;
  auto a = CreateSynced(files, "/a", "");
  EXPECT_EQ(files.unsynced_events(), 0);
  EXPECT_OK(a->WriteAt(0, Bytes("1")));
  WriteText(files, "/b", "2");  // two events
  EXPECT_OK(a->WriteAt(1, Bytes("3")));
  EXPECT_EQ(files.unsynced_events(), 4);
  const std::vector<Tree> expected = {{{"/a", ""}},
                                      {{"/a", "1"}},
                                      {{"/a", "1"}, {"/b", ""}},
                                      {{"/a", "1"}, {"/b", "2"}},
                                      {{"/a", "13"}, {"/b", "2"}},
                                      {{"/a", "13"}, {"/b", "2"}}};
  for (uint64_t n = 0; n < expected.size(); ++n) {
    EXPECT_EQ(TreeAfter(files, PowerLoss::KeepPrefix(n)), expected[n]) << n;
  }
}

TEST(PowerLoss, TheSameSeedFindsTheSameDisk) {
  const auto history = [] {
    auto files = std::make_unique<MemoryFileSystem>();
    auto file = CreateSynced(*files, "/a", std::string(9000, 'o'));
    EXPECT_OK(file->WriteAt(1000, Bytes(std::string(20000, 'n'))));
    for (const char* path : {"/b", "/c", "/d"}) WriteText(*files, path, path);
    return files;
  };
  const auto first = history(), second = history();
  for (uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(TreeAfter(*first, RandomWithGarbage(seed)),
              TreeAfter(*second, RandomWithGarbage(seed)));
  }
  EXPECT_GT(TreesAfterRandomLoss(*first).size(), kSeeds / 4);
}

TEST(PowerLoss, WhatIsFoundIsSynced) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", "old");
  EXPECT_OK(file->WriteAt(0, Bytes("newer")));
  WriteText(files, "/b", "hello");
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const auto found = files.AfterPowerLoss(PowerLoss::Random(seed));
    EXPECT_EQ(found->unsynced_events(), 0);
    EXPECT_EQ(TreeAfter(*found, PowerLoss::LoseAll()), TreeOf(*found));
  }
}

// ---- the moment at which the power fails

TEST(PowerFailure, StopsEveryCallFromTheNthOn) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", "hello");
  files.PowerFailsAt(2);
  EXPECT_OK(file->WriteAt(0, Bytes("J")));
  EXPECT_FALSE(files.power_failed());
  EXPECT_CODE(file->Sync(), kAborted);
  EXPECT_TRUE(files.power_failed());
  EXPECT_CODE(file->WriteAt(0, Bytes("x")), kAborted);
  EXPECT_CODE(file->Truncate(0), kAborted);
  EXPECT_CODE(file->Stat(), kAborted);
  EXPECT_CODE(files.Open("/a", OpenMode::kRead), kAborted);
  EXPECT_CODE(files.Unlink("/a"), kAborted);
  EXPECT_CODE(files.List("/"), kAborted);
  EXPECT_EQ(files.Unlink("/a").message(), "/a: cannot unlink: the power failed");
  EXPECT_EQ(TreeAfter(files, PowerLoss::LoseAll()), (Tree{{"/a", "hello"}}));
  EXPECT_EQ(TreeAfter(files, PowerLoss::KeepAll()), (Tree{{"/a", "Jello"}}));
}

TEST(PowerFailure, MayTearTheWriteThatItInterrupts) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", std::string(8192, 'o'));
  files.PowerFailsAt(1);
  EXPECT_CODE(file->WriteAt(0, Bytes(std::string(8192, 'n'))), kAborted);
  EXPECT_CODE(file->WriteAt(0, Bytes(std::string(8192, 'x'))), kAborted);
  const std::set<std::string> texts = TextsAfterRandomLoss(files, "/a");
  EXPECT_TRUE(texts.contains(std::string(8192, 'o')));
  EXPECT_TRUE(texts.contains(std::string(8192, 'n')));
  EXPECT_GT(texts.size(), 4);
  for (const std::string& text : texts) EXPECT_EQ(text.find('x'), std::string::npos);
  EXPECT_EQ(TreeAfter(files, PowerLoss::KeepAll()).at("/a"), std::string(8192, 'n'));
}

// Runs `act` until the power fails at each of its calls, and gives what may be found then.
template <typename Act>
std::set<std::string> TextsOfAllCrashes(const Act& act) {
  std::set<std::string> texts;
  for (uint64_t n = 1;; ++n) {
    MemoryFileSystem files;
    CreateSynced(files, "/LIVE", "old");
    files.PowerFailsAt(n);
    act(files);
    for (uint64_t seed = 0; seed < 50; ++seed) {
      texts.insert(ReadText(*files.AfterPowerLoss(PowerLoss::Random(seed)), "/LIVE"));
    }
    if (!files.power_failed()) return texts;
  }
}

TEST(PowerFailure, DuringReplaceFileLeavesTheOldOrTheNew) {
  const auto act = [](FileSystem& files) {
    ReplaceFile(files, "/LIVE", Bytes("new")).IgnoreError();
  };
  EXPECT_EQ(TextsOfAllCrashes(act), (std::set<std::string>{"old", "new"}));
}

TEST(PowerFailure, FindsThatReplacingWithoutSyncIsWrong) {
  const auto act = [](FileSystem& files) {
    auto file = files.Open("/.LIVE", OpenMode::kCreateNew);
    if (!file.ok() || !(*file)->WriteAt(0, Bytes("new")).ok()) return;
    if (files.Rename("/.LIVE", "/LIVE").ok()) files.SyncDirectory("/").IgnoreError();
  };
  const std::set<std::string> texts = TextsOfAllCrashes(act);
  EXPECT_TRUE(texts.contains("") && texts.contains(std::string(3, '\0')));
}

// ---- mappings

TEST(PowerLoss, PagesStoredThroughAMappingAreOldOrNewOneByOne) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", std::string(3 * 4096, 'o'));
  auto mapping = ValueOrDie(file->Map(0, 3 * 4096, MapMode::kReadWrite));
  std::fill(mapping->writable().begin(), mapping->writable().end(), std::byte{'n'});
  const std::set<std::string> texts = TextsAfterRandomLoss(files, "/a");
  EXPECT_EQ(texts.size(), 8);
  for (const std::string& text : texts) {
    for (size_t at = 0; at < text.size(); at += 4096) {
      EXPECT_TRUE(AllAre(text.substr(at, 4096), text[at]));
    }
  }
  EXPECT_EQ(TreeAfter(files, PowerLoss::LoseAll()).at("/a"), std::string(3 * 4096, 'o'));
  EXPECT_EQ(TreeAfter(files, PowerLoss::KeepAll()).at("/a"), std::string(3 * 4096, 'n'));
  mapping.reset();  // closed or not, it may still be in the page cache
  EXPECT_EQ(TextsAfterRandomLoss(files, "/a").size(), 8);
  EXPECT_GT(TextsAfterRandomLoss(files, "/a", /*garbage=*/true).size(), 27);
  EXPECT_OK(file->Sync());
  EXPECT_EQ(TextsAfterRandomLoss(files, "/a", /*garbage=*/true),
            std::set<std::string>{std::string(3 * 4096, 'n')});
}

TEST(PowerLoss, WhatIsStoredAfterASyncIsNotSynced) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", std::string(4096, 'o'));
  auto mapping = ValueOrDie(file->Map(0, 4096, MapMode::kReadWrite));
  mapping->writable()[0] = std::byte{'1'};
  EXPECT_OK(file->Sync());
  mapping->writable()[1] = std::byte{'2'};
  const auto found = files.AfterPowerLoss(PowerLoss::LoseAll());
  EXPECT_EQ(ReadText(*found, "/a").substr(0, 3), "1oo");
}

TEST(PowerFailure, WhatIsStoredAfterItReachesNothing) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", std::string(4096, 'o'));
  auto mapping = ValueOrDie(file->Map(0, 4096, MapMode::kReadWrite));
  mapping->writable()[0] = std::byte{'1'};
  files.PowerFailsAt(1);
  EXPECT_CODE(file->Stat(), kAborted);
  mapping->writable()[1] = std::byte{'2'};
  mapping.reset();
  EXPECT_EQ(TreeAfter(files, PowerLoss::KeepAll()).at("/a").substr(0, 3), "1oo");
}

// ---- volatile folders

TEST(PowerLoss, EmptiesVolatileFolders) {
  MemoryFileSystem files;
  EXPECT_OK(files.MakeDirectory("/dev"));
  EXPECT_OK(files.MakeDirectory("/dev/shm"));
  EXPECT_OK(files.MarkVolatile("/dev/shm"));
  EXPECT_OK(files.MakeDirectory("/dev/shm/tape"));
  CreateSynced(files, "/dev/shm/tape/chunk", "hello");
  EXPECT_EQ(files.unsynced_events(), 0);
  EXPECT_EQ(TreeOf(*files.AfterProcessDeath()).at("/dev/shm/tape/chunk"), "hello");
  const Tree expected = {{"/dev", "/"}, {"/dev/shm", "/"}};
  for (const PowerLoss& how : {PowerLoss::KeepAll(), PowerLoss::LoseAll(), PowerLoss::Random(1)}) {
    const auto found = files.AfterPowerLoss(how);
    EXPECT_EQ(TreeOf(*found), expected);
    WriteText(*found, "/dev/shm/again", "");
    EXPECT_EQ(TreeAfter(*found, how), expected);  // it still is volatile
  }
}

TEST(MemoryFileSystem, AVolatileFolderIsAnotherDevice) {
  MemoryFileSystem files;
  EXPECT_OK(files.MakeDirectory("/shm"));
  EXPECT_OK(files.MarkVolatile("/shm"));
  WriteText(files, "/shm/a", "");
  EXPECT_NE(files.Stat("/shm/a")->device, files.Stat("/")->device);
  EXPECT_CODE(files.Rename("/shm/a", "/a"), kUnavailable);
  EXPECT_CODE(files.Link("/shm/a", "/a"), kUnavailable);
  EXPECT_CODE(files.MarkVolatile("/no"), kNotFound);
}

// ---- the death of a process

TEST(ProcessDeath, KeepsEveryByteAndNameAndDropsLocks) {
  MemoryFileSystem files;
  auto file = OpenOrDie(files, "/a", OpenMode::kCreateNew);
  EXPECT_OK(file->Allocate(8192));
  auto mapping = ValueOrDie(file->Map(0, 8192, MapMode::kReadWrite));
  std::memcpy(mapping->writable().data() + 4096, "stored", 6);
  EXPECT_OK(file->WriteAt(0, Bytes("written")));
  EXPECT_EQ(ValueOrDie(file->TryLock({}, LockKind::kExclusive)), true);
  const auto found = files.AfterProcessDeath();
  EXPECT_EQ(TreeOf(*found), TreeOf(files));
  auto again = OpenOrDie(*found, "/a", OpenMode::kReadWrite);
  EXPECT_EQ(Read(*again, 4096, 6), "stored");
  EXPECT_EQ(ValueOrDie(again->TryLock({}, LockKind::kExclusive)), true);
}

TEST(ProcessDeath, SyncsNothing) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", "synced");
  EXPECT_OK(file->WriteAt(0, Bytes("lost")));
  WriteText(files, "/b", "");
  const auto found = files.AfterProcessDeath();
  EXPECT_EQ(found->unsynced_events(), files.unsynced_events());
  EXPECT_EQ(TreeAfter(*found, PowerLoss::LoseAll()), (Tree{{"/a", "synced"}}));
  for (uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(TreeAfter(*found, PowerLoss::Random(seed)),
              TreeAfter(files, PowerLoss::Random(seed)));
  }
}

TEST(ProcessDeath, CopiesGoTheirOwnWays) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", std::string(10000, 'o'));
  const auto dead = files.AfterProcessDeath();
  const auto lost = files.AfterPowerLoss(PowerLoss::LoseAll());
  EXPECT_OK(file->WriteAt(0, Bytes("1")));
  EXPECT_OK(OpenOrDie(*dead, "/a", OpenMode::kReadWrite)->WriteAt(1, Bytes("2")));
  EXPECT_OK(OpenOrDie(*lost, "/a", OpenMode::kReadWrite)->WriteAt(2, Bytes("3")));
  EXPECT_OK(lost->Unlink("/a"));
  EXPECT_EQ(ReadText(files, "/a").substr(0, 4), "1ooo");
  EXPECT_EQ(ReadText(*dead, "/a").substr(0, 4), "o2oo");
  EXPECT_EQ(TreeAfter(*dead, PowerLoss::LoseAll()).at("/a"), std::string(10000, 'o'));
}

TEST(MemoryFileSystem, FilesAndMappingsOutliveIt) {
  auto files = std::make_unique<MemoryFileSystem>();
  auto file = CreateSynced(*files, "/a", "hello");
  auto mapping = ValueOrDie(file->Map(0, 5, MapMode::kRead));
  files.reset();
  EXPECT_EQ(Read(*file, 0, 5), "hello");
  file.reset();
  EXPECT_EQ(Text(mapping->bytes()), "hello");
}

TEST(MemoryFileSystem, IsCopiedWhileThreadsStoreAndWrite) {
  MemoryFileSystem files;
  auto file = CreateSynced(files, "/a", std::string(8192, '0'));
  auto mapping = ValueOrDie(file->Map(0, 8192, MapMode::kReadWrite));
  std::thread stores([&] {
    for (int i = 0; i < 2000; ++i) mapping->writable()[i % 4096] = std::byte{'1'};
  });
  std::thread writes([&] {
    for (int i = 0; i < 200; ++i) EXPECT_OK(file->WriteAt(4096 + i, Bytes("2")));
  });
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const std::string text = TreeAfter(files, PowerLoss::Random(seed)).at("/a");
    EXPECT_EQ(text.find_first_not_of("012"), std::string::npos);
  }
  stores.join();
  writes.join();
}

}  // namespace
}  // namespace tape::engine
