#include "format/types/time_text.h"

#include "format/bytes/message.h"
#include "format/types/civil.h"

namespace tape::format {
namespace {

constexpr int kFractionDigits = 9;

// Spelled out because PostgreSQL has them, and years before 1, and a user will try.
absl::Status RefuseYear(const TextCursor& cursor) {
  const std::string_view text = cursor.text();
  const size_t letter = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  if (text.size() > letter && (text[letter] | 0x20) == 'i') {
    return cursor.Refuse("there is no infinite time");
  }
  if (text.starts_with('-')) return cursor.Refuse("years before 0001 are not supported");
  return cursor.Unexpected("a year of four digits");
}

}  // namespace

absl::Status TakeTwoDigits(TextCursor& cursor, std::string_view name, int32_t highest,
                           int32_t* value) {
  const size_t begin = cursor.offset();
  if (!cursor.TakeDigits(2, value)) {
    return cursor.Unexpected(Concat("a two-digit ", name));
  }
  if (*value > highest) {
    return cursor.Refuse(begin, Concat(name, " ", *value, " is above ", highest));
  }
  return absl::OkStatus();
}

absl::Status TakeCivilDay(TextCursor& cursor, CivilDay* day) {
  if (!cursor.TakeDigits(4, &day->year)) return RefuseYear(cursor);
  if (day->year == 0) return cursor.Refuse(0, "years before 0001 are not supported");
  if (!cursor.Take('-')) return cursor.Unexpected("'-'");
  const size_t month_at = cursor.offset();
  if (absl::Status status = TakeTwoDigits(cursor, "month", 12, &day->month); !status.ok()) {
    return status;
  }
  if (day->month == 0) return cursor.Refuse(month_at, "there is no month 0");
  if (!cursor.Take('-')) return cursor.Unexpected("'-'");
  const size_t day_at = cursor.offset();
  const int32_t last = DaysInMonth(day->year, day->month);
  if (absl::Status status = TakeTwoDigits(cursor, "day", last, &day->day); !status.ok()) {
    return status;
  }
  if (day->day == 0) return cursor.Refuse(day_at, "there is no day 0");
  return absl::OkStatus();
}

absl::Status TakeFraction(TextCursor& cursor, int32_t* billionths) {
  if (!cursor.AtDigit()) return cursor.Unexpected("a digit");
  int32_t value = 0;
  int digits = 0;
  for (; digits < kFractionDigits && cursor.AtDigit(); ++digits, cursor.Skip()) {
    value = value * 10 + (cursor.Peek() - '0');
  }
  for (; digits < kFractionDigits; ++digits) value *= 10;
  for (; cursor.AtDigit(); cursor.Skip()) {
    if (cursor.Peek() != '0') {
      return cursor.Refuse(cursor.offset(), "more than nine digits after the point");
    }
  }
  *billionths = value;
  return absl::OkStatus();
}

}  // namespace tape::format
