// The tail as it lies in shared memory. Bytes: docs/format/tail.md.
//
//   auto* control = reinterpret_cast<StoreControl*>(mapping.writable().data());
//   control->committed.word.store(lsn, std::memory_order_release);
//
// What changes while others read it is a SharedWord: one 64-bit atomic. Every store to one is a
// release and every load an acquire, and whoever loads a word sees all that its writer stored
// before: that is the whole of the synchronisation between processes. Who stores which word, and
// in which order, is in docs/concurrency.md.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "format/bytes/file_header.h"

namespace tape::engine {

// A number that one thread stores and any thread of any process loads.
class SharedWord {
 public:
  uint64_t Load() const { return word_.load(std::memory_order_acquire); }
  void Store(uint64_t value) { word_.store(value, std::memory_order_release); }

 private:
  std::atomic<uint64_t> word_;
};
static_assert(sizeof(SharedWord) == 8 && std::atomic<uint64_t>::is_always_lock_free);

// The chains and tables of a table's tail. The numbers are in headers and slots.
enum class TailRole : uint8_t {
  kRows = 1,
  kHeap = 2,
  kSymbols = 3,
  kKills = 4,
  kHeads = 5,
  kKeys = 6,
};
inline constexpr size_t kTailChains = 4;  // roles 1 to 4 are chains, the others tables
inline constexpr size_t kTailChainSlots = 256;

enum class TailArray : uint8_t {
  kValues = 1,
  kValidity = 2,
  kLsn = 3,
  kBefore = 4,
  kHeap = 5,
  kSymbols = 6,
  kKills = 7,
  kHeads = 8,
  kKeys = 9,
};

// Which tail a control page belongs to; stored once.
struct TailIdentity {
  std::array<uint8_t, 16> nonce{};
  uint64_t epoch = 0;
  std::array<uint32_t, 9> reserved_88{};
  uint32_t crc = 0;  // of bytes 64..123 of the file
};
static_assert(sizeof(TailIdentity) == 64 && offsetof(TailIdentity, crc) == 60);

struct StoreControl {
  format::FileHeaderLayout header;
  TailIdentity identity;
  alignas(64) SharedWord committed;
  alignas(64) SharedWord durable;
  alignas(64) SharedWord catalog;
  alignas(64) SharedWord generation;
  alignas(64) std::atomic<uint32_t> wake;
  alignas(64) SharedWord left;
};
inline constexpr size_t kStoreControlSize = 4096;
static_assert(offsetof(StoreControl, identity) == 64 && offsetof(StoreControl, committed) == 128);
static_assert(offsetof(StoreControl, durable) == 192 && offsetof(StoreControl, catalog) == 256);
static_assert(offsetof(StoreControl, generation) == 320 && offsetof(StoreControl, wake) == 384);
static_assert(offsetof(StoreControl, left) == 448);
static_assert(sizeof(StoreControl) <= kStoreControlSize);

struct TailChainEnds {
  SharedWord first_chunk;
  SharedWord end_chunk;
};

struct TailSlot {
  SharedWord chunk;
  SharedWord first;
};

struct TableControl {
  format::FileHeaderLayout header;
  TailIdentity identity;
  alignas(64) SharedWord visible;
  SharedWord symbols;
  SharedWord kills;
  SharedWord replaced;
  alignas(64) SharedWord logged;
  SharedWord durable;
  alignas(64) SharedWord sealed;
  SharedWord sealed_kills;
  alignas(64) SharedWord heads;
  SharedWord keys;
  alignas(64) std::array<TailChainEnds, kTailChains> chains;
  alignas(4096) std::array<std::array<TailSlot, kTailChainSlots>, kTailChains> slots;

  TailChainEnds& ends(TailRole role) { return chains[static_cast<size_t>(role) - 1]; }
  const TailChainEnds& ends(TailRole role) const { return chains[static_cast<size_t>(role) - 1]; }
  TailSlot& slot(TailRole role, uint64_t chunk) {
    return slots[static_cast<size_t>(role) - 1][chunk % kTailChainSlots];
  }
  const TailSlot& slot(TailRole role, uint64_t chunk) const {
    return slots[static_cast<size_t>(role) - 1][chunk % kTailChainSlots];
  }
};
static_assert(sizeof(TableControl) == 20'480);
static_assert(offsetof(TableControl, visible) == 128 && offsetof(TableControl, logged) == 192);
static_assert(offsetof(TableControl, replaced) == 152);
static_assert(offsetof(TableControl, sealed) == 256 && offsetof(TableControl, heads) == 320);
static_assert(offsetof(TableControl, chains) == 384 && offsetof(TableControl, slots) == 4096);

struct ChunkHeader {
  TailRole role = TailRole::kRows;
  std::array<uint8_t, 3> reserved_65{};
  uint32_t schema_version = 0;
  uint64_t chunk = 0;
  uint64_t capacity = 0;
  uint64_t size = 0;
  uint32_t arrays = 0;
  std::array<uint32_t, 6> reserved_100{};
  uint32_t crc = 0;  // of bytes 64..123 of the file and of the directory
};
static_assert(sizeof(ChunkHeader) == 64 && offsetof(ChunkHeader, crc) == 60);
static_assert(offsetof(ChunkHeader, chunk) == 8 && offsetof(ChunkHeader, arrays) == 32);

struct ChunkArray {
  uint32_t column = 0;
  TailArray kind = TailArray::kValues;
  uint8_t physical = 0;  // of values; else 0
  uint16_t reserved_6 = 0;
  uint64_t offset = 0;
  uint64_t size = 0;
  uint64_t reserved_24 = 0;

  friend bool operator==(const ChunkArray&, const ChunkArray&) = default;
};
static_assert(sizeof(ChunkArray) == 32 && offsetof(ChunkArray, offset) == 8);

// A value of no fixed size.
struct TailBytes {
  uint64_t offset = 0;  // in the heap chain
  uint32_t length = 0;
  uint32_t reserved = 0;
};
static_assert(sizeof(TailBytes) == 16);

struct TailSymbolHeader {
  uint32_t column = 0;
  uint32_t code = 0;
  uint32_t length = 0;
};
static_assert(sizeof(TailSymbolHeader) == 12);

// What a record takes: header, text, zeros to a multiple of 8.
constexpr uint64_t SymbolRecordBytes(uint64_t length) {
  return (sizeof(TailSymbolHeader) + length + 7) / 8 * 8;
}

struct TailKill {
  uint64_t row = 0;
  uint64_t lsn = 0;
};
static_assert(sizeof(TailKill) == 16);

struct TailKey {
  uint64_t hash = 0;
  uint64_t row = 0;  // plus 1; 0: free
};
static_assert(sizeof(TailKey) == 16);

}  // namespace tape::engine
