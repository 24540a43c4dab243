// One key of one seal: which rows have a key, found by its hash. Bytes: docs/format/key-extent.md.
//
//   std::vector<KeyEntry> entries = ...;                       // a hash and a row number each
//   absl::Status status = AppendKeyExtent(writer, std::move(entries), {seeds, offset}, bytes);
//
//   absl::StatusOr<KeyExtentView> keys = KeyExtentView::Parse(file.subspan(offset), {seeds,
//   offset}); absl::StatusOr<bool> may = keys->MayContain(hash);         // one cache line; no:
//   surely not there KeyReader reader(BestKernels());                           // scratch, one per
//   thread std::vector<RowNumber> rows; absl::Status status = reader.Find(*keys, hash, rows); //
//   rows with this hash, ascending
//
// Three parts behind a header: a filter that says for more than 99 of 100 absent keys that they are
// absent, the hashes in ascending order, and the rows in the order of the hashes. A look-up decodes
// the block of hashes whose bounds enclose the hash, and the block of rows only where it is found.
//
// KeyExtentView: immutable, does not own; the bytes must outlive it and start at a multiple of 8 in
// memory. KeyReader: thread-compatible.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/kernels/kernels.h"
#include "format/layout/extent_view.h"
#include "format/layout/extent_writer.h"
#include "tape/ids.h"

namespace tape::format {

// ---- as it lies in a file

inline constexpr std::array<char, 4> kKeyMagic = {'T', 'P', 'K', 'E'};

struct KeyExtentHeader {
  std::array<char, 4> magic = kKeyMagic;
  uint32_t entries = 0;
  uint64_t length = 0;  // of everything, this header and all padding included
  uint64_t filter_blocks = 0;
  uint64_t least_row = 0;
  uint64_t greatest_row = 0;
  uint64_t reserved_40 = 0;
  uint64_t reserved_48 = 0;
  uint32_t reserved_56 = 0;
  uint32_t crc = 0;  // of bytes 0..59
};
static_assert(sizeof(KeyExtentHeader) == 64);
static_assert(offsetof(KeyExtentHeader, entries) == 4 && offsetof(KeyExtentHeader, length) == 8);
static_assert(offsetof(KeyExtentHeader, filter_blocks) == 16);
static_assert(offsetof(KeyExtentHeader, least_row) == 24);
static_assert(offsetof(KeyExtentHeader, greatest_row) == 32);
static_assert(offsetof(KeyExtentHeader, reserved_40) == 40);
static_assert(offsetof(KeyExtentHeader, reserved_56) == 56);
static_assert(offsetof(KeyExtentHeader, crc) == 60);

// A hash belongs to one block of the filter and sets one bit in each of its words.
struct KeyFilterBlock {
  static constexpr size_t kWords = 7;
  std::array<uint64_t, kWords> words{};
  uint32_t reserved_56 = 0;
  uint32_t crc = 0;  // of bytes 0..59
};
static_assert(sizeof(KeyFilterBlock) == 64 && offsetof(KeyFilterBlock, reserved_56) == 56);
static_assert(offsetof(KeyFilterBlock, crc) == 60);

// What a writer gives a filter block to hold: 12.8 bits a hash.
inline constexpr size_t kHashesPerFilterBlock = 40;

// ---- writing

struct KeyEntry {
  uint64_t hash = 0;
  RowNumber row;

  friend auto operator<=>(const KeyEntry&, const KeyEntry&) = default;
};

// Appends one key extent to `out`, whose size is a multiple of 64. The entries come in any order;
// one that is there twice is written once. kInvalidArgument, and nothing appended, for no entry, a
// row number of 2^63 or more, or an offset that is not a multiple of 64.
absl::Status AppendKeyExtent(ExtentWriter& writer, std::vector<KeyEntry> entries,
                             const ExtentPlace& place, std::vector<std::byte>& out);

// ---- reading

class KeyExtentView {
 public:
  // `bytes` starts with the key extent and may go on after it. Checks everything but the filter's
  // blocks and the data of the extents' blocks, which have checksums of their own, verified at use.
  static absl::StatusOr<KeyExtentView> Parse(std::span<const std::byte> bytes,
                                             const ExtentPlace& place);

  size_t entries() const { return header_.entries; }
  size_t size_bytes() const { return header_.length; }
  RowNumber least_row() const { return RowNumber(header_.least_row); }
  RowNumber greatest_row() const { return RowNumber(header_.greatest_row); }
  const ExtentView& hashes() const { return hashes_; }
  const ExtentView& rows() const { return rows_; }

  // False: no row has this hash. True: one may have. kDataLoss where the one block of the filter
  // that knows is damaged.
  absl::StatusOr<bool> MayContain(uint64_t hash) const;

  size_t filter_blocks() const { return header_.filter_blocks; }
  // kDataLoss where its checksum is wrong.
  absl::StatusOr<KeyFilterBlock> FilterBlock(size_t index) const;

 private:
  KeyExtentView(const KeyExtentHeader& header, const ExtentPlace& place,
                std::span<const std::byte> filter, const ExtentView& hashes, const ExtentView& rows)
      : header_(header), place_(place), filter_(filter), hashes_(hashes), rows_(rows) {}

  KeyExtentHeader header_;
  ExtentPlace place_;
  std::span<const std::byte> filter_;
  ExtentView hashes_;
  ExtentView rows_;
};

class KeyReader {
 public:
  explicit KeyReader(const Kernels& kernels);
  ~KeyReader();
  KeyReader(const KeyReader&) = delete;
  KeyReader& operator=(const KeyReader&) = delete;

  // Appends the rows with this hash, ascending. Does not ask the filter. kDataLoss where a block
  // that had to be decoded is damaged, or its hashes are out of order.
  absl::Status Find(const KeyExtentView& keys, uint64_t hash, std::vector<RowNumber>& rows);

  // Appends all entries in order. kDataLoss where any block is damaged or any entry out of order.
  absl::Status ReadAll(const KeyExtentView& keys, std::vector<KeyEntry>& entries);

  // Reads everything: every block, every order, and whether the filter is the one these entries
  // give.
  absl::Status Verify(const KeyExtentView& keys);

 private:
  struct State;
  absl::Status ReadHashes(const ExtentView& hashes, size_t block);
  absl::Status FindInBlock(const KeyExtentView& keys, size_t block, uint64_t hash,
                           std::vector<RowNumber>& rows);

  std::unique_ptr<State> state_;
};

// The entries of all key extents whose rows are kept, in order: what a fold writes in their place.
absl::StatusOr<std::vector<KeyEntry>> MergeKeyExtents(KeyReader& reader,
                                                      std::span<const KeyExtentView> extents,
                                                      absl::FunctionRef<bool(RowNumber)> keeps);

}  // namespace tape::format
