#include "engine/tail/tail_appender.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/io/posix_file_system.h"
#include "tests/support/temp_folder.h"

namespace tape::engine {
namespace {

// One table with a symbol to cluster by, a number that may be NULL, and a text.
class TailAppenderTest : public testing::Test {
 protected:
  static constexpr size_t kTime = 0, kSymbol = 1, kSize = 2, kNote = 3;

  TailAppenderTest() {
    folder_.files = &PosixFileSystem::Instance();
    folder_.path = temp_.path();
    folder_.nonce = {1, 2, 3};
    folder_.epoch = 7;
    folder_.budget = &budget_;
    committed_.Store(0);
  }

  static TailTable Table() {
    return {.id = TableId(17),
            .columns = {{ColumnId(1), Physical::kInt64, false},
                        {ColumnId(2), Physical::kCode32, false},
                        {ColumnId(3), Physical::kInt64, true},
                        {ColumnId(4), Physical::kBytes, true}},
            .cluster_column = 1};
  }

  void Create(uint64_t first_row = 0) {
    auto tail = TableTail::Create(folder_, Table(), first_row);
    ASSERT_TRUE(tail.ok()) << tail.status();
    tail_ = *std::move(tail);
  }

  // As the next process does: the mappings of this one are gone, the files are as they were.
  void Readopt() {
    tail_.reset();
    auto tail = TableTail::Adopt(folder_, Table(), Lsn(committed_.Load()));
    ASSERT_TRUE(tail.ok()) << tail.status();
    tail_ = *std::move(tail);
    sequence_ = std::make_unique<CommitSequence>(committed_);
  }

  std::unique_ptr<TailAppender> Appender() {
    auto appender = std::make_unique<TailAppender>(*tail_, *sequence_, FullTail::kPrepare);
    EXPECT_TRUE(appender->Start(8).ok());
    return appender;
  }

  static void Append(TailAppender& appender, int64_t row) {
    appender.Put<int64_t>(kTime, 1000 + row);
    appender.Put<uint32_t>(kSymbol, static_cast<uint32_t>(1 + row % 3));
    if (row % 5 != 0) appender.Put<int64_t>(kSize, row * 10);
    if (row % 7 != 0) appender.PutBytes(kNote, std::string(row % 40, 'x') + std::to_string(row));
    ASSERT_TRUE(appender.EndRow()) << appender.status();
  }

  // Every visible row from `first` on is what Append put, in its place.
  void ExpectRows(uint64_t first, uint64_t end) {
    uint64_t seen = first;
    const absl::Status status = tail_->scan().ForEachPiece(first, end, [&](const TailPiece& piece) {
      for (uint64_t i = 0; i < piece.rows; ++i) {
        ExpectRow(piece, piece.begin + i, static_cast<int64_t>(seen));
        ++seen;
      }
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(seen, end);
  }

  void ExpectRow(const TailPiece& piece, uint64_t at, int64_t row) {
    const ChunkPlan plan = PlanRows(Table().columns, true, 1, 1);
    const TailChunk& chunk = *piece.chunk;
    ASSERT_EQ(chunk.Entries<int64_t>(plan.values[kTime])[at], 1000 + row);
    ASSERT_EQ(chunk.Entries<uint32_t>(plan.values[kSymbol])[at], 1 + row % 3);
    ASSERT_EQ(chunk.Entries<uint8_t>(*plan.validity[kSize])[at], row % 5 != 0);
    if (row % 5 != 0) {
      ASSERT_EQ(chunk.Entries<int64_t>(plan.values[kSize])[at], row * 10);
    }
    ASSERT_EQ(chunk.Entries<uint8_t>(*plan.validity[kNote])[at], row % 7 != 0);
    if (row % 7 != 0) {
      auto note = tail_->scan().Bytes(chunk.Entries<TailBytes>(plan.values[kNote])[at]);
      ASSERT_TRUE(note.ok()) << note.status();
      ASSERT_EQ(*note, std::string(row % 40, 'x') + std::to_string(row));
    }
    const uint64_t before = row >= 3 ? static_cast<uint64_t>(row) - 3 + 1 : 0;
    ASSERT_EQ(chunk.Entries<uint64_t>(*plan.before)[at], before) << row;
  }

  support::TempFolder temp_;
  TailBudget budget_{uint64_t{1} << 30};
  TailFolder folder_;
  SharedWord committed_;
  std::unique_ptr<CommitSequence> sequence_;
  std::unique_ptr<TableTail> tail_;

  void SetUp() override { sequence_ = std::make_unique<CommitSequence>(committed_); }
};

TEST_F(TailAppenderTest, RowsAreVisibleWithTheirCommitAndNotBefore) {
  Create();
  auto appender = Appender();
  Append(*appender, 0);
  EXPECT_EQ(tail_->control().visible.Load(), 0u);
  auto lsn = appender->Commit();
  ASSERT_TRUE(lsn.ok());
  EXPECT_EQ(*lsn, Lsn(1));
  EXPECT_EQ(tail_->control().visible.Load(), 1u);
  EXPECT_EQ(committed_.Load(), 1u);
  ExpectRows(0, 1);
}

TEST_F(TailAppenderTest, RowsCrossChunksInEveryCommitSize) {
  Create();
  auto appender = Appender();
  int64_t row = 0;
  for (int64_t size : {1, 1023, 1, 1, 1024, 3000, 1, 5000}) {
    for (int64_t i = 0; i < size; ++i) Append(*appender, row++);
    ASSERT_TRUE(appender->Commit().ok());
  }
  EXPECT_EQ(tail_->control().visible.Load(), static_cast<uint64_t>(row));
  ExpectRows(0, static_cast<uint64_t>(row));
  auto lsn = tail_->scan().LsnOf(1024);
  ASSERT_TRUE(lsn.ok());
  EXPECT_EQ(*lsn, Lsn(3));
  auto end = tail_->scan().EndOfCommitted(0, Lsn(4));
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(*end, 1026u);
}

TEST_F(TailAppenderTest, AbandonedRowsAreWrittenOver) {
  Create();
  auto appender = Appender();
  for (int64_t row = 0; row < 700; ++row) Append(*appender, row);
  ASSERT_TRUE(appender->Commit().ok());
  for (int64_t size : {1, 500, 5000}) {
    for (int64_t i = 0; i < size; ++i) Append(*appender, 90'000 + i);
    appender->Abandon();
    EXPECT_EQ(appender->rows(), 700u);
  }
  for (int64_t row = 700; row < 4000; ++row) Append(*appender, row);
  ASSERT_TRUE(appender->Commit().ok());
  ExpectRows(0, 4000);
}

TEST_F(TailAppenderTest, AnotherProcessGoesOnWhereCommitsEnded) {
  Create();
  auto appender = Appender();
  for (int64_t row = 0; row < 1500; ++row) Append(*appender, row);
  ASSERT_TRUE(appender->Commit().ok());
  // Stamped but never published: the process died in between.
  for (int64_t row = 1500; row < 4000; ++row) Append(*appender, row + 1);
  ASSERT_TRUE(appender->ReadyToCommit().ok());
  appender->Kill(RowNumber(3));
  ASSERT_TRUE(appender->ReadyToCommit().ok());
  appender->Stamp(sequence_->Take());
  EXPECT_EQ(tail_->control().visible.Load(), 4000u);
  appender.reset();
  Readopt();
  EXPECT_EQ(tail_->control().visible.Load(), 1500u);
  EXPECT_EQ(tail_->control().kills.Load(), 0u);
  appender = Appender();
  for (int64_t row = 1500; row < 3000; ++row) Append(*appender, row);
  ASSERT_TRUE(appender->Commit().ok());
  ExpectRows(0, 3000);
}

TEST_F(TailAppenderTest, SymbolsAndKillsComeBackInOrder) {
  Create();
  auto appender = Appender();
  std::vector<std::string> texts;
  for (uint32_t code = 1; code <= 20'000; ++code) {
    texts.push_back("symbol-" + std::to_string(code));
    ASSERT_TRUE(appender->AddSymbol(ColumnId(2), SymbolCode(code), texts.back()).ok());
  }
  for (int64_t row = 0; row < 3000; ++row) {
    Append(*appender, row);
    if (row % 2 == 1) appender->Kill(RowNumber(static_cast<uint64_t>(row) - 1));
    ASSERT_TRUE(appender->Commit().ok());
  }
  appender.reset();
  Readopt();
  size_t seen = 0;
  ASSERT_TRUE(tail_->scan()
                  .ForEachSymbol(0, tail_->control().symbols.Load(),
                                 [&](const TailSymbol& symbol) {
                                   ASSERT_LT(seen, texts.size());
                                   EXPECT_EQ(symbol.column, ColumnId(2));
                                   EXPECT_EQ(symbol.code.value(), seen + 1);
                                   EXPECT_EQ(symbol.text, texts[seen++]);
                                 })
                  .ok());
  EXPECT_EQ(seen, texts.size());
  uint64_t kill = 0;
  ASSERT_TRUE(tail_->scan()
                  .ForEachKill(0, tail_->control().kills.Load(),
                               [&](const TailKill& found) {
                                 EXPECT_EQ(found.row, 2 * kill);
                                 EXPECT_EQ(found.lsn, 2 * kill + 2);
                                 ++kill;
                               })
                  .ok());
  EXPECT_EQ(kill, 1500u);
}

TEST_F(TailAppenderTest, AFullTailIsAnErrorThatAbandonTakesBack) {
  TailBudget small(1 << 20);
  folder_.budget = &small;
  Create();
  auto appender = Appender();
  int64_t row = 0;
  while (row < 1'000'000 && appender->ok()) {
    appender->Put<int64_t>(kTime, 1000 + row++);
    appender->Put<uint32_t>(kSymbol, 1);
    appender->EndRow();
  }
  ASSERT_FALSE(appender->ok());
  EXPECT_TRUE(absl::IsResourceExhausted(appender->status())) << appender->status();
  EXPECT_FALSE(appender->Commit().ok());
  EXPECT_EQ(tail_->control().visible.Load(), 0u);
  appender->Abandon();
  for (int64_t i = 0; i < 100; ++i) Append(*appender, i);
  ASSERT_TRUE(appender->Commit().ok());
  ExpectRows(0, 100);
  tail_.reset();
  folder_.budget = &budget_;
}

TEST_F(TailAppenderTest, AValueLargerThanAChunkGetsOneOfItsOwn) {
  Create();
  auto appender = Appender();
  const std::string large(1 << 20, 'L');
  for (int i = 0; i < 3; ++i) {
    appender->Put<int64_t>(kTime, i);
    appender->Put<uint32_t>(kSymbol, 1);
    appender->PutBytes(kNote, large);
    ASSERT_TRUE(appender->EndRow());
  }
  ASSERT_TRUE(appender->Commit().ok());
  const ChunkPlan plan = PlanRows(Table().columns, true, 1, 1);
  ASSERT_TRUE(
      tail_->scan()
          .ForEachPiece(
              0, 3,
              [&](const TailPiece& piece) {
                for (const TailBytes& value :
                     piece.chunk->Entries<TailBytes>(plan.values[kNote]).subspan(0, piece.rows)) {
                  auto bytes = tail_->scan().Bytes(value);
                  EXPECT_TRUE(bytes.ok() && *bytes == large);
                }
                return absl::OkStatus();
              })
          .ok());
}

TEST_F(TailAppenderTest, DamagedChunksAreRefusedWhenAdopted) {
  Create();
  auto appender = Appender();
  for (int64_t row = 0; row < 10; ++row) Append(*appender, row);
  ASSERT_TRUE(appender->Commit().ok());
  appender.reset();
  tail_.reset();
  const std::string path = JoinPath(temp_.path(), "t000017.rows.00000001");
  for (uint64_t offset : {0u, 20u, 66u, 72u, 80u, 128u, 140u, 300u}) {
    auto file = folder_.files->Open(path, OpenMode::kReadWrite);
    ASSERT_TRUE(file.ok());
    std::byte byte;
    ASSERT_TRUE((*file)->ReadAt(offset, {&byte, 1}).ok());
    const std::byte flipped = byte ^ std::byte{4};
    ASSERT_TRUE((*file)->WriteAt(offset, {&flipped, 1}).ok());
    auto tail = TableTail::Adopt(folder_, Table(), Lsn(committed_.Load()));
    EXPECT_FALSE(tail.ok()) << offset;
    ASSERT_TRUE((*file)->WriteAt(offset, {&byte, 1}).ok());
  }
  auto tail = TableTail::Adopt(folder_, Table(), Lsn(committed_.Load()));
  EXPECT_TRUE(tail.ok()) << tail.status();
}

}  // namespace
}  // namespace tape::engine
