#include "format/bytes/reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace tape::format {
namespace {

std::vector<std::byte> Counting(size_t size) {
  std::vector<std::byte> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i + 1);
  return bytes;
}

TEST(ByteReader, ReadsLittleEndianNumbersAtAnyOffset) {
  const std::vector<std::byte> bytes = Counting(64);
  ByteReader reader(bytes);
  EXPECT_EQ(reader.ReadU8(), 0x01);
  EXPECT_EQ(reader.ReadU16(), 0x0302);
  EXPECT_EQ(reader.ReadU32(), 0x07060504u);
  EXPECT_EQ(reader.ReadU64(), 0x0F0E0D0C0B0A0908u);
  EXPECT_EQ(reader.ReadI32(), 0x13121110);
  EXPECT_EQ(reader.ReadI64(), 0x1B1A191817161514);
  const auto wide = static_cast<UInt128>(reader.ReadI128());
  EXPECT_EQ(static_cast<uint64_t>(wide), 0x232221201F1E1D1Cu);
  EXPECT_EQ(static_cast<uint64_t>(wide >> 64), 0x2B2A292827262524u);
  EXPECT_EQ(reader.offset(), 43u);
  EXPECT_EQ(reader.remaining(), 21u);
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.status("x").ok());
}

TEST(ByteReader, ReadsSignsAndFloatingPoint) {
  std::vector<std::byte> bytes(16);
  StoreLe<int32_t>(bytes.data(), -2);
  StoreLe<float>(bytes.data() + 4, -0.0f);
  StoreLe<double>(bytes.data() + 8, 1.5);
  ByteReader reader(bytes);
  EXPECT_EQ(reader.ReadI32(), -2);
  EXPECT_TRUE(std::signbit(reader.ReadFloat()));
  EXPECT_EQ(reader.ReadDouble(), 1.5);
  EXPECT_EQ(reader.remaining(), 0u);
}

TEST(ByteReader, ReadsExactlyToTheEnd) {
  const std::vector<std::byte> bytes = Counting(5);
  ByteReader reader(bytes);
  EXPECT_EQ(reader.ReadBytes(5).size(), 5u);
  EXPECT_EQ(reader.ReadBytes(0).size(), 0u);
  reader.Skip(0);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.ReadU8(), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, FailsOnceAndForAll) {
  const std::vector<std::byte> bytes = Counting(10);
  ByteReader reader(bytes);
  reader.Skip(3);
  EXPECT_EQ(reader.ReadU64(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.offset(), 3u);
  EXPECT_EQ(reader.remaining(), 0u);
  // Seven bytes are there, but a parser that lost its place must not find them.
  EXPECT_EQ(reader.ReadU8(), 0);
  EXPECT_TRUE(reader.ReadBytes(1).empty());
  reader.SkipPadding(8);
  EXPECT_EQ(reader.offset(), 3u);
  const absl::Status status = reader.status("manifest record");
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(std::string(status.message()), "manifest record: offset 3: expected 8 bytes, found 7");
}

TEST(ByteReader, SurvivesSizesThatWouldOverflow) {
  const std::vector<std::byte> bytes = Counting(10);
  for (uint64_t size : {uint64_t{11}, uint64_t{1} << 32, std::numeric_limits<uint64_t>::max() - 3,
                        std::numeric_limits<uint64_t>::max()}) {
    ByteReader reader(bytes);
    reader.Skip(4);
    EXPECT_TRUE(reader.ReadBytes(size).empty());
    EXPECT_FALSE(reader.ok()) << size;
    EXPECT_EQ(reader.offset(), 4u);
  }
}

TEST(ByteReader, FailsAtEveryTruncation) {
  const std::vector<std::byte> bytes = Counting(15);
  for (size_t size = 0; size <= bytes.size(); ++size) {
    ByteReader reader(std::span<const std::byte>{bytes}.first(size));
    reader.ReadU8();
    reader.ReadU16();
    reader.ReadU32();
    reader.ReadU64();
    EXPECT_EQ(reader.ok(), size == 15) << size;
  }
}

TEST(ByteReader, OfNothingReadsNothing) {
  ByteReader reader({});
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_TRUE(reader.ReadBytes(0).empty());
  reader.SkipPadding(64);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.ReadU8(), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, SkipsPaddingToTheNextMultiple) {
  std::vector<std::byte> bytes(17);
  bytes[0] = bytes[8] = std::byte{1};
  ByteReader reader(bytes);
  reader.SkipPadding(8);
  EXPECT_EQ(reader.offset(), 0u);
  reader.ReadU8();
  reader.SkipPadding(8);
  EXPECT_EQ(reader.offset(), 8u);
  reader.Skip(8);
  reader.SkipPadding(8);
  EXPECT_EQ(reader.offset(), 16u);
  EXPECT_TRUE(reader.ok());
}

TEST(ByteReader, RefusesPaddingThatIsNotZero) {
  for (size_t dirty = 3; dirty < 8; ++dirty) {
    std::vector<std::byte> bytes(8);
    bytes[dirty] = std::byte{0x80};
    ByteReader reader(bytes);
    reader.Skip(3);
    reader.SkipPadding(8);
    EXPECT_EQ(std::string(reader.status("kills").message()),
              "kills: offset 3: expected 5 zero bytes, found others");
    EXPECT_EQ(reader.ReadU8(), 0);
    EXPECT_FALSE(reader.ok());
  }
}

TEST(ByteReader, RefusesPaddingThatIsCutOff) {
  const std::vector<std::byte> bytes(7);
  ByteReader reader(bytes);
  reader.Skip(3);
  reader.SkipPadding(8);
  EXPECT_EQ(std::string(reader.status("kills").message()),
            "kills: offset 3: expected 5 bytes, found 4");
}

TEST(ByteReader, KeepsItsFirstFailure) {
  const std::vector<std::byte> bytes = Counting(4);
  ByteReader reader(bytes);
  reader.SkipZeros(2);
  reader.Skip(100);
  EXPECT_EQ(std::string(reader.status("x").message()),
            "x: offset 0: expected 2 zero bytes, found others");
}

}  // namespace
}  // namespace tape::format
