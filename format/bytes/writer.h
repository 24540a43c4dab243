// Appends numbers and bytes to a vector, as they stand in a file.
//
//   std::vector<std::byte> bytes;
//   ByteWriter writer(bytes);
//   const size_t length_at = writer.offset();
//   writer.WriteU32(0);
//   writer.WriteBytes(name);
//   writer.Pad(8);
//   writer.Patch<uint32_t>(length_at, writer.offset());
//
// The vector is the caller's: kept between uses, it stops allocating. Offsets count from its first
// byte.
//
// Thread-compatible; the vector must outlive it.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "format/bytes/little_endian.h"
#include "tape/int128.h"

namespace tape::format {

class ByteWriter {
 public:
  explicit ByteWriter(std::vector<std::byte>& out) noexcept : out_(out) {}

  // Where the next byte goes.
  size_t offset() const noexcept { return out_.size(); }

  void WriteU8(uint8_t value) { Write<uint8_t>(value); }
  void WriteU16(uint16_t value) { Write<uint16_t>(value); }
  void WriteU32(uint32_t value) { Write<uint32_t>(value); }
  void WriteU64(uint64_t value) { Write<uint64_t>(value); }
  void WriteI32(int32_t value) { Write<int32_t>(value); }
  void WriteI64(int64_t value) { Write<int64_t>(value); }
  void WriteI128(Int128 value) { Write<Int128>(value); }
  void WriteFloat(float value) { Write<float>(value); }
  void WriteDouble(double value) { Write<double>(value); }

  template <StoredNumber T>
  void Write(std::type_identity_t<T> value) {
    std::array<std::byte, sizeof(T)> bytes;
    StoreLe<T>(bytes.data(), value);
    WriteBytes(bytes);
  }

  // Not bytes of the vector itself.
  void WriteBytes(std::span<const std::byte> bytes);

  void WriteZeros(size_t size);

  // Zeros up to the next multiple of `alignment`; nothing where that has been reached.
  void Pad(size_t alignment) { WriteZeros((alignment - out_.size() % alignment) % alignment); }

  // Overwrites a number written before, such as a length known only now.
  template <StoredNumber T>
  void Patch(size_t offset, std::type_identity_t<T> value) noexcept {
    assert(offset <= out_.size() && sizeof(T) <= out_.size() - offset);
    StoreLe<T>(out_.data() + offset, value);
  }

 private:
  std::vector<std::byte>& out_;
};

}  // namespace tape::format
