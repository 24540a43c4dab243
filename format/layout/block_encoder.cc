#include "format/layout/block_encoder.h"

#include "format/encoding/validity.h"
#include "format/layout/integer_block.h"

namespace tape::format {

size_t StoredNulls(const Kernels& kernels, const ColumnView& block) {
  return block.physical() == Physical::kCode32 ? 0 : CountNulls(kernels, block.Validity());
}

EncodedBlock BlockEncoder::Encode(const ColumnView& block, bool keeps_bounds,
                                  std::vector<std::byte>& out) {
  const size_t nulls = StoredNulls(kernels_, block);
  if (nulls == block.rows()) return {{.encoding = Encoding::kConstant}, {}};
  if (nulls > 0) WriteValidity(kernels_, block.Validity(), out);
  WidenBlock(kernels_, block, values_);
  return EncodeIntegerBlock(kernels_, {values_, block.rows()}, keeps_bounds, integers_, out);
}

void BlockEncoder::EncodeIndexes(const ColumnView& block, std::span<const int64_t> indexes,
                                 const IntegerPlan& plan, std::vector<std::byte>& out) {
  if (StoredNulls(kernels_, block) > 0) WriteValidity(kernels_, block.Validity(), out);
  WriteIntegers(kernels_, plan, indexes, integers_, out);
}

}  // namespace tape::format
