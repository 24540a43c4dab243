// Budgets that are already broken, in a file that may only shrink.
//
//   function-lines  format/bytes/crc32c.cc:Update  71      # ratchet.txt: rule, key, value
//
// A value over its limit passes only with an entry at least as large. An entry that is larger than
// it has to be, or that nothing needs any more, is a finding of its own: what got better stays
// better. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/finding.h"

namespace tape::tidy {

struct Measure {
  std::string rule;
  std::string key;  // path, or path:function
  int line = 0;
  int value = 0;
  int limit = 0;
  std::string advice;
};

// `over` holds only measures above their limit.
Findings ApplyRatchet(const std::vector<Measure>& over, std::string_view ratchet);

}  // namespace tape::tidy
