// The structs of an extent as they lie in a file. Bytes: docs/format/extent.md and block.md.
//
// Nothing here checks anything: ExtentView (extent_view.h) is the only way to read one,
// ExtentWriter (extent_writer.h) the only way to make one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "format/encoding/codec_word.h"
#include "format/kernels/kernels.h"
#include "tape/int128.h"
#include "tape/type.h"

namespace tape::format {

// What an extent holds. The numbers are on disk.
enum class ExtentRole : uint8_t {
  kColumn = 1,
  kDirectoryCodes = 2,
  kDirectoryFirstRows = 3,
  kOrderTape = 4,
  kTapeSamples = 5,
  kDisplacement = 6,
  kKillRows = 7,
  kKillLsns = 8,
  kKeyHashes = 9,
  kKeyRows = 10,
  kRowLsns = 11,
};

inline constexpr uint8_t kLastExtentRole = 11;

inline constexpr uint16_t kHasDictionary = 1;
inline constexpr uint16_t kArrivalOrder = 2;  // values lie in arrival order, not in the slice's
inline constexpr uint16_t kSensitive = 4;     // no bounds, no dictionary
inline constexpr uint16_t kTimeOrder = 8;     // values lie in (time, arrival) order
inline constexpr uint16_t kKnownExtentFlags = 15;

// How the rows of a slice, or of one column of it, are ordered: slice_order.h.
enum class RowOrder : uint8_t { kStored, kTime, kArrival };

inline constexpr std::array<char, 4> kExtentMagic = {'T', 'P', 'E', 'X'};
inline constexpr size_t kExtentAlignment = 64;
inline constexpr size_t kExtentPadding = 64;  // zero bytes after the data, at least

struct ExtentHeader {
  std::array<char, 4> magic = kExtentMagic;
  ExtentRole role = ExtentRole::kColumn;
  Physical physical = Physical::kInt64;
  uint16_t flags = 0;
  uint32_t rows = 0;
  uint32_t blocks = 0;
  uint64_t length = 0;
  uint32_t dictionary_count = 0;
  uint32_t dictionary_words = 0;
  uint32_t dictionary_crc = 0;
  uint32_t parameter = 0;
  uint64_t reserved_40 = 0;
  uint64_t reserved_48 = 0;
  uint32_t reserved_56 = 0;
  uint32_t crc = 0;  // of bytes 0..59 and all block headers
};
static_assert(sizeof(ExtentHeader) == 64);
static_assert(offsetof(ExtentHeader, role) == 4 && offsetof(ExtentHeader, physical) == 5);
static_assert(offsetof(ExtentHeader, flags) == 6 && offsetof(ExtentHeader, rows) == 8);
static_assert(offsetof(ExtentHeader, blocks) == 12 && offsetof(ExtentHeader, length) == 16);
static_assert(offsetof(ExtentHeader, dictionary_count) == 24);
static_assert(offsetof(ExtentHeader, dictionary_words) == 28);
static_assert(offsetof(ExtentHeader, dictionary_crc) == 32);
static_assert(offsetof(ExtentHeader, parameter) == 36 && offsetof(ExtentHeader, crc) == 60);

// What both sizes of block header begin with.
struct BlockPrefix {
  CodecWord word{};
  uint32_t end = 0;  // of the block's data within the data area, in words of 8 bytes
  uint32_t crc = 0;  // of the data
};
static_assert(sizeof(BlockPrefix) == 16 && offsetof(BlockPrefix, end) == 8);

struct BlockHeader {
  BlockPrefix prefix;
  int64_t min = 0;
  int64_t max = 0;
};
static_assert(sizeof(BlockHeader) == 32);
static_assert(offsetof(BlockHeader, min) == 16 && offsetof(BlockHeader, max) == 24);

struct WideBlockHeader {
  BlockPrefix prefix;
  Int128 min = 0;
  Int128 max = 0;
  uint64_t reserved_48 = 0;
  uint64_t reserved_56 = 0;
};
static_assert(sizeof(WideBlockHeader) == 64);
static_assert(offsetof(WideBlockHeader, min) == 16 && offsetof(WideBlockHeader, max) == 32);

constexpr size_t BlockHeaderSize(Physical physical) {
  return physical == Physical::kInt128 ? sizeof(WideBlockHeader) : sizeof(BlockHeader);
}

constexpr size_t BlockCount(size_t rows) { return (rows + kBlockRows - 1) / kBlockRows; }

constexpr size_t RoundUp(size_t size, size_t multiple) {
  return (size + multiple - 1) / multiple * multiple;
}

constexpr bool IsInteger(Physical physical) {
  return physical <= Physical::kInt64 || physical == Physical::kCode32;
}

constexpr bool IsFloating(Physical physical) {
  return physical == Physical::kFloat32 || physical == Physical::kFloat64;
}

}  // namespace tape::format
