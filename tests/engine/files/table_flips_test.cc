// Every byte of every file of a small table is changed: a reader refuses it, verification finds it,
// or nothing that anybody reads has changed. Never other rows, never a crash.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/io/memory_file_system.h"
#include "tests/engine/files/small_table.h"

namespace tape::engine {
namespace {

std::vector<std::string> FilesBelow(FileSystem& files, const std::string& folder) {
  std::vector<std::string> paths;
  const auto entries = files.List(folder);
  for (const DirectoryEntry& entry : entries.value_or(std::vector<DirectoryEntry>())) {
    const std::string path = JoinPath(folder, entry.name);
    if (!entry.is_directory) {
      paths.push_back(path);
      continue;
    }
    for (std::string& below : FilesBelow(files, path)) paths.push_back(std::move(below));
  }
  return paths;
}

class TableFlips : public testing::Test {
 protected:
  TableFlips() : table_(files_) {
    EXPECT_TRUE(table_.Create().ok());
    EXPECT_TRUE(table_.RunAll().ok());
    EXPECT_TRUE(table_.table().RemoveLeftovers().ok());
  }

  // Whether the change was found; the content must be right where it was not.
  void Flip(const std::string& path, uint64_t offset, std::byte mask) {
    SCOPED_TRACE(testing::Message() << path << ", byte " << offset);
    const std::unique_ptr<File> file = *files_.Open(path, OpenMode::kReadWrite);
    std::byte byte{};
    ASSERT_TRUE(file->ReadAt(offset, {&byte, 1}).ok());
    byte ^= mask;
    ASSERT_TRUE(file->WriteAt(offset, {&byte, 1}).ok());
    const absl::StatusOr<std::string> content = table_.Content();
    const bool is_manifest = path.find("manifest") != std::string::npos;
    if (content.ok()) {
      ++passed_;
      // The last record of a manifest may be one that was never synced: then it is as if it had not
      // been.
      const std::vector<std::string>& right = RightContents();
      const bool is_last = is_manifest && *content == right[right.size() - 2];
      EXPECT_TRUE(is_last || *content == right.back()) << *content;
    } else {
      ++found_;
      const bool is_right =
          absl::IsDataLoss(content.status()) || absl::IsUnimplemented(content.status());
      EXPECT_TRUE(is_right) << content.status();
    }
    byte ^= mask;
    ASSERT_TRUE(file->WriteAt(offset, {&byte, 1}).ok());
  }

  MemoryFileSystem files_;
  SmallTable table_;
  int found_ = 0;
  int passed_ = 0;  // in bytes that nothing names
};

TEST_F(TableFlips, OfAnyByteAreFoundOrChangeNothing) {
  const uint64_t stride = Tries(127, 1);
  for (const std::string& path : FilesBelow(files_, table_.place().folder)) {
    const uint64_t size = files_.Stat(path)->size;
    for (uint64_t offset = 0; offset < size; ++offset) {
      // Headers at every byte; the rest, most of which is padding, at every byte in the full run.
      if (offset >= 128 && offset % 4096 >= 256 && offset % stride != 0) continue;
      Flip(path, offset, std::byte{static_cast<uint8_t>(1u << (offset % 8))});
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(found_, 1000);
  EXPECT_GT(passed_, 1000);
  EXPECT_EQ(table_.Content().value_or("unreadable"), RightContents().back());
}

TEST_F(TableFlips, OfFilesCutShortAreFound) {
  for (const std::string& path : FilesBelow(files_, table_.place().folder)) {
    if (path.find("manifest") != std::string::npos) continue;  // shorter is older there
    const auto bytes = ReadWholeFile(files_, path, 1 << 20);
    const std::unique_ptr<File> file = *files_.Open(path, OpenMode::kReadWrite);
    for (const uint64_t size : {uint64_t{0}, uint64_t{63}, uint64_t{64}}) {
      ASSERT_TRUE(file->Truncate(size).ok());
      const absl::Status status = table_.Content().status();
      EXPECT_TRUE(absl::IsDataLoss(status)) << path << ", " << size << " bytes: " << status;
    }
    ASSERT_TRUE(file->WriteAt(0, *bytes).ok());
  }
  EXPECT_EQ(table_.Content().value_or("unreadable"), RightContents().back());
}

}  // namespace
}  // namespace tape::engine
