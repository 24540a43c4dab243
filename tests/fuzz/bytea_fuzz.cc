// Any bytes as the text of a BYTEA value, and as one.
#include <string>

#include "tape/bytea.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/round_trip.h"

namespace tape::fuzz {

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Input(data, size).Text();
  const auto print = [](const std::string& bytes) { return PrintBytea(bytes); };
  ExpectRoundTrip(text, ParseBytea, print);
  ExpectReadsBack(std::string(text), ParseBytea, print);
  return 0;
}

}  // namespace tape::fuzz
