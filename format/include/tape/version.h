// Which tape this is, and which bytes it reads and writes.
//
//   static_assert(tape::kVersionMajor == 0);         // what this file is compiled against
//   if (tape::LibraryVersion() != tape::kVersionString) {
//     // The headers come from one installation and the library from another.
//   }
//
// The version of the library and the version of the format move apart: a release may change no byte
// on disk. A file says its format version and two words of feature bits. A reader refuses a newer
// version and any mandatory bit that it does not know; it may ignore an optional bit, and must not
// set one it does not know.
//
// Immutable.
#pragma once

#include <cstdint>
#include <string_view>

namespace tape {

// CMake takes the version of the project and of its package from the next line.
inline constexpr std::string_view kVersionString = "0.1.0";
inline constexpr int kVersionMajor = 0;
inline constexpr int kVersionMinor = 1;
inline constexpr int kVersionPatch = 0;

// The version of the linked library: "0.1.0".
std::string_view LibraryVersion();

// The newest format that this library reads, and the one it writes. Version 0 is a draft: its bytes
// may change from one commit to the next, and no promise holds for them.
inline constexpr uint16_t kFormatVersion = 0;

// The feature bits that this library understands; none has been given out yet.
inline constexpr uint32_t kKnownMandatoryFeatures = 0;
inline constexpr uint32_t kKnownOptionalFeatures = 0;

}  // namespace tape
