// The order of commits: every commit takes a number, and they become visible in that order.
//
//   CommitSequence sequence(control.committed);
//   const Lsn lsn = sequence.Take();
//   ... store the commit's rows and kills with this LSN, then each table's counts ...
//   sequence.Publish(lsn);          // waits for those before it; then it is visible, whole
//
// A number that was taken must be published, whatever happens: everybody behind it waits. So
// nothing that can fail lies between the two. Uncontended this is one atomic addition and one
// store (W4: what is visible is always a prefix of the LSNs).
//
// Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "engine/tail/tail_layout.h"
#include "tape/ids.h"

namespace tape::engine {

class CommitSequence {
 public:
  // Goes on after what `committed` says; the word must outlive the sequence.
  explicit CommitSequence(SharedWord& committed)
      : committed_(committed), next_(committed.Load() + 1) {}

  Lsn committed() const { return Lsn(committed_.Load()); }

  // Whoever takes a number sees what was done before the numbers below it were taken.
  Lsn Take() { return Lsn(next_.fetch_add(1, std::memory_order_acq_rel)); }

  void Publish(Lsn lsn) {
    AwaitTurn(lsn);
    committed_.Store(lsn.value());
  }

  // No commit counts any more: the WAL has failed, and what it does not have would be lost (W6).
  void Stop() { stopped_.store(true, std::memory_order_relaxed); }
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

  // Returns when everything before `lsn`, which was taken, is published.
  void AwaitTurn(Lsn lsn) const {
    for (uint32_t spins = 0; committed_.Load() != lsn.value() - 1; ++spins) {
      // Whoever is before us may have lost its processor.
      if (spins >= kSpinsBeforeYield) std::this_thread::yield();
    }
  }

 private:
  static constexpr uint32_t kSpinsBeforeYield = 256;

  SharedWord& committed_;
  alignas(64) std::atomic<uint64_t> next_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace tape::engine
