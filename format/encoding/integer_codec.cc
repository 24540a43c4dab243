#include "format/encoding/integer_codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

#include "format/bytes/message.h"
#include "format/encoding/bit_stream.h"
#include "format/encoding/varint.h"
#include "format/kernels/packing.h"

namespace tape::format {
namespace {

constexpr unsigned kPositionBits = 10;
constexpr size_t kPartsRead = 8;  // what add_at_bits may read beyond the last part

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("integer payload: ", what, ", found ", found));
}

bool HasBitmap(const CodecWord& word, size_t count) {
  return word.exception_count * size_t{kPositionBits} >= count;
}

size_t PositionBytes(const CodecWord& word, size_t count) {
  if (word.exception_count == 0) return 0;
  return (std::min(word.exception_count * size_t{kPositionBits}, count) + 7) / 8;
}

size_t HighBytes(const CodecWord& word) {
  return (word.exception_count * size_t{word.exception_width} + 7) / 8;
}

uint64_t StoredHigh(uint64_t u, const CodecWord& word) {
  if ((word.flags & kPositiveHighs) != 0) return (u >> word.width) - 1;
  return Zigzag(static_cast<int64_t>(u) >> word.width);
}

uint64_t LoadedHigh(uint64_t stored, const CodecWord& word) {
  if ((word.flags & kPositiveHighs) != 0) return (stored + 1) << word.width;
  return static_cast<uint64_t>(Unzigzag(stored)) << word.width;
}

void WritePositions(std::span<const uint16_t> positions, size_t count, BitWriter& bits) {
  if (positions.size() * kPositionBits < count) {
    for (const uint16_t position : positions) bits.Put(position, kPositionBits);
  } else {
    uint64_t bitmap[kBlockWords] = {};
    for (const uint16_t position : positions) bitmap[position / 64] |= uint64_t{1} << position % 64;
    for (size_t i = 0; i < count; i += 64) {
      bits.Put(bitmap[i / 64], static_cast<unsigned>(std::min<size_t>(64, count - i)));
    }
  }
  bits.Finish();
}

// Positions and high parts of the values that do not fit the width.
void WriteExceptions(const IntegerPlan& plan, std::span<const uint64_t> u,
                     std::vector<std::byte>& out) {
  if (plan.word.exception_count == 0) return;
  std::array<uint16_t, kBlockRows + 1> positions;
  size_t found = 0;
  for (size_t i = 0; i < u.size(); ++i) {
    positions[found] = static_cast<uint16_t>(i);
    found += (u[i] >> plan.word.width) != 0 ? 1 : 0;
  }
  BitWriter bits(out);
  WritePositions(std::span(positions).first(found), u.size(), bits);
  for (size_t i = 0; i < found; ++i) {
    bits.Put(StoredHigh(u[positions[i]], plan.word), plan.word.exception_width);
  }
  bits.Finish();
}

void WriteVarints(const IntegerPlan& plan, std::vector<std::byte>& out) {
  const auto from_reference = [&](uint64_t value) {
    return Zigzag(static_cast<int64_t>(value - static_cast<uint64_t>(plan.place.reference)));
  };
  if (plan.word.encoding == Encoding::kConstant) {
    PutVarint(from_reference(static_cast<uint64_t>(plan.first)), out);
  } else if (plan.word.encoding == Encoding::kFrame) {
    PutVarint(from_reference(plan.origin + plan.scale * plan.residual), out);
    PutVarint(plan.scale, out);
  } else if (plan.word.encoding == Encoding::kDelta) {
    PutVarint(from_reference(static_cast<uint64_t>(plan.first)), out);
    PutVarint(Zigzag(static_cast<int64_t>(plan.residual)), out);
    PutVarint(plan.scale, out);
  }
}

// The numbers that are packed: quotients, their deltas, or indexes, less the base.
std::span<const uint64_t> Residuals(const Kernels& kernels, const IntegerPlan& plan,
                                    std::span<const int64_t> values, IntegerScratch& scratch) {
  const size_t n = values.size();
  if (plan.word.encoding == Encoding::kDictionary) {
    return {reinterpret_cast<const uint64_t*>(values.data()), n};
  }
  kernels.divide_exact(values.data(), n, plan.origin, ExactDivisor::Of(plan.scale),
                       scratch.quotients);
  const auto* quotients = reinterpret_cast<const int64_t*>(scratch.quotients);
  if (plan.word.encoding == Encoding::kDelta) {
    kernels.delta_64(quotients, n, scratch.deltas);
    kernels.subtract_64(scratch.deltas, n, plan.residual, scratch.residuals);
    scratch.residuals[0] = 0;
  } else {
    kernels.subtract_64(quotients, n, plan.residual, scratch.residuals);
  }
  return {scratch.residuals, n};
}

// A payload's sections, found and measured before anything is decoded.
struct Sections {
  const std::byte* exceptions;
  std::array<uint64_t, 3> varints;
  size_t size;
};

size_t VarintCount(Encoding encoding, bool nested) {
  switch (encoding) {
    case Encoding::kConstant:
      return nested ? 1 : 0;
    case Encoding::kFrame:
      return 2;
    case Encoding::kDelta:
      return 3;
    default:
      return 0;
  }
}

absl::Status CheckWord(const CodecWord& word, size_t count) {
  if (count == 0 || count > kBlockRows) return Damaged("rows of a block", count);
  if (word.encoding == Encoding::kConstant) {
    const bool plain = word.width == 0 && word.exception_width == 0 && word.exception_count == 0;
    return plain ? absl::OkStatus() : Damaged("a constant has no packed values", word.width);
  }
  if (word.encoding != Encoding::kFrame && word.encoding != Encoding::kDelta &&
      word.encoding != Encoding::kDictionary) {
    return Damaged("unknown encoding", static_cast<uint8_t>(word.encoding));
  }
  if (word.width > 64) return Damaged("width above 64", word.width);
  if (word.exception_width > 64) return Damaged("exception width above 64", word.exception_width);
  if (word.exception_count > count)
    return Damaged("more exceptions than rows", word.exception_count);
  if (word.exception_count > 0 && word.width == 64) return Damaged("exceptions at width 64", 64);
  return absl::OkStatus();
}

absl::Status CheckPadding(std::span<const std::byte> padding) {
  for (const std::byte byte : padding) {
    if (byte != std::byte{0}) return Damaged("padding is not zero", static_cast<uint8_t>(byte));
  }
  return absl::OkStatus();
}

// A nested payload, or one in a block without bounds, has nothing to refer to: its varints say it
// all.
absl::StatusOr<Sections> FindSections(const IntegerPayload& payload, bool nested) {
  const CodecWord& word = payload.word;
  nested = nested || (word.flags & kNoBounds) != 0;
  const std::span<const std::byte> data = payload.data;
  if (absl::Status status = CheckWord(word, payload.count); !status.ok()) return status;
  const size_t packed_size = PackedBytes(payload.count, word.width);
  const size_t fixed = packed_size + PositionBytes(word, payload.count) + HighBytes(word);
  if (fixed > data.size()) return Damaged("payload cut short", data.size());
  Sections sections{data.data() + packed_size, {}, 0};
  std::span<const std::byte> rest = data.subspan(fixed);
  for (size_t i = 0; i < VarintCount(word.encoding, nested); ++i) {
    std::optional<uint64_t> varint = TakeVarint(rest);
    if (!varint.has_value()) return Damaged("bad varint", i);
    sections.varints[i] = *varint;
  }
  const size_t used = data.size() - rest.size();
  sections.size = (used + 7) / 8 * 8;
  if (sections.size > data.size()) return Damaged("payload cut short", data.size());
  absl::Status status = CheckPadding(data.subspan(used, sections.size - used));
  if (!status.ok()) return status;
  return sections;
}

// Calls visit(i, position) for the i-th exception, in order, after a check that the positions
// ascend below count and are as many as the word says.
template <typename Visit>
absl::Status VisitExceptions(const IntegerPayload& payload, const std::byte* bytes, Visit visit) {
  const size_t expected = payload.word.exception_count;
  size_t found = 0;
  if (!HasBitmap(payload.word, payload.count)) {
    BitReader positions(bytes);
    size_t least = 0;
    for (; found < expected; ++found) {
      const size_t position = positions.Get(kPositionBits);
      if (position < least || position >= payload.count) {
        return Damaged("exception out of order at row", position);
      }
      visit(found, position);
      least = position + 1;
    }
    return absl::OkStatus();
  }
  BitReader bitmap(bytes);
  for (size_t first = 0; first < payload.count; first += 64) {
    const size_t rows = std::min<size_t>(64, payload.count - first);
    for (uint64_t word = bitmap.Get(static_cast<unsigned>(rows)); word != 0; word &= word - 1) {
      if (found < expected) visit(found, first + static_cast<size_t>(std::countr_zero(word)));
      ++found;
    }
  }
  return found == expected ? absl::OkStatus() : Damaged("exceptions in the bitmap", found);
}

// What each exception adds to its value: scale * h * 2^width. Widths that fit a load of eight bytes
// at any bit are read without a branch.
void LoadParts(const CodecWord& word, const std::byte* highs, uint64_t scale, uint64_t* parts) {
  constexpr unsigned kOneLoad = 57;
  const unsigned width = word.exception_width;
  if (width > kOneLoad) {
    BitReader bits(highs);
    for (size_t i = 0; i < word.exception_count; ++i) parts[i] = bits.Get(width);
  } else {
    const uint64_t mask = LowBits(width);
    for (size_t i = 0, bit = 0; i < word.exception_count; ++i, bit += width) {
      parts[i] = (LoadLe<uint64_t>(highs + bit / 8) >> (bit % 8)) & mask;
    }
  }
  const uint64_t factor = scale << word.width;
  if ((word.flags & kPositiveHighs) != 0) {
    for (size_t i = 0; i < word.exception_count; ++i) parts[i] = (parts[i] + 1) * factor;
  } else {
    for (size_t i = 0; i < word.exception_count; ++i) {
      parts[i] = static_cast<uint64_t>(Unzigzag(parts[i])) * factor;
    }
  }
}

// Many exceptions: their bitmap, checked to have as many bits as there are parts.
absl::Status AddAtBitmap(const Kernels& kernels, const IntegerPayload& payload,
                         const std::byte* bytes, const uint64_t* parts, int64_t* out) {
  uint64_t bitmap[kBlockWords] = {};
  std::memcpy(bitmap, bytes, (payload.count + 7) / 8);
  if (payload.count % 64 != 0) bitmap[payload.count / 64] &= LowBits(payload.count % 64);
  const size_t found = kernels.count_bits(bitmap, payload.count);
  if (found != payload.word.exception_count) return Damaged("exceptions in the bitmap", found);
  kernels.add_at_bits(out, bitmap, parts, payload.count);
  return absl::OkStatus();
}

absl::Status ApplyExceptions(const Kernels& kernels, const IntegerPayload& payload,
                             const std::byte* bytes, uint64_t scale, int64_t* out) {
  const CodecWord& word = payload.word;
  if (word.exception_count == 0) return absl::OkStatus();
  uint64_t parts[kBlockRows + kPartsRead];
  LoadParts(word, bytes + PositionBytes(word, payload.count), scale, parts);
  if (HasBitmap(word, payload.count)) return AddAtBitmap(kernels, payload, bytes, parts, out);
  return VisitExceptions(payload, bytes, [&](size_t i, size_t position) {
    out[position] = static_cast<int64_t>(static_cast<uint64_t>(out[position]) + parts[i]);
  });
}

void UnpackScaled(const Kernels& kernels, const IntegerPayload& payload, uint64_t base,
                  uint64_t scale, int64_t* out) {
  const unsigned width = payload.word.width;
  if (payload.count == kBlockRows) {
    kernels.unpack_full_64(payload.data.data(), width, base, scale, out);
    return;
  }
  auto* raw = reinterpret_cast<uint64_t*>(out);
  Unpack(kernels, payload.data.data(), payload.count, width, raw);
  kernels.multiply_add_64(raw, payload.count, base, scale, out);
}

uint64_t FromReference(uint64_t varint, int64_t reference) {
  return static_cast<uint64_t>(reference) + static_cast<uint64_t>(Unzigzag(varint));
}

absl::Status DecodeFrame(const Kernels& kernels, const IntegerPayload& payload,
                         const Sections& sections, int64_t* out) {
  const bool plain = payload.word.encoding == Encoding::kDictionary;
  const uint64_t base = plain ? 0 : FromReference(sections.varints[0], payload.reference);
  const uint64_t scale = plain ? 1 : sections.varints[1];
  if (scale == 0) return Damaged("scale is", scale);
  UnpackScaled(kernels, payload, base, scale, out);
  return ApplyExceptions(kernels, payload, sections.exceptions, scale, out);
}

absl::Status DecodeDelta(const Kernels& kernels, const IntegerPayload& payload,
                         const Sections& sections, int64_t* out) {
  const uint64_t scale = sections.varints[2];
  if (scale == 0) return Damaged("scale is", scale);
  const auto base = static_cast<uint64_t>(Unzigzag(sections.varints[1]));
  // The first packed delta is 0, so the running sum starts one base too high.
  const uint64_t start = FromReference(sections.varints[0], payload.reference) - scale * base;
  if (payload.count == kBlockRows && payload.word.exception_count == 0) {
    kernels.unpack_delta_full_64(payload.data.data(), payload.word.width, {start, base, scale},
                                 out);
    return absl::OkStatus();
  }
  UnpackScaled(kernels, payload, base, 1, out);
  absl::Status status = ApplyExceptions(kernels, payload, sections.exceptions, 1, out);
  if (status.ok()) kernels.prefix_sum_64(out, payload.count, start, scale);
  return status;
}

absl::StatusOr<size_t> ReadPayload(const Kernels& kernels, const IntegerPayload& payload,
                                   bool nested, int64_t* out) {
  absl::StatusOr<Sections> sections = FindSections(payload, nested);
  if (!sections.ok()) return sections.status();
  absl::Status status;
  if (payload.word.encoding == Encoding::kConstant) {
    const bool stored = nested || (payload.word.flags & kNoBounds) != 0;
    const uint64_t value = stored ? FromReference(sections->varints[0], payload.reference)
                                  : static_cast<uint64_t>(payload.reference);
    std::fill_n(out, payload.count, static_cast<int64_t>(value));
  } else if (payload.word.encoding == Encoding::kDelta) {
    status = DecodeDelta(kernels, payload, *sections, out);
  } else {
    status = DecodeFrame(kernels, payload, *sections, out);
  }
  if (!status.ok()) return status;
  return sections->size;
}

// What the row's exception adds, if it is one.
absl::StatusOr<uint64_t> HighPartAt(const IntegerPayload& payload, const std::byte* bytes,
                                    size_t index) {
  uint64_t high = 0;
  const CodecWord& word = payload.word;
  const std::byte* highs = bytes + PositionBytes(word, payload.count);
  if (word.exception_count == 0) return high;
  absl::Status status = VisitExceptions(payload, bytes, [&](size_t i, size_t position) {
    if (position != index) return;
    high = LoadedHigh(BitReader(highs, i * word.exception_width).Get(word.exception_width), word);
  });
  if (!status.ok()) return status;
  return high;
}

}  // namespace

void WriteIntegers(const Kernels& kernels, const IntegerPlan& plan, std::span<const int64_t> values,
                   IntegerScratch& scratch, std::vector<std::byte>& out) {
  const size_t begin = out.size();
  if (plan.word.encoding == Encoding::kConstant && !plan.place.nested) return;
  if (plan.word.encoding != Encoding::kConstant) {
    std::span<const uint64_t> u = Residuals(kernels, plan, values, scratch);
    out.resize(begin + PackedBytes(u.size(), plan.word.width));
    Pack(kernels, u.data(), u.size(), plan.word.width, out.data() + begin);
    WriteExceptions(plan, u, out);
  }
  WriteVarints(plan, out);
  out.resize(begin + plan.size_bytes);
}

absl::StatusOr<size_t> ReadIntegers(const Kernels& kernels, const IntegerPayload& payload,
                                    int64_t* out) {
  return ReadPayload(kernels, payload, /*nested=*/false, out);
}

absl::StatusOr<int64_t> ReadIntegerAt(const Kernels& kernels, const IntegerPayload& payload,
                                      size_t index, int64_t* scratch) {
  if (index >= payload.count) return Damaged("row outside the block", index);
  const CodecWord& word = payload.word;
  if (word.encoding == Encoding::kDelta) {
    absl::StatusOr<size_t> size = ReadIntegers(kernels, payload, scratch);
    if (!size.ok()) return size.status();
    return scratch[index];
  }
  absl::StatusOr<Sections> sections = FindSections(payload, /*nested=*/false);
  if (!sections.ok()) return sections.status();
  if (word.encoding == Encoding::kConstant) {
    const bool stored = (word.flags & kNoBounds) != 0;
    return stored ? Unzigzag(sections->varints[0]) : payload.reference;
  }
  absl::StatusOr<uint64_t> high = HighPartAt(payload, sections->exceptions, index);
  if (!high.ok()) return high.status();
  const uint64_t u = UnpackOne(payload.data.data(), payload.count, word.width, index) + *high;
  if (word.encoding == Encoding::kDictionary) return static_cast<int64_t>(u);
  if (sections->varints[1] == 0) return Damaged("scale is", 0);
  return static_cast<int64_t>(FromReference(sections->varints[0], payload.reference) +
                              sections->varints[1] * u);
}

// base + scale * u lies in [lo, hi] just when u lies between two quotients. That holds where
// nothing wraps: the base is the least value then, and the block's greatest is at most INT64_MAX
// above it.
absl::StatusOr<bool> FilterPacked(const Kernels& kernels, const IntegerPayload& payload, int64_t lo,
                                  int64_t hi, uint64_t* bitmap) {
  const CodecWord& word = payload.word;
  if (word.encoding != Encoding::kFrame || word.exception_count != 0 ||
      payload.count != kBlockRows) {
    return false;
  }
  absl::StatusOr<Sections> sections = FindSections(payload, /*nested=*/false);
  if (!sections.ok()) return sections.status();
  const auto base = static_cast<int64_t>(FromReference(sections->varints[0], payload.reference));
  const uint64_t scale = sections->varints[1];
  const UInt128 greatest = static_cast<UInt128>(scale) * LowBits(word.width);
  if (scale == 0) return Damaged("scale is", scale);
  if (greatest > static_cast<uint64_t>(INT64_MAX - (base > 0 ? base : 0))) return false;
  std::fill_n(bitmap, kBlockWords, 0);
  if (hi < base || lo > hi) return true;
  const uint64_t above_lo =
      lo <= base ? 0 : static_cast<uint64_t>(lo) - static_cast<uint64_t>(base);
  const uint64_t above_hi = static_cast<uint64_t>(hi) - static_cast<uint64_t>(base);
  kernels.filter_full(payload.data.data(), word.width,
                      above_lo / scale + (above_lo % scale != 0 ? 1 : 0), above_hi / scale, bitmap);
  return true;
}

size_t WriteNestedIntegers(const Kernels& kernels, std::span<const int64_t> values,
                           IntegerScratch& scratch, std::vector<std::byte>& out) {
  const IntegerPlan plan = PlanIntegers(kernels, values, {.nested = true}, scratch);
  const size_t begin = out.size();
  out.resize(begin + sizeof(CodecWord));
  std::memcpy(out.data() + begin, &plan.word, sizeof(CodecWord));
  WriteIntegers(kernels, plan, values, scratch, out);
  return out.size() - begin;
}

size_t PriceNestedIntegers(const Kernels& kernels, std::span<const int64_t> values,
                           IntegerScratch& scratch) {
  return sizeof(CodecWord) + PlanIntegers(kernels, values, {.nested = true}, scratch).size_bytes;
}

absl::StatusOr<size_t> ReadNestedIntegers(const Kernels& kernels, std::span<const std::byte> data,
                                          size_t count, int64_t* out) {
  IntegerPayload payload{{}, data, count};
  if (data.size() < sizeof(CodecWord)) return Damaged("nested payload cut short", data.size());
  std::memcpy(&payload.word, data.data(), sizeof(CodecWord));
  payload.data = data.subspan(sizeof(CodecWord));
  if ((payload.word.flags & ~kPositiveHighs) != 0)
    return Damaged("flags of a nested payload", payload.word.flags);
  if (payload.word.null_count != 0) return Damaged("nested null count", payload.word.null_count);
  if (payload.word.encoding == Encoding::kDictionary) return Damaged("nested encoding", 4);
  absl::StatusOr<size_t> size = ReadPayload(kernels, payload, /*nested=*/true, out);
  if (!size.ok()) return size.status();
  return sizeof(CodecWord) + *size;
}

}  // namespace tape::format
