// Arrays as text, `{a,"b,c",NULL}`. Declared in tape/array.h.
#include <algorithm>
#include <utility>

#include "format/bytes/message.h"
#include "format/types/text_error.h"
#include "tape/array.h"
#include "tape/limits.h"

namespace tape {
namespace {

using Element = std::optional<std::string>;

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool IsNullWord(std::string_view word) {
  constexpr std::string_view kNull = "null";
  return std::equal(word.begin(), word.end(), kNull.begin(), kNull.end(),
                    [](char a, char b) { return (a | 0x20) == b; });
}

// Reads from left to right. A member function that returns false has set error_.
class ArrayTextReader {
 public:
  explicit ArrayTextReader(std::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<Element>> Read() {
    if (!Elements()) return error_;
    SkipSpace();
    if (at_ != text_.size()) {
      Unexpected("the end");
      return error_;
    }
    return std::move(elements_);
  }

 private:
  bool Elements() {
    SkipSpace();
    if (Peek() != '{') return Unexpected("'{'");
    ++at_;
    SkipSpace();
    if (Peek() == '}') return Close();
    while (true) {
      if (!OneElement()) return false;
      SkipSpace();
      if (Peek() == '}') return Close();
      if (Peek() != ',') return Unexpected("',' or '}'");
      ++at_;
      SkipSpace();
    }
  }

  bool Close() {
    ++at_;
    return true;
  }

  bool OneElement() {
    if (elements_.size() == kMaxArrayElements) {
      error_ = absl::ResourceExhaustedError(
          format::Concat("array: more than ", kMaxArrayElements, " elements"));
      return false;
    }
    return Peek() == '"' ? Quoted() : Bare();
  }

  bool Quoted() {
    std::string value;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && ++at_ == text_.size()) break;
      value.push_back(text_[at_]);
    }
    if (at_ == text_.size()) return Unexpected("the closing '\"'");
    ++at_;
    elements_.emplace_back(std::move(value));
    return true;
  }

  // Up to a comma or brace; white space at the end does not count unless it was escaped.
  bool Bare() {
    std::string value;
    size_t kept = 0;
    bool escaped = false;
    for (; at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}'; ++at_) {
      const bool escape = text_[at_] == '\\';
      escaped |= escape;
      if (escape && ++at_ == text_.size()) break;
      if (!escape && text_[at_] == '{') return Unexpected("an element of a one-dimensional array");
      if (!escape && text_[at_] == '"') return Unexpected("',' or '}'");
      value.push_back(text_[at_]);
      if (escape || !IsSpace(text_[at_])) kept = value.size();
    }
    if (at_ == text_.size()) return Unexpected("',' or '}'");
    value.resize(kept);
    if (value.empty()) return Unexpected("an element");
    elements_.push_back(!escaped && IsNullWord(value) ? Element() : Element(std::move(value)));
    return true;
  }

  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool Unexpected(std::string_view expected) {
    error_ = format::UnexpectedCharacter("array", text_, at_, expected);
    return false;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<Element> elements_;
  absl::Status error_;
};

bool NeedsQuotes(std::string_view value) {
  return value.empty() || IsNullWord(value) || std::any_of(value.begin(), value.end(), [](char c) {
           return IsSpace(c) || std::string_view(",{}\"\\").find(c) != std::string_view::npos;
         });
}

void AppendElement(std::string_view value, std::string& out) {
  if (!NeedsQuotes(value)) {
    out += value;
    return;
  }
  out.push_back('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

}  // namespace

absl::StatusOr<std::vector<Element>> ParseArrayText(std::string_view text) {
  return ArrayTextReader(text).Read();
}

std::string PrintArrayText(std::span<const Element> elements) {
  std::string out = "{";
  for (const Element& element : elements) {
    if (out.size() > 1) out.push_back(',');
    if (element.has_value()) {
      AppendElement(*element, out);
    } else {
      out += "NULL";
    }
  }
  out.push_back('}');
  return out;
}

}  // namespace tape
