#include "format/layout/column_summary.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <span>

#include "format/encoding/float_codec.h"
#include "format/encoding/validity.h"
#include "format/layout/extent_format.h"
#include "format/layout/integer_block.h"

namespace tape::format {
namespace {

Int128 FromBits(uint64_t bits) { return static_cast<Int128>(bits); }

// ---- bounds

struct Bound {
  Int128 value = 0;
  bool exact = true;
};

// Takes the values of one more block, or part, into the bounds. Of values with the same sixteen
// bytes the exact one is the least.
void WidenBounds(const Bound& min, const Bound& max, ColumnSummary& summary) {
  const bool first = !summary.has(kSummaryBounds);
  const auto less = [&](Int128 a, Int128 b) { return SummaryLess(summary.physical, a, b); };
  const auto set = [&](uint16_t flag, bool on) {
    summary.flags = static_cast<uint16_t>(on ? summary.flags | flag : summary.flags & ~flag);
  };
  if (first || less(min.value, summary.min)) {
    set(kSummaryInexactMin, !min.exact);
    summary.min = min.value;
  } else if (min.value == summary.min && min.exact) {
    set(kSummaryInexactMin, false);
  }
  if (first || less(summary.max, max.value)) {
    set(kSummaryInexactMax, !max.exact);
    summary.max = max.value;
  } else if (max.value == summary.max && !max.exact) {
    set(kSummaryInexactMax, true);
  }
  set(kSummaryBounds, true);
}

// ---- blocks of each form, into nulls, bounds and sum; the ends are set once for the column

struct Block {
  const Kernels& kernels;
  ColumnView rows;
  const SummarySpec& spec;
};

void AddIntegers(const Block& block, ColumnSummary& summary) {
  alignas(64) int64_t values[kBlockRows];
  const size_t rows = block.rows.rows();
  WidenBlock(block.kernels, block.rows, values);
  if (block.spec.keeps_bounds) {
    const MinMax bounds = block.kernels.min_max_64(values, rows);
    WidenBounds({bounds.min}, {bounds.max}, summary);
  }
  if (!block.spec.keeps_sum) return;
  const std::span<const uint8_t> valid = block.rows.Validity();
  if (!valid.empty()) {
    for (size_t i = 0; i < rows; ++i) values[i] = valid[i] != 0 ? values[i] : 0;
  }
  summary.sum += Int256(block.kernels.sum_64(values, rows));
}

// Code 0 is NULL and outside the bounds.
void AddCodes(const Block& block, ColumnSummary& summary) {
  if (!block.spec.keeps_bounds) return;
  alignas(64) int64_t codes[kBlockRows];
  const size_t rows = block.rows.rows();
  WidenBlock(block.kernels, block.rows, codes);
  MinMax bounds = block.kernels.min_max_64(codes, rows);
  if (bounds.min == 0) {
    for (size_t i = 0; i < rows; ++i) codes[i] = codes[i] == 0 ? bounds.max : codes[i];
    bounds = block.kernels.min_max_64(codes, rows);
  }
  WidenBounds({bounds.min}, {bounds.max}, summary);
}

template <typename T>
void AddFloats(const Block& block, ColumnSummary& summary) {
  T filled[kBlockRows];
  std::span<const T> values = block.rows.Values<T>();
  if (!block.rows.Validity().empty()) {
    std::copy(values.begin(), values.end(), filled);
    FillNullSlots(block.rows.Validity(), std::span(filled, values.size()));
    values = {filled, values.size()};
  }
  const FloatBounds bounds = BoundsOfFloats(block.kernels, values);
  if ((bounds.flags & kHasNan) != 0) summary.flags |= kSummaryNan;
  if ((bounds.flags & kNoBounds) != 0 || !block.spec.keeps_bounds) return;
  WidenBounds({FromBits(static_cast<uint64_t>(bounds.min))},
              {FromBits(static_cast<uint64_t>(bounds.max))}, summary);
}

// The halves are summed apart: 1,024 of them fit their sums many times over.
void AddWides(const Block& block, ColumnSummary& summary) {
  const std::span<const Int128> values = block.rows.Values<Int128>();
  const std::span<const uint8_t> valid = block.rows.Validity();
  Int128 least = std::numeric_limits<int64_t>::max();
  least = (least << 64) + ~uint64_t{0};
  Int128 greatest = -least - 1;
  UInt128 low = 0;
  Int128 high = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!valid.empty() && valid[i] == 0) continue;
    least = std::min(least, values[i]);
    greatest = std::max(greatest, values[i]);
    low += static_cast<uint64_t>(values[i]);
    high += static_cast<int64_t>(values[i] >> 64);
  }
  if (block.spec.keeps_bounds) WidenBounds({least}, {greatest}, summary);
  if (!block.spec.keeps_sum) return;
  summary.sum += (Int256(high) << 64) + Int256::FromHalves(0, low);
}

// Most values lie well inside the bounds: one comparison with each.
void AddBytes(const Block& block, ColumnSummary& summary) {
  if (!block.spec.keeps_bounds) return;
  for (size_t i = 0; i < block.rows.rows(); ++i) {
    if (block.rows.IsNull(i)) continue;
    const BytesPrefix prefix = PrefixOf(block.rows.Bytes(i));
    const auto bytes = static_cast<UInt128>(prefix.bytes);
    const bool inside = summary.has(kSummaryBounds) && static_cast<UInt128>(summary.min) < bytes &&
                        bytes < static_cast<UInt128>(summary.max);
    if (inside) continue;
    const Bound bound{prefix.bytes, prefix.exact};
    WidenBounds(bound, bound, summary);
  }
}

void AddBlock(const Block& block, ColumnSummary& summary) {
  switch (block.rows.physical()) {
    case Physical::kCode32:
      return AddCodes(block, summary);
    case Physical::kFloat32:
      return AddFloats<float>(block, summary);
    case Physical::kFloat64:
      return AddFloats<double>(block, summary);
    case Physical::kInt128:
      return AddWides(block, summary);
    case Physical::kBytes:
      return AddBytes(block, summary);
    default:
      return AddIntegers(block, summary);
  }
}

bool HasSum(Physical physical) {
  return physical <= Physical::kInt128;  // kBool, kInt16, kInt32, kInt64, kInt128
}

size_t NullsOf(const Kernels& kernels, const ColumnView& block) {
  return block.physical() == Physical::kCode32 ? block.CountNulls()
                                               : CountNulls(kernels, block.Validity());
}

// ---- first and last

struct End {
  Int128 value = 0;
  bool null = false;
  bool exact = true;
};

Int128 FixedValueAt(const ColumnView& column, size_t row) {
  switch (column.physical()) {
    case Physical::kBool:
      return column.Values<uint8_t>()[row];
    case Physical::kInt16:
      return column.Values<int16_t>()[row];
    case Physical::kInt32:
      return column.Values<int32_t>()[row];
    case Physical::kInt64:
      return column.Values<int64_t>()[row];
    case Physical::kInt128:
      return column.Values<Int128>()[row];
    case Physical::kFloat32:
      return FromBits(std::bit_cast<uint32_t>(column.Values<float>()[row]));
    case Physical::kFloat64:
      return FromBits(std::bit_cast<uint64_t>(column.Values<double>()[row]));
    case Physical::kCode32:
      return FromBits(column.Values<uint32_t>()[row]);
    case Physical::kBytes:
      break;
  }
  return 0;
}

End EndAt(const ColumnView& column, size_t row) {
  if (column.IsNull(row)) return {.null = true};
  if (column.physical() != Physical::kBytes) return {.value = FixedValueAt(column, row)};
  const BytesPrefix prefix = PrefixOf(column.Bytes(row));
  return {.value = prefix.bytes, .exact = prefix.exact};
}

void SetEnds(const ColumnView& column, const SummarySpec& spec, ColumnSummary& summary) {
  const End first = EndAt(column, spec.first_row);
  const End last = EndAt(column, spec.last_row);
  summary.first = first.value;
  summary.last = last.value;
  summary.flags |= kSummaryEnds;
  if (first.null) summary.flags |= kSummaryFirstNull;
  if (last.null) summary.flags |= kSummaryLastNull;
  if (!first.exact) summary.flags |= kSummaryInexactFirst;
  if (!last.exact) summary.flags |= kSummaryInexactLast;
}

// ---- adding

constexpr uint16_t kBoundsFlags =
    kSummaryBounds | kSummaryNan | kSummaryInexactMin | kSummaryInexactMax;
constexpr uint16_t kFirstFlags = kSummaryFirstNull | kSummaryInexactFirst;
constexpr uint16_t kLastFlags = kSummaryLastNull | kSummaryInexactLast;

bool HasValues(const ColumnSummary& summary) { return summary.nulls < summary.rows; }

void AddBounds(const ColumnSummary& later, ColumnSummary& sum) {
  if (!HasValues(later)) return;
  if (!HasValues(sum)) {
    sum.flags = static_cast<uint16_t>((sum.flags & ~kBoundsFlags) | (later.flags & kBoundsFlags));
    sum.min = later.min;
    sum.max = later.max;
    return;
  }
  sum.flags |= later.flags & kSummaryNan;
  if (sum.has(kSummaryBounds) && later.has(kSummaryBounds)) {
    WidenBounds({later.min, !later.has(kSummaryInexactMin)},
                {later.max, !later.has(kSummaryInexactMax)}, sum);
    return;
  }
  sum.flags &= static_cast<uint16_t>(~(kBoundsFlags & ~kSummaryNan));
  sum.min = sum.max = 0;
}

void AddEnds(const ColumnSummary& later, ColumnSummary& sum) {
  if (!sum.has(kSummaryEnds) || !later.has(kSummaryEnds)) {
    sum.flags &= static_cast<uint16_t>(~(kSummaryEnds | kFirstFlags | kLastFlags));
    sum.first = sum.last = 0;
    return;
  }
  sum.flags = static_cast<uint16_t>((sum.flags & ~kLastFlags) | (later.flags & kLastFlags));
  sum.last = later.last;
}

}  // namespace

ColumnSummary SummarizeColumn(const Kernels& kernels, const ColumnView& column,
                              const SummarySpec& spec) {
  ColumnSummary summary;
  summary.column = spec.column;
  summary.physical = column.physical();
  summary.rows = column.rows();
  SummarySpec kept = spec;
  kept.keeps_sum = spec.keeps_sum && HasSum(column.physical());
  for (size_t first = 0; first < column.rows(); first += kBlockRows) {
    const Block block{kernels, column.Slice(first, kBlockRows), kept};
    const size_t nulls = NullsOf(kernels, block.rows);
    summary.nulls += nulls;
    if (!spec.sensitive && nulls < block.rows.rows()) AddBlock(block, summary);
  }
  if (spec.sensitive) return summary;
  if (kept.keeps_sum) summary.flags |= kSummarySum;
  if (column.rows() > 0) SetEnds(column, spec, summary);
  return summary;
}

void AddSummary(const ColumnSummary& later, ColumnSummary& sum) {
  if (later.rows == 0) return;
  if (sum.rows == 0) {
    sum = later;
    return;
  }
  AddBounds(later, sum);
  AddEnds(later, sum);
  if (sum.has(kSummarySum) && later.has(kSummarySum)) {
    sum.sum += later.sum;
  } else {
    sum.flags &= static_cast<uint16_t>(~kSummarySum);
    sum.sum = Int256();
  }
  sum.rows += later.rows;
  sum.nulls += later.nulls;
}

bool SummaryLess(Physical physical, Int128 a, Int128 b) {
  if (physical == Physical::kBytes) return static_cast<UInt128>(a) < static_cast<UInt128>(b);
  if (!IsFloating(physical)) return a < b;
  // The bits of doubles, with those of negative ones turned over, have the order of the numbers.
  const auto ordered = [](Int128 value) {
    const auto bits = static_cast<int64_t>(value);
    return bits < 0 ? bits ^ std::numeric_limits<int64_t>::max() : bits;
  };
  return ordered(a) < ordered(b);
}

BytesPrefix PrefixOf(std::string_view value) {
  uint64_t halves[2] = {};
  if (value.size() >= sizeof(halves)) {
    std::memcpy(halves, value.data(), sizeof(halves));  // of a size known here: two loads
  } else if (!value.empty()) {
    std::memcpy(halves, value.data(), value.size());
  }
  const UInt128 bytes = UInt128{__builtin_bswap64(halves[0])} << 64 | __builtin_bswap64(halves[1]);
  const bool exact = value.size() <= sizeof(halves) && (value.empty() || value.back() != '\0');
  return {static_cast<Int128>(bytes), exact};
}

}  // namespace tape::format
