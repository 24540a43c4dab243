#include "format/bytes/zero_padding.h"

#include <gtest/gtest.h>

#include <vector>

namespace tape::format {
namespace {

TEST(AllZero, IsTrueOfNothing) { EXPECT_TRUE(AllZero({})); }

TEST(AllZero, SeesAnyByteOfAnyLength) {
  for (size_t size = 1; size <= 200; ++size) {
    std::vector<std::byte> bytes(size);
    ASSERT_TRUE(AllZero(bytes)) << size;
    for (size_t at = 0; at < size; ++at) {
      bytes[at] = std::byte{0x80};
      ASSERT_FALSE(AllZero(bytes)) << size << " " << at;
      bytes[at] = std::byte{0};
    }
  }
}

TEST(AllZero, IsFalseOfEqualBytesThatAreNotZero) {
  EXPECT_FALSE(AllZero(std::vector<std::byte>(64, std::byte{1})));
}

}  // namespace
}  // namespace tape::format
