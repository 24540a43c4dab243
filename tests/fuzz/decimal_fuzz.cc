// Three lines: two decimals and a type such as 18,8.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

#include "tape/decimal.h"
#include "tape/number_text.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/round_trip.h"

namespace tape::fuzz {
namespace {

using MaybeDecimal = absl::StatusOr<Decimal>;

// The same digits, not only the same value.
bool Identical(const Decimal& a, const Decimal& b) {
  return a.unscaled == b.unscaled && a.scale == b.scale;
}

bool SameResult(const MaybeDecimal& a, const MaybeDecimal& b) {
  return a.ok() == b.ok() && (!a.ok() || Identical(*a, *b));
}

void ExpectSound(const Decimal& value) {
  Expect(value.scale >= 0 && value.scale <= kMaxDecimalPrecision);
  Expect(value.Type().Check().ok());
  const std::string text = value.ToString();
  Expect(text.size() <= kDecimalTextSizeMax);
  const auto again = Decimal::Parse(text);
  Expect(again.ok() && Identical(*again, value));
}

void ExpectSoundIfOk(const MaybeDecimal& value) {
  if (!value.ok()) return ExpectRefused(value.status());
  ExpectSound(*value);
}

DecimalType ParseType(std::string_view text) {
  DecimalType type{38, 10};
  const char* end = text.data() + text.size();
  const auto [comma, error] = std::from_chars(text.data(), end, type.precision);
  if (error == std::errc() && comma != end) std::from_chars(comma + 1, end, type.scale);
  return type;
}

void CheckText(std::string_view text, const DecimalType& type) {
  const auto value = Decimal::Parse(text);
  ExpectSoundIfOk(value);
  const auto exact = Decimal::Parse(text, type, Rounding::kExact);
  const auto rounded = Decimal::Parse(text, type, Rounding::kHalfAwayFromZero);
  ExpectSoundIfOk(exact);
  ExpectSoundIfOk(rounded);
  if (!type.Check().ok()) return Expect(!exact.ok() && !rounded.ok());
  if (exact.ok()) Expect(SameResult(exact, rounded) && exact->scale == type.scale);
  if (!value.ok()) return;
  Expect(SameResult(Rescale(*value, type), rounded));
  Expect(exact.ok() == (rounded.ok() && *rounded == *value));
}

void CheckConversions(const Decimal& value) {
  const auto as_double = ParseDouble(value.ToString());
  Expect(as_double.ok() && *as_double == value.ToDouble());
  Expect(std::strtod(value.ToString().c_str(), nullptr) == value.ToDouble());
  const auto integer = value.ToInt64();
  const auto whole = Rescale(value, {kMaxDecimalPrecision, 0});
  if (integer.ok()) Expect(whole.ok() && whole->unscaled == *integer);
  ExpectSoundIfOk(Decimal::FromDouble(value.ToDouble(), {kMaxDecimalPrecision, value.scale}));
}

void CheckRemainder(const Decimal& a, const Decimal& b) {
  const auto remainder = Mod(a, b);
  ExpectSoundIfOk(remainder);
  if (!remainder.ok()) return;
  Expect(Abs(*remainder) < Abs(b));
  Expect(remainder->unscaled == 0 || (remainder->unscaled < 0) == (a.unscaled < 0));
  const auto multiple = Sub(a, *remainder);
  if (!multiple.ok()) return;
  const auto none = Mod(*multiple, b);
  Expect(none.ok() && none->unscaled == 0);
}

void CheckArithmetic(const Decimal& a, const Decimal& b) {
  const auto sum = Add(a, b);
  const auto difference = Sub(a, b);
  const auto product = Mul(a, b);
  for (const auto& result : {sum, difference, product, Div(a, b)}) ExpectSoundIfOk(result);
  Expect(SameResult(sum, Add(b, a)));
  Expect(SameResult(product, Mul(b, a)));
  Expect(SameResult(difference, Add(a, Negate(b))));
  if (difference.ok()) Expect((difference->unscaled < 0) == (a < b));
  if (sum.ok()) {
    const auto back = Sub(*sum, b);
    if (back.ok()) Expect(*back == a);
  }
  CheckRemainder(a, b);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const std::string_view first = input.TakeLine();
  const std::string_view second = input.TakeLine();
  CheckText(first, ParseType(input.Text()));
  const auto a = Decimal::Parse(first);
  const auto b = Decimal::Parse(second);
  if (a.ok()) CheckConversions(*a);
  if (a.ok() && b.ok()) CheckArithmetic(*a, *b);
  return 0;
}

}  // namespace tape::fuzz
