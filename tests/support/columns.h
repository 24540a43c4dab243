// Columns to test with: every physical form, many laws of values, many patterns of NULLs.
//
//   const TestColumn column = MakeColumn({Physical::kInt64, Law::kWalk, 3000, Nulls::kHalf});
//   writer.Append(column.view(), spec, bytes);
//   reader.AppendAll(*extent, read);
//   EXPECT_TRUE(SameRows(column.view(), read.view()));
//
// The same recipe always makes the same column. Its arrays are exactly as long as their rows need,
// so that a sanitizer sees who reads past them, and what lies under a NULL is a value of the law
// like any other.
//
// TestColumn: immutable.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tape/column_view.h"
#include "tape/type.h"

namespace tape::support {

enum class Law : uint8_t {
  kConstant,
  kAlternating,  // floats: -0.0 and 0.0
  kExtremes,     // least, greatest, around zero; infinities, NaN payloads, denormals; odd strings
  kRandom,       // of all bits
  kDecimals,     // multiples of a tick
  kWalk,         // small steps either way
  kFewDistinct,  // a dozen values, some common, some rare
  kSorted,       // rising; int128: times above random bits, as a UUID has them
  kOutliers,     // small values, and a few of all bits
  kNan,          // floats: blocks of one NaN, then blocks with some of them
  kLarge,        // doubles: integers beyond 2^51
  kEmpty,        // bytes: no byte in any value
  kJson,         // bytes
  kIncompressible,
  kOneLarge,  // bytes: one value of 1 MiB among short ones
  kArrays,    // bytes: a count, then numbers
};

enum class Nulls : uint8_t {
  kNone,    // no validity at all
  kUnused,  // validity that says that all rows have a value
  kAll,
  kFirst,
  kLast,
  kAlternating,
  kOnePercent,
  kHalf,
  kBlocks,  // every second block of 1,024
};

std::span<const Physical> AllPhysicals();
std::span<const Law> LawsOf(Physical physical);
std::span<const Nulls> AllNulls();

struct ColumnRecipe {
  Physical physical = Physical::kInt64;
  Law law = Law::kConstant;
  size_t rows = 0;
  Nulls nulls = Nulls::kNone;
  uint64_t seed = 1;
};

std::string_view Name(Physical physical);
std::string_view Name(Law law);
std::string_view Name(Nulls nulls);
std::string Name(const ColumnRecipe& recipe);

class TestColumn {
 public:
  TestColumn(Physical physical, std::vector<uint8_t> values, size_t rows);
  explicit TestColumn(std::span<const std::string> values);

  Physical physical() const { return physical_; }
  size_t rows() const { return rows_; }
  ColumnView view() const;

  // One byte a row, or none.
  void SetValidity(std::span<const uint8_t> valid) { valid_ = {valid.begin(), valid.end()}; }

 private:
  Physical physical_;
  size_t rows_;
  std::vector<uint8_t> values_;
  std::vector<uint64_t> offsets_;
  std::vector<char> heap_;
  std::vector<uint8_t> valid_;
};

template <typename T>
TestColumn ColumnOf(std::span<const T> values) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(values.data());
  return TestColumn(kPhysicalOf<T>, {bytes, bytes + values.size_bytes()}, values.size());
}

TestColumn MakeColumn(const ColumnRecipe& recipe);
std::vector<uint8_t> MakeValidity(Nulls nulls, size_t rows, uint64_t seed);

// Whether both have the same rows: NULL where the other is, else the same bits.
testing::AssertionResult SameRows(const ColumnView& expected, const ColumnView& actual);

// Bytes of the values in memory (for bytes: the heap and an offset a row), and a bit a row if
// there is validity.
size_t RawSize(const ColumnView& column);

}  // namespace tape::support
