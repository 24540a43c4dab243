#include "engine/exec/regex_parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "format/bytes/message.h"
#include "format/types/text_error.h"
#include "format/types/utf8.h"

namespace tape::engine::exec {
namespace {

using Kind = Regex::Kind;
using Set = Regex::Set;
using Step = Regex::Step;

constexpr uint32_t kForever = 1000;  // above every bound
constexpr uint32_t kMostRepeats = 255;
constexpr uint32_t kLastCharacter = 0x10FFFF;

const std::vector<Regex::Range> kDigits = {{'0', '9'}};
const std::vector<Regex::Range> kWords = {
    {'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}, {0x80, kLastCharacter}};
const std::vector<Regex::Range> kSpaces = {{'\t', '\r'}, {' ', ' '}};

struct NamedClass {
  std::string_view name;
  std::vector<Regex::Range> ranges;
};

const std::array<NamedClass, 10>& NamedClasses() {
  static const std::array<NamedClass, 10>& classes = *new std::array<NamedClass, 10>{{
      {"alpha", {{'A', 'Z'}, {'a', 'z'}, {0x80, kLastCharacter}}},
      {"digit", kDigits},
      {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}, {0x80, kLastCharacter}}},
      {"upper", {{'A', 'Z'}}},
      {"lower", {{'a', 'z'}}},
      {"space", kSpaces},
      {"blank", {{'\t', '\t'}, {' ', ' '}}},
      {"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
      {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
      {"cntrl", {{0, 31}, {127, 127}}},
  }};
  return classes;
}

uint32_t Decoded(std::string_view character) {
  uint32_t c = static_cast<uint8_t>(character[0]);
  if (character.size() == 1) return c;
  c &= 0xFFU >> (character.size() + 1);
  for (size_t i = 1; i < character.size(); ++i) {
    c = c << 6 | (static_cast<uint8_t>(character[i]) & 0x3FU);
  }
  return c;
}

}  // namespace

absl::Status RegexParser::Parse() {
  if (Take("(?i)")) any_case_ = true;
  steps_ = ParseAlternatives(0);
  if (status_.ok() && !AtEnd()) Fail("a parenthesis that opens nothing");
  steps_.push_back({.kind = Kind::kMatch});
  return status_;
}

// a|b: a split, a, a jump over b, b. Jumps count from their own step, so that parts can be moved.
RegexParser::Steps RegexParser::ParseAlternatives(int depth) {
  if (depth > Regex::kMaxDepth) {
    Fail("nested too deep", absl::StatusCode::kResourceExhausted);
    return {};
  }
  Steps first = ParseSequence(depth);
  while (status_.ok() && Take("|")) {
    const Steps second = ParseSequence(depth);
    const auto after_first = static_cast<uint32_t>(first.size() + 2);
    const auto over_second = static_cast<uint32_t>(second.size() + 1);
    Steps both = {{.kind = Kind::kSplit, .first = 1, .second = after_first}};
    Append(first, both);
    both.push_back({.kind = Kind::kSplit, .first = over_second, .second = over_second});
    Append(second, both);
    first = std::move(both);
  }
  return first;
}

RegexParser::Steps RegexParser::ParseSequence(int depth) {
  Steps sequence;
  while (status_.ok() && !AtEnd() && !At('|') && !At(')')) {
    Append(ParseRepeats(ParseAtom(depth)), sequence);
  }
  return sequence;
}

RegexParser::Steps RegexParser::ParseAtom(int depth) {
  if (At('*') || At('+') || At('?')) {
    Fail("a quantifier that follows nothing");
    return {};
  }
  if (Take("(")) return ParseGroup(depth);
  if (Take("[")) return ParseBracket();
  if (Take(".")) return {{.kind = Kind::kAny}};
  if (Take("^")) return {{.kind = Kind::kBegin}};
  if (Take("$")) return {{.kind = Kind::kEnd}};
  if (Take("\\")) return ParseEscape();
  return {{.kind = Kind::kCharacter, .first = TakeCharacter()}};
}

RegexParser::Steps RegexParser::ParseGroup(int depth) {
  if (Take("?") && !Take(":")) {
    Fail("looking around is not there", absl::StatusCode::kUnimplemented);
    return {};
  }
  Steps group = ParseAlternatives(depth + 1);
  if (status_.ok() && !Take(")")) Fail("a parenthesis that is not closed");
  return group;
}

RegexParser::Steps RegexParser::ParseEscape() {
  if (AtEnd()) {
    Fail("a backslash at the end");
    return {};
  }
  const char c = text_[at_];
  if (c >= '1' && c <= '9') {
    Fail("back references are not there", absl::StatusCode::kUnimplemented);
    return {};
  }
  const uint32_t character = TakeCharacter();
  switch (c) {
    case 'd':
    case 'D':
      return OfSet({.negated = c == 'D', .ranges = kDigits});
    case 'w':
    case 'W':
      return OfSet({.negated = c == 'W', .ranges = kWords});
    case 's':
    case 'S':
      return OfSet({.negated = c == 'S', .ranges = kSpaces});
    case 'A':
      return {{.kind = Kind::kBegin}};
    case 'Z':
      return {{.kind = Kind::kEnd}};
    case 'm':
      return {{.kind = Kind::kWordBegin}};
    case 'M':
      return {{.kind = Kind::kWordEnd}};
    case 'y':
      return {{.kind = Kind::kWordEdge}};
    case 'n':
      return {{.kind = Kind::kCharacter, .first = '\n'}};
    case 't':
      return {{.kind = Kind::kCharacter, .first = '\t'}};
    case 'r':
      return {{.kind = Kind::kCharacter, .first = '\r'}};
    default:
      break;
  }
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '0';
  if (letter) Fail("an escape that means nothing");
  return {{.kind = Kind::kCharacter, .first = character}};
}

// ---- [...]

RegexParser::Steps RegexParser::ParseBracket() {
  Set set;
  set.negated = Take("^");
  bool first = true;
  while (status_.ok() && (first || !At(']'))) {
    if (AtEnd()) {
      Fail("a bracket that is not closed");
      return {};
    }
    TakeBracketItem(set);
    first = false;
  }
  Take("]");
  return OfSet(std::move(set));
}

void RegexParser::TakeBracketItem(Set& set) {
  if (TakeNamedClass(set)) return;
  const uint32_t first = TakeBracketCharacter();
  uint32_t last = first;
  const bool range = At('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']';
  if (range) {
    Take("-");
    last = TakeBracketCharacter();
  }
  if (last < first) return Fail("a range that ends before it begins");
  set.ranges.push_back({first, last});
}

// [:alpha:], and \d \w \s.
bool RegexParser::TakeNamedClass(Set& set) {
  const auto add = [&](const std::vector<Regex::Range>& ranges) {
    set.ranges.insert(set.ranges.end(), ranges.begin(), ranges.end());
    return true;
  };
  if (Take("\\d")) return add(kDigits);
  if (Take("\\w")) return add(kWords);
  if (Take("\\s")) return add(kSpaces);
  if (!text_.substr(at_).starts_with("[:")) return false;
  for (const NamedClass& each : NamedClasses()) {
    if (Take(format::Concat("[:", each.name, ":]"))) return add(each.ranges);
  }
  Fail("no class of characters has this name");
  return true;
}

uint32_t RegexParser::TakeBracketCharacter() {
  if (!Take("\\")) return TakeCharacter();
  if (AtEnd()) {
    Fail("a backslash at the end");
    return 0;
  }
  const uint32_t character = TakeCharacter();
  return character == 'n' ? '\n' : (character == 't' ? '\t' : character);
}

// ---- repeats

RegexParser::Steps RegexParser::ParseRepeats(Steps atom) {
  while (status_.ok() && !AtEnd()) {
    uint32_t least = 0;
    uint32_t most = kForever;
    if (Take("+")) {
      least = 1;
    } else if (Take("?")) {
      most = 1;
    } else if (Take("{")) {
      if (!ParseBounds(&least, &most)) return {};
    } else if (!Take("*")) {
      break;
    }
    Take("?");  // as few as possible: the same texts match
    atom = Repeated(atom, least, most);
  }
  return atom;
}

bool RegexParser::ParseBounds(uint32_t* least, uint32_t* most) {
  *least = ParseNumber();
  *most = *least;
  if (Take(",")) *most = At('}') ? kForever : ParseNumber();
  if (!status_.ok()) return false;
  const bool closed = Take("}");
  const bool sound =
      *most >= *least && *least <= kMostRepeats && (*most == kForever || *most <= kMostRepeats);
  if (closed && sound) return true;
  Fail(closed ? "repeats are 0 to 255, the fewer before the more" : "a brace that is not closed");
  return false;
}

uint32_t RegexParser::ParseNumber() {
  const size_t begin = at_;
  uint32_t number = 0;
  for (; !AtEnd() && text_[at_] >= '0' && text_[at_] <= '9' && number < kForever; ++at_) {
    number = number * 10 + static_cast<uint32_t>(text_[at_] - '0');
  }
  if (at_ == begin) Fail("a number of repeats is missing");
  return std::min(number, kForever - 1);
}

// The least as they are, then each more behind a split, or one in a loop.
RegexParser::Steps RegexParser::Repeated(const Steps& atom, uint32_t least, uint32_t most) {
  Steps repeated;
  for (uint32_t i = 0; i < least && status_.ok(); ++i) Append(atom, repeated);
  const auto size = static_cast<uint32_t>(atom.size());
  if (most == kForever) {
    repeated.push_back({.kind = Kind::kSplit, .first = 1, .second = size + 2});
    Append(atom, repeated);
    const uint32_t back = 0U - (size + 1);
    repeated.push_back({.kind = Kind::kSplit, .first = back, .second = back});
    return repeated;
  }
  for (uint32_t i = least; i < most && status_.ok(); ++i) {
    const uint32_t left = most - i;
    repeated.push_back({.kind = Kind::kSplit, .first = 1, .second = left * (size + 1)});
    Append(atom, repeated);
  }
  return repeated;
}

RegexParser::Steps RegexParser::OfSet(Set set) {
  sets_.push_back(std::move(set));
  return {{.kind = Kind::kSet, .first = static_cast<uint32_t>(sets_.size() - 1)}};
}

void RegexParser::Append(const Steps& part, Steps& to) {
  if (to.size() + part.size() > Regex::kMaxSteps) {
    return Fail("too large", absl::StatusCode::kResourceExhausted);
  }
  to.insert(to.end(), part.begin(), part.end());
}

// ---- characters

uint32_t RegexParser::TakeCharacter() {
  const size_t size = std::max<size_t>(format::Utf8Length(text_.substr(at_)), 1);
  const uint32_t character = Decoded(text_.substr(at_, size));
  at_ += size;
  return character;
}

bool RegexParser::Take(std::string_view text) {
  if (!text_.substr(std::min(at_, text_.size())).starts_with(text)) return false;
  at_ += text.size();
  return true;
}

void RegexParser::Fail(std::string_view why, absl::StatusCode code) {
  if (!status_.ok()) return;
  const absl::Status complaint =
      format::BadText("regular expression", text_, std::min(at_, text_.size()), why);
  status_ = absl::Status(code, complaint.message());
}

}  // namespace tape::engine::exec
