// ExtentReader: from a block's bytes to values, checked on the way. Declared in extent_view.h.
#include <algorithm>
#include <cstring>

#include "format/bytes/message.h"
#include "format/encoding/bytes_codec.h"
#include "format/encoding/float_codec.h"
#include "format/encoding/integer_codec.h"
#include "format/encoding/validity.h"
#include "format/encoding/wide_codec.h"
#include "format/kernels/packing.h"
#include "format/layout/extent_view.h"
#include "format/layout/integer_block.h"

namespace tape::format {
namespace {

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("block: ", what, ", found ", found));
}

absl::Status NoBlock(const ExtentView& extent, size_t block) {
  return absl::OutOfRangeError(Concat("block ", block, " of ", extent.blocks()));
}

// Stores a value of a fixed-size form, if there is one.
template <typename T>
absl::Status Keep(const absl::StatusOr<T>& value, void* out) {
  if (value.ok()) std::memcpy(out, &*value, sizeof(T));
  return value.status();
}

}  // namespace

// A block's parts, found again at each read: what the word says, the bitmap, the payload.
struct ExtentReader::State {
  CodecWord word;
  size_t rows;
  bool all_null;
  std::span<const std::byte> payload;
  FloatScratch floats;
  WideScratch wides;
  BytesScratch bytes;
  alignas(64) uint64_t valid[kBlockWords];
  alignas(64) int64_t values[kBlockRows];
  alignas(64) std::byte fixed[kBlockRows * sizeof(Int128)];
};

ExtentReader::ExtentReader(const Kernels& kernels)
    : kernels_(kernels), state_(std::make_unique<State>()) {}
ExtentReader::~ExtentReader() = default;

absl::Status ExtentReader::Open(const ExtentView& extent, size_t block) {
  if (block >= extent.blocks()) return NoBlock(extent, block);
  if (verify_) {
    if (absl::Status status = extent.CheckBlock(block); !status.ok()) return status;
  }
  State& state = *state_;
  state.word = extent.Prefix(block).word;
  state.rows = extent.BlockRows(block);
  state.all_null = state.word.null_count == state.rows;
  const std::span<const std::byte> data = extent.BlockData(block);
  absl::StatusOr<size_t> bitmap =
      format::ReadValidity(kernels_, data, {state.rows, state.word.null_count}, state.valid);
  if (!bitmap.ok()) return bitmap.status();
  state.payload = data.subspan(*bitmap);
  return absl::OkStatus();
}

absl::Status ExtentReader::DecodeIndexes(int64_t* out) {
  const State& state = *state_;
  absl::StatusOr<size_t> size =
      format::ReadIntegers(kernels_, {state.word, state.payload, state.rows}, out);
  if (!size.ok()) return size.status();
  return *size == state.payload.size() ? absl::OkStatus() : Damaged("payload size", *size);
}

absl::Status ExtentReader::DecodeIntegers(const ExtentView& extent, size_t block, int64_t* out) {
  const State& state = *state_;
  if (state.all_null) {
    std::fill_n(out, state.rows, 0);
    return absl::OkStatus();
  }
  if (state.word.encoding == Encoding::kDictionary) {
    if (absl::Status status = DecodeIndexes(out); !status.ok()) return status;
    return extent.words().Read(kernels_, {out, state.rows}, out);
  }
  const auto reference = static_cast<int64_t>(extent.Bounds(block).min);
  absl::StatusOr<size_t> size =
      format::ReadIntegers(kernels_, {state.word, state.payload, state.rows, reference}, out);
  if (!size.ok()) return size.status();
  return *size == state.payload.size() ? absl::OkStatus() : Damaged("payload size", *size);
}

template <typename T>
absl::Status ExtentReader::DecodeFloats(const ExtentView& extent, size_t block, T* out) {
  State& state = *state_;
  if (state.word.encoding != Encoding::kDictionary) {
    const auto min = static_cast<int64_t>(extent.Bounds(block).min);
    return ReadFloats(kernels_, {state.word, state.payload, state.rows}, min, state.floats, out);
  }
  if (absl::Status status = DecodeIndexes(state.values); !status.ok()) return status;
  absl::Status status = extent.words().Read(kernels_, {state.values, state.rows}, state.values);
  if (!status.ok()) return status;
  for (size_t i = 0; i < state.rows; ++i) {
    std::memcpy(out + i, state.values + i, sizeof(T));  // a float's bits are the low four bytes
  }
  return absl::OkStatus();
}

absl::Status ExtentReader::DecodeWide(const ExtentView& extent, size_t block, Int128* out) {
  State& state = *state_;
  if (state.word.encoding != Encoding::kDictionary) {
    return ReadWide(kernels_, {state.word, state.payload, state.rows}, extent.Bounds(block).min,
                    state.wides, out);
  }
  if (absl::Status status = DecodeIndexes(state.values); !status.ok()) return status;
  return extent.wides().Read(kernels_, {state.values, state.rows}, out);
}

// The block that is open, as values of its form.
absl::Status ExtentReader::DecodeFixed(const ExtentView& extent, size_t block, void* out) {
  switch (extent.physical()) {
    case Physical::kInt64:
      return DecodeIntegers(extent, block, static_cast<int64_t*>(out));
    case Physical::kFloat32:
      return DecodeFloats(extent, block, static_cast<float*>(out));
    case Physical::kFloat64:
      return DecodeFloats(extent, block, static_cast<double*>(out));
    case Physical::kInt128:
      return DecodeWide(extent, block, static_cast<Int128*>(out));
    case Physical::kBytes:
      return absl::InvalidArgumentError("extent: bytes have no fixed size");
    default:
      break;
  }
  absl::Status status = DecodeIntegers(extent, block, state_->values);
  if (!status.ok()) return status;
  NarrowBlock(kernels_, extent.physical(), {state_->values, state_->rows}, out);
  return absl::OkStatus();
}

absl::Status ExtentReader::ReadIntegers(const ExtentView& extent, size_t block, int64_t* out) {
  if (!IsInteger(extent.physical())) return absl::InvalidArgumentError("extent: not of integers");
  if (absl::Status status = Open(extent, block); !status.ok()) return status;
  return DecodeIntegers(extent, block, out);
}

absl::Status ExtentReader::ReadFixed(const ExtentView& extent, size_t block, void* out) {
  if (absl::Status status = Open(extent, block); !status.ok()) return status;
  return DecodeFixed(extent, block, out);
}

absl::StatusOr<bool> ExtentReader::ReadValidity(const ExtentView& extent, size_t block,
                                                uint8_t* out) {
  if (absl::Status status = Open(extent, block); !status.ok()) return status;
  if (extent.physical() == Physical::kCode32) return ReadCodeValidity(extent, block, out);
  kernels_.expand_bitmap(state_->valid, state_->rows, out);
  return state_->word.null_count > 0;
}

// The NULL of codes is a code, 0, so that the values say which rows have one. Where the least is
// above it, they need not be looked at.
absl::StatusOr<bool> ExtentReader::ReadCodeValidity(const ExtentView& extent, size_t block,
                                                    uint8_t* out) {
  State& state = *state_;
  std::fill_n(out, state.rows, 1);
  const BlockBounds bounds = extent.Bounds(block);
  if (bounds.known() && bounds.min > 0) return false;
  if (absl::Status status = DecodeIntegers(extent, block, state.values); !status.ok()) {
    return status;
  }
  for (size_t row = 0; row < state.rows; ++row) out[row] = state.values[row] != 0 ? 1 : 0;
  return std::find(out, out + state.rows, 0) != out + state.rows;
}

absl::Status ExtentReader::AppendBytesBlock(const ExtentView& extent, ColumnBuffer& out) {
  State& state = *state_;
  if (state.word.encoding != Encoding::kDictionary) {
    return ReadBytes(kernels_, {state.word, state.payload, state.rows}, state.bytes, out);
  }
  if (absl::Status status = DecodeIndexes(state.values); !status.ok()) return status;
  return extent.strings().Read(kernels_, {state.values, state.rows}, out);
}

// A full block is decoded where it goes; a partial one has no room for that there.
absl::Status ExtentReader::AppendFixedBlock(const ExtentView& extent, size_t block,
                                            ColumnBuffer& out) {
  State& state = *state_;
  const size_t size = PhysicalSize(extent.physical());
  const size_t before = out.rows();
  out.Resize(before + state.rows);
  uint8_t* to = out.MutableRaw() + before * size;
  const bool whole = state.rows == kBlockRows;
  absl::Status status = DecodeFixed(extent, block, whole ? static_cast<void*>(to) : state.fixed);
  if (!status.ok()) {
    out.Resize(before);
  } else if (!whole) {
    std::memcpy(to, state.fixed, state.rows * size);
  }
  return status;
}

absl::Status ExtentReader::AppendBlock(const ExtentView& extent, size_t block, ColumnBuffer& out) {
  if (out.physical() != extent.physical()) {
    return absl::InvalidArgumentError("extent: the buffer is of another physical form");
  }
  if (absl::Status status = Open(extent, block); !status.ok()) return status;
  State& state = *state_;
  const size_t before = out.rows();
  if (extent.physical() == Physical::kBytes) {
    if (absl::Status status = AppendBytesBlock(extent, out); !status.ok()) return status;
  } else {
    absl::Status status = AppendFixedBlock(extent, block, out);
    if (!status.ok()) return status;
  }
  if (state.word.null_count == 0) return absl::OkStatus();
  kernels_.expand_bitmap(state.valid, state.rows, out.MutableValidity().data() + before);
  return absl::OkStatus();
}

absl::Status ExtentReader::AppendAll(const ExtentView& extent, ColumnBuffer& out) {
  const size_t before = out.rows();
  out.Reserve(before + extent.rows());
  for (size_t block = 0; block < extent.blocks(); ++block) {
    absl::Status status = AppendBlock(extent, block, out);
    if (status.ok()) continue;
    out.Resize(before);
    return status;
  }
  return absl::OkStatus();
}

absl::Status ExtentReader::AppendRow(const ExtentView& extent, size_t row, ColumnBuffer& out) {
  if (row >= extent.rows())
    return absl::OutOfRangeError(Concat("row ", row, " of ", extent.rows()));
  if (out.physical() != extent.physical()) {
    return absl::InvalidArgumentError("extent: the buffer is of another physical form");
  }
  if (absl::Status status = Open(extent, row / kBlockRows); !status.ok()) return status;
  const size_t index = row % kBlockRows;
  if (IsNullHere(index)) {
    out.AppendNull();
    return absl::OkStatus();
  }
  if (extent.physical() == Physical::kBytes) {
    absl::StatusOr<std::string_view> value = BytesAt(extent, index);
    if (value.ok()) out.AppendBytes(*value);
    return value.status();
  }
  alignas(16) std::byte value[sizeof(Int128)];
  if (absl::Status status = ValueAt(extent, row, value); !status.ok()) return status;
  const size_t size = PhysicalSize(extent.physical());
  const size_t before = out.rows();
  out.Resize(before + 1);
  std::memcpy(out.MutableRaw() + before * size, value, size);
  return absl::OkStatus();
}

bool ExtentReader::IsNullHere(size_t index) const {
  return ((state_->valid[index / 64] >> (index % 64)) & 1) == 0;
}

absl::StatusOr<int64_t> ExtentReader::IndexAt(size_t index) {
  State& state = *state_;
  return ReadIntegerAt(kernels_, {state.word, state.payload, state.rows}, index, state.values);
}

absl::StatusOr<std::string_view> ExtentReader::BytesAt(const ExtentView& extent, size_t index) {
  State& state = *state_;
  if (state.word.encoding != Encoding::kDictionary) {
    return ReadBytesAt(kernels_, {state.word, state.payload, state.rows}, index, state.bytes);
  }
  absl::StatusOr<int64_t> at = IndexAt(index);
  if (!at.ok()) return at.status();
  if (*at < 0 || static_cast<size_t>(*at) >= extent.strings().size()) {
    return Damaged("index without an entry", static_cast<uint64_t>(*at));
  }
  return extent.strings().At(static_cast<size_t>(*at));
}

// One value of the block that is open.
absl::Status ExtentReader::ValueAt(const ExtentView& extent, size_t row, void* out) {
  State& state = *state_;
  const size_t index = row % kBlockRows;
  const Int128 min = extent.Bounds(row / kBlockRows).min;
  const Payload payload{state.word, state.payload, state.rows};
  if (state.word.encoding == Encoding::kDictionary) return EntryAt(extent, index, out);
  switch (extent.physical()) {
    case Physical::kFloat32:
      return Keep(ReadFloatAt(kernels_, payload, static_cast<int64_t>(min), index, state.floats),
                  out);
    case Physical::kFloat64:
      return Keep(ReadDoubleAt(kernels_, payload, static_cast<int64_t>(min), index, state.floats),
                  out);
    case Physical::kInt128:
      return Keep(ReadWideAt(kernels_, payload, min, index, state.wides), out);
    default:
      break;
  }
  absl::StatusOr<int64_t> value =
      ReadIntegerAt(kernels_, {state.word, state.payload, state.rows, static_cast<int64_t>(min)},
                    index, state.values);
  if (!value.ok()) return value.status();
  NarrowBlock(kernels_, extent.physical(), {&*value, 1}, out);
  return absl::OkStatus();
}

absl::Status ExtentReader::EntryAt(const ExtentView& extent, size_t index, void* out) {
  absl::StatusOr<int64_t> at = IndexAt(index);
  if (!at.ok()) return at.status();
  if (extent.physical() == Physical::kInt128) {
    return extent.wides().Read(kernels_, {&*at, 1}, static_cast<Int128*>(out));
  }
  int64_t word = 0;
  if (absl::Status status = extent.words().Read(kernels_, {&*at, 1}, &word); !status.ok())
    return status;
  if (IsInteger(extent.physical())) {
    NarrowBlock(kernels_, extent.physical(), {&word, 1}, out);
  } else {
    std::memcpy(out, &word, PhysicalSize(extent.physical()));
  }
  return absl::OkStatus();
}

absl::Status ExtentReader::FilterIntegers(const ExtentView& extent, size_t block,
                                          const IntegerRange& range, uint64_t* bitmap) {
  if (!IsInteger(extent.physical())) return absl::InvalidArgumentError("extent: not of integers");
  if (block >= extent.blocks()) return NoBlock(extent, block);
  const BlockBounds bounds = extent.Bounds(block);
  const bool has_null_code = extent.physical() == Physical::kCode32;
  const int64_t lo = has_null_code ? std::max<int64_t>(range.lo, 1) : range.lo;
  if (bounds.known() && (range.hi < bounds.min || lo > bounds.max)) {
    std::fill_n(bitmap, kBlockWords, 0);
    return absl::OkStatus();
  }
  if (absl::Status status = Open(extent, block); !status.ok()) return status;
  State& state = *state_;
  const IntegerPayload payload{state.word, state.payload, state.rows,
                               static_cast<int64_t>(bounds.min)};
  absl::StatusOr<bool> packed = FilterPacked(kernels_, payload, lo, range.hi, bitmap);
  if (!packed.ok()) return packed.status();
  if (!*packed) {
    if (absl::Status status = DecodeIntegers(extent, block, state.values); !status.ok())
      return status;
    std::fill_n(bitmap, kBlockWords, 0);
    kernels_.between_64(state.values, state.rows, lo, range.hi, bitmap);
  }
  for (size_t i = 0; i < kBlockWords && state.word.null_count > 0; ++i) bitmap[i] &= state.valid[i];
  return absl::OkStatus();
}

}  // namespace tape::format
