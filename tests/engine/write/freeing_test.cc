#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "tests/engine/write/small_store.h"

namespace tape::engine {
namespace {

constexpr uint64_t kTailBytes = 4 << 20;

class FreeingTest : public testing::Test {
 protected:
  FreeingTest() {
    EXPECT_TRUE(files_.MakeDirectory("/shm").ok());
    EXPECT_TRUE(files_.MarkVolatile("/shm").ok());
    Reopen();
  }

  void Reopen() {
    store_.reset();
    store_ = std::make_unique<SmallStore>(files_, host_, promises_);
    const absl::Status status = store_->Open({.tail_bytes_max = kTailBytes});
    ASSERT_TRUE(status.ok()) << status;
  }

  // Rows come, rows go.
  absl::Status Round(uint64_t i) {
    absl::Status status = store_->Append(0, 1300);
    if (status.ok()) status = store_->Append(1, 40);
    if (i > 0) store_->Kill(0, i * 1300 - 1);
    if (i > 1) store_->Kill(1, i * 40 - 41);
    if (status.ok()) status = store_->Commit();
    if (status.ok()) status = store_->MakeDurable();
    if (status.ok()) {
      status = store_->Seal(i % 8 == 7 ? SealWhat::kEverything : SealWhat::kFullSlices);
    }
    if (status.ok()) status = store_->Release();
    return status;
  }

  uint64_t TailFileBytes() {
    uint64_t bytes = 0;
    const std::vector<DirectoryEntry> tails = *files_.List("/shm");
    for (const DirectoryEntry& tail : tails) {
      const std::string folder = JoinPath("/shm", tail.name);
      const std::vector<DirectoryEntry> chunks = *files_.List(folder);
      for (const DirectoryEntry& chunk : chunks) {
        bytes += files_.Stat(JoinPath(folder, chunk.name))->size;
      }
    }
    return bytes;
  }

  std::unique_ptr<File> Lease() {
    std::unique_ptr<File> file = *files_.Open("/store/LOCK", OpenMode::kRead);
    const uint64_t generation = store_->writer().generation();
    EXPECT_TRUE(*file->TryLock({kFirstLease + generation, 1}, LockKind::kShared));
    return file;
  }

  ManualHost host_;
  MemoryFileSystem files_;
  Promises promises_;
  std::unique_ptr<SmallStore> store_;
};

TEST_F(FreeingTest, WritersThatDieBeforeTheySealLeaveRoomForTheNext) {
  for (uint64_t life = 1; life <= 600; ++life) {
    ASSERT_TRUE(store_->Append(0, 2).ok());
    ASSERT_TRUE(store_->Append(1, 1).ok());
    store_->Kill(0, 2 * life - 2);
    const absl::Status status = store_->Commit();
    ASSERT_TRUE(status.ok()) << "life " << life << ": " << status;
    ASSERT_NO_FATAL_FAILURE(Reopen());
  }
  EXPECT_EQ(store_->Check(promises_.acknowledged), "");
}

TEST_F(FreeingTest, ALongRunStaysWithinTheTailItMayHave) {
  const uint64_t rounds = std::getenv("TAPE_TEST_FULL") != nullptr ? 2000 : 120;
  for (uint64_t i = 0; i < rounds; ++i) {
    const absl::Status status = Round(i);
    ASSERT_TRUE(status.ok()) << "round " << i << ": " << status;
    ASSERT_LE(TailFileBytes(), kTailBytes + (1 << 20)) << "round " << i;
  }
  EXPECT_EQ(store_->Check(promises_.acknowledged), "");
  EXPECT_EQ(store_->writer().retained(), 0u);
}

TEST_F(FreeingTest, WhatIsGivenBackIsGivenBackOverLivesToo) {
  for (uint64_t i = 0; i < 60; ++i) {
    const absl::Status status = Round(i);
    ASSERT_TRUE(status.ok()) << "round " << i << ": " << status;
    if (i % 7 != 5) continue;
    host_.SetProcessId(static_cast<uint32_t>(i) + 2);
    Reopen();
    ASSERT_EQ(store_->Check(promises_.acknowledged), "") << "round " << i;
    ASSERT_LE(TailFileBytes(), kTailBytes + (1 << 20)) << "round " << i;
  }
}

// The oldest chunk of a chain as a snapshot that was taken now may need it: under its name, with
// what is committed in it.
class OldestChunk {
 public:
  OldestChunk(MemoryFileSystem& files, SmallStore& store, TailRole role)
      : files_(files), role_(role), folder_(JoinPath("/shm", files.List("/shm")->front().name)) {
    TableTail& tail = *store.writer().Find("main", "t0")->tail;
    number_ = tail.control().ends(role).first_chunk.Load();
    store_ = store.writer().store();
    table_ = tail.table().id;
    const TailChunk* chunk = tail.chain(role).Chunk(number_);
    const std::span<const uint8_t> bytes = chunk->Entries<uint8_t>(0);
    bytes_.assign(bytes.begin(), bytes.begin() + kSome);
  }
  bool is_there() const {
    auto chunk =
        TailChunk::Open(files_, folder_, {{.store = store_, .table = table_.value()}, number_},
                        role_, MapMode::kRead);
    return chunk.ok() && std::ranges::equal((*chunk)->Entries<uint8_t>(0).first(kSome), bytes_);
  }

 private:
  static constexpr size_t kSome = 2048;  // of times and of notes: stored by the rounds before
  MemoryFileSystem& files_;
  const TailRole role_;
  const std::string folder_;
  uint64_t number_ = 0;
  format::StoreUuid store_{};
  TableId table_;
  std::vector<uint8_t> bytes_;
};

TEST_F(FreeingTest, ALeaseKeepsChunksUntilItIsDropped) {
  ASSERT_TRUE(Round(0).ok());
  ASSERT_TRUE(store_->Append(0, 1300).ok());
  ASSERT_TRUE(store_->Commit().ok());
  std::unique_ptr<File> lease = Lease();
  const OldestChunk rows(files_, *store_, TailRole::kRows);
  const OldestChunk heap(files_, *store_, TailRole::kHeap);
  for (uint64_t i = 2; i < 8; ++i) ASSERT_TRUE(Round(i).ok());
  EXPECT_GT(store_->writer().retained(), 0u);
  EXPECT_TRUE(rows.is_there());
  EXPECT_TRUE(heap.is_there());
  const uint64_t kept = TailFileBytes();
  lease.reset();
  ASSERT_TRUE(store_->Release().ok());
  EXPECT_EQ(store_->writer().retained(), 0u);
  EXPECT_LT(TailFileBytes(), kept);
}

TEST_F(FreeingTest, ALeaseThatOutlivesTheWriterKeepsItsChunksUnderTheNextOne) {
  ASSERT_TRUE(Round(0).ok());
  ASSERT_TRUE(store_->Append(0, 1300).ok());
  ASSERT_TRUE(store_->Commit().ok());
  std::unique_ptr<File> lease = Lease();
  const OldestChunk rows(files_, *store_, TailRole::kRows);
  for (uint64_t i = 2; i < 6; ++i) ASSERT_TRUE(Round(i).ok());
  Reopen();
  for (uint64_t i = 6; i < 9; ++i) ASSERT_TRUE(Round(i).ok());
  EXPECT_TRUE(rows.is_there());
  lease.reset();
  ASSERT_TRUE(store_->Release().ok());
  EXPECT_FALSE(rows.is_there());
}

TEST_F(FreeingTest, ALeaseMakesTheTailFullInTheEndAndNothingIsLost) {
  std::unique_ptr<File> lease = Lease();
  absl::Status status;
  uint64_t i = 0;
  for (; i < 200 && status.ok(); ++i) status = Round(i);
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  lease.reset();
  ASSERT_TRUE(store_->Release().ok());
  Reopen();  // what was not committed is gone
  EXPECT_EQ(store_->Check(promises_.acknowledged), "");
  for (uint64_t more = 0; more < 20; ++more) {
    ASSERT_TRUE(store_->Append(0, 1300).ok());
    ASSERT_TRUE(store_->Commit().ok());
    ASSERT_TRUE(store_->MakeDurable().ok());
    ASSERT_TRUE(store_->Seal(SealWhat::kEverything).ok());
    ASSERT_TRUE(store_->Release().ok());
  }
}

TEST_F(FreeingTest, EveryManifestRecordRaisesTheGeneration) {
  uint64_t before = store_->writer().generation();
  for (uint64_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(Round(i).ok());
    EXPECT_GT(store_->writer().generation(), before);
    before = store_->writer().generation();
  }
  ASSERT_TRUE(store_->Close().ok());
  Reopen();
  EXPECT_GT(store_->writer().generation(), before) << "above every lease on the tail before";
}

}  // namespace
}  // namespace tape::engine
