// Numbers at any address, little-endian.
//
//   StoreLe<uint32_t>(bytes.data() + 3, 7);
//   uint32_t seven = LoadLe<uint32_t>(bytes.data() + 3);
//
// The pointer needs no alignment. The caller has checked that sizeof(T) bytes are there: ByteReader
// (reader.h) does both at once.
//
// Every byte of a store is little-endian, and so is every host tape is built for: a load is a
// memcpy.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "tape/int128.h"

namespace tape::format {

static_assert(std::endian::native == std::endian::little,
              "tape reads its files in place: little-endian hosts only");
static_assert(sizeof(float) == 4 && sizeof(double) == 8,
              "float and double are IEEE 754 binary32 and binary64");

// What may stand in a file: integers of 8 to 128 bits, float, double. Not bool: a byte of a file
// may be neither 0 nor 1.
template <typename T>
concept StoredNumber =
    (std::integral<T> && !std::same_as<T, bool>) || std::same_as<T, Int128> ||
    std::same_as<T, UInt128> || std::same_as<T, float> || std::same_as<T, double>;

template <StoredNumber T>
[[nodiscard]] inline T LoadLe(const std::byte* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

// T is never deduced, so that the width written is the width read in the code.
template <StoredNumber T>
inline void StoreLe(std::byte* to, std::type_identity_t<T> value) noexcept {
  std::memcpy(to, &value, sizeof(T));
}

}  // namespace tape::format
