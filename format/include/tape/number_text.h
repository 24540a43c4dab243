// Integers, floating point and booleans from text and to text.
//
//   absl::StatusOr<int64_t> id = ParseInt64("-42");
//   absl::StatusOr<double> rate = ParseDouble("1.5e-7");
//   ToText(0.1);          // "0.1"
//   ToText(1e300);        // "1e+300"
//   ParseBoolean("Yes");  // true
//
// Text is a value and nothing else: no blanks, no junk behind it. Errors are kInvalidArgument; they
// name the text, the type and, where it has one, the position of what is wrong, counted from 1.
//
// Stateless; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tape {

// An optional sign and digits; beyond the type's range is an error, not a wrap.
absl::StatusOr<int16_t> ParseInt16(std::string_view text);
absl::StatusOr<int32_t> ParseInt32(std::string_view text);
absl::StatusOr<int64_t> ParseInt64(std::string_view text);

// The nearest value (ties to even). NaN, Infinity, -Infinity and inf in any case. A number too
// large, or one so small that only zero is left of it, is an error, as in PostgreSQL.
absl::StatusOr<float> ParseFloat(std::string_view text);
absl::StatusOr<double> ParseDouble(std::string_view text);

// t true y yes on 1, f false n no off 0, in any case.
absl::StatusOr<bool> ParseBoolean(std::string_view text);

// The most characters that a Print function writes.
inline constexpr size_t kNumberTextSizeMax = 25;

// The shortest digits that read back as the same value: as 123.45 from 0.0001 up to 1e15 (float:
// 1e7), as 1.2345e+20 beyond. NaN, Infinity, -Infinity and -0 as PostgreSQL spells them.
std::string ToText(double value);
std::string ToText(float value);

// The same into `out`, which has room for kNumberTextSizeMax characters; returns the end. No
// terminator.
char* PrintInt64(int64_t value, char* out);
char* PrintFloat(float value, char* out);
char* PrintDouble(double value, char* out);

// "true", "false"
constexpr std::string_view BooleanText(bool value) { return value ? "true" : "false"; }

}  // namespace tape
