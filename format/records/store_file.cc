#include "format/records/store_file.h"

#include <cstring>
#include <string_view>

#include "format/bytes/crc32c.h"
#include "format/bytes/file_header.h"
#include "format/bytes/message.h"

namespace tape::format {
namespace {

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(Concat("store file: ", what));
}

uint32_t BodyCrc(const PlaceSeed& seeds, const StoreFileBody& body) {
  const auto bytes = std::as_bytes(std::span(&body, 1));
  return ExtendCrc32c(seeds.At(kFileHeaderSize), bytes.first(offsetof(StoreFileBody, crc)));
}

}  // namespace

absl::StatusOr<StoreFile> StoreFile::Parse(std::span<const std::byte> file) {
  const absl::StatusOr<FileHeader> header = FileHeader::Parse(file, FileKind::kStore);
  if (!header.ok()) return header.status();
  const FileIdentity identity{.store = header->identity.store};
  if (absl::Status status = header->Matches(identity); !status.ok()) return status;
  if (file.size() != kStoreFileSize) {
    return Damaged(Concat("expected ", kStoreFileSize, " bytes, found ", file.size()));
  }
  StoreFileBody body;
  std::memcpy(&body, file.data() + kFileHeaderSize, sizeof(body));
  const uint32_t crc = BodyCrc(PlaceSeed(*header), body);
  if (crc != body.crc) {
    return Damaged(Concat("checksum: expected ", Hex(crc), ", found ", Hex(body.crc)));
  }
  if (body.reserved_72 != StoreFileBody().reserved_72 || body.reserved_120 != 0) {
    return Damaged("bytes 72 to 123: expected zeros, found others");
  }
  return StoreFile{.store = header->identity.store,
                   .created = body.created,
                   .mandatory_features = header->mandatory_features,
                   .optional_features = header->optional_features};
}

std::array<std::byte, kStoreFileSize> StoreFile::Serialize() const {
  const FileHeader header{.kind = FileKind::kStore,
                          .mandatory_features = mandatory_features,
                          .optional_features = optional_features,
                          .identity = {.store = store}};
  StoreFileBody body{.created = created};
  body.crc = BodyCrc(PlaceSeed(header), body);
  std::array<std::byte, kStoreFileSize> bytes;
  const auto head = header.Serialize();
  std::memcpy(bytes.data(), head.data(), head.size());
  std::memcpy(bytes.data() + kFileHeaderSize, &body, sizeof(body));
  return bytes;
}

}  // namespace tape::format
