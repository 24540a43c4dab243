// Floating-point numbers to bytes and back: constant, scaled decimals with exceptions, or verbatim.
// Every bit survives: -0.0, NaN payloads, denormals, infinities. Bytes: docs/format/block.md,
// "Floating-point payload".
//
//   FloatScratch scratch;
//   FloatBounds bounds = BoundsOfFloats(kernels, values);             // for the block header
//   FloatPlan plan = PlanFloats(kernels, values, bounds.flags, scratch);   // the exact price first
//   WriteFloats(kernels, plan, values, scratch, bytes);              // then plan.size_bytes bytes
//   ReadFloats(kernels, {plan.word, bytes, values.size()}, bounds.min, scratch, out);
//
// A call handles one block: 1 to 1,024 values, those of NULL rows included (FillNullSlots in
// validity.h makes them harmless). Prices, sensor values and most measurements were decimals once
// and are stored as the integers d of v = double(d) / 10^e; what does not come back bit by bit is
// an exception, kept verbatim. A block that would not shrink stays raw. Dictionaries are the
// extent's business: the values' bits are integers to them.
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

namespace tape::format {

// Work space of one thread. Contents mean nothing between calls, except the digits of the last
// plan, which its writing uses.
struct FloatScratch {
  IntegerScratch integers;
  alignas(64) int64_t digits[kBlockRows];
  alignas(64) double doubles[kBlockRows];
  alignas(64) float floats[kBlockRows];
  uint64_t exceptions[kBlockWords];
  uint64_t generation = 0;  // of the digits: grows with every call that overwrites them
};

// What a payload will be and exactly how long.
struct FloatPlan {
  CodecWord word{};  // null count 0: the caller's to set in the block header
  IntegerPlan digits;
  size_t size_bytes = 0;
  const FloatScratch* scratch = nullptr;  // whose digits are this plan's
  uint64_t generation = 0;                // while they have this generation
};

// A block header's min and max: bits of doubles, -0.0 before 0.0, NaN left out. Flags are kNoBounds
// (and both are 0) when every value is NaN, and kHasNan.
struct FloatBounds {
  int64_t min = 0;
  int64_t max = 0;
  uint8_t flags = 0;

  bool operator==(const FloatBounds&) const = default;
};

FloatBounds BoundsOfFloats(const Kernels& kernels, std::span<const double> values);
FloatBounds BoundsOfFloats(const Kernels& kernels, std::span<const float> values);

// The cheapest of constant, scaled (where that saves a thirty-second) and raw. `flags` are the
// block header's: with kNoBounds a constant must be stored, without it is the header's min.
FloatPlan PlanFloats(const Kernels& kernels, std::span<const double> values, uint8_t flags,
                     FloatScratch& scratch);
FloatPlan PlanFloats(const Kernels& kernels, std::span<const float> values, uint8_t flags,
                     FloatScratch& scratch);

// Appends plan.size_bytes bytes to `out`, whose size is a multiple of 8. `values` are the plan's.
// Fastest right after the plan, with its scratch.
void WriteFloats(const Kernels& kernels, const FloatPlan& plan, std::span<const double> values,
                 FloatScratch& scratch, std::vector<std::byte>& out);
void WriteFloats(const Kernels& kernels, const FloatPlan& plan, std::span<const float> values,
                 FloatScratch& scratch, std::vector<std::byte>& out);

// Decodes into out[0..1024), a full block's room even when there are fewer values; `min` is the
// block header's. kDataLoss for bytes that WriteFloats does not write. A block whose rows are all
// NULL reads as zeros.
absl::Status ReadFloats(const Kernels& kernels, const Payload& payload, int64_t min,
                        FloatScratch& scratch, double* out);
absl::Status ReadFloats(const Kernels& kernels, const Payload& payload, int64_t min,
                        FloatScratch& scratch, float* out);

// One value, without decoding the others unless the digits are stored as deltas. Looks at no more
// of the payload than it needs.
absl::StatusOr<double> ReadDoubleAt(const Kernels& kernels, const Payload& payload, int64_t min,
                                    size_t index, FloatScratch& scratch);
absl::StatusOr<float> ReadFloatAt(const Kernels& kernels, const Payload& payload, int64_t min,
                                  size_t index, FloatScratch& scratch);

}  // namespace tape::format
