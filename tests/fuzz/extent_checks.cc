#include "tests/fuzz/extent_checks.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "format/encoding/bytes_codec.h"
#include "format/encoding/validity.h"
#include "format/layout/extent_writer.h"
#include "tests/fuzz/columns.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/extent_signing.h"
#include "tests/fuzz/rows.h"

namespace tape::fuzz {
namespace {

using format::BlockBounds;
using format::ExtentReader;
using format::ExtentView;
using format::kBlockRows;
using format::Kernels;

constexpr size_t kMaxRows = 50 << 10;
constexpr size_t kMaxBytes = 1 << 20;

// The most bytes that a block of byte strings may decode to, by its lengths.
uint64_t RawBytes(const ExtentView& extent, size_t block) {
  const size_t rows = extent.BlockRows(block);
  const format::CodecWord word = extent.Prefix(block).word;
  const std::span<const std::byte> data = extent.BlockData(block);
  const size_t validity = format::ValidityBytes(rows, word.null_count);
  if (word.encoding == format::Encoding::kDictionary) {
    size_t longest = 0;
    for (size_t i = 0; i < extent.strings().size(); ++i) {
      longest = std::max(longest, extent.strings().At(i).size());
    }
    return longest * rows;
  }
  if (word.encoding != format::Encoding::kPages || validity > data.size()) return 0;
  std::vector<int64_t> lengths(kBlockRows);
  const auto nested =
      ReadNestedIntegers(format::PortableKernels(), data.subspan(validity), rows, lengths.data());
  uint64_t sum = 0;
  for (size_t row = 0; nested.ok() && row < rows; ++row) {
    sum += std::min<uint64_t>(static_cast<uint64_t>(lengths[row]), kMaxBytes);
  }
  return sum;
}

// --- Reading alike.

void CheckValidity(const ExtentView& extent, size_t block) {
  ExtentReader portable(format::PortableKernels());
  ExtentReader best(format::BestKernels());
  std::vector<uint8_t> valid(kBlockRows);
  std::vector<uint8_t> again(kBlockRows);
  const auto any_null = portable.ReadValidity(extent, block, valid.data());
  const auto same = best.ReadValidity(extent, block, again.data());
  Expect(any_null.status() == same.status());
  if (!any_null.ok()) return ExpectDataLoss(any_null.status());
  const size_t rows = extent.BlockRows(block);
  const auto nulls = static_cast<size_t>(
      std::count(valid.begin(), valid.begin() + static_cast<ptrdiff_t>(rows), 0));
  const bool counted = extent.physical() != Physical::kCode32;  // whose NULL is a code
  Expect(!counted || nulls == extent.Prefix(block).word.null_count);
  Expect(*any_null == (nulls > 0));
  Expect(std::memcmp(valid.data(), again.data(), rows) == 0);
}

void CheckIntegers(const ExtentView& extent, size_t block, const ColumnView& column) {
  if (!format::IsInteger(extent.physical())) return;
  ExtentReader reader(format::BestKernels());
  std::vector<int64_t> wide(kBlockRows);
  Expect(reader.ReadIntegers(extent, block, wide.data()).ok());
  for (size_t i = 0; i < extent.BlockRows(block); ++i) {
    const size_t row = block * kBlockRows + i;
    const std::string_view bytes = ValueBytes(column, row);
    Expect(column.IsNull(row) || std::memcmp(bytes.data(), &wide[i], bytes.size()) == 0);
  }
}

void CheckRows(const ExtentView& extent, const ColumnView& column, uint32_t seed) {
  ExtentReader reader(format::BestKernels());
  ColumnBuffer one(extent.physical());
  for (const size_t row : SomeRows(extent.rows(), seed)) {
    one.Clear();
    Expect(reader.AppendRow(extent, row, one).ok());
    Expect(one.rows() == 1 && SameRow(one.view(), 0, column, row));
  }
  Expect(!reader.AppendRow(extent, extent.rows(), one).ok());
}

// --- Bounds and filters of honest extents.

bool Between(const BlockBounds& bounds, Int128 value) {
  return bounds.min <= value && value <= bounds.max;
}

bool Between(const BlockBounds& bounds, double value) {
  if (std::isnan(value)) return (bounds.flags & format::kHasNan) != 0;
  const auto min = std::bit_cast<double>(static_cast<int64_t>(bounds.min));
  const auto max = std::bit_cast<double>(static_cast<int64_t>(bounds.max));
  return min <= value && value <= max;
}

Int128 PrefixOf(std::string_view value) {
  uint64_t prefix = 0;
  for (size_t i = 0; i < 8; ++i) {
    prefix = prefix << 8 | (i < value.size() ? static_cast<uint8_t>(value[i]) : 0u);
  }
  return prefix;
}

bool InBounds(const BlockBounds& bounds, const ColumnView& column, size_t row) {
  switch (column.physical()) {
    case Physical::kBool:
      return Between(bounds, Int128{column.Values<uint8_t>()[row]});
    case Physical::kInt16:
      return Between(bounds, Int128{column.Values<int16_t>()[row]});
    case Physical::kInt32:
      return Between(bounds, Int128{column.Values<int32_t>()[row]});
    case Physical::kInt64:
      return Between(bounds, Int128{column.Values<int64_t>()[row]});
    case Physical::kCode32:
      return Between(bounds, Int128{column.Values<uint32_t>()[row]});
    case Physical::kInt128:
      return Between(bounds, column.Values<Int128>()[row]);
    case Physical::kFloat32:
      return Between(bounds, double{column.Values<float>()[row]});
    case Physical::kFloat64:
      return Between(bounds, column.Values<double>()[row]);
    case Physical::kBytes:
      return Between(bounds, PrefixOf(column.Bytes(row)));
  }
  return false;
}

void CheckBounds(const ExtentView& extent, const ColumnView& column) {
  for (size_t row = 0; row < column.rows(); ++row) {
    const BlockBounds bounds = extent.Bounds(row / kBlockRows);
    const bool counts = bounds.known() && !column.IsNull(row);
    Expect(!counts || InBounds(bounds, column, row));
  }
}

int64_t IntegerAt(const ExtentView& extent, ExtentReader& reader, size_t row) {
  std::vector<int64_t> wide(kBlockRows);
  Expect(reader.ReadIntegers(extent, row / kBlockRows, wide.data()).ok());
  return wide[row % kBlockRows];
}

void CheckFilter(const ExtentView& extent, const ColumnView& column, size_t block,
                 const format::IntegerRange& range) {
  ExtentReader reader(format::BestKernels());
  uint64_t bitmap[format::kBlockWords];
  std::vector<int64_t> wide(kBlockRows);
  Expect(reader.FilterIntegers(extent, block, range, bitmap).ok());
  Expect(reader.ReadIntegers(extent, block, wide.data()).ok());
  for (size_t i = 0; i < extent.BlockRows(block); ++i) {
    const bool null = column.IsNull(block * kBlockRows + i);
    const bool matches = !null && range.lo <= wide[i] && wide[i] <= range.hi;
    Expect((bitmap[i / 64] >> (i % 64) & 1) == (matches ? 1 : 0));
  }
}

void CheckFilters(const ExtentView& extent, const ColumnView& column, uint32_t seed) {
  if (!format::IsInteger(extent.physical()) || extent.rows() == 0) return;
  ExtentReader reader(format::BestKernels());
  const int64_t a = IntegerAt(extent, reader, seed % extent.rows());
  const int64_t b = IntegerAt(extent, reader, seed / 7 % extent.rows());
  const size_t block = seed / 11 % extent.blocks();
  CheckFilter(extent, column, block, {std::min(a, b), std::max(a, b)});
  CheckFilter(extent, column, block, {a, a});
  CheckFilter(extent, column, block, {INT64_MIN, b});
  CheckFilter(extent, column, block, {static_cast<int64_t>(seed), INT64_MAX});
}

// Filters of extents that may lie: no more than no crash, and all levels alike.
void CheckLyingFilter(const ExtentView& extent, size_t block, uint32_t seed) {
  ExtentReader portable(format::PortableKernels());
  ExtentReader best(format::BestKernels());
  uint64_t a[format::kBlockWords];
  uint64_t b[format::kBlockWords];
  const auto lo = static_cast<int64_t>(extent.Bounds(block).min);
  const int64_t hi = lo > 0 ? INT64_MAX : lo + static_cast<int64_t>(seed % 1024);
  const format::IntegerRange range{lo, hi};
  const absl::Status status = portable.FilterIntegers(extent, block, range, a);
  Expect(status == best.FilterIntegers(extent, block, range, b));
  if (status.ok()) Expect(std::memcmp(a, b, sizeof(a)) == 0);
}

}  // namespace

bool IsAffordable(const ExtentView& extent) {
  if (extent.rows() > kMaxRows) return false;
  uint64_t bytes = 0;
  for (size_t block = 0; block < extent.blocks() && extent.physical() == Physical::kBytes;
       ++block) {
    bytes += RawBytes(extent, block);
    if (bytes > kMaxBytes) return false;
  }
  return true;
}

std::optional<ColumnBuffer> ReadAllRows(const ExtentView& extent, const Kernels& kernels) {
  ExtentReader verifying(kernels);
  ExtentReader trusting(kernels);
  trusting.set_verify(false);
  ColumnBuffer column(extent.physical());
  ColumnBuffer same(extent.physical());
  const absl::Status status = verifying.AppendAll(extent, column);
  const absl::Status trusted = trusting.AppendAll(extent, same);
  if (!status.ok()) {
    ExpectDataLoss(status);
    return std::nullopt;
  }
  Expect(trusted.ok() && SameColumn(column.view(), same.view()));
  return column;
}

void CheckWriting(const ColumnView& column, uint32_t seed) {
  static const format::PlaceSeed kSeeds(format::FileKind::kColumn, {.table = 1, .column = 2});
  format::ExtentWriter writer(format::BestKernels());
  const format::ExtentSpec spec{.seeds = kSeeds, .offset = 128, .keeps_bounds = seed % 8 != 0};
  std::vector<std::byte> bytes;
  Expect(writer.Append(column, spec, bytes).ok());
  const MappedBytes mapped(bytes);
  const auto extent = ExtentView::Parse(mapped.bytes(), {kSeeds, 128});
  Expect(extent.ok() && extent->size_bytes() == bytes.size());
  const auto again = ReadAllRows(*extent, format::PortableKernels());
  Expect(again.has_value() && SameColumn(again->view(), column));
  CheckRows(*extent, column, seed);
  CheckBounds(*extent, column);
  CheckFilters(*extent, column, seed);
}

void CheckExtent(const ExtentView& extent, uint32_t seed) {
  if (!IsAffordable(extent)) return;
  const auto column = ReadAllRows(extent, format::BestKernels());
  const auto portable = ReadAllRows(extent, format::PortableKernels());
  Expect(column.has_value() == portable.has_value());
  ExtentReader reader(format::BestKernels());
  for (size_t block = 0; block < extent.blocks(); ++block) {
    CheckValidity(extent, block);
    if (column.has_value()) CheckIntegers(extent, block, column->view());
    if (format::IsInteger(extent.physical())) CheckLyingFilter(extent, block, seed);
  }
  uint64_t bitmap[format::kBlockWords];
  Expect(!reader.FilterIntegers(extent, extent.blocks(), {0, 1}, bitmap).ok());
  if (column.has_value()) {
    Expect(SameColumn(column->view(), portable->view()));
    CheckRows(extent, column->view(), seed);
    return CheckWriting(column->view(), seed);
  }
  ColumnBuffer some(extent.physical());
  for (const size_t row : SomeRows(extent.rows(), seed)) {
    const absl::Status status = reader.AppendRow(extent, row, some);
    if (!status.ok()) ExpectDataLoss(status);
  }
}

}  // namespace tape::fuzz
