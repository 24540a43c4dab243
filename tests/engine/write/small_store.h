// A store of two tables, and a model of what it must hold: every row can be told from its number.
//
//   SmallStore store(files, host);
//   ASSERT_TRUE(store.Open().ok());
//   store.Append(0, 10);                                 // rows into the first table's open commit
//   store.Commit();                                      // both tables' rows, one after the other
//   ...
//   EXPECT_EQ(store.Check(), "");                        // what is there is what the model says
//
// The model knows of every commit that was tried, acknowledged, or acknowledged as durable; Check
// reads everything back, from slices and tail, and says what is wrong: rows that differ, a hole,
// half a commit, fewer commits than were promised, more than were tried.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/files/table_reader.h"
#include "engine/io/file_system.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "engine/tail/tail_appender.h"
#include "engine/write/store_writer.h"

namespace tape::engine {

inline constexpr size_t kSmallTables = 2;

struct SmallOptions {
  uint64_t wal_segment_bytes = 64 << 10;
  uint64_t tail_bytes_max = 64 << 20;
  uint64_t small_tail_segments = 4;
};

// A row that a commit killed.
struct PromisedKill {
  uint64_t commit = 0;
  size_t table = 0;
  uint64_t row = 0;
};

// What was promised, over all lives of the store.
struct Promises {
  // Rows of each table after each commit that was tried: index 0 is before the first.
  std::vector<std::array<uint64_t, kSmallTables>> rows = {{}};
  uint64_t tables = 0;        // acknowledged
  uint64_t acknowledged = 0;  // commits: they survive the process
  uint64_t durable = 0;       // commits: they survive the power
  std::vector<PromisedKill> kills{};
  int64_t sequence = 0;  // the last value that was given out
};

class SmallStore {
 public:
  SmallStore(FileSystem& files, ManualHost& host, Promises& promises);

  // What is promised after the disk has lost its power was promised by nobody.
  void DiesWith(const MemoryFileSystem& disk) { disk_ = &disk; }

  // Opens or makes store and tables.
  absl::Status Open(const SmallOptions& options = {});

  absl::Status Append(size_t table, uint64_t rows);
  // Of a table with uncommitted rows, so that every commit has other rows than the one before.
  void Kill(size_t table, uint64_t row);
  // Commits what was appended to each table, as one commit a table.
  absl::Status Commit();
  absl::Status MakeDurable();
  // Takes values of a sequence of the first table; kDataLoss for one that was given out before.
  absl::Status TakeSequence(uint32_t count);
  absl::Status Seal(SealWhat what);
  absl::Status Fold(FoldWhat what);
  absl::Status Release();
  absl::Status Close();

  StoreWriter& writer() { return *writer_; }

  // Empty where the store holds what it must; `promised` is acknowledged or durable.
  std::string Check(uint64_t promised);

 private:
  absl::Status OpenTable(size_t table);
  // What is wrong, or nothing; `rows` becomes how many rows are there.
  std::string CheckTable(size_t table, uint64_t& rows);
  std::string CheckSlices(size_t table, uint64_t& rows);
  std::string CheckSlice(size_t table, TableReader& reader, const format::SliceEntry& entry,
                         std::vector<bool>& seen);
  std::string CheckTail(size_t table, uint64_t& rows);
  std::string CheckKills(size_t table);
  // Rows that are dead, in slices or tail.
  absl::StatusOr<std::set<uint64_t>> DeadRows(size_t table);
  TablePlace Place(size_t table) const;

  bool IsDead() const { return disk_ != nullptr && disk_->power_failed(); }

  FileSystem& files_;
  const MemoryFileSystem* disk_ = nullptr;
  ManualHost& host_;
  Promises& promises_;
  std::unique_ptr<StoreWriter> writer_;
  std::array<std::shared_ptr<struct OpenTable>, kSmallTables> tables_;
  std::array<std::unique_ptr<TailAppender>, kSmallTables> appenders_;
  std::array<std::vector<uint64_t>, kSmallTables> killed_;  // by the open commit
};

}  // namespace tape::engine
