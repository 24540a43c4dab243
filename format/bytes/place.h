// Where bytes belong, and checksums that know it.
//
//   const PlaceSeed places(header);                             // once per file
//   uint32_t crc = ExtendCrc32c(places.At(offset), block);      // per block
//
// A checksum of the bytes alone cannot see a block that was written, or is read, at the wrong
// place: it is a perfectly good block of another file. So every checksum in a file but its header's
// own starts from a seed made of the file's kind, identity and salt and the offset of the bytes.
// docs/format/conventions.md has the exact bytes and says which mistakes are certain to be found.
//
// Immutable value types.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace tape::format {

struct FileHeader;

// What a file of a store is. The numbers are on disk.
enum class FileKind : uint8_t {
  kStore = 1,         // TAPE: what this directory is
  kColumn = 2,        // the extents of one column in one day
  kOrderTape = 3,     // the order tapes of one day's slices
  kSummary = 4,       // the summaries of one day's extents
  kKills = 5,         // the kills of one day's rows
  kKeyExtents = 6,    // the sorted hashes of one key
  kManifest = 7,      // which slices a table has
  kWalSegment = 8,    // a piece of the write-ahead log
  kDictionary = 9,    // the strings of one symbol column
  kCatalog = 10,      // a checkpoint of the DDL history
  kLive = 11,         // LIVE: where the tail is
  kTailControl = 12,  // the control page of a tail
  kTailChunk = 13,    // a chunk of a tail
  kLsns = 14,         // the LSNs of the rows of one day's slices
};

// Whether the byte is one of the above.
constexpr bool IsFileKind(uint8_t byte) {
  return byte >= static_cast<uint8_t>(FileKind::kStore) &&
         byte <= static_cast<uint8_t>(FileKind::kLsns);
}

// "column file", "order tape", ...; "unknown" for a byte that is none.
std::string_view FileKindName(FileKind kind);

using StoreUuid = std::array<uint8_t, 16>;

// The day of a file that belongs to no day.
inline constexpr int32_t kNoDay = std::numeric_limits<int32_t>::min();

// Which file of which store. What does not apply is 0, or kNoDay. Lies in the file header as it
// stands here.
struct FileIdentity {
  StoreUuid store{};
  uint32_t table = 0;
  uint32_t column = 0;
  uint32_t generation = 0;
  int32_t day = kNoDay;  // since 1970-01-01

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

static_assert(sizeof(FileIdentity) == 32);
static_assert(offsetof(FileIdentity, table) == 16 && offsetof(FileIdentity, column) == 20);
static_assert(offsetof(FileIdentity, generation) == 24 && offsetof(FileIdentity, day) == 28);

// The seeds of one file.
class PlaceSeed {
 public:
  explicit PlaceSeed(const FileHeader& header);
  PlaceSeed(FileKind kind, const FileIdentity& file, uint64_t salt = 0);

  // What the checksum of bytes starting at this offset of the file starts from: give it to
  // ExtendCrc32c.
  uint32_t At(uint64_t offset) const noexcept;

 private:
  uint32_t file_;  // the CRC of everything but the offset
};

}  // namespace tape::format
