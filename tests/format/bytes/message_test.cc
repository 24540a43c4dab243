#include "format/bytes/message.h"

#include <gtest/gtest.h>

namespace tape::format {
namespace {

TEST(Message, JoinsTextAndNumbers) {
  EXPECT_EQ(Concat("block ", 3, " of ", std::string("c0001"), ": ", int64_t{-1}),
            "block 3 of c0001: -1");
}

TEST(Message, PrintsHexWithoutLeadingZeros) {
  EXPECT_EQ(Hex(0), "0x0");
  EXPECT_EQ(Hex(0xDEADBEEF), "0xdeadbeef");
}

}  // namespace
}  // namespace tape::format
