// UUID values.
//
//   absl::StatusOr<Uuid> id = Uuid::Parse("{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}");
//   id->ToString();    // "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
//   id->ToOrdered();   // how a UUID column stores it: Physical::kInt128
//
// UUIDs compare as their text does, byte by byte. The ordered form has the first bit flipped, so
// that signed 128-bit comparison (block bounds, sorting, kernels) gives the same order.
//
// Immutable value type; thread-compatible.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "tape/int128.h"

namespace tape {

class Uuid {
 public:
  static constexpr size_t kSize = 16;

  // All zero.
  constexpr Uuid() = default;

  // 32 hexadecimal digits in any case; a '-' may follow any group of four, and braces may stand
  // around it all. kInvalidArgument with the position of what does not belong.
  static absl::StatusOr<Uuid> Parse(std::string_view text);

  // From and to the 16 bytes of RFC 4122, first byte first.
  static Uuid FromBytes(std::span<const uint8_t, kSize> bytes);
  std::array<uint8_t, kSize> ToBytes() const;

  // A version 4 UUID of 16 random bytes; six of their bits are replaced by version and variant.
  static Uuid FromRandom(std::span<const uint8_t, kSize> bytes);

  static constexpr Uuid FromOrdered(Int128 ordered) {
    return Uuid(static_cast<UInt128>(ordered) ^ kFirstBit);
  }
  constexpr Int128 ToOrdered() const { return static_cast<Int128>(value_ ^ kFirstBit); }

  // Lower case, 8-4-4-4-12.
  std::string ToString() const;

  friend constexpr bool operator==(Uuid a, Uuid b) { return a.value_ == b.value_; }
  friend constexpr bool operator<(Uuid a, Uuid b) { return a.value_ < b.value_; }

  template <typename Hash>
  friend Hash AbslHashValue(Hash hash, Uuid id) {
    return Hash::combine(std::move(hash), static_cast<uint64_t>(id.value_ >> 64),
                         static_cast<uint64_t>(id.value_));
  }

 private:
  static constexpr UInt128 kFirstBit = UInt128{1} << 127;

  constexpr explicit Uuid(UInt128 value) : value_(value) {}

  UInt128 value_ = 0;  // the first byte of the text is the highest
};

}  // namespace tape
