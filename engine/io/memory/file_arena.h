// One region of memory that stands for the page cache of a mapped file: it never moves, and what is
// never touched costs nothing.
//
//   FileArena arena(file_size);
//   if (arena.data() != nullptr) std::memcpy(arena.data(), ...);
//
// Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tape::engine {

class FileArena {
 public:
  // Room for a file of this size to grow. data() is null where the machine has no address space.
  explicit FileArena(uint64_t file_size);
  ~FileArena();
  FileArena(const FileArena&) = delete;
  FileArena& operator=(const FileArena&) = delete;

  std::byte* data() const { return data_; }
  // A readable page follows.
  uint64_t size() const { return size_; }

  // Copies to and from memory that other threads store to at the same time, as the kernel does when
  // it reads or writes a file that is mapped: a race that only ThreadSanitizer must not see.
  static void CopyShared(std::byte* to, const std::byte* from, size_t count);

 private:
  uint64_t size_;
  std::byte* data_;
};

}  // namespace tape::engine
