#include "tape/version.h"

namespace tape {

// Out of line on purpose: an inline function would answer for the header, not for the library.
std::string_view LibraryVersion() { return kVersionString; }

}  // namespace tape
