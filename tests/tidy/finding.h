// One broken rule, and the list that every rule returns.
//
//   Findings found;
//   found.push_back({"format/bytes/crc32c.h", 12, "layers", "includes engine/io/file.h: ..."});
//   EXPECT_EQ(Report(found), "");    // prints "format/bytes/crc32c.h:12: [layers] includes ..."
//
// `what` says what is wrong and then what to do about it. Immutable values.
#pragma once

#include <string>
#include <vector>

namespace tape::tidy {

struct Finding {
  std::string path;
  int line = 0;  // from 1; 0 where the file as a whole is meant
  std::string rule;
  std::string what;
};

using Findings = std::vector<Finding>;

inline std::string Report(const Findings& found) {
  std::string out;
  for (const Finding& f : found) {
    out += f.path;
    if (f.line > 0) out.append(":").append(std::to_string(f.line));
    out += ": [" + f.rule + "] " + f.what + "\n";
  }
  return out;
}

inline void AppendTo(Findings& all, Findings more) {
  for (Finding& f : more) all.push_back(std::move(f));
}

}  // namespace tape::tidy
