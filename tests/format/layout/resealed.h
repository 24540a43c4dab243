// Hostile extents: changed where it matters, with checksums that are right again.
//
//   Mutator mutator(seed);
//   mutator.Mutate(bytes);          // a header field, a block word, a payload byte, ...
//   Reseal(bytes, place);           // so that nothing but the checks of Parse stands in the way
//
// Thread-compatible.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>

#include "format/bytes/crc32c.h"
#include "format/layout/extent_format.h"
#include "format/layout/extent_view.h"

namespace tape::format {

// Where the parts of an extent lie, as far as its header is to be believed.
struct ExtentParts {
  ExtentHeader header;
  size_t header_size = 0;  // of a block header
  size_t dictionary = 0;
  size_t data = 0;
  bool fits = false;  // all of it inside the bytes

  explicit ExtentParts(std::span<const std::byte> bytes) {
    std::memcpy(&header, bytes.data(), sizeof(header));
    header_size = BlockHeaderSize(header.physical);
    dictionary = sizeof(header) + header.blocks * header_size;
    data = dictionary + size_t{header.dictionary_words} * 8;
    fits = data <= bytes.size();
  }

  size_t BlockAt(size_t block) const { return sizeof(header) + block * header_size; }
};

inline BlockPrefix LoadPrefix(std::span<const std::byte> bytes, size_t at) {
  BlockPrefix prefix;
  std::memcpy(&prefix, bytes.data() + at, sizeof(prefix));
  return prefix;
}

// Makes every checksum right that can be told where it belongs.
inline void Reseal(std::span<std::byte> bytes, const ExtentPlace& place) {
  ExtentParts parts(bytes);
  if (!parts.fits) return;
  const auto crc_of = [&](size_t at, size_t size) {
    return ExtendCrc32c(place.seeds.At(place.offset + at), bytes.subspan(at, size));
  };
  size_t begin = 0;
  for (size_t block = 0; block < parts.header.blocks; ++block) {
    BlockPrefix prefix = LoadPrefix(bytes, parts.BlockAt(block));
    const size_t end = size_t{prefix.end} * 8;
    if (end < begin || parts.data + end > bytes.size()) break;
    prefix.crc = crc_of(parts.data + begin, end - begin);
    std::memcpy(bytes.data() + parts.BlockAt(block), &prefix, sizeof(prefix));
    begin = end;
  }
  if (parts.header.dictionary_words != 0) {
    parts.header.dictionary_crc = crc_of(parts.dictionary, parts.data - parts.dictionary);
  }
  std::memcpy(bytes.data(), &parts.header, sizeof(ExtentHeader));
  uint32_t crc = crc_of(0, offsetof(ExtentHeader, crc));
  crc = ExtendCrc32c(crc,
                     bytes.subspan(sizeof(ExtentHeader), parts.dictionary - sizeof(ExtentHeader)));
  std::memcpy(bytes.data() + offsetof(ExtentHeader, crc), &crc, sizeof(crc));
}

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  uint64_t Below(uint64_t n) { return n == 0 ? 0 : random_() % n; }

  // Changes one thing of a well-formed extent. Its size stays.
  void Mutate(std::span<std::byte> bytes) {
    const ExtentParts parts(bytes);
    if (!parts.fits) return;
    switch (Below(8)) {
      case 0:
        return MutateHeader(bytes);
      case 1:
      case 2:
        return MutateBlockHeader(bytes, parts);
      case 3:
        return MutateWithin(bytes, parts.dictionary, parts.data);
      case 4:
        return MutateBlockEdge(bytes, parts);
      default:
        return MutateWithin(bytes, parts.data, bytes.size());
    }
  }

 private:
  // Numbers at which something may overflow, wrap or run out.
  uint64_t Interesting() {
    static constexpr uint64_t kNumbers[] = {0,
                                            1,
                                            2,
                                            7,
                                            8,
                                            63,
                                            64,
                                            65,
                                            127,
                                            128,
                                            255,
                                            256,
                                            1023,
                                            1024,
                                            1025,
                                            32767,
                                            65535,
                                            65536,
                                            1u << 20,
                                            (1u << 20) + 1,
                                            ~0u,
                                            1u << 31,
                                            ~uint64_t{0},
                                            uint64_t{1} << 63,
                                            ~(uint64_t{1} << 63),
                                            uint64_t{1} << 32};
    const uint64_t draw = random_();
    if (draw % 4 == 0) return random_() >> (draw / 4 % 64);
    return kNumbers[draw / 4 % std::size(kNumbers)];
  }

  template <typename T>
  void Change(T& field) {
    const auto value = static_cast<uint64_t>(field);
    const uint64_t draw = Below(4);
    const uint64_t changed = draw == 0   ? value + 1
                             : draw == 1 ? value - 1
                             : draw == 2 ? value ^ (uint64_t{1} << Below(8 * sizeof(T)))
                                         : Interesting();
    field = static_cast<T>(changed);
  }

  void MutateHeader(std::span<std::byte> bytes) {
    ExtentHeader header;
    std::memcpy(&header, bytes.data(), sizeof(header));
    switch (Below(10)) {
      case 0:
        Change(header.role);
        break;
      case 1:
        header.physical = static_cast<Physical>(1 + Below(9));
        break;
      case 2:
        Change(header.flags);
        break;
      case 3:
        Change(header.rows);
        break;
      case 4:  // as many blocks, more or fewer rows in the last
        header.rows = static_cast<uint32_t>(header.blocks * kBlockRows - Below(kBlockRows));
        break;
      case 5:
        Change(header.rows);
        header.blocks = static_cast<uint32_t>(BlockCount(header.rows));
        break;
      case 6:
        Change(header.length);
        break;
      case 7:
        Change(header.dictionary_count);
        break;
      case 8:
        Change(header.dictionary_words);
        break;
      default:
        Change(header.parameter);
        break;
    }
    std::memcpy(bytes.data(), &header, sizeof(header));
  }

  void MutateBlockHeader(std::span<std::byte> bytes, const ExtentParts& parts) {
    if (parts.header.blocks == 0) return;
    const size_t at = parts.BlockAt(Below(parts.header.blocks));
    BlockPrefix prefix = LoadPrefix(bytes, at);
    switch (Below(9)) {
      case 0:
        prefix.word.encoding = static_cast<Encoding>(Below(11));
        break;
      case 1:
        Change(prefix.word.width);
        break;
      case 2:
        Change(prefix.word.exception_width);
        break;
      case 3:
        Change(prefix.word.flags);
        break;
      case 4:
        Change(prefix.word.exception_count);
        break;
      case 5:
        Change(prefix.word.null_count);
        break;
      case 6:
        Change(prefix.end);
        break;
      default:
        return MutateWithin(bytes, at + sizeof(prefix), at + parts.header_size);
    }
    std::memcpy(bytes.data() + at, &prefix, sizeof(prefix));
  }

  // The first or the last words of a block's data: nested codec words, varints, page tables.
  void MutateBlockEdge(std::span<std::byte> bytes, const ExtentParts& parts) {
    if (parts.header.blocks == 0) return;
    const size_t block = Below(parts.header.blocks);
    const size_t previous =
        block == 0 ? 0 : size_t{LoadPrefix(bytes, parts.BlockAt(block - 1)).end} * 8;
    const size_t begin = parts.data + previous;
    const size_t end = parts.data + size_t{LoadPrefix(bytes, parts.BlockAt(block)).end} * 8;
    if (begin >= end || end > bytes.size()) return;
    const size_t reach = std::min<size_t>(end - begin, 40);
    if (Below(2) == 0) {
      MutateWithin(bytes, begin, begin + reach);
    } else {
      MutateWithin(bytes, end - reach, end);
    }
  }

  void MutateWithin(std::span<std::byte> bytes, size_t begin, size_t end) {
    if (begin >= end) return;
    const size_t at = begin + Below(end - begin);
    const size_t sizes[] = {1, 1, 2, 4, 8};
    const size_t size = std::min(sizes[Below(5)], end - at);
    uint64_t value = 0;
    std::memcpy(&value, bytes.data() + at, size);
    Change(value);
    std::memcpy(bytes.data() + at, &value, size);
  }

  std::mt19937_64 random_;
};

}  // namespace tape::format
