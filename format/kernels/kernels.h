// The hot loops: packing, decoding, encoding arithmetic, comparing, gathering. Every loop exists
// once in source and is compiled for several processors; a Kernels is the table of one such
// compilation.
//
//   const Kernels& kernels = BestKernels();
//   kernels.unpack_full_64(packed, width, base, /*scale=*/1, values);  // 1,024 values in natural
//   order uint64_t bitmap[kBlockWords]; kernels.filter_full(packed, width, lo, hi, bitmap); //
//   without materialising them
//
// Conventions, for every kernel below unless it says otherwise:
// - n is any number, zero included; a "full" kernel works on exactly kBlockRows values.
// - 64-bit arithmetic is modulo 2^64; signed results are its two's complement reading.
// - No alignment beyond that of the element type. Packed bytes need none.
// - `in` and `out` may be the same array where their elements have the same size, and must not
// overlap otherwise.
// - A bitmap has bit i in word i / 64 at position i % 64; (n + 63) / 64 words are read or written;
// bits at and
//   above n are written as zero and must be zero where a bitmap is read.
// - All levels give the same bits.
//
// The bit-packed layout of a full block is described in packing.h, with the functions for partial
// blocks and for single values.
//
// Immutable tables; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "tape/int128.h"

namespace tape::format {

inline constexpr size_t kBlockRows = 1024;
inline constexpr size_t kBlockWords = kBlockRows / 64;

struct MinMax {
  int64_t min;  // INT64_MAX when there was no value
  int64_t max;  // INT64_MIN when there was no value
};

struct DoubleMinMax {
  double min;  // +infinity when there was no number; -0.0 and 0.0 are equal, and either may be
               // reported
  double max;  // -infinity when there was no number
  size_t nans;
};

// v[i] = start + scale * sum of (base + u[j]) over j <= i.
struct DeltaFrame {
  uint64_t start;
  uint64_t base;
  uint64_t scale;
};

// A divisor prepared for exact division and for the divisibility test, without a division
// instruction:
//   kernels.all_divisible(prices, n, base, ExactDivisor::Of(500));
struct ExactDivisor {
  uint64_t odd_inverse;  // of divisor >> shift, modulo 2^64
  uint64_t limit;        // the largest quotient: (2^64 - 1) / divisor
  unsigned shift;        // trailing zeros of the divisor

  // The divisor must not be 0.
  static constexpr ExactDivisor Of(uint64_t divisor);
};

struct Kernels {
  std::string_view name;  // "portable", "x86-64-v2", "x86-64-v3", "x86-64-v4"

  // --- Packing. Width is 0..64; 128 * width bytes are read or written. ---

  // Bits of the values above width are ignored.
  void (*pack_full)(const uint64_t* u, unsigned width, std::byte* packed) noexcept;

  // out[i] = base + scale * u[i], truncated to the element.
  void (*unpack_full_64)(const std::byte* packed, unsigned width, uint64_t base, uint64_t scale,
                         int64_t* out) noexcept;
  void (*unpack_full_32)(const std::byte* packed, unsigned width, uint64_t base, uint64_t scale,
                         int32_t* out) noexcept;
  void (*unpack_full_16)(const std::byte* packed, unsigned width, uint64_t base, uint64_t scale,
                         int16_t* out) noexcept;
  void (*unpack_full_8)(const std::byte* packed, unsigned width, uint64_t base, uint64_t scale,
                        uint8_t* out) noexcept;

  // Unpacks and sums up in one pass, for blocks without patches.
  void (*unpack_delta_full_64)(const std::byte* packed, unsigned width, const DeltaFrame& frame,
                               int64_t* out) noexcept;
  // The same where the deltas are base + unzigzag(u[j]).
  void (*unpack_zigzag_delta_full_64)(const std::byte* packed, unsigned width,
                                      const DeltaFrame& frame, int64_t* out) noexcept;

  // Bit i = lo <= u[i] <= hi; none when lo > hi.
  void (*filter_full)(const std::byte* packed, unsigned width, uint64_t lo, uint64_t hi,
                      uint64_t* bitmap) noexcept;

  // --- Decoding and encoding arithmetic. ---

  // In place: values[i] = start + scale * (values[0] + ... + values[i]).
  void (*prefix_sum_64)(int64_t* values, size_t n, uint64_t start, uint64_t scale) noexcept;
  // out[0] = 0, out[i] = in[i] - in[i - 1]. Here in and out must not overlap.
  void (*delta_64)(const int64_t* in, size_t n, int64_t* out) noexcept;
  // out[i] = in[i] - base.
  void (*subtract_64)(const int64_t* in, size_t n, uint64_t base, uint64_t* out) noexcept;
  // out[i] = base + scale * in[i].
  void (*multiply_add_64)(const uint64_t* in, size_t n, uint64_t base, uint64_t scale,
                          int64_t* out) noexcept;
  // out[i] = zigzag(in[i] - center): 0, -1, 1, -2, 2 become 0, 1, 2, 3, 4. And back.
  void (*zigzag_64)(const int64_t* in, size_t n, uint64_t center, uint64_t* out) noexcept;
  void (*unzigzag_64)(const uint64_t* in, size_t n, uint64_t center, int64_t* out) noexcept;

  // Whether the divisor divides each in[i] - base, taken as unsigned 64-bit numbers.
  bool (*all_divisible)(const int64_t* in, size_t n, uint64_t base,
                        const ExactDivisor& divisor) noexcept;
  // out[i] = (in[i] - base) / divisor, for multiples of the divisor.
  void (*divide_exact)(const int64_t* in, size_t n, uint64_t base, const ExactDivisor& divisor,
                       uint64_t* out) noexcept;

  // Adds to histogram[w] the number of values with bit width w (0 for zero, 64 for the largest).
  void (*width_histogram)(const uint64_t* u, size_t n, uint32_t* histogram) noexcept;

  // --- Aggregates. ---

  MinMax (*min_max_64)(const int64_t* in, size_t n) noexcept;
  DoubleMinMax (*min_max_double)(const double* in, size_t n) noexcept;
  DoubleMinMax (*min_max_float)(const float* in, size_t n) noexcept;
  Int128 (*sum_64)(const int64_t* in, size_t n) noexcept;  // exact
  int64_t (*sum_32)(const int32_t* in, size_t n) noexcept;
  int64_t (*sum_16)(const int16_t* in, size_t n) noexcept;
  int64_t (*sum_8)(const uint8_t* in, size_t n) noexcept;

  // --- Comparing: bit i = lo <= in[i] <= hi. NaN is never between. ---

  void (*between_64)(const int64_t* in, size_t n, int64_t lo, int64_t hi,
                     uint64_t* bitmap) noexcept;
  void (*between_double)(const double* in, size_t n, double lo, double hi,
                         uint64_t* bitmap) noexcept;
  void (*between_float)(const float* in, size_t n, float lo, float hi, uint64_t* bitmap) noexcept;
  // Bit i = the bits of a[i] and b[i] differ, elements of 8 or 4 bytes of any type.
  void (*differ_64)(const void* a, const void* b, size_t n, uint64_t* bitmap) noexcept;
  void (*differ_32)(const void* a, const void* b, size_t n, uint64_t* bitmap) noexcept;

  // --- Gathering: out[i] = in[index[i]], elements of any type of that many bits. No overlap. ---

  void (*gather_128)(const void* in, const uint32_t* index, size_t n, void* out) noexcept;
  void (*gather_64)(const void* in, const uint32_t* index, size_t n, void* out) noexcept;
  void (*gather_32)(const void* in, const uint32_t* index, size_t n, void* out) noexcept;
  void (*gather_16)(const void* in, const uint32_t* index, size_t n, void* out) noexcept;
  void (*gather_8)(const void* in, const uint32_t* index, size_t n, void* out) noexcept;

  // --- Converting. Narrowing truncates; widening keeps the value. ---

  void (*narrow_32)(const int64_t* in, size_t n, int32_t* out) noexcept;
  void (*narrow_16)(const int64_t* in, size_t n, int16_t* out) noexcept;
  void (*narrow_8)(const int64_t* in, size_t n, uint8_t* out) noexcept;
  void (*widen_32)(const int32_t* in, size_t n, int64_t* out) noexcept;
  void (*widen_code)(const uint32_t* in, size_t n, int64_t* out) noexcept;
  void (*widen_16)(const int16_t* in, size_t n, int64_t* out) noexcept;
  void (*widen_8)(const uint8_t* in, size_t n, int64_t* out) noexcept;
  void (*widen_float)(const float* in, size_t n, double* out) noexcept;

  // out[i] = double(in[i]) / power, each step rounded once.
  void (*divide_to_double)(const int64_t* in, size_t n, double power, double* out) noexcept;
  // The same, rounded once more to a float.
  void (*divide_to_float)(const int64_t* in, size_t n, double power, float* out) noexcept;
  // out[i] = in[i] * power rounded to an integer, half to even. INT64_MIN where the product is not
  // below 2^63 in magnitude, or NaN. Whether a value survives is for the caller to see:
  // divide_to_double, then differ_64.
  void (*double_to_scaled)(const double* in, size_t n, double power, int64_t* out) noexcept;

  // --- Bitmaps. ---

  size_t (*count_bits)(const uint64_t* bitmap, size_t n) noexcept;
  bool (*any_bit)(const uint64_t* bitmap, size_t n) noexcept;
  // out[i] = bit i, as 0 or 1.
  void (*expand_bitmap)(const uint64_t* bitmap, size_t n, uint8_t* out) noexcept;
  // Bit i = in[i] != 0.
  void (*collect_bitmap)(const uint8_t* in, size_t n, uint64_t* bitmap) noexcept;
  // values[i] += the next of the parts, modulo 2^64, for each set bit i in turn. Eight parts more
  // than there are set bits are readable. The three must not overlap.
  void (*add_at_bits)(int64_t* values, const uint64_t* bitmap, const uint64_t* parts,
                      size_t n) noexcept;
};

enum class Level : uint8_t {
  kPortable,  // what the compiler's default flags allow
  kX86V2,     // SSE4.2
  kX86V3,     // AVX2, BMI
  kX86V4,     // AVX-512 F, BW, CD, DQ, VL
};

const Kernels& PortableKernels();

// nullptr when this processor or this build lacks the level.
const Kernels* KernelsFor(Level level);

// Every level that runs here, slowest first; what tests walk.
std::span<const Kernels* const> AllUsableKernels();

// The last of them.
const Kernels& BestKernels();

constexpr ExactDivisor ExactDivisor::Of(uint64_t divisor) {
  unsigned shift = 0;
  while (((divisor >> shift) & 1) == 0) ++shift;
  const uint64_t odd = divisor >> shift;
  uint64_t inverse = (3 * odd) ^ 2;  // right in its lowest 5 bits; each step doubles them
  for (int step = 0; step < 4; ++step) inverse *= 2 - odd * inverse;
  return {inverse, ~uint64_t{0} / divisor, shift};
}

}  // namespace tape::format
