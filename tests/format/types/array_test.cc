#include "tape/array.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tape/limits.h"

namespace tape {
namespace {

using Elements = std::vector<std::optional<std::string>>;
constexpr std::nullopt_t kNull = std::nullopt;

Elements Parsed(std::string_view text) {
  const absl::StatusOr<Elements> elements = ParseArrayText(text);
  EXPECT_TRUE(elements.ok()) << elements.status();
  return elements.value_or(Elements{"not parsed"});
}

TEST(ArrayText, ReadsWhatPostgresReads) {
  const std::pair<const char*, Elements> cases[] = {
      {"{}", {}},
      {" { } ", {}},
      {"{a}", {"a"}},
      {"{1,2,3}", {"1", "2", "3"}},
      {" {\ta , b\n} ", {"a", "b"}},
      {"{a b, c}", {"a b", "c"}},
      {"{\"a,b\",\"{}\",\"\"}", {"a,b", "{}", ""}},
      {R"({"a\"b","a\\b","\a"})", {"a\"b", "a\\b", "a"}},
      {R"({a\,b,\{,\",x\\})", {"a,b", "{", "\"", "x\\"}},
      {R"({\ a\ ,b})", {" a ", "b"}},
      {"{NULL,null,Null}", {kNull, kNull, kNull}},
      {"{\"NULL\",nul,nulls,\\null}", {"NULL", "nul", "nulls", "null"}},
      {"{\" a \" , b}", {" a ", "b"}},
      {"{[}", {"["}},
      {"{h\xC3\xA9}", {"h\xC3\xA9"}},
  };
  for (const auto& [text, elements] : cases) EXPECT_EQ(Parsed(text), elements) << text;
}

TEST(ArrayText, RefusesWhatPostgresRefusesAndSeveralDimensions) {
  for (const char* text : {"",
                           " ",
                           "a",
                           "{",
                           "}",
                           "{a",
                           "{a,",
                           "{a,}",
                           "{,a}",
                           "{,}",
                           "{a,,b}",
                           "{a}b",
                           "{a}}",
                           "{{a}}",
                           "{a,{b}}",
                           "{}{}",
                           "[0:1]={a,b}",
                           "{\"a}",
                           "{\"a\"b}",
                           "{\"a\" b}",
                           "{a\"b\"}",
                           "{\"a\"\"b\"}",
                           "{a\\",
                           "{\"a\\",
                           "{\"a\\\"}",
                           "{ ,}",
                           "{a, }",
                           "a,b",
                           "{a b\"c\"}",
                           "{{}}"}) {
    EXPECT_EQ(ParseArrayText(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(ArrayText, SaysWhereTheTextIsWrong) {
  EXPECT_EQ(ParseArrayText("{a,,b}").status().message(),
            "array \"{a,,b}\": \",\" where an element should be, at position 4");
  EXPECT_EQ(ParseArrayText("{a,{b}}").status().message(),
            "array \"{a,{b}}\": \"{\" where an element of a one-dimensional array should be, at "
            "position 4");
}

TEST(ArrayText, PrintsQuotesOnlyWherePostgresDoes) {
  const std::pair<Elements, const char*> cases[] = {
      {{}, "{}"},
      {{"read", "trade"}, "{read,trade}"},
      {{kNull, "NULL", "null", "nul"}, "{NULL,\"NULL\",\"null\",nul}"},
      {{"", " ", "a b", "a\tb", "\v"}, "{\"\",\" \",\"a b\",\"a\tb\",\"\v\"}"},
      {{"a,b", "{", "}", "a\"b", "a\\b"}, "{\"a,b\",\"{\",\"}\",\"a\\\"b\",\"a\\\\b\"}"},
      {{"[1]", "'x'", "-1.5", "h\xC3\xA9"}, "{[1],'x',-1.5,h\xC3\xA9}"},
  };
  for (const auto& [elements, text] : cases) EXPECT_EQ(PrintArrayText(elements), text);
}

TEST(ArrayText, RoundTripsRandomElements) {
  std::mt19937 random(37);
  constexpr std::string_view kBytes = "ab ,{}\"\\\t\nNULnul\xC3\xA9\x01[]'";
  for (int round = 0; round < 30'000; ++round) {
    Elements elements(random() % 6);
    for (std::optional<std::string>& element : elements) {
      if (random() % 5 == 0) continue;
      element.emplace();
      if (random() % 8 == 0) element = "NuLL";
      for (uint32_t i = random() % 6; i > 0; --i)
        element->push_back(kBytes[random() % kBytes.size()]);
    }
    ASSERT_EQ(Parsed(PrintArrayText(elements)), elements) << PrintArrayText(elements);
  }
}

TEST(ArrayText, BoundsTheNumberOfElements) {
  std::string text = "{0";
  for (uint32_t i = 1; i < kMaxArrayElements; ++i) text += ",0";
  EXPECT_EQ(Parsed(text + "}").size(), kMaxArrayElements);
  EXPECT_EQ(ParseArrayText(text + ",0}").status().code(), absl::StatusCode::kResourceExhausted);
}

template <typename T>
class ArrayOf : public ::testing::Test {};
using Fixed = ::testing::Types<uint8_t, int16_t, int32_t, int64_t, Int128, float, double, uint32_t>;
TYPED_TEST_SUITE(ArrayOf, Fixed);

TYPED_TEST(ArrayOf, ReadsBackWhatWasBuilt) {
  constexpr Physical kElement = kPhysicalOf<TypeParam>;
  std::mt19937 random(41);
  for (const size_t size : {0u, 1u, 7u, 8u, 9u, 1000u}) {
    for (const uint32_t null_every : {0u, 1u, 3u}) {
      ArrayBuilder builder(kElement);
      std::vector<std::optional<TypeParam>> expected;
      for (size_t i = 0; i < size; ++i) {
        const auto value =
            static_cast<TypeParam>(kElement == Physical::kBool ? 1 : random() % 99 + 1);
        const bool is_null = null_every != 0 && random() % null_every == 0;
        is_null ? builder.AppendNull() : static_cast<void>(builder.Append(value));
        expected.push_back(is_null ? std::nullopt : std::optional(value));
      }
      const absl::StatusOr<std::string> bytes = builder.Build();
      ASSERT_TRUE(bytes.ok()) << bytes.status();
      const absl::StatusOr<ArrayView> array = ArrayView::Parse(kElement, *bytes);
      ASSERT_TRUE(array.ok()) << array.status();
      ASSERT_EQ(array->size(), size);
      for (size_t i = 0; i < size; ++i) {
        ASSERT_EQ(array->IsNull(i), !expected[i].has_value());
        ASSERT_TRUE(array->template Value<TypeParam>(i) == expected[i].value_or(TypeParam{}));
        ASSERT_EQ(array->Bytes(i), "");
      }
    }
  }
}

TYPED_TEST(ArrayOf, RefusesAnotherElementType) {
  constexpr Physical kElement = kPhysicalOf<TypeParam>;
  ArrayBuilder builder(kElement);
  EXPECT_TRUE(builder.Append(static_cast<TypeParam>(1)));
  EXPECT_FALSE(builder.AppendBytes("x"));
  const std::string bytes = *builder.Build();
  for (int other = 0; other <= 10; ++other) {
    const absl::StatusOr<ArrayView> array = ArrayView::Parse(static_cast<Physical>(other), bytes);
    EXPECT_EQ(array.ok(), other == static_cast<int>(kElement));
  }
}

std::string BuiltBytes(const Elements& elements) {
  ArrayBuilder builder(Physical::kBytes);
  for (const std::optional<std::string>& element : elements) {
    element.has_value() ? static_cast<void>(builder.AppendBytes(*element)) : builder.AppendNull();
  }
  return builder.Build().value_or("");
}

Elements ReadBytes(const ArrayView& array) {
  Elements elements(array.size());
  for (size_t i = 0; i < array.size(); ++i) {
    if (!array.IsNull(i)) elements[i] = array.Bytes(i);
  }
  return elements;
}

TEST(Array, WritesTheBytesOfItsHeader) {
  EXPECT_EQ(BuiltBytes({}), std::string("\x09\x00\x00\x00\x00\x00\x00\x00", 8));
  EXPECT_EQ(BuiltBytes({"ab", kNull, "c"}),
            std::string("\x09\x01\x00\x00\x03\x00\x00\x00"
                        "\x02"
                        "\x02\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00"
                        "abc",
                        24));
  ArrayBuilder builder(Physical::kInt16);
  builder.Append(int16_t{0x0102});
  EXPECT_EQ(*builder.Build(), std::string("\x02\x00\x00\x00\x01\x00\x00\x00\x02\x01", 10));
}

TEST(Array, RoundTripsStrings) {
  std::mt19937 random(43);
  for (int round = 0; round < 5'000; ++round) {
    Elements elements(random() % 20);
    for (std::optional<std::string>& element : elements) {
      if (random() % 4 != 0) element = std::string(random() % 5, static_cast<char>(random()));
    }
    const std::string bytes = BuiltBytes(elements);
    const absl::StatusOr<ArrayView> array = ArrayView::Parse(Physical::kBytes, bytes);
    ASSERT_TRUE(array.ok()) << array.status();
    ASSERT_EQ(ReadBytes(*array), elements);
  }
}

// Every flip of a bit and every truncation is refused, or is the one form of another array.
TEST(Array, AcceptsNoBytesThatItDoesNotBuild) {
  const std::string whole = BuiltBytes({"alpha", kNull, "", "b", kNull, "c", "d", "e", "f"});
  for (size_t size = 0; size < whole.size(); ++size) {
    const absl::StatusOr<ArrayView> array =
        ArrayView::Parse(Physical::kBytes, whole.substr(0, size));
    EXPECT_EQ(array.status().code(), absl::StatusCode::kDataLoss) << size;
  }
  EXPECT_FALSE(ArrayView::Parse(Physical::kBytes, whole + "x").ok());
  int accepted = 0;
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string bytes = whole;
    bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
    const absl::StatusOr<ArrayView> array = ArrayView::Parse(Physical::kBytes, bytes);
    if (array.ok()) {
      ASSERT_EQ(BuiltBytes(ReadBytes(*array)), bytes) << bit;
      ++accepted;
    } else {
      ASSERT_EQ(array.status().code(), absl::StatusCode::kDataLoss);
    }
  }
  EXPECT_GT(accepted, 0);
}

TEST(Array, RefusesHostileNumbers) {
  const auto refused = [](Physical element, std::string_view bytes) {
    return ArrayView::Parse(element, bytes).status().code() == absl::StatusCode::kDataLoss;
  };
  EXPECT_TRUE(refused(Physical::kInt64, std::string_view("\x04\0\0\0\xFF\xFF\xFF\xFF", 8)));
  EXPECT_TRUE(refused(Physical::kInt64, std::string_view("\x04\x02\0\0\0\0\0\0", 8)));
  EXPECT_TRUE(refused(Physical::kInt64, std::string_view("\x04\0\x01\0\0\0\0\0", 8)));
  EXPECT_TRUE(refused(Physical::kInt64, std::string_view("\x04\x01\0\0\0\0\0\0", 8)));
  EXPECT_TRUE(refused(Physical::kBool, std::string_view("\x01\0\0\0\x01\0\0\0\x02", 9)));
  EXPECT_TRUE(refused(Physical::kCode32, std::string_view("\x08\0\0\0\x01\0\0\0\0\0\0\0", 12)));
  EXPECT_TRUE(refused(Physical::kBool, std::string_view("\x01\x01\0\0\x01\0\0\0\x01\x01", 10)));
  EXPECT_TRUE(
      refused(Physical::kBytes, std::string_view("\x09\0\0\0\x01\0\0\0\xFF\xFF\xFF\xFF", 12)));
  EXPECT_TRUE(
      refused(Physical::kBytes, std::string_view("\x09\0\0\0\x02\0\0\0\x02\0\0\0\x01\0\0\0a", 17)));
}

TEST(Array, BoundsElementsAndBytes) {
  ArrayBuilder builder(Physical::kBool);
  for (uint32_t i = 0; i < kMaxArrayElements; ++i) builder.AppendNull();
  EXPECT_TRUE(builder.Build().ok());
  builder.AppendNull();
  EXPECT_EQ(builder.Build().status().code(), absl::StatusCode::kResourceExhausted);
  builder.Clear();
  EXPECT_EQ(builder.size(), 0u);

  ArrayBuilder large(Physical::kBytes);
  large.AppendBytes(std::string(kMaxValueBytes - 12, 'x'));
  EXPECT_EQ(large.Build()->size(), kMaxValueBytes);
  large.AppendBytes("");
  EXPECT_EQ(large.Build().status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(Array, TakesCodeZeroForNull) {
  ArrayBuilder builder(Physical::kCode32);
  builder.Append(uint32_t{0});
  builder.Append(uint32_t{9});
  const std::string bytes = *builder.Build();
  const absl::StatusOr<ArrayView> array = ArrayView::Parse(Physical::kCode32, bytes);
  ASSERT_TRUE(array.ok()) << array.status();
  EXPECT_TRUE(array->IsNull(0));
  EXPECT_EQ(array->Value<uint32_t>(1), 9u);
  EXPECT_EQ(array->Value<int32_t>(1), 0);
}

}  // namespace
}  // namespace tape
