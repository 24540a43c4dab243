#include "engine/exec/regex.h"

#include <algorithm>

#include "engine/exec/regex_parser.h"
#include "format/types/utf8.h"

namespace tape::engine::exec {
namespace {

constexpr uint32_t kNone = 0xFFFF'FFFF;  // before the text, and behind it

uint32_t Lower(uint32_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
uint32_t Upper(uint32_t c) { return c >= 'a' && c <= 'z' ? c - 32 : c; }

bool IsWord(uint32_t c) {
  if (c == kNone) return false;
  return (Lower(c) >= 'a' && Lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
}

// The character at `at`; a byte that is none stands for itself.
uint32_t CharacterAt(std::string_view text, size_t at, size_t* size) {
  *size = std::max<size_t>(format::Utf8Length(text.substr(at)), 1);
  uint32_t c = static_cast<uint8_t>(text[at]);
  if (*size == 1) return c;
  c &= 0xFFU >> (*size + 1);
  for (size_t i = 1; i < *size; ++i) c = c << 6 | (static_cast<uint8_t>(text[at + i]) & 0x3FU);
  return c;
}

}  // namespace

bool Regex::Set::Has(uint32_t character) const {
  return std::any_of(ranges.begin(), ranges.end(), [=](const Range& range) {
    return range.first <= character && character <= range.last;
  });
}

bool Regex::Takes(const Step& step, uint32_t character) const {
  switch (step.kind) {
    case Kind::kAny:
      return true;
    case Kind::kCharacter:
      if (!any_case_) return step.first == character;
      return Lower(step.first) == Lower(character);
    case Kind::kSet: {
      const Set& set = sets_[step.first];
      const bool has =
          any_case_ ? set.Has(Lower(character)) || set.Has(Upper(character)) : set.Has(character);
      return has != set.negated;
    }
    default:
      return false;
  }
}

// All steps that some way through the expression has come to, each once.
class Regex::Run {
 public:
  explicit Run(const Regex& regex) : regex_(regex), seen_(regex.steps_.size(), 0) {}

  // Begins a new set, between two characters.
  void Begin(uint32_t before, uint32_t after) {
    before_ = before;
    after_ = after;
    now_.clear();
    ++round_;
  }

  // Adds a step and all that it leads to without a character.
  void Add(uint32_t first) {
    waiting_.push_back(first);
    while (!waiting_.empty()) {
      const uint32_t at = waiting_.back();
      waiting_.pop_back();
      if (seen_[at] == round_) continue;
      seen_[at] = round_;
      Follow(at);
    }
  }

  bool matched() const { return matched_; }
  const std::vector<uint32_t>& now() const { return now_; }

 private:
  void Follow(uint32_t at) {
    const Step& step = regex_.steps_[at];
    switch (step.kind) {
      case Kind::kMatch:
        matched_ = true;
        return;
      case Kind::kSplit:
        waiting_.push_back(at + step.second);
        waiting_.push_back(at + step.first);
        return;
      case Kind::kCharacter:
      case Kind::kSet:
      case Kind::kAny:
        now_.push_back(at);
        return;
      default:
        if (Holds(step.kind)) waiting_.push_back(at + 1);
    }
  }

  bool Holds(Kind kind) const {
    const bool before = IsWord(before_);
    const bool after = IsWord(after_);
    switch (kind) {
      case Kind::kBegin:
        return before_ == kNone;
      case Kind::kEnd:
        return after_ == kNone;
      case Kind::kWordBegin:
        return !before && after;
      case Kind::kWordEnd:
        return before && !after;
      default:
        return before != after;
    }
  }

  const Regex& regex_;
  std::vector<uint64_t> seen_;  // the last round that had the step
  uint64_t round_ = 0;
  std::vector<uint32_t> now_;
  std::vector<uint32_t> waiting_;
  uint32_t before_ = kNone;
  uint32_t after_ = kNone;
  bool matched_ = false;
};

bool Regex::Matches(std::string_view text) const {
  Run run(*this);
  size_t size = 0;
  uint32_t next = text.empty() ? kNone : CharacterAt(text, 0, &size);
  run.Begin(kNone, next);
  run.Add(0);
  for (size_t at = 0; at < text.size() && !run.matched();) {
    const uint32_t character = next;
    at += size;
    next = at < text.size() ? CharacterAt(text, at, &size) : kNone;
    const std::vector<uint32_t> steps = run.now();
    run.Begin(character, next);
    for (const uint32_t step : steps) {
      if (Takes(steps_[step], character)) run.Add(step + 1);
    }
    // A match may begin anywhere.
    run.Add(0);
  }
  return run.matched();
}

absl::StatusOr<Regex> Regex::Compile(std::string_view pattern, bool any_case) {
  RegexParser parser(pattern);
  if (absl::Status status = parser.Parse(); !status.ok()) return status;
  Regex regex;
  regex.steps_ = parser.steps();
  regex.sets_ = parser.sets();
  regex.any_case_ = any_case || parser.any_case();
  return regex;
}

}  // namespace tape::engine::exec
