// The 64 bytes every file of a store begins with.
//
//   FileHeader header;
//   header.kind = FileKind::kColumn;
//   header.identity = {.store = uuid, .table = 17, .column = 3, .generation = 1, .day = 20109};
//   std::array<std::byte, kFileHeaderSize> bytes = header.Serialize();
//
//   absl::StatusOr<FileHeader> read = FileHeader::Parse(bytes, FileKind::kColumn);
//   if (read.ok()) absl::Status same = read->Matches(header.identity);
//
// Bytes: docs/format/conventions.md. Immutable value type once parsed; thread-compatible.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/bytes/place.h"
#include "tape/version.h"

namespace tape::format {

inline constexpr size_t kFileHeaderSize = 64;
inline constexpr std::array<char, 4> kFileMagic = {'T', 'A', 'P', 'E'};

struct FileHeader {
  FileKind kind = FileKind::kStore;
  uint16_t version = kFormatVersion;
  uint32_t mandatory_features = 0;
  uint32_t optional_features = 0;
  FileIdentity identity;
  uint64_t salt = 0;  // of this use of a WAL segment; 0 in every other kind

  // Reads the header at the start of `file`, of which 64 bytes suffice. In this order, so that a
  // file of a newer version is called that and not damaged: kDataLoss for what is too short, has
  // another magic or a wrong checksum; kUnimplemented for a newer version or an unknown mandatory
  // feature, naming it; kDataLoss for reserved bytes, an unknown kind, a salt where none belongs.
  static absl::StatusOr<FileHeader> Parse(std::span<const std::byte> file);

  // The same for a file that must be of one kind: kDataLoss where it is another.
  static absl::StatusOr<FileHeader> Parse(std::span<const std::byte> file, FileKind expected);

  // kDataLoss naming the first field that differs, with expected and found.
  absl::Status Matches(const FileIdentity& expected) const;

  std::array<std::byte, kFileHeaderSize> Serialize() const;

  friend bool operator==(const FileHeader&, const FileHeader&) = default;
};

// The header as it lies in the file. Bytes 0 to 7 and 60 to 63 keep place and meaning in every
// version to come.
struct FileHeaderLayout {
  std::array<char, 4> magic;
  uint8_t kind;
  uint8_t reserved_5;
  uint16_t version;
  uint32_t mandatory_features;
  uint32_t optional_features;
  FileIdentity identity;
  uint64_t salt;
  uint32_t reserved_56;
  uint32_t crc;  // of bytes 0 to 59, not seeded
};

static_assert(sizeof(FileHeaderLayout) == kFileHeaderSize);
static_assert(offsetof(FileHeaderLayout, kind) == 4);
static_assert(offsetof(FileHeaderLayout, reserved_5) == 5);
static_assert(offsetof(FileHeaderLayout, version) == 6);
static_assert(offsetof(FileHeaderLayout, mandatory_features) == 8);
static_assert(offsetof(FileHeaderLayout, optional_features) == 12);
static_assert(offsetof(FileHeaderLayout, identity) == 16);
static_assert(offsetof(FileHeaderLayout, salt) == 48);
static_assert(offsetof(FileHeaderLayout, reserved_56) == 56);
static_assert(offsetof(FileHeaderLayout, crc) == 60);

}  // namespace tape::format
