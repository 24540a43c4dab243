// A CMakeLists.txt as a list of calls, without comments.
//
//   ParseCMake("tape_test(crc32c)  # RFC 3720\n")[0].name;        // "tape_test"
//   ParseCMake("target_sources(tape PRIVATE\n a.cc)")[0].args;    // {"tape", "PRIVATE", "a.cc"}
//
// Quotes are taken off; ${variables} stay as written. Pure function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tape::tidy {

struct CMakeCall {
  std::string name;
  std::vector<std::string> args;
};

std::vector<CMakeCall> ParseCMake(std::string_view text);

}  // namespace tape::tidy
