// The 64-bit hash of a key's values: what a key extent is sorted by. Bytes:
// docs/format/key-extent.md.
//
//   KeyHash key(store);             // the store's UUID
//   key.AddInteger(1'737'449'100);  // the key's values in the key's order
//   key.AddBytes("AAPL");
//   uint64_t hash = key.Finish();
//
//   std::vector<uint64_t> hashes(rows);
//   absl::Status status = HashKeys(store, {{time, symbol}}, hashes);  // the same, row by row
//
// Keys that SQL calls equal have equal hashes: a number hashes alike in every integer form, -0.0 as
// 0.0, every NaN as one. Keys that differ have different hashes but for one pair in 2^64; whoever
// finds a row by its hash compares the values.
//
// Why SipHash-1-3: it is published, so that the bytes are defined by more than this code; its key
// has the size of a UUID; and whoever has never seen the store cannot choose values that collide in
// it. A key of two numbers takes 9 ns (EPYC, 2026).
//
// KeyHash: thread-compatible. HashKeys: a pure function.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "format/bytes/little_endian.h"
#include "format/bytes/place.h"
#include "tape/column_view.h"
#include "tape/int128.h"

namespace tape::format {

// SipHash with one round a word and three at the end, of messages that are whole 64-bit words.
class SipHash13 {
 public:
  explicit SipHash13(const StoreUuid& key);

  void Add(uint64_t word) {
    v3_ ^= word;
    Round();
    v0_ ^= word;
    size_bytes_ += sizeof(word);
  }

  uint64_t Finish() {
    Add(size_bytes_ << 56);
    v2_ ^= 0xFF;
    Round();
    Round();
    Round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  void Round() {
    v0_ += v1_;
    v2_ += v3_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ = std::rotl(v0_, 32) + v3_;
    v2_ += v1_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }

  uint64_t v0_;
  uint64_t v1_;
  uint64_t v2_;
  uint64_t v3_;
  uint64_t size_bytes_ = 0;
};

class KeyHash {
 public:
  explicit KeyHash(const StoreUuid& store) : hash_(store) {}

  // The key's values, at most kMaxKeyColumns, in the key's order.
  void AddNull() { AddShape(kNull); }
  void AddInteger(int64_t value) {
    AddShape(kOneWord);
    hash_.Add(static_cast<uint64_t>(value));
  }
  void AddWide(Int128 value);
  void AddFloating(double value);
  void AddBytes(std::string_view value);
  // Row `row` of a column of any form.
  void AddValue(const ColumnView& column, size_t row);

  // Nothing may be added afterwards.
  uint64_t Finish() {
    hash_.Add(shapes_);
    return hash_.Finish();
  }

 private:
  enum Shape : uint64_t { kNull = 0, kOneWord = 1, kTwoWords = 2, kBytes = 3 };

  void AddShape(Shape shape) {
    shapes_ |= shape << (2 * values_ % 64);
    ++values_;
  }

  SipHash13 hash_;
  uint64_t shapes_ = 0;
  unsigned values_ = 0;
};

// hashes[i] = the hash of row i of the key's columns. kInvalidArgument where the columns are none,
// more than kMaxKeyColumns, or not of hashes.size() rows each.
absl::Status HashKeys(const StoreUuid& store, std::span<const ColumnView> columns,
                      std::span<uint64_t> hashes);

}  // namespace tape::format
