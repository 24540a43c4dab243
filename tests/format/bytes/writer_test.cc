#include "format/bytes/writer.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <vector>

#include "format/bytes/reader.h"

namespace tape::format {
namespace {

std::vector<std::byte> Bytes(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

TEST(ByteWriter, WritesTheLeastByteFirst) {
  std::vector<std::byte> bytes;
  ByteWriter writer(bytes);
  writer.WriteU8(0x01);
  writer.WriteU16(0x0302);
  writer.WriteU32(0x07060504);
  writer.WriteI32(-2);
  EXPECT_EQ(bytes, Bytes({1, 2, 3, 4, 5, 6, 7, 0xFE, 0xFF, 0xFF, 0xFF}));
  EXPECT_EQ(writer.offset(), 11u);
}

TEST(ByteWriter, WritesWhatTheReaderReads) {
  const Int128 wide = -(static_cast<Int128>(1) << 100);
  std::vector<std::byte> bytes;
  ByteWriter writer(bytes);
  writer.WriteU8(255);
  writer.WriteU16(65535);
  writer.WriteU32(std::numeric_limits<uint32_t>::max());
  writer.WriteU64(std::numeric_limits<uint64_t>::max());
  writer.WriteI32(std::numeric_limits<int32_t>::min());
  writer.WriteI64(std::numeric_limits<int64_t>::min());
  writer.WriteI128(wide);
  writer.WriteFloat(1.25f);
  writer.WriteDouble(-1e300);
  writer.Write<int16_t>(-3);

  ByteReader reader(bytes);
  EXPECT_EQ(reader.ReadU8(), 255);
  EXPECT_EQ(reader.ReadU16(), 65535);
  EXPECT_EQ(reader.ReadU32(), std::numeric_limits<uint32_t>::max());
  EXPECT_EQ(reader.ReadU64(), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(reader.ReadI32(), std::numeric_limits<int32_t>::min());
  EXPECT_EQ(reader.ReadI64(), std::numeric_limits<int64_t>::min());
  EXPECT_TRUE(reader.ReadI128() == wide);
  EXPECT_EQ(reader.ReadFloat(), 1.25f);
  EXPECT_EQ(reader.ReadDouble(), -1e300);
  EXPECT_EQ(reader.Read<int16_t>(), -3);
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_TRUE(reader.ok());
}

TEST(ByteWriter, KeepsThePayloadOfANan) {
  const auto nan = std::bit_cast<double>(uint64_t{0x7FF8000000ABCDEF});
  std::vector<std::byte> bytes;
  ByteWriter(bytes).WriteDouble(nan);
  EXPECT_EQ(LoadLe<uint64_t>(bytes.data()), 0x7FF8000000ABCDEFu);
}

TEST(ByteWriter, PadsWithZerosToTheNextMultiple) {
  for (size_t size = 0; size <= 130; ++size) {
    std::vector<std::byte> bytes(size, std::byte{0xFF});
    ByteWriter writer(bytes);
    writer.Pad(64);
    EXPECT_EQ(bytes.size(), (size + 63) / 64 * 64);
    EXPECT_TRUE(AllZero(std::span(bytes).subspan(size)));
  }
}

TEST(ByteWriter, PadsOverWhatTheVectorHeldBefore) {
  std::vector<std::byte> bytes(64, std::byte{0xFF});
  bytes.clear();
  ByteWriter writer(bytes);
  writer.WriteU8(1);
  writer.Pad(8);
  EXPECT_EQ(bytes, Bytes({1, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(ByteWriter, AppendsBytesAfterWhatIsThere) {
  std::vector<std::byte> bytes = Bytes({9});
  ByteWriter writer(bytes);
  EXPECT_EQ(writer.offset(), 1u);
  writer.WriteBytes(Bytes({7, 8}));
  writer.WriteBytes({});
  writer.WriteZeros(2);
  EXPECT_EQ(bytes, Bytes({9, 7, 8, 0, 0}));
}

TEST(ByteWriter, PatchesWhatWasWritten) {
  std::vector<std::byte> bytes;
  ByteWriter writer(bytes);
  writer.WriteU8(1);
  const size_t at = writer.offset();
  writer.WriteU16(0);
  writer.WriteU8(2);
  writer.Patch<uint16_t>(at, writer.offset());
  EXPECT_EQ(bytes, Bytes({1, 4, 0, 2}));
}

}  // namespace
}  // namespace tape::format
