// Definitions, and the death of the process or a loss of power at every call of the file system.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "engine/read/store_reader.h"
#include "engine/sql/define/define_script.h"
#include "engine/tail/tail_appender.h"
#include "engine/write/store_writer.h"
#include "tape/scan.h"
#include "tape/snapshot.h"

namespace tape::engine::sql {
namespace {

// What was acknowledged as durable.
struct Promised {
  bool created = false;
  bool altered = false;
  bool dropped = false;
  int64_t rows = 0;
};

class Story {
 public:
  explicit Story(FileSystem& files, const BootId& boot = ManualHost().Boot()) : files_(files) {
    host_.SetBoot(boot);
  }

  absl::Status Open() {
    auto writer = StoreWriter::Open({files_, host_}, {.folder = "/store",
                                                      .create = true,
                                                      .shared_memory = "/shm",
                                                      .tail_bytes_max = 4 << 20,
                                                      .wal_segment_bytes = 64 << 10});
    if (!writer.ok()) return writer.status();
    writer_ = *std::move(writer);
    return absl::OkStatus();
  }

  absl::Status Run(std::string_view text) {
    StoreRows rows(*writer_);
    return DefineScript(*writer_, rows).Run(text);
  }

  bool Has(std::string_view table) const {
    return writer_->catalog().Find("main", table) != nullptr;
  }

  // Rows first, first + 1, ...; column w, where it is there, has the row's number.
  absl::Status Append(int64_t first, int64_t rows) {
    const std::shared_ptr<OpenTable> table = writer_->Find("main", "t");
    const bool altered = table->info.schema.columns().size() == 3;
    TailAppender appender(*table->tail, writer_->sequence(), FullTail::kPrepare);
    if (absl::Status s = appender.Start(1); !s.ok()) return s;
    for (int64_t row = first; row < first + rows; ++row) {
      appender.Put<int64_t>(0, row);
      altered ? appender.Put<int64_t>(1, row) : appender.Put<int32_t>(1, static_cast<int32_t>(row));
      if (altered) appender.Put<int64_t>(2, row);
      if (!appender.EndRow()) return appender.status();
    }
    absl::StatusOr<Lsn> lsn = appender.Commit();
    if (!lsn.ok()) return lsn.status();
    return writer_->wal().MakeDurable(*lsn);
  }

  // One life: what it got done is in `promised`.
  absl::Status Live(Promised& promised) {
    if (absl::Status s = Open(); !s.ok()) return s;
    absl::Status status =
        Run("BEGIN; CREATE TABLE t (ts TIMESTAMP NOT NULL, v INT NOT NULL) PARTITION BY DAY (ts);"
            "CREATE TABLE gone (a INT); COMMIT");
    if (!status.ok()) return status;
    promised.created = true;
    if (status = Append(0, 5); !status.ok()) return status;
    promised.rows = 5;
    status = Run("ALTER TABLE t ADD COLUMN w BIGINT NOT NULL DEFAULT -1, ALTER v TYPE BIGINT");
    if (!status.ok()) return status;
    promised.altered = true;
    if (status = Append(5, 5); !status.ok()) return status;
    promised.rows = 10;
    if (status = Run("DROP TABLE gone"); !status.ok()) return status;
    promised.dropped = true;
    if (status = writer_->Release(); !status.ok()) return status;
    return writer_->Close();
  }

  // What is wrong with what is there; nothing where it is what was promised.
  std::string Check(const Promised& promised) {
    if (promised.created && !Has("t")) return "table t is not there";
    if (promised.dropped && Has("gone")) return "table gone is there";
    if (!Has("t")) return Has("gone") ? "half a commit" : "";
    const bool altered = writer_->catalog().Find("main", "t")->schema.columns().size() == 3;
    if (promised.altered && !altered) return "the alteration is not there";
    return CheckRows(promised, altered);
  }

  StoreWriter& writer() { return *writer_; }

 private:
  std::string CheckRows(const Promised& promised, bool altered) {
    auto reader = StoreReader::Open({files_, host_}, "/store");
    if (!reader.ok()) return std::string(reader.status().message());
    auto now = (*reader)->TakeSnapshot();
    if (!now.ok()) return std::string(now.status().message());
    const Snapshot snapshot(*now);
    auto scan = snapshot.Scan({.table = "t", .order = ScanOrder::kArrival});
    if (!scan.ok()) return std::string(scan.status().message());
    int64_t row = 0;
    while (true) {
      absl::StatusOr<size_t> rows = (*scan)->Next();
      if (!rows.ok()) return std::string(rows.status().message());
      if (*rows == 0) break;
      for (size_t i = 0; i < *rows; ++i, ++row) {
        const int64_t v = altered ? (*scan)->column(1).Values<int64_t>()[i]
                                  : (*scan)->column(1).Values<int32_t>()[i];
        if (v != row) return "v is another";
        if (altered && (*scan)->column(2).Values<int64_t>()[i] != (row < 5 ? -1 : row)) {
          return "w is another";
        }
      }
    }
    return row >= promised.rows ? "" : "rows are gone";
  }

  FileSystem& files_;
  ManualHost host_;
  std::unique_ptr<StoreWriter> writer_;
};

std::unique_ptr<MemoryFileSystem> NewDisk() {
  auto files = std::make_unique<MemoryFileSystem>();
  EXPECT_TRUE(files->MakeDirectory("/shm").ok());
  EXPECT_TRUE(files->MarkVolatile("/shm").ok());
  return files;
}

uint64_t OperationsOfALife() {
  const auto files = NewDisk();
  const uint64_t before = files->operations();
  Promised promised;
  Story story(*files);
  const absl::Status status = story.Live(promised);
  EXPECT_TRUE(status.ok()) << status;
  return files->operations() - before;
}

// Every call where the environment asks for all of them, else some.
uint64_t Step() { return std::getenv("TAPE_TEST_FULL") != nullptr ? 1 : 5; }

void CheckFound(MemoryFileSystem& found, const Promised& promised, uint64_t call,
                const BootId& boot = ManualHost().Boot()) {
  Story story(found, boot);
  const absl::Status opened = story.Open();
  ASSERT_TRUE(opened.ok()) << "call " << call << ": " << opened;
  EXPECT_EQ(story.Check(promised), "") << "call " << call;
  if (!story.Has("t")) return;
  // And it can be altered again.
  const absl::Status again = story.Run("ALTER TABLE t ADD COLUMN x INT; COMMENT ON TABLE t IS 'x'");
  EXPECT_TRUE(again.ok()) << "call " << call << ": " << again;
}

TEST(DefineCrash, ALossOfPowerAtAnyCallLeavesWholeDefinitionsAndAllThatWasPromised) {
  const uint64_t calls = OperationsOfALife();
  ASSERT_GT(calls, 100u);
  for (uint64_t call = 1; call <= calls; call += Step()) {
    const auto files = NewDisk();
    files->PowerFailsAt(call);
    Promised promised;
    {
      Story story(*files);
      EXPECT_FALSE(story.Live(promised).ok());
    }
    for (const PowerLoss& loss : {PowerLoss::LoseAll(), PowerLoss::Random(call)}) {
      const auto found = files->AfterPowerLoss(loss);
      CheckFound(*found, promised, call, BootId{5, 5});
    }
  }
}

TEST(DefineCrash, TheDeathOfTheProcessAtAnyCallLeavesWholeDefinitionsAndAllThatWasPromised) {
  const uint64_t calls = OperationsOfALife();
  for (uint64_t call = 1; call <= calls; call += Step()) {
    const auto files = NewDisk();
    files->PowerFailsAt(call);
    Promised promised;
    {
      Story story(*files);
      EXPECT_FALSE(story.Live(promised).ok());
    }
    const auto found = files->AfterProcessDeath();
    CheckFound(*found, promised, call);
  }
}

}  // namespace
}  // namespace tape::engine::sql
