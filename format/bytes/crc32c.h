// CRC32C, the checksum of every byte tape writes.
//
//   uint32_t crc = Crc32c(bytes);
//   uint32_t same = ExtendCrc32c(Crc32c(bytes.first(10)), bytes.subspan(10));
//
// The CRC of RFC 3720: polynomial 0x1EDC6F41, reflected, starting from and finished with all ones.
// A checksum in a file never starts from nothing but from the place of its bytes: see place.h.
//
// Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tape::format {

// The CRC of (bytes that had `crc`) followed by `bytes`. Any length, any alignment.
uint32_t ExtendCrc32c(uint32_t crc, std::span<const std::byte> bytes) noexcept;

// The CRC of bytes that nothing came before: ExtendCrc32c(0, bytes).
inline uint32_t Crc32c(std::span<const std::byte> bytes) noexcept { return ExtendCrc32c(0, bytes); }

// The two ways to compute it, for tests and benchmarks; everybody else lets ExtendCrc32c choose.
namespace crc32c_internal {

// Whether this processor has the instructions of ExtendHardware (x86-64 with SSE4.2 and PCLMULQDQ).
bool HasHardware() noexcept;

// Call only where HasHardware().
uint32_t ExtendHardware(uint32_t crc, std::span<const std::byte> bytes) noexcept;

// Eight bytes per step through eight tables, on any processor.
uint32_t ExtendPortable(uint32_t crc, std::span<const std::byte> bytes) noexcept;

}  // namespace crc32c_internal
}  // namespace tape::format
