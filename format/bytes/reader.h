// A cursor over bytes that nobody has checked yet.
//
//   ByteReader reader(bytes);
//   const uint32_t rows = reader.ReadU32();
//   const std::span<const std::byte> name = reader.ReadBytes(reader.ReadU16());
//   reader.SkipPadding(8);
//   if (!reader.ok()) return reader.status("manifest record");
//
// Failure sticks: the first read past the end, or padding that is not zero, makes it and all later
// reads yield zeros and empty spans, so a parser reads a structure through and asks once. A count
// that was read must be compared with remaining() before it sizes a loop or an allocation. Sizes
// are 64 bits wide and compared, never added: no value from a file overflows.
//
// Thread-compatible; the bytes must outlive it and what ReadBytes returned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "format/bytes/little_endian.h"
#include "format/bytes/zero_padding.h"
#include "tape/int128.h"

namespace tape::format {

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  bool ok() const noexcept { return failure_ == Failure::kNone; }

  // Where the next read starts; once failed, where the read that failed did.
  size_t offset() const noexcept { return offset_; }

  // Bytes from there to the end; 0 once failed.
  size_t remaining() const noexcept { return ok() ? bytes_.size() - offset_ : 0; }

  // Ok, or kDataLoss: "<what>: offset 12: expected 8 bytes, found 3".
  absl::Status status(std::string_view what) const;

  uint8_t ReadU8() noexcept { return Read<uint8_t>(); }
  uint16_t ReadU16() noexcept { return Read<uint16_t>(); }
  uint32_t ReadU32() noexcept { return Read<uint32_t>(); }
  uint64_t ReadU64() noexcept { return Read<uint64_t>(); }
  int32_t ReadI32() noexcept { return Read<int32_t>(); }
  int64_t ReadI64() noexcept { return Read<int64_t>(); }
  Int128 ReadI128() noexcept { return Read<Int128>(); }
  float ReadFloat() noexcept { return Read<float>(); }
  double ReadDouble() noexcept { return Read<double>(); }

  template <StoredNumber T>
  T Read() noexcept {
    const std::span<const std::byte> bytes = ReadBytes(sizeof(T));
    return bytes.empty() ? T{} : LoadLe<T>(bytes.data());
  }

  std::span<const std::byte> ReadBytes(uint64_t size) noexcept {
    if (size > remaining()) {
      Fail(Failure::kTooShort, size);
      return {};
    }
    const std::span<const std::byte> bytes = bytes_.subspan(offset_, static_cast<size_t>(size));
    offset_ += bytes.size();
    return bytes;
  }

  void Skip(uint64_t size) noexcept { ReadBytes(size); }

  // Goes on to the next multiple of `alignment`, counted from the first byte given to the reader,
  // over zeros.
  void SkipPadding(size_t alignment) noexcept {
    SkipZeros((alignment - offset_ % alignment) % alignment);
  }

  // Over this many zeros: padding, and reserved bytes.
  void SkipZeros(uint64_t size) noexcept {
    const size_t start = offset_;
    if (AllZero(ReadBytes(size))) return;
    offset_ = start;
    Fail(Failure::kNotZero, size);
  }

 private:
  enum class Failure : uint8_t { kNone, kTooShort, kNotZero };

  void Fail(Failure failure, uint64_t size) noexcept {
    if (!ok()) return;
    failure_ = failure;
    failed_size_ = size;
  }

  std::span<const std::byte> bytes_;
  size_t offset_ = 0;
  uint64_t failed_size_ = 0;
  Failure failure_ = Failure::kNone;
};

}  // namespace tape::format
