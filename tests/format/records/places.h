// The store, table and files of the examples, which the tests of this folder share.
#pragma once

#include "format/bytes/file_header.h"
#include "format/bytes/place.h"

namespace tape::format {

inline constexpr StoreUuid kStoreOfTests = {0x6f, 0x1d, 0x2c, 0x3b, 0x8a, 0x4e, 0x4f, 0x70,
                                            0x9b, 0x1d, 0x52, 0xc7, 0xe0, 0xa9, 0x6e, 0x14};

// Of table 17, generation 1.
inline constexpr FileIdentity kFileOfTests{.store = kStoreOfTests, .table = 17, .generation = 1};

inline PlaceSeed SeedsOf(FileKind kind) { return PlaceSeed(kind, kFileOfTests); }

}  // namespace tape::format
