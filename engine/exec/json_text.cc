#include "engine/exec/json_text.h"

#include <algorithm>

#include "tape/limits.h"

namespace tape::engine::exec {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// Behind the quote that ends the string at `at`.
size_t StringEnd(std::string_view text, size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return text.size();
}

size_t NestedEnd(std::string_view text, size_t at) {
  size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = StringEnd(text, at);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return text.size();
}

size_t ValueEnd(std::string_view text, size_t at) {
  if (at >= text.size()) return text.size();
  if (text[at] == '"') return StringEnd(text, at);
  if (text[at] == '{' || text[at] == '[') return NestedEnd(text, at);
  while (at < text.size() && text[at] != ',' && text[at] != '}' && text[at] != ']' &&
         !IsSpace(text[at])) {
    ++at;
  }
  return at;
}

void AppendUtf8(uint32_t c, std::string& out) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 63));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 63));
    out += static_cast<char>(0x80 | (c & 63));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 63));
    out += static_cast<char>(0x80 | (c >> 6 & 63));
    out += static_cast<char>(0x80 | (c & 63));
  }
}

uint32_t HexUnit(std::string_view text, size_t at) {
  uint32_t unit = 0;
  for (size_t i = at; i < std::min(at + 4, text.size()); ++i) {
    const char c = text[i];
    const int digit = c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
    unit = unit * 16 + static_cast<uint32_t>(digit & 15);
  }
  return unit;
}

// The character of the \u at `at`, both halves of a pair; returns where it ends.
size_t TakeEscapedUnit(std::string_view text, size_t at, std::string& out) {
  uint32_t c = HexUnit(text, at + 2);
  at += 6;
  if (c >= 0xD800 && c < 0xDC00 && text.substr(std::min(at, text.size())).starts_with("\\u")) {
    c = 0x10000 + ((c - 0xD800) << 10) + ((HexUnit(text, at + 2) - 0xDC00) & 0x3FF);
    at += 6;
  }
  AppendUtf8(c, out);
  return at;
}

char Unescaped(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

bool Contains(std::string_view whole, std::string_view part, int depth);

bool ArrayContains(std::string_view whole, std::string_view element, int depth) {
  for (JsonWalk walk(whole); walk.Next();) {
    const bool nested = JsonKindOf(element) >= JsonKind::kArray;
    if (nested && JsonKindOf(walk.value()) != JsonKindOf(element)) continue;
    if (Contains(walk.value(), element, depth + 1)) return true;
  }
  return false;
}

bool Contains(std::string_view whole, std::string_view part, int depth) {
  if (depth > kMaxJsonDepth) return false;
  const JsonKind kind = JsonKindOf(part);
  if (kind != JsonKindOf(whole)) return false;
  if (kind == JsonKind::kObject) {
    for (JsonWalk walk(part); walk.Next();) {
      const std::string_view value = JsonMember(whole, JsonStringText(walk.key()));
      if (value.empty() || !Contains(value, walk.value(), depth + 1)) return false;
    }
    return true;
  }
  if (kind != JsonKind::kArray) return CompareJson(whole, part) == 0;
  for (JsonWalk walk(part); walk.Next();) {
    if (!ArrayContains(whole, walk.value(), depth)) return false;
  }
  return true;
}

}  // namespace

std::string_view JsonTrimmed(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

JsonKind JsonKindOf(std::string_view json) {
  json = JsonTrimmed(json);
  if (json.empty()) return JsonKind::kNone;
  switch (json.front()) {
    case '{':
      return JsonKind::kObject;
    case '[':
      return JsonKind::kArray;
    case '"':
      return JsonKind::kString;
    case 't':
    case 'f':
      return JsonKind::kBoolean;
    case 'n':
      return JsonKind::kNull;
    default:
      return JsonKind::kNumber;
  }
}

JsonWalk::JsonWalk(std::string_view json) : text_(JsonTrimmed(json)) {
  const JsonKind kind = JsonKindOf(text_);
  object_ = kind == JsonKind::kObject;
  at_ = object_ || kind == JsonKind::kArray ? 1 : text_.size();
}

void JsonWalk::SkipSpace() {
  while (at_ < text_.size() && (IsSpace(text_[at_]) || text_[at_] == ',' || text_[at_] == ':')) {
    ++at_;
  }
}

std::string_view JsonWalk::TakeValue() {
  SkipSpace();
  const size_t begin = at_;
  at_ = ValueEnd(text_, at_);
  return text_.substr(begin, at_ - begin);
}

bool JsonWalk::Next() {
  SkipSpace();
  if (at_ >= text_.size() || text_[at_] == '}' || text_[at_] == ']') return false;
  if (object_) key_ = TakeValue();
  value_ = TakeValue();
  return !value_.empty();
}

std::string_view JsonMember(std::string_view json, std::string_view key) {
  if (JsonKindOf(json) != JsonKind::kObject) return {};
  std::string_view found;
  for (JsonWalk walk(json); walk.Next();) {
    const std::string_view name = walk.key();
    const bool plain = name.find('\\') == std::string_view::npos && name.size() >= 2;
    const bool same = plain ? name.substr(1, name.size() - 2) == key : JsonStringText(name) == key;
    if (same) found = walk.value();
  }
  return found;
}

std::string_view JsonElement(std::string_view json, int64_t index) {
  if (JsonKindOf(json) != JsonKind::kArray) return {};
  if (index < 0) index += static_cast<int64_t>(JsonSize(json));
  for (JsonWalk walk(json); index >= 0 && walk.Next(); --index) {
    if (index == 0) return walk.value();
  }
  return {};
}

size_t JsonSize(std::string_view json) {
  size_t size = 0;
  for (JsonWalk walk(json); walk.Next();) ++size;
  return size;
}

std::string JsonStringText(std::string_view quoted) {
  quoted = JsonTrimmed(quoted);
  if (quoted.size() < 2) return {};
  const std::string_view text = quoted.substr(1, quoted.size() - 2);
  std::string out;
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      out += text[at++];
    } else if (text[at + 1] == 'u') {
      at = TakeEscapedUnit(text, at, out);
    } else {
      out += Unescaped(text[at + 1]);
      at += 2;
    }
  }
  return out;
}

bool JsonContains(std::string_view whole, std::string_view part) {
  // An array may hold a value that stands alone.
  const bool scalar = JsonKindOf(part) < JsonKind::kArray;
  if (scalar && JsonKindOf(whole) == JsonKind::kArray) return ArrayContains(whole, part, 0);
  return Contains(whole, part, 0);
}

}  // namespace tape::engine::exec
