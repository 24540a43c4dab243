// A chain of chunks, from the writer's side: rows, bytes, symbols or kills of one table, numbered
// from the table's beginning.
//
//   TailChain rows(home, control, plan_of);
//   absl::Status status = rows.Prepare();       // a thread of the store: the next chunk,
//   pre-faulted status = rows.Advance(first_row, 1);        // the appending thread: goes on in it,
//   no system call TailChain::Piece piece = rows.Find(row);    // any thread: the chunk that has
//   the entry rows.Retire(sealed, retired);               // the seal thread: chunks that nobody
//   new needs
//
// Two threads at most touch the chain's end: one prepares, one advances. Prepare works ahead by one
// chunk, so that advancing is an exchange of pointers; a chain that has nothing ready says
// kUnavailable, and whether to wait, fail or prepare at once is the caller's to say.
//
// Thread-compatible but for what is said above. The home and the control page must outlive it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/file_system.h"
#include "engine/io/mutex.h"
#include "engine/tail/chunk.h"
#include "engine/tail/tail_layout.h"
#include "format/bytes/place.h"

namespace tape::engine {

// How much memory the tails of a store may take, and how much they do.
class TailBudget {
 public:
  explicit TailBudget(uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  // False, and nothing taken, where it would be too much.
  bool Take(uint64_t bytes) {
    const uint64_t before = used_bytes_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes <= limit_bytes_) return true;
    GiveBack(bytes);
    return false;
  }
  void GiveBack(uint64_t bytes) { used_bytes_.fetch_sub(bytes, std::memory_order_relaxed); }

  uint64_t limit_bytes() const { return limit_bytes_; }
  uint64_t used_bytes() const { return used_bytes_.load(std::memory_order_relaxed); }

 private:
  const uint64_t limit_bytes_;
  std::atomic<uint64_t> used_bytes_ = 0;
};

// Where the chunks of a table's tail are made.
struct TailHome {
  FileSystem* files = nullptr;
  std::string folder;
  format::FileIdentity table;  // store and table
  TailBudget* budget = nullptr;
};

// A chunk that was taken out of its chain and may still be seen by readers.
struct RetiredChunk {
  std::unique_ptr<TailChunk> chunk;
  TailRole role = TailRole::kRows;
  format::FileIdentity table;
};

class TailChain {
 public:
  // The arrays of a chunk of some capacity, which is at least `capacity`.
  using PlanOf = std::function<ChunkPlan(uint64_t capacity)>;

  // The page that *control points to may be mapped later, but before anything else is called.
  TailChain(const TailHome& home, TableControl* const& control, TailRole role, uint64_t entry_bytes,
            PlanOf plan_of);
  ~TailChain();
  TailChain(const TailChain&) = delete;
  TailChain& operator=(const TailChain&) = delete;

  // Takes over the chunks that the control page names: after the death of the process that made
  // them. kDataLoss where one is missing or damaged.
  absl::Status Adopt();

  // Removes the files of its chunks, which nobody needs, and gives their memory back to the budget.
  // Once, and nothing but destruction comes after it.
  absl::Status RemoveChunks();

  // ---- the appending thread

  TailChunk* current() const { return current_; }
  // Whether the current chunk was begun by a process that has died.
  bool adopted() const { return adopted_; }

  // The next chunk becomes the current one; its first entry has this number. kUnavailable where
  // none is ready that has room for `entries`.
  absl::Status Advance(uint64_t first, uint64_t entries);

  // ---- a thread of the store, or the appending one where the store has none

  // Makes the next chunk ready, with room for at least `entries`, unless one is.
  // kResourceExhausted where the tail or its disk is full.
  absl::Status Prepare(uint64_t entries = 1);
  bool ready() const { return ready_.load(std::memory_order_acquire) != nullptr; }

  // ---- any thread

  // The number of the first entry that is still there; 0 before the first chunk.
  uint64_t first_entry() const;

  // nullptr where it is not in the chain, or no longer.
  const TailChunk* Chunk(uint64_t number) const {
    const TailChunk* chunk = chunks_[number % kTailChainSlots].load(std::memory_order_acquire);
    return chunk != nullptr && chunk->number() == number ? chunk : nullptr;
  }

  // ---- the seal thread

  // Takes out the chunks before the one with entry `end`, never the current one.
  void Retire(uint64_t end, std::vector<RetiredChunk>& retired);
  // A retired chunk that no reader can see is kept to become the next one.
  void Recycle(std::unique_ptr<TailChunk> chunk);
  // One that a reader may have mapped is removed: the reader keeps what it has.
  void Discard(std::unique_ptr<TailChunk> chunk);

 private:
  ChunkName Name(uint64_t number) const { return {home_.table, number}; }
  absl::StatusOr<std::unique_ptr<TailChunk>> MakeChunk(uint64_t number, uint64_t entries)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::unique_ptr<TailChunk> TakeSpare(uint64_t number, uint64_t capacity)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  uint64_t NextCapacity(uint64_t entries) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const TailHome& home_;
  TableControl* const& control_;
  const TailRole role_;
  const uint64_t entry_bytes_;
  const PlanOf plan_of_;

  TailChunk* current_ = nullptr;  // the appending thread's
  bool adopted_ = false;
  std::atomic<TailChunk*> ready_ = nullptr;
  std::array<std::atomic<TailChunk*>, kTailChainSlots> chunks_{};  // by number, owned

  Mutex mutex_;                                    // of those who prepare and recycle
  uint64_t capacity_ ABSL_GUARDED_BY(mutex_) = 0;  // of the newest chunk
  std::vector<std::unique_ptr<TailChunk>> spare_ ABSL_GUARDED_BY(mutex_);
  bool removed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace tape::engine
