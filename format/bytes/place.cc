#include "format/bytes/place.h"

#include "format/bytes/crc32c.h"
#include "format/bytes/file_header.h"
#include "format/bytes/little_endian.h"

namespace tape::format {
namespace {

uint32_t FilePart(FileKind kind, const FileIdentity& file, uint64_t salt) {
  std::array<std::byte, 1 + sizeof(FileIdentity) + 8> bytes;
  StoreLe<uint8_t>(bytes.data(), static_cast<uint8_t>(kind));
  std::memcpy(bytes.data() + 1, &file, sizeof(FileIdentity));
  StoreLe<uint64_t>(bytes.data() + 1 + sizeof(FileIdentity), salt);
  return Crc32c(bytes);
}

}  // namespace

std::string_view FileKindName(FileKind kind) {
  switch (kind) {
    case FileKind::kStore:
      return "store file";
    case FileKind::kColumn:
      return "column file";
    case FileKind::kOrderTape:
      return "order tape";
    case FileKind::kSummary:
      return "summary";
    case FileKind::kKills:
      return "kills";
    case FileKind::kKeyExtents:
      return "key extents";
    case FileKind::kManifest:
      return "manifest";
    case FileKind::kWalSegment:
      return "WAL segment";
    case FileKind::kDictionary:
      return "dictionary";
    case FileKind::kCatalog:
      return "catalog";
    case FileKind::kLive:
      return "live file";
    case FileKind::kTailControl:
      return "tail control page";
    case FileKind::kTailChunk:
      return "tail chunk";
    case FileKind::kLsns:
      return "LSNs";
  }
  return "unknown";
}

PlaceSeed::PlaceSeed(FileKind kind, const FileIdentity& file, uint64_t salt)
    : file_(FilePart(kind, file, salt)) {}

PlaceSeed::PlaceSeed(const FileHeader& header)
    : PlaceSeed(header.kind, header.identity, header.salt) {}

uint32_t PlaceSeed::At(uint64_t offset) const noexcept {
  std::array<std::byte, 8> bytes;
  StoreLe<uint64_t>(bytes.data(), offset);
  return ExtendCrc32c(file_, bytes);
}

}  // namespace tape::format
