// Bulk loads on disks that fail, and what loads that ended badly leave.
#include "engine/write/bulk_loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/faulty_file_system.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "engine/read/scan_parts.h"
#include "engine/read/store_reader.h"
#include "engine/write/store_writer.h"
#include "tape/schema.h"

namespace tape::engine {
namespace {

constexpr int64_t kDayNs = int64_t{86'400} * 1'000'000'000;

class BulkLoaderTest : public testing::Test {
 protected:
  BulkLoaderTest() {
    EXPECT_TRUE(memory_.MakeDirectory("/shm").ok());
    EXPECT_TRUE(memory_.MarkVolatile("/shm").ok());
    Open();
    auto schema = Schema::Builder("ticks")
                      .Column("ts", Type::Timestamp())
                      .NotNull()
                      .Column("price", Type::Bigint())
                      .NotNull()
                      .PartitionBy(Partition::kDay, "ts")
                      .SliceRows(kMinSliceRows)
                      .Build();
    EXPECT_TRUE(schema.ok()) << schema.status();
    EXPECT_TRUE(writer_->CreateTable(*schema).ok());
  }

  void Open() {
    writer_.reset();
    auto writer = StoreWriter::Open({files_, host_}, {.folder = "/store",
                                                      .create = true,
                                                      .shared_memory = "/shm",
                                                      .tail_bytes_max = uint64_t{64} << 20});
    ASSERT_TRUE(writer.ok()) << writer.status();
    writer_ = *std::move(writer);
  }

  std::shared_ptr<OpenTable> Table() const { return writer_->Find("main", "ticks"); }

  std::unique_ptr<BulkLoader> Begin() {
    auto load = BulkLoader::Begin(*writer_, Table(), {});
    EXPECT_TRUE(load.ok()) << load.status();
    return load.ok() ? *std::move(load) : nullptr;
  }

  // A slice and a half of each of two days.
  static absl::Status Fill(BulkLoader& load) {
    for (int64_t day = 20'000; day < 20'002; ++day) {
      ColumnBuffer ts(Physical::kInt64), price(Physical::kInt64);
      for (int64_t row = 0; row < kMinSliceRows * 3 / 2; ++row) {
        ts.Append(day * kDayNs + row);
        price.Append(row);
      }
      const ColumnView columns[] = {ts.view(), price.view()};
      if (absl::Status status = load.Append(columns); !status.ok()) return status;
    }
    return absl::OkStatus();
  }
  static constexpr uint64_t kRows = 2 * (kMinSliceRows * 3 / 2);

  uint64_t Rows() {
    auto reader = StoreReader::Open({files_, host_}, "/store");
    EXPECT_TRUE(reader.ok()) << reader.status();
    auto now = (*reader)->TakeSnapshot();
    EXPECT_TRUE(now.ok()) << now.status();
    const TableSnapshot& view = *(*now)->Find("main", "ticks");
    const PartSpec spec{.columns = {1}, .order = format::RowOrder::kArrival, .at = view.lsn()};
    auto parts = ScanParts(view, spec);
    EXPECT_TRUE(parts.ok()) << parts.status();
    uint64_t rows = 0;
    for (const ScanPart& part : *parts) {
      auto opened = OpenPart(view, spec, part);
      EXPECT_TRUE(opened.ok()) << opened.status();
      while (*opened != nullptr) {
        const absl::Status status = (*opened)->Next();
        EXPECT_TRUE(status.ok()) << status;
        if (!status.ok() || (*opened)->batch().rows == 0) break;
        rows += (*opened)->batch().rows;
      }
    }
    return rows;
  }

  // Everything below the table's folder.
  std::vector<std::string> FilesOfTable() {
    std::vector<std::string> paths;
    const std::function<void(const std::string&)> list = [&](const std::string& folder) {
      auto entries = memory_.List(folder);
      ASSERT_TRUE(entries.ok()) << entries.status();
      for (const DirectoryEntry& entry : *entries) {
        const std::string path = folder + "/" + entry.name;
        paths.push_back(path);
        if (entry.is_directory) list(path);
      }
    };
    list(Table()->files->place().folder);
    std::ranges::sort(paths);
    return paths;
  }

  MemoryFileSystem memory_;
  FaultyFileSystem files_{memory_};
  ManualHost host_;
  std::unique_ptr<StoreWriter> writer_;
};

TEST_F(BulkLoaderTest, FilesOfALoadThatWasGivenUpAreRemoved) {
  const std::vector<std::string> before = FilesOfTable();
  for (const bool commits : {false, true}) {
    auto load = Begin();
    ASSERT_TRUE(Fill(*load).ok());
    EXPECT_GT(FilesOfTable().size(), before.size());
    if (commits) {  // its files cannot be synced
      files_.Inject({.verb = FileVerb::kSync,
                     .path_part = ".col",
                     .nth = 1,
                     .error = absl::UnavailableError("EIO")});
      EXPECT_FALSE(load->Commit().ok());
      EXPECT_EQ(files_.injected().size(), 1u);
    }
    load.reset();
    ASSERT_TRUE(writer_->Release().ok());
    EXPECT_EQ(FilesOfTable(), before);
  }
  EXPECT_EQ(Rows(), 0u);
}

TEST_F(BulkLoaderTest, ALoadGoesOnWhereAnotherOneWasGivenUp) {
  { ASSERT_TRUE(Fill(*Begin()).ok()); }
  auto load = Begin();
  ASSERT_TRUE(writer_->Release().ok()) << "what it writes is not looked at";
  ASSERT_TRUE(Fill(*load).ok());
  ASSERT_TRUE(writer_->Release().ok());
  const auto lsn = load->Commit();
  ASSERT_TRUE(lsn.ok()) << lsn.status();
  load.reset();
  ASSERT_TRUE(writer_->Release().ok());
  EXPECT_EQ(Rows(), kRows);
  Open();
  EXPECT_EQ(Rows(), kRows);
}

TEST_F(BulkLoaderTest, ATableWhoseManifestFailedStaysLoadingAndBringsTheRowsLater) {
  const std::shared_ptr<OpenTable> table = Table();
  auto load = Begin();
  ASSERT_TRUE(Fill(*load).ok());
  files_.Inject({.verb = FileVerb::kWrite,
                 .path_part = "manifest",
                 .nth = 1,
                 .error = absl::UnavailableError("EIO")});
  const absl::Status lost = load->Commit().status();
  EXPECT_FALSE(lost.ok());
  ASSERT_EQ(files_.injected().size(), 1u);
  load.reset();
  const std::vector<std::string> written = FilesOfTable();
  for (const absl::Status& status :
       {writer_->Seal(table->info.id, SealWhat::kEverything).status(),
        writer_->FoldStep(table->info.id, FoldWhat::kEverything).status(),
        BulkLoader::Begin(*writer_, table, {}).status()}) {
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_NE(status.message().find("stays as its bulk load left it"), absl::string_view::npos)
        << status;
  }
  writer_->Release().IgnoreError();
  EXPECT_EQ(FilesOfTable(), written) << "the WAL names them";
  EXPECT_FALSE(table->has_appender) << "nobody has it";
  files_.Inject({});
  Open();
  EXPECT_EQ(Rows(), kRows);
}

}  // namespace
}  // namespace tape::engine
