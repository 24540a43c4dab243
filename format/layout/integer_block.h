// One block of a bool, int16, int32, int64 or code32 column: values to payload and back.
//
// All integer forms are encoded as int64: a bool as 0 or 1, a code zero-extended, the others
// sign-extended. The slot of a NULL takes a neighbour's value. A code32 column needs no validity:
// its NULL is code 0.
//
// Pure functions over the caller's scratch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "format/encoding/codec_word.h"
#include "format/encoding/integer_codec.h"
#include "format/kernels/kernels.h"
#include "format/layout/block_bounds.h"
#include "tape/column_view.h"

namespace tape::format {

// The block's values as int64, NULL slots filled.
void WidenBlock(const Kernels& kernels, const ColumnView& block, int64_t* out);

// Widened values to values of the physical form.
void NarrowBlock(const Kernels& kernels, Physical physical, std::span<const int64_t> values,
                 void* out);

// Appends the payload without a dictionary.
EncodedBlock EncodeIntegerBlock(const Kernels& kernels, std::span<const int64_t> values,
                                bool keeps_bounds, IntegerScratch& scratch,
                                std::vector<std::byte>& out);

}  // namespace tape::format
