// Nothing that is written goes unbuilt: a test that fell out of the build never fails again.
//
//   - tests/**/x_test.cc is named by tape_test(x) in the CMakeLists.txt of its own folder, or by a
//     function of that file which takes a `name` and calls tape_test(${name});
//   - every other source is named by a CMakeLists.txt: as a file, or in its folder or one above
//     without its ending as the first argument of one of our functions, as in tape_fuzz(varint)
//     for varint_fuzz.cc;
//   - every CMakeLists.txt is added by one above it, unless it has a project() of its own.
//
// A name may also stand in a foreach() of the same file. A comment names nothing. Pure function.
#pragma once

#include "tests/tidy/finding.h"
#include "tests/tidy/tree.h"

namespace tape::tidy {

Findings CheckRegistration(const Tree& tree);

}  // namespace tape::tidy
