#include "tape/number_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "format/bytes/message.h"
#include "format/types/digits.h"
#include "format/types/text_error.h"

namespace tape {
namespace {

using format::BadText;
using format::Concat;
using format::UnexpectedCharacter;

// ASCII letters in lower case; `folded` is in lower case already.
bool EqualsFolded(std::string_view text, std::string_view folded) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  return std::equal(text.begin(), text.end(), folded.begin(), folded.end(), same);
}

template <typename Integer>
absl::Status OutOfRange(std::string_view text, std::string_view type) {
  using Limits = std::numeric_limits<Integer>;
  return BadText(type, text, Concat("outside ", Limits::min(), "..", Limits::max()));
}

template <typename Integer>
absl::StatusOr<Integer> ParseInteger(std::string_view text, std::string_view type) {
  // from_chars takes a minus but no plus.
  const size_t begin = text.starts_with('+') ? 1 : 0;
  const size_t digit = begin + (begin == 0 && text.starts_with('-') ? 1 : 0);
  if (digit == text.size() || !format::IsDigit(text[digit])) {
    return UnexpectedCharacter(type, text, digit, "a digit");
  }
  Integer value = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data() + begin, end, value);
  if (result.ptr != end) {
    return UnexpectedCharacter(type, text, static_cast<size_t>(result.ptr - text.data()),
                               "the end");
  }
  if (result.ec != std::errc()) return OutOfRange<Integer>(text, type);
  return value;
}

// NaN and infinities; `unsigned_text` has no sign.
template <typename Float>
bool ParseNamed(std::string_view unsigned_text, bool negative, Float* value) {
  using Limits = std::numeric_limits<Float>;
  if (EqualsFolded(unsigned_text, "nan")) {
    *value = Limits::quiet_NaN();
    return true;
  }
  if (EqualsFolded(unsigned_text, "infinity") || EqualsFolded(unsigned_text, "inf")) {
    *value = negative ? -Limits::infinity() : Limits::infinity();
    return true;
  }
  return false;
}

template <typename Float>
absl::StatusOr<Float> ParseFloating(std::string_view text, std::string_view type) {
  const bool negative = text.starts_with('-');
  const size_t sign = negative || text.starts_with('+') ? 1 : 0;
  Float value = 0;
  // A digit or a point first: from_chars would take names of its own.
  if (sign == text.size() || (!format::IsDigit(text[sign]) && text[sign] != '.')) {
    if (ParseNamed(text.substr(sign), negative, &value)) return value;
    return UnexpectedCharacter(type, text, sign, "a number");
  }
  const char* const begin = text.data() + sign;
  const char* const end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(begin, end, value);
  if (result.ec == std::errc::invalid_argument) {
    return UnexpectedCharacter(type, text, sign + 1, "a digit");
  }
  if (result.ptr != end) {
    return UnexpectedCharacter(type, text, static_cast<size_t>(result.ptr - text.data()),
                               "the end");
  }
  if (result.ec != std::errc()) return BadText(type, text, "out of range");
  return negative ? -value : value;
}

constexpr std::string_view FloatingType(double) { return "DOUBLE PRECISION"; }
constexpr std::string_view FloatingType(float) { return "REAL"; }

// Where fixed notation ends: integers up to here have no more digits than the type holds.
constexpr double FixedLimit(double) { return 1e15; }
constexpr float FixedLimit(float) { return 1e7F; }

char* Write(std::string_view text, char* out) { return std::copy(text.begin(), text.end(), out); }

template <typename Float>
char* PrintFloating(Float value, char* out) {
  if (std::isnan(value)) return Write("NaN", out);
  if (std::isinf(value)) return Write(value < 0 ? "-Infinity" : "Infinity", out);
  const Float magnitude = std::abs(value);
  const bool fixed = magnitude == 0 || (magnitude >= Float(1e-4) && magnitude < FixedLimit(value));
  return std::to_chars(out, out + kNumberTextSizeMax, value,
                       fixed ? std::chars_format::fixed : std::chars_format::scientific)
      .ptr;
}

template <typename Float>
std::string FloatingText(Float value) {
  char text[kNumberTextSizeMax];
  return std::string(text, PrintFloating(value, text));
}

}  // namespace

absl::StatusOr<int16_t> ParseInt16(std::string_view text) {
  return ParseInteger<int16_t>(text, "SMALLINT");
}
absl::StatusOr<int32_t> ParseInt32(std::string_view text) {
  return ParseInteger<int32_t>(text, "INTEGER");
}
absl::StatusOr<int64_t> ParseInt64(std::string_view text) {
  return ParseInteger<int64_t>(text, "BIGINT");
}

absl::StatusOr<float> ParseFloat(std::string_view text) {
  return ParseFloating<float>(text, FloatingType(0.0F));
}
absl::StatusOr<double> ParseDouble(std::string_view text) {
  return ParseFloating<double>(text, FloatingType(0.0));
}

absl::StatusOr<bool> ParseBoolean(std::string_view text) {
  for (const std::string_view name : {"t", "true", "y", "yes", "on", "1"}) {
    if (EqualsFolded(text, name)) return true;
  }
  for (const std::string_view name : {"f", "false", "n", "no", "off", "0"}) {
    if (EqualsFolded(text, name)) return false;
  }
  return BadText("BOOLEAN", text, "not one of true, false, t, f, yes, no, y, n, on, off, 1, 0");
}

std::string ToText(double value) { return FloatingText(value); }
std::string ToText(float value) { return FloatingText(value); }

char* PrintInt64(int64_t value, char* out) {
  return std::to_chars(out, out + kNumberTextSizeMax, value).ptr;
}
char* PrintFloat(float value, char* out) { return PrintFloating(value, out); }
char* PrintDouble(double value, char* out) { return PrintFloating(value, out); }

}  // namespace tape
