#include "engine/change/key_index.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/change/rising_keys.h"
#include "engine/io/chance.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "engine/read/store_reader.h"
#include "engine/tail/tail_appender.h"
#include "engine/write/store_writer.h"
#include "format/layout/key_hash.h"

namespace tape::engine {
namespace {

Schema OrdersSchema() {
  auto schema = Schema::Builder("orders")
                    .Column("id", Type::Bigint())
                    .NotNull()
                    .Column("ts", Type::Timestamp())
                    .NotNull()
                    .Column("note", Type::Text())
                    .PrimaryKey({"id"})
                    .Unique({"note"})
                    .PartitionBy(Partition::kDay, "ts")
                    .SliceRows(kMinSliceRows)
                    .Build();
  EXPECT_TRUE(schema.ok()) << schema.status();
  return *std::move(schema);
}

// A store of one table whose rows are updated by id, and a map that says which row is alive.
class Orders {
 public:
  Orders(MemoryFileSystem& files, ManualHost& host) : files_(&files), host_(host) {}

  // Goes on with what was left of the disk.
  void Use(MemoryFileSystem& files) { files_ = &files; }

  absl::Status Open() {
    Drop();
    auto writer = StoreWriter::Open({*files_, host_}, {.folder = "/store",
                                                       .create = true,
                                                       .shared_memory = "/shm",
                                                       .tail_bytes_max = uint64_t{1} << 30});
    if (!writer.ok()) return writer.status();
    writer_ = *std::move(writer);
    table_ = writer_->Find("main", "orders");
    if (table_ == nullptr) {
      auto id = writer_->CreateTable(OrdersSchema());
      if (!id.ok()) return id.status();
      table_ = writer_->Find(*id);
    }
    appender_ =
        std::make_unique<TailAppender>(*table_->tail, writer_->sequence(), FullTail::kPrepare);
    if (absl::Status s = appender_->Start(0); !s.ok()) return s;
    auto reader = StoreReader::Open({*files_, host_}, "/store");
    if (!reader.ok()) return reader.status();
    reader_ = *std::move(reader);
    index_ = std::make_unique<KeyIndex>(*table_);
    return index_->Open();
  }

  void Drop() {
    index_.reset();
    snapshot_.reset();
    reader_.reset();
    appender_.reset();
    table_.reset();
    writer_.reset();
  }

  // A new version of a row of this id: its old one is killed.
  void Put(int64_t id) {
    const uint64_t row = appender_->rows();
    const auto old = live_.find(id);
    if (old != live_.end()) appender_->Kill(RowNumber(old->second));
    live_[id] = row;
    ids_.resize(row);
    ids_.push_back(id);
    appender_->Put<int64_t>(0, id);
    appender_->Put<int64_t>(1, static_cast<int64_t>(row % 3) * 86'400'000'000'000 + 5);
    if (id % 4 != 1) {
      appender_->PutBytes(2, NoteOf(id));
    } else {
      appender_->PutNull(2);
    }
    EXPECT_TRUE(appender_->EndRow());
  }

  void Remove(int64_t id) {
    if (live_.contains(id)) appender_->Kill(RowNumber(live_[id]));
    live_.erase(id);
  }

  // `look`: the index learns of it now; else by the next look-up.
  absl::Status Commit(bool look = true) {
    if (!appender_->has_changes()) return absl::OkStatus();
    absl::Status status = appender_->Commit().status();
    return status.ok() && look ? Look() : status;
  }

  // The index sees what is committed now.
  absl::Status Look() {
    auto snapshot = reader_->TakeSnapshot();
    if (!snapshot.ok()) return snapshot.status();
    absl::Status status = index_->Use(*(*snapshot)->Find("main", "orders"));
    snapshot_ = *std::move(snapshot);
    return status;
  }
  std::shared_ptr<const StoreSnapshot> snapshot() { return snapshot_; }

  absl::Status Seal(SealWhat what) {
    absl::Status s = writer_->wal().MakeDurable(writer_->sequence().committed());
    return s.ok() ? writer_->Seal(table_->info.id, what).status() : s;
  }

  // The same, of ids that Check is not asked about.
  void PutUnseen(int64_t id, bool is_new) {
    if (!is_new) appender_->Kill(RowNumber(unseen_[id]));
    unseen_[id] = appender_->rows();
    Put(id);
    live_.erase(id);
  }
  // How many of them are found.
  uint64_t CountUnseen(int64_t begin, int64_t end) {
    uint64_t found = 0;
    for (int64_t id = begin; id < end; ++id) {
      format::KeyHash by_id(writer_->store());
      by_id.AddInteger(id);
      auto row = index_->Find(0, by_id.Finish(), [&](RowNumber candidate) -> absl::StatusOr<bool> {
        return ids_[candidate.value()] == id;
      });
      EXPECT_TRUE(row.ok()) << row.status();
      found += row.ok() && row->has_value() ? 1 : 0;
    }
    return found;
  }

  static std::string NoteOf(int64_t id) { return "order " + std::to_string(id); }

  // What is wrong with the answers about ids below `end`; empty: nothing.
  std::string Check(int64_t end, int64_t step = 1) {
    if (absl::Status status = Look(); !status.ok()) return status.ToString();
    return CheckAsSeen(end, step);
  }

  std::string CheckAsSeen(int64_t end, int64_t step = 1) {
    for (int64_t id = 0; id < end; id += step) {
      const auto live = live_.find(id);
      const bool is_live = live != live_.end();
      format::KeyHash by_id(writer_->store());
      by_id.AddInteger(id);
      format::KeyHash by_note(writer_->store());
      by_note.AddBytes(NoteOf(id));
      for (const size_t key : {0, 1}) {
        if (key == 1 && id % 4 == 1) continue;  // NULLs are distinct
        const uint64_t hash = key == 0 ? by_id.Finish() : by_note.Finish();
        auto row = index_->Find(key, hash, [&](RowNumber candidate) -> absl::StatusOr<bool> {
          return ids_[candidate.value()] == id;
        });
        if (!row.ok()) return row.status().ToString();
        if (row->has_value() != is_live) {
          return "id " + std::to_string(id) + (is_live ? " is not found" : " is found and dead");
        }
        if (is_live && row->value() != RowNumber(live->second)) return "another row is found";
      }
    }
    return {};
  }

  // Rows that a look-up takes for candidates, whatever their values, until none is left.
  uint64_t CountCandidates(uint64_t hash) {
    EXPECT_TRUE(Look().ok());
    uint64_t candidates = 0;
    auto row = index_->Find(0, hash, [&](RowNumber) -> absl::StatusOr<bool> {
      ++candidates;
      return false;
    });
    EXPECT_TRUE(row.ok() && !row->has_value());
    return candidates;
  }

  StoreWriter& writer() { return *writer_; }
  struct OpenTable& table() {
    return *table_;
  }
  KeyIndex& index() { return *index_; }

 private:
  MemoryFileSystem* files_;
  ManualHost& host_;
  std::unique_ptr<StoreWriter> writer_;
  std::shared_ptr<struct OpenTable> table_;
  std::unique_ptr<TailAppender> appender_;
  std::shared_ptr<StoreReader> reader_;
  std::shared_ptr<const StoreSnapshot> snapshot_;
  std::unique_ptr<KeyIndex> index_;
  std::unordered_map<int64_t, uint64_t> live_;
  std::unordered_map<int64_t, uint64_t> unseen_;
  std::vector<int64_t> ids_;  // by row
};

void MakeDisk(MemoryFileSystem& files) {
  ASSERT_TRUE(files.MakeDirectory("/shm").ok());
  ASSERT_TRUE(files.MarkVolatile("/shm").ok());
}

TEST(KeyIndex, SaysWhichRowIsAliveInAnyStory) {
  const uint64_t stories = std::getenv("TAPE_TEST_FULL") != nullptr ? 60 : 3;
  for (uint64_t seed = 0; seed < stories; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Chance chance(seed);
    MemoryFileSystem files;
    MakeDisk(files);
    ManualHost host;
    Orders orders(files, host);
    ASSERT_TRUE(orders.Open().ok());
    for (int step = 0; step < 50; ++step) {
      const uint64_t choice = chance.Below(12);
      if (choice < 6) {
        const uint64_t rows = chance.Below(chance.OneIn(4) ? 900 : 40);
        for (uint64_t i = 0; i < rows; ++i) orders.Put(static_cast<int64_t>(chance.Below(2000)));
        for (int i = 0; i < 3; ++i) orders.Remove(static_cast<int64_t>(chance.Below(2000)));
        ASSERT_TRUE(orders.Commit(chance.OneIn(2)).ok());
      } else if (choice < 8) {
        ASSERT_TRUE(
            orders.Seal(chance.OneIn(2) ? SealWhat::kFullSlices : SealWhat::kEverything).ok());
      } else if (choice < 9) {
        const auto what = chance.OneIn(2) ? FoldWhat::kEverything : FoldWhat::kWhatPays;
        ASSERT_TRUE(orders.writer().FoldStep(orders.table().info.id, what).ok());
      } else if (choice < 10) {
        const absl::Status opened = orders.Open();  // the process died: the tail is there
        ASSERT_TRUE(opened.ok()) << opened;
      } else {
        ASSERT_EQ(orders.Check(2000, 7), "");
      }
    }
    ASSERT_EQ(orders.Check(2010), "");
  }
}

// What a change looks at stays what it was, and its files and chunks stay where they are.
TEST(KeyIndex, AnswersForAnOldSnapshotWhateverIsSealedAndFolded) {
  MemoryFileSystem files;
  MakeDisk(files);
  ManualHost host;
  Orders orders(files, host);
  ASSERT_TRUE(orders.Open().ok());
  for (int64_t id = 0; id < 1500; ++id) orders.Put(id);
  ASSERT_TRUE(orders.Commit().ok());
  const std::shared_ptr<const StoreSnapshot> old = orders.snapshot();
  for (int round = 0; round < 6; ++round) {
    for (int64_t id = 1500; id < 3000; ++id) orders.PutUnseen(id, round == 0);
    ASSERT_TRUE(orders.Commit().ok());
    ASSERT_TRUE(orders.Seal(SealWhat::kEverything).ok());
    ASSERT_TRUE(orders.Seal(SealWhat::kEverything).ok());
    ASSERT_TRUE(orders.writer().Fold(orders.table().info.id).ok());
    ASSERT_TRUE(orders.writer().Release().ok());
  }
  ASSERT_EQ(orders.Check(1500), "");
  ASSERT_TRUE(orders.index().Use(*old->Find("main", "orders")).ok());
  EXPECT_EQ(orders.CheckAsSeen(1500), "");
  EXPECT_EQ(orders.CountUnseen(1500, 3000), 0u);
  ASSERT_EQ(orders.Check(1500), "") << "and for the new one again";
}

TEST(KeyIndex, IsThereAfterAPowerLoss) {
  MemoryFileSystem files;
  MakeDisk(files);
  ManualHost host;
  Orders orders(files, host);
  ASSERT_TRUE(orders.Open().ok());
  for (int64_t id = 0; id < 1500; ++id) orders.Put(id);
  ASSERT_TRUE(orders.Commit().ok());
  ASSERT_TRUE(orders.Seal(SealWhat::kFullSlices).ok());
  for (int64_t id = 0; id < 300; id += 2) orders.Put(id);
  ASSERT_TRUE(orders.Commit().ok());
  ASSERT_TRUE(orders.writer().wal().MakeDurable(orders.writer().sequence().committed()).ok());
  orders.Drop();
  const auto left = files.AfterPowerLoss(PowerLoss::LoseAll());
  orders.Use(*left);
  host.SetBoot({9, 9});
  ASSERT_TRUE(orders.Open().ok());
  EXPECT_EQ(orders.Check(1510), "");
}

// Every row that a look-up by hash meets is given to who asks, in the tail and in slices.
TEST(KeyIndex, BelievesNoHash) {
  MemoryFileSystem files;
  MakeDisk(files);
  ManualHost host;
  Orders orders(files, host);
  ASSERT_TRUE(orders.Open().ok());
  orders.Put(7);
  ASSERT_TRUE(orders.Commit().ok());
  format::KeyHash hash(orders.writer().store());
  hash.AddInteger(7);
  const uint64_t seven = hash.Finish();
  EXPECT_EQ(orders.CountCandidates(seven), 1u);
  ASSERT_TRUE(orders.Seal(SealWhat::kEverything).ok());
  orders.Put(8);
  ASSERT_TRUE(orders.Commit().ok());
  EXPECT_GE(orders.CountCandidates(seven), 1u);
  EXPECT_EQ(orders.Check(20), "");
}

TEST(TailKeys, WithManyKeysOfOneHashFindsThemAll) {
  std::vector<TailKey> slots(64);
  for (uint64_t i = 0; i < 40; ++i) slots[(60 + i) % 64] = {60, i + 1};
  std::vector<RowNumber> rows;
  FindTailKeys(slots, 60, rows);
  EXPECT_EQ(rows.size(), 40u);
  rows.clear();
  FindTailKeys(slots, 124, rows);
  EXPECT_TRUE(rows.empty());
  for (TailKey& slot : slots) slot = {60, 5};  // hostile: no slot is free
  FindTailKeys(slots, 61, rows);
  EXPECT_TRUE(rows.empty());
}

TEST(RisingKeys, AreNewOnlyAboveAllBefore) {
  RisingKeys serial;
  EXPECT_TRUE(serial.IsNew(-5));
  serial.StartAbove(10);
  EXPECT_FALSE(serial.IsNew(10));
  EXPECT_TRUE(serial.IsNew(11));
  serial.Raise(20);
  EXPECT_FALSE(serial.IsNew(15));
  RisingTimes times;
  times.StartAbove(100);
  EXPECT_FALSE(times.IsNew(3, 100));
  EXPECT_TRUE(times.IsNew(3, 101));
  times.Raise(3, 150);
  EXPECT_FALSE(times.IsNew(3, 150));
  EXPECT_TRUE(times.IsNew(3, 151));
  EXPECT_TRUE(times.IsNew(2, 101)) << "another symbol's time says nothing";
}

// Not a limit, a number: keys a second, of which half are there.
TEST(KeyIndex, FindsKeysInSlicesFast) {
  MemoryFileSystem files;
  MakeDisk(files);
  ManualHost host;
  Orders orders(files, host);
  ASSERT_TRUE(orders.Open().ok());
  const int64_t keys = std::getenv("TAPE_TEST_FULL") != nullptr ? 1'000'000 : 20'000;
  for (int64_t id = 0; id < keys; ++id) {
    orders.Put(2 * id);
    if (id % 5'000 != 4'999) continue;
    ASSERT_TRUE(orders.Commit().ok());
  }
  ASSERT_TRUE(orders.Commit().ok());
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(orders.Seal(SealWhat::kEverything).ok());
  ASSERT_TRUE(orders.writer().Fold(orders.table().info.id).ok());
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(orders.Check(2 * keys, 4), "");
  ASSERT_EQ(orders.Check(2 * keys, 3), "");
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  RecordProperty("lookups_per_second",
                 static_cast<int>(static_cast<double>(keys) * 2 / seconds.count()));
}

}  // namespace
}  // namespace tape::engine
