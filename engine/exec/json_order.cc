// JSON values by what they say: their order, and a form in which equal ones are equal texts.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/exec/json_text.h"
#include "format/bytes/message.h"
#include "tape/json.h"
#include "tape/limits.h"

namespace tape::engine::exec {
namespace {

template <typename T>
int ThreeWay(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

// ---- numbers

// 0.digits times a power of ten, without zeros at either end of the digits; 0 has none.
struct Number {
  bool negative = false;
  std::string digits{};
  int64_t exponent = 0;
};

int64_t ExponentOf(std::string_view text) {
  int64_t exponent = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9' && exponent < 1'000'000'000) exponent = exponent * 10 + (c - '0');
  }
  return text.find('-') == std::string_view::npos ? exponent : -exponent;
}

Number NumberOf(std::string_view text) {
  Number number{.negative = text.starts_with('-')};
  if (number.negative) text.remove_prefix(1);
  const size_t mantissa_end = std::min(text.find_first_of("eE"), text.size());
  number.exponent = ExponentOf(text.substr(mantissa_end));
  bool fraction = false;
  for (const char c : text.substr(0, mantissa_end)) {
    if (c == '.') {
      fraction = true;
      continue;
    }
    const bool leading = c == '0' && number.digits.empty();
    if (!leading) number.digits += c;
    if (!fraction && !leading) ++number.exponent;
    if (fraction && leading) --number.exponent;
  }
  number.digits.erase(number.digits.find_last_not_of('0') + 1);
  if (number.digits.empty()) return {};
  return number;
}

int SignOf(const Number& number) {
  if (number.digits.empty()) return 0;
  return number.negative ? -1 : 1;
}

int CompareNumbers(std::string_view a, std::string_view b) {
  const Number left = NumberOf(a);
  const Number right = NumberOf(b);
  const int sign = SignOf(left);
  if (sign != SignOf(right)) return ThreeWay(sign, SignOf(right));
  const int order = left.exponent != right.exponent ? ThreeWay(left.exponent, right.exponent)
                                                    : ThreeWay(left.digits, right.digits);
  return sign * order;
}

// ---- objects

// As PostgreSQL keeps names: shorter ones first.
struct NameOrder {
  bool operator()(const std::string& a, const std::string& b) const {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  }
};
using Members = std::map<std::string, std::string_view, NameOrder>;

// Each name once, with its last value.
Members MembersOf(std::string_view json) {
  Members members;
  for (JsonWalk walk(json); walk.Next();) members[JsonStringText(walk.key())] = walk.value();
  return members;
}

// ---- order

// null, strings, numbers, booleans, arrays, objects.
int RankOf(JsonKind kind) {
  constexpr int kRanks[] = {0, 1, 4, 3, 2, 5, 6};
  return kRanks[static_cast<size_t>(kind)];
}

int Compare(std::string_view a, std::string_view b, int depth);

// The longer one is above; then element by element.
int CompareElementsOf(std::string_view a, std::string_view b, int depth) {
  int order = ThreeWay(JsonSize(a), JsonSize(b));
  JsonWalk left(a);
  JsonWalk right(b);
  while (order == 0 && left.Next() && right.Next()) {
    order = Compare(left.value(), right.value(), depth + 1);
  }
  return order;
}

int CompareMembersOf(std::string_view a, std::string_view b, int depth) {
  const Members left = MembersOf(a);
  const Members right = MembersOf(b);
  int order = ThreeWay(left.size(), right.size());
  auto other = right.begin();
  for (auto member = left.begin(); order == 0 && member != left.end(); ++member, ++other) {
    order = ThreeWay(member->first, other->first);
    if (order == 0) order = Compare(member->second, other->second, depth + 1);
  }
  return order;
}

int Compare(std::string_view a, std::string_view b, int depth) {
  const JsonKind kind = JsonKindOf(a);
  if (kind != JsonKindOf(b)) return ThreeWay(RankOf(kind), RankOf(JsonKindOf(b)));
  switch (depth > kMaxJsonDepth ? JsonKind::kNone : kind) {
    case JsonKind::kNull:
      return 0;
    case JsonKind::kNumber:
      return CompareNumbers(JsonTrimmed(a), JsonTrimmed(b));
    case JsonKind::kString:
      return ThreeWay(JsonStringText(a), JsonStringText(b));
    case JsonKind::kArray:
      return CompareElementsOf(a, b, depth);
    case JsonKind::kObject:
      return CompareMembersOf(a, b, depth);
    default:  // false is below true
      return ThreeWay(JsonTrimmed(a), JsonTrimmed(b));
  }
}

// ---- the form

void AppendCanonical(std::string_view json, int depth, std::string& out);

void AppendCanonicalArray(std::string_view json, int depth, std::string& out) {
  out += '[';
  for (JsonWalk walk(json); walk.Next();) {
    if (!out.ends_with('[')) out += ',';
    AppendCanonical(walk.value(), depth + 1, out);
  }
  out += ']';
}

void AppendCanonicalObject(std::string_view json, int depth, std::string& out) {
  out += '{';
  for (const auto& [name, value] : MembersOf(json)) {
    if (!out.ends_with('{')) out += ',';
    AppendJsonString(name, out);
    out += ':';
    AppendCanonical(value, depth + 1, out);
  }
  out += '}';
}

// Strings are escaped again, so that what is in one cannot pass for what is between two.
void AppendCanonical(std::string_view json, int depth, std::string& out) {
  json = JsonTrimmed(json);
  switch (depth > kMaxJsonDepth ? JsonKind::kNone : JsonKindOf(json)) {
    case JsonKind::kNumber: {
      const Number number = NumberOf(json);
      out += number.digits.empty() ? "0"
                                   : format::Concat(number.negative ? "-." : ".", number.digits,
                                                    "e", number.exponent);
      return;
    }
    case JsonKind::kString:
      return AppendJsonString(JsonStringText(json), out);
    case JsonKind::kArray:
      return AppendCanonicalArray(json, depth, out);
    case JsonKind::kObject:
      return AppendCanonicalObject(json, depth, out);
    default:
      out += json;
  }
}

}  // namespace

std::string CanonicalJson(std::string_view json) {
  std::string out;
  AppendCanonical(json, 0, out);
  return out;
}

int CompareJson(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  // To PostgreSQL a value that stands alone is an array of one, and the shorter array comes first.
  const auto is_empty_array = [](std::string_view json) {
    return JsonKindOf(json) == JsonKind::kArray && JsonSize(json) == 0;
  };
  const auto is_scalar = [](std::string_view json) { return JsonKindOf(json) < JsonKind::kArray; };
  if (is_empty_array(a) && is_scalar(b)) return -1;
  if (is_scalar(a) && is_empty_array(b)) return 1;
  return Compare(a, b, 0);
}

}  // namespace tape::engine::exec
