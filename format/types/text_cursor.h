// A place in a text that is being parsed, which knows what to say when the text is wrong.
//
//   TextCursor cursor("date", "2025-01-21");
//   int32_t year = 0;
//   if (!cursor.TakeDigits(4, &year)) return cursor.Unexpected("a year of four digits");
//   if (!cursor.Take('-')) return cursor.Unexpected("'-'");
//
// Thread-compatible; refers to its text, does not own it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "format/types/digits.h"
#include "format/types/text_error.h"

namespace tape::format {

class TextCursor {
 public:
  TextCursor(std::string_view what, std::string_view text) : what_(what), text_(text) {}

  bool AtEnd() const { return at_ == text_.size(); }
  size_t offset() const { return at_; }
  std::string_view text() const { return text_; }

  // The character here; NUL at the end.
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  bool AtDigit() const { return IsDigit(Peek()); }
  void Skip() { ++at_; }

  // Steps over c if it is here.
  bool Take(char c) {
    if (AtEnd() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // Steps over exactly `count` digits (at most 9) and gives their value; or stays, at the first
  // that is none.
  bool TakeDigits(int count, int32_t* value) {
    int32_t result = 0;
    for (int i = 0; i < count; ++i, ++at_) {
      if (!AtDigit()) return false;
      result = result * 10 + (text_[at_] - '0');
    }
    *value = result;
    return true;
  }

  // "'x' where a digit should be, at position 3": about the character here.
  absl::Status Unexpected(std::string_view expected) const {
    return UnexpectedCharacter(what_, text_, at_, expected);
  }

  // About what begins at `offset`, or about the whole text.
  absl::Status Refuse(size_t offset, std::string_view why) const {
    return BadText(what_, text_, offset, why);
  }
  absl::Status Refuse(std::string_view why) const { return BadText(what_, text_, why); }

 private:
  std::string_view what_;
  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace tape::format
