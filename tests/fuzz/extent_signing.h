// Right checksums for extents of any content, so that a fuzzer gets past them.
//
//   SignExtent(bytes, place);                      // what lies there is an extent now, or not
//   quite const size_t end = ClaimedLength(bytes);       // where the next one of a section begins
//
// Sizes that the bytes claim are used as far as they lie inside; what does not is left as it is for
// the reader to refuse.
//
// Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "format/layout/extent_view.h"

namespace tape::fuzz {

// Memory as a mapping gives it: starts at a multiple of 64 and ends where the bytes do, so that
// ASan sees a look beyond.
class MappedBytes {
 public:
  explicit MappedBytes(std::span<const std::byte> bytes);
  ~MappedBytes();
  MappedBytes(const MappedBytes&) = delete;
  MappedBytes& operator=(const MappedBytes&) = delete;

  std::span<std::byte> bytes() const { return {data_, size_}; }

 private:
  std::byte* data_;
  size_t size_;
};

void SignExtent(std::span<std::byte> bytes, const format::ExtentPlace& place);

// The length field, cut to what there is; all of it where there is no whole header.
size_t ClaimedLength(std::span<const std::byte> bytes);

// Where the parts of an extent lie, as its headers claim; zeros where that is outside.
struct ExtentParts {
  size_t block_headers = 0;  // offset; they end where the dictionary begins
  size_t header_size = 0;    // of one block
  size_t blocks = 0;
  size_t dictionary = 0;
  size_t data = 0;
};

ExtentParts FindParts(std::span<const std::byte> bytes);

format::ExtentHeader LoadHeader(std::span<const std::byte> bytes);
format::BlockPrefix LoadPrefix(std::span<const std::byte> bytes, const ExtentParts& parts,
                               size_t block);
void StorePrefix(const format::BlockPrefix& prefix, const ExtentParts& parts, size_t block,
                 std::span<std::byte> bytes);

}  // namespace tape::fuzz
