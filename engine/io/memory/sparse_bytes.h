// The bytes of a file that cost only what is not zero.
//
//   SparseBytes bytes;
//   bytes.Resize(64 << 20);          // no memory
//   bytes.Write(4096, record);       // one page
//   SparseBytes before = bytes;      // shares all pages until either is written
//
// Crash tests copy a disk per crash state, and most of its bytes are the same in all of them.
//
// Thread-compatible; copies may be used by other threads, but making one is like a write to what is
// copied.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace tape::engine {

class SparseBytes {
 public:
  static constexpr uint64_t kPageSize = 4096;

  SparseBytes() = default;
  SparseBytes(const SparseBytes& other);
  SparseBytes& operator=(const SparseBytes& other);
  SparseBytes(SparseBytes&&) noexcept = default;
  SparseBytes& operator=(SparseBytes&&) noexcept = default;
  ~SparseBytes() = default;

  uint64_t size() const { return size_; }
  // What is new is zero, also where bytes were before.
  void Resize(uint64_t size);
  // The range lies inside.
  void Read(uint64_t offset, std::span<std::byte> out) const;
  // Grows to the end of what is written.
  void Write(uint64_t offset, std::span<const std::byte> bytes);

  // Numbers of the pages that may have a byte other than zero, ascending.
  std::vector<uint64_t> Pages() const;

 private:
  using Page = std::array<std::byte, kPageSize>;
  struct Slot {
    std::shared_ptr<Page> page;
    bool owned = false;  // by this table alone: may be written in place
  };
  using Table = std::map<uint64_t, Slot>;

  Table& OwnTable();
  void WriteInPage(uint64_t number, uint64_t at, std::span<const std::byte> bytes);

  uint64_t size_ = 0;
  std::shared_ptr<Table> table_;  // null: all zero
  // Whether another may look at the table. Sticky, and not use_count(), which says nothing about
  // what another thread has seen.
  mutable bool shared_ = false;
};

}  // namespace tape::engine
