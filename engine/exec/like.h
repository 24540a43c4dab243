// LIKE: a pattern of characters, _ for any one and % for any number of them.
//
//   absl::StatusOr<LikePattern> pattern = LikePattern::Compile("10\\%_", {.escape = "\\"});
//   pattern->Matches("10%x");   // true
//
// A match takes at most the product of both lengths and no memory. Without case, letters of ASCII
// are the same in both.
//
// Immutable; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tape::engine::exec {

struct LikeOptions {
  std::string_view escape = "\\";  // one character; empty: none
  bool any_case = false;
};

class LikePattern {
 public:
  // kInvalidArgument: the pattern ends with the escape character, or that is longer.
  static absl::StatusOr<LikePattern> Compile(std::string_view pattern, const LikeOptions& options);

  bool Matches(std::string_view text) const;

 private:
  enum class Kind : uint8_t { kByte, kCharacter, kAny };
  struct Step {
    Kind kind;
    char byte;
  };

  // Bytes of `text` at `at` that a step takes; 0: it does not match.
  size_t Take(const Step& step, std::string_view text, size_t at) const;

  std::vector<Step> steps_;
  bool any_case_ = false;
};

}  // namespace tape::engine::exec
