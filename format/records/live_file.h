// LIVE, the file that says where the tail is and whether it may be believed. Bytes:
// docs/format/live.md.
//
//   LiveFile live{.store = uuid, .boot = boot, .nonce = nonce, .epoch = 3, .path = "/dev/shm/..."};
//   absl::StatusOr<std::vector<std::byte>> bytes = live.Serialize();
//
//   absl::StatusOr<LiveFile> read = LiveFile::Parse(file, uuid);
//
// Value type.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "format/bytes/place.h"
#include "tape/ids.h"

namespace tape::format {

inline constexpr size_t kLiveFileSize = 4096;
inline constexpr size_t kMaxLivePathSize = 3904;

enum class LiveState : uint8_t { kOpen = 1, kClean = 2 };

// What follows the file header; then the path.
struct LiveFileBody {
  std::array<uint8_t, 16> boot{};
  std::array<uint8_t, 16> nonce{};
  uint64_t epoch = 0;
  uint64_t device = 0;
  uint64_t inode = 0;
  uint8_t state = 0;
  std::array<uint8_t, 3> reserved_121{};
  uint32_t owner = 0;
  uint32_t mode = 0;
  uint32_t process = 0;
  int64_t since = 0;
  uint64_t clean_lsn = 0;
  uint64_t store_device = 0;
  uint64_t store_inode = 0;
  std::array<uint32_t, 4> reserved_168{};
  uint32_t path_size = 0;
  uint32_t crc = 0;  // of bytes 64..187 and 192..4,095 of the file
};
static_assert(sizeof(LiveFileBody) == 128 && offsetof(LiveFileBody, nonce) == 16);
static_assert(offsetof(LiveFileBody, epoch) == 32 && offsetof(LiveFileBody, device) == 40);
static_assert(offsetof(LiveFileBody, inode) == 48 && offsetof(LiveFileBody, state) == 56);
static_assert(offsetof(LiveFileBody, owner) == 60 && offsetof(LiveFileBody, mode) == 64);
static_assert(offsetof(LiveFileBody, process) == 68 && offsetof(LiveFileBody, since) == 72);
static_assert(offsetof(LiveFileBody, clean_lsn) == 80);
static_assert(offsetof(LiveFileBody, store_device) == 88);
static_assert(offsetof(LiveFileBody, store_inode) == 96);
static_assert(offsetof(LiveFileBody, reserved_168) == 104);
static_assert(offsetof(LiveFileBody, path_size) == 120 && offsetof(LiveFileBody, crc) == 124);

struct LiveFile {
  StoreUuid store{};
  std::array<uint8_t, 16> boot{};   // id of the boot of the machine
  std::array<uint8_t, 16> nonce{};  // random, of this tail
  uint64_t epoch = 0;               // one above that of the LIVE before
  uint64_t device = 0;              // of the tail's directory
  uint64_t inode = 0;
  LiveState state = LiveState::kOpen;
  uint32_t owner = 0;
  uint32_t mode = 0;
  uint32_t process = 0;       // the writer's, for messages
  int64_t since = 0;          // when it had the store open
  Lsn clean_lsn{};            // the last LSN, when clean; else 0
  uint64_t store_device = 0;  // of the store's directory: a copy of it has another
  uint64_t store_inode = 0;
  std::string path{};  // of the tail's directory: absolute, or a name in the store's: live-...

  // kDataLoss for what is damaged, of another store, or not exactly kLiveFileSize bytes;
  // kUnimplemented for a newer one.
  static absl::StatusOr<LiveFile> Parse(std::span<const std::byte> file, const StoreUuid& store);

  // kInvalidArgument for a path or a clean LSN that Parse would refuse.
  absl::StatusOr<std::vector<std::byte>> Serialize() const;

  friend bool operator==(const LiveFile&, const LiveFile&) = default;
};

}  // namespace tape::format
