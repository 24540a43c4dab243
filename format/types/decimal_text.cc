// Decimals from text and to text; and from and to double, which go by way of text because its
// rounding is right and the library's conversions are too.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "format/bytes/message.h"
#include "format/types/digits.h"
#include "format/types/text_error.h"
#include "format/types/unscaled.h"
#include "tape/decimal.h"

namespace tape {
namespace {

using format::BadText;
using format::Concat;
using format::IsDigit;
using format::PowerOfTen;
using format::UnexpectedCharacter;

constexpr std::string_view kWhat = "decimal";

// Digits that always fit 64 bits.
constexpr size_t kWordDigits = 19;

// Exponents beyond this say overflow or zero whatever the digits are; counting stops here.
constexpr int64_t kExponentLimit = 1'000'000'000'000;

// What a literal is made of. The value is 0.integer|fraction read as one number, times
// 10^(exponent - fraction.size()).
struct Literal {
  std::string_view integer;
  std::string_view fraction;
  int64_t exponent = 0;
  bool negative = false;
  uint64_t word = 0;  // all digits as one number; meaningless if there are more than kWordDigits

  size_t DigitCount() const { return integer.size() + fraction.size(); }
  unsigned Digit(size_t index) const {
    const char c = index < integer.size() ? integer[index] : fraction[index - integer.size()];
    return static_cast<unsigned>(c - '0');
  }
};

size_t SkipDigits(std::string_view text, size_t at, uint64_t& word) {
  while (at < text.size() && IsDigit(text[at])) {
    word = word * 10 + static_cast<unsigned>(text[at] - '0');
    ++at;
  }
  return at;
}

// The digits after 'e' at `at`; an absent digit is an error there.
absl::Status ScanExponent(std::string_view text, size_t at, Literal& out) {
  ++at;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  const size_t begin = at;
  int64_t exponent = 0;
  for (; at < text.size() && IsDigit(text[at]); ++at) {
    exponent = std::min(exponent * 10 + (text[at] - '0'), kExponentLimit);
  }
  if (at == begin || at < text.size()) {
    return UnexpectedCharacter(kWhat, text, at, at == begin ? "an exponent" : "the end");
  }
  out.exponent = negative ? -exponent : exponent;
  return absl::OkStatus();
}

absl::Status ScanLiteral(std::string_view text, Literal& out) {
  size_t at = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) out.negative = text[at++] == '-';
  const size_t integer = at;
  at = SkipDigits(text, at, out.word);
  out.integer = text.substr(integer, at - integer);
  if (at < text.size() && text[at] == '.') {
    const size_t fraction = ++at;
    at = SkipDigits(text, at, out.word);
    out.fraction = text.substr(fraction, at - fraction);
  }
  if (out.DigitCount() == 0) return UnexpectedCharacter(kWhat, text, at, "a digit");
  if (at == text.size()) return absl::OkStatus();
  if (text[at] != 'e' && text[at] != 'E') {
    return UnexpectedCharacter(kWhat, text, at, "the end");
  }
  return ScanExponent(text, at, out);
}

enum class Fit : uint8_t { kYes, kOverflow, kTooManyDecimals };

// The first `kept` digits, with `zeros` more behind them, into out.
bool Accumulate(const Literal& literal, size_t kept, int64_t zeros, Int128* out) {
  size_t at = 0;
  while (at < kept && literal.Digit(at) == 0) ++at;
  if (kept - at > size_t{kMaxDecimalPrecision}) return false;
  Int128 value = 0;
  while (at < kept) {
    const size_t count = std::min(kept - at, kWordDigits);
    uint64_t word = 0;
    for (const size_t end = at + count; at < end; ++at) word = word * 10 + literal.Digit(at);
    value = format::MultiplyFitting(value, PowerOfTen(static_cast<int>(count))) + word;
  }
  *out = value;
  if (value == 0 || zeros == 0) return true;
  return zeros <= kMaxDecimalPrecision && format::ScaleUp(value, static_cast<int>(zeros), out);
}

// |literal| at `scale`, however long it is.
Fit ConvertAny(const Literal& literal, int scale, Rounding rounding, Int128* out) {
  const int64_t count = static_cast<int64_t>(literal.DigitCount());
  const int64_t shift = literal.exponent - static_cast<int64_t>(literal.fraction.size()) + scale;
  const int64_t kept = std::clamp<int64_t>(count + shift, 0, count);
  if (!Accumulate(literal, static_cast<size_t>(kept), std::max<int64_t>(shift, 0), out)) {
    return Fit::kOverflow;
  }
  if (rounding == Rounding::kExact) {
    for (int64_t i = kept; i < count; ++i) {
      if (literal.Digit(static_cast<size_t>(i)) != 0) return Fit::kTooManyDecimals;
    }
    return Fit::kYes;
  }
  // The first digit that is dropped decides, unless so much is dropped that a zero stands before
  // it.
  const bool first_is_written = count + shift >= 0 && kept < count;
  if (first_is_written && literal.Digit(static_cast<size_t>(kept)) >= 5) *out += 1;
  return Fit::kYes;
}

// |literal| at the scale and within the precision of type.
Fit Convert(const Literal& literal, DecimalType type, Rounding rounding, Int128* out) {
  const int pad = type.scale - static_cast<int>(std::min<size_t>(literal.fraction.size(), 99));
  Fit fit = Fit::kYes;
  // Nineteen digits and nineteen zeros are 38: nothing can overflow.
  if (literal.exponent == 0 && literal.DigitCount() <= kWordDigits && pad >= 0 && pad <= 19) {
    *out = format::MultiplyFitting(literal.word, PowerOfTen(pad));
  } else {
    fit = ConvertAny(literal, type.scale, rounding, out);
  }
  if (fit == Fit::kYes && !format::FitsDigits(*out, type.precision)) return Fit::kOverflow;
  return fit;
}

absl::Status DoesNotFit(std::string_view text, DecimalType type, Fit fit) {
  if (fit == Fit::kTooManyDecimals) {
    return BadText(kWhat, text,
                   Concat("more than ", type.scale, " digits after the point, the scale of ",
                          type.ToString()));
  }
  return BadText(kWhat, text,
                 Concat("does not fit ", type.ToString(), ": at most ", type.IntegerDigits(),
                        " digits before the point"));
}

absl::StatusOr<Decimal> ToDecimal(const Literal& literal, std::string_view text, DecimalType type,
                                  Rounding rounding) {
  Int128 magnitude = 0;
  const Fit fit = Convert(literal, type, rounding, &magnitude);
  if (fit != Fit::kYes) return DoesNotFit(text, type, fit);
  return Decimal{literal.negative ? -magnitude : magnitude, type.scale};
}

}  // namespace

absl::StatusOr<Decimal> Decimal::Parse(std::string_view text, DecimalType type, Rounding rounding) {
  Literal literal;
  if (absl::Status status = type.Check(); !status.ok()) return status;
  if (absl::Status status = ScanLiteral(text, literal); !status.ok()) return status;
  return ToDecimal(literal, text, type, rounding);
}

absl::StatusOr<Decimal> Decimal::Parse(std::string_view text) {
  Literal literal;
  if (absl::Status status = ScanLiteral(text, literal); !status.ok()) return status;
  const int64_t decimals = static_cast<int64_t>(literal.fraction.size()) - literal.exponent;
  const int64_t scale = std::clamp<int64_t>(decimals, 0, kMaxDecimalPrecision);
  return ToDecimal(literal, text, {kMaxDecimalPrecision, static_cast<int>(scale)},
                   Rounding::kExact);
}

absl::StatusOr<Decimal> Decimal::FromDouble(double value, DecimalType type) {
  if (!std::isfinite(value)) {
    return absl::InvalidArgumentError(
        Concat(std::isnan(value) ? "NaN" : "Infinity", " has no value as ", type.ToString()));
  }
  char text[32];
  const char* const end =
      std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific).ptr;
  return Parse({text, static_cast<size_t>(end - text)}, type, Rounding::kHalfAwayFromZero);
}

double Decimal::ToDouble() const {
  // Up to 2^53 and 10^22 both sides are doubles exactly, and a division rounds once.
  constexpr Int128 kExactMax = Int128{1} << 53;
  constexpr int kExactPowerMax = 22;
  if (-kExactMax <= unscaled && unscaled <= kExactMax && scale <= kExactPowerMax) {
    return static_cast<double>(static_cast<int64_t>(unscaled)) /
           static_cast<double>(PowerOfTen(scale));
  }
  char text[kDecimalTextSizeMax];
  double value = 0;
  std::from_chars(text, Print(text), value);
  return value;
}

char* Decimal::Print(char* out) const {
  char digits[kDecimalTextSizeMax];
  char* const end = digits + sizeof(digits);
  const UInt128 magnitude = format::Magnitude(unscaled);
  char* begin = (magnitude >> 64) == 0
                    ? format::WriteBackwards(static_cast<uint64_t>(magnitude), end)
                    : format::WriteBackwards(magnitude, end);
  while (end - begin <= scale) *--begin = '0';
  if (unscaled < 0) *out++ = '-';
  const size_t integer_size = static_cast<size_t>(end - scale - begin);
  std::memcpy(out, begin, integer_size);
  out += integer_size;
  if (scale == 0) return out;
  *out++ = '.';
  std::memcpy(out, end - scale, static_cast<size_t>(scale));
  return out + scale;
}

std::string Decimal::ToString() const {
  char text[kDecimalTextSizeMax];
  return std::string(text, Print(text));
}

}  // namespace tape
