// Definitions, where one call of the file system fails: what is left is of use, and the next
// process finds whole definitions. And two threads that define at once.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/io/faulty_file_system.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "engine/read/store_reader.h"
#include "engine/sql/define/define_script.h"
#include "engine/tail/tail_appender.h"
#include "engine/write/bulk_loader.h"
#include "engine/write/store_writer.h"
#include "tape/scan.h"
#include "tape/snapshot.h"

namespace tape::engine::sql {
namespace {

std::unique_ptr<MemoryFileSystem> NewDisk() {
  auto files = std::make_unique<MemoryFileSystem>();
  EXPECT_TRUE(files->MakeDirectory("/shm").ok());
  EXPECT_TRUE(files->MarkVolatile("/shm").ok());
  return files;
}

struct OneStore {
  explicit OneStore(FileSystem& file_system, const BootId& boot = ManualHost().Boot())
      : files(file_system) {
    host.SetBoot(boot);
  }

  absl::Status Open(bool lose_tail = false) {
    auto opened = StoreWriter::Open({files, host}, {.folder = "/store",
                                                    .create = true,
                                                    .lose_tail = lose_tail,
                                                    .shared_memory = "/shm",
                                                    .tail_bytes_max = 8 << 20,
                                                    .wal_segment_bytes = 64 << 10});
    if (!opened.ok()) return opened.status();
    writer = *std::move(opened);
    return absl::OkStatus();
  }

  absl::Status Run(std::string_view text) const {
    StoreRows rows(*writer);
    return DefineScript(*writer, rows).Run(text);
  }

  // One row of as many integers as the table has columns, durable.
  absl::Status AppendOne(std::string_view name) const {
    const std::shared_ptr<OpenTable> table = writer->Find("main", name);
    if (table == nullptr) return absl::NotFoundError("the table is not open");
    TailAppender appender(*table->tail, writer->sequence(), FullTail::kPrepare);
    if (absl::Status s = appender.Start(1); !s.ok()) return s;
    for (size_t i = 0; i < table->info.schema.columns().size(); ++i) appender.Put<int64_t>(i, 7);
    if (!appender.EndRow()) return appender.status();
    absl::StatusOr<Lsn> lsn = appender.Commit();
    if (!lsn.ok()) return lsn.status();
    return writer->wal().MakeDurable(*lsn);
  }

  // How many rows a reader sees; why it cannot, as an error.
  absl::StatusOr<uint64_t> Rows(const std::string& name) {
    auto reader = StoreReader::Open({files, host}, "/store");
    if (!reader.ok()) return reader.status();
    auto now = (*reader)->TakeSnapshot();
    if (!now.ok()) return now.status();
    const Snapshot snapshot(*now);
    auto scan = snapshot.Scan({.table = name, .order = ScanOrder::kArrival});
    if (!scan.ok()) return scan.status();
    uint64_t all = 0;
    while (true) {
      absl::StatusOr<size_t> rows = (*scan)->Next();
      if (!rows.ok()) return rows.status();
      if (*rows == 0) return all;
      all += *rows;
    }
  }

  FileSystem& files;
  ManualHost host;
  std::unique_ptr<StoreWriter> writer;
};

constexpr std::string_view kTables =
    "CREATE TABLE t (a BIGINT NOT NULL); CREATE TABLE gone (a BIGINT);"
    "CREATE TABLE kept (a BIGINT NOT NULL)";
constexpr std::string_view kDefinitions =
    "BEGIN; CREATE TABLE u (a BIGINT NOT NULL); CREATE TABLE w (a BIGINT NOT NULL);"
    "ALTER TABLE t ADD COLUMN b BIGINT NOT NULL DEFAULT 1; DROP TABLE gone;"
    "COMMENT ON TABLE kept IS 'x'; COMMIT";
constexpr std::string_view kOnlyNew =
    "BEGIN; CREATE TABLE u (a BIGINT NOT NULL); CREATE TABLE w (a BIGINT NOT NULL);"
    "COMMENT ON TABLE kept IS 'x'; COMMIT";

// Every table of the catalog takes rows, unless the store says that it takes nothing any more.
void ExpectOfUse(OneStore& store, const std::string& what) {
  const bool goes_on = store.writer->wal().status().ok();
  for (const auto& [id, info] : store.writer->catalog().tables()) {
    const std::string name(info.schema.name());
    ASSERT_NE(store.writer->Find(id), nullptr) << what << ": table " << name;
    const absl::Status row = store.AppendOne(name);
    EXPECT_EQ(row.ok(), goes_on) << what << ": table " << name << ": " << row;
  }
  const absl::Status again = store.Run("COMMENT ON TABLE t IS 'y'");
  EXPECT_EQ(again.ok(), goes_on) << what << ": " << again;
  EXPECT_EQ(store.writer->Release().ok() || !goes_on, true) << what;
}

void ExpectWholeDefinitions(FileSystem& files, const std::string& what, const BootId& boot) {
  OneStore next(files, boot);
  const absl::Status opened = next.Open();
  ASSERT_TRUE(opened.ok()) << what << ": " << opened;
  const CatalogState found = next.writer->catalog();
  const bool made = found.Find("main", "u") != nullptr;
  EXPECT_EQ(made, found.Find("main", "w") != nullptr) << what;
  EXPECT_EQ(made, found.Find("main", "kept")->schema.definition().comment != "") << what;
  for (const std::string name : {"t", "kept"}) {
    const absl::StatusOr<uint64_t> rows = next.Rows(name);
    ASSERT_TRUE(rows.ok()) << what << ": " << rows.status();
    EXPECT_GE(*rows, 1u) << what << ": table " << name;
    EXPECT_TRUE(next.AppendOne(name).ok()) << what;
  }
}

void FailEachCallOf(std::string_view definitions) {
  const uint64_t step = std::getenv("TAPE_TEST_FULL") != nullptr ? 1 : 3;
  uint64_t refused = 0;
  uint64_t went_on = 0;
  for (uint64_t nth = 1;; nth += step) {
    const auto disk = NewDisk();
    FaultyFileSystem files(*disk);
    OneStore store(files);
    ASSERT_TRUE(store.Open().ok());
    ASSERT_TRUE(store.Run(kTables).ok());
    ASSERT_TRUE(store.AppendOne("t").ok() && store.AppendOne("kept").ok());
    files.Inject({.verb = {},
                  .path_part = {},
                  .nth = nth,
                  .error = absl::ResourceExhaustedError("disk full")});
    const absl::Status status = store.Run(definitions);
    const std::vector<InjectedFault> injected = files.injected();
    if (injected.empty()) {
      EXPECT_TRUE(status.ok()) << status;
      break;
    }
    const std::string what = "call " + std::to_string(nth) + ", of " + injected[0].path;
    files.Inject({});
    refused += status.ok() ? 0 : 1;
    went_on += !status.ok() && store.writer->wal().status().ok() ? 1 : 0;
    ExpectOfUse(store, what);
    const auto died = disk->AfterProcessDeath();
    ExpectWholeDefinitions(*died, what, ManualHost().Boot());
    const auto lost = disk->AfterPowerLoss(PowerLoss::LoseAll());
    ExpectWholeDefinitions(*lost, what, BootId{5, 5});
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(refused, 10u);
  EXPECT_GT(went_on, 5u);
}

TEST(DefineFaults, OfAnyCallLeaveTablesThatAreOfUseAndWholeDefinitions) {
  FailEachCallOf(kDefinitions);
}

TEST(DefineFaults, OfAnyCallLeaveNewTablesThatAreOfUse) { FailEachCallOf(kOnlyNew); }

TEST(DefineFaults, ATableThatNoReaderKnowsYetIsShownWhenItIsMadeAgain) {
  const auto disk = NewDisk();
  FaultyFileSystem files(*disk);
  OneStore store(files);
  ASSERT_TRUE(store.Open().ok());
  const auto schema = Schema::Builder("t").Column("a", Type::Bigint()).NotNull().Build();
  ASSERT_TRUE(schema.ok());
  files.Inject({.verb = FileVerb::kRename,
                .path_part = "/store/catalog.",
                .nth = 1,
                .error = absl::ResourceExhaustedError("disk full")});
  const absl::Status made = store.writer->CreateTable(*schema).status();
  EXPECT_TRUE(absl::IsResourceExhausted(made)) << made;
  EXPECT_EQ(files.injected().size(), 1u);
  EXPECT_FALSE(store.Rows("t").ok());
  ASSERT_TRUE(store.AppendOne("t").ok());
  const absl::StatusOr<TableId> again = store.writer->CreateTable(*schema);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(store.Rows("t").value_or(0), 1u);
  EXPECT_TRUE(absl::IsAlreadyExists(store.writer->CreateTable(*schema).status()));
}

// The WAL has rows, and then a comment that the catalog's file has not.
TEST(DefineFaults, WhatRowsDoNotFeelCostsNoneWhenTheWalIsReplayed) {
  const auto disk = NewDisk();
  FaultyFileSystem files(*disk);
  {
    OneStore store(files);
    ASSERT_TRUE(store.Open().ok());
    ASSERT_TRUE(store.Run(kTables).ok());
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(store.AppendOne("t").ok());
    files.Inject({.verb = FileVerb::kRename,
                  .path_part = "/store/catalog.",
                  .nth = 1,
                  .forever = true,
                  .error = absl::ResourceExhaustedError("disk full")});
    EXPECT_FALSE(store.Run("COMMENT ON TABLE t IS 'x'").ok());
    ASSERT_FALSE(files.injected().empty());
    ASSERT_TRUE(store.AppendOne("t").ok());
  }
  const auto lost = disk->AfterPowerLoss(PowerLoss::LoseAll());
  OneStore next(*lost, BootId{5, 5});
  EXPECT_EQ(next.Rows("t").value_or(0), 6u) << "a reader without a tail";
  ASSERT_TRUE(next.Open().ok());
  EXPECT_EQ(next.Rows("t").value_or(0), 6u);
  EXPECT_EQ(next.writer->Find("main", "t")->info.schema.definition().comment, "x");
  EXPECT_TRUE(next.AppendOne("t").ok());
}

// A table is opened while the WAL is replayed, and then its namespace gets another name.
TEST(DefineFaults, ATableOfRecoveryHasTheNamesOfTheLastDefinition) {
  const auto disk = NewDisk();
  FaultyFileSystem files(*disk);
  {
    OneStore store(files);
    ASSERT_TRUE(store.Open().ok());
    ASSERT_TRUE(store.Run(kTables).ok());
    ASSERT_TRUE(store.AppendOne("t").ok());
    files.Inject({.verb = FileVerb::kRename,
                  .path_part = "/store/catalog.",
                  .nth = 1,
                  .forever = true,
                  .error = absl::ResourceExhaustedError("disk full")});
    EXPECT_FALSE(store.Run("ALTER SCHEMA main RENAME TO other").ok());
  }
  const auto lost = disk->AfterPowerLoss(PowerLoss::LoseAll());
  OneStore next(*lost, BootId{5, 5});
  ASSERT_TRUE(next.Open().ok());
  const std::shared_ptr<OpenTable> table = next.writer->Find("other", "t");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->info.schema.schema_name(), "other");
}

// ---- bulk loads that the WAL says and nobody has synced

absl::Status LoadRows(StoreWriter& writer, int64_t rows) {
  auto load = BulkLoader::Begin(writer, writer.Find("main", "t"), {});
  if (!load.ok()) return load.status();
  ColumnBuffer values(Physical::kInt64);
  for (int64_t i = 0; i < rows; ++i) values.Append(i);
  const std::vector<ColumnView> columns = {values.view()};
  if (absl::Status s = (*load)->Append(columns); !s.ok()) return s;
  return (*load)->Commit().status();
}

// A process dies in the sync of the commit, its tail is given up, and in that recovery the power
// fails: no manifest may say more than the WAL does then.
TEST(DefineFaults, ALoadIsAttachedOnlyWhenTheWalThatSaysSoIsSynced) {
  const auto disk = NewDisk();
  {
    FaultyFileSystem files(*disk);
    OneStore store(files);
    ASSERT_TRUE(store.Open().ok());
    ASSERT_TRUE(store.Run(kTables).ok());
    ASSERT_TRUE(store.AppendOne("t").ok());
    files.Inject({.verb = FileVerb::kSync,
                  .path_part = "/wal/",
                  .nth = 1,
                  .forever = true,
                  .error = absl::UnavailableError("the process is about to die")});
    const absl::Status loaded = LoadRows(*store.writer, 3000);
    ASSERT_FALSE(loaded.ok());
    ASSERT_FALSE(files.injected().empty());
  }
  uint64_t tries = 0;
  for (uint64_t call = 1;; ++call, ++tries) {
    const auto died = disk->AfterProcessDeath();
    const auto tails = died->List("/shm");
    ASSERT_TRUE(tails.ok() && !tails->empty());
    for (const DirectoryEntry& entry : *tails) {
      ASSERT_TRUE(RemoveTree(*died, "/shm/" + entry.name).ok());
    }
    died->PowerFailsAt(call);
    absl::Status opened;
    {
      OneStore next(*died);
      opened = next.Open(/*lose_tail=*/true);
      if (opened.ok()) {
        EXPECT_EQ(next.Rows("t").value_or(0), 3001u) << "the WAL had the load";
      }
    }
    if (opened.ok()) break;
    const auto lost = died->AfterPowerLoss(PowerLoss::LoseAll());
    OneStore last(*lost, BootId{5, 5});
    const absl::Status again = last.Open(/*lose_tail=*/true);
    ASSERT_TRUE(again.ok()) << "call " << call << ": " << again;
    const uint64_t rows = last.Rows("t").value_or(7);
    EXPECT_TRUE(rows == 1 || rows == 3001) << rows;
  }
  EXPECT_GT(tries, 20u);
}

// ---- settings

TEST(DefineFaults, WhatIsSetInATransactionThatIsGivenUpIsNot) {
  const auto disk = NewDisk();
  OneStore store(*disk);
  ASSERT_TRUE(store.Open().ok());
  StoreRows rows(*store.writer);
  DefineScript script(*store.writer, rows);
  ASSERT_TRUE(script.Run("CREATE SCHEMA s").ok());
  ASSERT_TRUE(
      script.Run("BEGIN; SET schema = s; SET unresolved_constraints = allow; ROLLBACK").ok());
  EXPECT_EQ(script.session().schema, "main");
  EXPECT_FALSE(script.session().allow_unresolved);
  EXPECT_FALSE(script.Run("BEGIN; SET schema = s; CREATE TABLE t (a colour)").ok());
  EXPECT_EQ(script.session().schema, "main");
  EXPECT_FALSE(script.Run("BEGIN; SET schema = s").ok()) << "it has no end";
  EXPECT_EQ(script.session().schema, "main");
  ASSERT_TRUE(script.Run("BEGIN; SET schema = s; COMMIT").ok());
  EXPECT_EQ(script.session().schema, "s");
}

// ---- several threads

TEST(DefineFaults, TwoThreadsThatMakeTablesBothSucceedOrHearThatItIsThere) {
  const auto disk = NewDisk();
  OneStore store(*disk);
  ASSERT_TRUE(store.Open().ok());
  constexpr int kTablesEach = 12;
  std::array<std::vector<absl::Status>, 2> made;
  std::atomic<int> ready = 0;
  const auto make = [&](size_t thread) {
    ready.fetch_add(1);
    while (ready.load() != 2) std::this_thread::yield();
    for (int i = 0; i < kTablesEach; ++i) {
      for (const std::string& name :
           {"same" + std::to_string(i), "own" + std::to_string(thread) + "_" + std::to_string(i)}) {
        const auto schema = Schema::Builder(name).Column("a", Type::Bigint()).Build();
        made[thread].push_back(store.writer->CreateTable(*schema).status());
      }
      const std::string text =
          "CREATE TABLE sql" + std::to_string(thread) + "_" + std::to_string(i) + " (a BIGINT)";
      made[thread].push_back(store.Run(text));
    }
  };
  std::thread other(make, 1);
  make(0);
  other.join();
  for (size_t i = 0; i < made[0].size(); ++i) {
    if (i % 3 != 0) {
      EXPECT_TRUE(made[0][i].ok()) << made[0][i];
      EXPECT_TRUE(made[1][i].ok()) << made[1][i];
      continue;
    }
    EXPECT_NE(made[0][i].ok(), made[1][i].ok()) << i;
    EXPECT_TRUE(made[0][i].ok() || absl::IsAlreadyExists(made[0][i])) << made[0][i];
    EXPECT_TRUE(made[1][i].ok() || absl::IsAlreadyExists(made[1][i])) << made[1][i];
  }
  EXPECT_EQ(store.writer->tables().size(), size_t{kTablesEach} * 5);
}

}  // namespace
}  // namespace tape::engine::sql
