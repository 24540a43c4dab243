// Integers to bytes and back: constant, frame of reference, delta, each bit-packed with exceptions and
// scaled by a common divisor. Bytes: docs/format/block.md, "Integer payload".
//
//   IntegerScratch scratch;
//   IntegerPlan plan = PlanIntegers(kernels, values, reference, scratch);   // the exact price first
//   WriteIntegers(kernels, plan, values, reference, scratch, bytes);        // then plan.size_bytes bytes
//   ReadIntegers(kernels, plan.word, bytes, values.size(), reference, scratch, out);
//
// A call handles one block: at most 1,024 values. `reference` is the block header's min, or 0 in a nested payload;
// it is not stored here. Planning prices every encoding exactly from a histogram of bit widths and writes nothing,
// so that a caller can compare with what else it could do (a dictionary, raw).
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
#include "format/kernels/kernels.h"

namespace tape::format {

inline constexpr size_t kBlockCapacity = 1024;

// Work space of one thread. Contents mean nothing between calls, except the divisor, which a plan tries first because
// the ticks and lots of neighbouring blocks are mostly the same.
struct IntegerScratch {
  alignas(64) uint64_t packed_values[kBlockCapacity];
  alignas(64) int64_t deltas[kBlockCapacity];
  alignas(64) uint64_t candidates[kBlockCapacity];
  uint64_t last_divisor = 1;
};

// What a payload will be and exactly how long.
struct IntegerPlan {
  CodecWord word{};
  int64_t base = 0;    // kFrame: base; kDelta: delta base
  int64_t first = 0;   // kDelta: the first value; kConstant: the value
  uint64_t scale = 1;  // at least 1
  size_t size_bytes = 0;
};

// The cheapest of constant (a block's needs no varint: `nested` says which), frame and delta.
// `values` has 1..1024 entries.
IntegerPlan PlanIntegers(const Kernels& kernels, std::span<const int64_t> values, int64_t reference,
                         bool nested, IntegerScratch& scratch);

// The price of packing small non-negative integers (dictionary indexes) with a base of 0 and no varints; the word's encoding is kDictionary.
IntegerPlan PlanIndexes(std::span<const int64_t> indexes, IntegerScratch& scratch);

// Appends plan.size_bytes bytes to `out`, whose size must be a multiple of 8. `values` and `reference` are the plan's.
void WriteIntegers(const Kernels& kernels, const IntegerPlan& plan, std::span<const int64_t> values,
                   int64_t reference, IntegerScratch& scratch, std::vector<std::byte>& out);

// Decodes `count` values into out[0..1024) (a full block's room even when count is less). `data` is the payload and may have
// more bytes after it; at least 64 bytes after its end must be readable. Returns the payload's size in bytes, so that nested
// payloads can follow each other, or kDataLoss.
// For kDictionary the indexes come out.
absl::StatusOr<size_t> ReadIntegers(const Kernels& kernels, const CodecWord& word,
                                    std::span<const std::byte> data, size_t count, int64_t reference,
                                    IntegerScratch& scratch, int64_t* out);

// One value without decoding the others where the encoding allows it (constant, frame, dictionary index); for delta the block.
absl::StatusOr<int64_t> ReadIntegerAt(const Kernels& kernels, const CodecWord& word,
                                      std::span<const std::byte> data, size_t count, int64_t reference,
                                      size_t index, IntegerScratch& scratch);

// A nested payload: codec word, then the integers with reference 0. Appends to `out`; returns bytes appended.
size_t WriteNestedIntegers(const Kernels& kernels, std::span<const int64_t> values, IntegerScratch& scratch,
                           std::vector<std::byte>& out);
// Exact size that WriteNestedIntegers would append.
size_t PriceNestedIntegers(const Kernels& kernels, std::span<const int64_t> values, IntegerScratch& scratch);
// Reads a nested payload at the start of `data`; returns its size, codec word included.
absl::StatusOr<size_t> ReadNestedIntegers(const Kernels& kernels, std::span<const std::byte> data, size_t count,
                                          IntegerScratch& scratch, int64_t* out);

}  // namespace tape::format
