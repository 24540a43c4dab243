#include "format/encoding/validity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace tape::format {
namespace {

using Rows = std::vector<uint8_t>;
using Law = std::function<bool(size_t, std::mt19937_64&)>;

constexpr size_t kLengths[] = {1, 2, 7, 8, 9, 63, 64, 65, 127, 128, 129, 1000, 1023, 1024};

std::vector<std::pair<std::string, Law>> Laws(size_t count) {
  return {
      {"all valid", [](size_t, auto&) { return true; }},
      {"all null", [](size_t, auto&) { return false; }},
      {"alternating", [](size_t i, auto&) { return i % 2 == 0; }},
      {"first null", [](size_t i, auto&) { return i != 0; }},
      {"last null", [count](size_t i, auto&) { return i + 1 != count; }},
      {"only the first", [](size_t i, auto&) { return i == 0; }},
      {"only the last", [count](size_t i, auto&) { return i + 1 == count; }},
      {"rare nulls", [](size_t, auto& random) { return random() % 50 != 0; }},
      {"rare values", [](size_t, auto& random) { return random() % 50 == 0; }},
      {"coins", [](size_t, auto& random) { return random() % 2 == 0; }},
  };
}

Rows Draw(const Law& law, size_t count) {
  std::mt19937_64 random(count);
  Rows rows(count);
  for (size_t i = 0; i < count; ++i) rows[i] = law(i, random) ? 1 : 0;
  return rows;
}

size_t Nulls(const Rows& rows) { return static_cast<size_t>(std::ranges::count(rows, 0)); }

TEST(Validity, ReturnsEveryPatternOfEveryLength) {
  const Kernels& kernels = BestKernels();
  for (const size_t count : kLengths) {
    for (const auto& [name, law] : Laws(count)) {
      SCOPED_TRACE(name + " x " + std::to_string(count));
      const Rows rows = Draw(law, count);
      const size_t nulls = Nulls(rows);
      ASSERT_EQ(CountNulls(kernels, rows), nulls);
      std::vector<std::byte> bytes;
      WriteValidity(kernels, rows, bytes);
      ASSERT_EQ(bytes.size(), ValidityBytes(count, nulls));
      const bool mixed = nulls != 0 && nulls != count;
      ASSERT_EQ(bytes.size(), mixed ? (count + 63) / 64 * 8 : 0);
      uint64_t bitmap[kBlockWords];
      absl::StatusOr<size_t> size = ReadValidity(kernels, bytes, {count, nulls}, bitmap);
      ASSERT_TRUE(size.ok()) << size.status();
      ASSERT_EQ(*size, bytes.size());
      for (size_t i = 0; i < kBlockRows; ++i) {
        const bool expected = i < count && rows[i] != 0;
        ASSERT_EQ((bitmap[i / 64] >> (i % 64)) & 1, expected ? 1u : 0u) << i;
      }
    }
  }
}

TEST(Validity, TakesAnyNonZeroByteForAValue) {
  const Rows rows = {255, 0, 2, 128, 0};
  EXPECT_EQ(CountNulls(BestKernels(), rows), 2u);
  EXPECT_EQ(CountNulls(BestKernels(), {}), 0u);
  std::vector<std::byte> bytes;
  WriteValidity(BestKernels(), rows, bytes);
  ASSERT_EQ(bytes.size(), 8u);
  EXPECT_EQ(bytes[0], std::byte{0b01101});
}

TEST(Validity, RefusesEverySingleBitFlipAndEveryTruncation) {
  const Kernels& kernels = BestKernels();
  for (const size_t count : {3, 64, 100, 1023, 1024}) {
    const Rows rows = Draw([](size_t i, auto&) { return i % 3 != 1; }, count);
    std::vector<std::byte> bytes;
    WriteValidity(kernels, rows, bytes);
    uint64_t bitmap[kBlockWords];
    const ValidityCounts counts{count, Nulls(rows)};
    for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      bytes[bit / 8] ^= std::byte{1} << (bit % 8);
      EXPECT_EQ(ReadValidity(kernels, bytes, counts, bitmap).status().code(),
                absl::StatusCode::kDataLoss);
      bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    }
    for (size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_EQ(ReadValidity(kernels, std::span(bytes).first(size), counts, bitmap).status().code(),
                absl::StatusCode::kDataLoss);
    }
    EXPECT_TRUE(ReadValidity(kernels, bytes, counts, bitmap).ok());
  }
}

TEST(Validity, RefusesCountsThatNoBlockHas) {
  const std::vector<std::byte> bytes(256);
  uint64_t bitmap[kBlockWords];
  for (const ValidityCounts counts : {ValidityCounts{0, 0}, {1025, 0}, {10, 11}, {10, 65535}}) {
    EXPECT_EQ(ReadValidity(BestKernels(), bytes, counts, bitmap).status().code(),
              absl::StatusCode::kDataLoss)
        << counts.rows << " " << counts.nulls;
  }
}

TEST(Validity, FillsNullSlotsFromTheirNeighbours) {
  const Rows valid = {0, 0, 1, 0, 1, 1, 0};
  std::vector<int> values = {9, 8, 1, 7, 2, 3, 6};
  FillNullSlots(valid, std::span(values));
  EXPECT_EQ(values, (std::vector<int>{1, 1, 1, 1, 2, 3, 3}));

  std::vector<int> untouched = {4, 5};
  FillNullSlots(Rows{0, 0}, std::span(untouched));
  FillNullSlots(Rows{}, std::span(untouched));
  EXPECT_EQ(untouched, (std::vector<int>{4, 5}));
}

}  // namespace
}  // namespace tape::format
