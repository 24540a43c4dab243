// Which rows of a block have a value: the bitmap in front of a block's payload.
//
//   const size_t nulls = CountNulls(kernels, valid);          // one byte per row: 1 = has a value
//   WriteValidity(kernels, valid, bytes);                     // nothing when all rows are alike
//   uint64_t bitmap[kBlockWords];
//   absl::StatusOr<size_t> size = ReadValidity(kernels, data, {rows, nulls}, bitmap);
//
// A block none of whose rows is NULL, or all of whose rows are, has no bitmap. Bytes:
// docs/format/block.md, "Data".
//
// Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "format/kernels/kernels.h"

namespace tape::format {

// Bytes of the bitmap of a block, 0 where there is none.
constexpr size_t ValidityBytes(size_t rows, size_t nulls) {
  return nulls == 0 || nulls >= rows ? 0 : (rows + 63) / 64 * sizeof(uint64_t);
}

// `valid` is a block's validity, 1 to 1,024 bytes, 0 = NULL; or empty, when no row is NULL.
size_t CountNulls(const Kernels& kernels, std::span<const uint8_t> valid);

// Appends the bitmap, if there is one.
void WriteValidity(const Kernels& kernels, std::span<const uint8_t> valid,
                   std::vector<std::byte>& out);

struct ValidityCounts {
  size_t rows;   // 1 to 1,024
  size_t nulls;  // of the block header
};

// Fills bitmap[0 .. kBlockWords), bit i%64 of word i/64 set = row i has a value; bits of rows that
// do not exist are 0. Returns the size of the stored bitmap, 0 where none is stored, or kDataLoss:
// it is cut short, says something of rows that do not exist, or disagrees with the number of NULLs.
absl::StatusOr<size_t> ReadValidity(const Kernels& kernels, std::span<const std::byte> data,
                                    const ValidityCounts& counts, uint64_t* bitmap);

// Gives the slots of NULL rows the value of the row before them (of the first row that has one, at
// the beginning), which costs next to nothing in any encoding. Nothing happens when no row has a
// value.
template <typename T>
void FillNullSlots(std::span<const uint8_t> valid, std::span<T> values) {
  size_t first = 0;
  while (first < valid.size() && valid[first] == 0) ++first;
  if (first == valid.size()) return;
  T last = values[first];
  for (size_t row = 0; row < valid.size(); ++row) {
    last = valid[row] != 0 ? values[row] : last;
    values[row] = last;
  }
}

}  // namespace tape::format
