// Any bytes as the text of an interval; as the fields of one; and as the instant to add it to.
#include <string>

#include "tape/interval.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/round_trip.h"

namespace tape::fuzz {
namespace {

std::string Print(const Interval& interval) { return interval.ToString(); }

void CheckArithmetic(Timestamp time, const Interval& interval) {
  const auto later = Add(time, interval);
  const auto earlier = Sub(time, interval);
  if (!later.ok()) ExpectRefused(later.status());
  if (!earlier.ok()) ExpectRefused(earlier.status());
  const auto length = FixedNanos(interval);
  if (interval.months != 0) return Expect(!length.ok());
  if (later.ok()) {
    const auto back = Sub(*later, interval);
    if (back.ok()) Expect(*back == time);
  }
  if (!length.ok()) return ExpectRefused(length.status());
  int64_t sum = 0;
  const bool fits = !__builtin_add_overflow(time.nanos(), *length, &sum);
  if (later.ok()) Expect(fits && later->nanos() == sum);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const std::string_view text = input.Text();
  ExpectRoundTrip(text, Interval::Parse, Print);
  const auto time = Timestamp::FromNanos(input.Take<int64_t>());
  Interval fields;
  fields.months = input.Take<int32_t>();
  fields.days = input.Take<int32_t>();
  fields.nanos = input.Take<int64_t>();
  ExpectReadsBack(fields, Interval::Parse, Print);
  CheckArithmetic(time, fields);
  const auto parsed = Interval::Parse(text);
  if (parsed.ok()) CheckArithmetic(time, *parsed);
  return 0;
}

}  // namespace tape::fuzz
