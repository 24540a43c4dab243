#include "engine/files/table_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/files/names.h"
#include "engine/io/faulty_file_system.h"
#include "engine/io/memory_file_system.h"
#include "engine/io/posix_file_system.h"
#include "format/kernels/kernels.h"
#include "tests/engine/files/small_table.h"
#include "tests/support/columns.h"
#include "tests/support/temp_folder.h"

namespace tape::engine {
namespace {

using format::RowOrder;
using format::SliceEntry;

constexpr ColumnId kTs{1};
constexpr ColumnId kSymbol{2};
constexpr ColumnId kPrice{3};

// The positions in arrival order of a slice's rows, in another order.
std::vector<uint32_t> Positions(const SmallRows& rows, RowOrder order, bool clustered) {
  std::vector<uint32_t> positions(rows.columns[0].rows());
  std::iota(positions.begin(), positions.end(), 0u);
  const auto times = rows.columns[0].Values<int64_t>();
  const auto codes = rows.columns[1].Values<uint32_t>();
  const auto before = [&](uint32_t a, uint32_t b) {
    if (order == RowOrder::kStored && clustered && codes[a] != codes[b]) return codes[a] < codes[b];
    return times[a] < times[b];
  };
  if (order != RowOrder::kArrival) std::stable_sort(positions.begin(), positions.end(), before);
  return positions;
}

absl::Status Commit(SmallTable& table, const std::vector<SmallRows>& slices) {
  TableChange change = table.table().Begin(Lsn(9));
  for (const SmallRows& rows : slices) {
    const auto& run = rows.runs.back();
    change.SetSealedRows(run.first + run.rows);
    if (absl::Status status = change.AddSlice(rows.Slice(Lsn(9))); !status.ok()) return status;
  }
  return table.table().Commit(std::move(change));
}

// Every column of every slice, in every order, equal to what was put in.
void CheckSlices(SmallTable& table, const std::vector<SmallRows>& slices) {
  const auto reader = table.Reader();
  const auto version = reader->Load();
  ASSERT_TRUE(version.ok()) << version.status();
  ASSERT_EQ((*version)->slices().size(), slices.size());
  size_t index = 0;
  for (const auto& [number, slice] : (*version)->slices()) {
    const SmallRows& expected = slices[index++];
    const std::vector<ColumnId> ids = {kPrice, kTs, kSymbol};
    const std::vector<size_t> in_rows = {2, 0, 1};
    const auto mapped = reader->OpenSlice(slice, ids);
    ASSERT_TRUE(mapped.ok()) << mapped.status();
    format::SliceReader rows(format::BestKernels());
    rows.Open((*mapped)->view());
    for (const RowOrder order : {RowOrder::kStored, RowOrder::kTime, RowOrder::kArrival}) {
      const auto positions = Positions(expected, order, slice.shape.clustered);
      for (size_t i = 0; i < ids.size(); ++i) {
        const ColumnView& column = expected.columns[in_rows[i]];
        ColumnBuffer sorted(column.physical());
        ASSERT_TRUE(sorted.AppendRows(column, positions));
        ColumnBuffer found(column.physical());
        ASSERT_TRUE(rows.ReadColumn(*(*mapped)->Column(i), order, found).ok());
        EXPECT_TRUE(support::SameRows(sorted.view(), found.view()))
            << "slice " << number << ", column " << i << ", order " << static_cast<int>(order);
      }
    }
  }
}

std::vector<SmallRows> SlicesOfThreeDays() {
  std::vector<SmallRows> slices;
  slices.emplace_back(kMonday, RowNumber(0), 3000, 1);
  slices.emplace_back(kTuesday, RowNumber(3000), 7, 2);
  slices.emplace_back(kMonday, RowNumber(3007), 1, 3);
  slices.emplace_back(Day(-1), RowNumber(3008), 1025, 4);
  return slices;
}

class TableReaderTest : public testing::Test {
 protected:
  TableReaderTest() : table_(files_) {
    const absl::Status status = table_.Create();
    EXPECT_TRUE(status.ok()) << status;
  }

  // The path of the only file whose name has this part.
  std::string PathOf(const std::string& part, const std::string& folder) {
    const auto entries = files_.List(folder);
    for (const DirectoryEntry& entry : entries.value_or(std::vector<DirectoryEntry>())) {
      if (entry.name.find(part) != std::string::npos) return JoinPath(folder, entry.name);
    }
    ADD_FAILURE() << "no " << part << " in " << folder;
    return {};
  }
  std::string DayFolderOf(Day day) {
    return JoinPath(table_.place().folder, DayFolder(Partition::kDay, day));
  }

  MemoryFileSystem files_;
  SmallTable table_;
};

TEST_F(TableReaderTest, ReadsSlicesOfSeveralDaysInEveryOrder) {
  const std::vector<SmallRows> slices = SlicesOfThreeDays();
  ASSERT_TRUE(Commit(table_, slices).ok());
  CheckSlices(table_, slices);
}

TEST_F(TableReaderTest, ReadsThemOnThisMachine) {
  const support::TempFolder folder;
  SmallTable table(PosixFileSystem::Instance(), folder.path());
  ASSERT_TRUE(table.Create().ok());
  const std::vector<SmallRows> slices = SlicesOfThreeDays();
  ASSERT_TRUE(Commit(table, slices).ok());
  CheckSlices(table, slices);
}

TEST_F(TableReaderTest, MapsWhatItNeedsToReadTheColumnsAskedFor) {
  const std::vector<SmallRows> slices = SlicesOfThreeDays();
  ASSERT_TRUE(Commit(table_, slices).ok());
  const auto reader = table_.Reader();
  const SliceEntry slice = (*reader->Load())->slices().at(1);
  const auto mapped = reader->OpenSlice(slice, {{kPrice, kPrice}});
  ASSERT_TRUE(mapped.ok());
  EXPECT_EQ((*mapped)->view().columns(), 3u);  // and time and cluster column behind it
  EXPECT_EQ((*mapped)->Column(0), 0u);
  EXPECT_EQ((*mapped)->Column(1), 0u);
  EXPECT_EQ((*mapped)->view().cluster_column(), 2u);
  EXPECT_TRUE(absl::IsInvalidArgument(reader->OpenSlice(slice, {{ColumnId(4)}}).status()));
}

TEST_F(TableReaderTest, HasNoRowsOfAColumnThatCameLaterAndFindsOneThatWasRenamed) {
  SmallRows rows(kMonday, RowNumber(0), 50, 1);
  ASSERT_TRUE(Commit(table_, {rows}).ok());
  TableDefinition definition = table_.schema().definition();
  definition.columns[2].name = "last_price";
  Column size = definition.columns[2];
  size.id = ColumnId(4);
  size.name = "size";
  size.type = Type::Bigint();
  definition.columns.push_back(size);
  const Schema schema = *Schema::Make(definition);
  TableReader reader(table_.place(), schema, 0);
  const SliceEntry slice = (*reader.Load())->slices().at(1);
  const auto mapped = reader.OpenSlice(slice, {{ColumnId(4), kPrice}});
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  EXPECT_FALSE((*mapped)->Column(0).has_value());
  EXPECT_EQ((*mapped)->Column(1), 0u);
  // The writer goes on in the file with the old name.
  table_.table().SetSchema(schema, 2);
  ColumnBuffer sizes(Physical::kInt64);
  for (int64_t i = 0; i < 50; ++i) sizes.Append(i);
  rows.columns.push_back(sizes.view());
  rows.runs = {{RowNumber(50), 50}};
  ASSERT_TRUE(Commit(table_, {rows}).ok());
  const SliceEntry later = (*reader.Load())->slices().at(2);
  EXPECT_EQ(later.schema_version, 2u);
  EXPECT_EQ(later.places[2].generation, slice.places[2].generation);
  EXPECT_EQ(later.places[2].offset, 4096u);
  EXPECT_TRUE(reader.OpenSlice(later, {{ColumnId(4), kPrice}}).ok());
}

TEST_F(TableReaderTest, HasTheSymbolsThatAVersionCounts) {
  const auto reader = table_.Reader();
  std::vector<std::shared_ptr<const TableVersion>> versions = {*reader->Load()};
  std::vector<std::string_view> texts;
  for (const std::string_view text : {"AAPL", "MSFT", "IBM", ""}) {
    TableChange change = table_.table().Begin(Lsn(9));
    ASSERT_TRUE(change.AddSymbols(kSymbol, {{text}}).ok());
    ASSERT_TRUE(table_.table().Commit(std::move(change)).ok());
    versions.push_back(*reader->Load());
    texts.push_back(text);
    ASSERT_EQ(**reader->Text(*versions.back(), kSymbol, SymbolCode(1)), "AAPL");
  }
  const auto first = **reader->Text(*versions[1], kSymbol, SymbolCode(1));
  for (size_t count = 0; count < versions.size(); ++count) {
    for (uint32_t code = 0; code <= 5; ++code) {
      const auto text = reader->Text(*versions[count], kSymbol, SymbolCode(code));
      ASSERT_TRUE(text.ok()) << text.status();
      const bool is_there = code >= 1 && code <= count;
      EXPECT_EQ(text->has_value(), is_there) << "version " << count << ", code " << code;
      if (!is_there) continue;
      EXPECT_EQ(**text, texts[code - 1]);
    }
    EXPECT_EQ(*reader->Code(*versions[count], kSymbol, "IBM"), SymbolCode(count >= 3 ? 3 : 0));
  }
  EXPECT_EQ(first, "AAPL");
  EXPECT_EQ(first.data(), (**reader->Text(*versions[4], kSymbol, SymbolCode(1))).data());
}

TEST_F(TableReaderTest, FollowsTheWriterThroughEveryStepAndKeepsOldVersions) {
  const auto reader = table_.Reader();
  for (size_t step = 0; step < SmallTable::kSteps; ++step) {
    ASSERT_TRUE(reader->Load().ok());
    ASSERT_TRUE(table_.Run(step).ok());
    EXPECT_EQ(ContentOf(*reader, table_.schema()).value_or("unreadable"), RightContents()[step + 1])
        << step;
    const auto again = reader->Load();
    EXPECT_EQ(*reader->Load(), *again);  // the same object where nothing has changed
  }
}

TEST_F(TableReaderTest, SeesOnlyWholeVersionsBesideAWriterAndAnotherReader) {
  const support::TempFolder folder;
  SmallTable table(PosixFileSystem::Instance(), folder.path());
  ASSERT_TRUE(table.Create().ok());
  const std::vector<std::string>& right = RightContents();
  const auto reader = table.Reader();
  std::atomic<bool> is_done = false;
  const auto read = [&] {
    size_t last = 0;
    for (bool is_last = false; !is_last;) {
      is_last = is_done;
      const auto content = ContentOf(*reader, table.schema());
      ASSERT_TRUE(content.ok()) << content.status();
      const auto found =
          std::find(right.begin() + static_cast<ptrdiff_t>(last), right.end(), *content);
      ASSERT_NE(found, right.end()) << "neither version " << last << " nor a later one";
      last = static_cast<size_t>(found - right.begin());
    }
    EXPECT_EQ(last, SmallTable::kSteps);
  };
  std::thread first(read);
  std::thread second(read);
  EXPECT_TRUE(table.RunAll().ok());
  is_done = true;
  first.join();
  second.join();
}

TEST_F(TableReaderTest, DoesNotBelieveInARecordThatIsBeingWritten) {
  ASSERT_TRUE(table_.Run(0).ok());
  const std::string path = PathOf("manifest", table_.place().folder);
  const auto before = ReadWholeFile(files_, path, 1 << 20);
  ASSERT_TRUE(table_.Run(1).ok());
  const auto after = ReadWholeFile(files_, path, 1 << 20);
  auto file = *files_.Open(path, OpenMode::kReadWrite);
  const auto reader = table_.Reader();
  size_t end = after->size();
  while ((*after)[end - 1] == std::byte{0}) --end;  // of the record, without padding
  const auto is_after = [&](TableReader& of, size_t steps) {
    EXPECT_EQ(ContentOf(of, table_.schema()).value_or("unreadable"), RightContents()[steps]);
  };
  for (size_t size = before->size(); size < end; size += 13) {
    SCOPED_TRACE(size);
    ASSERT_TRUE(file->Truncate(size).ok());  // the first bytes have come
    is_after(*reader, 1);
    is_after(*table_.Reader(), 1);
    const std::vector<std::byte> zeros(size - before->size());
    ASSERT_TRUE(file->WriteAt(before->size(), zeros).ok());
    ASSERT_TRUE(file->WriteAt(size, std::span(*after).subspan(size)).ok());  // the last bytes
    if (size > before->size()) is_after(*reader, 1);
    ASSERT_TRUE(file->WriteAt(0, *after).ok());  // all
    is_after(*reader, 2);
    ASSERT_TRUE(file->Truncate(before->size()).ok());  // it was taken back
    is_after(*reader, 1);
    ASSERT_TRUE(file->WriteAt(0, *after).ok());
  }
}

TEST_F(TableReaderTest, LooksAgainWhereTheWriterTookAManifestAwayInBetween) {
  ASSERT_TRUE(table_.RunAll().ok());
  FaultyFileSystem faulty(files_);
  SmallTable table(faulty);
  for (const absl::Status& error : {absl::NotFoundError("gone"), absl::OutOfRangeError("cut"),
                                    absl::DataLossError("half written")}) {
    const bool is_open = absl::IsNotFound(error);
    const auto reader = table.Reader();
    faulty.Inject({.verb = is_open ? FileVerb::kOpen : FileVerb::kRead,
                   .path_part = "manifest",
                   .nth = 1,
                   .error = error});
    EXPECT_EQ(ContentOf(*reader, table_.schema()).value_or("unreadable"), RightContents().back());
    EXPECT_EQ(faulty.injected().size(), 1u);
    faulty.Inject({.verb = is_open ? FileVerb::kOpen : FileVerb::kRead,
                   .path_part = "manifest",
                   .nth = 1,
                   .forever = true,
                   .error = error});
    EXPECT_EQ(table.Reader()->Load().status().code(), error.code());
  }
}

TEST_F(TableReaderTest, KeepsNoMoreUnusedFilesThanItMay) {
  ASSERT_TRUE(Commit(table_, SlicesOfThreeDays()).ok());
  TableReader frugal(table_.place(), table_.schema(), 0);
  TableReader generous(table_.place(), table_.schema(), uint64_t{1} << 30);
  const auto version = *frugal.Load();
  for (TableReader* reader : {&frugal, &generous}) {
    for (const auto& [number, slice] : version->slices()) {
      ASSERT_TRUE(reader->OpenSlice(slice, {{kPrice}}).ok());
    }
  }
  const uint64_t all = generous.unused_bytes();
  EXPECT_GT(all, 12u * 4096);
  const auto held = frugal.OpenSlice(version->slices().at(1), {{kPrice}});
  ASSERT_TRUE(frugal.Summary(version->slices().at(2)).ok());
  EXPECT_LT(frugal.unused_bytes(), 4u * 4096);
  TableReader middling(table_.place(), table_.schema(), all / 2);
  for (const auto& [number, slice] : version->slices()) {
    ASSERT_TRUE(middling.OpenSlice(slice, {{kPrice}}).ok());
    EXPECT_LE(middling.unused_bytes(), all / 2 + 4 * 4096);
  }
  format::SliceReader rows(format::BestKernels());  // what is held is still there
  rows.Open((*held)->view());
  ColumnBuffer prices(Physical::kInt64);
  EXPECT_TRUE(rows.ReadColumn(0, RowOrder::kTime, prices).ok());
  EXPECT_EQ(prices.rows(), 3000u);
}

TEST_F(TableReaderTest, SaysThatASnapshotHasExpired) {
  ASSERT_TRUE(table_.RunAll().ok());
  const auto reader = table_.Reader();
  const auto version = *reader->Load();
  ASSERT_TRUE(RemoveTree(files_, DayFolderOf(kMonday)).ok());
  const SliceEntry& slice = version->slices().begin()->second;
  ASSERT_EQ(slice.day, kMonday);
  const absl::Status status = reader->OpenSlice(slice, {{kPrice}}).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_TRUE(absl::IsNotFound(reader->Summary(slice).status()));
}

TEST_F(TableReaderTest, NamesTheFileThatIsNotTheOneItShouldBe) {
  ASSERT_TRUE(Commit(table_, SlicesOfThreeDays()).ok());
  const std::string monday = PathOf("price", DayFolderOf(kMonday));
  const std::string tuesday = PathOf("price", DayFolderOf(kTuesday));
  ASSERT_TRUE(files_.Rename(monday, monday + "x").ok());
  ASSERT_TRUE(files_.Rename(tuesday, monday).ok());
  const auto reader = table_.Reader();
  const auto version = *reader->Load();
  const absl::Status status = reader->OpenSlice(version->slices().at(3), {{kPrice}}).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_NE(status.ToString().find("2025-01-20/c0003-price"), std::string::npos) << status;
  auto file = *files_.Open(monday, OpenMode::kReadWrite);
  ASSERT_TRUE(file->Truncate(10).ok());
  EXPECT_TRUE(absl::IsDataLoss(reader->OpenSlice(version->slices().at(1), {{kPrice}}).status()));
}

TEST_F(TableReaderTest, ReturnsEveryErrorOfTheFileSystem) {
  ASSERT_TRUE(table_.RunAll().ok());
  FaultyFileSystem faulty(files_);
  SmallTable table(faulty);
  faulty.Inject({.verb = {}, .path_part = {}, .error = absl::OkStatus()});
  ASSERT_TRUE(table.Content().ok());
  const uint64_t calls = faulty.calls();
  ASSERT_GT(calls, 40u);
  for (uint64_t nth = 1; nth <= calls; ++nth) {
    faulty.Inject({.verb = {}, .path_part = {}, .nth = nth, .error = absl::UnavailableError("no")});
    const absl::Status status = table.Content().status();
    ASSERT_EQ(faulty.injected().size(), 1u);
    ASSERT_TRUE(absl::IsUnavailable(status)) << nth << ": " << status;
  }
}

}  // namespace
}  // namespace tape::engine
