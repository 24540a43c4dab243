#include "engine/write/live_tail.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>

#include "format/bytes/crc32c.h"
#include "format/bytes/file_header.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::LiveFile;

constexpr std::string_view kLiveName = "LIVE";
constexpr std::string_view kLocalPrefix = "live";

std::string HexText(std::span<const uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

std::string FolderOf(const std::string& store_folder, const LiveFile& live) {
  return live.path.starts_with('/') ? live.path : JoinPath(store_folder, live.path);
}

// Why the folder is not the one that LIVE names; empty where it is.
std::string Difference(const FileStat& folder, const LiveFile& live) {
  if (!folder.is_directory || folder.is_symbolic_link) return "it is no folder";
  if (folder.device != live.device || folder.inode != live.inode) {
    return "another folder has its name";
  }
  if (folder.owner != live.owner) return Concat("its owner is ", folder.owner);
  if (folder.mode != live.mode) return Concat("its permissions are ", folder.mode);
  return {};
}

// Tells the tails of two stores apart that are copies of each other.
std::string PlaceText(const FileStat& store) {
  const std::array<uint64_t, 2> place = {store.device, store.inode};
  const uint32_t crc = format::Crc32c(std::as_bytes(std::span(place)));
  std::array<uint8_t, 4> bytes{};
  std::memcpy(bytes.data(), &crc, sizeof(crc));
  return HexText(bytes);
}

absl::StatusOr<LiveTail> CheckFolder(const Machine& machine, const std::string& store_folder,
                                     const LiveFile& live) {
  LiveTail tail{.state = LiveState::kOutOfReach,
                .folder = FolderOf(store_folder, live),
                .file = live,
                .reason = {}};
  absl::StatusOr<FileStat> store = machine.files.Stat(store_folder);
  if (!store.ok()) return store.status();
  if (store->device != live.store_device || store->inode != live.store_inode) {
    tail.reason =
        Concat(store_folder, ": LIVE was written in another folder: this is a copy of the store ",
               "or was moved, and the tail belongs to the store in the old place");
    return tail;
  }
  absl::StatusOr<FileStat> stat = machine.files.Stat(tail.folder);
  if (!stat.ok()) {
    tail.reason = std::string(stat.status().message());
    return tail;
  }
  const std::string difference = Difference(*stat, live);
  if (difference.empty()) {
    tail.state = LiveState::kHere;
  } else {
    tail.reason = Concat(tail.folder, ": ", difference);
  }
  return tail;
}

// Whether a file says that it is this store's.
bool IsOfStore(FileSystem& files, const std::string& path, const LiveFile& live) {
  absl::StatusOr<std::unique_ptr<File>> file = files.Open(path, OpenMode::kRead);
  std::array<std::byte, format::kFileHeaderSize> bytes{};
  if (!file.ok() || !(*file)->ReadAt(0, bytes).ok()) return false;
  absl::StatusOr<format::FileHeader> header = format::FileHeader::Parse(bytes);
  return header.ok() && header->identity.store == live.store;
}

// Whether a folder with the name of a tail is one, and this store's: any of its files may be gone.
bool IsTailOf(FileSystem& files, const std::string& folder, const LiveFile& live) {
  absl::StatusOr<FileStat> stat = files.Stat(folder);
  if (!stat.ok() || !stat->is_directory || stat->owner != live.owner) return false;
  absl::StatusOr<std::vector<DirectoryEntry>> entries = files.List(folder);
  if (!entries.ok()) return false;
  return std::ranges::any_of(*entries, [&](const DirectoryEntry& entry) {
    return IsOfStore(files, JoinPath(folder, entry.name), live);
  });
}

// The folders of this store's tails in `parent`, but for `live` itself.
absl::Status AddTails(const Machine& machine, const std::string& parent, std::string_view prefix,
                      const LiveTail& live, std::vector<std::string>& tails) {
  absl::StatusOr<std::vector<DirectoryEntry>> entries = machine.files.List(parent);
  if (!entries.ok()) return entries.status();
  for (const DirectoryEntry& entry : *entries) {
    const std::string folder = JoinPath(parent, entry.name);
    if (!entry.is_directory || folder == live.folder || !entry.name.starts_with(prefix)) continue;
    if (IsTailOf(machine.files, folder, *live.file)) tails.push_back(folder);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LiveTail> FindLiveTail(const Machine& machine, const std::string& store_folder,
                                      const format::StoreUuid& store) {
  const std::string path = JoinPath(store_folder, kLiveName);
  absl::StatusOr<std::vector<std::byte>> bytes =
      ReadWholeFile(machine.files, path, format::kLiveFileSize);
  if (absl::IsNotFound(bytes.status())) return LiveTail{};
  if (!bytes.ok() && !absl::IsResourceExhausted(bytes.status())) return bytes.status();
  absl::StatusOr<LiveFile> live =
      bytes.ok() ? LiveFile::Parse(*bytes, store) : absl::StatusOr<LiveFile>(bytes.status());
  if (absl::IsUnimplemented(live.status())) return live.status();
  if (!live.ok()) {
    return LiveTail{.state = LiveState::kDamaged,
                    .folder = {},
                    .file = std::nullopt,
                    .reason = Concat(path, ": ", std::string(live.status().message()))};
  }
  if (live->state == format::LiveState::kClean) {
    return LiveTail{.state = LiveState::kNone, .folder = {}, .file = *live, .reason = {}};
  }
  // Where a boot cannot be told it may be another one.
  if (live->boot != machine.host.Boot() || live->boot == BootId{}) {
    return LiveTail{.state = LiveState::kOtherBoot, .folder = {}, .file = *live, .reason = {}};
  }
  return CheckFolder(machine, store_folder, *live);
}

absl::StatusOr<LiveTail> MakeLiveTail(const Machine& machine, const LiveOptions& options,
                                      const std::optional<LiveFile>& before) {
  LiveFile live{.store = options.store};
  live.boot = machine.host.Boot();
  machine.host.FillRandom(std::as_writable_bytes(std::span(live.nonce)));
  live.epoch = before.has_value() ? before->epoch + 1 : 1;
  live.process = machine.host.ProcessId();
  live.since = machine.host.RealTimeNs();
  absl::StatusOr<FileStat> store = machine.files.Stat(options.store_folder);
  if (!store.ok()) return store.status();
  live.store_device = store->device;
  live.store_inode = store->inode;

  bool shared = !options.shared_memory.empty();
  if (shared) {
    absl::StatusOr<uint64_t> free = machine.files.FreeBytes(options.shared_memory);
    shared = free.ok() && *free >= options.bytes_min;
  }
  if (shared) {
    live.path = JoinPath(options.shared_memory,
                         Concat("tape-", HexText(std::span(options.store).first(4)), "-",
                                PlaceText(*store), "-", HexText(std::span(live.nonce).first(6))));
  } else {
    live.path = Concat(kLocalPrefix, "-", HexText(std::span(live.nonce).first(6)));
  }
  const std::string folder = FolderOf(options.store_folder, live);
  if (absl::Status status = machine.files.MakeDirectory(folder); !status.ok()) return status;
  absl::StatusOr<FileStat> stat = machine.files.Stat(folder);
  if (!stat.ok()) return stat.status();
  live.device = stat->device;
  live.inode = stat->inode;
  live.owner = stat->owner;
  live.mode = stat->mode;
  return LiveTail{.state = LiveState::kHere, .folder = folder, .file = live, .reason = {}};
}

absl::StatusOr<std::vector<std::string>> FindDeadTails(const Machine& machine,
                                                       const std::string& store_folder,
                                                       const LiveTail& live) {
  std::vector<std::string> dead;
  absl::Status status = AddTails(machine, store_folder, kLocalPrefix, live, dead);
  if (!status.ok()) return status;
  if (!live.file->path.starts_with('/')) return dead;
  const std::string name = live.folder.substr(live.folder.rfind('/') + 1);
  const std::string prefix = name.substr(0, name.rfind('-') + 1);
  status = AddTails(machine, std::string(ParentPath(live.folder)), prefix, live, dead);
  if (!status.ok()) return status;
  return dead;
}

absl::Status PublishLive(const Machine& machine, const std::string& store_folder,
                         const LiveFile& live) {
  absl::StatusOr<std::vector<std::byte>> bytes = live.Serialize();
  if (!bytes.ok()) return bytes.status();
  return ReplaceFile(machine.files, JoinPath(store_folder, kLiveName), *bytes);
}

}  // namespace tape::engine
