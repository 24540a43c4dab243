// Folders, names and files of a MemoryFileSystem, without its lock.
//
//   MemoryDisk disk;
//   absl::StatusOr<NodePtr> file = disk.Open("/store/TAPE", OpenMode::kCreateNew);
//   disk.SyncFolder("/store");
//
// Each folder has its names as they are and as they were last synced; what was done in between is a
// list of events, as it is for the bytes of a file. One sequence orders the events of all of them.
//
// Verbs are counted, and refused after a power failure, by Begin(), which comes first.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/file_system.h"
#include "engine/io/memory/file_contents.h"
#include "engine/io/memory/lock_table.h"

namespace tape::engine {

struct MemoryNode;
using NodePtr = std::shared_ptr<MemoryNode>;
using NameMap = std::map<std::string, NodePtr, std::less<>>;

// A file or a folder. Lives as long as a name, a synced name, an event or an open File has it.
struct MemoryNode {
  uint64_t inode = 0;
  uint64_t device = 0;
  bool is_directory = false;
  bool is_volatile = false;
  uint64_t links = 0;
  uint64_t users = 0;  // open Files and Mappings
  // Of a file.
  FileContents contents;
  LockTable locks;
  // Of a folder.
  NameMap names;
  NameMap synced_names;
};

struct NameEvent {
  enum class Kind : uint8_t { kAdd, kRemove, kRename };

  Kind kind = Kind::kAdd;
  uint64_t sequence = 0;
  NodePtr folder;
  std::string name;
  NodePtr node;
  NodePtr to_folder;  // of a rename
  std::string to_name;
};

// One call of a verb.
struct MemoryOperation {
  FileVerb verb = FileVerb::kOpen;
  std::string path;

  friend bool operator==(const MemoryOperation&, const MemoryOperation&) = default;
};

class MemoryDisk {
 public:
  MemoryDisk();

  // Counts a call; kAborted from the power failure on.
  absl::Status Begin(FileVerb verb, const std::string& path);
  // Whether the last call is the one that the power failure interrupts.
  bool interrupted() const { return operations_ == fails_at_; }

  absl::StatusOr<NodePtr> Open(const std::string& path, OpenMode mode);
  absl::StatusOr<FileStat> Stat(const std::string& path) const;
  absl::StatusOr<std::vector<DirectoryEntry>> List(const std::string& path) const;
  absl::Status MakeDirectory(const std::string& path);
  absl::Status RemoveDirectory(const std::string& path);
  absl::Status Rename(const std::string& from, const std::string& to);
  absl::Status Link(const std::string& existing, const std::string& name);
  absl::Status Unlink(const std::string& path);
  absl::Status SyncDirectory(const std::string& path);
  absl::StatusOr<uint64_t> FreeBytes(const std::string& path) const;

  static FileStat StatOf(const MemoryNode& node);
  // The range is checked already. False where the disk is full; then nothing has changed.
  bool Write(MemoryNode& node, uint64_t offset, std::span<const std::byte> bytes);
  bool Truncate(MemoryNode& node, uint64_t size);
  bool Allocate(MemoryNode& node, uint64_t size);
  void Interrupted(MemoryNode& node, uint64_t offset, std::span<const std::byte> bytes);
  // A File or Mapping is gone.
  void Leave(MemoryNode& node);

  // ---- for the model of failures

  absl::Status MarkVolatile(const std::string& path);
  void SetCapacity(uint64_t bytes) { capacity_ = bytes; }
  uint64_t capacity() const { return capacity_; }
  uint64_t operations() const { return operations_; }
  void StartTrace() { trace_.emplace(); }
  std::vector<MemoryOperation> trace() const {
    return trace_.value_or(std::vector<MemoryOperation>());
  }
  // The n-th call of Begin from now.
  void PowerFailsAt(uint64_t n) { fails_at_ = operations_ + n; }
  bool power_failed() const { return operations_ >= fails_at_; }

  const NodePtr& root() const { return root_; }
  const std::vector<NameEvent>& name_events() const { return name_events_; }
  // Every node that has a name or may have one after a power loss; folders before what is in them.
  // What is stored through mappings is taken over first.
  std::vector<NodePtr> AbsorbAll();
  // Sequences of all events that a power loss may take back, ascending.
  std::vector<uint64_t> UnsyncedSequences();
  // As it is, without open files.
  MemoryDisk Copy();
  // A disk with this tree, all of it synced.
  static MemoryDisk Found(NodePtr root, uint64_t capacity);

 private:
  // Where a name is or would be.
  struct Place {
    NodePtr folder;
    std::string name;
    NodePtr node;  // null where nothing has it
  };

  absl::StatusOr<NodePtr> Find(FileVerb verb, const std::string& path) const;
  absl::StatusOr<NodePtr> FindFolder(FileVerb verb, const std::string& path) const;
  absl::StatusOr<Place> FindPlace(FileVerb verb, const std::string& path) const;
  NodePtr Create(const Place& place, bool is_directory);
  void AddName(const Place& place, const NodePtr& node);
  void RemoveName(const Place& place);
  void Record(NameEvent event);
  // Of a file of this size: whole pages.
  static uint64_t SpaceOf(uint64_t size);
  void FreeIfUnused(const MemoryNode& node);
  bool Reserve(const MemoryNode& node, uint64_t size);
  void SetVolatile(MemoryNode& node, uint64_t device);

  NodePtr root_;
  std::vector<NameEvent> name_events_;
  uint64_t sequence_ = 0;
  uint64_t inodes_ = 0;
  uint64_t devices_ = 1;
  uint64_t capacity_ = uint64_t{1} << 50;
  uint64_t used_ = 0;
  uint64_t operations_ = 0;
  uint64_t fails_at_ = std::numeric_limits<uint64_t>::max();
  std::optional<std::vector<MemoryOperation>> trace_;
};

}  // namespace tape::engine
