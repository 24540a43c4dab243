#include "tape/uuid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace tape {
namespace {

constexpr char kText[] = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";

TEST(Uuid, ParsesEverySpellingToTheSameValue) {
  const char* spellings[] = {
      kText,
      "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
      "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
      "{A0eebc999c0b4ef8bb6d6bb9bd380a11}",
      "a0eebc999c0b4ef8bb6d6bb9bd380a11",
      "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
      "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}",
  };
  for (const char* text : spellings) {
    const absl::StatusOr<Uuid> id = Uuid::Parse(text);
    ASSERT_TRUE(id.ok()) << id.status();
    EXPECT_EQ(id->ToString(), kText) << text;
  }
}

TEST(Uuid, RefusesTextThatIsNone) {
  const char* bad[] = {
      "",
      "{",
      "{}",
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",    // a digit short
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111",  // one too many
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g",   // no digit
      "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",  // open brace
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",  // close brace
      "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11]",
      "a0eebc99--9c0b-4ef8-bb6d-6bb9bd380a11",  // two dashes
      "-a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-",
      "a0e-ebc999c0b4ef8bb6d6bb9bd380a11",  // a dash inside four digits
      " a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 ",
  };
  for (const char* text : bad) {
    EXPECT_EQ(Uuid::Parse(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Uuid, SaysWhereTheTextIsWrong) {
  EXPECT_EQ(Uuid::Parse("a0eebc99-9c0b-4xf8-bb6d-6bb9bd380a11").status().message(),
            "UUID \"a0eebc99-9c0b-4xf8-bb6d-6bb9bd380a11\": \"x\" where a hexadecimal digit should "
            "be, at position 16");
}

TEST(Uuid, KeepsItsBytesInOrder) {
  std::array<uint8_t, 16> bytes;
  for (size_t i = 0; i < 16; ++i) bytes[i] = static_cast<uint8_t>(i * 17);
  const Uuid id = Uuid::FromBytes(bytes);
  EXPECT_EQ(id.ToString(), "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(id.ToBytes(), bytes);
  EXPECT_EQ(Uuid().ToString(), "00000000-0000-0000-0000-000000000000");
}

TEST(Uuid, RoundTripsAndOrdersLikeItsTextInEveryForm) {
  std::mt19937 random(3);
  std::vector<Uuid> ids(500);
  for (Uuid& id : ids) {
    std::array<uint8_t, 16> bytes;
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
    id = Uuid::FromBytes(bytes);
    EXPECT_EQ(*Uuid::Parse(id.ToString()), id);
    EXPECT_EQ(Uuid::FromOrdered(id.ToOrdered()), id);
  }
  ids.push_back(Uuid());
  ids.push_back(*Uuid::Parse("ffffffffffffffffffffffffffffffff"));
  for (const Uuid a : ids) {
    for (const Uuid b : ids) {
      const bool less = a.ToString() < b.ToString();
      ASSERT_EQ(a < b, less);
      ASSERT_EQ(a.ToOrdered() < b.ToOrdered(), less);
    }
  }
}

TEST(Uuid, MarksRandomOnesAsVersionFour) {
  for (const uint8_t fill : {0x00, 0xFF, 0x5A}) {
    std::array<uint8_t, 16> bytes;
    bytes.fill(fill);
    const std::string text = Uuid::FromRandom(bytes).ToString();
    EXPECT_EQ(text[14], '4');
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace tape
