// Text that parses is printed, and what is printed parses to the same value and prints the same.
//
//   ExpectRoundTrip(text, Uuid::Parse, [](const Uuid& id) { return id.ToString(); });
//   ExpectReadsBack(id, Uuid::Parse, [](const Uuid& id) { return id.ToString(); });
//
// Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "tests/fuzz/expect.h"

namespace tape::fuzz {

template <typename Value, typename Parse, typename Print>
void ExpectReadsBack(const Value& value, Parse parse, Print print) {
  const std::string printed = print(value);
  const auto again = parse(std::string_view(printed));
  Expect(again.ok());
  Expect(*again == value);
  Expect(print(*again) == printed);
}

template <typename Parse, typename Print>
void ExpectRoundTrip(std::string_view text, Parse parse, Print print) {
  const auto value = parse(text);
  if (!value.ok()) return ExpectRefused(value.status());
  ExpectReadsBack(*value, parse, print);
}

}  // namespace tape::fuzz
