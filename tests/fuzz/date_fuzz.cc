// Any bytes as the text of a date, and their first four as one.
#include <string>

#include "tape/date.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/round_trip.h"

namespace tape::fuzz {
namespace {

std::string Print(Date date) { return date.ToString(); }

void CheckDay(Date date, int64_t step) {
  ExpectReadsBack(date, Date::Parse, Print);
  const auto same = Date::FromCivil(date.Civil());
  Expect(same.ok() && *same == date);
  Expect(date.WeekStart() <= date || date < Date::FromDays(Date::Min().days() + 6));
  Expect(date.MonthStart() <= date && date.MonthStart().Civil().day == 1);
  const auto later = date.AddDays(step);
  if (later.ok()) Expect(later->days() - date.days() == step);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  ExpectRoundTrip(input.Text(), Date::Parse, Print);
  const auto any = Date::FromDays(input.Take<int32_t>());
  Expect(any.ToString().size() <= kDateTextSizeMax);
  const bool valid = Date::Min() <= any && any <= Date::Max();
  Expect(Date::Parse(any.ToString()).ok() == valid);
  if (valid) CheckDay(any, input.Take<int64_t>());
  return 0;
}

}  // namespace tape::fuzz
