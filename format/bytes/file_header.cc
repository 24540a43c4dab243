#include "format/bytes/file_header.h"

#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "format/bytes/crc32c.h"
#include "format/bytes/message.h"

namespace tape::format {
namespace {

static_assert(std::is_trivially_copyable_v<FileHeaderLayout>);

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(Concat("file header: ", what));
}

// "12f0...": the groups of a printed UUID, without depending on the types above this layer.
std::string UuidText(const StoreUuid& uuid) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < uuid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kDigits[uuid[i] >> 4];
    text += kDigits[uuid[i] & 15];
  }
  return text;
}

std::string DayText(int32_t day) { return day == kNoDay ? std::string("none") : Concat(day); }

// What the header of every version, older or newer, must satisfy.
absl::Status CheckFrame(const FileHeaderLayout& raw, uint32_t crc) {
  if (raw.magic != kFileMagic) {
    return absl::DataLossError(Concat("not a tape file: expected magic \"TAPE\", found ",
                                      Hex(std::bit_cast<uint32_t>(raw.magic))));
  }
  if (raw.crc != crc)
    return Damaged(Concat("checksum: expected ", Hex(crc), ", found ", Hex(raw.crc)));
  return absl::OkStatus();
}

// What is newer than this build.
absl::Status CheckSupported(const FileHeaderLayout& raw) {
  if (raw.version > kFormatVersion) {
    return absl::UnimplementedError(Concat("file header: format version ", raw.version,
                                           " is newer than the newest this build reads, ",
                                           kFormatVersion));
  }
  const uint32_t unknown = raw.mandatory_features & ~kKnownMandatoryFeatures;
  if (unknown != 0) {
    return absl::UnimplementedError(Concat("file header: mandatory feature bit ",
                                           std::countr_zero(unknown),
                                           " is not known to this build"));
  }
  return absl::OkStatus();
}

absl::Status CheckFields(const FileHeaderLayout& raw) {
  if (raw.reserved_5 != 0) return Damaged(Concat("byte 5: expected 0, found ", raw.reserved_5));
  if (raw.reserved_56 != 0) {
    return Damaged(Concat("bytes 56 to 59: expected 0, found ", Hex(raw.reserved_56)));
  }
  if (!IsFileKind(raw.kind)) return Damaged(Concat("kind: expected 1 to 14, found ", raw.kind));
  if (raw.salt != 0 && raw.kind != static_cast<uint8_t>(FileKind::kWalSegment)) {
    return Damaged(Concat("salt: expected 0 in a ", FileKindName(static_cast<FileKind>(raw.kind)),
                          ", found ", Hex(raw.salt)));
  }
  return absl::OkStatus();
}

absl::Status Mismatch(std::string_view field, std::string_view expected, std::string_view found) {
  return Damaged(Concat(field, ": expected ", expected, ", found ", found));
}

}  // namespace

absl::StatusOr<FileHeader> FileHeader::Parse(std::span<const std::byte> file) {
  if (file.size() < kFileHeaderSize) {
    return Damaged(Concat("expected ", kFileHeaderSize, " bytes, found ", file.size()));
  }
  FileHeaderLayout raw;
  std::memcpy(&raw, file.data(), sizeof(raw));
  const uint32_t crc = Crc32c(file.first(offsetof(FileHeaderLayout, crc)));
  if (absl::Status status = CheckFrame(raw, crc); !status.ok()) return status;
  if (absl::Status status = CheckSupported(raw); !status.ok()) return status;
  if (absl::Status status = CheckFields(raw); !status.ok()) return status;
  return FileHeader{.kind = static_cast<FileKind>(raw.kind),
                    .version = raw.version,
                    .mandatory_features = raw.mandatory_features,
                    .optional_features = raw.optional_features,
                    .identity = raw.identity,
                    .salt = raw.salt};
}

absl::StatusOr<FileHeader> FileHeader::Parse(std::span<const std::byte> file, FileKind expected) {
  absl::StatusOr<FileHeader> header = Parse(file);
  if (header.ok() && header->kind != expected) {
    return Mismatch("kind", FileKindName(expected), FileKindName(header->kind));
  }
  return header;
}

absl::Status FileHeader::Matches(const FileIdentity& expected) const {
  const FileIdentity& found = identity;
  if (found.store != expected.store)
    return Mismatch("store", UuidText(expected.store), UuidText(found.store));
  if (found.table != expected.table)
    return Mismatch("table", Concat(expected.table), Concat(found.table));
  if (found.column != expected.column) {
    return Mismatch("column", Concat(expected.column), Concat(found.column));
  }
  if (found.generation != expected.generation) {
    return Mismatch("generation", Concat(expected.generation), Concat(found.generation));
  }
  if (found.day != expected.day) return Mismatch("day", DayText(expected.day), DayText(found.day));
  return absl::OkStatus();
}

std::array<std::byte, kFileHeaderSize> FileHeader::Serialize() const {
  FileHeaderLayout raw{.magic = kFileMagic,
                       .kind = static_cast<uint8_t>(kind),
                       .reserved_5 = 0,
                       .version = version,
                       .mandatory_features = mandatory_features,
                       .optional_features = optional_features,
                       .identity = identity,
                       .salt = salt,
                       .reserved_56 = 0,
                       .crc = 0};
  auto bytes = std::bit_cast<std::array<std::byte, kFileHeaderSize>>(raw);
  raw.crc = Crc32c(std::span(bytes).first<offsetof(FileHeaderLayout, crc)>());
  return std::bit_cast<std::array<std::byte, kFileHeaderSize>>(raw);
}

}  // namespace tape::format
