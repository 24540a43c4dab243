#include "format/types/int256.h"

#include "format/types/digits.h"

namespace tape::format {

std::string Int256::ToString() const {
  char text[kMaxDigits256 + 1];
  char* const end = text + sizeof(text);
  char* begin = end;
  // Halves of the magnitude, not an Int256: the magnitude of the most negative value is none.
  const Int256 magnitude = Magnitude();
  UInt128 high = magnitude.high_;
  UInt128 low = magnitude.low_;
  // Nineteen digits at a time: the most that always fit a machine word.
  constexpr UInt128 kChunk = 10'000'000'000'000'000'000U;
  while (high != 0) {
    const auto division = int256_internal::DivideMagnitudes(high, low, kChunk);
    begin = WritePadded(static_cast<uint64_t>(division.remainder), 19, begin);
    high = division.quotient_high;
    low = division.quotient_low;
  }
  begin = WriteBackwards(low, begin);
  if (IsNegative()) *--begin = '-';
  return std::string(begin, end);
}

}  // namespace tape::format
