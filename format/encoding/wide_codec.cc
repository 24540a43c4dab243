#include "format/encoding/wide_codec.h"

#include <algorithm>
#include <cstring>

#include "format/bytes/little_endian.h"

namespace tape::format {
namespace {

constexpr UInt128 kWordRange = static_cast<UInt128>(1) << 64;

absl::Status Damaged(std::string_view what, uint64_t found) {
  return DamagedPayload("128-bit", what, found);
}

Int128 Join(int64_t high, int64_t low) {
  return static_cast<Int128>((static_cast<UInt128>(static_cast<uint64_t>(high)) << 64) |
                             static_cast<uint64_t>(low));
}

// base + offset modulo 2^128.
Int128 AddOffset(Int128 base, int64_t offset) {
  return static_cast<Int128>(static_cast<UInt128>(base) +
                             static_cast<UInt128>(static_cast<Int128>(offset)));
}

// --- Planning.

// The base that makes offsets of [min, max] fit an int64: min itself where that will do, because
// small offsets are cheap to write down, else the middle.
Int128 OffsetBase(const WidePlan& plan, UInt128 range) {
  const bool half = range < kWordRange / 2;
  return half ? plan.min : static_cast<Int128>(static_cast<UInt128>(plan.min) + kWordRange / 2);
}

void FillOffsets(std::span<const Int128> values, Int128 base, int64_t* offsets) {
  const auto low_base = static_cast<uint64_t>(base);
  for (size_t i = 0; i < values.size(); ++i) {
    offsets[i] = static_cast<int64_t>(static_cast<uint64_t>(values[i]) - low_base);
  }
}

void FillWords(std::span<const Int128> values, int64_t* highs, int64_t* lows) {
  for (size_t i = 0; i < values.size(); ++i) {
    highs[i] = static_cast<int64_t>(values[i] >> 64);
    lows[i] = static_cast<int64_t>(values[i]);
  }
}

void Adopt(Encoding encoding, size_t size, WidePlan& plan) {
  if (size >= plan.size_bytes) return;
  plan.word.encoding = encoding;
  plan.size_bytes = size;
}

IntegerPlan PlanNested(const Kernels& kernels, const int64_t* values, size_t n,
                       IntegerScratch& scratch) {
  return PlanIntegers(kernels, {values, n}, {.nested = true}, scratch);
}

// --- Reading.

absl::Status CheckWord(const Payload& payload) {
  const CodecWord& word = payload.word;
  if (absl::Status status = CheckCounts("128-bit", payload); !status.ok()) return status;
  const unsigned any = word.width | word.exception_width | word.exception_count;
  if (any != 0) return Damaged("packed values where there are none", any);
  switch (word.encoding) {
    case Encoding::kConstant:
    case Encoding::kRaw:
    case Encoding::kOffset:
    case Encoding::kSplit:
      return absl::OkStatus();
    default:
      return Damaged("unknown encoding", static_cast<uint8_t>(word.encoding));
  }
}

absl::Status CheckSize(const Payload& payload, size_t expected) {
  if (payload.data.size() == expected) return absl::OkStatus();
  return Damaged("size of the payload", payload.data.size());
}

absl::StatusOr<Int128> ConstantValue(const Payload& payload, const Int128& min) {
  if (absl::Status status = CheckSize(payload, 0); !status.ok()) return status;
  if (payload.word.null_count == payload.count) return Int128{0};
  if ((payload.word.flags & kNoBounds) != 0) return Damaged("a constant without bounds", 0);
  return min;
}

// The base in front of the offsets.
absl::StatusOr<Int128> ReadBase(const Payload& payload) {
  if (payload.data.size() < sizeof(Int128)) {
    return Damaged("payload cut short", payload.data.size());
  }
  return LoadLe<Int128>(payload.data.data());
}

absl::Status ReadOffsets(const Kernels& kernels, const Payload& payload, WideScratch& scratch,
                         Int128* out) {
  absl::StatusOr<Int128> base = ReadBase(payload);
  if (!base.ok()) return base.status();
  absl::StatusOr<size_t> size = ReadNestedIntegers(kernels, payload.data.subspan(sizeof(Int128)),
                                                   payload.count, scratch.lows);
  if (!size.ok()) return size.status();
  absl::Status status = CheckSize(payload, sizeof(Int128) + *size);
  if (!status.ok()) return status;
  for (size_t i = 0; i < payload.count; ++i) out[i] = AddOffset(*base, scratch.lows[i]);
  return absl::OkStatus();
}

absl::Status ReadSplit(const Kernels& kernels, const Payload& payload, WideScratch& scratch,
                       Int128* out) {
  absl::StatusOr<size_t> high =
      ReadNestedIntegers(kernels, payload.data, payload.count, scratch.highs);
  if (!high.ok()) return high.status();
  absl::StatusOr<size_t> low =
      ReadNestedIntegers(kernels, payload.data.subspan(*high), payload.count, scratch.lows);
  if (!low.ok()) return low.status();
  if (absl::Status status = CheckSize(payload, *high + *low); !status.ok()) return status;
  for (size_t i = 0; i < payload.count; ++i) out[i] = Join(scratch.highs[i], scratch.lows[i]);
  return absl::OkStatus();
}

absl::Status ReadRaw(const Payload& payload, Int128* out) {
  const size_t size = payload.count * sizeof(Int128);
  if (absl::Status status = CheckSize(payload, size); !status.ok()) return status;
  std::memcpy(out, payload.data.data(), size);
  return absl::OkStatus();
}

absl::StatusOr<Int128> ReadOffsetAt(const Kernels& kernels, const Payload& payload, size_t index,
                                    WideScratch& scratch) {
  absl::StatusOr<Int128> base = ReadBase(payload);
  if (!base.ok()) return base.status();
  absl::StatusOr<int64_t> offset = ReadNestedIntegerAt(
      kernels, payload.data.subspan(sizeof(Int128)), payload.count, index, scratch.lows);
  if (!offset.ok()) return offset.status();
  return AddOffset(*base, *offset);
}

// Where the low words begin is known only when the high ones have been read.
absl::StatusOr<Int128> ReadSplitAt(const Kernels& kernels, const Payload& payload, size_t index,
                                   WideScratch& scratch) {
  absl::StatusOr<size_t> high =
      ReadNestedIntegers(kernels, payload.data, payload.count, scratch.highs);
  if (!high.ok()) return high.status();
  absl::StatusOr<int64_t> low =
      ReadNestedIntegerAt(kernels, payload.data.subspan(*high), payload.count, index, scratch.lows);
  if (!low.ok()) return low.status();
  return Join(scratch.highs[index], *low);
}

}  // namespace

WidePlan PlanWide(const Kernels& kernels, std::span<const Int128> values, uint8_t flags,
                  WideScratch& scratch) {
  const size_t n = values.size();
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  WidePlan plan;
  plan.min = *least;
  plan.max = *greatest;
  plan.word = {Encoding::kRaw, 0, 0, flags, 0, 0};
  plan.size_bytes = values.size_bytes();
  if (plan.min == plan.max && (flags & kNoBounds) == 0) {
    Adopt(Encoding::kConstant, 0, plan);
    return plan;
  }
  const UInt128 range = static_cast<UInt128>(plan.max) - static_cast<UInt128>(plan.min);
  if (range < kWordRange) {
    plan.base = OffsetBase(plan, range);
    FillOffsets(values, plan.base, scratch.lows);
    plan.low = PlanNested(kernels, scratch.lows, n, scratch.low_words);
    Adopt(Encoding::kOffset, sizeof(Int128) + NestedSize(plan.low), plan);
    return plan;
  }
  FillWords(values, scratch.highs, scratch.lows);
  plan.high = PlanNested(kernels, scratch.highs, n, scratch.high_words);
  plan.low = PlanNested(kernels, scratch.lows, n, scratch.low_words);
  Adopt(Encoding::kSplit, NestedSize(plan.high) + NestedSize(plan.low), plan);
  return plan;
}

void WriteWide(const Kernels& kernels, const WidePlan& plan, std::span<const Int128> values,
               WideScratch& scratch, std::vector<std::byte>& out) {
  const size_t n = values.size();
  if (plan.word.encoding == Encoding::kRaw) AppendValues(values, out);
  if (plan.word.encoding == Encoding::kOffset) {
    FillOffsets(values, plan.base, scratch.lows);
    AppendValue(plan.base, out);
    WriteNested(kernels, plan.low, {scratch.lows, n}, scratch.low_words, out);
  }
  if (plan.word.encoding == Encoding::kSplit) {
    FillWords(values, scratch.highs, scratch.lows);
    WriteNested(kernels, plan.high, {scratch.highs, n}, scratch.high_words, out);
    WriteNested(kernels, plan.low, {scratch.lows, n}, scratch.low_words, out);
  }
}

absl::Status ReadWide(const Kernels& kernels, const Payload& payload, const Int128& min,
                      WideScratch& scratch, Int128* out) {
  if (absl::Status status = CheckWord(payload); !status.ok()) return status;
  if (payload.word.encoding == Encoding::kOffset)
    return ReadOffsets(kernels, payload, scratch, out);
  if (payload.word.encoding == Encoding::kSplit) return ReadSplit(kernels, payload, scratch, out);
  if (payload.word.encoding == Encoding::kRaw) return ReadRaw(payload, out);
  absl::StatusOr<Int128> value = ConstantValue(payload, min);
  if (!value.ok()) return value.status();
  std::fill_n(out, payload.count, *value);
  return absl::OkStatus();
}

absl::StatusOr<Int128> ReadWideAt(const Kernels& kernels, const Payload& payload, const Int128& min,
                                  size_t index, WideScratch& scratch) {
  if (absl::Status status = CheckWord(payload); !status.ok()) return status;
  if (index >= payload.count) return Damaged("row outside the block", index);
  if (payload.word.encoding == Encoding::kOffset) {
    return ReadOffsetAt(kernels, payload, index, scratch);
  }
  if (payload.word.encoding == Encoding::kSplit) {
    return ReadSplitAt(kernels, payload, index, scratch);
  }
  if (payload.word.encoding == Encoding::kConstant) return ConstantValue(payload, min);
  absl::Status status = CheckSize(payload, payload.count * sizeof(Int128));
  if (!status.ok()) return status;
  return LoadLe<Int128>(payload.data.data() + index * sizeof(Int128));
}

}  // namespace tape::format
