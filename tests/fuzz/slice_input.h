// A fuzzer's bytes as a slice: what its manifest record would say, then its extents end to end.
//
//   SliceInput input(bytes);            // cut into sections, each extent signed at its place
//   const auto slice = SliceView::Parse(input.spec(), input.shape(), input.bytes());
//
// Layout of the input (SlicePreamble, 16 bytes): number of columns, cluster column (255: none),
// time column (255: none), flags (1 clustered, 2 tape, 4 samples, 8 displacement), columns that are
// SENSITIVE (a bit each), columns without bounds (a bit each), 2 zero bytes, rows (4 bytes), 4 zero
// bytes. Then the sections in order: each column's extent, or the two of the directory; then those
// of the order tape. A section ends where its extent's length field says.
//
// Thread-compatible; owns its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "format/layout/slice_view.h"
#include "tests/fuzz/extent_signing.h"

namespace tape::fuzz {

struct SlicePreamble {
  uint8_t columns = 0;
  uint8_t cluster_column = 255;
  uint8_t time_column = 255;
  uint8_t flags = 0;
  uint8_t sensitive = 0;
  uint8_t without_bounds = 0;
  uint16_t reserved_6 = 0;
  uint32_t rows = 0;
  uint32_t reserved_12 = 0;
};
static_assert(sizeof(SlicePreamble) == 16);

inline constexpr size_t kMaxSliceColumns = 8;

SlicePreamble LoadPreamble(std::span<const std::byte> input);

// Where each extent of an input begins, in order; the last entry is where the last one ends.
std::vector<size_t> ExtentOffsets(std::span<const std::byte> input);

// As a slice was built, and what it was built with.
std::vector<std::byte> SliceInputOf(const format::BuiltSlice& slice, const format::SliceSpec& spec);

// Where the columns of the corpora's slices lie.
format::SliceSpec SpecOf(const SlicePreamble& preamble);

class SliceInput {
 public:
  explicit SliceInput(std::span<const std::byte> input);

  const format::SliceSpec& spec() const { return spec_; }
  const format::SliceShape& shape() const { return shape_; }
  // Valid as long as this is.
  format::SliceBytes bytes() const { return {columns_, order_}; }

 private:
  // Copies and signs the next `extents` extents, which lie in one section.
  std::span<const std::byte> TakeSection(std::span<const std::byte>& rest, size_t extents,
                                         const format::ExtentPlace& place);

  format::SliceSpec spec_;
  format::SliceShape shape_;
  std::vector<std::unique_ptr<MappedBytes>> sections_;
  std::vector<std::span<const std::byte>> columns_;
  std::span<const std::byte> order_;
};

}  // namespace tape::fuzz
