// Readers beside a writer: threads over the file system in memory, whose mappings lie at one
// address, so that ThreadSanitizer sees both sides.
#include "engine/tail/tail_reader.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/io/memory_file_system.h"
#include "engine/tail/tail_appender.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

constexpr uint32_t kCodes = 5;

TailTable Table(uint32_t id) {
  return {.id = TableId(id),
          .columns = {{ColumnId(1), Physical::kInt64, false},
                      {ColumnId(2), Physical::kCode32, false},
                      {ColumnId(3), Physical::kBytes, true}},
          .cluster_column = 1};
}

std::string Note(uint64_t row) { return format::Concat("note of row ", row); }

class TailReaderTest : public testing::Test {
 protected:
  TailReaderTest() {
    EXPECT_TRUE(files_.MakeDirectory("/tail").ok());
    folder_ = {.files = &files_, .path = "/tail", .nonce = {3}, .epoch = 2, .budget = &budget_};
    for (uint32_t id : {1, 2}) {
      auto tail = TableTail::Create(folder_, Table(id), 0);
      EXPECT_TRUE(tail.ok()) << tail.status();
      tails_.push_back(*std::move(tail));
    }
  }

  // Row r of either table: its number, a code told from it, a note. Ten rows of each table a
  // commit.
  static void Append(TailAppender& appender, uint64_t row) {
    appender.Put<int64_t>(0, static_cast<int64_t>(row));
    appender.Put<uint32_t>(1, static_cast<uint32_t>(1 + row % kCodes));
    appender.PutBytes(2, Note(row));
    ASSERT_TRUE(appender.EndRow()) << appender.status();
  }

  void WriteCommits(uint64_t commits) {
    CommitSequence sequence(committed_);
    TailAppender first(*tails_[0], sequence, FullTail::kPrepare);
    TailAppender second(*tails_[1], sequence, FullTail::kPrepare);
    ASSERT_TRUE(first.Start(kCodes + 1).ok());
    ASSERT_TRUE(second.Start(kCodes + 1).ok());
    for (uint64_t commit = 0; commit < commits; ++commit) {
      for (uint64_t i = 0; i < 10; ++i) {
        Append(first, commit * 10 + i);
        Append(second, commit * 10 + i);
      }
      // One commit over both tables.
      const Lsn lsn = sequence.Take();
      first.Stamp(lsn);
      second.Stamp(lsn);
      sequence.Publish(lsn);
    }
  }

  // One snapshot of both tables: whole commits, the same in both, every value as it was put.
  std::string CheckSnapshot(TailReader& first, TailReader& second, uint64_t& rows) {
    const Lsn snapshot(committed_.Load());
    auto end = first.scan().EndOfCommitted(0, snapshot);
    auto end_of_second = second.scan().EndOfCommitted(0, snapshot);
    if (!end.ok()) return end.status().ToString();
    if (!end_of_second.ok()) return end_of_second.status().ToString();
    if (*end != *end_of_second) return "half a commit";
    if (*end != snapshot.value() * 10) return "another number of rows than the commits have";
    if (*end < rows) return "fewer rows than before";
    std::string wrong = CheckRows(first, rows < 50 ? 0 : rows - 50, *end);
    if (wrong.empty()) wrong = CheckHeads(second, *end);
    rows = *end;
    return wrong;
  }

  static std::string CheckRows(TailReader& reader, uint64_t begin, uint64_t end) {
    std::string wrong;
    const ChunkPlan plan = PlanRows(Table(1).columns, true, 1, 1);
    const auto check = [&](const TailPiece& piece) {
      for (uint64_t i = 0; i < piece.rows; ++i) {
        const uint64_t row = piece.first + i;
        auto note = reader.scan().Bytes(piece.Entries<TailBytes>(plan.values[2])[i]);
        if (!note.ok()) return note.status();
        const bool same = piece.Entries<int64_t>(plan.values[0])[i] == static_cast<int64_t>(row) &&
                          piece.Entries<uint32_t>(plan.values[1])[i] == 1 + row % kCodes &&
                          piece.Entries<uint8_t>(*plan.validity[2])[i] == 1 && *note == Note(row);
        if (!same) wrong = format::Concat("row ", row, " is another one");
      }
      return absl::OkStatus();
    };
    const absl::Status status = reader.scan().ForEachPiece(begin, end, check);
    return status.ok() ? wrong : status.ToString();
  }

  // From each code's head, over rows that are too new, to its last row in the snapshot.
  static std::string CheckHeads(TailReader& reader, uint64_t end) {
    for (uint32_t code = 1; code <= kCodes && end >= kCodes; ++code) {
      auto head = reader.Head(code);
      while (head.ok() && *head > end) head = reader.scan().Before(*head - 1);
      if (!head.ok()) return head.status().ToString();
      const uint64_t last = *head - 1;
      if (*head == 0 || last % kCodes + 1 != code || end - last > kCodes) {
        return format::Concat("the last row of code ", code, " is not ", last);
      }
    }
    return {};
  }

  MemoryFileSystem files_;
  TailBudget budget_{uint64_t{1} << 30};
  TailFolder folder_;
  SharedWord committed_;
  std::vector<std::unique_ptr<TableTail>> tails_;
};

TEST_F(TailReaderTest, EverySnapshotBesideAWriterIsWholeCommits) {
  constexpr int kReaders = 3;
  std::atomic<bool> done = false;
  std::atomic<uint64_t> snapshots = 0;
  std::vector<std::string> wrong(kReaders);
  std::vector<std::thread> threads;
  for (int r = 0; r < kReaders; ++r) {
    threads.emplace_back([&, r] {
      auto first = TailReader::Open(folder_, TableId(1));
      auto second = TailReader::Open(folder_, TableId(2));
      if (!first.ok() || !second.ok()) {
        wrong[r] = "cannot open";
        return;
      }
      uint64_t rows = 0;
      bool last = false;
      while (!last && wrong[r].empty()) {
        last = done.load();  // one more look at the end
        wrong[r] = CheckSnapshot(**first, **second, rows);
        snapshots.fetch_add(1);
      }
    });
  }
  WriteCommits(3000);
  done = true;
  for (std::thread& thread : threads) thread.join();
  for (const std::string& what : wrong) EXPECT_EQ(what, "");
  EXPECT_GT(snapshots.load(), 10u);
}

TEST_F(TailReaderTest, ATailOfAnotherNonceOrEpochIsRefused) {
  EXPECT_TRUE(TailReader::Open(folder_, TableId(1)).ok());
  EXPECT_TRUE(absl::IsNotFound(TailReader::Open(folder_, TableId(3)).status()));
  TailFolder other = folder_;
  other.nonce = {4};
  EXPECT_TRUE(absl::IsDataLoss(TailReader::Open(other, TableId(1)).status()));
  other = folder_;
  other.epoch = 3;
  EXPECT_TRUE(absl::IsDataLoss(TailReader::Open(other, TableId(1)).status()));
}

TEST_F(TailReaderTest, WhateverIsInSharedMemoryIsAnErrorOrAnAnswerAndNeverACrash) {
  WriteCommits(300);
  auto reader = TailReader::Open(folder_, TableId(1));
  ASSERT_TRUE(reader.ok());
  uint64_t seed = 1;
  uint64_t refused = 0;
  for (int round = 0; round < 3000; ++round) {
    // A word of the control page, as somebody who means ill would set it.
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    auto* words = reinterpret_cast<SharedWord*>(&tails_[0]->control());
    const size_t word = round % 2 == 0 ? 16 + (seed >> 33) % 40 : 512 + (seed >> 33) % 2048;
    const uint64_t before = words[word].Load();
    const uint64_t values[] = {0, 1, ~uint64_t{0}, before + 1, before - 1, seed, uint64_t{1} << 63};
    words[word].Store(values[(seed >> 20) % std::size(values)]);
    const TailScan& scan = (*reader)->scan();
    const auto end = scan.EndOfCommitted(0, Lsn(committed_.Load()));
    bool ok = end.ok();
    ok &= scan.ForEachPiece(0, 3000, [](const TailPiece&) { return absl::OkStatus(); }).ok();
    ok &= scan.ForEachKill(0, 5, [](const TailKill&) {}).ok();
    ok &= scan.ForEachSymbol(0, 100, [](const TailSymbol&) {}).ok();
    ok &= (*reader)->Head(3).ok();
    ok &= scan.Bytes({.offset = seed, .length = static_cast<uint32_t>(seed >> 40)}).ok();
    refused += ok ? 0 : 1;
    words[word].Store(before);
  }
  EXPECT_GT(refused, 100u);
  EXPECT_EQ(CheckRows(**reader, 0, 3000), "");
}

}  // namespace
}  // namespace tape::engine
