// Everything outside of a store that its code may touch, in one pair.
//
//   Machine machine{PosixFileSystem::Instance(), PosixHost::Instance()};
//
// Does not own.
#pragma once

#include "engine/io/file_system.h"
#include "engine/io/host.h"

namespace tape::engine {

struct Machine {
  FileSystem& files;
  Host& host;
};

}  // namespace tape::engine
