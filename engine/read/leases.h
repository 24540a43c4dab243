// What keeps a writer from removing files and chunks that a snapshot still needs (R4): a shared
// lock on a byte of LOCK for the generation that the snapshot was taken under.
//
//   std::shared_ptr<Leases> leases = Leases::Open(files, "/data/ticks/LOCK");
//   absl::StatusOr<std::shared_ptr<const Lease>> lease = leases->Take(/*generation=*/7);
//   ...                                    // nothing that generation 8 made unnecessary goes
//
// A generation is locked once, however many hold it: taking one that is held costs no system call.
// The kernel drops the locks with the process. Where LOCK is missing or cannot be locked (media
// that nobody writes), a lease protects nothing, holds() says so, and what goes missing is for
// whoever reads to notice. Bytes: docs/format/store.md.
//
// Thread-safe. A lease keeps what it was taken from.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "engine/io/file_system.h"
#include "engine/io/fork_wiped.h"
#include "engine/io/mutex.h"

namespace tape::engine {

class Leases;

// Lets go when destroyed.
class Lease {
 public:
  Lease(std::shared_ptr<Leases> leases, uint64_t generation, bool holds)
      : leases_(std::move(leases)), generation_(generation), holds_(holds) {}
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  uint64_t generation() const { return generation_; }
  bool holds() const { return holds_; }

 private:
  const std::shared_ptr<Leases> leases_;
  const uint64_t generation_;
  const bool holds_;
};

class Leases : public std::enable_shared_from_this<Leases> {
 public:
  static std::shared_ptr<Leases> Open(FileSystem& files, const std::string& path);

  // kDataLoss for a generation that no store can have; kFailedPrecondition in a process that was
  // forked from the one that opened it; an error where LOCK is there and cannot be opened.
  absl::StatusOr<std::shared_ptr<const Lease>> Take(uint64_t generation);
  // Whether there is a LOCK.
  bool has_file();
  // Whether a process has the store open for writing, as far as LOCK tells.
  bool has_writer();

 private:
  friend class Lease;
  Leases(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}
  absl::Status OpenFile() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void LetGo(uint64_t generation);

  FileSystem& files_;
  const std::string path_;
  // A forked child shares its parent's locks: what it let go, its parent would have lost.
  const ForkWiped<uint32_t> here_ = ForkWiped<uint32_t>(1);
  Mutex mutex_;
  std::unique_ptr<File> file_ ABSL_GUARDED_BY(mutex_);         // nullptr: there is nothing to lock
  std::map<uint64_t, uint64_t> held_ ABSL_GUARDED_BY(mutex_);  // generation -> leases
};

}  // namespace tape::engine
