// Rows of a column in another order.
#pragma once

#include <cstdint>
#include <span>

#include "format/kernels/kernels.h"
#include "tape/column_view.h"

namespace tape::format {

// Copies the values, of a fixed-size form, of the rows that are listed. `out` has room for them;
// validity is not copied.
inline void GatherRows(const Kernels& kernels, const ColumnView& column,
                       std::span<const uint32_t> rows, uint8_t* out) {
  const void* in = column.RawValues().data();
  switch (PhysicalSize(column.physical())) {
    case 1:
      return kernels.gather_8(in, rows.data(), rows.size(), out);
    case 2:
      return kernels.gather_16(in, rows.data(), rows.size(), out);
    case 4:
      return kernels.gather_32(in, rows.data(), rows.size(), out);
    case 8:
      return kernels.gather_64(in, rows.data(), rows.size(), out);
    default:
      return kernels.gather_128(in, rows.data(), rows.size(), out);
  }
}

}  // namespace tape::format
