#include "engine/write/retired.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "engine/io/faulty_file_system.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"

namespace tape::engine {
namespace {

class RetiredTest : public testing::Test {
 protected:
  RetiredTest() {
    lock_ = *faulty_.Open("/LOCK", OpenMode::kCreateNew);
    retired_ = std::make_unique<Retired>(*lock_, host_, kGraceNs);
  }

  void Add(uint64_t generation) {
    retired_->Add(generation, [this, generation](Retired::Sure sure) {
      gone_.push_back(generation);
      sure_ = sure;
      return absl::OkStatus();
    });
  }

  // What a snapshot of another process does.
  std::unique_ptr<File> Lease(uint64_t generation) {
    std::unique_ptr<File> file = *files_.Open("/LOCK", OpenMode::kRead);
    EXPECT_TRUE(*file->TryLock({kFirstLease + generation, 1}, LockKind::kShared));
    return file;
  }

  static constexpr int64_t kGraceNs = 1000;
  MemoryFileSystem files_;
  FaultyFileSystem faulty_{files_};
  ManualHost host_;
  std::unique_ptr<File> lock_;
  std::unique_ptr<Retired> retired_;
  std::vector<uint64_t> gone_;
  Retired::Sure sure_ = Retired::Sure::kLongAgo;
};

TEST_F(RetiredTest, LetsGoOfWhatNobodyReads) {
  Add(7);
  Add(7);
  Add(9);
  EXPECT_EQ(retired_->size(), 3u);
  ASSERT_TRUE(retired_->Free().ok());
  EXPECT_EQ(gone_, (std::vector<uint64_t>{7, 7, 9}));
  EXPECT_EQ(sure_, Retired::Sure::kNobodyReads);
  EXPECT_TRUE(retired_->empty());
}

TEST_F(RetiredTest, ALeaseKeepsWhatLaterGenerationsMadeUnnecessary) {
  std::unique_ptr<File> lease = Lease(7);
  Add(7);
  Add(8);
  ASSERT_TRUE(retired_->Free().ok());
  EXPECT_EQ(gone_, std::vector<uint64_t>{7}) << "a snapshot of generation 7 has the manifest of 7";
  std::unique_ptr<File> later = Lease(8);
  lease.reset();
  ASSERT_TRUE(retired_->Free().ok());
  EXPECT_EQ(gone_, (std::vector<uint64_t>{7, 8}));
  Add(9);
  ASSERT_TRUE(retired_->Free().ok());
  EXPECT_EQ(retired_->size(), 1u);
}

TEST_F(RetiredTest, ALeaseOfAStoreWithoutAWriterKeepsEverything) {
  std::unique_ptr<File> lease = Lease(0);
  Add(1);
  ASSERT_TRUE(retired_->Free().ok());
  EXPECT_TRUE(gone_.empty());
}

TEST_F(RetiredTest, WithoutLocksThereIsAGracePeriodAndNobodyIsSure) {
  Add(7);
  host_.Advance(10);
  Add(8);
  faulty_.Inject({.verb = FileVerb::kLock,
                  .path_part = {},
                  .nth = 1,
                  .forever = true,
                  .error = absl::UnavailableError("no locks here")});
  host_.Advance(kGraceNs - 11);
  ASSERT_TRUE(retired_->Free().ok());
  EXPECT_TRUE(gone_.empty());
  host_.Advance(1);
  ASSERT_TRUE(retired_->Free().ok());
  EXPECT_EQ(gone_, std::vector<uint64_t>{7});
  EXPECT_EQ(sure_, Retired::Sure::kLongAgo);
  host_.Advance(10);
  ASSERT_TRUE(retired_->Free().ok());
  EXPECT_EQ(gone_, (std::vector<uint64_t>{7, 8}));
  EXPECT_GT(faulty_.injected().size(), 1u);
}

TEST_F(RetiredTest, AnErrorStaysUntilItIsOver) {
  int calls = 0;
  retired_->Add(7, [&](Retired::Sure) {
    return ++calls == 1 ? absl::UnavailableError("EIO") : absl::OkStatus();
  });
  Add(7);
  EXPECT_TRUE(absl::IsUnavailable(retired_->Free()));
  EXPECT_TRUE(gone_.empty());
  EXPECT_TRUE(retired_->Free().ok());
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(gone_, std::vector<uint64_t>{7});
}

}  // namespace
}  // namespace tape::engine
