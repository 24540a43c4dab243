// The order of JSON values, and the form by which equal ones are found.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/exec/json_text.h"
#include "tape/json.h"

namespace tape::engine::exec {
namespace {

// Ascending, as PostgreSQL 15 has them in ORDER BY of a jsonb column; each line's texts are equal.
const std::vector<std::vector<std::string>> kAscending = {
    {"[]", " [ ] "},
    {"null"},
    {R"("")"},
    {R"("\"")"},
    {R"("A")", R"("\u0041")"},
    {R"("a\",\"b")"},
    {R"("ab")"},
    {R"("\u00e9")", "\"\xC3\xA9\""},
    {"-1e10", "-10000000000"},
    {"-10"},
    {"-9.5", "-9.50", "-95e-1"},
    {"-0.05"},
    {"0", "-0", "0.000", "0e5"},
    {"1e-20", "0.00000000000000000001"},
    {"0.05", "5e-2"},
    {"0.5"},
    {"1", "1.0", "1.000", "10e-1"},
    {"9"},
    {"10", "1e1", "1E+1"},
    {"10.5"},
    {"1e300"},
    {"false"},
    {"true"},
    {"[null]"},
    {R"(["a\",\"b"])"},
    {"[1]", "[1.0]"},
    {"[[]]"},
    {"[{}]"},
    {R"(["a","b"])"},
    {"[1,1]"},
    {"{}", "{ }"},
    {R"({"a":1})", R"({"a":0,"a":1})", R"({"\u0061":1.0})"},
    {R"({"a":2})"},
    {R"({"a\":1,\"b":2})"},
    {R"({"b":1})"},
    {R"({"a":1,"b":2})", R"({"b":2,"a":1})"},
    {R"({"b":1,"aa":1})", R"({"aa":1,"b":1})"},
};

TEST(JsonOrder, IsThatOfPostgres) {
  for (size_t a = 0; a < kAscending.size(); ++a) {
    for (size_t b = 0; b < kAscending.size(); ++b) {
      const int order = a < b ? -1 : (a > b ? 1 : 0);
      for (const std::string& left : kAscending[a]) {
        ASSERT_TRUE(ValidateJson(left).ok()) << left;
        for (const std::string& right : kAscending[b]) {
          EXPECT_EQ(CompareJson(left, right), order) << left << " and " << right;
        }
      }
    }
  }
}

TEST(JsonOrder, HasOneFormForEqualValuesAndAnotherForEveryOther) {
  for (size_t a = 0; a < kAscending.size(); ++a) {
    for (size_t b = 0; b < kAscending.size(); ++b) {
      for (const std::string& left : kAscending[a]) {
        for (const std::string& right : kAscending[b]) {
          EXPECT_EQ(CanonicalJson(left) == CanonicalJson(right), a == b)
              << left << " and " << right;
        }
      }
    }
  }
}

}  // namespace
}  // namespace tape::engine::exec
