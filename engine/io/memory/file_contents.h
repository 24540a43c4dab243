// The bytes of one file of a MemoryFileSystem: as they are, as they were synced, and what was done
// to them in between.
//
//   contents.Write(sequence, 0, bytes);
//   contents.Sync();
//   FileContents found = contents.AfterPowerLoss(...);        // power_loss.h
//
// `bytes_` is what is there, but for what is stored through a writable mapping: that is in the
// arena, and Absorb() takes it over. Such stores are not events. All that is known of them is that
// any page may have reached the disk at any time since the last sync.
//
// Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/io/memory/file_arena.h"
#include "engine/io/memory/sparse_bytes.h"

namespace tape::engine {

struct FileEvent {
  enum class Kind : uint8_t { kWrite, kTruncate, kAllocate };

  Kind kind = Kind::kWrite;
  uint64_t sequence = 0;     // over all events of the file system
  uint64_t offset = 0;       // of a write
  uint64_t end = 0;          // of what is written; the size to truncate to or to allocate
  bool interrupted = false;  // by the power failure: a write that nobody has seen
  std::shared_ptr<const std::vector<std::byte>> bytes;  // of a write; shared by copies of the disk
};

class FileContents {
 public:
  // No events from now on: a power loss takes all of it.
  void Forget();

  uint64_t size() const { return bytes_.size(); }
  // Behind it are zeros; the size where it is mapped.
  uint64_t EndOfData() const;
  void Read(uint64_t offset, std::span<std::byte> out) const;
  void Write(uint64_t sequence, uint64_t offset, std::span<const std::byte> bytes);
  void Truncate(uint64_t sequence, uint64_t size);
  void Allocate(uint64_t sequence, uint64_t size);
  // A write that the power failure interrupts: may reach the disk, but nobody sees it before.
  void Interrupted(uint64_t sequence, uint64_t offset, std::span<const std::byte> bytes);
  void Sync();
  // A sync that fails: what was written since the last one is clean from here on. It can be read,
  // later syncs do not write it, and a power loss takes it; what is written after is as ever.
  void FailSync();

  // The place of this offset in memory, or null where [0, end) has no room in one piece. Until
  // Unmap, what is stored there is stored in the file.
  std::byte* Map(uint64_t offset, uint64_t end, bool writes);
  void Unmap(bool writes);

  // Takes over what was stored through mappings.
  void Absorb();
  // The power is gone: what is stored from now on reaches nothing.
  void Freeze();

  // A copy with the same bytes, events and doubts, and no mappings. Absorb first.
  FileContents Copy() const;

  const SparseBytes& bytes() const { return bytes_; }
  const SparseBytes& synced() const { return synced_; }
  const std::vector<FileEvent>& events() const { return events_; }
  // Whether somebody could store through a mapping since the last sync.
  bool may_be_stored_to() const { return stored_ || writable_mappings_ > 0; }

  // A file found after a power loss: all that is there is synced.
  static FileContents Found(SparseBytes bytes);

 private:
  void RecordWrite(uint64_t sequence, uint64_t offset, std::span<const std::byte> bytes);
  void RecordSize(FileEvent::Kind kind, uint64_t sequence, uint64_t size);
  void Resize(uint64_t size);

  SparseBytes bytes_;
  SparseBytes synced_;
  std::vector<FileEvent> events_;
  std::unique_ptr<FileArena> arena_;
  uint32_t mappings_ = 0;
  uint32_t writable_mappings_ = 0;
  bool stored_ = false;  // a writable mapping was closed since the last sync
  bool remembers_ = true;
  bool frozen_ = false;
  bool sync_failed_ = false;  // `bytes_` may be more than syncing makes durable
};

// The end of a write or its like: makes bytes so.
void Apply(const FileEvent& event, SparseBytes& bytes);

}  // namespace tape::engine
