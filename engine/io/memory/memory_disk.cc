#include "engine/io/memory/memory_disk.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/io/posix/posix_error.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr uint32_t kFileMode = 0600;
constexpr uint32_t kFolderMode = 0700;

// The first part of a path, which loses it: "a" of "/a/b".
std::string_view TakePart(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(part.size());
  return part;
}

bool IsBelow(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

NodePtr NodeAt(const NameMap& names, std::string_view name) {
  const auto found = names.find(name);
  return found == names.end() ? nullptr : found->second;
}

void Settle(const NameEvent& event) {
  if (event.kind == NameEvent::Kind::kAdd) {
    event.folder->synced_names[event.name] = event.node;
    return;
  }
  if (NodeAt(event.folder->synced_names, event.name) == event.node) {
    event.folder->synced_names.erase(event.name);
  }
  if (event.kind == NameEvent::Kind::kRename) {
    event.to_folder->synced_names[event.to_name] = event.node;
  }
}

// What a rename may not replace.
int RenameError(const MemoryNode& node, const MemoryNode& target) {
  if (node.is_directory && !target.is_directory) return ENOTDIR;
  if (!node.is_directory && target.is_directory) return EISDIR;
  return target.names.empty() ? 0 : ENOTEMPTY;
}

}  // namespace

MemoryDisk::MemoryDisk() : root_(std::make_shared<MemoryNode>()) {
  root_->inode = ++inodes_;
  root_->device = 1;
  root_->is_directory = true;
  root_->links = 1;
}

absl::Status MemoryDisk::Begin(FileVerb verb, const std::string& path) {
  ++operations_;
  if (trace_.has_value()) trace_->push_back({verb, path});
  if (!power_failed()) return absl::OkStatus();
  if (interrupted()) {
    for (const NodePtr& node : AbsorbAll()) node->contents.Freeze();
  }
  return absl::AbortedError(Concat(path, ": cannot ", FileVerbName(verb), ": the power failed"));
}

// ---- names

absl::StatusOr<NodePtr> MemoryDisk::Find(FileVerb verb, const std::string& path) const {
  NodePtr node = root_;
  for (std::string_view rest = path == "/" ? std::string_view() : path; !rest.empty();) {
    if (!node->is_directory) return PosixError(verb, path, ENOTDIR);
    node = NodeAt(node->names, TakePart(rest));
    if (node == nullptr) return PosixError(verb, path, ENOENT);
  }
  return node;
}

absl::StatusOr<NodePtr> MemoryDisk::FindFolder(FileVerb verb, const std::string& path) const {
  absl::StatusOr<NodePtr> node = Find(verb, path);
  if (node.ok() && !(*node)->is_directory) return PosixError(verb, path, ENOTDIR);
  return node;
}

absl::StatusOr<MemoryDisk::Place> MemoryDisk::FindPlace(FileVerb verb,
                                                        const std::string& path) const {
  absl::StatusOr<NodePtr> folder = FindFolder(verb, std::string(ParentPath(path)));
  if (!folder.ok())
    return PosixError(verb, path, absl::IsNotFound(folder.status()) ? ENOENT : ENOTDIR);
  std::string name = path.substr(path.rfind('/') + 1);
  if (name.empty()) return PosixError(verb, path, EBUSY);  // the root
  NodePtr node = NodeAt((*folder)->names, name);
  return Place{*std::move(folder), std::move(name), std::move(node)};
}

void MemoryDisk::Record(NameEvent event) {
  event.sequence = ++sequence_;
  if (!event.folder->is_volatile) name_events_.push_back(std::move(event));
}

void MemoryDisk::AddName(const Place& place, const NodePtr& node) {
  place.folder->names[place.name] = node;
  ++node->links;
  Record({.kind = NameEvent::Kind::kAdd,
          .folder = place.folder,
          .name = place.name,
          .node = node,
          .to_folder = {},
          .to_name = {}});
}

void MemoryDisk::RemoveName(const Place& place) {
  place.folder->names.erase(place.name);
  --place.node->links;
  Record({.kind = NameEvent::Kind::kRemove,
          .folder = place.folder,
          .name = place.name,
          .node = place.node,
          .to_folder = {},
          .to_name = {}});
  FreeIfUnused(*place.node);
}

NodePtr MemoryDisk::Create(const Place& place, bool is_directory) {
  auto node = std::make_shared<MemoryNode>();
  node->inode = ++inodes_;
  node->device = place.folder->device;
  node->is_directory = is_directory;
  node->is_volatile = place.folder->is_volatile;
  if (node->is_volatile) node->contents.Forget();
  AddName(place, node);
  return node;
}

absl::StatusOr<NodePtr> MemoryDisk::Open(const std::string& path, OpenMode mode) {
  absl::StatusOr<Place> place = FindPlace(FileVerb::kOpen, path);
  if (!place.ok()) return place.status();
  if (mode == OpenMode::kCreateNew) {
    if (place->node != nullptr) return PosixError(FileVerb::kOpen, path, EEXIST);
    place->node = Create(*place, /*is_directory=*/false);
  }
  if (place->node == nullptr) return PosixError(FileVerb::kOpen, path, ENOENT);
  if (place->node->is_directory) return PosixError(FileVerb::kOpen, path, EISDIR);
  ++place->node->users;
  return place->node;
}

FileStat MemoryDisk::StatOf(const MemoryNode& node) {
  FileStat stat;
  stat.size = node.contents.size();
  stat.device = node.device;
  stat.inode = node.inode;
  stat.links = node.links;
  stat.mode = node.is_directory ? kFolderMode : kFileMode;
  stat.is_directory = node.is_directory;
  return stat;
}

absl::StatusOr<FileStat> MemoryDisk::Stat(const std::string& path) const {
  absl::StatusOr<NodePtr> node = Find(FileVerb::kStat, path);
  if (!node.ok()) return node.status();
  return StatOf(**node);
}

absl::StatusOr<std::vector<DirectoryEntry>> MemoryDisk::List(const std::string& path) const {
  absl::StatusOr<NodePtr> folder = FindFolder(FileVerb::kList, path);
  if (!folder.ok()) return folder.status();
  std::vector<DirectoryEntry> entries;
  for (const auto& [name, node] : (*folder)->names) entries.push_back({name, node->is_directory});
  return entries;
}

absl::Status MemoryDisk::MakeDirectory(const std::string& path) {
  absl::StatusOr<Place> place = FindPlace(FileVerb::kMakeDirectory, path);
  if (!place.ok()) return place.status();
  if (place->node != nullptr) return PosixError(FileVerb::kMakeDirectory, path, EEXIST);
  Create(*place, /*is_directory=*/true);
  return absl::OkStatus();
}

absl::Status MemoryDisk::RemoveDirectory(const std::string& path) {
  absl::StatusOr<Place> place = FindPlace(FileVerb::kRemoveDirectory, path);
  if (!place.ok()) return place.status();
  if (place->node == nullptr) return PosixError(FileVerb::kRemoveDirectory, path, ENOENT);
  if (!place->node->is_directory) return PosixError(FileVerb::kRemoveDirectory, path, ENOTDIR);
  if (!place->node->names.empty()) return PosixError(FileVerb::kRemoveDirectory, path, ENOTEMPTY);
  RemoveName(*place);
  return absl::OkStatus();
}

absl::Status MemoryDisk::Rename(const std::string& from, const std::string& to) {
  absl::StatusOr<Place> source = FindPlace(FileVerb::kRename, from);
  if (!source.ok()) return source.status();
  if (source->node == nullptr) return PosixError(FileVerb::kRename, from, ENOENT);
  absl::StatusOr<Place> target = FindPlace(FileVerb::kRename, to);
  if (!target.ok()) return target.status();
  if (IsBelow(to, from)) return PosixError(FileVerb::kRename, from, EINVAL);
  if (source->folder->device != target->folder->device) {
    return PosixError(FileVerb::kRename, from, EXDEV);
  }
  const NodePtr replaced = target->node;
  if (replaced == source->node) return absl::OkStatus();
  if (replaced != nullptr) {
    const int error = RenameError(*source->node, *replaced);
    if (error != 0) return PosixError(FileVerb::kRename, from, error);
    --replaced->links;
    FreeIfUnused(*replaced);
  }
  target->folder->names[target->name] = source->node;
  source->folder->names.erase(source->name);
  Record({.kind = NameEvent::Kind::kRename,
          .folder = source->folder,
          .name = source->name,
          .node = source->node,
          .to_folder = target->folder,
          .to_name = target->name});
  return absl::OkStatus();
}

absl::Status MemoryDisk::Link(const std::string& existing, const std::string& name) {
  absl::StatusOr<NodePtr> node = Find(FileVerb::kLink, existing);
  if (!node.ok()) return node.status();
  absl::StatusOr<Place> place = FindPlace(FileVerb::kLink, name);
  if (!place.ok()) return place.status();
  if ((*node)->is_directory) return PosixError(FileVerb::kLink, name, EPERM);
  if (place->node != nullptr) return PosixError(FileVerb::kLink, name, EEXIST);
  if ((*node)->device != place->folder->device) return PosixError(FileVerb::kLink, name, EXDEV);
  AddName(*place, *node);
  return absl::OkStatus();
}

absl::Status MemoryDisk::Unlink(const std::string& path) {
  absl::StatusOr<Place> place = FindPlace(FileVerb::kUnlink, path);
  if (!place.ok()) return place.status();
  if (place->node == nullptr) return PosixError(FileVerb::kUnlink, path, ENOENT);
  if (place->node->is_directory) return PosixError(FileVerb::kUnlink, path, EISDIR);
  RemoveName(*place);
  return absl::OkStatus();
}

// Settles renames into and out of the folder: half of one is never found.
absl::Status MemoryDisk::SyncDirectory(const std::string& path) {
  absl::StatusOr<NodePtr> folder = FindFolder(FileVerb::kSyncDirectory, path);
  if (!folder.ok()) return folder.status();
  std::erase_if(name_events_, [&](const NameEvent& event) {
    const bool concerned = event.folder == *folder || event.to_folder == *folder;
    if (concerned) Settle(event);
    return concerned;
  });
  (*folder)->synced_names = (*folder)->names;
  return absl::OkStatus();
}

// ---- space

uint64_t MemoryDisk::SpaceOf(uint64_t size) {
  return (size + SparseBytes::kPageSize - 1) / SparseBytes::kPageSize * SparseBytes::kPageSize;
}

absl::StatusOr<uint64_t> MemoryDisk::FreeBytes(const std::string& path) const {
  absl::StatusOr<NodePtr> node = Find(FileVerb::kStat, path);
  if (!node.ok()) return node.status();
  return capacity_ - std::min(capacity_, used_);
}

bool MemoryDisk::Reserve(const MemoryNode& node, uint64_t size) {
  const uint64_t others = used_ - SpaceOf(node.contents.size());
  if (size > node.contents.size() && (size > capacity_ || others + SpaceOf(size) > capacity_)) {
    return false;
  }
  used_ = others + SpaceOf(size);
  return true;
}

void MemoryDisk::FreeIfUnused(const MemoryNode& node) {
  if (node.links == 0 && node.users == 0) used_ -= SpaceOf(node.contents.size());
}

bool MemoryDisk::Write(MemoryNode& node, uint64_t offset, std::span<const std::byte> bytes) {
  if (!Reserve(node, std::max(node.contents.size(), offset + bytes.size()))) return false;
  node.contents.Write(++sequence_, offset, bytes);
  return true;
}

bool MemoryDisk::Truncate(MemoryNode& node, uint64_t size) {
  if (!Reserve(node, size)) return false;
  node.contents.Truncate(++sequence_, size);
  return true;
}

bool MemoryDisk::Allocate(MemoryNode& node, uint64_t size) {
  if (!Reserve(node, std::max(node.contents.size(), size))) return false;
  node.contents.Allocate(++sequence_, size);
  return true;
}

void MemoryDisk::Interrupted(MemoryNode& node, uint64_t offset, std::span<const std::byte> bytes) {
  node.contents.Interrupted(++sequence_, offset, bytes);
}

void MemoryDisk::Leave(MemoryNode& node) {
  --node.users;
  FreeIfUnused(node);
}

}  // namespace tape::engine
