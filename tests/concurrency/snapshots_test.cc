// One writer, the store's two threads, and eight readers, in one process: for ThreadSanitizer, and
// for what every snapshot must hold.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/io/chance.h"
#include "tape/store.h"
#include "tests/concurrency/live_market.h"
#include "tests/support/temp_folder.h"

namespace tape {
namespace {

constexpr int kReaders = 8;
constexpr uint64_t kScanEvery = 500;
constexpr uint64_t kRowsMax = 40'000;

uint64_t SnapshotsWanted() { return std::getenv("TAPE_TEST_FULL") != nullptr ? 1'000'000 : 8'000; }

struct Progress {
  std::atomic<uint64_t> snapshots = 0;
  std::atomic<bool> stop = false;
  std::mutex mutex;
  std::string wrong;

  void Tell(const std::string& what) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (wrong.empty()) wrong = what;
    stop = true;
  }
};

void Read(const Store& store, Progress& progress) {
  MarketReader reader;
  for (uint64_t i = 0; !progress.stop; ++i) {
    auto snapshot = store.TakeSnapshot();
    if (!snapshot.ok()) return progress.Tell(snapshot.status().ToString());
    const std::string wrong = reader.Check(**snapshot, i % kScanEvery == 0);
    if (!wrong.empty()) return progress.Tell(wrong);
    ++progress.snapshots;
  }
}

TEST(Snapshots, OfEightReadersAreWholeBesideAWriterASealerAndAFolder) {
  support::TempFolder folder;
  support::TempFolder memory;
  auto store = Store::Open(folder.path() + "/store", {.create = true,
                                                      .shared_memory = memory.path(),
                                                      .tail_bytes_max = uint64_t{256} << 20,
                                                      .wal_segment_bytes = uint64_t{1} << 20});
  ASSERT_TRUE(store.ok()) << store.status();
  LiveMarket market(**store);
  ASSERT_TRUE(market.Begin().ok());
  Progress progress;
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] { Read(**store, progress); });
  }
  engine::Chance chance(11);
  absl::Status status;
  const auto sealed = [&] { return (*store)->GetWatermarks("main", "ticks")->sealed.value(); };
  while (status.ok() && !progress.stop) {
    // Enough for slices and folds; then no more, so that scans stay short.
    if (market.rows() < kRowsMax) status = market.Commit(chance);
    if (market.rows() >= kRowsMax) std::this_thread::yield();
    if (progress.snapshots >= SnapshotsWanted() && sealed() >= kRowsMax / 2) progress.stop = true;
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(progress.wrong, "");
  EXPECT_GE(progress.snapshots, SnapshotsWanted());
  EXPECT_EQ((*store)->GetWatermarks("main", "ticks")->visible.value(), market.rows());
  std::cout << progress.snapshots << " snapshots of up to " << market.rows() << " rows, "
            << sealed() << " of them sealed, " << market.kills() << " killed\n";
}

}  // namespace
}  // namespace tape
