// Integers to bytes and back: constant, frame of reference, delta, each bit-packed with exceptions
// and scaled by a common divisor. Bytes: docs/format/block.md, "Integer payload".
//
//   IntegerScratch scratch;
//   IntegerPlan plan = PlanIntegers(kernels, values, {.reference = min}, scratch);  // the exact
//   price first WriteIntegers(kernels, plan, values, scratch, bytes);                           //
//   then plan.size_bytes bytes ReadIntegers(kernels, {plan.word, bytes, values.size(), min}, out);
//
// A call handles one block: 1 to 1,024 values. The reference is the block header's min, or 0 in a
// nested payload; it is not stored here. Planning prices every encoding exactly from a histogram of
// bit widths and writes nothing, so that a caller can compare with what else it could do (a
// dictionary, raw).
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

// Work space of one thread. Contents mean nothing between calls.
struct IntegerScratch {
  alignas(64) uint64_t quotients[kBlockRows];
  alignas(64) int64_t deltas[kBlockRows];
  alignas(64) uint64_t residuals[kBlockRows];
};

// Where a payload stands: in a block, whose header has the least value, or inside another payload.
struct IntegerPlace {
  int64_t reference = 0;
  bool nested = false;
};

// What a payload will be and exactly how long.
struct IntegerPlan {
  CodecWord word{};
  IntegerPlace place;
  uint64_t scale = 1;   // at least 1
  uint64_t origin = 0;  // the least value: quotients are (v - origin) / scale
  uint64_t residual =
      0;  // subtracted from quotients (kFrame) or from their deltas (kDelta) before packing
  int64_t first = 0;  // kDelta: the first value; kConstant: the value
  size_t size_bytes = 0;
};

// The cheapest of constant, frame and delta. A constant block needs no bytes at all.
IntegerPlan PlanIntegers(const Kernels& kernels, std::span<const int64_t> values,
                         const IntegerPlace& place, IntegerScratch& scratch);

// The plan for dictionary indexes: small, not negative, packed as they are.
IntegerPlan PlanIndexes(const Kernels& kernels, std::span<const int64_t> indexes);

// Appends plan.size_bytes bytes to `out`, whose size is a multiple of 8. `values` are the plan's.
void WriteIntegers(const Kernels& kernels, const IntegerPlan& plan, std::span<const int64_t> values,
                   IntegerScratch& scratch, std::vector<std::byte>& out);

// A payload to read. `data` may go on after it; 16 bytes after the payload's end are readable.
struct IntegerPayload {
  CodecWord word;
  std::span<const std::byte> data;
  size_t count;
  int64_t reference = 0;
};

// Decodes into out[0..1024), a full block's room even when there are fewer values. Returns the
// payload's size, or kDataLoss. For kDictionary the indexes come out, unchecked against the
// dictionary.
absl::StatusOr<size_t> ReadIntegers(const Kernels& kernels, const IntegerPayload& payload,
                                    int64_t* out);

// One value, without decoding the others except for kDelta, which uses scratch[0..1024).
absl::StatusOr<int64_t> ReadIntegerAt(const Kernels& kernels, const IntegerPayload& payload,
                                      size_t index, int64_t* scratch);

// Bit i = lo <= value i <= hi, found on the packed values. False, and nothing done, where the
// encoding does not allow that (kDelta, kDictionary, exceptions, a partial block); the caller
// decodes then. bitmap[0..kBlockWords).
absl::StatusOr<bool> FilterPacked(const Kernels& kernels, const IntegerPayload& payload, int64_t lo,
                                  int64_t hi, uint64_t* bitmap);

// A nested payload: codec word, then the integers with reference 0. Appends to `out`; returns the
// bytes appended, which PriceNestedIntegers says beforehand.
size_t WriteNestedIntegers(const Kernels& kernels, std::span<const int64_t> values,
                           IntegerScratch& scratch, std::vector<std::byte>& out);
size_t PriceNestedIntegers(const Kernels& kernels, std::span<const int64_t> values,
                           IntegerScratch& scratch);

// Reads a nested payload at the start of `data`; returns its size, codec word included.
absl::StatusOr<size_t> ReadNestedIntegers(const Kernels& kernels, std::span<const std::byte> data,
                                          size_t count, int64_t* out);

}  // namespace tape::format
