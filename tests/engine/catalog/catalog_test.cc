#include "engine/catalog/catalog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/io/faulty_file_system.h"
#include "engine/io/memory_file_system.h"

namespace tape::engine {
namespace {

constexpr format::StoreUuid kStore = {1, 2, 3};

std::vector<std::string> CatalogFiles(FileSystem& files) {
  std::vector<std::string> names;
  const auto entries = files.List("/store");
  EXPECT_TRUE(entries.ok()) << entries.status();
  for (const DirectoryEntry& entry : *entries) {
    if (entry.name.starts_with("catalog.")) names.push_back(entry.name);
  }
  std::ranges::sort(names);
  return names;
}

// One more namespace, and a checkpoint of all of them.
void SaveOneMore(Catalog& catalog, FileSystem& files, const std::string& name) {
  CatalogChange change = catalog.Begin(0);
  ASSERT_TRUE(change.CreateSchema(name).ok());
  const Lsn lsn = catalog.changed() + 1;
  for (const format::CatalogRecord& record : change.records()) {
    ASSERT_TRUE(catalog.Apply(lsn, record).ok());
  }
  const absl::Status saved = catalog.Save(files, "/store", lsn);
  ASSERT_TRUE(saved.ok()) << saved;
}

TEST(Catalog, CheckpointsThatACrashLeftGoWithTheNextOne) {
  MemoryFileSystem disk;
  FaultyFileSystem files(disk);
  ASSERT_TRUE(files.MakeDirectory("/store").ok());
  auto catalog = Catalog::Load(files, "/store", kStore);
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  files.Inject({.verb = FileVerb::kUnlink,
                .path_part = "/store/catalog.",
                .nth = 1,
                .forever = true,
                .error = absl::UnavailableError("EIO")});
  for (const char* name : {"a", "b", "c"}) SaveOneMore(*catalog, files, name);
  EXPECT_EQ(CatalogFiles(files),
            (std::vector<std::string>{"catalog.0001", "catalog.0002", "catalog.0003"}));
  files.Inject({});
  auto next = Catalog::Load(files, "/store", kStore);  // another process
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_NE(next->state().FindSchema("c"), nullptr);
  SaveOneMore(*next, files, "d");
  EXPECT_EQ(CatalogFiles(files), (std::vector<std::string>{"catalog.0004"}));
  auto last = Catalog::Load(files, "/store", kStore);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->state().schemas().size(), 4u);
}

TEST(Catalog, ACheckpointThatCannotBeWrittenLeavesTheOneBefore) {
  MemoryFileSystem disk;
  FaultyFileSystem files(disk);
  ASSERT_TRUE(files.MakeDirectory("/store").ok());
  auto catalog = Catalog::Load(files, "/store", kStore);
  ASSERT_TRUE(catalog.ok());
  SaveOneMore(*catalog, files, "a");
  files.Inject({.verb = FileVerb::kRename,
                .path_part = "catalog.",
                .nth = 1,
                .error = absl::UnavailableError("EIO")});
  EXPECT_FALSE(catalog->Save(files, "/store", catalog->changed()).ok());
  EXPECT_EQ(CatalogFiles(files), (std::vector<std::string>{"catalog.0001"}));
  SaveOneMore(*catalog, files, "b");
  EXPECT_EQ(CatalogFiles(files), (std::vector<std::string>{"catalog.0002"}));
}

}  // namespace
}  // namespace tape::engine
