#include "format/bytes/little_endian.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

namespace tape::format {
namespace {

// Stores at every alignment between bytes that must stay as they are.
template <typename T>
void ExpectRoundTrip(T value) {
  for (size_t at = 1; at <= 16; ++at) {
    std::array<std::byte, 40> bytes;
    bytes.fill(std::byte{0xC3});
    StoreLe<T>(bytes.data() + at, value);
    const T back = LoadLe<T>(bytes.data() + at);
    EXPECT_EQ(std::memcmp(&back, &value, sizeof(T)), 0);
    for (size_t i = 0; i < at; ++i) EXPECT_EQ(bytes[i], std::byte{0xC3}) << at << " " << i;
    for (size_t i = at + sizeof(T); i < bytes.size(); ++i) {
      EXPECT_EQ(bytes[i], std::byte{0xC3}) << at << " " << i;
    }
  }
}

TEST(LittleEndian, KeepsTheExtremesOfEveryWidth) {
  ExpectRoundTrip(std::numeric_limits<uint8_t>::max());
  ExpectRoundTrip(std::numeric_limits<int8_t>::min());
  ExpectRoundTrip(std::numeric_limits<uint16_t>::max());
  ExpectRoundTrip(std::numeric_limits<int16_t>::min());
  ExpectRoundTrip(std::numeric_limits<uint32_t>::max());
  ExpectRoundTrip(std::numeric_limits<int32_t>::min());
  ExpectRoundTrip(std::numeric_limits<uint64_t>::max());
  ExpectRoundTrip(std::numeric_limits<int64_t>::min());
  ExpectRoundTrip(static_cast<Int128>(static_cast<UInt128>(1) << 127));
  ExpectRoundTrip(~static_cast<UInt128>(0));
}

TEST(LittleEndian, KeepsEveryBitOfFloatingPoint) {
  ExpectRoundTrip(-0.0);
  ExpectRoundTrip(-0.0f);
  ExpectRoundTrip(std::numeric_limits<double>::denorm_min());
  ExpectRoundTrip(std::numeric_limits<float>::infinity());
  ExpectRoundTrip(std::bit_cast<double>(uint64_t{0xFFF0000000000001}));
  ExpectRoundTrip(std::bit_cast<float>(uint32_t{0x7F800001}));
}

TEST(LittleEndian, PutsTheLeastByteFirst) {
  std::array<std::byte, 16> bytes;
  StoreLe<uint32_t>(bytes.data(), 0x04030201);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(bytes[i], static_cast<std::byte>(i + 1));
  StoreLe<Int128>(bytes.data(), 7);
  EXPECT_EQ(bytes[0], std::byte{7});
  for (int i = 1; i < 16; ++i) EXPECT_EQ(bytes[i], std::byte{0});
}

static_assert(StoredNumber<char> && StoredNumber<uint64_t> && StoredNumber<Int128> &&
              StoredNumber<double>);
static_assert(!StoredNumber<bool> && !StoredNumber<long double> && !StoredNumber<std::byte*>);

}  // namespace
}  // namespace tape::format
