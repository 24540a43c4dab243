// Extents of integers without NULLs, mostly ascending, that lie side by side in a section: the row
// numbers and LSNs of kills, the hashes and row numbers of a key, directories and order tapes.
//
//   constexpr SequenceSpec kRows{ExtentRole::kKillRows, SequenceOrder::kAscending};
//   absl::Status status = AppendSequence(writer, kRows, row_numbers, place, bytes);
//
//   absl::StatusOr<ExtentView> rows = ParseSequence(bytes, place, kRows, count);
//   const size_t block = FirstBlockReaching(*rows, 17);        // where 17 is, if it is there
//   absl::Status status = ReadSequence(reader, *rows, block, kRows.order, values);
//
// What an order promises is checked wherever values are seen: between blocks by ParseSequence, on
// the block-range index, and inside a block by ReadSequence. So a search never misses a value that
// is there; it fails.
//
// Pure functions over the caller's scratch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/layout/extent_view.h"
#include "format/layout/extent_writer.h"

namespace tape::format {

enum class SequenceOrder : uint8_t {
  kNone,
  kNotFalling,  // each value at least the one before it
  kAscending,   // each value greater than the one before it
};

struct SequenceSpec {
  ExtentRole role;
  SequenceOrder order = SequenceOrder::kNone;
  Physical physical = Physical::kInt64;
  uint32_t parameter = 0;
};

// Appends one extent of int64; the values have the order of the spec.
absl::Status AppendSequence(ExtentWriter& writer, const SequenceSpec& spec,
                            std::span<const int64_t> values, const ExtentPlace& place,
                            std::vector<std::byte>& out);

// Parses the extent at the start of `bytes`: kDataLoss unless it is one of `rows` values, at least
// one, in that role, with bounds in that order, and nothing that AppendSequence does not write.
absl::StatusOr<ExtentView> ParseSequence(std::span<const std::byte> bytes, const ExtentPlace& place,
                                         const SequenceSpec& spec, size_t rows);

// The same of an extent that is parsed already.
absl::Status CheckSequence(const ExtentView& extent, const SequenceSpec& spec, size_t rows);

// Of an ordered sequence: the first block whose greatest value is at least `value`; blocks() when
// there is none.
size_t FirstBlockReaching(const ExtentView& extent, int64_t value);

// Least and greatest value of all.
int64_t LeastValue(const ExtentView& extent);
int64_t GreatestValue(const ExtentView& extent);

// Decodes a block into out[0..1024). kDataLoss where it is damaged or not in the promised order.
absl::Status ReadSequence(ExtentReader& reader, const ExtentView& extent, size_t block,
                          SequenceOrder order, int64_t* out);

}  // namespace tape::format
