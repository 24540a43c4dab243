#include "tape/date.h"

#include "format/bytes/message.h"
#include "format/types/civil.h"
#include "format/types/digits.h"
#include "format/types/text_cursor.h"
#include "format/types/time_text.h"

namespace tape {
namespace {

using format::Concat;

absl::Status PartRefused(std::string_view part, int64_t value, int64_t highest) {
  return absl::InvalidArgumentError(Concat(part, " ", value, " is not 1..", highest));
}

// Monday is 0. 1970-01-01 was a Thursday.
int32_t Weekday(int32_t days) {
  const int32_t weekday = static_cast<int32_t>((int64_t{days} + 3) % 7);
  return weekday < 0 ? weekday + 7 : weekday;
}

char* PrintYear(int32_t year, char* out) {
  if (0 <= year && year <= 9999) {
    format::WriteFour(static_cast<unsigned>(year), out);
    return out + 4;
  }
  if (year < 0) *out++ = '-';
  return format::WriteForwards(static_cast<uint64_t>(year < 0 ? -int64_t{year} : year), out);
}

}  // namespace

absl::StatusOr<Date> Date::FromCivil(const CivilDay& civil) {
  constexpr int32_t kYearMax = 9999;
  if (civil.year < 1 || civil.year > kYearMax) return PartRefused("year", civil.year, kYearMax);
  if (civil.month < 1 || civil.month > 12) return PartRefused("month", civil.month, 12);
  const int32_t last = format::DaysInMonth(civil.year, civil.month);
  if (civil.day < 1 || civil.day > last) return PartRefused("day", civil.day, last);
  return FromDays(static_cast<int32_t>(format::DaysFromCivil(civil)));
}

absl::StatusOr<Date> Date::Parse(std::string_view text) {
  format::TextCursor cursor("date", text);
  CivilDay civil;
  if (absl::Status status = format::TakeCivilDay(cursor, &civil); !status.ok()) return status;
  if (!cursor.AtEnd()) return cursor.Unexpected("the end");
  return FromDays(static_cast<int32_t>(format::DaysFromCivil(civil)));
}

CivilDay Date::Civil() const { return format::CivilFromDays(days_); }

Date Date::WeekStart() const {
  return FromDays(static_cast<int32_t>(int64_t{days_} - Weekday(days_)));
}

Date Date::MonthStart() const {
  return FromDays(static_cast<int32_t>(int64_t{days_} - (Civil().day - 1)));
}

absl::StatusOr<Date> Date::AddDays(int64_t days) const {
  int64_t sum = 0;
  if (__builtin_add_overflow(int64_t{days_}, days, &sum) || sum < Min().days() ||
      sum > Max().days()) {
    return absl::InvalidArgumentError(
        Concat("date ", ToString(), " + ", days, " days is outside 0001-01-01..9999-12-31"));
  }
  return FromDays(static_cast<int32_t>(sum));
}

std::string Date::ToString() const {
  char text[kDateTextSizeMax];
  return std::string(text, Print(text));
}

char* Date::Print(char* out) const {
  const CivilDay civil = Civil();
  out = PrintYear(civil.year, out);
  out[0] = '-';
  format::WriteTwo(static_cast<unsigned>(civil.month), out + 1);
  out[3] = '-';
  format::WriteTwo(static_cast<unsigned>(civil.day), out + 4);
  return out + 6;
}

}  // namespace tape
