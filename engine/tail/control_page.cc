#include "engine/tail/control_page.h"

#include <cstring>

#include "format/bytes/crc32c.h"
#include "format/bytes/message.h"
#include "format/bytes/place.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::FileHeader;
using format::FileKind;

constexpr size_t kIdentityOffset = 64;

uint32_t IdentityCrc(const format::FileIdentity& file, const TailIdentity& identity) {
  const uint32_t seed = format::PlaceSeed(FileKind::kTailControl, file).At(kIdentityOffset);
  const std::span<const TailIdentity> one(&identity, 1);
  return format::ExtendCrc32c(seed, std::as_bytes(one).first(offsetof(TailIdentity, crc)));
}

}  // namespace

void WriteControlIdentity(const FileHeader& header, TailIdentity identity,
                          std::span<std::byte> page) {
  const auto bytes = header.Serialize();
  std::memcpy(page.data(), bytes.data(), bytes.size());
  identity.crc = IdentityCrc(header.identity, identity);
  std::memcpy(page.data() + kIdentityOffset, &identity, sizeof(identity));
}

absl::Status CheckControlIdentity(std::span<const std::byte> page, const format::FileIdentity& file,
                                  const TailIdentity& expected) {
  absl::StatusOr<FileHeader> header = FileHeader::Parse(page, FileKind::kTailControl);
  if (!header.ok()) return header.status();
  if (absl::Status status = header->Matches(file); !status.ok()) return status;
  TailIdentity found;
  std::memcpy(&found, page.data() + kIdentityOffset, sizeof(found));
  const uint32_t crc = IdentityCrc(file, found);
  if (found.crc != crc) {
    return absl::DataLossError(Concat("tail control page: CRC: expected ", format::Hex(crc),
                                      ", found ", format::Hex(found.crc)));
  }
  if (found.nonce != expected.nonce || found.epoch != expected.epoch) {
    return absl::DataLossError("tail control page: not of the tail that LIVE names");
  }
  return absl::OkStatus();
}

}  // namespace tape::engine
