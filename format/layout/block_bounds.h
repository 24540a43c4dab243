// What a block header says of the values in its block, and pruning reads.
#pragma once

#include <cstdint>

#include "format/encoding/codec_word.h"
#include "tape/int128.h"

namespace tape::format {

// The least and the greatest value that is not NULL, as the header has them: integers sign-extended
// (codes zero-extended), floating values as the bits of a double, bytes as their first eight, most
// significant first.
struct BlockBounds {
  uint8_t flags = kNoBounds;  // kNoBounds, kInexactBounds, kHasNan
  Int128 min = 0;
  Int128 max = 0;

  bool known() const { return (flags & kNoBounds) == 0; }
  bool operator==(const BlockBounds&) const = default;
};

// What encoding a block gives beside its payload.
struct EncodedBlock {
  CodecWord word{};  // flags and null count are the caller's to add
  BlockBounds bounds;
};

}  // namespace tape::format
