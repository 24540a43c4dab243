#include "format/kernels/packing.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/format/kernels/every_level.h"

namespace tape::format {
namespace {

class Packing : public EveryLevel {
 protected:
  // Packed bytes start 8 bytes into an allocation and end with it.
  struct Block {
    std::vector<std::byte> bytes;
    std::byte* packed() { return bytes.data() + 8; }
  };

  Block PackBlock(const std::vector<uint64_t>& u, unsigned width) const {
    Block block{std::vector<std::byte>(8 + PackedBytes(u.size(), width), std::byte{0xA5})};
    Pack(kernels(), u.data(), u.size(), width, block.packed());
    return block;
  }
};
TAPE_EVERY_LEVEL(Packing);

std::vector<uint64_t> Masked(std::vector<uint64_t> words, unsigned width) {
  for (uint64_t& word : words) word &= LowBits(width);
  return words;
}

// The layout spelled out bit by bit.
std::vector<std::byte> PackedByDefinition(const std::vector<uint64_t>& u, unsigned width) {
  std::vector<std::byte> bytes(PackedBytes(u.size(), width));
  for (size_t i = 0; i < u.size(); ++i) {
    for (unsigned b = 0; b < width; ++b) {
      size_t bit = i * width + b;
      if (u.size() == kBlockRows) {
        const size_t in_lane = i / 16 * width + b;
        bit = (in_lane / 64 * 16 + i % 16) * 64 + in_lane % 64;
      }
      if ((u[i] >> b & 1) != 0) bytes[bit / 8] |= std::byte{1} << (bit % 8);
    }
  }
  return bytes;
}

TEST(PackedBytes, IsWholeWordsAndExactlyWidthTimes128ForAFullBlock) {
  EXPECT_EQ(PackedBytes(0, 64), 0u);
  EXPECT_EQ(PackedBytes(1, 0), 0u);
  EXPECT_EQ(PackedBytes(1, 1), 8u);
  EXPECT_EQ(PackedBytes(64, 1), 8u);
  EXPECT_EQ(PackedBytes(65, 1), 16u);
  EXPECT_EQ(PackedBytes(3, 64), 24u);
  for (unsigned width = 0; width <= 64; ++width) EXPECT_EQ(PackedBytes(1024, width), 128u * width);
}

TEST_P(Packing, WritesTheLayoutBitByBit) {
  for (unsigned width = 0; width <= 64; ++width) {
    for (size_t count : {1u, 2u, 63u, 64u, 65u, 1023u, 1024u}) {
      const std::vector<uint64_t> u = Words(count, width * 7919 + count);
      Block block = PackBlock(u, width);
      const std::vector<std::byte> expected = PackedByDefinition(u, width);
      ASSERT_EQ(expected.size() + 8, block.bytes.size());
      ASSERT_TRUE(std::equal(expected.begin(), expected.end(), block.packed()))
          << "width " << width << " count " << count;
      ASSERT_EQ(block.bytes[7], std::byte{0xA5}) << "wrote in front of the block";
    }
  }
}

TEST_P(Packing, GivesBackEveryWidthAndCount) {
  for (unsigned width = 0; width <= 64; ++width) {
    for (size_t count : Counts()) {
      if (count > kBlockRows) continue;
      const std::vector<uint64_t> u = Masked(Words(count, width + count), width);
      Block block = PackBlock(u, width);
      std::vector<uint64_t> out(count, 0xDEAD);
      Unpack(kernels(), block.packed(), count, width, out.data());
      ASSERT_EQ(out, u) << "width " << width << " count " << count;
    }
  }
}

TEST_P(Packing, GivesBackSingleValues) {
  for (unsigned width = 0; width <= 64; ++width) {
    for (size_t count : {1u, 65u, 1023u, 1024u}) {
      const std::vector<uint64_t> u = Masked(Words(count, width), width);
      Block block = PackBlock(u, width);
      for (size_t i = 0; i < count; ++i) {
        ASSERT_EQ(UnpackOne(block.packed(), count, width, i), u[i])
            << "width " << width << " count " << count << " index " << i;
      }
    }
  }
}

struct Line {
  uint64_t base;
  uint64_t scale;
};
constexpr Line kLines[] = {{0, 1},
                           {12345, 1},
                           {~uint64_t{0} - 5, 1},
                           {uint64_t{1} << 63, 1},
                           {0, 100},
                           {uint64_t{0} - 77, 2500},
                           {3, ~uint64_t{0}},
                           {99, 0x9E3779B97F4A7C15}};

template <typename T, typename Kernel>
void ExpectUnpacks(Kernel kernel, const std::byte* packed, const std::vector<uint64_t>& u,
                   unsigned width) {
  for (const Line& line : kLines) {
    std::vector<T> expected;
    for (uint64_t value : u) expected.push_back(static_cast<T>(line.base + line.scale * value));
    std::vector<T> out(1 + kBlockRows);  // one element in, so that the output is not aligned
    kernel(packed, width, line.base, line.scale, out.data() + 1);
    ASSERT_TRUE(std::equal(expected.begin(), expected.end(), out.begin() + 1))
        << "width " << width << " base " << line.base << " scale " << line.scale;
  }
}

TEST_P(Packing, UnpacksOntoAnyLineAndIntoAnyElement) {
  for (unsigned width = 0; width <= 64; ++width) {
    const std::vector<uint64_t> u = Masked(Words(kBlockRows, width + 1000), width);
    Block block = PackBlock(u, width);
    ExpectUnpacks<int64_t>(kernels().unpack_full_64, block.packed(), u, width);
    ExpectUnpacks<int32_t>(kernels().unpack_full_32, block.packed(), u, width);
    ExpectUnpacks<int16_t>(kernels().unpack_full_16, block.packed(), u, width);
    ExpectUnpacks<uint8_t>(kernels().unpack_full_8, block.packed(), u, width);
  }
}

uint64_t Unzigzag(uint64_t u) { return (u >> 1) ^ (0 - (u & 1)); }

TEST_P(Packing, UnpacksDeltasIntoRunningSums) {
  for (unsigned width = 0; width <= 64; ++width) {
    const std::vector<uint64_t> u = Masked(Words(kBlockRows, width + 2000), width);
    Block block = PackBlock(u, width);
    for (const Line& line : kLines) {
      const DeltaFrame frame = {0x123456789ABCDEF0, line.base, line.scale};
      std::vector<int64_t> plain(kBlockRows), zigzag(kBlockRows), out(kBlockRows);
      uint64_t sum = frame.start, zigzag_sum = frame.start;
      for (size_t i = 0; i < kBlockRows; ++i) {
        plain[i] = static_cast<int64_t>(sum += frame.scale * (frame.base + u[i]));
        zigzag_sum += frame.scale * (frame.base + Unzigzag(u[i]));
        zigzag[i] = static_cast<int64_t>(zigzag_sum);
      }
      kernels().unpack_delta_full_64(block.packed(), width, frame, out.data());
      ASSERT_EQ(out, plain) << "width " << width;
      kernels().unpack_zigzag_delta_full_64(block.packed(), width, frame, out.data());
      ASSERT_EQ(out, zigzag) << "width " << width;
    }
  }
}

TEST_P(Packing, FiltersPackedValues) {
  for (unsigned width = 0; width <= 64; ++width) {
    const std::vector<uint64_t> u = Masked(Words(kBlockRows, width + 3000), width);
    Block block = PackBlock(u, width);
    const uint64_t largest = LowBits(width);
    const uint64_t bounds[][2] = {{0, 0},
                                  {1, 0},
                                  {0, largest},
                                  {0, ~uint64_t{0}},
                                  {largest, largest},
                                  {largest, ~uint64_t{0}},
                                  {largest + 1, ~uint64_t{0}},
                                  {u[5], u[5]},
                                  {std::min(u[1], u[2]), std::max(u[1], u[2])},
                                  {std::max(u[1], u[2]), std::min(u[1], u[2])},
                                  {1, largest / 2},
                                  {largest / 2, ~uint64_t{0} - 1}};
    for (const auto& [lo, hi] : bounds) {
      std::vector<uint64_t> bitmap = DirtyBitmap(kBlockRows);
      kernels().filter_full(block.packed(), width, lo, hi, bitmap.data());
      const uint64_t low = lo, high = hi;
      ASSERT_EQ(bitmap,
                ExpectedBitmap(kBlockRows, [&](size_t i) { return low <= u[i] && u[i] <= high; }))
          << "width " << width << " from " << lo << " to " << hi;
    }
  }
}

}  // namespace
}  // namespace tape::format
