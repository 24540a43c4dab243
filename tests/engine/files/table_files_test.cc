#include "engine/files/table_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/files/names.h"
#include "engine/files/table_reader.h"
#include "engine/io/faulty_file_system.h"
#include "engine/io/memory_file_system.h"
#include "engine/io/posix_file_system.h"
#include "tests/engine/files/small_table.h"
#include "tests/support/temp_folder.h"

namespace tape::engine {
namespace {

using format::FileKind;
using format::Place;
using format::SliceEntry;

constexpr ColumnId kSymbol{2};

// Paths and sizes below a folder.
std::map<std::string, uint64_t> FilesBelow(FileSystem& files, const std::string& folder) {
  std::map<std::string, uint64_t> found;
  const auto entries = files.List(folder);
  for (const DirectoryEntry& entry : entries.value_or(std::vector<DirectoryEntry>())) {
    const std::string path = JoinPath(folder, entry.name);
    if (entry.is_directory) {
      found.merge(FilesBelow(files, path));
    } else {
      found[path] = files.Stat(path)->size;
    }
  }
  return found;
}

class TableFilesTest : public testing::Test {
 protected:
  TableFilesTest() : table_(files_) {
    const absl::Status status = table_.Create();
    EXPECT_TRUE(status.ok()) << status;
  }

  absl::Status Add(Day day, uint64_t first, size_t rows) {
    TableChange change = table_.table().Begin(Lsn(9));
    change.SetSealedRows(RowNumber(first + rows));
    const absl::Status added =
        change.AddSlice(SmallRows(day, RowNumber(first), rows, first).Slice(Lsn(9)));
    const absl::Status committed = table_.table().Commit(std::move(change));
    EXPECT_EQ(added.ok(), committed.ok());
    return committed;
  }

  absl::Status Commit(const std::function<void(TableChange&)>& fill) {
    TableChange change = table_.table().Begin(Lsn(9));
    fill(change);
    return table_.table().Commit(std::move(change));
  }

  const SliceEntry& Slice(uint64_t number) {
    return table_.table().manifest()->slices().at(number);
  }
  std::string Content() { return table_.Content().value_or("unreadable"); }

  MemoryFileSystem files_;
  SmallTable table_;
};

TEST_F(TableFilesTest, AreFoundAgainAfterEveryStepOfTheStory) {
  for (size_t step = 0; step < SmallTable::kSteps; ++step) {
    ASSERT_TRUE(table_.Run(step).ok()) << step;
    ASSERT_TRUE(table_.Open().ok()) << step;
    EXPECT_TRUE(table_.table().recovered().empty()) << step;
    EXPECT_EQ(Content(), RightContents()[step + 1]) << step;
  }
}

TEST_F(TableFilesTest, OnThisMachineHaveTheSameContent) {
  const support::TempFolder folder;
  SmallTable table(PosixFileSystem::Instance(), folder.path());
  ASSERT_TRUE(table.Create().ok());
  for (size_t step = 0; step < SmallTable::kSteps; ++step) {
    ASSERT_TRUE(table.Run(step).ok()) << step;
    EXPECT_EQ(table.Content().value_or("unreadable"), RightContents()[step + 1]) << step;
  }
  ASSERT_TRUE(table.Open().ok());
  ASSERT_TRUE(table.table().RemoveLeftovers().ok());
  EXPECT_EQ(table.Content().value_or("unreadable"), RightContents().back());
}

TEST_F(TableFilesTest, ExistOnce) {
  EXPECT_TRUE(absl::IsAlreadyExists(table_.Create()));
  SmallTable other(files_, "/other");
  EXPECT_TRUE(absl::IsNotFound(other.Open()));
}

TEST_F(TableFilesTest, OfATableWithoutDaysLieTogether) {
  const Schema schema = *Schema::Builder("notes")
                             .Column("id", Type::Bigint())
                             .NotNull()
                             .Column("note", Type::Text())
                             .Sensitive()
                             .Build();
  ASSERT_EQ(schema.partition(), Partition::kNone);
  TablePlace place = table_.place();
  place.folder = "/store/t000018-main.notes";
  place.table = TableId(18);
  const auto notes = *TableFiles::Create(place, schema, 1, Lsn(1));
  ColumnBuffer ids(Physical::kInt64);
  ColumnBuffer texts(Physical::kBytes);
  for (int64_t i = 0; i < 5; ++i) {
    ids.Append(5 - i);
    texts.AppendBytes("note");
  }
  const std::vector<ColumnView> columns = {ids.view(), texts.view()};
  const std::vector<format::RowNumberRange> runs = {{RowNumber(0), 5}};
  TableChange change = notes->Begin(Lsn(2));
  change.SetSealedRows(RowNumber(5));
  ASSERT_TRUE(change
                  .AddSlice({.day = PartitionOf(Partition::kNone, 0),
                             .columns = columns,
                             .runs = runs,
                             .least_lsn = Lsn(2),
                             .greatest_lsn = Lsn(2)})
                  .ok());
  ASSERT_TRUE(change.AddKills(kWithoutDay, {{format::Kill{RowNumber(1), Lsn(2)}}}).ok());
  ASSERT_TRUE(notes->Commit(std::move(change)).ok());
  const auto reopened = *TableFiles::Open(place, schema, 1);
  ASSERT_TRUE(reopened->RemoveLeftovers().ok());
  EXPECT_TRUE(reopened->recovered().empty());
  const auto paths = FilesBelow(files_, place.folder);
  EXPECT_TRUE(paths.contains(place.folder + "/all/c0002-note.0002.col"));
  EXPECT_EQ(paths.size(), 5u);  // two columns, summary, kills, manifest: no order tape
  TableReader reader(place, schema, 0);
  const auto version = *reader.Load();
  EXPECT_TRUE(ContentOf(reader, schema).ok());
  const auto summary = *reader.Summary(version->slices().at(1));
  EXPECT_TRUE(summary->Find(1)->has(format::kSummaryBounds));
  EXPECT_EQ(summary->Find(2)->flags, 0);  // SENSITIVE
}

// ---- places

TEST_F(TableFilesTest, GrowBySectionsOfWhichNoneSharesASectorWithSyncedOnes) {
  ASSERT_TRUE(Add(kMonday, 0, 30).ok());
  TableChange change = table_.table().Begin(Lsn(9));
  change.SetSealedRows(RowNumber(50));
  ASSERT_TRUE(change.AddSlice(SmallRows(kMonday, RowNumber(30), 10, 1).Slice(Lsn(9))).ok());
  ASSERT_TRUE(change.AddSlice(SmallRows(kMonday, RowNumber(40), 10, 2).Slice(Lsn(9))).ok());
  ASSERT_TRUE(table_.table().Commit(std::move(change)).ok());
  for (size_t i = 0; i < 3; ++i) {
    const Place& first = Slice(1).places[i];
    const Place& second = Slice(2).places[i];
    const Place& third = Slice(3).places[i];
    EXPECT_EQ(first.offset, 64u);
    EXPECT_EQ(second.offset, 4096u);  // W8
    EXPECT_EQ(third.offset, second.offset + second.length);
    EXPECT_EQ(first.generation, third.generation);
  }
}

TEST_F(TableFilesTest, EndInZerosUpToASectorEvenWhereAChangeWasDropped) {
  {
    TableChange dropped = table_.table().Begin(Lsn(9));
    ASSERT_TRUE(dropped.AddSlice(SmallRows(kMonday, RowNumber(0), 900, 1).Slice(Lsn(9))).ok());
  }
  ASSERT_TRUE(Add(kMonday, 0, 30).ok());
  {
    TableChange dropped = table_.table().Begin(Lsn(9));
    ASSERT_TRUE(dropped.AddSlice(SmallRows(kMonday, RowNumber(30), 900, 1).Slice(Lsn(9))).ok());
  }
  ASSERT_TRUE(Add(kMonday, 30, 30).ok());
  for (const auto& [path, size] : FilesBelow(files_, "/store")) {
    if (path.find(".col") == std::string::npos) continue;
    const auto bytes = ReadWholeFile(files_, path, 1 << 20);
    const size_t column = path.find("-ts.") != std::string::npos       ? 0
                          : path.find("-symbol.") != std::string::npos ? 1
                                                                       : 2;
    for (const uint64_t number : {1, 2}) {
      const Place& place = Slice(number).places[column];
      const size_t end = place.offset + place.length;
      const auto gap = std::span(*bytes).subspan(end, (end + 4095) / 4096 * 4096 - end);
      EXPECT_TRUE(
          std::all_of(gap.begin(), gap.end(), [](std::byte b) { return b == std::byte{0}; }))
          << path << " behind " << end;
    }
  }
}

TEST_F(TableFilesTest, AreNotWrittenWhereARemovedSliceWas) {
  ASSERT_TRUE(Add(kMonday, 0, 30).ok());
  ASSERT_TRUE(Add(kMonday, 30, 30).ok());
  const SliceEntry removed = Slice(2);
  const auto reader = table_.Reader();
  ASSERT_TRUE(Commit([](TableChange& change) { change.RemoveSlice(2); }).ok());
  ASSERT_TRUE(Add(kMonday, 60, 30).ok());
  EXPECT_EQ(Slice(3).places[0].generation, removed.places[0].generation);
  // Nor after a restart, which does not know what was there.
  ASSERT_TRUE(Commit([](TableChange& change) { change.RemoveSlice(3); }).ok());
  ASSERT_TRUE(table_.Open().ok());
  ASSERT_TRUE(Add(kMonday, 90, 30).ok());
  EXPECT_GT(Slice(4).places[0].generation, removed.places[0].generation);
  for (const Place& place : removed.places) {
    const absl::Status status = reader->VerifyPlace(place);  // R3
    EXPECT_TRUE(status.ok()) << status;
  }
}

TEST_F(TableFilesTest, OfADayThatWasDroppedAreNeverMadeAnewUnderTheSameName) {
  ASSERT_TRUE(Add(kMonday, 0, 30).ok());
  const SliceEntry before = Slice(1);
  ASSERT_TRUE(Commit([](TableChange& change) { change.RemoveDay(kMonday); }).ok());
  EXPECT_TRUE(table_.table().manifest()->slices().empty());
  for (const std::string& path : table_.table().TakeUnneeded()) {
    ASSERT_TRUE(files_.Unlink(path).ok());
  }
  ASSERT_TRUE(Add(kMonday, 30, 30).ok());
  EXPECT_GT(Slice(2).places[0].generation, before.places[0].generation);
  const auto reader = table_.Reader();
  const std::vector<ColumnId> columns = {ColumnId(1)};
  EXPECT_TRUE(absl::IsNotFound(reader->OpenSlice(before, columns).status()));  // R4
}

TEST_F(TableFilesTest, WithASecondNameAreSomebodysCopyAndNotWrittenOn) {
  ASSERT_TRUE(Add(kMonday, 0, 30).ok());
  for (const auto& [path, size] : FilesBelow(files_, "/store")) {
    if (path.find(".col") == std::string::npos) continue;
    ASSERT_TRUE(files_.Link(path, path + ".copy").ok());
  }
  const auto before = FilesBelow(files_, "/store");
  ASSERT_TRUE(Add(kMonday, 30, 30).ok());
  auto after = FilesBelow(files_, "/store");
  for (const auto& [path, size] : before) {
    if (path.find(".copy") == std::string::npos) continue;
    EXPECT_EQ(after[path], size) << path;
  }
  EXPECT_NE(Slice(1).places[0].generation, Slice(2).places[0].generation);
}

// ---- changes

TEST_F(TableFilesTest, ShowNothingOfAChangeThatIsNotCommitted) {
  ASSERT_TRUE(table_.RunAll().ok());
  const auto before = FilesBelow(files_, "/store");
  {
    TableChange change = table_.table().Begin(Lsn(20));
    ASSERT_TRUE(change.AddSlice(SmallRows(kTuesday + 5, RowNumber(98), 9, 1).Slice(Lsn(20))).ok());
    ASSERT_TRUE(change.AddSymbols(kSymbol, {{"NEW"}}).ok());
    ASSERT_TRUE(change.AddKills(kMonday, {{format::Kill{RowNumber(1), Lsn(20)}}}).ok());
    ASSERT_TRUE(table_.table().Prepare(change).ok());
  }
  EXPECT_EQ(Content(), RightContents().back());
  ASSERT_TRUE(table_.Open().ok());
  ASSERT_TRUE(table_.table().RemoveLeftovers().ok());
  EXPECT_FALSE(table_.table().recovered().empty());
  EXPECT_EQ(Content(), RightContents().back());
  for (const auto& [path, size] : FilesBelow(files_, "/store")) {
    EXPECT_TRUE(before.contains(path)) << path;
  }
}

TEST_F(TableFilesTest, RefuseWhatDoesNotFitAndStayAsTheyWere) {
  const auto refuses = [&](const std::function<void(TableChange&)>& fill) {
    const absl::Status status = Commit(fill);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_EQ(Content(), RightContents().front());
  };
  SmallRows rows(kMonday, RowNumber(0), 5, 1);
  refuses([&](TableChange& change) {  // of another day
    rows.day = kTuesday;
    change.AddSlice(rows.Slice(Lsn(9))).IgnoreError();
    rows.day = kMonday;
  });
  refuses([&](TableChange& change) {  // not durable: W2
    change.SetSealedRows(RowNumber(5));
    change.AddSlice(rows.Slice(Lsn(10))).IgnoreError();
  });
  refuses([&](TableChange& change) {  // rows that are not sealed
    change.AddSlice(rows.Slice(Lsn(9))).IgnoreError();
  });
  refuses([&](TableChange& change) {
    std::swap(rows.columns[0], rows.columns[1]);
    change.AddSlice(rows.Slice(Lsn(9))).IgnoreError();
    std::swap(rows.columns[0], rows.columns[1]);
  });
  refuses([&](TableChange& change) {
    change.AddKills(kMonday, {{format::Kill{RowNumber(1), Lsn(10)}}}).IgnoreError();
  });
  refuses([&](TableChange& change) { change.AddSymbols(kSymbol, {{"A", "A"}}).IgnoreError(); });
  refuses([&](TableChange& change) { change.RemoveSlice(7); });
  refuses([&](TableChange& change) { change.RemoveDay(kMonday); });
  ASSERT_TRUE(table_.RunAll().ok());
  EXPECT_EQ(Content(), RightContents().back());
}

TEST_F(TableFilesTest, KnowOneChangeAtATime) {
  TableChange first = table_.table().Begin(Lsn(9));
  TableChange second = table_.table().Begin(Lsn(9));
  EXPECT_TRUE(absl::IsFailedPrecondition(first.AddSymbols(kSymbol, {{"A"}})));
  EXPECT_TRUE(second.AddSymbols(kSymbol, {{"B"}}).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(table_.table().Commit(std::move(first))));
  EXPECT_TRUE(table_.table().Commit(std::move(second)).ok());
  EXPECT_EQ(table_.table().manifest()->symbols().at(kSymbol).symbols, 1u);
}

TEST_F(TableFilesTest, SaySealedRowsAndHistoryThatNeverFall) {
  ASSERT_TRUE(Commit([](TableChange& change) {
                change.SetSealedRows(RowNumber(7));
                change.SetSealedRows(RowNumber(3));
                change.SetHistory(Lsn(5));
              }).ok());
  ASSERT_TRUE(Commit([](TableChange&) {}).ok());
  EXPECT_EQ(table_.table().manifest()->sealed_rows(), RowNumber(7));
  EXPECT_EQ(table_.table().manifest()->history(), Lsn(5));
}

TEST_F(TableFilesTest, TellWhatAFoldLeft) {
  for (size_t step = 0; step < 4; ++step) ASSERT_TRUE(table_.Run(step).ok());
  EXPECT_TRUE(table_.table().TakeUnneeded().empty());
  ASSERT_TRUE(table_.Run(4).ok());
  EXPECT_TRUE(table_.table().TakeUnneeded().empty());  // the new slice lies in the same files
  ASSERT_TRUE(Commit([](TableChange& change) { change.RemoveDay(kTuesday); }).ok());
  const std::vector<std::string> unneeded = table_.table().TakeUnneeded();
  EXPECT_EQ(unneeded.size(), 7u);  // three columns, order, LSNs, summary, kills
  for (const std::string& path : unneeded) {
    EXPECT_NE(path.find("2025-01-21"), std::string::npos) << path;
    ASSERT_TRUE(files_.Unlink(path).ok());
  }
  EXPECT_TRUE(table_.table().TakeUnneeded().empty());
  EXPECT_NE(Content(), "unreadable");
}

// ---- bulk loads

TEST_F(TableFilesTest, AttachWhatTheWalHasOnceAndOnlyOnce) {
  ASSERT_TRUE(Add(kMonday, 0, 30).ok());
  TableChange change = table_.table().Begin(Lsn(9));
  change.SetSealedRows(RowNumber(60));
  SmallRows rows(kTuesday, RowNumber(30), 30, 1);
  SliceRows slice = rows.Slice(Lsn(12));
  slice.attached = true;
  ASSERT_TRUE(change.AddSlice(slice).ok());
  ASSERT_TRUE(table_.table().Prepare(change).ok());
  const format::ManifestRecord record = change.record();
  // The WAL has it, and the process dies.
  const auto disk = files_.AfterPowerLoss(PowerLoss::LoseAll());
  SmallTable recovered(*disk);
  ASSERT_TRUE(recovered.Open().ok());
  EXPECT_EQ(recovered.table().manifest()->slices().size(), 1u);
  ASSERT_TRUE(recovered.table().Attach(record, Lsn(12)).ok());
  ASSERT_TRUE(recovered.table().Attach(record, Lsn(12)).ok());
  ASSERT_TRUE(recovered.table().RemoveLeftovers().ok());
  EXPECT_TRUE(recovered.table().recovered().empty());
  const auto content = recovered.Content();
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_TRUE(recovered.table().manifest()->slices().at(2).attached);
  EXPECT_TRUE(absl::IsInvalidArgument(recovered.table().Attach({}, Lsn(12))));
}

// ---- manifests

TEST_F(TableFilesTest, RewriteAManifestThatHasOutgrownItsCheckpoint) {
  uint32_t generations = 0;
  std::string last;
  for (uint64_t i = 0; i < 60; ++i) {
    ASSERT_TRUE(Add(kMonday, i * 5, 5).ok());
    std::string manifest;
    for (const auto& [path, size] : FilesBelow(files_, "/store")) {
      if (path.find("manifest") == std::string::npos) continue;
      EXPECT_TRUE(manifest.empty()) << path;
      EXPECT_LE(size, (64u << 10) + 3 * 8192u);
      manifest = path;
    }
    generations += manifest != last ? 1 : 0;
    last = manifest;
  }
  EXPECT_GE(generations, 3u);
  const std::string before = Content();
  ASSERT_TRUE(table_.Open().ok());
  EXPECT_EQ(Content(), before);
  EXPECT_EQ(table_.table().manifest()->slices().size(), 60u);
}

TEST_F(TableFilesTest, CutWhatIsBehindTheLastRecordAndSaySo) {
  ASSERT_TRUE(table_.Run(0).ok());
  std::string manifest;
  for (const auto& [path, size] : FilesBelow(files_, "/store")) {
    if (path.find("manifest") != std::string::npos) manifest = path;
  }
  const uint64_t size = files_.Stat(manifest)->size;
  const std::vector<std::byte> torn(20'000, std::byte{7});
  ASSERT_TRUE((*files_.Open(manifest, OpenMode::kReadWrite))->WriteAt(size, torn).ok());
  ASSERT_TRUE(table_.Open().ok());
  ASSERT_EQ(table_.table().recovered().size(), 1u);
  EXPECT_NE(table_.table().recovered()[0].find(manifest), std::string::npos);
  EXPECT_EQ(files_.Stat(manifest)->size, size);
  ASSERT_TRUE(table_.Run(1).ok());
  ASSERT_TRUE(table_.Open().ok());
  EXPECT_TRUE(table_.table().recovered().empty());
  EXPECT_EQ(Content(), RightContents()[2]);
}

TEST_F(TableFilesTest, AreReadOnlyWhereNobodyKnowsWhetherARecordCounts) {
  FaultyFileSystem faulty(files_);
  SmallTable table(faulty, "/faulty");
  ASSERT_TRUE(table.Create().ok());
  faulty.Inject({.verb = {},
                 .path_part = "manifest",
                 .nth = 1,
                 .forever = true,
                 .error = absl::UnavailableError("the disk is gone")});
  EXPECT_FALSE(table.Run(0).ok());
  EXPECT_EQ(faulty.injected().size(), 2u);  // the write, and taking it back
  faulty.Inject({.verb = {}, .path_part = {}, .error = absl::OkStatus()});
  const absl::Status status = table.Run(0);
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(table.Content().value_or("unreadable"), RightContents().front());  // R1
}

TEST_F(TableFilesTest, SurviveAFullDisk) {
  int failures = 0;
  for (uint64_t pages = 0; pages < 12; ++pages) {
    MemoryFileSystem small;
    SmallTable table(small);
    ASSERT_TRUE(table.Create().ok());
    ASSERT_TRUE(table.Run(0).ok());
    uint64_t used = 0;
    for (const auto& [path, size] : FilesBelow(small, "/store"))
      used += (size + 4095) / 4096 * 4096;
    small.SetCapacity(used + pages * 4096);
    const absl::Status full = table.Run(1);
    EXPECT_TRUE(full.ok() || absl::IsResourceExhausted(full)) << full;
    if (full.ok()) continue;
    ++failures;
    EXPECT_EQ(table.Content().value_or("unreadable"), RightContents()[1]);
    small.SetCapacity(uint64_t{1} << 30);
    const absl::Status status = table.Run(1);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(table.Content().value_or("unreadable"), RightContents()[2]);
  }
  EXPECT_GT(failures, 5);
}

}  // namespace
}  // namespace tape::engine
