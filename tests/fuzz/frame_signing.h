// Frames of any bytes, with the right chain and checksum.
//
//   std::vector<std::byte> frames = SignedFrames(data, size, {4096, 0}, seeds);
//
// Pure functions.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

#include "format/bytes/crc32c.h"
#include "format/records/frame.h"

namespace tape::fuzz {

// Every frame as its header claims, as far as the bytes go; where a frame would begin with zeros,
// the next multiple of 4,096.
inline void SignFrames(std::span<std::byte> bytes, const format::FramePosition& position,
                       const format::PlaceSeed& seeds) {
  using format::FrameHeader;
  uint32_t chain = *position.chain;
  for (size_t at = 0; at + sizeof(FrameHeader) <= bytes.size();) {
    FrameHeader header;
    std::memcpy(&header, bytes.data() + at, sizeof(header));
    if (header.size == 0) {
      at = (at / 4096 + 1) * 4096;
      continue;
    }
    const size_t length = sizeof(header) + (size_t{header.size} + 15) / 16 * 16;
    if (length > bytes.size() - at) return;
    header.chain = chain;
    const std::span<std::byte> frame = bytes.subspan(at, length);
    std::memcpy(frame.data(), &header, sizeof(header));
    header.crc = format::ExtendCrc32c(
        format::ExtendCrc32c(seeds.At(position.offset + at), frame.first(28)), frame.subspan(32));
    std::memcpy(frame.data(), &header, sizeof(header));
    chain = header.crc;
    at += length;
  }
}

inline std::vector<std::byte> SignedFrames(const uint8_t* data, size_t size,
                                           const format::FramePosition& position,
                                           const format::PlaceSeed& seeds) {
  const auto given = std::as_bytes(std::span(data, size));
  std::vector<std::byte> bytes(given.begin(), given.end());
  SignFrames(bytes, position, seeds);
  return bytes;
}

}  // namespace tape::fuzz
