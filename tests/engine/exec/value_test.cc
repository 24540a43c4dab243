// Values: text to value and back, order, equality and hashes.
#include "engine/exec/value.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/exec/json_text.h"

namespace tape::engine::exec {
namespace {

Value Parsed(Type type, std::string_view text) {
  const absl::StatusOr<Value> value = Value::Parse(type, text);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.ok() ? *value : Value::Null(type);
}

struct Canonical {
  Type type;
  std::vector<std::string> texts;  // as they are printed, ascending
};

// Of every type, from the least to the greatest.
const std::vector<Canonical>& Ascending() {
  static const std::vector<Canonical> kAscending = {
      {Type::Boolean(), {"false", "true"}},
      {Type::Smallint(), {"-32768", "-1", "0", "32767"}},
      {Type::Integer(), {"-2147483648", "7", "2147483647"}},
      {Type::Bigint(), {"-9223372036854775808", "7", "9223372036854775807"}},
      {Type::Real(), {"-Infinity", "-1.5", "0", "0.1", "Infinity", "NaN"}},
      {Type::Double(), {"-Infinity", "-1.5", "0", "1e-320", "0.1", "1e+300", "Infinity", "NaN"}},
      {Type::Decimal(18, 8), {"-9999999999.99999999", "0.00000001", "1.50000000"}},
      {Type::Decimal(38, 2), {"-999999999999999999999999999999999999.99", "0.00", "7.25"}},
      {Type::Timestamp(),
       {"1960-02-29 00:00:00", "2025-01-21 14:30:00.000000001", "2025-01-21 14:30:00.5"}},
      {Type::TimestampTz(), {"1960-02-29 00:00:00+00", "2025-01-21 14:30:00.5+00"}},
      {Type::Date(), {"0001-01-01", "2025-01-21", "9999-12-31"}},
      {Type::Interval(), {"-1 days", "00:00:00.000000001", "23:59:59", "1 day 00:00:01", "1 mon"}},
      {Type::Text(), {"", "A", "a", "ab", "b", "h\xC3\xA9"}},
      {Type::Varchar(3), {"", "abc"}},
      {Type::Uuid(),
       {"00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "ffffffff-ffff-ffff-ffff-ffffffffffff"}},
      {Type::Inet(), {"10.0.0.0/8", "10.0.0.1", "::1"}},
      {Type::Bytea(), {"\\x", "\\x00", "\\xdeadbeef"}},
      {Type::Array(Type::Integer()), {"{}", "{1,2}", "{1,3}", "{1,NULL}", "{2}"}},
      {Type::Array(Type::Text()), {"{}", "{\"\"}", "{a,\"b c\"}", "{b}"}},
  };
  return kAscending;
}

TEST(Value, PrintsWhatItReads) {
  for (const Canonical& each : Ascending()) {
    for (const std::string& text : each.texts) {
      EXPECT_EQ(Parsed(each.type, text).ToText(), text) << each.type.ToString();
    }
  }
}

TEST(Value, ComparesInTheOrderOfItsType) {
  for (const Canonical& each : Ascending()) {
    for (size_t i = 0; i < each.texts.size(); ++i) {
      for (size_t j = 0; j < each.texts.size(); ++j) {
        const int order =
            Compare(Parsed(each.type, each.texts[i]), Parsed(each.type, each.texts[j]));
        EXPECT_EQ(order, i < j ? -1 : (i > j ? 1 : 0))
            << each.type.ToString() << " " << each.texts[i] << " and " << each.texts[j];
      }
    }
  }
}

TEST(Value, HashesEqualValuesAlike) {
  const std::vector<std::pair<Type, std::vector<std::string>>> equal = {
      {Type::Interval(), {"1 mon", "30 days", "720:00:00"}},
      {Type::Double(), {"0", "-0"}},
      {Type::Double(), {"NaN", "nan"}},
      {Type::Decimal(10, 2), {"1.5", "1.50"}},
      {Type::Inet(), {"10.0.0.1", "10.0.0.1/32"}},
      {Type::Jsonb(), {"{\"a\":1.0,\"b\":[true,null]}", "{ \"b\" : [true, null], \"a\" : 1 }"}},
      {Type::Jsonb(), {"100", "1e2", "1.00E+2", "0.01e4"}},
  };
  for (const auto& [type, texts] : equal) {
    for (const std::string& text : texts) {
      const Value first = Parsed(type, texts[0]);
      const Value other = Parsed(type, text);
      EXPECT_EQ(first, other) << text;
      EXPECT_EQ(first.HashCode(), other.HashCode()) << text;
    }
  }
  EXPECT_NE(Parsed(Type::Bigint(), "1").HashCode(), Parsed(Type::Bigint(), "2").HashCode());
}

TEST(Value, IsNullOnlyWhereItIs) {
  const Value null = Value::Null(Type::Bigint());
  EXPECT_TRUE(null.is_null());
  EXPECT_EQ(null.ToText(), "NULL");
  EXPECT_EQ(null, Value::Null(Type::Bigint()));
  EXPECT_FALSE(null == Value::Bigint(0));
  EXPECT_FALSE(null == Value::Null(Type::Text()));
  EXPECT_FALSE(Value::Text("").is_null());
  EXPECT_EQ(null.Get<int64_t>(), 0);
  EXPECT_FALSE(Value::Null(Type::Boolean()).IsTrue());
  EXPECT_TRUE(Value::Boolean(true).IsTrue());
}

TEST(Value, RefusesTextsThatSayNoValueOfTheType) {
  const std::vector<std::pair<Type, std::string>> wrong = {
      {Type::Boolean(), "maybe"},
      {Type::Smallint(), "32768"},
      {Type::Integer(), "1.5"},
      {Type::Bigint(), ""},
      {Type::Decimal(4, 2), "100"},
      {Type::Date(), "2025-02-30"},
      {Type::Timestamp(), "yesterday"},
      {Type::Interval(), "1 fortnight"},
      {Type::Uuid(), "xyz"},
      {Type::Inet(), "10.0.0.256"},
      {Type::Json(), "{"},
      {Type::Bytea(), "\\x0"},
      {Type::Varchar(2), "abc"},
      {Type::Text(), "\xFF"},
      {Type::Array(Type::Integer()), "{1,a}"},
  };
  for (const auto& [type, text] : wrong) {
    const absl::StatusOr<Value> value = Value::Parse(type, text);
    EXPECT_EQ(value.status().code(), absl::StatusCode::kInvalidArgument)
        << type.ToString() << " " << text;
  }
}

TEST(Value, TakesBlanksAroundAnythingButStrings) {
  EXPECT_EQ(Parsed(Type::Integer(), " 7\n").ToText(), "7");
  EXPECT_EQ(Parsed(Type::Timestamp(), " 2025-01-21 ").ToText(), "2025-01-21 00:00:00");
  EXPECT_EQ(Parsed(Type::Inet(), " ::1 ").ToText(), "::1");
  EXPECT_EQ(Parsed(Type::Text(), " a ").ToText(), " a ");
}

TEST(EnumLabels, RankInTheOrderOfTheirDeclaration) {
  const EnumLabels labels({"sad", "ok", "happy"}, "mood");
  EXPECT_EQ(labels.Rank("sad"), 0U);
  EXPECT_EQ(labels.Rank("happy"), 2U);
  EXPECT_FALSE(labels.Rank("glad"));
  const Type mood = Type::Enum(EnumId(1));
  EXPECT_LT(Compare(Value::Of(mood, "sad"), Value::Of(mood, "happy"), &labels), 0);
  EXPECT_GT(Compare(Value::Of(mood, "sad"), Value::Of(mood, "happy")), 0);
  EXPECT_EQ(Value::Parse(mood, "glad", &labels).status().message(),
            "invalid input value for enum mood: \"glad\"");
}

TEST(JsonText, FindsPartsOfAnyTextWithoutHarm) {
  const std::string whole = R"({"a":[1,{"b":"\u00e9\\"}],"c":"}{"})";
  for (size_t size = 0; size <= whole.size(); ++size) {
    const std::string_view cut = std::string_view(whole).substr(0, size);
    JsonMember(cut, "a");
    JsonElement(JsonMember(cut, "a"), -1);
    CanonicalJson(cut);
    JsonContains(cut, whole);
  }
  EXPECT_EQ(JsonMember(whole, "c"), "\"}{\"");
  EXPECT_EQ(JsonStringText(JsonMember(JsonElement(JsonMember(whole, "a"), 1), "b")), "\xC3\xA9\\");
}

}  // namespace
}  // namespace tape::engine::exec
