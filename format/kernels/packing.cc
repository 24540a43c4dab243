#include "format/kernels/packing.h"

#include <bit>
#include <cstring>

namespace tape::format {
namespace {

static_assert(std::endian::native == std::endian::little, "packed words are read as they lie");

uint64_t LoadWord(const std::byte* packed, size_t word) {
  uint64_t value;
  std::memcpy(&value, packed + word * 8, 8);
  return value;
}

void StoreWord(std::byte* packed, size_t word, uint64_t value) {
  std::memcpy(packed + word * 8, &value, 8);
}

// The width bits from `bit` on, of a stream whose word j is the word first + j * stride of packed.
uint64_t ReadBits(const std::byte* packed, size_t first, size_t stride, size_t bit,
                  unsigned width) {
  const size_t word = first + bit / 64 * stride;
  const unsigned shift = bit % 64;
  uint64_t value = LoadWord(packed, word) >> shift;
  if (shift + width > 64) value |= LoadWord(packed, word + stride) << (64 - shift);
  return value & LowBits(width);
}

void PackPartial(const uint64_t* u, size_t count, unsigned width, std::byte* packed) {
  uint64_t pending = 0;
  unsigned filled = 0;
  size_t word = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t value = u[i] & LowBits(width);
    pending |= value << filled;
    filled += width;
    if (filled < 64) continue;
    StoreWord(packed, word++, pending);
    filled -= 64;
    pending = filled == 0 ? 0 : value >> (width - filled);
  }
  if (filled > 0) StoreWord(packed, word, pending);
}

}  // namespace

void Pack(const Kernels& kernels, const uint64_t* u, size_t count, unsigned width,
          std::byte* packed) {
  if (count == kBlockRows) return kernels.pack_full(u, width, packed);
  if (width > 0) PackPartial(u, count, width, packed);
}

void Unpack(const Kernels& kernels, const std::byte* packed, size_t count, unsigned width,
            uint64_t* out) {
  if (count == kBlockRows) {
    return kernels.unpack_full_64(packed, width, 0, 1, reinterpret_cast<int64_t*>(out));
  }
  for (size_t i = 0; i < count; ++i) {
    out[i] = width == 0 ? 0 : ReadBits(packed, 0, 1, i * width, width);
  }
}

uint64_t UnpackOne(const std::byte* packed, size_t count, unsigned width, size_t index) {
  if (width == 0) return 0;
  if (count != kBlockRows) return ReadBits(packed, 0, 1, index * width, width);
  return ReadBits(packed, index % 16, 16, index / 16 * width, width);
}

}  // namespace tape::format
