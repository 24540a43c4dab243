// Any bytes as the text of a timestamp, and their first eight as one.
#include <string>

#include "tape/date.h"
#include "tape/timestamp.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/round_trip.h"

namespace tape::fuzz {
namespace {

std::string Print(Timestamp time) {
  const std::string text = time.ToString();
  Expect(text.size() == kTimestampTextSize);
  return text;
}

void CheckInstant(Timestamp time) {
  ExpectReadsBack(time, Timestamp::Parse, Print);
  Expect(time.Day().ToString() == Print(time).substr(0, 10));
  const auto midnight = Timestamp::AtMidnight(time.Day());
  if (!midnight.ok()) return ExpectRefused(midnight.status());
  Expect(*midnight <= time && midnight->Day() == time.Day());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const auto parsed = Timestamp::Parse(input.Text());
  if (parsed.ok()) {
    CheckInstant(*parsed);
  } else {
    ExpectRefused(parsed.status());
  }
  CheckInstant(Timestamp::FromNanos(input.Take<int64_t>()));
  return 0;
}

}  // namespace tape::fuzz
