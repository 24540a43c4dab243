// Encodes one block of any physical form: validity, then the cheapest payload without a dictionary.
//
//   EncodedBlock block = encoder.Encode(column.Slice(0, 1024), /*keeps_bounds=*/true, data);
//
// Thread-compatible; keeps the scratch of all forms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "format/encoding/bytes_codec.h"
#include "format/encoding/float_codec.h"
#include "format/encoding/integer_codec.h"
#include "format/encoding/wide_codec.h"
#include "format/kernels/kernels.h"
#include "format/layout/block_bounds.h"
#include "tape/column_view.h"

namespace tape::format {

class BlockEncoder {
 public:
  explicit BlockEncoder(const Kernels& kernels) : kernels_(kernels) {}

  // Appends the data of 1 to 1,024 rows to `out`; its size stays a multiple of 8. The bytes depend
  // on nothing but the rows.
  EncodedBlock Encode(const ColumnView& block, bool keeps_bounds, std::vector<std::byte>& out);

  // The same rows as indexes into the extent's dictionary; `plan` is PlanIndexes'.
  void EncodeIndexes(const ColumnView& block, std::span<const int64_t> indexes,
                     const IntegerPlan& plan, std::vector<std::byte>& out);

 private:
  EncodedBlock EncodeForm(const ColumnView& block, bool keeps_bounds, std::vector<std::byte>& out);
  template <typename T>
  EncodedBlock EncodeFloats(const ColumnView& block, bool keeps_bounds,
                            std::vector<std::byte>& out);
  EncodedBlock EncodeWide(const ColumnView& block, bool keeps_bounds, std::vector<std::byte>& out);
  EncodedBlock EncodeBytes(const ColumnView& block, bool keeps_bounds, std::vector<std::byte>& out);

  const Kernels& kernels_;
  IntegerScratch integers_;
  FloatScratch floats_;
  WideScratch wides_;
  BytesScratch bytes_;
  alignas(64) int64_t values_[kBlockRows];
  alignas(64) Int128 wide_values_[kBlockRows];
};

// NULL rows of a block that has a validity bitmap or is all NULL. 0 for code32, whose NULL is a
// code.
size_t StoredNulls(const Kernels& kernels, const ColumnView& block);

// The rows' values as a dictionary sees them: integers and codes widened, floating values as their
// bits, with NULL slots filled. `out` has room for the block. Not for int128 and bytes.
void DictionaryWords(const Kernels& kernels, const ColumnView& block, int64_t* out);

}  // namespace tape::format
