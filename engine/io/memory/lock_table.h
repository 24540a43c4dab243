// The locks on the bytes of one file of a MemoryFileSystem, as the kernel keeps those of open file
// descriptions.
//
//   locks.TryLock(/*owner=*/file, {.first = 0, .count = 1}, LockKind::kExclusive);
//   locks.DropAll(file);                                       // the file is closed
//
// Thread-compatible.
#pragma once

#include <vector>

#include "engine/io/file_system.h"

namespace tape::engine {

class LockTable {
 public:
  using Owner = const void*;

  // False where another owner's lock excludes it. Replaces what the owner has on these bytes.
  bool TryLock(Owner owner, LockRange range, LockKind kind);
  void Unlock(Owner owner, LockRange range);
  void DropAll(Owner owner);
  // By anybody else.
  bool IsLocked(Owner owner, LockRange range) const;

 private:
  struct Held {
    Owner owner;
    LockRange range;
    LockKind kind;
  };

  std::vector<Held> held_;
};

}  // namespace tape::engine
