#include "format/encoding/dictionary_section.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

using Bytes = std::vector<std::byte>;

template <typename T>
Bytes Section(const std::vector<T>& entries) {
  Bytes bytes;
  WriteDictionary(std::span<const T>(entries), bytes);
  EXPECT_EQ(bytes.size(), DictionarySize(std::span<const T>(entries)));
  EXPECT_EQ(bytes.size() % 8, 0u);
  return bytes;
}

const std::vector<std::string_view>& Venues() {
  static const auto* const kVenues =
      new std::vector<std::string_view>{"NASDAQ", "", "a venue with a rather long name", "X"};
  return *kVenues;
}

TEST(DictionarySection, ReturnsIntegersOfBothWidths) {
  const std::vector<int64_t> entries = {5, -7, INT64_MIN, INT64_MAX, 0};
  const Bytes section = Section(entries);
  absl::StatusOr<IntegerDictionary> read = IntegerDictionary::Parse(section, entries.size());
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), entries.size());
  for (size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(read->At(i), entries[i]);

  const std::vector<Int128> wide = {Int128(1) << 100, -3};
  const Bytes wide_section = Section(wide);
  absl::StatusOr<WideDictionary> wide_read = WideDictionary::Parse(wide_section, 2);
  ASSERT_TRUE(wide_read.ok());
  EXPECT_TRUE(wide_read->At(0) == wide[0] && wide_read->At(1) == wide[1]);
}

TEST(DictionarySection, ReturnsByteStrings) {
  const Bytes section = Section(Venues());
  absl::StatusOr<BytesDictionary> read = BytesDictionary::Parse(section, Venues().size());
  ASSERT_TRUE(read.ok()) << read.status();
  for (size_t i = 0; i < Venues().size(); ++i) EXPECT_EQ(read->At(i), Venues()[i]);
}

TEST(DictionarySection, LiesAsTheFormatSays) {
  const Bytes section = Section(std::vector<std::string_view>{"ab", "", "c"});
  const uint32_t offsets[] = {0, 2, 2, 3};
  Bytes expected(24);
  std::memcpy(expected.data(), offsets, sizeof(offsets));
  std::memcpy(expected.data() + sizeof(offsets), "abc", 3);
  EXPECT_EQ(section, expected);
}

TEST(DictionarySection, LooksUpABlockOfIndexes) {
  const std::vector<int64_t> entries = {50, 60, 70};
  const Bytes section = Section(entries);
  const IntegerDictionary dictionary = *IntegerDictionary::Parse(section, 3);
  std::vector<int64_t> values = {2, 0, 1, 1, 2};
  ASSERT_TRUE(dictionary.Read(BestKernels(), values, values.data()).ok());  // in place
  EXPECT_EQ(values, (std::vector<int64_t>{70, 50, 60, 60, 70}));

  const Bytes strings = Section(Venues());
  const BytesDictionary venues = *BytesDictionary::Parse(strings, Venues().size());
  ColumnBuffer column(Physical::kBytes);
  column.AppendBytes("before");
  ASSERT_TRUE(venues.Read(BestKernels(), std::vector<int64_t>{2, 1, 0, 0}, column).ok());
  ASSERT_EQ(column.rows(), 5u);
  EXPECT_TRUE(column.view().OffsetsAreSound());
  EXPECT_EQ(column.view().Bytes(0), "before");
  EXPECT_EQ(column.view().Bytes(1), Venues()[2]);
  EXPECT_EQ(column.view().Bytes(2), "");
  EXPECT_EQ(column.view().Bytes(4), "NASDAQ");
}

TEST(DictionarySection, RefusesIndexesWithoutAnEntry) {
  const Bytes section = Section(std::vector<int64_t>{50, 60, 70});
  const IntegerDictionary dictionary = *IntegerDictionary::Parse(section, 3);
  const Bytes strings = Section(Venues());
  const BytesDictionary venues = *BytesDictionary::Parse(strings, Venues().size());
  for (const int64_t bad : {int64_t{-1}, int64_t{4}, INT64_MIN, INT64_MAX}) {
    const std::vector<int64_t> indexes = {0, bad, 1};
    std::vector<int64_t> values = {1, 2, 3};
    EXPECT_TRUE(absl::IsDataLoss(dictionary.Read(BestKernels(), indexes, values.data())));
    EXPECT_EQ(values, (std::vector<int64_t>{1, 2, 3}));
    ColumnBuffer column(Physical::kBytes);
    EXPECT_TRUE(absl::IsDataLoss(venues.Read(BestKernels(), indexes, column)));
    EXPECT_EQ(column.rows(), 0u);
  }
  ColumnBuffer numbers(Physical::kInt64);
  EXPECT_EQ(venues.Read(BestKernels(), {}, numbers).code(), absl::StatusCode::kInvalidArgument);
}

TEST(DictionarySection, RefusesSizesThatDoNotFitTheCount) {
  const Bytes bytes(16 * 65'537);
  EXPECT_TRUE(IntegerDictionary::Parse(std::span(bytes).first(8), 1).ok());
  EXPECT_TRUE(IntegerDictionary::Parse(std::span(bytes).first(8 * 65'536), 65'536).ok());
  for (const auto& [size, count] : std::vector<std::pair<size_t, size_t>>{
           {0, 0}, {8, 0}, {8, 2}, {16, 1}, {8 * 65'537, 65'537}, {8, SIZE_MAX / 8 + 2}}) {
    EXPECT_TRUE(
        absl::IsDataLoss(IntegerDictionary::Parse(std::span(bytes).first(size), count).status()));
    EXPECT_TRUE(
        absl::IsDataLoss(BytesDictionary::Parse(std::span(bytes).first(size), count + 3).status()));
  }
  EXPECT_TRUE(absl::IsDataLoss(WideDictionary::Parse(std::span(bytes).first(24), 1).status()));
}

TEST(DictionarySection, RefusesEveryTruncationOfByteStrings) {
  Bytes section = Section(Venues());
  const size_t full = section.size();
  section.resize(full + 64);
  for (size_t size = 0; size <= full + 16; ++size) {
    const bool ok = BytesDictionary::Parse(std::span(section).first(size), Venues().size()).ok();
    EXPECT_EQ(ok, size == full) << size;
  }
}

TEST(DictionarySection, SurvivesEverySingleBitFlipOfByteStrings) {
  const Bytes good = Section(Venues());
  const std::vector<int64_t> all = {0, 1, 2, 3};
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    Bytes section = good;  // exactly as long, so that a byte too many is seen
    section[bit / 8] ^= std::byte{1} << (bit % 8);
    absl::StatusOr<BytesDictionary> read = BytesDictionary::Parse(section, Venues().size());
    if (!read.ok()) {
      EXPECT_TRUE(absl::IsDataLoss(read.status()));
      continue;
    }
    ColumnBuffer column(Physical::kBytes);
    ASSERT_TRUE(read->Read(BestKernels(), all, column).ok());
    EXPECT_TRUE(column.view().OffsetsAreSound());
  }
}

TEST(DictionarySection, SurvivesRandomOffsets) {
  std::mt19937_64 random(6);
  size_t accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    Bytes section(8 * (2 + random() % 4));
    for (std::byte& byte : section)
      byte = random() % 6 == 0 ? std::byte(random() % 8) : std::byte{0};
    absl::StatusOr<BytesDictionary> read = BytesDictionary::Parse(section, 1 + random() % 4);
    if (!read.ok()) continue;
    ++accepted;
    size_t size = 0;
    for (size_t i = 0; i < read->size(); ++i) size += std::string(read->At(i)).size();
    ASSERT_LE(size, section.size());
  }
  EXPECT_GT(accepted, 0u);
}

TEST(DictionarySection, RefusesEntriesAboveTheLimitOfValues) {
  const std::string limit(kMaxValueBytes, 'a');
  const std::string above(kMaxValueBytes + 1, 'a');
  const Bytes fits = Section(std::vector<std::string_view>{limit});
  EXPECT_TRUE(BytesDictionary::Parse(fits, 1).ok());
  const Bytes does_not = Section(std::vector<std::string_view>{above});
  EXPECT_TRUE(absl::IsDataLoss(BytesDictionary::Parse(does_not, 1).status()));
}

}  // namespace
}  // namespace tape::format
