#include "engine/store/store_threads.h"

#include <chrono>
#include <utility>

namespace tape::engine {

absl::Status WorkOnWal(StoreWriter& writer, bool sync) {
  absl::Status status = writer.PrepareChunks();
  status.Update(writer.wal().Write());
  if (sync) status.Update(writer.wal().Sync());
  return status;
}

absl::Status WorkOnSlices(StoreWriter& writer) {
  absl::Status first;
  for (const std::shared_ptr<OpenTable>& table : writer.tables()) {
    absl::StatusOr<uint64_t> rows = uint64_t{1};
    while (rows.ok() && *rows != 0) rows = writer.Seal(table->info.id, SealWhat::kFullSlices);
    first.Update(rows.status());
    // One day at most in a round: sealing comes first.
    if (rows.ok()) first.Update(writer.FoldStep(table->info.id, FoldWhat::kWhatPays).status());
  }
  first.Update(writer.Release());
  return first;
}

StoreThreads::StoreThreads(StoreWriter& writer, const ThreadIntervals& intervals)
    : writer_(writer),
      intervals_(intervals),
      wal_thread_([this] { RunWal(); }),
      seal_thread_([this] { RunSeal(); }) {}

StoreThreads::~StoreThreads() { Stop(); }

void StoreThreads::Stop() {
  {
    std::lock_guard<std::mutex> lock(sleep_mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (wal_thread_.joinable()) wal_thread_.join();
  if (seal_thread_.joinable()) seal_thread_.join();
}

bool StoreThreads::Sleep(uint32_t ms) {
  std::unique_lock<std::mutex> lock(sleep_mutex_);
  wake_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return stop_; });
  return !stop_;
}

void StoreThreads::RunWal() {
  uint32_t since_sync_ms = 0;
  while (Sleep(intervals_.wal_interval_ms)) {
    since_sync_ms += intervals_.wal_interval_ms;
    const bool sync = since_sync_ms >= intervals_.sync_interval_ms;
    if (sync) since_sync_ms = 0;
    absl::Status status = WorkOnWal(writer_, sync);
    MutexLock lock(&mutex_);
    wal_status_ = std::move(status);
  }
}

void StoreThreads::RunSeal() {
  while (Sleep(intervals_.seal_interval_ms)) {
    absl::Status status = WorkOnSlices(writer_);
    MutexLock lock(&mutex_);
    seal_status_ = std::move(status);
  }
}

absl::Status StoreThreads::wal_status() const {
  MutexLock lock(&mutex_);
  return wal_status_;
}

absl::Status StoreThreads::seal_status() const {
  MutexLock lock(&mutex_);
  return seal_status_;
}

}  // namespace tape::engine
