// Which table, and where.
#pragma once

#include <string>

#include "engine/io/file_system.h"
#include "engine/io/host.h"
#include "format/bytes/place.h"
#include "tape/ids.h"

namespace tape::engine {

struct TablePlace {
  FileSystem* files = nullptr;
  Host* host = nullptr;
  std::string folder;  // of the table
  format::StoreUuid store{};
  TableId table;
};

}  // namespace tape::engine
