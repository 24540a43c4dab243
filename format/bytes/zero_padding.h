// Padding is part of a file: written as zeros, checked to be zeros.
//
//   if (!AllZero(file.subspan(end, padded - end))) return absl::DataLossError(...);
#pragma once

#include <cstddef>
#include <cstring>
#include <span>

namespace tape::format {

// Whether every byte is zero. An empty span is.
[[nodiscard]] inline bool AllZero(std::span<const std::byte> bytes) noexcept {
  // Bytes are all zero when the first is and each equals its neighbour, which memcmp sees at memory
  // speed.
  return bytes.empty() || (bytes[0] == std::byte{0} &&
                           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace tape::format
