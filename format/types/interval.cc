#include "tape/interval.h"

#include <algorithm>
#include <array>
#include <limits>

#include "format/bytes/message.h"
#include "format/types/civil.h"
#include "format/types/digits.h"
#include "format/types/text_cursor.h"
#include "format/types/time_text.h"
#include "tape/int128.h"

namespace tape {
namespace {

using format::Concat;
using format::kNanosPerDay;
using format::kNanosPerSecond;
using format::TextCursor;

constexpr int64_t kNanosPerMinute = 60 * kNanosPerSecond;
constexpr int64_t kNanosPerHour = 60 * kNanosPerMinute;

template <typename Integer>
constexpr bool Fits(Int128 value) {
  using Limits = std::numeric_limits<Integer>;
  return Limits::min() <= value && value <= Limits::max();
}

// ---- reading
// -------------------------------------------------------------------------------------

enum class Field : uint8_t { kMonths, kDays, kNanos };

// One of a unit is `size` of its field.
struct Unit {
  Field field;
  int64_t size;
};

struct UnitName {
  std::string_view name;  // without a plural's s
  Unit unit;
};

constexpr auto kUnitNames = std::to_array<UnitName>({
    {"ns", {Field::kNanos, 1}},
    {"nsec", {Field::kNanos, 1}},
    {"nanosecond", {Field::kNanos, 1}},
    {"us", {Field::kNanos, 1'000}},
    {"usec", {Field::kNanos, 1'000}},
    {"microsecond", {Field::kNanos, 1'000}},
    {"ms", {Field::kNanos, 1'000'000}},
    {"msec", {Field::kNanos, 1'000'000}},
    {"millisecond", {Field::kNanos, 1'000'000}},
    {"s", {Field::kNanos, kNanosPerSecond}},
    {"sec", {Field::kNanos, kNanosPerSecond}},
    {"second", {Field::kNanos, kNanosPerSecond}},
    {"m", {Field::kNanos, kNanosPerMinute}},
    {"min", {Field::kNanos, kNanosPerMinute}},
    {"minute", {Field::kNanos, kNanosPerMinute}},
    {"h", {Field::kNanos, kNanosPerHour}},
    {"hr", {Field::kNanos, kNanosPerHour}},
    {"hour", {Field::kNanos, kNanosPerHour}},
    {"d", {Field::kDays, 1}},
    {"day", {Field::kDays, 1}},
    {"w", {Field::kDays, 7}},
    {"week", {Field::kDays, 7}},
    {"mo", {Field::kMonths, 1}},
    {"mon", {Field::kMonths, 1}},
    {"month", {Field::kMonths, 1}},
    {"y", {Field::kMonths, 12}},
    {"yr", {Field::kMonths, 12}},
    {"year", {Field::kMonths, 12}},
});

// The plural's s goes with names of three letters and more and with hr and yr: "ms" is no plural of
// m.
bool IsPlural(std::string_view word, std::string_view name) {
  return word.size() == name.size() + 1 && word.starts_with(name) && word.ends_with('s') &&
         (name.size() > 2 || name == "hr" || name == "yr");
}

bool FindUnit(std::string_view word, Unit* unit) {
  const auto found = std::find_if(kUnitNames.begin(), kUnitNames.end(), [word](const UnitName& u) {
    return word == u.name || IsPlural(word, u.name);
  });
  if (found == kUnitNames.end()) return false;
  *unit = found->unit;
  return true;
}

// (whole + billionths / 10^9) units, as the text had it; the sign is in both.
struct Quantity {
  size_t offset = 0;
  int64_t whole = 0;
  int32_t billionths = 0;
};

// Collects the quantities of one interval text.
class IntervalReader {
 public:
  explicit IntervalReader(std::string_view text) : cursor_("interval", text) {}

  absl::StatusOr<Interval> Read() {
    if (absl::Status s = ReadAll(); !s.ok()) return s;
    return Interval{static_cast<int32_t>(months_), static_cast<int32_t>(days_),
                    static_cast<int64_t>(nanos_)};
  }

 private:
  absl::Status ReadAll() {
    SkipBlanks();
    if (cursor_.Peek() == 'P' || cursor_.Peek() == 'p') return ReadIso();
    if (cursor_.AtEnd()) return cursor_.Unexpected("a number");
    for (; !cursor_.AtEnd(); SkipBlanks()) {
      if (AtLetter()) return ReadAgo();
      if (absl::Status s = ReadPart(); !s.ok()) return s;
    }
    return absl::OkStatus();
  }

  // A number with its unit, or a time of day.
  absl::Status ReadPart() {
    const bool negative = TakeSign();
    Quantity quantity;
    if (absl::Status s = TakeWhole(negative, &quantity); !s.ok()) return s;
    if (cursor_.Take(':')) return ReadTime(negative, quantity);
    if (absl::Status s = TakeFractionOf(negative, &quantity); !s.ok()) return s;
    SkipBlanks();
    const size_t word_at = cursor_.offset();
    const std::string word = TakeWord();
    Unit unit{};
    if (word.empty()) return cursor_.Unexpected("a unit");
    if (!FindUnit(word, &unit)) return cursor_.Refuse(word_at, Concat("there is no unit ", word));
    return Collect(quantity, unit);
  }

  // MM[:SS[.fraction]] behind hours and a colon.
  absl::Status ReadTime(bool negative, const Quantity& hours) {
    int32_t minutes = 0;
    int32_t seconds = 0;
    Quantity rest = hours;
    if (absl::Status s = format::TakeTwoDigits(cursor_, "minute", 59, &minutes); !s.ok()) return s;
    if (cursor_.Take(':')) {
      if (absl::Status s = format::TakeTwoDigits(cursor_, "second", 59, &seconds); !s.ok())
        return s;
      if (absl::Status s = TakeFractionOf(negative, &rest); !s.ok()) return s;
    }
    if (!cursor_.AtEnd() && cursor_.Peek() != ' ') return cursor_.Unexpected("a blank or the end");
    const int32_t clock = minutes * 60 + seconds;
    rest.whole = negative ? -clock : clock;
    // Together, so that only their sum has to fit.
    nanos_ += Int128{hours.whole} * kNanosPerHour;
    return Collect(rest, {Field::kNanos, kNanosPerSecond});
  }

  // Negates all that was read.
  absl::Status ReadAgo() {
    const size_t word_at = cursor_.offset();
    if (word_at == 0 || TakeWord() != "ago") return cursor_.Refuse(word_at, "not a number");
    SkipBlanks();
    if (!cursor_.AtEnd()) return cursor_.Unexpected("the end");
    months_ = -months_;
    days_ = -days_;
    nanos_ = -nanos_;
    return CheckRange(word_at);
  }

  // P[nY][nM][nW][nD][T[nH][nM][nS]], with at least one n.
  absl::Status ReadIso() {
    cursor_.Skip();
    bool in_time = false;
    size_t parts = 0;
    for (; !cursor_.AtEnd(); ++parts) {
      if (!in_time && TakeLetter('t')) {
        in_time = true;
        parts = 0;
      }
      if (absl::Status s = ReadIsoPart(in_time); !s.ok()) return s;
    }
    return parts == 0 ? cursor_.Unexpected("a number") : absl::OkStatus();
  }

  absl::Status ReadIsoPart(bool in_time) {
    const bool negative = TakeSign();
    Quantity quantity;
    if (absl::Status s = TakeWhole(negative, &quantity); !s.ok()) return s;
    if (absl::Status s = TakeFractionOf(negative, &quantity); !s.ok()) return s;
    const std::string_view letters = in_time ? "hms" : "ymwd";
    const size_t index = letters.find(Folded());
    if (cursor_.AtEnd() || index == std::string_view::npos) {
      return cursor_.Unexpected(in_time ? "H, M or S" : "Y, M, W or D");
    }
    cursor_.Skip();
    const std::string_view name = !in_time && index == 1 ? "mo" : letters.substr(index, 1);
    Unit unit{};
    FindUnit(name, &unit);
    return Collect(quantity, unit);
  }

  // Adds a quantity to its field.
  absl::Status Collect(const Quantity& quantity, const Unit& unit) {
    const Int128 whole = Int128{quantity.whole} * unit.size;
    if (unit.field == Field::kMonths) {
      if (quantity.billionths != 0) {
        return cursor_.Refuse(quantity.offset, "years and months are whole numbers");
      }
      months_ += whole;
    } else if (unit.field == Field::kDays) {
      const Int128 nanos = Int128{quantity.billionths} * unit.size * format::kSecondsPerDay;
      days_ += whole + nanos / kNanosPerDay;
      nanos_ += nanos % kNanosPerDay;
    } else {
      const Int128 billionths = Int128{quantity.billionths} * unit.size;
      if (billionths % kNanosPerSecond != 0) {
        return cursor_.Refuse(quantity.offset, "finer than a nanosecond");
      }
      nanos_ += whole + billionths / kNanosPerSecond;
    }
    return CheckRange(quantity.offset);
  }

  absl::Status CheckRange(size_t offset) const {
    if (!Fits<int32_t>(months_)) return cursor_.Refuse(offset, "too many months for 32 bits");
    if (!Fits<int32_t>(days_)) return cursor_.Refuse(offset, "too many days for 32 bits");
    if (!Fits<int64_t>(nanos_)) return cursor_.Refuse(offset, "too many nanoseconds for 64 bits");
    return absl::OkStatus();
  }

  bool TakeSign() {
    if (cursor_.Take('-')) return true;
    cursor_.Take('+');
    return false;
  }

  // The digits before the point. There may be none, if there is a point.
  absl::Status TakeWhole(bool negative, Quantity* quantity) {
    constexpr int64_t kWholeMax = 1'000'000'000'000'000'000;
    quantity->offset = cursor_.offset();
    if (!cursor_.AtDigit() && cursor_.Peek() != '.') return cursor_.Unexpected("a number");
    int64_t whole = 0;
    for (; cursor_.AtDigit(); cursor_.Skip()) {
      if (whole >= kWholeMax / 10) return cursor_.Refuse(quantity->offset, "a number too large");
      whole = whole * 10 + (cursor_.Peek() - '0');
    }
    quantity->whole = negative ? -whole : whole;
    return absl::OkStatus();
  }

  absl::Status TakeFractionOf(bool negative, Quantity* quantity) {
    if (!cursor_.Take('.')) return absl::OkStatus();
    int32_t billionths = 0;
    if (absl::Status s = format::TakeFraction(cursor_, &billionths); !s.ok()) return s;
    quantity->billionths = negative ? -billionths : billionths;
    return absl::OkStatus();
  }

  void SkipBlanks() {
    while (cursor_.Take(' ')) {
    }
  }

  // The character here in lower case, if it is a letter.
  char Folded() const {
    const char c = cursor_.Peek();
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  bool AtLetter() const { return Folded() >= 'a' && Folded() <= 'z'; }

  bool TakeLetter(char lower) {
    if (Folded() != lower) return false;
    cursor_.Skip();
    return true;
  }

  std::string TakeWord() {
    std::string word;
    for (; AtLetter(); cursor_.Skip()) word.push_back(Folded());
    return word;
  }

  TextCursor cursor_;
  // Checked after every part, so far narrower than they look.
  Int128 months_ = 0;
  Int128 days_ = 0;
  Int128 nanos_ = 0;
};

// ---- printing
// ------------------------------------------------------------------------------------

// Writes the parts, with a plus where the part before was negative, as PostgreSQL does.
class IntervalWriter {
 public:
  void Count(int32_t value, std::string_view unit) {
    if (value == 0) return;
    Separate();
    if (after_negative_ && value > 0) text_ += '+';
    text_ += Concat(value, " ", unit, value == 1 ? "" : "s");
    after_negative_ = value < 0;
  }

  void Clock(int64_t nanos) {
    if (nanos == 0 && !text_.empty()) return;
    Separate();
    if (nanos < 0) text_ += '-';
    if (nanos > 0 && after_negative_) text_ += '+';
    const uint64_t magnitude = static_cast<uint64_t>(nanos < 0 ? -Int128{nanos} : Int128{nanos});
    TwoOrMore(magnitude / kNanosPerHour);
    text_ += ':';
    TwoOrMore(magnitude / kNanosPerMinute % 60);
    text_ += ':';
    TwoOrMore(magnitude / kNanosPerSecond % 60);
    Fraction(magnitude % kNanosPerSecond);
  }

  std::string Take() { return std::move(text_); }

 private:
  void Separate() {
    if (!text_.empty()) text_ += ' ';
  }

  void TwoOrMore(uint64_t value) {
    if (value < 10) text_ += '0';
    text_ += Concat(value);
  }

  void Fraction(uint64_t nanos) {
    if (nanos == 0) return;
    char digits[9];
    format::WritePadded(nanos, 9, digits + 9);
    text_ += '.';
    text_.append(digits, 9);
    text_.erase(text_.find_last_not_of('0') + 1);
  }

  std::string text_;
  bool after_negative_ = false;
};

// ---- adding
// --------------------------------------------------------------------------------------

// The day that many months later, or the last of its month where that day does not exist.
int64_t AddMonths(Date day, int64_t months) {
  const CivilDay civil = day.Civil();
  const int64_t month_index = int64_t{civil.year} * 12 + civil.month - 1 + months;
  int64_t year = month_index / 12;
  int64_t month = month_index % 12;
  if (month < 0) {
    month += 12;
    --year;
  }
  CivilDay result{static_cast<int32_t>(year), static_cast<int32_t>(month + 1), 1};
  result.day = std::min(civil.day, format::DaysInMonth(result.year, result.month));
  return format::DaysFromCivil(result);
}

// `sign` is 1 or -1. Every field negated fits the wider type.
absl::StatusOr<Timestamp> Shift(Timestamp time, const Interval& interval, int sign) {
  const Date day = time.Day();
  const Int128 nano_of_day = Int128{time.nanos()} - Int128{day.days()} * kNanosPerDay;
  const int64_t months = int64_t{interval.months} * sign;
  const Int128 days =
      (months == 0 ? int64_t{day.days()} : AddMonths(day, months)) + int64_t{interval.days} * sign;
  const Int128 nanos = days * kNanosPerDay + nano_of_day + Int128{interval.nanos} * sign;
  if (!Fits<int64_t>(nanos)) {
    return absl::InvalidArgumentError(
        Concat(time.ToString(), sign < 0 ? " - " : " + ", interval.ToString(), " is outside ",
               Timestamp::Min().ToString(), "..", Timestamp::Max().ToString()));
  }
  return Timestamp::FromNanos(static_cast<int64_t>(nanos));
}

}  // namespace

absl::StatusOr<Interval> Interval::Parse(std::string_view text) {
  return IntervalReader(text).Read();
}

std::string Interval::ToString() const {
  IntervalWriter writer;
  writer.Count(months / 12, "year");
  writer.Count(months % 12, "mon");
  writer.Count(days, "day");
  writer.Clock(nanos);
  return writer.Take();
}

absl::StatusOr<Timestamp> Add(Timestamp time, Interval interval) {
  return Shift(time, interval, 1);
}

absl::StatusOr<Timestamp> Sub(Timestamp time, Interval interval) {
  return Shift(time, interval, -1);
}

absl::StatusOr<int64_t> FixedNanos(Interval interval) {
  const Int128 nanos = Int128{interval.days} * kNanosPerDay + interval.nanos;
  if (interval.months != 0) {
    return absl::InvalidArgumentError(
        Concat("interval ", interval.ToString(), " has months, which have no fixed length"));
  }
  if (!Fits<int64_t>(nanos)) {
    return absl::InvalidArgumentError(
        Concat("interval ", interval.ToString(), " has more than 64 bits of nanoseconds"));
  }
  return static_cast<int64_t>(nanos);
}

}  // namespace tape
