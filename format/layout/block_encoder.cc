#include "format/layout/block_encoder.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include "format/encoding/validity.h"
#include "format/layout/extent_format.h"
#include "format/layout/integer_block.h"

namespace tape::format {
namespace {

// The block's values with NULL slots filled, in `out`.
template <typename T>
std::span<T> FilledValues(const ColumnView& block, T* out) {
  const std::span<const T> values = block.Values<T>();
  std::copy(values.begin(), values.end(), out);
  const std::span<T> filled(out, values.size());
  if (!block.Validity().empty()) FillNullSlots(block.Validity(), filled);
  return filled;
}

}  // namespace

size_t StoredNulls(const Kernels& kernels, const ColumnView& block) {
  return block.physical() == Physical::kCode32 ? 0 : CountNulls(kernels, block.Validity());
}

void DictionaryWords(const Kernels& kernels, const ColumnView& block, int64_t* out) {
  if (IsInteger(block.physical())) {
    WidenBlock(kernels, block, out);
    return;
  }
  const size_t rows = block.rows();
  if (block.physical() == Physical::kFloat64) {
    std::memcpy(out, block.RawValues().data(), rows * sizeof(double));
  } else {
    const std::span<const float> values = block.Values<float>();
    for (size_t i = 0; i < rows; ++i) out[i] = std::bit_cast<uint32_t>(values[i]);
  }
  if (!block.Validity().empty()) FillNullSlots(block.Validity(), std::span(out, rows));
}

EncodedBlock BlockEncoder::Encode(const ColumnView& block, bool keeps_bounds,
                                  std::vector<std::byte>& out) {
  const size_t nulls = StoredNulls(kernels_, block);
  if (nulls == block.rows()) {
    EncodedBlock all_null;
    all_null.word.encoding = Encoding::kConstant;
    return all_null;
  }
  if (nulls > 0) WriteValidity(kernels_, block.Validity(), out);
  return EncodeForm(block, keeps_bounds, out);
}

EncodedBlock BlockEncoder::EncodeForm(const ColumnView& block, bool keeps_bounds,
                                      std::vector<std::byte>& out) {
  switch (block.physical()) {
    case Physical::kFloat32:
      return EncodeFloats<float>(block, keeps_bounds, out);
    case Physical::kFloat64:
      return EncodeFloats<double>(block, keeps_bounds, out);
    case Physical::kInt128:
      return EncodeWide(block, keeps_bounds, out);
    case Physical::kBytes:
      return EncodeBytes(block, keeps_bounds, out);
    default:
      break;
  }
  WidenBlock(kernels_, block, values_);
  return EncodeIntegerBlock(kernels_, {values_, block.rows()}, keeps_bounds, integers_, out);
}

template <typename T>
EncodedBlock BlockEncoder::EncodeFloats(const ColumnView& block, bool keeps_bounds,
                                        std::vector<std::byte>& out) {
  const std::span<T> values = FilledValues(block, reinterpret_cast<T*>(values_));
  FloatBounds bounds{.flags = kNoBounds};
  if (keeps_bounds) bounds = BoundsOfFloats(kernels_, std::span<const T>(values));
  const FloatPlan plan = PlanFloats(kernels_, std::span<const T>(values), bounds.flags, floats_);
  WriteFloats(kernels_, plan, std::span<const T>(values), floats_, out);
  return {plan.word, {bounds.flags, bounds.min, bounds.max}};
}

EncodedBlock BlockEncoder::EncodeWide(const ColumnView& block, bool keeps_bounds,
                                      std::vector<std::byte>& out) {
  const std::span<Int128> values = FilledValues(block, wide_values_);
  const uint8_t flags = keeps_bounds ? 0 : kNoBounds;
  const WidePlan plan = PlanWide(kernels_, values, flags, wides_);
  WriteWide(kernels_, plan, values, wides_, out);
  if (!keeps_bounds) return {plan.word, {}};
  return {plan.word, {0, plan.min, plan.max}};
}

EncodedBlock BlockEncoder::EncodeBytes(const ColumnView& block, bool keeps_bounds,
                                       std::vector<std::byte>& out) {
  BytesBounds bounds{.flags = kNoBounds};
  if (keeps_bounds) bounds = BoundsOfBytes(block);
  const BytesPlan plan = PlanBytes(kernels_, block, bytes_);
  // Right after its plan, writing copies what was compressed and cannot fail.
  static_cast<void>(WriteBytes(kernels_, plan, block, bytes_, out));
  return {plan.word,
          {bounds.flags, static_cast<uint64_t>(bounds.min), static_cast<uint64_t>(bounds.max)}};
}

void BlockEncoder::EncodeIndexes(const ColumnView& block, std::span<const int64_t> indexes,
                                 const IntegerPlan& plan, std::vector<std::byte>& out) {
  if (StoredNulls(kernels_, block) > 0) WriteValidity(kernels_, block.Validity(), out);
  WriteIntegers(kernels_, plan, indexes, integers_, out);
}

}  // namespace tape::format
