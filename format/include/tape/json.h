// JSON and JSONB values: is this text one, and text as a JSON string.
//
//   ValidateJson(R"({"bids": [[101.25, 300]], "venue": "X"})");   // OK
//   ValidateJson(R"({"bids": [101.25,]})");
//   // kInvalidArgument: JSON: "]" where a value should be, at position 18
//   JsonString("line\n");                                          // "\"line\\n\""
//
// A JSON or JSONB column stores the text as it was given: white space, order and repeats of keys,
// and the digits of numbers stay. So a value that was read back and one that was written are the
// same bytes, and numbers are never rounded; equality of two JSON values is not a matter of their
// bytes.
//
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace tape {

// RFC 8259, strictly: any value at the top, no comments, no trailing commas, no NaN, no byte order
// mark, valid UTF-8, control characters escaped. As in PostgreSQL's jsonb, an escape must stand for
// a character that text can hold: \u0000 and surrogates without their other half are refused.
//
// kInvalidArgument says what was expected and the position of the byte found there, counted from 1;
// kResourceExhausted: more than kMaxValueBytes bytes, or nested deeper than kMaxJsonDepth.
//
// Reads each byte once, allocates nothing, does not recurse.
absl::Status ValidateJson(std::string_view text);

// Appends `text` between quotes, escaping what JSON needs escaped. A byte that is not UTF-8 becomes
// U+FFFD, so that what is written is JSON whatever the text was.
void AppendJsonString(std::string_view text, std::string& out);

std::string JsonString(std::string_view text);

}  // namespace tape
