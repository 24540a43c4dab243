// What somebody who embeds tape writes: both consumer projects build and run this one file.
//
// The unused variable is deliberate. Both projects are built beside a tape that was configured with
// warnings as errors, so this file compiles only if those flags stay inside tape.
#include <cstdio>

#include "tape/version.h"
#include "tests/install/readme_example.h"

static_assert(tape::kVersionString == CONSUMER_FOUND_VERSION);

int main() {
  int unused_on_purpose = 0;
  if (tape::LibraryVersion() != tape::kVersionString) {
    std::fprintf(stderr, "headers and library disagree about the version\n");
    return 1;
  }
  std::printf("tape %s, format %u\n", CONSUMER_FOUND_VERSION, unsigned{tape::kFormatVersion});
  return ReadmeExample();
}
