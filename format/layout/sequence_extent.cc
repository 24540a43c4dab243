#include "format/layout/sequence_extent.h"

#include <algorithm>

#include "format/bytes/message.h"

namespace tape::format {
namespace {

absl::Status Damaged(const ExtentView& extent, std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("sequence of role ", static_cast<int>(extent.header().role),
                                    ": ", what, ", found ", found));
}

bool Follows(SequenceOrder order, Int128 before, Int128 after) {
  if (order == SequenceOrder::kNone) return true;
  return order == SequenceOrder::kAscending ? before < after : before <= after;
}

absl::Status CheckHeader(const ExtentView& extent, const SequenceSpec& spec, size_t rows) {
  const ExtentHeader& header = extent.header();
  if (header.role != spec.role) {
    return Damaged(extent, Concat("expected role ", static_cast<int>(spec.role)),
                   static_cast<uint64_t>(header.role));
  }
  if (header.physical != spec.physical) {
    return Damaged(extent, Concat("expected physical form ", static_cast<int>(spec.physical)),
                   static_cast<uint64_t>(header.physical));
  }
  if ((header.flags & ~kHasDictionary) != 0) return Damaged(extent, "flags", header.flags);
  if (header.parameter != spec.parameter) return Damaged(extent, "parameter", header.parameter);
  if (rows == 0 || extent.rows() != rows) {
    return Damaged(extent, Concat("expected ", rows, " values"), extent.rows());
  }
  return absl::OkStatus();
}

absl::Status CheckBounds(const ExtentView& extent, SequenceOrder order) {
  for (size_t block = 0; block < extent.blocks(); ++block) {
    const BlockBounds bounds = extent.Bounds(block);
    if (bounds.flags != 0) return Damaged(extent, "bounds of block", block);
    if (bounds.min > bounds.max) return Damaged(extent, "bounds crossed in block", block);
    if (extent.Prefix(block).word.null_count != 0) return Damaged(extent, "NULLs in block", block);
    if (block > 0 && !Follows(order, extent.Bounds(block - 1).max, bounds.min)) {
      return Damaged(extent, "out of order before block", block);
    }
  }
  return absl::OkStatus();
}

bool IsOrdered(SequenceOrder order, std::span<const int64_t> values) {
  if (order == SequenceOrder::kNone) return true;
  size_t wrong = 0;  // counted, not stopped at: the loop has no branch
  const int64_t step = order == SequenceOrder::kAscending ? 1 : 0;
  for (size_t i = 1; i < values.size(); ++i) {
    wrong += values[i] < values[i - 1] || (step == 1 && values[i] == values[i - 1]) ? 1 : 0;
  }
  return wrong == 0;
}

}  // namespace

absl::Status AppendSequence(ExtentWriter& writer, const SequenceSpec& spec,
                            std::span<const int64_t> values, const ExtentPlace& place,
                            std::vector<std::byte>& out) {
  const ExtentSpec extent{.role = spec.role, .seeds = place.seeds, .offset = place.offset};
  return writer.Append(ColumnView::Of(values), extent, out);
}

absl::StatusOr<ExtentView> ParseSequence(std::span<const std::byte> bytes, const ExtentPlace& place,
                                         const SequenceSpec& spec, size_t rows) {
  absl::StatusOr<ExtentView> extent = ExtentView::Parse(bytes, place);
  if (!extent.ok()) return extent.status();
  if (absl::Status status = CheckSequence(*extent, spec, rows); !status.ok()) return status;
  return extent;
}

absl::Status CheckSequence(const ExtentView& extent, const SequenceSpec& spec, size_t rows) {
  if (absl::Status status = CheckHeader(extent, spec, rows); !status.ok()) return status;
  return CheckBounds(extent, spec.order);
}

size_t FirstBlockReaching(const ExtentView& extent, int64_t value) {
  size_t first = 0;
  size_t end = extent.blocks();
  while (first < end) {
    const size_t middle = first + (end - first) / 2;
    if (extent.Bounds(middle).max < value) {
      first = middle + 1;
    } else {
      end = middle;
    }
  }
  return first;
}

int64_t LeastValue(const ExtentView& extent) {
  Int128 least = extent.Bounds(0).min;
  for (size_t block = 1; block < extent.blocks(); ++block) {
    least = std::min(least, extent.Bounds(block).min);
  }
  return static_cast<int64_t>(least);
}

int64_t GreatestValue(const ExtentView& extent) {
  Int128 greatest = extent.Bounds(0).max;
  for (size_t block = 1; block < extent.blocks(); ++block) {
    greatest = std::max(greatest, extent.Bounds(block).max);
  }
  return static_cast<int64_t>(greatest);
}

absl::Status ReadSequence(ExtentReader& reader, const ExtentView& extent, size_t block,
                          SequenceOrder order, int64_t* out) {
  if (absl::Status status = reader.ReadIntegers(extent, block, out); !status.ok()) return status;
  const std::span<const int64_t> values(out, extent.BlockRows(block));
  const MinMax seen = reader.kernels().min_max_64(values.data(), values.size());
  const BlockBounds bounds = extent.Bounds(block);
  if (seen.min != bounds.min || seen.max != bounds.max) {
    return Damaged(extent, "values outside the bounds of block", block);
  }
  if (!IsOrdered(order, values)) return Damaged(extent, "out of order inside block", block);
  return absl::OkStatus();
}

}  // namespace tape::format
