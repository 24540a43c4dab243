// Decimal digits into and out of character buffers: the inner loops of every number and time in
// text.
//
//   char buffer[kMaxDigits128];
//   char* begin = WriteBackwards(UInt128{120}, buffer + sizeof(buffer));  // "120", ends at the end
//   WriteTwo(7, out);                                                     // "07"
//
// Buffers are the caller's and large enough: nothing here checks. Stateless; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "tape/int128.h"

namespace tape::format {

inline constexpr int kMaxDigits64 = 20;
inline constexpr int kMaxDigits128 = 39;
inline constexpr int kMaxDigits256 = 78;

constexpr bool IsDigit(char c) { return static_cast<unsigned char>(c - '0') <= 9; }

namespace digits_internal {
constexpr std::array<char, 200> MakePairs() {
  std::array<char, 200> pairs{};
  for (int i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
inline constexpr std::array<char, 200> kPairs = MakePairs();
}  // namespace digits_internal

// value < 100 as two digits at out.
inline void WriteTwo(unsigned value, char* out) {
  std::memcpy(out, &digits_internal::kPairs[2 * value], 2);
}

// value < 10000 as four digits at out.
inline void WriteFour(unsigned value, char* out) {
  WriteTwo(value / 100, out);
  WriteTwo(value % 100, out + 2);
}

// The digits of value, no leading zeros, so that they end before `end`; returns where they begin.
inline char* WriteBackwards(uint64_t value, char* end) {
  while (value >= 100) {
    WriteTwo(static_cast<unsigned>(value % 100), end -= 2);
    value /= 100;
  }
  if (value >= 10) {
    WriteTwo(static_cast<unsigned>(value), end -= 2);
    return end;
  }
  *--end = static_cast<char>('0' + value);
  return end;
}

// The same with leading zeros up to `width` digits; value has no more than that.
inline char* WritePadded(uint64_t value, int width, char* end) {
  char* const begin = end - width;
  char* const first = WriteBackwards(value, end);
  std::memset(begin, '0', static_cast<size_t>(first - begin));
  return begin;
}

inline char* WriteBackwards(UInt128 value, char* end) {
  constexpr uint64_t kChunk = 10'000'000'000'000'000'000U;
  while ((value >> 64) != 0) {
    end = WritePadded(static_cast<uint64_t>(value % kChunk), 19, end);
    value /= kChunk;
  }
  return WriteBackwards(static_cast<uint64_t>(value), end);
}

// value forwards from out; returns the end.
inline char* WriteForwards(uint64_t value, char* out) {
  char buffer[kMaxDigits64];
  char* const end = buffer + sizeof(buffer);
  const char* const begin = WriteBackwards(value, end);
  const size_t size = static_cast<size_t>(end - begin);
  std::memcpy(out, begin, size);
  return out + size;
}

}  // namespace tape::format
