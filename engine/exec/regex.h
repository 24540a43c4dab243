// Regular expressions, as far as one asks whether a text has a match.
//
//   absl::StatusOr<Regex> regex = Regex::Compile("^[A-Z]{3,5}(\\.[A-Z])?$", /*any_case=*/false);
//   regex->Matches("BRK.B");   // true
//
// PostgreSQL's: . [a-z] [^...] [[:alpha:]] \d \w \s \D \W \S  * + ? {m,n} and their lazy forms,
// (...) (?:...) |  ^ $ \A \Z \m \M \y  and (?i) in front. A dot takes any character, also a new
// line; ^ and $ are the ends of the text. No back references and no looking ahead: those need a
// matcher that goes back.
//
// This one does not: it walks all ways through the expression at once, one character after the
// other, in time in proportion to both lengths, without recursion. Letters of ASCII are what has no
// case where case does not count.
//
// Errors: kInvalidArgument with the position of what is wrong; kUnimplemented for what needs going
// back; kResourceExhausted for an expression of more than kMaxSteps steps or kMaxDepth levels.
// Immutable; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tape::engine::exec {

class Regex {
 public:
  static constexpr size_t kMaxSteps = 10'000;
  static constexpr int kMaxDepth = 50;

  static absl::StatusOr<Regex> Compile(std::string_view pattern, bool any_case);

  bool Matches(std::string_view text) const;

  // ---- the program, for whoever compiles it

  enum class Kind : uint8_t {
    kCharacter,  // that is `first`
    kSet,        // in the set `first`
    kAny,
    kSplit,  // go on at `first` and at `second`
    kBegin,
    kEnd,
    kWordBegin,
    kWordEnd,
    kWordEdge,
    kMatch,
  };
  struct Step {
    Kind kind = Kind::kMatch;
    uint32_t first = 0;
    uint32_t second = 0;
  };
  struct Range {
    uint32_t first;
    uint32_t last;
  };
  struct Set {
    bool negated = false;
    std::vector<Range> ranges{};

    bool Has(uint32_t character) const;
  };

 private:
  class Run;

  bool Takes(const Step& step, uint32_t character) const;

  std::vector<Step> steps_;
  std::vector<Set> sets_;
  bool any_case_ = false;
};

}  // namespace tape::engine::exec
