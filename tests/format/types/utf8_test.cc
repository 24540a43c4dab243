#include "format/types/utf8.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace tape::format {
namespace {

// The other way round: decode by the bit pattern, then judge the code point.
size_t NaiveLength(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[i])); };
  if (byte(0) < 0x80) return 1;
  size_t length = 0;
  uint32_t point = 0;
  if ((byte(0) & 0xE0) == 0xC0)
    length = 2, point = byte(0) & 0x1F;
  else if ((byte(0) & 0xF0) == 0xE0)
    length = 3, point = byte(0) & 0x0F;
  else if ((byte(0) & 0xF8) == 0xF0)
    length = 4, point = byte(0) & 0x07;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    point = point << 6 | (byte(i) & 0x3F);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (point < kLeast[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return 0;
  return length;
}

TEST(Utf8, AgreesWithDecodingOnEveryFirstThreeBytes) {
  std::string text(4, '\0');
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      for (const int third : {0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF}) {
        for (const int fourth : {0x41, 0x80, 0xBF, 0xC0}) {
          text = {static_cast<char>(first), static_cast<char>(second), static_cast<char>(third),
                  static_cast<char>(fourth)};
          for (size_t size = 0; size <= 4; ++size) {
            const std::string_view part = std::string_view(text).substr(0, size);
            ASSERT_EQ(Utf8Length(part), NaiveLength(part))
                << first << " " << second << " " << third;
          }
        }
      }
    }
  }
}

TEST(Utf8, StopsAtTheFirstBadByteWhereverItLies) {
  for (size_t size = 0; size < 40; ++size) {
    std::string text(size, 'a');
    EXPECT_EQ(ValidUtf8Prefix(text), size);
    for (size_t bad = 0; bad < size; ++bad) {
      std::string broken = text;
      broken[bad] = '\xFF';
      EXPECT_EQ(ValidUtf8Prefix(broken), bad);
      EXPECT_FALSE(IsUtf8(broken));
    }
  }
  EXPECT_EQ(ValidUtf8Prefix("12345678\xE2\x82"), 8u);  // the end cuts a character
  EXPECT_TRUE(IsUtf8("12345678\xE2\x82\xAC"));
}

TEST(Utf8, AgreesWithDecodingOnRandomText) {
  std::mt19937 random(11);
  constexpr std::string_view kPieces[] = {
      "a",        "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\xA0\x80",
      "\xC0\x80", "\xF5",     "\x80",         "some ascii"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (uint32_t i = 0; i < random() % 8; ++i) text += kPieces[random() % std::size(kPieces)];
    size_t valid = 0;
    while (valid < text.size()) {
      const size_t length = NaiveLength(std::string_view(text).substr(valid));
      if (length == 0) break;
      valid += length;
    }
    ASSERT_EQ(ValidUtf8Prefix(text), valid);
  }
}

TEST(Utf8, CountsCharactersNotBytes) {
  EXPECT_EQ(CountUtf8Characters(""), 0u);
  EXPECT_EQ(CountUtf8Characters("abc"), 3u);
  EXPECT_EQ(CountUtf8Characters("h\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), 4u);
}

}  // namespace
}  // namespace tape::format
