#include "tape/bytea.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace tape {
namespace {

std::string Bytes(std::initializer_list<int> bytes) {
  std::string out;
  for (const int byte : bytes) out.push_back(static_cast<char>(byte));
  return out;
}

TEST(Bytea, ReadsTheHexFormat) {
  EXPECT_EQ(*ParseBytea("\\x"), "");
  EXPECT_EQ(*ParseBytea("\\xdeadBEEF"), Bytes({0xDE, 0xAD, 0xBE, 0xEF}));
  EXPECT_EQ(*ParseBytea("\\x00 01\t02\n03 "), Bytes({0, 1, 2, 3}));
}

TEST(Bytea, ReadsTheEscapeFormat) {
  EXPECT_EQ(*ParseBytea(""), "");
  EXPECT_EQ(*ParseBytea("plain \xFF text"), "plain \xFF text");
  EXPECT_EQ(*ParseBytea("a\\\\b"), "a\\b");
  EXPECT_EQ(*ParseBytea("\\000\\377\\1012"), Bytes({0, 0xFF, 'A', '2'}));
  EXPECT_EQ(*ParseBytea("\\\\x41"), "\\x41");
  EXPECT_EQ(*ParseBytea(std::string_view("a\0b", 3)), std::string("a\0b", 3));
}

TEST(Bytea, RefusesWhatIsNeither) {
  const char* bad[] = {"\\x0", "\\x0g", "\\x0 0", "\\xg0", "\\x00-01", "\\X00", "\\",     "a\\",
                       "\\1",  "\\12",  "\\400",  "\\08a", "\\78",     "\\n",   "\\\\\\", "\\12x"};
  for (const char* text : bad) {
    EXPECT_EQ(ParseBytea(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Bytea, SaysWhereTheTextIsWrong) {
  EXPECT_EQ(ParseBytea("\\x0q").status().message(),
            "BYTEA \"\\x5cx0q\": \"q\" where a hexadecimal digit should be, at position 4");
}

TEST(Bytea, RoundTripsEveryByte) {
  std::mt19937 random(5);
  for (int size = 0; size < 300; ++size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes.push_back(static_cast<char>(size == 256 ? i : random()));
    const std::string text = PrintBytea(bytes);
    EXPECT_EQ(text.size(), 2 + 2 * bytes.size());
    EXPECT_EQ(*ParseBytea(text), bytes);
  }
  EXPECT_EQ(PrintBytea(Bytes({0x00, 0xAB})), "\\x00ab");
}

}  // namespace
}  // namespace tape
