#include "engine/io/memory/sparse_bytes.h"

#include <algorithm>
#include <vector>

#include "engine/io/chance.h"
#include "tests/engine/io/io_test_support.h"

namespace tape::engine {
namespace {

std::vector<std::byte> All(const SparseBytes& bytes) {
  std::vector<std::byte> all(bytes.size(), std::byte{'?'});
  bytes.Read(0, all);
  return all;
}

TEST(SparseBytes, ZerosHaveNoPages) {
  SparseBytes bytes;
  bytes.Resize(uint64_t{1} << 40);
  bytes.Write(123456, std::vector<std::byte>(100000));
  EXPECT_TRUE(bytes.Pages().empty());
  bytes.Write(2 * 4096, Bytes("x"));
  bytes.Write(4095, Bytes("yz"));
  EXPECT_EQ(bytes.Pages(), (std::vector<uint64_t>{0, 1, 2}));
  bytes.Resize(4096);
  EXPECT_EQ(bytes.Pages(), (std::vector<uint64_t>{0}));
}

// Copies, and copies of copies, each held to a plain vector.
TEST(SparseBytes, AreLikeAVectorHoweverTheyAreCopied) {
  struct Pair {
    SparseBytes sparse;
    std::vector<std::byte> plain;
  };
  Chance chance(1);
  std::vector<Pair> pairs(4);
  for (int i = 0; i < 20000; ++i) {
    Pair& pair = pairs[chance.Below(pairs.size())];
    const uint64_t at = chance.Below(20000);
    switch (chance.Below(8)) {
      case 0:
        pair.sparse.Resize(at);
        pair.plain.resize(at);
        break;
      case 1:
        pair = pairs[chance.Below(pairs.size())];
        break;
      case 2:
        ASSERT_EQ(All(pair.sparse), pair.plain);
        break;
      default:
        const std::vector<std::byte> bytes(chance.Below(6000), static_cast<std::byte>(i % 3));
        if (bytes.empty()) break;
        pair.sparse.Write(at, bytes);
        pair.plain.resize(std::max(pair.plain.size(), at + bytes.size()));
        std::copy(bytes.begin(), bytes.end(), pair.plain.begin() + static_cast<ptrdiff_t>(at));
    }
  }
  for (const Pair& pair : pairs) EXPECT_EQ(All(pair.sparse), pair.plain);
}

}  // namespace
}  // namespace tape::engine
