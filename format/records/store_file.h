// TAPE, the file that says that a directory is a store, and which. Bytes: docs/format/store.md.
//
//   StoreFile store{.store = uuid, .created = now};
//   std::array<std::byte, kStoreFileSize> bytes = store.Serialize();
//
//   absl::StatusOr<StoreFile> read = StoreFile::Parse(file);
//
// Value type.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "format/bytes/place.h"

namespace tape::format {

inline constexpr size_t kStoreFileSize = 128;

// What follows the file header.
struct StoreFileBody {
  int64_t created = 0;
  std::array<uint64_t, 6> reserved_72{};
  uint32_t reserved_120 = 0;
  uint32_t crc = 0;  // of bytes 64..123 of the file
};
static_assert(sizeof(StoreFileBody) == 64 && offsetof(StoreFileBody, reserved_72) == 8);
static_assert(offsetof(StoreFileBody, crc) == 60);

struct StoreFile {
  StoreUuid store{};
  int64_t created = 0;  // time
  uint32_t mandatory_features = 0;
  uint32_t optional_features = 0;

  // kDataLoss for what is damaged or not exactly kStoreFileSize bytes, kUnimplemented for a newer
  // store: then nothing else in it is to be looked at.
  static absl::StatusOr<StoreFile> Parse(std::span<const std::byte> file);

  std::array<std::byte, kStoreFileSize> Serialize() const;

  friend bool operator==(const StoreFile&, const StoreFile&) = default;
};

}  // namespace tape::format
