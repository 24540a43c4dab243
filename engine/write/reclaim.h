// Gives back what a store's writer does not need any more: chunks of tails, files of slices, what
// crashes left.
//
//   Reclaim reclaim(machine, control, lock_file, grace_ns);
//   reclaim.AddLeftovers(table);                     // of a table that was just opened
//   ... a manifest record of a table is synced, and `sealed` has moved ...
//   absl::Status status = reclaim.AfterCommit(table);
//   status = reclaim.Free();                         // now and then
//
// AfterCommit raises the store's generation by one: after the words that a reader finds the new
// manifest by, so that a snapshot of this generation needs nothing that the manifest before named
// and this one does not. What became unnecessary waits with that generation in a Retired queue.
//
// Files that no manifest names, left by crashes or by a writer that ended while a snapshot still
// read them, are no different: they go when no lease is older than this writer.
//
// Thread-compatible: under the store's seal lock.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/machine.h"
#include "engine/tail/tail_layout.h"
#include "engine/write/open_table.h"
#include "engine/write/retired.h"

namespace tape::engine {

class Reclaim {
 public:
  // The control page and the lock file must outlive it.
  Reclaim(const Machine& machine, StoreControl& control, File& lock, int64_t grace_ns);

  // Definitions have changed: what they made unnecessary is added after this.
  void AfterDefinition() { control_.generation.Store(++generation_); }
  // Chunks of a tail that another one has taken the place of; they keep `table` alive.
  void AddReplaced(std::shared_ptr<OpenTable> table);
  // Everything of a table that was dropped.
  void AddDropped(std::shared_ptr<OpenTable> table);

  // The table's manifest has a new record.
  absl::Status AfterCommit(const std::shared_ptr<OpenTable>& table);

  // A table that was opened: files that its manifest does not name, chunks that its tail does not.
  void AddLeftovers(const std::shared_ptr<OpenTable>& table);
  // A folder or file of which nothing knows.
  void AddLeftover(std::string path);

  // While a table is loaded, what no manifest names is not looked for: it is what the load writes.
  void BeginLoad() { ++loads_; }
  void EndLoad() { --loads_; }

  // Lets go of what no snapshot can need.
  absl::Status Free();

  // What waits for a snapshot to end.
  size_t waiting() const { return retired_.size(); }

 private:
  absl::Status TakeChunks(const std::shared_ptr<OpenTable>& table);

  const Machine machine_;
  StoreControl& control_;
  Retired retired_;
  Retired leftovers_;
  size_t loads_ = 0;
  uint64_t generation_;  // of everything that is retired now
};

}  // namespace tape::engine
