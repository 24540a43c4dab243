// The 128-bit integers of GCC and Clang under names that survive -Wpedantic.
#pragma once

namespace tape {
__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;
}  // namespace tape
