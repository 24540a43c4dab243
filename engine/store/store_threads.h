// The two threads of a store that has its own.
//
//   StoreThreads threads(writer, {.wal_interval_ms = 2, .sync_interval_ms = 100});
//   threads.Stop();                                    // joins; the destructor does so, too
//
// One moves commits into the WAL, syncs it every interval, and makes memory ready for appenders;
// one seals full slices and lets WAL segments go. An error stops what it is about: a WAL that has
// failed says so to every commit, and a seal that failed is tried again at the next interval, since
// nothing of it counts. The last error of each is kept.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "engine/io/mutex.h"
#include "engine/write/store_writer.h"

namespace tape::engine {

struct ThreadIntervals {
  uint32_t wal_interval_ms = 2;
  uint32_t sync_interval_ms = 100;
  uint32_t seal_interval_ms = 50;
};

// What the threads do in one round, for callers who have threads of their own.
absl::Status WorkOnWal(StoreWriter& writer, bool sync);
absl::Status WorkOnSlices(StoreWriter& writer);

class StoreThreads {
 public:
  // The writer must outlive it.
  StoreThreads(StoreWriter& writer, const ThreadIntervals& intervals);
  ~StoreThreads();
  StoreThreads(const StoreThreads&) = delete;
  StoreThreads& operator=(const StoreThreads&) = delete;

  void Stop();

  absl::Status wal_status() const;
  absl::Status seal_status() const;

 private:
  void RunWal();
  void RunSeal();
  // False when the threads are to end.
  bool Sleep(uint32_t ms);

  StoreWriter& writer_;
  const ThreadIntervals intervals_;
  std::mutex sleep_mutex_;
  std::condition_variable wake_;
  bool stop_ = false;  // under sleep_mutex_
  mutable Mutex mutex_;
  absl::Status wal_status_ ABSL_GUARDED_BY(mutex_);
  absl::Status seal_status_ ABSL_GUARDED_BY(mutex_);
  std::thread wal_thread_;
  std::thread seal_thread_;
};

}  // namespace tape::engine
