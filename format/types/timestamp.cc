#include "tape/timestamp.h"

#include <bit>
#include <cstring>

#include "format/bytes/message.h"
#include "format/types/civil.h"
#include "format/types/digits.h"
#include "format/types/text_cursor.h"
#include "format/types/time_text.h"
#include "tape/int128.h"

namespace tape {
namespace {

using format::kNanosPerDay;
using format::kNanosPerSecond;
using format::kSecondsPerDay;
using format::TextCursor;

// A time of day, with the seconds of an offset taken off: it may be before or after its day.
struct DayTime {
  int64_t seconds = 0;
  int32_t nanos = 0;
};

// ---- any form
// ------------------------------------------------------------------------------------

// HH:MM[:SS[.fraction]]
absl::Status TakeTime(TextCursor& cursor, DayTime* time) {
  const size_t begin = cursor.offset();
  int32_t hour = 0;
  int32_t minute = 0;
  int32_t second = 0;
  if (absl::Status s = format::TakeTwoDigits(cursor, "hour", 24, &hour); !s.ok()) return s;
  if (!cursor.Take(':')) return cursor.Unexpected("':'");
  if (absl::Status s = format::TakeTwoDigits(cursor, "minute", 59, &minute); !s.ok()) return s;
  if (cursor.Take(':')) {
    if (absl::Status s = format::TakeTwoDigits(cursor, "second", 60, &second); !s.ok()) return s;
    if (cursor.Take('.')) {
      if (absl::Status s = format::TakeFraction(cursor, &time->nanos); !s.ok()) return s;
    }
  }
  if (hour == 24 && (minute | second | time->nanos) != 0) {
    return cursor.Refuse(begin, "no time is later than 24:00:00");
  }
  time->seconds = hour * 3600 + minute * 60 + second;
  return absl::OkStatus();
}

// Z, +HH, +HHMM or +HH:MM, or nothing.
absl::Status TakeOffset(TextCursor& cursor, int64_t* seconds) {
  *seconds = 0;
  if (cursor.Take('Z') || cursor.Take('z') || cursor.AtEnd()) return absl::OkStatus();
  const bool west = cursor.Peek() == '-';
  if (!cursor.Take('-') && !cursor.Take('+')) return cursor.Unexpected("an offset or the end");
  int32_t hours = 0;
  int32_t minutes = 0;
  if (absl::Status s = format::TakeTwoDigits(cursor, "hour", 15, &hours); !s.ok()) return s;
  if (cursor.Take(':') || cursor.AtDigit()) {
    if (absl::Status s = format::TakeTwoDigits(cursor, "minute", 59, &minutes); !s.ok()) return s;
  }
  const int64_t offset = hours * 3600 + minutes * 60;
  *seconds = west ? -offset : offset;
  return absl::OkStatus();
}

absl::StatusOr<Timestamp> Join(const TextCursor& cursor, int64_t days, const DayTime& time) {
  const Int128 seconds = Int128{days} * kSecondsPerDay + time.seconds;
  const Int128 nanos = seconds * kNanosPerSecond + time.nanos;
  if (nanos < Timestamp::Min().nanos() || nanos > Timestamp::Max().nanos()) {
    return cursor.Refuse(
        format::Concat("outside ", Timestamp::Min().ToString(), "..", Timestamp::Max().ToString()));
  }
  return Timestamp::FromNanos(static_cast<int64_t>(nanos));
}

absl::StatusOr<Timestamp> ParseAny(std::string_view text) {
  TextCursor cursor("timestamp", text);
  CivilDay civil;
  if (absl::Status s = format::TakeCivilDay(cursor, &civil); !s.ok()) return s;
  DayTime time;
  if (!cursor.AtEnd()) {
    if (!cursor.Take('T') && !cursor.Take('t') && !cursor.Take(' ')) {
      return cursor.Unexpected("'T', a blank or the end");
    }
    int64_t offset = 0;
    if (absl::Status s = TakeTime(cursor, &time); !s.ok()) return s;
    if (absl::Status s = TakeOffset(cursor, &offset); !s.ok()) return s;
    if (!cursor.AtEnd()) return cursor.Unexpected("the end");
    time.seconds -= offset;
  }
  return Join(cursor, format::DaysFromCivil(civil), time);
}

// ---- the printed form
// ----------------------------------------------------------------------------
//
// What Print writes is what files hold by the million, so it is read eight characters at a time:
// one exclusive or with the form turns digits into 0..9 and the rest into 0, one addition finds out
// if they are. Anything unusual, out of range or wrong is left to ParseAny.

// "0000-00-" and so on: what a chunk holds with all digits 0; little-endian.
constexpr uint64_t Chunk(const char (&form)[9]) {
  uint64_t chunk = 0;
  for (int i = 7; i >= 0; --i) chunk = chunk << 8 | static_cast<unsigned char>(form[i]);
  return chunk;
}

// The bytes that carry a digit above 9, or any value where there should be none, into their top
// bit.
constexpr uint64_t Excess(uint64_t form) {
  uint64_t excess = 0;
  for (int i = 7; i >= 0; --i) {
    excess = excess << 8 | ((form >> (8 * i) & 255) == '0' ? 0x76 : 0x7F);
  }
  return excess;
}

constexpr uint64_t kTopBits = 0x8080'8080'8080'8080;

// The chunk's characters as numbers, into `digits`; returns bits of kTopBits where it is not of the
// form.
template <uint64_t kForm>
inline uint64_t ReadChunk(const char* text, uint64_t* digits) {
  uint64_t chunk = 0;
  std::memcpy(&chunk, text, sizeof(chunk));
  chunk ^= kForm;
  *digits = chunk;
  return (chunk | (chunk + Excess(kForm))) & kTopBits;
}

constexpr unsigned At(uint64_t digits, int index) {
  return static_cast<unsigned>(digits >> (8 * index)) & 255;
}

constexpr unsigned Two(uint64_t digits, int index) {
  return At(digits, index) * 10 + At(digits, index + 1);
}

// Eight digits in text order: neighbours join into pairs, pairs into fours, fours into one.
constexpr uint32_t Eight(uint64_t digits) {
  digits = (digits * 10 + (digits >> 8)) & 0x00FF'00FF'00FF'00FF;
  digits = (digits * 100 + (digits >> 16)) & 0x0000'FFFF'0000'FFFF;
  return static_cast<uint32_t>(digits * 10'000 + (digits >> 32));
}

constexpr bool IsUsual(const CivilDay& civil, unsigned hour, unsigned minute, unsigned second) {
  const unsigned year = static_cast<unsigned>(civil.year);
  const unsigned month = static_cast<unsigned>(civil.month);
  const unsigned day = static_cast<unsigned>(civil.day);
  // Whole years inside the range; days 29 to 31 are checked by the calendar.
  if (year - 1678 > 2261 - 1678 || month - 1 > 11 || hour > 23 || minute > 59 || second > 59) {
    return false;
  }
  return day - 1 < 28 || (day != 0 && civil.day <= format::DaysInMonth(civil.year, civil.month));
}

bool ParsePrinted(std::string_view text, int64_t* nanos) {
  if (text.size() != kTimestampTextSize || text[29] != 'Z') return false;
  uint64_t date = 0;
  uint64_t hours = 0;
  uint64_t seconds = 0;
  uint64_t fraction = 0;
  const uint64_t wrong = ReadChunk<Chunk("0000-00-")>(text.data(), &date) |
                         ReadChunk<Chunk("00T00:00")>(text.data() + 8, &hours) |
                         ReadChunk<Chunk(":00.0000")>(text.data() + 16, &seconds) |
                         ReadChunk<Chunk("00000000")>(text.data() + 21, &fraction);
  if (wrong != 0) return false;
  const CivilDay civil{static_cast<int32_t>(Two(date, 0) * 100 + Two(date, 2)),
                       static_cast<int32_t>(Two(date, 5)), static_cast<int32_t>(Two(hours, 0))};
  const unsigned hour = Two(hours, 3);
  const unsigned minute = Two(hours, 6);
  const unsigned second = Two(seconds, 1);
  if (!IsUsual(civil, hour, minute, second)) return false;
  const int64_t second_of_day = hour * 3600 + minute * 60 + second;
  const int64_t billionths = At(seconds, 4) * int64_t{100'000'000} + Eight(fraction);
  *nanos = (format::DaysFromCivil(civil) * kSecondsPerDay + second_of_day) * kNanosPerSecond +
           billionths;
  return true;
}

}  // namespace

absl::StatusOr<Timestamp> Timestamp::AtMidnight(Date day) {
  int64_t nanos = 0;
  if (__builtin_mul_overflow(int64_t{day.days()}, kNanosPerDay, &nanos)) {
    return absl::InvalidArgumentError(format::Concat("date ", day.ToString(),
                                                     " as a timestamp: outside ", Min().ToString(),
                                                     "..", Max().ToString()));
  }
  return FromNanos(nanos);
}

absl::StatusOr<Timestamp> Timestamp::Parse(std::string_view text) {
  int64_t nanos = 0;
  if constexpr (std::endian::native == std::endian::little) {
    if (ParsePrinted(text, &nanos)) return FromNanos(nanos);
  }
  return ParseAny(text);
}

std::string Timestamp::ToString() const {
  char text[kTimestampTextSize];
  return std::string(text, Print(text));
}

char* Timestamp::Print(char* out) const {
  const Date day = Day();
  // In unsigned arithmetic, because the first day begins before the first timestamp.
  const uint64_t nano_of_day =
      static_cast<uint64_t>(nanos_) - static_cast<uint64_t>(int64_t{day.days()}) * kNanosPerDay;
  const unsigned second_of_day = static_cast<unsigned>(nano_of_day / kNanosPerSecond);
  const unsigned nanos = static_cast<unsigned>(nano_of_day % kNanosPerSecond);
  const CivilDay civil = format::CivilFromDays(day.days());
  std::memcpy(out, "0000-00-00T00:00:00.000000000Z", kTimestampTextSize);
  format::WriteFour(static_cast<unsigned>(civil.year), out);
  format::WriteTwo(static_cast<unsigned>(civil.month), out + 5);
  format::WriteTwo(static_cast<unsigned>(civil.day), out + 8);
  format::WriteTwo(second_of_day / 3600, out + 11);
  format::WriteTwo(second_of_day / 60 % 60, out + 14);
  format::WriteTwo(second_of_day % 60, out + 17);
  out[20] = static_cast<char>('0' + nanos / 100'000'000);
  format::WriteFour(nanos / 10'000 % 10'000, out + 21);
  format::WriteFour(nanos % 10'000, out + 25);
  return out + kTimestampTextSize;
}

}  // namespace tape
