// What a file must look like because of where it lies.
//
//   - the top level holds what its list in places.cc names, and nothing else;
//   - C++ is written in .h, .cc, .c and .inc files, and every header has #pragma once;
//   - a file of format/ or engine/ begins with a comment that says what it is; a .cc may begin
//     with the include of its own header instead;
//   - a .cc beside a header of its own name includes that header first. The build of the .cc then
//     proves that the header needs nothing in front of it (headers.cmake does that for headers
//     without a .cc).
//
// Pure functions.
#pragma once

#include "tests/tidy/finding.h"
#include "tests/tidy/tree.h"

namespace tape::tidy {

Findings CheckTopLevel(const Tree& tree);
Findings CheckHeads(const Tree& tree);

}  // namespace tape::tidy
