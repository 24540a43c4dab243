// A disk for a store that will be left on it in the middle of something, and the process that finds
// it.
//
//   std::unique_ptr<MemoryFileSystem> disk = NewModelDisk();
//   ...                                                             // a store, cut
//   const auto left = disk->AfterPowerLoss(PowerLoss::LoseAll());
//   ExpectWhole(*left, model, {.boot = 9, .promised = model.durable(), .lives = 3});
#pragma once

#include <cstdint>
#include <memory>

#include "engine/io/memory_file_system.h"
#include "tests/crash/model.h"

namespace tape::engine {

// Whether the large counts are asked for.
bool IsFullTest();

// With /shm, which a power loss empties.
std::unique_ptr<MemoryFileSystem> NewModelDisk();

struct Revival {
  uint8_t boot = 0;  // another one after a power loss; 0: the same
  uint64_t promised = 0;
  uint32_t lives = 1;  // more: goes on with it, and opens it again
};

// Opens what is left and compares all of it with the model.
void ExpectWhole(MemoryFileSystem& files, Model model, const Revival& revival);

}  // namespace tape::engine
