// Bit-packed runs of unsigned integers of one width: sizes, partial blocks, single values.
//
//   std::vector<std::byte> packed(PackedBytes(count, width));
//   Pack(kernels, u, count, width, packed.data());
//   UnpackOne(packed.data(), count, width, 17) == u[17];
//
// A full block (1,024 values) is 16 lanes: value i lies in lane i % 16 at step i / 16, and the
// value at step k occupies bits [k * width, (k + 1) * width) of its lane, lowest bits first. Word j
// (64 bits, little-endian) of lane l is the word j * 16 + l of the block. So one shift serves 16
// neighbouring values, whatever the width, and they come out in natural order.
//
// A partial block is one little-endian stream: value i occupies its bits [i * width, (i + 1) *
// width).
//
// Both take PackedBytes(count, width), and nothing outside it is read or written. Width is 0..64,
// count 0..1024.
#pragma once

#include <cstddef>
#include <cstdint>

#include "format/kernels/kernels.h"

namespace tape::format {

// A multiple of 8; 128 * width for a full block.
constexpr size_t PackedBytes(size_t count, unsigned width) { return (count * width + 63) / 64 * 8; }

// The `width` lowest bits.
constexpr uint64_t LowBits(unsigned width) { return width == 0 ? 0 : ~uint64_t{0} >> (64 - width); }

// Bits of the values above width are ignored; bits after the last value are zero.
void Pack(const Kernels& kernels, const uint64_t* u, size_t count, unsigned width,
          std::byte* packed);

// out[i] = u[i].
void Unpack(const Kernels& kernels, const std::byte* packed, size_t count, unsigned width,
            uint64_t* out);

// The value at index, which must be below count; reads at most two words.
uint64_t UnpackOne(const std::byte* packed, size_t count, unsigned width, size_t index);

}  // namespace tape::format
