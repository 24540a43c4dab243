// Unsigned LEB128: seven bits a byte, low bits first, the top bit says that another byte follows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tape::format {

inline constexpr size_t kMaxVarintBytes = 10;

constexpr size_t VarintSize(uint64_t value) {
  size_t size = 1;
  while (value >= 128) {
    value >>= 7;
    ++size;
  }
  return size;
}

inline void PutVarint(uint64_t value, std::vector<std::byte>& out) {
  while (value >= 128) {
    out.push_back(static_cast<std::byte>(value | 128));
    value >>= 7;
  }
  out.push_back(static_cast<std::byte>(value));
}

// Reads from the front of `data` and moves it on. Nothing when the bytes end first, or the number
// has more than 64 bits, or has a needless last byte: one number has one spelling, so that a file
// has one too.
inline std::optional<uint64_t> TakeVarint(std::span<const std::byte>& data) {
  uint64_t value = 0;
  for (size_t i = 0; i < data.size() && i < kMaxVarintBytes; ++i) {
    uint64_t bits = static_cast<uint64_t>(data[i]) & 127;
    if (i == kMaxVarintBytes - 1 && bits > 1) return std::nullopt;
    value |= bits << (7 * i);
    if ((static_cast<uint64_t>(data[i]) & 128) != 0) continue;
    if (bits == 0 && i > 0) return std::nullopt;
    data = data.subspan(i + 1);
    return value;
  }
  return std::nullopt;
}

}  // namespace tape::format
