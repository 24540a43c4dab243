// Columns compared row by row: the same rows are NULL, the others have the same bits.
//
// Pure functions.
#pragma once

#include <cstring>
#include <string_view>

#include "tape/column_view.h"

namespace tape::fuzz {

// The bytes of one value.
inline std::string_view ValueBytes(const ColumnView& column, size_t row) {
  if (column.physical() == Physical::kBytes) return column.Bytes(row);
  const size_t size = PhysicalSize(column.physical());
  const auto* values = reinterpret_cast<const char*>(column.RawValues().data());
  return {values + row * size, size};
}

// Whether rows of two columns of one form are the same.
inline bool SameRow(const ColumnView& a, size_t row_a, const ColumnView& b, size_t row_b) {
  if (a.IsNull(row_a) || b.IsNull(row_b)) return a.IsNull(row_a) && b.IsNull(row_b);
  return ValueBytes(a, row_a) == ValueBytes(b, row_b);
}

inline bool SameColumn(const ColumnView& a, const ColumnView& b) {
  if (a.physical() != b.physical() || a.rows() != b.rows()) return false;
  for (size_t row = 0; row < a.rows(); ++row) {
    if (!SameRow(a, row, b, row)) return false;
  }
  return true;
}

}  // namespace tape::fuzz
