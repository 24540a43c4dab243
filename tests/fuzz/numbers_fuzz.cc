// Any bytes as the text of an integer, a floating-point number, a boolean; their first eight as
// numbers.
#include <bit>
#include <cmath>
#include <cstdlib>
#include <string>

#include "tape/number_text.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"

namespace tape::fuzz {
namespace {

// NaN has many bit patterns and one text.
template <typename Bits, typename T>
bool Same(T a, T b) {
  return std::isnan(a) ? std::isnan(b) : std::bit_cast<Bits>(a) == std::bit_cast<Bits>(b);
}

void CheckIntegers(std::string_view text) {
  const auto wide = ParseInt64(text);
  const auto middle = ParseInt32(text);
  const auto narrow = ParseInt16(text);
  if (!wide.ok()) return Expect(!middle.ok() && !narrow.ok()), ExpectRefused(wide.status());
  Expect(middle.ok() == (*wide == static_cast<int32_t>(*wide)));
  Expect(narrow.ok() == (*wide == static_cast<int16_t>(*wide)));
  if (middle.ok()) Expect(*middle == *wide);
  if (narrow.ok()) Expect(*narrow == *wide);
}

void CheckDouble(double value) {
  const std::string text = ToText(value);
  const auto again = ParseDouble(text);
  Expect(text.size() <= kNumberTextSizeMax && again.ok() && Same<uint64_t>(*again, value));
}

void CheckFloat(float value) {
  const std::string text = ToText(value);
  const auto again = ParseFloat(text);
  Expect(text.size() <= kNumberTextSizeMax && again.ok() && Same<uint32_t>(*again, value));
}

// The C library, which reads all of our numbers, is the judge of rounding.
void CheckFloating(std::string_view text) {
  const std::string terminated(text);
  const auto wide = ParseDouble(text);
  const auto narrow = ParseFloat(text);
  if (wide.ok()) {
    CheckDouble(*wide);
    Expect(Same<uint64_t>(*wide, std::strtod(terminated.c_str(), nullptr)));
  } else {
    ExpectRefused(wide.status());
  }
  if (!narrow.ok()) return ExpectRefused(narrow.status());
  CheckFloat(*narrow);
  Expect(wide.ok() && Same<uint32_t>(*narrow, std::strtof(terminated.c_str(), nullptr)));
}

void CheckInteger(int64_t value) {
  char text[kNumberTextSizeMax];
  const char* end = PrintInt64(value, text);
  const auto again = ParseInt64({text, static_cast<size_t>(end - text)});
  Expect(again.ok() && *again == value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  CheckIntegers(input.Text());
  CheckFloating(input.Text());
  const auto boolean = ParseBoolean(input.Text());
  if (!boolean.ok()) ExpectRefused(boolean.status());
  const auto number = input.Take<int64_t>();
  CheckInteger(number);
  CheckDouble(std::bit_cast<double>(number));
  CheckFloat(std::bit_cast<float>(static_cast<uint32_t>(number)));
  return 0;
}

}  // namespace tape::fuzz
