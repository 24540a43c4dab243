// Any bytes as the text of an array, and their lines as its elements.
#include <optional>
#include <string>
#include <vector>

#include "tape/array.h"
#include "tape/limits.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/round_trip.h"

namespace tape::fuzz {
namespace {

using Elements = std::vector<std::optional<std::string>>;

std::string Print(const Elements& elements) { return PrintArrayText(elements); }

// An empty line is NULL; one that is a blank is an empty text.
Elements FromLines(Input input) {
  Elements elements;
  while (!input.Rest().empty() && elements.size() < kMaxArrayElements) {
    const std::string_view line = input.TakeLine();
    elements.emplace_back(line == " " ? "" : line);
    if (line.empty()) elements.back().reset();
  }
  return elements;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Input input(data, size);
  ExpectRoundTrip(input.Text(), ParseArrayText, Print);
  ExpectReadsBack(FromLines(input), ParseArrayText, Print);
  return 0;
}

}  // namespace tape::fuzz
