#include "format/bytes/crc32c.h"

#include <algorithm>
#include <array>

#include "format/bytes/little_endian.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define TAPE_CRC32C_TARGET __attribute__((target("sse4.2,pclmul")))
#endif

namespace tape::format {
namespace crc32c_internal {
namespace {

// Polynomials here are reflected: the top bit is the coefficient of x^0.
constexpr uint32_t kPolynomial = 0x82F63B78;

constexpr uint32_t TimesX(uint32_t value) {
  return (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
}

constexpr uint32_t TimesXPower(uint32_t value, int exponent) {
  for (int i = 0; i < exponent; ++i) value = TimesX(value);
  return value;
}

// kTables[k][b]: what byte b becomes after itself and k further zero bytes.
using Tables = std::array<std::array<uint32_t, 256>, 8>;

constexpr Tables MakeTables() {
  Tables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (auto& table : tables) table[byte] = value = TimesXPower(value, 8);
  }
  return tables;
}

constexpr Tables kTables = MakeTables();

inline uint32_t StepByte(uint32_t state, std::byte byte) {
  return (state >> 8) ^ kTables[0][(state ^ static_cast<uint32_t>(byte)) & 0xFF];
}

inline uint32_t StepWord(uint32_t state, uint64_t word) {
  word ^= state;
  uint32_t next = 0;
  for (int i = 0; i < 8; ++i) next ^= kTables[7 - i][(word >> (8 * i)) & 0xFF];
  return next;
}

}  // namespace

uint32_t ExtendPortable(uint32_t crc, std::span<const std::byte> bytes) noexcept {
  uint32_t state = ~crc;
  const std::byte* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) state = StepWord(state, LoadLe<uint64_t>(at));
  for (; left > 0; ++at, --left) state = StepByte(state, *at);
  return ~state;
}

#if defined(__x86_64__)
namespace {

// The crc32 instruction answers after three cycles but starts every cycle: three streams keep it
// busy. A pass takes three neighbouring streams of equal length and joins them at its end, so a
// pass as long as the input (within the table of constants) joins once.
constexpr size_t kStreamWordsMax = 128;

// Below this a join costs more than the serial steps it saves.
constexpr size_t kPassSizeMin = 96;

// kShift[n] = x^(64n - 33). The carry-less product of a state with it, put through crc32_u64, which
// multiplies by x^32 and reduces (the 33rd x comes from reflection), is that state after n further
// words.
using Shifts = std::array<uint32_t, 2 * kStreamWordsMax + 1>;

constexpr Shifts MakeShifts() {
  Shifts shifts{};
  shifts[1] = 1;  // x^31
  for (size_t n = 2; n < shifts.size(); ++n) shifts[n] = TimesXPower(shifts[n - 1], 64);
  return shifts;
}

constexpr Shifts kShift = MakeShifts();

TAPE_CRC32C_TARGET inline uint64_t CarrylessProduct(uint64_t a, uint64_t b) {
  const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<int64_t>(a)),
                                               _mm_cvtsi64_si128(static_cast<int64_t>(b)), 0);
  return static_cast<uint64_t>(_mm_cvtsi128_si64(product));
}

// Three streams of `words` words each, at least one.
TAPE_CRC32C_TARGET uint64_t ThreeStreams(uint64_t state, const std::byte* at, size_t words) {
  const std::byte* const last = at + 8 * (words - 1);
  const size_t stride = 8 * words;
  uint64_t first = state;
  uint64_t second = 0;
  uint64_t third = 0;
  for (; at != last; at += 8) {
    first = _mm_crc32_u64(first, LoadLe<uint64_t>(at));
    second = _mm_crc32_u64(second, LoadLe<uint64_t>(at + stride));
    third = _mm_crc32_u64(third, LoadLe<uint64_t>(at + 2 * stride));
  }
  first = _mm_crc32_u64(first, LoadLe<uint64_t>(at));
  second = _mm_crc32_u64(second, LoadLe<uint64_t>(at + stride));
  // The third stream's last step reduces the shifted states of the other two along with its own
  // word.
  const uint64_t joined =
      CarrylessProduct(first, kShift[2 * words]) ^ CarrylessProduct(second, kShift[words]);
  return _mm_crc32_u64(third, LoadLe<uint64_t>(at + 2 * stride) ^ joined);
}

TAPE_CRC32C_TARGET uint64_t OneStream(uint64_t state, const std::byte* at, size_t left) {
  for (; left >= 8; at += 8, left -= 8) state = _mm_crc32_u64(state, LoadLe<uint64_t>(at));
  auto narrow = static_cast<uint32_t>(state);
  if ((left & 4) != 0) {
    narrow = _mm_crc32_u32(narrow, LoadLe<uint32_t>(at));
    at += 4;
  }
  if ((left & 2) != 0) {
    narrow = _mm_crc32_u16(narrow, LoadLe<uint16_t>(at));
    at += 2;
  }
  if ((left & 1) != 0) narrow = _mm_crc32_u8(narrow, LoadLe<uint8_t>(at));
  return narrow;
}

}  // namespace

bool HasHardware() noexcept {
  return __builtin_cpu_supports("sse4.2") != 0 && __builtin_cpu_supports("pclmul") != 0;
}

TAPE_CRC32C_TARGET uint32_t ExtendHardware(uint32_t crc,
                                           std::span<const std::byte> bytes) noexcept {
  uint64_t state = static_cast<uint32_t>(~crc);
  const std::byte* at = bytes.data();
  size_t left = bytes.size();
  while (left >= kPassSizeMin) {
    const size_t words = std::min(left / 24, kStreamWordsMax);
    state = ThreeStreams(state, at, words);
    at += 24 * words;
    left -= 24 * words;
  }
  return ~static_cast<uint32_t>(OneStream(state, at, left));
}

#else

bool HasHardware() noexcept { return false; }

uint32_t ExtendHardware(uint32_t crc, std::span<const std::byte> bytes) noexcept {
  return ExtendPortable(crc, bytes);
}

#endif

}  // namespace crc32c_internal

uint32_t ExtendCrc32c(uint32_t crc, std::span<const std::byte> bytes) noexcept {
  return crc32c_internal::HasHardware() ? crc32c_internal::ExtendHardware(crc, bytes)
                                        : crc32c_internal::ExtendPortable(crc, bytes);
}

}  // namespace tape::format
