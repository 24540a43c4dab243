#include "format/layout/integer_block.h"

#include <algorithm>
#include <cstring>

#include "format/encoding/validity.h"

namespace tape::format {
namespace {

template <typename T>
const T* Data(const ColumnView& block) {
  return block.Values<T>().data();
}

}  // namespace

void WidenBlock(const Kernels& kernels, const ColumnView& block, int64_t* out) {
  const size_t n = block.rows();
  switch (block.physical()) {
    case Physical::kBool:
      kernels.widen_8(Data<uint8_t>(block), n, out);
      break;
    case Physical::kInt16:
      kernels.widen_16(Data<int16_t>(block), n, out);
      break;
    case Physical::kInt32:
      kernels.widen_32(Data<int32_t>(block), n, out);
      break;
    case Physical::kCode32:
      kernels.widen_code(Data<uint32_t>(block), n, out);
      break;
    default:
      std::memcpy(out, Data<int64_t>(block), n * sizeof(int64_t));
      break;
  }
  const std::span<const uint8_t> valid = block.Validity();
  if (valid.empty()) return;
  if (block.physical() == Physical::kCode32) {
    for (size_t i = 0; i < n; ++i) out[i] = valid[i] != 0 ? out[i] : 0;
  } else {
    FillNullSlots(valid, std::span(out, n));
  }
}

void NarrowBlock(const Kernels& kernels, Physical physical, std::span<const int64_t> values,
                 void* out) {
  const size_t n = values.size();
  switch (physical) {
    case Physical::kBool:
      kernels.narrow_8(values.data(), n, static_cast<uint8_t*>(out));
      break;
    case Physical::kInt16:
      kernels.narrow_16(values.data(), n, static_cast<int16_t*>(out));
      break;
    case Physical::kInt32:
    case Physical::kCode32:
      kernels.narrow_32(values.data(), n, static_cast<int32_t*>(out));
      break;
    default:
      std::memcpy(out, values.data(), values.size_bytes());
      break;
  }
}

EncodedBlock EncodeIntegerBlock(const Kernels& kernels, std::span<const int64_t> values,
                                bool keeps_bounds, IntegerScratch& scratch,
                                std::vector<std::byte>& out) {
  EncodedBlock block;
  IntegerPlace place{.nested = true};
  if (keeps_bounds) {
    const MinMax bounds = kernels.min_max_64(values.data(), values.size());
    block.bounds = {0, bounds.min, bounds.max};
    place = {.reference = bounds.min};
  }
  const IntegerPlan plan = PlanIntegers(kernels, values, place, scratch);
  WriteIntegers(kernels, plan, values, scratch, out);
  block.word = plan.word;
  return block;
}

}  // namespace tape::format
