// The text of a regular expression to the steps that Regex walks.
//
//   RegexParser parser(pattern);
//   absl::Status status = parser.Parse();
//   parser.steps();
//
// Thread-bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "engine/exec/regex.h"

namespace tape::engine::exec {

class RegexParser {
 public:
  explicit RegexParser(std::string_view pattern) : text_(pattern) {}

  absl::Status Parse();

  const std::vector<Regex::Step>& steps() const { return steps_; }
  const std::vector<Regex::Set>& sets() const { return sets_; }
  // (?i) in front.
  bool any_case() const { return any_case_; }

 private:
  // A part of the expression, as steps that end where the next part begins.
  using Steps = std::vector<Regex::Step>;

  Steps ParseAlternatives(int depth);
  Steps ParseSequence(int depth);
  Steps ParseAtom(int depth);
  Steps ParseGroup(int depth);
  Steps ParseBracket();
  Steps ParseEscape();
  Steps ParseRepeats(Steps atom);
  bool ParseBounds(uint32_t* least, uint32_t* most);
  uint32_t ParseNumber();

  void TakeBracketItem(Regex::Set& set);
  bool TakeNamedClass(Regex::Set& set);
  uint32_t TakeBracketCharacter();
  uint32_t TakeCharacter();

  Steps Repeated(const Steps& atom, uint32_t least, uint32_t most);
  Steps OfSet(Regex::Set set);
  void Append(const Steps& part, Steps& to);

  bool AtEnd() const { return at_ >= text_.size(); }
  bool At(char c) const { return !AtEnd() && text_[at_] == c; }
  bool Take(std::string_view text);
  void Fail(std::string_view why, absl::StatusCode code = absl::StatusCode::kInvalidArgument);

  std::string_view text_;
  size_t at_ = 0;
  absl::Status status_;
  std::vector<Regex::Step> steps_;
  std::vector<Regex::Set> sets_;
  bool any_case_ = false;
};

}  // namespace tape::engine::exec
