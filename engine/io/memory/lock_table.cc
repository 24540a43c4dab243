#include "engine/io/memory/lock_table.h"

#include <algorithm>
#include <utility>

namespace tape::engine {
namespace {

uint64_t End(LockRange range) { return range.first + range.count; }

bool Overlap(LockRange a, LockRange b) { return a.first < End(b) && b.first < End(a); }

}  // namespace

bool LockTable::IsLocked(Owner owner, LockRange range) const {
  return std::any_of(held_.begin(), held_.end(), [&](const Held& held) {
    return held.owner != owner && Overlap(held.range, range);
  });
}

bool LockTable::TryLock(Owner owner, LockRange range, LockKind kind) {
  const bool excluded = std::any_of(held_.begin(), held_.end(), [&](const Held& held) {
    const bool both_share = held.kind == LockKind::kShared && kind == LockKind::kShared;
    return held.owner != owner && Overlap(held.range, range) && !both_share;
  });
  if (excluded) return false;
  Unlock(owner, range);
  held_.push_back({owner, range, kind});
  return true;
}

// What sticks out on either side stays locked.
void LockTable::Unlock(Owner owner, LockRange range) {
  std::vector<Held> rest;
  for (const Held& held : held_) {
    if (held.owner != owner || !Overlap(held.range, range)) {
      rest.push_back(held);
      continue;
    }
    const uint64_t first = held.range.first;
    if (first < range.first) rest.push_back({owner, {first, range.first - first}, held.kind});
    if (End(range) < End(held.range)) {
      rest.push_back({owner, {End(range), End(held.range) - End(range)}, held.kind});
    }
  }
  held_ = std::move(rest);
}

void LockTable::DropAll(Owner owner) {
  std::erase_if(held_, [&](const Held& held) { return held.owner == owner; });
}

}  // namespace tape::engine
