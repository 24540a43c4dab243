// The part of MemoryDisk that looks at all of it: what may be lost, and copies.
#include <algorithm>
#include <set>
#include <utility>

#include "engine/io/memory/memory_disk.h"

namespace tape::engine {
namespace {

// Nodes in the order in which they are first met, so that the same disk is always walked alike.
class Walk {
 public:
  void Add(const NodePtr& node) {
    if (node == nullptr || !seen_.insert(node.get()).second) return;
    nodes_.push_back(node);
    for (const auto& [name, below] : node->names) Add(below);
    for (const auto& [name, below] : node->synced_names) Add(below);
  }

  std::vector<NodePtr> Nodes() && { return std::move(nodes_); }

 private:
  std::set<const MemoryNode*> seen_;
  std::vector<NodePtr> nodes_;
};

}  // namespace

std::vector<NodePtr> MemoryDisk::AbsorbAll() {
  Walk walk;
  walk.Add(root_);
  for (const NameEvent& event : name_events_) walk.Add(event.node);
  std::vector<NodePtr> nodes = std::move(walk).Nodes();
  for (const NodePtr& node : nodes) node->contents.Absorb();
  return nodes;
}

std::vector<uint64_t> MemoryDisk::UnsyncedSequences() {
  std::vector<uint64_t> sequences;
  for (const NameEvent& event : name_events_) sequences.push_back(event.sequence);
  for (const NodePtr& node : AbsorbAll()) {
    for (const FileEvent& event : node->contents.events()) sequences.push_back(event.sequence);
  }
  std::sort(sequences.begin(), sequences.end());
  return sequences;
}

void MemoryDisk::SetVolatile(MemoryNode& node, uint64_t device) {
  node.is_volatile = true;
  node.device = device;
  node.contents.Forget();
  for (const auto& [name, below] : node.names) SetVolatile(*below, device);
}

absl::Status MemoryDisk::MarkVolatile(const std::string& path) {
  absl::StatusOr<NodePtr> folder = FindFolder(FileVerb::kStat, path);
  if (!folder.ok()) return folder.status();
  SetVolatile(**folder, ++devices_);
  std::erase_if(name_events_, [](const NameEvent& event) { return event.folder->is_volatile; });
  absl::Status status;
  for (std::string_view above = path; status.ok() && above != "/";) {
    above = ParentPath(above);
    status = SyncDirectory(std::string(above));
  }
  return status;
}

MemoryDisk MemoryDisk::Copy() {
  std::map<const MemoryNode*, NodePtr> copies;
  const std::vector<NodePtr> nodes = AbsorbAll();
  for (const NodePtr& node : nodes) {
    auto copy = std::make_shared<MemoryNode>();
    copy->inode = node->inode;
    copy->device = node->device;
    copy->is_directory = node->is_directory;
    copy->is_volatile = node->is_volatile;
    copy->links = node->links;
    copy->contents = node->contents.Copy();
    copies[node.get()] = std::move(copy);
  }
  const auto copy_of = [&](const NodePtr& node) {
    return node == nullptr ? node : copies[node.get()];
  };
  for (const NodePtr& node : nodes) {
    MemoryNode& copy = *copies[node.get()];
    for (const auto& [name, below] : node->names) copy.names[name] = copy_of(below);
    for (const auto& [name, below] : node->synced_names) copy.synced_names[name] = copy_of(below);
  }
  MemoryDisk disk = Found(copy_of(root_), capacity_);
  for (NameEvent event : name_events_) {
    event.folder = copy_of(event.folder);
    event.to_folder = copy_of(event.to_folder);
    event.node = copy_of(event.node);
    disk.name_events_.push_back(std::move(event));
  }
  disk.sequence_ = sequence_;
  return disk;
}

MemoryDisk MemoryDisk::Found(NodePtr root, uint64_t capacity) {
  MemoryDisk disk;
  disk.root_ = std::move(root);
  disk.capacity_ = capacity;
  for (const NodePtr& node : disk.AbsorbAll()) {
    disk.inodes_ = std::max(disk.inodes_, node->inode);
    disk.devices_ = std::max(disk.devices_, node->device);
    if (node->links > 0) disk.used_ += SpaceOf(node->contents.size());
  }
  return disk;
}

}  // namespace tape::engine
