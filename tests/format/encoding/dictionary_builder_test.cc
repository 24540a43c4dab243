#include "format/encoding/dictionary_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tape::format {
namespace {

constexpr size_t kAnyPrice = SIZE_MAX;
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();

// Entries in their order, found the slow way.
template <typename T>
std::vector<T> ExpectedEntries(const std::vector<T>& values) {
  std::map<T, size_t> counts;
  for (const T& value : values) ++counts[value];
  std::vector<std::pair<T, size_t>> ranked(counts.begin(), counts.end());
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<T> entries;
  for (const auto& [value, count] : ranked) entries.push_back(value);
  return entries;
}

class DictionaryBuilder : public testing::Test {
 protected:
  template <typename T>
  bool Build(const std::vector<T>& values, Dictionary<T>& dictionary, size_t price = kAnyPrice) {
    return BuildDictionary(BestKernels(), std::span<const T>(values), price, scratch_, dictionary);
  }

  bool Build(const std::vector<std::string>& values, Dictionary<std::string_view>& dictionary,
             size_t price = kAnyPrice) {
    column_.Clear();
    for (const std::string& value : values) column_.AppendBytes(value);
    return BuildDictionary(BestKernels(), column_.view(), price, scratch_, dictionary);
  }

  template <typename T, typename Entry = T>
  void ExpectDictionary(const std::vector<T>& values) {
    Dictionary<Entry> dictionary;
    ASSERT_TRUE(Build(values, dictionary));
    const std::vector<T> expected = ExpectedEntries(values);
    ASSERT_TRUE(std::ranges::equal(dictionary.entries, expected));
    ASSERT_EQ(dictionary.indexes.size(), values.size());
    for (size_t row = 0; row < values.size(); ++row) {
      ASSERT_TRUE(dictionary.entries[dictionary.indexes[row]] == values[row]) << row;
    }
  }

  DictionaryScratch scratch_;
  ColumnBuffer column_{Physical::kBytes};
};

using Law = std::function<int64_t(size_t, std::mt19937_64&)>;

const std::vector<std::pair<std::string, Law>>& Laws() {
  static const auto* const kLaws = new std::vector<std::pair<std::string, Law>>{
      {"constant", [](size_t, auto&) { return -5; }},
      {"two", [](size_t i, auto&) { return i % 2 == 0 ? kLeast : kGreatest; }},
      {"small range", [](size_t, auto& r) { return static_cast<int64_t>(r() % 300) - 150; }},
      {"skewed", [](size_t, auto& r) { return int64_t{1} << (r() % (1 + r() % 40)); }},
      {"lots", [](size_t, auto& r) { return static_cast<int64_t>(r() % 2000) * 1'000'000; }},
      {"hashes",
       [](size_t, auto& r) { return static_cast<int64_t>(r() % 900 * 0x123456789ABCDEF); }},
      {"around the least", [](size_t, auto& r) { return kLeast + static_cast<int64_t>(r() % 50); }},
      {"doubles",
       [](size_t, auto& r) {
         return std::bit_cast<int64_t>(static_cast<double>(r() % 1000) / 100);
       }},
      {"each twice", [](size_t i, auto&) { return static_cast<int64_t>(i / 2 * 7919); }},
  };
  return *kLaws;
}

std::vector<int64_t> Draw(const Law& law, size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<int64_t> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = law(i, random);
  return values;
}

TEST_F(DictionaryBuilder, FindsEveryIntegerInOrderOfFrequency) {
  for (const auto& [name, law] : Laws()) {
    for (const size_t count : {1, 2, 3, 1000, 1024, 5000, 16'385, 40'000}) {
      SCOPED_TRACE(name + " x " + std::to_string(count));
      ExpectDictionary(Draw(law, count, count));
    }
  }
}

TEST_F(DictionaryBuilder, FindsEvery128BitInteger) {
  for (const auto& [name, law] : Laws()) {
    SCOPED_TRACE(name);
    std::vector<Int128> values;
    for (const int64_t value : Draw(law, 3000, 7)) {
      values.push_back((Int128(value) << 64) | Int128(value % 3 + 3));
      values.push_back(Int128(value % 5) << 64);
    }
    ExpectDictionary(values);
  }
}

TEST_F(DictionaryBuilder, FindsEveryByteString) {
  std::mt19937_64 random(3);
  const std::vector<std::string> shapes = {
      "",        std::string(1, '\0'), std::string(2, '\0'), "a",
      "abcdefg", "abcdefgh",           "abcdefghi",          std::string(5000, 'x')};
  for (const size_t count : {1, 50, 5000, 20'000}) {
    std::vector<std::string> values(count);
    for (std::string& value : values) {
      value = random() % 3 == 0 ? shapes[random() % shapes.size()]
                                : "venue " + std::to_string(random() % 700);
    }
    SCOPED_TRACE(count);
    ExpectDictionary<std::string, std::string_view>(values);
  }
}

TEST_F(DictionaryBuilder, BreaksTiesByValueWhateverTheOrderOfRows) {
  Dictionary<int64_t> dictionary;
  ASSERT_TRUE(Build<int64_t>({9, -4, 7, 9, 1, 7, -4}, dictionary));
  EXPECT_EQ(dictionary.entries, (std::vector<int64_t>{-4, 7, 9, 1}));
  ASSERT_TRUE(Build<int64_t>({7, 1, 9, -4, 7, -4, 9}, dictionary));
  EXPECT_EQ(dictionary.entries, (std::vector<int64_t>{-4, 7, 9, 1}));
}

TEST_F(DictionaryBuilder, GivesAnEmptyExtentAnEmptyDictionary) {
  Dictionary<int64_t> integers;
  EXPECT_TRUE(Build<int64_t>({}, integers));
  EXPECT_TRUE(integers.entries.empty());
  Dictionary<std::string_view> strings;
  EXPECT_TRUE(Build(std::vector<std::string>(), strings));
  EXPECT_TRUE(strings.entries.empty());
}

TEST_F(DictionaryBuilder, TakesExactly65536ValuesAndNoMore) {
  for (const int64_t step : {int64_t{1}, int64_t{977}, int64_t{1} << 40}) {
    std::vector<int64_t> values;
    for (int64_t i = 0; i < 3 * 65'536; ++i) values.push_back(i / 3 * step);
    SCOPED_TRACE(step);
    Dictionary<int64_t> dictionary;
    ASSERT_TRUE(Build(values, dictionary));
    EXPECT_EQ(dictionary.entries.size(), 65'536u);
    EXPECT_EQ(dictionary.entries[dictionary.indexes.back()], values.back());
    values.push_back(-step);
    EXPECT_FALSE(Build(values, dictionary));
  }
}

TEST_F(DictionaryBuilder, StopsWhenTheEntriesAloneCostTooMuch) {
  Dictionary<int64_t> dictionary;
  const std::vector<int64_t> values = Draw(Laws()[8].second, 2000, 1);  // 1,000 entries
  EXPECT_TRUE(Build(values, dictionary, 8001));
  EXPECT_FALSE(Build(values, dictionary, 8000));

  Dictionary<std::string_view> strings;
  const std::vector<std::string> text = {"abc", "defgh", "abc"};
  EXPECT_TRUE(Build(text, strings, 8 + 8 + 1));
  EXPECT_FALSE(Build(text, strings, 8 + 8));
}

TEST_F(DictionaryBuilder, StopsAfterASampleOfAlmostOnlyDifferentValues) {
  Dictionary<int64_t> dictionary;
  const auto unique = [](size_t i, auto&) { return static_cast<int64_t>(i) * 1'000'003; };
  EXPECT_FALSE(Build(Draw(unique, 100'000, 1), dictionary));
  EXPECT_LE(dictionary.entries.size(), 8192u) << "the sample told";
}

TEST_F(DictionaryBuilder, StopsWhenASamplesIndexesCostMoreThanTheValuesNow) {
  // 6 bits of entropy a row; 100,000 rows.
  const auto even = [](size_t, auto& r) { return static_cast<int64_t>(r() % 64) * 1'000'003; };
  const std::vector<int64_t> values = Draw(even, 100'000, 1);
  Dictionary<int64_t> dictionary;
  EXPECT_TRUE(Build(values, dictionary, 100'000 * 6 / 8 + 1024));
  EXPECT_FALSE(Build(values, dictionary, 100'000 * 11 / 16));
}

TEST_F(DictionaryBuilder, KeepsGoingWhereRowsAreClustered) {
  // Each symbol's block has its own few values; together there are thousands.
  std::mt19937_64 random(5);
  std::vector<int64_t> values(300'000);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<int64_t>(i / 1024) * 1'000'000'000 + static_cast<int64_t>(random() % 9);
  }
  ExpectDictionary(values);
}

// Values whose hashes share their high bits, found by running the hash backwards.
TEST_F(DictionaryBuilder, GivesUpOnValuesChosenToCollide) {
  constexpr uint64_t kOdd = 0x9E3779B97F4A7C15;
  uint64_t inverse = kOdd;
  for (int i = 0; i < 5; ++i) inverse *= 2 - kOdd * inverse;
  std::vector<int64_t> values;
  for (uint64_t i = 0; i < 60'000; ++i) {
    const uint64_t word = i * inverse;  // hashes to i: no high bit set
    values.push_back(static_cast<int64_t>(word ^ (word >> 32)));
  }
  std::vector<int64_t> rows = values;
  rows.insert(rows.end(), values.begin(), values.end());
  Dictionary<int64_t> dictionary;
  EXPECT_FALSE(Build(rows, dictionary));
  std::vector<int64_t> small(rows.begin(), rows.begin() + 16'000);
  EXPECT_FALSE(Build(small, dictionary)) << "too few rows for a sample";
}

TEST_F(DictionaryBuilder, WidensIndexesForTheIntegerCodec) {
  const std::vector<uint16_t> indexes = {0, 65'535, 7};
  std::vector<int64_t> wide(2);
  WidenIndexes(indexes, wide);
  EXPECT_EQ(wide, (std::vector<int64_t>{0, 65'535}));
}

}  // namespace
}  // namespace tape::format
