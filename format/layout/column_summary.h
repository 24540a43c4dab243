// What is kept of one column of one slice to answer without reading it: bounds, NULLs, the first
// and the last value in time, the exact sum.
//
//   SummarySpec spec{.column = 3, .first_row = first_in_time, .last_row = last_in_time};
//   ColumnSummary prices = SummarizeColumn(BestKernels(), column, spec);
//   if (prices.has(kSummarySum)) total = prices.sum;      // of prices.rows - prices.nulls values
//
//   AddSummary(later_slice, prices);                      // both together
//
// Values are kept in 16 bytes each:
//   bool, int16, int32, int64, int128, code32   the value, sign-extended (codes zero-extended)
//   float32, float64                            bounds: the bits of a double, as in a block header;
//                                               first and last: the value's own bits
//   bytes                                       the first sixteen, most significant first, compared
//                                               unsigned; inexact when that is not all
//
// What a slice with kills says of itself counts the dead rows too. Pure functions over value types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "format/kernels/kernels.h"
#include "format/types/int256.h"
#include "tape/column_view.h"
#include "tape/int128.h"
#include "tape/type.h"

namespace tape::format {

// ColumnSummary::flags. The numbers are on disk.
inline constexpr uint16_t kSummaryBounds = 1;  // min and max are known
inline constexpr uint16_t kSummaryEnds = 2;    // first and last are known
inline constexpr uint16_t kSummarySum = 4;     // sum is known
inline constexpr uint16_t kSummaryNan = 8;     // NaN among the values; it is outside min and max
inline constexpr uint16_t kSummaryInexactMin = 16;
inline constexpr uint16_t kSummaryInexactMax = 32;
inline constexpr uint16_t kSummaryFirstNull = 64;
inline constexpr uint16_t kSummaryLastNull = 128;
inline constexpr uint16_t kSummaryInexactFirst = 256;
inline constexpr uint16_t kSummaryInexactLast = 512;
inline constexpr uint16_t kKnownSummaryFlags = 1023;

struct ColumnSummary {
  uint32_t column = 0;  // catalog id
  Physical physical = Physical::kInt64;
  uint16_t flags = 0;
  uint64_t rows = 0;
  uint64_t nulls = 0;
  Int128 min = 0;  // what no flag vouches for is 0
  Int128 max = 0;
  Int128 first = 0;
  Int128 last = 0;
  Int256 sum;

  bool has(uint16_t flag) const { return (flags & flag) != 0; }
  bool operator==(const ColumnSummary&) const = default;
};

struct SummarySpec {
  uint32_t column = 0;
  size_t first_row = 0;  // rows of the column that are first and last in (time, arrival) order
  size_t last_row = 0;
  bool keeps_bounds = true;  // false for JSON, arrays
  bool keeps_sum = true;     // false where a sum means nothing: UUID, dates, times
  bool sensitive = false;    // NULLs are counted, nothing else
};

// Sums are of bool and the integer forms; floating-point sums would depend on the order. A column
// without rows has neither bounds nor ends. 0.1 to 0.3 ns a value without NULLs and below 0.9 with
// them; int128 and codes with NULLs take 1.2, bytes 10 (EPYC, 2026).
ColumnSummary SummarizeColumn(const Kernels& kernels, const ColumnView& column,
                              const SummarySpec& spec);

// Adds the summary of rows of the same column that come later in time. What one of the two does not
// know of its values, the result does not know.
void AddSummary(const ColumnSummary& later, ColumnSummary& sum);

// The order in which min and max are least and greatest.
bool SummaryLess(Physical physical, Int128 a, Int128 b);

// The first sixteen bytes of a value, as they are kept.
struct BytesPrefix {
  Int128 bytes = 0;
  bool exact = true;  // they say all: not more than sixteen, and no zero byte at the end
};
BytesPrefix PrefixOf(std::string_view value);

}  // namespace tape::format
