#include "tape/inet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace tape {
namespace {

Inet Parsed(std::string_view text) {
  const absl::StatusOr<Inet> inet = Inet::Parse(text);
  EXPECT_TRUE(inet.ok()) << inet.status();
  return inet.value_or(Inet());
}

TEST(Inet, PrintsOneCanonicalSpelling) {
  const std::pair<const char*, const char*> cases[] = {
      {"0.0.0.0", "0.0.0.0"},
      {"192.168.1.17", "192.168.1.17"},
      {"192.168.1.17/32", "192.168.1.17"},
      {"192.168.1.17/24", "192.168.1.17/24"},
      {"255.255.255.255/0", "255.255.255.255/0"},
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"::/0", "::/0"},
      {"::1/128", "::1"},
      {"2001:DB8:0:0:0:0:0:1/64", "2001:db8::1/64"},
      {"2001:0db8::0001", "2001:db8::1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // one zero group stays
      {"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},        // the longest run
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},  // the first of two equal ones
      {"1:0:0:0:0:0:0:0", "1::"},
      {"0:0:0:0:0:0:0:1", "::1"},
      {"0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"},
      {"1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0"},
      {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
      {"::FFFF:c000:0201", "::ffff:192.0.2.1"},
      {"::192.0.2.1", "::c000:201"},
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
      {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
      {"1:2:3:4:5::1.2.3.4", "1:2:3:4:5:0:102:304"},
      {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
      {"1::2:3:4:5:6:7", "1:0:2:3:4:5:6:7"},
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
      {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
  };
  for (const auto& [text, canonical] : cases) {
    EXPECT_EQ(Parsed(text).ToString(), canonical) << text;
    EXPECT_EQ(Parsed(canonical), Parsed(text)) << text;
  }
}

constexpr const char* kBadVersion4[] = {
    "",         " ",          "1",          "1.2.3",      "1.2.3.4.5",  "1.2.3.",
    ".1.2.3",   "1..2.3",     "256.1.1.1",  "1.1.1.1000", "01.2.3.4",   "1.2.3.00",
    "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/08", "1.2.3.4/8x", "1.2.3.4/8/8",
    "1.2.3.4 ", " 1.2.3.4",   "0x1.2.3.4",  "a.b.c.d",    "10.1/16",    "1.2.3.4%eth0"};

constexpr const char* kBadVersion6[] = {":",
                                        ":::",
                                        "1:",
                                        ":1",
                                        "1::2::3",
                                        "::1::",
                                        "1:2:3:4:5:6:7",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1:2:3:4:5:6:7:",
                                        ":2:3:4:5:6:7:8",
                                        "1:2:3:4:5:6:7:8::",
                                        "::1:2:3:4:5:6:7:8",
                                        "12345::",
                                        "g::",
                                        "::1/129",
                                        "::1/",
                                        "::1%eth0",
                                        "[::1]",
                                        "::1]:80",
                                        "::1.2.3",
                                        "::1.2.3.4.5",
                                        "::1.2.3.4:5",
                                        "::256.1.1.1",
                                        "1:2:3:4:5:6:7:1.2.3.4",
                                        "1:2:3:4:5:6:7::1.2.3.4",
                                        "::1 ",
                                        "1.2.3.4::",
                                        "::1:",
                                        "1:::2",
                                        "1::2:",
                                        "::12345",
                                        "1.2.3.4:80"};

void ExpectRefused(const char* text) {
  EXPECT_EQ(Inet::Parse(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
}

TEST(Inet, RefusesJunk) {
  for (const char* text : kBadVersion4) ExpectRefused(text);
  for (const char* text : kBadVersion6) ExpectRefused(text);
  EXPECT_FALSE(Inet::Parse(std::string_view("1.2.3.4\0", 8)).ok());
  EXPECT_FALSE(Inet::Parse(std::string_view("::1\0", 4)).ok());
}

TEST(Inet, SaysWhereTheTextIsWrong) {
  EXPECT_EQ(Inet::Parse("10.0.0.256").status().message(),
            "INET \"10.0.0.256\": \"2\" where a number from 0 to 255 without leading zeros should "
            "be, at position 8");
  EXPECT_EQ(Inet::Parse("2001:db8::g").status().message(),
            "INET \"2001:db8::g\": \"g\" where the end should be, at position 11");
  EXPECT_EQ(Inet::Parse("1:2:3").status().message(), "INET \"1:2:3\": ends where ':' should be");
}

Inet RandomInet(std::mt19937& random) {
  const bool v4 = random() % 2 == 0;
  std::string text;
  // Few different values, so that prefixes of one another and equal networks are common.
  for (int i = 0; i < (v4 ? 4 : 8); ++i) {
    const uint32_t part = random() % 3 == 0 ? random() % (v4 ? 256 : 65'536) : random() % 2 * 128;
    if (i != 0) text += v4 ? '.' : ':';
    char buffer[8];
    std::snprintf(buffer, sizeof(buffer), v4 ? "%u" : "%x", part);
    text += buffer;
  }
  const uint32_t most = v4 ? 32 : 128;
  if (random() % 2 == 0) text.append("/").append(std::to_string(random() % (most + 1)));
  return Parsed(text);
}

bool Bit(const Inet& inet, int bit) {
  return (inet.address()[static_cast<size_t>(bit) / 8] >> (7 - bit % 8) & 1) != 0;
}

// PostgreSQL's order, bit by bit.
bool NaiveLess(const Inet& a, const Inet& b) {
  if (a.IsV4() != b.IsV4()) return a.IsV4();
  for (int i = 0; i < std::min(a.prefix_length(), b.prefix_length()); ++i) {
    if (Bit(a, i) != Bit(b, i)) return Bit(b, i);
  }
  if (a.prefix_length() != b.prefix_length()) return a.prefix_length() < b.prefix_length();
  return std::lexicographical_compare(a.address().begin(), a.address().end(), b.address().begin(),
                                      b.address().end());
}

TEST(Inet, StoresBytesInPostgresOrder) {
  std::mt19937 random(23);
  std::vector<Inet> inets(600);
  for (Inet& inet : inets) inet = RandomInet(random);
  for (const Inet& a : inets) {
    for (const Inet& b : inets) {
      const bool less = NaiveLess(a, b);
      ASSERT_EQ(a.ToBytes() < b.ToBytes(), less) << a.ToString() << " " << b.ToString();
      ASSERT_EQ(a < b, less);
      ASSERT_EQ(a == b, !less && !NaiveLess(b, a));
    }
  }
}

TEST(Inet, RoundTripsThroughTextAndBytes) {
  std::mt19937 random(29);
  for (int round = 0; round < 20'000; ++round) {
    const Inet inet = RandomInet(random);
    EXPECT_EQ(Parsed(inet.ToString()), inet);
    const std::string bytes = inet.ToBytes();
    EXPECT_LE(bytes.size(), Inet::kMaxBytes);
    const absl::StatusOr<Inet> again = Inet::FromBytes(bytes);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(*again, inet);
  }
}

TEST(Inet, KeepsPlainAddressesShort) {
  EXPECT_EQ(Parsed("10.1.2.3").ToBytes(), std::string("\x04\x0A\x01\x02\x03\x20", 6));
  EXPECT_EQ(Parsed("10.1.2.3/8").ToBytes(),
            std::string("\x04\x0A\x00\x00\x00\x08\x00\x01\x02\x03", 10));
  EXPECT_EQ(Parsed("10.0.0.0/8").ToBytes().size(), 6u);
  EXPECT_EQ(Parsed("::1").ToBytes().size(), 18u);
  EXPECT_EQ(Parsed("::1/0").ToBytes().size(), 34u);
  EXPECT_EQ(Inet().ToString(), "0.0.0.0");
}

// Whatever bytes are accepted are the ones that ToBytes writes.
TEST(Inet, RefusesBytesItDoesNotWrite) {
  const std::string bad[] = {
      "",
      "\x05",
      "\x04",
      std::string("\x04\x0A\x01\x02\x03\x21", 6),                   // prefix 33
      std::string("\x04\x0A\x01\x02\x03\x08", 6),                   // host bits before it
      std::string("\x04\x0A\x00\x00\x00\x08\x00\x00\x00\x00", 10),  // a host part of zeros
      std::string("\x04\x0A\x00\x00\x00\x08\x01\x00\x00\x00", 10),  // network bits after it
      std::string("\x04\x0A\x01\x02\x03\x20\x00", 7),
      std::string(18, '\0'),
      std::string(35, '\x06')};
  for (const std::string& bytes : bad) {
    EXPECT_EQ(Inet::FromBytes(bytes).status().code(), absl::StatusCode::kDataLoss);
  }
  std::mt19937 random(31);
  int accepted = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::string bytes = RandomInet(random).ToBytes();
    bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
    const absl::StatusOr<Inet> inet = Inet::FromBytes(bytes);
    if (inet.ok()) {
      ASSERT_EQ(inet->ToBytes(), bytes);
      ++accepted;
    } else {
      ASSERT_EQ(inet.status().code(), absl::StatusCode::kDataLoss);
    }
  }
  EXPECT_GT(accepted, 1000);
  EXPECT_LT(accepted, 49'000);
}

}  // namespace
}  // namespace tape
