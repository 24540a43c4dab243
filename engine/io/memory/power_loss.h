// What may be found on a disk after the power was lost.
//
//   files.AfterPowerLoss(PowerLoss::LoseAll());               // what was synced, and nothing else
//   files.AfterPowerLoss(PowerLoss::KeepPrefix(3));           // and the first three events since
//   PowerLoss how = PowerLoss::Random(/*seed=*/7);            // and any of them, whole or torn
//   how.garbage = true;
//   files.AfterPowerLoss(how);
//
// The rules of a random loss, which are those of file_system.h:
// - Each unsynced write is kept, lost, torn into pieces of 512 or 4,096 bytes (at multiples of that
//   in the file) that are kept or lost one by one, or only the size it made is kept. Truncating and
//   allocating are kept or lost. Whatever was lost, later events may be kept.
// - Where a file has grown without its bytes it has zeros, or random pages with `garbage`.
// - A file that somebody could store to through a mapping since its last sync: each page is as it
//   was synced, as it is now, or random with `garbage`.
// - Each unsynced change of a name is kept or lost, where what it begins with is there: a rename
//   needs the name it takes away, a new name must be free. A rename is kept whole. Files whose
//   creation is lost are gone, and so is all below a folder whose creation is.
// - A folder that is marked volatile is found empty.
// How much is kept varies with the seed, from little to nearly all. The same seed and the same
// history give the same disk.
//
// LoseAll and KeepPrefix lose what was stored through mappings since the last sync; KeepAll keeps
// it, and the write that the power failure has interrupted.
#pragma once

#include <cstdint>

#include "engine/io/memory/memory_disk.h"

namespace tape::engine {

struct PowerLoss {
  enum class Kind : uint8_t { kLoseAll, kKeepAll, kKeepPrefix, kRandom };

  Kind kind = Kind::kLoseAll;
  uint64_t kept_events = 0;  // of a prefix
  uint64_t seed = 0;         // of chance
  bool garbage = false;      // with chance only

  static PowerLoss LoseAll() { return {}; }
  static PowerLoss KeepAll() { return {.kind = Kind::kKeepAll}; }
  static PowerLoss KeepPrefix(uint64_t events) {
    return {.kind = Kind::kKeepPrefix, .kept_events = events};
  }
  static PowerLoss Random(uint64_t seed) { return {.kind = Kind::kRandom, .seed = seed}; }
};

// Takes over first what is stored through mappings; changes nothing else of the disk.
MemoryDisk FindAfterPowerLoss(MemoryDisk& disk, const PowerLoss& how);

}  // namespace tape::engine
