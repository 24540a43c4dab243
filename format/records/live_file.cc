#include "format/records/live_file.h"

#include <cstring>
#include <string_view>

#include "format/bytes/crc32c.h"
#include "format/bytes/file_header.h"
#include "format/bytes/message.h"
#include "format/bytes/zero_padding.h"

namespace tape::format {
namespace {

constexpr size_t kPathOffset = kFileHeaderSize + sizeof(LiveFileBody);
static_assert(kPathOffset + kMaxLivePathSize == kLiveFileSize);

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(Concat("live file: ", what));
}

uint32_t BodyCrc(const PlaceSeed& seeds, std::span<const std::byte> file) {
  const uint32_t fixed = ExtendCrc32c(seeds.At(kFileHeaderSize),
                                      file.subspan(kFileHeaderSize, offsetof(LiveFileBody, crc)));
  return ExtendCrc32c(fixed, file.subspan(kPathOffset));
}

bool PathFits(std::string_view path) {
  return path.size() <= kMaxLivePathSize && path.find('\0') == path.npos &&
         (path.starts_with('/') || (path.starts_with("live") && path.find('/') == path.npos));
}

// Why the fields cannot be; empty where they can.
std::string Problem(const LiveFile& live) {
  if (live.state != LiveState::kOpen && live.state != LiveState::kClean) {
    return Concat("state: expected 1 or 2, found ", static_cast<uint8_t>(live.state));
  }
  if (live.state == LiveState::kOpen && live.clean_lsn != Lsn(0)) {
    return Concat("clean LSN: expected 0 in an open one, found ", live.clean_lsn.value());
  }
  return PathFits(live.path) ? std::string()
                             : "path: expected an absolute one, or a name that begins with live";
}

LiveFile FromBody(const StoreUuid& store, const LiveFileBody& body, std::string_view path) {
  return {.store = store,
          .boot = body.boot,
          .nonce = body.nonce,
          .epoch = body.epoch,
          .device = body.device,
          .inode = body.inode,
          .state = static_cast<LiveState>(body.state),
          .owner = body.owner,
          .mode = body.mode,
          .process = body.process,
          .since = body.since,
          .clean_lsn = Lsn(body.clean_lsn),
          .store_device = body.store_device,
          .store_inode = body.store_inode,
          .path = std::string(path)};
}

LiveFileBody ToBody(const LiveFile& live) {
  return {.boot = live.boot,
          .nonce = live.nonce,
          .epoch = live.epoch,
          .device = live.device,
          .inode = live.inode,
          .state = static_cast<uint8_t>(live.state),
          .owner = live.owner,
          .mode = live.mode,
          .process = live.process,
          .since = live.since,
          .clean_lsn = live.clean_lsn.value(),
          .store_device = live.store_device,
          .store_inode = live.store_inode,
          .path_size = static_cast<uint32_t>(live.path.size())};
}

}  // namespace

absl::StatusOr<LiveFile> LiveFile::Parse(std::span<const std::byte> file, const StoreUuid& store) {
  const absl::StatusOr<FileHeader> header = FileHeader::Parse(file, FileKind::kLive);
  if (!header.ok()) return header.status();
  if (absl::Status status = header->Matches({.store = store}); !status.ok()) return status;
  if (file.size() != kLiveFileSize) {
    return Damaged(Concat("expected ", kLiveFileSize, " bytes, found ", file.size()));
  }
  LiveFileBody body;
  std::memcpy(&body, file.data() + kFileHeaderSize, sizeof(body));
  const uint32_t crc = BodyCrc(PlaceSeed(*header), file);
  if (crc != body.crc) {
    return Damaged(Concat("checksum: expected ", Hex(crc), ", found ", Hex(body.crc)));
  }
  if (body.path_size > kMaxLivePathSize) {
    return Damaged(Concat("path size: expected at most 3904, found ", body.path_size));
  }
  if (body.reserved_121 != LiveFileBody().reserved_121 ||
      body.reserved_168 != LiveFileBody().reserved_168 ||
      !AllZero(file.subspan(kPathOffset + body.path_size))) {
    return Damaged("reserved bytes or padding: expected zeros, found others");
  }
  const auto* path = reinterpret_cast<const char*>(file.data() + kPathOffset);
  LiveFile live = FromBody(store, body, {path, body.path_size});
  if (const std::string problem = Problem(live); !problem.empty()) return Damaged(problem);
  return live;
}

absl::StatusOr<std::vector<std::byte>> LiveFile::Serialize() const {
  if (const std::string problem = Problem(*this); !problem.empty()) {
    return absl::InvalidArgumentError(Concat("live file: ", problem));
  }
  const FileHeader header{.kind = FileKind::kLive, .identity = {.store = store}};
  LiveFileBody body = ToBody(*this);
  std::vector<std::byte> file(kLiveFileSize);
  const auto head = header.Serialize();
  std::memcpy(file.data(), head.data(), head.size());
  std::memcpy(file.data() + kFileHeaderSize, &body, sizeof(body));
  std::memcpy(file.data() + kPathOffset, path.data(), path.size());
  body.crc = BodyCrc(PlaceSeed(header), file);
  std::memcpy(file.data() + kFileHeaderSize, &body, sizeof(body));
  return file;
}

}  // namespace tape::format
