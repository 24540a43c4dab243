// Reads extents, whatever their bytes are.
//
//   absl::StatusOr<ExtentView> extent = ExtentView::Parse(mapped.subspan(offset),
//   {PlaceSeed(header), offset}); ExtentReader reader(BestKernels());                       //
//   scratch, one per thread for (size_t block = 0; block < extent->blocks(); ++block) {
//     if (!MayMatch(extent->Bounds(block))) continue;         // the block-range index: no data is
//     touched absl::Status status = reader.ReadFixed(*extent, block, values);
//   }
//
// Parse is the only constructor and checks everything that lies outside the data: sizes, order,
// reserved bytes, padding, the checksums of headers and dictionary. What it let through is trusted;
// a block's data has its own checksum, verified by the reader each time unless it is told that this
// was done before. Wrong bytes are kDataLoss, never other values.
//
// ExtentView: immutable, does not own; the bytes must outlive it and start at a multiple of 8 in
// memory. ExtentReader: thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/bytes/place.h"
#include "format/encoding/dictionary_section.h"
#include "format/kernels/kernels.h"
#include "format/layout/block_bounds.h"
#include "format/layout/extent_format.h"
#include "tape/column_view.h"

namespace tape::format {

struct ExtentPlace {
  PlaceSeed seeds{FileKind::kColumn, {}};  // of the file it lies in
  uint64_t offset = 0;                     // where in the file it begins
};

class ExtentView {
 public:
  // `bytes` starts with the extent and may go on after it.
  static absl::StatusOr<ExtentView> Parse(std::span<const std::byte> bytes,
                                          const ExtentPlace& place);

  const ExtentHeader& header() const { return header_; }
  Physical physical() const { return header_.physical; }
  size_t rows() const { return header_.rows; }
  size_t blocks() const { return header_.blocks; }
  size_t size_bytes() const { return header_.length; }
  bool has_dictionary() const { return (header_.flags & kHasDictionary) != 0; }

  // Which rows of its slice these are, one after the other.
  RowOrder order() const {
    if ((header_.flags & kArrivalOrder) != 0) return RowOrder::kArrival;
    return (header_.flags & kTimeOrder) != 0 ? RowOrder::kTime : RowOrder::kStored;
  }

  size_t BlockRows(size_t block) const {
    return block + 1 < blocks() ? kBlockRows : rows() - block * kBlockRows;
  }

  BlockPrefix Prefix(size_t block) const {
    BlockPrefix prefix;
    std::memcpy(&prefix, headers_ + block * BlockHeaderSize(physical()), sizeof(prefix));
    return prefix;
  }
  BlockBounds Bounds(size_t block) const;

  // A block's data, validity and padding included.
  std::span<const std::byte> BlockData(size_t block) const {
    const size_t begin = block == 0 ? 0 : size_t{Prefix(block - 1).end} * 8;
    return {data_ + begin, size_t{Prefix(block).end} * 8 - begin};
  }

  // kDataLoss when the data's checksum is wrong.
  absl::Status CheckBlock(size_t block) const;

  // By physical form: wides for int128, strings for bytes, words (integers, bits of floating
  // values) for the others. Empty where the extent has no dictionary.
  const IntegerDictionary& words() const { return words_; }
  const WideDictionary& wides() const { return wides_; }
  const BytesDictionary& strings() const { return strings_; }

 private:
  ExtentView() = default;
  absl::Status CheckHeader(std::span<const std::byte> bytes) const;
  absl::Status ParseDictionary(std::span<const std::byte> section);
  absl::Status CheckBlockHeader(size_t block) const;
  absl::Status CheckBlocks() const;
  absl::Status CheckWideHeaders() const;

  ExtentHeader header_;
  ExtentPlace place_{PlaceSeed(FileKind::kColumn, {}), 0};
  const std::byte* headers_ = nullptr;
  IntegerDictionary words_;
  WideDictionary wides_;
  BytesDictionary strings_;
  const std::byte* data_ = nullptr;
  size_t data_offset_ = 0;  // of data_, from the extent's start
};

struct IntegerRange {
  int64_t lo;
  int64_t hi;  // inclusive
};

class ExtentReader {
 public:
  explicit ExtentReader(const Kernels& kernels);
  ~ExtentReader();
  ExtentReader(const ExtentReader&) = delete;
  ExtentReader& operator=(const ExtentReader&) = delete;

  // Whether data is checked against its checksum at each read; true at first.
  void set_verify(bool verify) { verify_ = verify; }
  const Kernels& kernels() const { return kernels_; }

  // Values of a fixed-size form into out[0..1024) of that form (a full block's room always). Slots
  // of NULL rows hold anything.
  absl::Status ReadFixed(const ExtentView& extent, size_t block, void* out);
  // Values of an integer form, widened.
  absl::Status ReadIntegers(const ExtentView& extent, size_t block, int64_t* out);
  // One byte per row, 1 = has a value; returns whether any row is NULL.
  absl::StatusOr<bool> ReadValidity(const ExtentView& extent, size_t block, uint8_t* out);

  // Appends the block's rows, of any form, NULLs included.
  absl::Status AppendBlock(const ExtentView& extent, size_t block, ColumnBuffer& out);
  // Appends all rows, or, where one block is damaged, none.
  absl::Status AppendAll(const ExtentView& extent, ColumnBuffer& out);
  // Appends one row; decodes no more than its block, and where the encoding allows only the row.
  absl::Status AppendRow(const ExtentView& extent, size_t row, ColumnBuffer& out);

  // Bit i = row i has a value and lo <= value <= hi, for integer forms; on packed values where the
  // encoding allows it. bitmap[0..kBlockWords).
  absl::Status FilterIntegers(const ExtentView& extent, size_t block, const IntegerRange& wanted,
                              uint64_t* bitmap);

 private:
  struct State;
  absl::Status Open(const ExtentView& extent, size_t block);
  absl::Status DecodeIntegers(const ExtentView& extent, size_t block, int64_t* out);
  absl::Status DecodeIndexes(int64_t* out);
  template <typename T>
  absl::Status DecodeFloats(const ExtentView& extent, size_t block, T* out);
  absl::Status DecodeWide(const ExtentView& extent, size_t block, Int128* out);
  absl::Status DecodeFixed(const ExtentView& extent, size_t block, void* out);
  absl::Status AppendFixedBlock(const ExtentView& extent, size_t block, ColumnBuffer& out);
  absl::StatusOr<bool> ReadCodeValidity(const ExtentView& extent, size_t block, uint8_t* out);
  absl::Status AppendBytesBlock(const ExtentView& extent, ColumnBuffer& out);
  absl::Status ValueAt(const ExtentView& extent, size_t row, void* out);
  absl::Status EntryAt(const ExtentView& extent, size_t index, void* out);
  absl::StatusOr<int64_t> IndexAt(size_t index);
  absl::StatusOr<std::string_view> BytesAt(const ExtentView& extent, size_t index);
  bool IsNullHere(size_t index) const;

  const Kernels& kernels_;
  bool verify_ = true;
  std::unique_ptr<State> state_;
};

}  // namespace tape::format
