// How much memory a test asked for at once: what hostile counts would blow up.
//
//   ForgetAllocations();
//   Read(hostile_bytes);
//   EXPECT_LE(LargestAllocation(), size_t{4} << 20);
//
// Replaces operator new in the whole binary, so it is linked by name: tape_test(x
// largest_allocation.cc). Not for tests with threads.
#pragma once

#include <cstddef>

namespace tape::format {

// The largest single operator new since the last ForgetAllocations.
size_t LargestAllocation();
void ForgetAllocations();

}  // namespace tape::format
