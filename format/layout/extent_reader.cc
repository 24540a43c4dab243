#include <algorithm>
#include <cstring>

#include "format/bytes/message.h"
#include "format/encoding/integer_codec.h"
#include "format/encoding/validity.h"
#include "format/kernels/packing.h"
#include "format/layout/extent_view.h"
#include "format/layout/integer_block.h"

namespace tape::format {
namespace {

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("block: ", what, ", found ", found));
}

}  // namespace

// A block's parts, found again at each read: what the word says, the bitmap, the payload.
struct ExtentReader::State {
  CodecWord word;
  size_t rows;
  bool all_null;
  std::span<const std::byte> payload;
  alignas(64) uint64_t valid[kBlockWords];
  alignas(64) int64_t values[kBlockRows];
  alignas(64) std::byte fixed[kBlockRows * sizeof(Int128)];
};

ExtentReader::ExtentReader(const Kernels& kernels)
    : kernels_(kernels), state_(std::make_unique<State>()) {}
ExtentReader::~ExtentReader() = default;

absl::Status ExtentReader::Open(const ExtentView& extent, size_t block) {
  if (block >= extent.blocks()) {
    return absl::OutOfRangeError(Concat("block ", block, " of ", extent.blocks()));
  }
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

// Dictionary indexes to the dictionary's words, in place.
absl::Status ExtentReader::LookUp(const ExtentView& extent, std::span<int64_t> indexes) {
  const std::span<const uint64_t> words = extent.Words();
  const MinMax used = kernels_.min_max_64(indexes.data(), indexes.size());
  if (used.min < 0 || used.max >= static_cast<int64_t>(words.size())) {
    return Damaged("index outside the dictionary", static_cast<uint64_t>(used.max));
  }
  for (int64_t& index : indexes) index = static_cast<int64_t>(words[static_cast<size_t>(index)]);
  return absl::OkStatus();
}

absl::Status ExtentReader::DecodeIntegers(const ExtentView& extent, size_t block, int64_t* out) {
  const State& state = *state_;
  if (state.all_null) {
    std::fill_n(out, state.rows, 0);
    return absl::OkStatus();
  }
  const auto reference = static_cast<int64_t>(extent.Bounds(block).min);
  absl::StatusOr<size_t> size =
      format::ReadIntegers(kernels_, {state.word, state.payload, state.rows, reference}, out);
  if (!size.ok()) return size.status();
  if (*size != state.payload.size()) return Damaged("bytes after the payload", *size);
  if (state.word.encoding != Encoding::kDictionary) return absl::OkStatus();
  return LookUp(extent, {out, state.rows});
}

absl::Status ExtentReader::ReadIntegers(const ExtentView& extent, size_t block, int64_t* out) {
  if (!IsInteger(extent.physical())) return absl::InvalidArgumentError("extent: not of integers");
  if (absl::Status status = Open(extent, block); !status.ok()) return status;
  return DecodeIntegers(extent, block, out);
}

absl::Status ExtentReader::ReadFixed(const ExtentView& extent, size_t block, void* out) {
  if (extent.physical() == Physical::kInt64) {
    return ReadIntegers(extent, block, static_cast<int64_t*>(out));
  }
  absl::Status status = ReadIntegers(extent, block, state_->values);
  if (!status.ok()) return status;
  NarrowBlock(kernels_, extent.physical(), {state_->values, state_->rows}, out);
  return absl::OkStatus();
}

absl::StatusOr<bool> ExtentReader::ReadValidity(const ExtentView& extent, size_t block,
                                                uint8_t* out) {
  if (absl::Status status = Open(extent, block); !status.ok()) return status;
  kernels_.expand_bitmap(state_->valid, state_->rows, out);
  return state_->word.null_count > 0;
}

absl::Status ExtentReader::AppendBlock(const ExtentView& extent, size_t block, ColumnBuffer& out) {
  if (out.physical() != extent.physical()) {
    return absl::InvalidArgumentError("extent: the buffer is of another physical form");
  }
  const size_t size = PhysicalSize(extent.physical());
  const size_t before = out.rows();
  absl::Status status = ReadFixed(extent, block, state_->fixed);
  if (!status.ok()) return status;
  out.Resize(before + state_->rows);
  std::memcpy(out.MutableRaw() + before * size, state_->fixed, state_->rows * size);
  if (state_->word.null_count == 0) return absl::OkStatus();
  kernels_.expand_bitmap(state_->valid, state_->rows, out.MutableValidity().data() + before);
  return absl::OkStatus();
}

absl::Status ExtentReader::AppendAll(const ExtentView& extent, ColumnBuffer& out) {
  out.Reserve(out.rows() + extent.rows());
  for (size_t block = 0; block < extent.blocks(); ++block) {
    if (absl::Status status = AppendBlock(extent, block, out); !status.ok()) return status;
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
  return AppendInteger(extent, row, out);
}

bool ExtentReader::IsNullHere(size_t index) const {
  return ((state_->valid[index / 64] >> (index % 64)) & 1) == 0;
}

absl::Status ExtentReader::AppendInteger(const ExtentView& extent, size_t row, ColumnBuffer& out) {
  State& state = *state_;
  const auto reference = static_cast<int64_t>(extent.Bounds(row / kBlockRows).min);
  const size_t index = row % kBlockRows;
  absl::StatusOr<int64_t> value = ReadIntegerAt(
      kernels_, {state.word, state.payload, state.rows, reference}, index, state.values);
  if (!value.ok()) return value.status();
  int64_t found = *value;
  if (state.word.encoding == Encoding::kDictionary) {
    if (absl::Status status = LookUp(extent, {&found, 1}); !status.ok()) return status;
  }
  const size_t size = PhysicalSize(extent.physical());
  const size_t before = out.rows();
  out.Resize(before + 1);
  NarrowBlock(kernels_, extent.physical(), {&found, 1}, out.MutableRaw() + before * size);
  return absl::OkStatus();
}

}  // namespace tape::format
