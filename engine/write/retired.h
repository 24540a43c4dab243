// What nothing names any more and a snapshot may still read: it waits until none can (R4).
//
//   Retired retired(lock_file, host, /*grace_ns=*/60'000'000'000);
//   retired.Add(generation, [path](Retired::Sure) { return files.Unlink(path); });
//   absl::Status status = retired.Free();          // now and then: what may go, goes
//
// A snapshot holds a lock on byte 1,024 + g of LOCK, g being the generation when it was taken. What
// generation g made unnecessary may go when nobody holds one of the bytes [1,024, 1,024 + g): the
// kernel drops the locks of a process with it, so that nobody waits for the dead. Where locks do
// not work there is a grace period instead. Then nobody can be sure, and whoever lets go must not
// use memory again that a late reader has mapped: it would see other rows. Removing a file leaves
// the reader what it has mapped, and tells it that the rest is gone.
//
// Generations that are added never fall. Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "engine/io/file_system.h"
#include "engine/io/host.h"

namespace tape::engine {

// The byte of LOCK that a snapshot of generation 0 locks.
inline constexpr uint64_t kFirstLease = 1024;
// How many generations there can be.
inline constexpr uint64_t kLeases = uint64_t{1} << 62;

class Retired {
 public:
  enum class Sure : uint8_t {
    kNobodyReads,  // the locks say so
    kLongAgo,      // there are no locks: the grace period is over
  };
  using LetGo = absl::AnyInvocable<absl::Status(Sure)>;

  // Both must outlive it.
  Retired(File& lock, Host& host, int64_t grace_ns);

  // `let_go` is called once, and again after an error.
  void Add(uint64_t generation, LetGo let_go);

  // Lets everything go that may. The first error; what comes behind it waits as well.
  absl::Status Free();

  bool empty() const { return waiting_.empty(); }
  size_t size() const { return waiting_.size(); }

 private:
  struct Waiting {
    uint64_t generation = 0;
    int64_t since_ns = 0;
    LetGo let_go;
  };

  File& lock_;
  Host& host_;
  const int64_t grace_ns_;
  std::deque<Waiting> waiting_;  // ascending by generation
};

}  // namespace tape::engine
