#include "tape/json.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tape/limits.h"

namespace tape {
namespace {

bool IsJson(std::string_view text) { return ValidateJson(text).ok(); }

// A grammar in its own order, recursive and slow: each function eats what it can and returns
// success.
class NaiveJson {
 public:
  static bool Accepts(std::string_view text) {
    NaiveJson json(text);
    return json.Value(0) && json.rest_.empty();
  }

 private:
  explicit NaiveJson(std::string_view text) : rest_(text) {}

  void Space() {
    while (!rest_.empty() && std::string_view(" \t\n\r").find(rest_[0]) != std::string_view::npos) {
      rest_.remove_prefix(1);
    }
  }

  bool Eat(std::string_view word) {
    if (rest_.substr(0, word.size()) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool Value(int depth) {
    Space();
    const std::string_view start = rest_;
    const auto rewind = [&] { return rest_ = start, false; };
    const bool nests = depth < kMaxJsonDepth;
    const bool good = Eat("true") || Eat("false") || Eat("null") || String() || rewind() ||
                      Number() || rewind() || (nests && (Array(depth + 1) || rewind())) ||
                      (nests && Object(depth + 1));
    Space();
    return good;
  }

  bool Array(int depth) {
    if (!Eat("[")) return false;
    Space();
    if (Eat("]")) return true;
    do {
      if (!Value(depth)) return false;
    } while (Eat(","));
    return Eat("]");
  }

  bool Object(int depth) {
    if (!Eat("{")) return false;
    Space();
    if (Eat("}")) return true;
    do {
      Space();
      if (!String()) return false;
      Space();
      if (!Eat(":") || !Value(depth)) return false;
    } while (Eat(","));
    return Eat("}");
  }

  bool Digits() {
    size_t count = 0;
    for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; ++count) rest_.remove_prefix(1);
    return count != 0;
  }

  bool Number() {
    Eat("-");
    bool good = Eat("0") || Digits();
    if (good && Eat(".")) good = Digits();
    if (good && (Eat("e") || Eat("E"))) good = (Eat("+") || Eat("-") || true) && Digits();
    return good;
  }

  bool String() {
    if (!Eat("\"")) return false;
    while (!rest_.empty()) {
      if (Eat("\"")) return true;
      if (!(Eat("\\") ? Escape() : Point())) return false;
    }
    return false;
  }

  bool Escape() {
    for (const char* one : {"\"", "\\", "/", "b", "f", "n", "r", "t"}) {
      if (Eat(one)) return true;
    }
    long unit = 0;
    if (!Eat("u") || !Hex(unit) || unit == 0) return false;
    if (unit < 0xD800 || unit > 0xDFFF) return true;
    long low = 0;
    return unit < 0xDC00 && Eat("\\u") && Hex(low) && low >= 0xDC00 && low <= 0xDFFF;
  }

  bool Hex(long& unit) {
    const std::string digits(rest_.substr(0, 4));
    if (digits.size() < 4 || digits.find_first_not_of("0123456789abcdefABCDEF") != digits.npos) {
      return false;
    }
    unit = std::stol(digits, nullptr, 16);
    rest_.remove_prefix(4);
    return true;
  }

  // One code point, decoded by its bits and then judged.
  bool Point() {
    const auto byte = [&](size_t i) {
      return static_cast<uint32_t>(static_cast<uint8_t>(rest_[i]));
    };
    if (byte(0) < 0x20) return false;
    size_t size = byte(0) < 0x80   ? 1
                  : byte(0) < 0xC0 ? 0
                  : byte(0) < 0xE0 ? 2
                  : byte(0) < 0xF0 ? 3
                                   : 4;
    if (size == 0 || byte(0) > 0xF7 || rest_.size() < size) return false;
    uint32_t point = size == 1 ? byte(0) : byte(0) & (0x7Fu >> size);
    for (size_t i = 1; i < size; ++i) {
      if ((byte(i) & 0xC0) != 0x80) return false;
      point = point << 6 | (byte(i) & 0x3F);
    }
    const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    rest_.remove_prefix(size);
    return point >= least[size] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
  }

  std::string_view rest_;
};

using Random = std::mt19937;

std::string RandomString(Random& random) {
  constexpr std::string_view kPieces[] = {"a",   "price",   "\xC3\xA9", "\xF0\x9F\x98\x80",
                                          "\\n", "\\u20ac", "\\\"",     "\\ud83d\\ude00",
                                          "0",   " "};
  std::string text = "\"";
  for (uint32_t i = random() % 4; i > 0; --i) text += kPieces[random() % std::size(kPieces)];
  return text + "\"";
}

std::string RandomValue(Random& random, int depth) {
  constexpr std::string_view kLeaves[] = {"0",    "-1",   "12.50", "1e9", "-0.0E-7",
                                          "true", "null", "false", "[]",  "{}"};
  const uint32_t kind = random() % (depth > 3 ? 3 : 6);
  if (kind < 2) return std::string(kLeaves[random() % std::size(kLeaves)]);
  if (kind == 2) return RandomString(random);
  const bool object = kind < 5;
  std::string text = object ? "{" : "[";
  for (uint32_t i = random() % 4; i > 0; --i) {
    if (object) text += RandomString(random) + (random() % 4 == 0 ? " : " : ":");
    text += RandomValue(random, depth + 1);
    if (i > 1) text += random() % 4 == 0 ? ", " : ",";
  }
  return text + (object ? "}" : "]");
}

void Mutate(Random& random, std::string& text) {
  constexpr std::string_view kBytes =
      "{}[]\",:\\ 0123456789-+.eEtrufalsn/x\x01\x7F\x80\xC3\xE2\xED\xF0\xFF";
  const size_t at = text.empty() ? 0 : random() % text.size();
  const char byte = kBytes[random() % kBytes.size()];
  switch (random() % 5) {
    case 0:
      text.insert(at, 1, byte);
      break;
    case 1:
      text.resize(at);
      break;
    case 2:
      text.erase(at, 1);
      break;
    case 3:
      text += text.substr(at, 3);
      break;
    default:
      if (!text.empty()) text[at] = byte;
  }
}

TEST(Json, AgreesWithANaiveGrammarOnMutatedDocuments) {
  Random random(17);
  int accepted = 0;
  int refused = 0;
  for (int round = 0; round < 150'000; ++round) {
    std::string text = RandomValue(random, 0);
    ASSERT_TRUE(IsJson(text)) << text;
    for (uint32_t i = random() % 4; i > 0; --i) Mutate(random, text);
    const bool expected = NaiveJson::Accepts(text);
    ASSERT_EQ(IsJson(text), expected) << text << "\n" << ValidateJson(text);
    ++(expected ? accepted : refused);
  }
  EXPECT_GT(accepted, 30'000);
  EXPECT_GT(refused, 30'000);
}

TEST(Json, TakesEveryKindOfValueAtTheTop) {
  for (const char* text : {"0", "-0", "1.5e+10", "\"\"", "true", "false", "null", "[]", "{}",
                           " [ ] ", "\t{\n}\r", "[1,[2,{\"a\":[]}]]", "{\"a\":1,\"a\":2}",
                           "\"\x7F\"", "123456789012345678901234567890.5"}) {
    EXPECT_TRUE(IsJson(text)) << text << ValidateJson(text);
  }
}

TEST(Json, RefusesWhatOtherParsersForgive) {
  for (const char* text : {"",
                           " ",
                           "[1,]",
                           "{\"a\":1,}",
                           "{,}",
                           "[,]",
                           "01",
                           "-",
                           "+1",
                           ".5",
                           "1.",
                           "1e",
                           "1e+",
                           "0x1",
                           "NaN",
                           "Infinity",
                           "-Infinity",
                           "'a'",
                           "{a:1}",
                           "// c\n1",
                           "/**/1",
                           "1 2",
                           "tru",
                           "TRUE",
                           "nulll",
                           "\xEF\xBB\xBF{}",
                           "\"\t\"",
                           "\"\n\"",
                           "[1}",
                           "{\"a\"]",
                           "]",
                           "{\"a\" 1}",
                           "\"a",
                           "\"\\x41\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\f1",
                           "[1 2]",
                           "{\"a\":1 \"b\":2}",
                           "{1:2}"}) {
    EXPECT_EQ(ValidateJson(text).code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_FALSE(IsJson(std::string_view("1\0", 2)));
  EXPECT_FALSE(IsJson(std::string_view("\"\0\"", 3)));
  EXPECT_FALSE(IsJson(std::string_view("\0", 1)));
}

TEST(Json, RefusesEscapesThatTextCannotHold) {
  EXPECT_TRUE(IsJson("\"\\ud83d\\ude00\""));
  EXPECT_TRUE(IsJson("\"\\uD7FF\\uE000\\uFFFF\\u0001\""));
  for (const char* text :
       {"\"\\u0000\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83dx\"", "\"\\ud83d\\n\"",
        "\"\\ud83d\\ud83d\"", "\"\\ude00\\ud83d\"", "\"\\ud83d\\u0041\"", "{\"\\u0000\":1}"}) {
    EXPECT_EQ(ValidateJson(text).code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Json, SaysWhatWasExpectedAndWhere) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "JSON: the end where a value should be, at position 1"},
      {"{\"bids\": [101.25,]}", "JSON: \"]\" where a value should be, at position 18"},
      {"{\"a\":1 x", "JSON: \"x\" where ',' or '}' should be, at position 8"},
      {"[1 2]", "JSON: \"2\" where ',' or ']' should be, at position 4"},
      {"[x", "JSON: \"x\" where a value or ']' should be, at position 2"},
      {"{x", "JSON: \"x\" where a string or '}' should be, at position 2"},
      {"{\"a\":1,}", "JSON: \"}\" where a string should be, at position 8"},
      {"{\"a\"}", "JSON: \"}\" where ':' should be, at position 5"},
      {"tru", "JSON: \"t\" where a value should be, at position 1"},
      {"1.e", "JSON: \"e\" where a digit should be, at position 3"},
      {"00", "JSON: \"0\" where the end should be, at position 2"},
      {"\"ab", "JSON: the end where the closing '\"' should be, at position 4"},
      {"\"\xFF\"", "JSON: \"\\xff\" where valid UTF-8 should be, at position 2"},
      {"\"\x01\"", "JSON: \"\\x01\" where no bare control character should be, at position 2"},
      {"\"\\q\"", "JSON: \"q\" where one of \" \\ / b f n r t u should be, at position 3"},
      {"\"\\u0000\"", "JSON: \"0\" where any character but \\u0000 should be, at position 4"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(ValidateJson(text).message(), message);
}

TEST(Json, BoundsDepthAndSizeWithoutRecursion) {
  const auto nested = [](size_t depth, const std::string& open, const std::string& close) {
    std::string text;
    for (size_t i = 0; i < depth; ++i) text += open;
    text += "1";
    for (size_t i = 0; i < depth; ++i) text += close;
    return text;
  };
  EXPECT_TRUE(IsJson(nested(kMaxJsonDepth, "[", "]")));
  EXPECT_TRUE(IsJson(nested(kMaxJsonDepth, "{\"a\":", "}")));
  EXPECT_EQ(ValidateJson(nested(kMaxJsonDepth + 1, "[", "]")).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ValidateJson(nested(400'000, "[", "]")).code(), absl::StatusCode::kResourceExhausted);
  std::string largest(kMaxValueBytes, 'a');
  largest.front() = largest.back() = '"';
  EXPECT_TRUE(IsJson(largest));
  EXPECT_EQ(ValidateJson(largest + " ").code(), absl::StatusCode::kResourceExhausted);
}

TEST(Json, StopsAtEveryTruncation) {
  const std::string text =
      R"({"a": [1, -2.5e3, "x\u20ac\ud83d\ude00"], "b": {"c": null, "d": true}})";
  ASSERT_TRUE(IsJson(text));
  for (size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(IsJson(text.substr(0, size))) << size;
}

TEST(JsonString, EscapesWhatJsonNeedsEscaped) {
  EXPECT_EQ(JsonString(""), "\"\"");
  EXPECT_EQ(JsonString("a\"b\\c/"), "\"a\\\"b\\\\c/\"");
  EXPECT_EQ(JsonString("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"");
  EXPECT_EQ(JsonString(std::string_view("\0\x1F\x7F", 3)), "\"\\u0000\\u001f\x7F\"");
  EXPECT_EQ(JsonString("\xE2\x82\xAC"), "\"\xE2\x82\xAC\"");
  EXPECT_EQ(JsonString("a\xFFz\xE2\x82"), "\"a\\ufffdz\\ufffd\\ufffd\"");
  std::string out = "x";
  AppendJsonString("y", out);
  EXPECT_EQ(out, "x\"y\"");
}

TEST(JsonString, IsJsonWhateverTheBytesButForNul) {
  Random random(19);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (uint32_t i = random() % 12; i > 0; --i)
      text.push_back(static_cast<char>(random() % 255 + 1));
    ASSERT_TRUE(IsJson(JsonString(text))) << JsonString(text);
  }
}

}  // namespace
}  // namespace tape
