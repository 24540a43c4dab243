// A little-endian bit stream for the rare parts of a payload: exception positions and high parts.
//
//   BitWriter bits(out);   bits.Put(513, 10);   bits.Put(7, 3);   bits.Finish();   // padded to a
//   byte BitReader bits(data);  bits.Get(10) == 513; bits.Get(3) == 7;
//
// The reader loads eight bytes at a time and may look up to eight bytes past the last bit asked
// for: extents end in 64 readable bytes for that. Callers check lengths; a width is 0..64.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "format/bytes/little_endian.h"
#include "format/kernels/packing.h"

namespace tape::format {

constexpr uint64_t Zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}

constexpr int64_t Unzigzag(uint64_t code) {
  return static_cast<int64_t>((code >> 1) ^ (uint64_t{0} - (code & 1)));
}

class BitWriter {
 public:
  explicit BitWriter(std::vector<std::byte>& out) : out_(out) {}

  void Put(uint64_t value, unsigned width) {
    value &= LowBits(width);
    pending_ |= value << pending_bits_;
    if (pending_bits_ + width < 64) {
      pending_bits_ += width;
      return;
    }
    Flush(sizeof(uint64_t));
    const unsigned taken = 64 - pending_bits_;
    pending_ = taken == 64 ? 0 : value >> taken;
    pending_bits_ = width - taken;
  }

  void Finish() {
    Flush((pending_bits_ + 7) / 8);
    pending_ = 0;
    pending_bits_ = 0;
  }

 private:
  void Flush(size_t bytes) {
    const auto* first = reinterpret_cast<const std::byte*>(&pending_);
    out_.insert(out_.end(), first, first + bytes);
  }

  std::vector<std::byte>& out_;
  uint64_t pending_ = 0;
  unsigned pending_bits_ = 0;  // below 64
};

class BitReader {
 public:
  explicit BitReader(const std::byte* data, size_t first_bit = 0)
      : data_(data), position_(first_bit) {}

  uint64_t Get(unsigned width) {
    const std::byte* at = data_ + position_ / 8;
    unsigned shift = position_ % 8;
    uint64_t value = LoadLe<uint64_t>(at) >> shift;
    if (shift + width > 64) value |= static_cast<uint64_t>(at[8]) << (64 - shift);
    position_ += width;
    return value & LowBits(width);
  }

 private:
  const std::byte* data_;
  size_t position_;
};

}  // namespace tape::format
