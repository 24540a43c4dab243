#include "format/bytes/crc32c.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <random>
#include <string_view>
#include <vector>

namespace tape::format {
namespace {

using crc32c_internal::ExtendHardware;
using crc32c_internal::ExtendPortable;
using crc32c_internal::HasHardware;

std::vector<std::byte> RandomBytes(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

// The definition, one bit at a time.
uint32_t NaiveExtend(uint32_t crc, std::span<const std::byte> bytes) {
  uint32_t state = ~crc;
  for (std::byte byte : bytes) {
    state ^= static_cast<uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) state = (state >> 1) ^ ((state & 1) != 0 ? 0x82F63B78u : 0u);
  }
  return ~state;
}

using Implementation = uint32_t (*)(uint32_t, std::span<const std::byte>) noexcept;

// Every implementation that runs here; the dispatcher always does.
std::vector<Implementation> Implementations() {
  std::vector<Implementation> all = {ExtendCrc32c, ExtendPortable};
  if (HasHardware()) all.push_back(ExtendHardware);
  return all;
}

void ExpectVector(std::span<const std::byte> bytes, uint32_t expected) {
  for (Implementation extend : Implementations()) EXPECT_EQ(extend(0, bytes), expected);
}

TEST(Crc32c, AnswersTheVectorsOfRfc3720) {
  std::array<std::byte, 32> bytes{};
  ExpectVector(bytes, 0x8A9136AA);
  bytes.fill(std::byte{0xFF});
  ExpectVector(bytes, 0x62A8AB43);
  for (int i = 0; i < 32; ++i) bytes[i] = static_cast<std::byte>(i);
  ExpectVector(bytes, 0x46DD794E);
  for (int i = 0; i < 32; ++i) bytes[i] = static_cast<std::byte>(31 - i);
  ExpectVector(bytes, 0x113FDB5C);
}

TEST(Crc32c, AnswersTheIscsiReadCommandOfRfc3720) {
  std::array<std::byte, 48> command{};
  command[0] = std::byte{0x01};
  command[1] = std::byte{0xC0};
  command[16] = std::byte{0x14};
  command[22] = std::byte{0x04};
  command[27] = std::byte{0x14};
  command[31] = std::byte{0x18};
  command[32] = std::byte{0x28};
  command[40] = std::byte{0x02};
  ExpectVector(command, 0xD9963A56);
}

TEST(Crc32c, AnswersTheCheckValueOfTheCatalogues) {
  constexpr std::string_view kDigits = "123456789";
  ExpectVector(std::as_bytes(std::span(kDigits)), 0xE3069283);
}

TEST(Crc32c, OfNothingIsZeroAndExtendsNothing) {
  ExpectVector({}, 0);
  for (Implementation extend : Implementations()) EXPECT_EQ(extend(0x12345678, {}), 0x12345678u);
}

TEST(Crc32c, PortableEqualsTheDefinition) {
  const std::vector<std::byte> bytes = RandomBytes(300, 1);
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const auto head = std::span(bytes).first(size);
    ASSERT_EQ(ExtendPortable(0, head), NaiveExtend(0, head)) << size;
    ASSERT_EQ(ExtendPortable(0xFFFFFFFF, head), NaiveExtend(0xFFFFFFFF, head)) << size;
  }
}

TEST(Crc32c, HardwareEqualsPortableAtEveryLengthAndAlignment) {
  if (!HasHardware()) GTEST_SKIP() << "no CRC32C instruction here";
  const std::vector<std::byte> bytes = RandomBytes(2000 + 15, 2);
  for (size_t start = 0; start < 16; ++start) {
    for (size_t size = 0; size <= 2000; ++size) {
      const auto part = std::span(bytes).subspan(start, size);
      const auto crc = static_cast<uint32_t>(size * 0x9E3779B9);
      ASSERT_EQ(ExtendHardware(crc, part), ExtendPortable(crc, part)) << start << " " << size;
    }
  }
}

TEST(Crc32c, HardwareEqualsPortableAcrossTheLongestPass) {
  if (!HasHardware()) GTEST_SKIP() << "no CRC32C instruction here";
  const std::vector<std::byte> bytes = RandomBytes(3 * 3072 + 200, 3);
  for (size_t passes = 1; passes <= 3; ++passes) {
    for (size_t size = passes * 3072 - 130; size <= passes * 3072 + 130; ++size) {
      const auto part = std::span(bytes).subspan(1, size);
      ASSERT_EQ(ExtendHardware(7, part), ExtendPortable(7, part)) << size;
    }
  }
}

TEST(Crc32c, HardwareEqualsPortableOnAMegabyte) {
  if (!HasHardware()) GTEST_SKIP() << "no CRC32C instruction here";
  const std::vector<std::byte> bytes = RandomBytes((1 << 20) + 5, 4);
  EXPECT_EQ(ExtendHardware(0, bytes), ExtendPortable(0, bytes));
}

TEST(Crc32c, IsTheSameHoweverTheBytesAreSplit) {
  const std::vector<std::byte> bytes = RandomBytes(700, 5);
  const auto whole = std::span(bytes);
  for (Implementation extend : Implementations()) {
    const uint32_t expected = extend(0, whole);
    for (size_t split = 0; split <= whole.size(); ++split) {
      ASSERT_EQ(extend(extend(0, whole.first(split)), whole.subspan(split)), expected) << split;
    }
  }
}

TEST(Crc32c, IsTheSameInManyPieces) {
  const std::vector<std::byte> bytes = RandomBytes(5000, 6);
  std::mt19937 random(7);
  for (int round = 0; round < 100; ++round) {
    uint32_t crc = 0;
    for (size_t at = 0; at < bytes.size();) {
      const size_t size = std::min<size_t>(random() % 257, bytes.size() - at);
      crc = ExtendCrc32c(crc, std::span(bytes).subspan(at, size));
      at += size;
    }
    ASSERT_EQ(crc, Crc32c(bytes)) << round;
  }
}

TEST(Crc32c, SeesEverySingleBit) {
  std::vector<std::byte> bytes = RandomBytes(200, 8);
  const uint32_t crc = Crc32c(bytes);
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    ASSERT_NE(Crc32c(bytes), crc) << bit;
    bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
  }
  EXPECT_EQ(Crc32c(bytes), crc);
}

}  // namespace
}  // namespace tape::format
