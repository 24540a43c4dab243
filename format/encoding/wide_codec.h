// 128-bit integers (long decimals, UUIDs) to bytes and back: constant, 64-bit offsets from a base,
// high and low words apart, or verbatim. Bytes: docs/format/block.md, "128-bit payload".
//
//   WideScratch scratch;
//   WidePlan plan = PlanWide(kernels, values, /*flags=*/0, scratch);   // bounds, exact price
//   WriteWide(kernels, plan, values, scratch, bytes);                  // plan.size_bytes bytes
//   ReadWide(kernels, {plan.word, bytes, values.size()}, plan.min, scratch, out);
//
// A call handles one block: 1 to 1,024 values, those of NULL rows included (FillNullSlots in
// validity.h makes them harmless). Most blocks span less than 64 bits, and are a 64-bit block with
// a base. In others the words are worth telling apart when one of them is regular: the time in a
// UUID of version 7.
//
// Pure functions; scratch is the caller's, one per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/encoding/codec_word.h"
#include "format/encoding/integer_codec.h"
#include "format/encoding/payload.h"
#include "format/kernels/kernels.h"
#include "tape/int128.h"

namespace tape::format {

// Work space of one thread. Contents mean nothing between calls, except the divisors.
struct WideScratch {
  IntegerScratch high_words;
  IntegerScratch low_words;  // or offsets
  alignas(64) int64_t highs[kBlockRows];
  alignas(64) int64_t lows[kBlockRows];  // or offsets
};

// What a payload will be and exactly how long.
struct WidePlan {
  CodecWord word{};  // null count 0: the caller's to set in the block header
  Int128 min = 0;    // of the values
  Int128 max = 0;
  Int128 base = 0;   // kOffset
  IntegerPlan high;  // kSplit
  IntegerPlan low;   // kSplit, and the offsets of kOffset
  size_t size_bytes = 0;
};

// The cheapest encoding. `flags` are the block header's: with kNoBounds there is no min that a
// constant could be read from.
WidePlan PlanWide(const Kernels& kernels, std::span<const Int128> values, uint8_t flags,
                  WideScratch& scratch);

// Appends plan.size_bytes bytes to `out`, whose size is a multiple of 8. `values` are the plan's.
void WriteWide(const Kernels& kernels, const WidePlan& plan, std::span<const Int128> values,
               WideScratch& scratch, std::vector<std::byte>& out);

// Decodes into out[0..count); `min` is the block header's. kDataLoss for bytes that WriteWide does
// not write. A block whose rows are all NULL reads as zeros.
absl::Status ReadWide(const Kernels& kernels, const Payload& payload, const Int128& min,
                      WideScratch& scratch, Int128* out);

// One value, without decoding the others where the encoding allows that.
absl::StatusOr<Int128> ReadWideAt(const Kernels& kernels, const Payload& payload, const Int128& min,
                                  size_t index, WideScratch& scratch);

}  // namespace tape::format
