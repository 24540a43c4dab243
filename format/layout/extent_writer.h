// Makes extents: values in stored order in, bytes out.
//
//   ExtentWriter writer(BestKernels());
//   ExtentSpec spec{.role = ExtentRole::kColumn, .seeds = PlaceSeed(header), .offset = file_size};
//   absl::Status status = writer.Append(prices, spec, bytes);   // bytes.size() is now a multiple
//   of 64
//
// The cheapest encoding of each block is chosen by its exact price, then the cheapest of plain and
// dictionary for the extent. The bytes are a pure function of the values and the spec: equal input,
// equal bytes.
//
// Thread-compatible; a writer keeps scratch memory of about 100 KiB and is worth reusing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "format/bytes/place.h"
#include "format/kernels/kernels.h"
#include "format/layout/extent_format.h"
#include "tape/column_view.h"

namespace tape::format {

struct ExtentSpec {
  ExtentRole role = ExtentRole::kColumn;
  PlaceSeed seeds{FileKind::kColumn, {}};  // of the file the extent goes to
  uint64_t offset = 0;                     // where in that file it begins: a multiple of 64
  RowOrder order = RowOrder::kStored;
  bool keeps_bounds = true;  // false where order means nothing: JSON, arrays
  bool sensitive = false;    // neither bounds nor dictionary
  uint32_t parameter = 0;
};

class ExtentWriter {
 public:
  explicit ExtentWriter(const Kernels& kernels);
  ~ExtentWriter();
  ExtentWriter(const ExtentWriter&) = delete;
  ExtentWriter& operator=(const ExtentWriter&) = delete;

  // Appends one extent to `out`, whose size is a multiple of 64. Fails, and appends nothing:
  // kInvalidArgument for a column whose offsets are unsound or a misplaced offset,
  // kResourceExhausted for more than 2^32 - 1 rows or 16 GiB, or a value above kMaxValueBytes.
  absl::Status Append(const ColumnView& rows, const ExtentSpec& spec, std::vector<std::byte>& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tape::format
