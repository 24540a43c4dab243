#include "tape/result.h"

#include "engine/sql/session/stored_values.h"

namespace tape {

uint64_t Result::rows() const {
  uint64_t rows = 0;
  for (const auto& batch : parts_.batches) rows += batch.empty() ? 0 : batch[0].rows();
  return rows;
}

size_t Result::Next() {
  if (next_ >= parts_.batches.size()) {
    next_ = parts_.batches.size() + 1;
    return 0;
  }
  return parts_.batches[next_++][0].rows();
}

ColumnView Result::column(size_t index) const {
  const bool is_inside = next_ != 0 && next_ <= parts_.batches.size();
  return is_inside ? parts_.batches[next_ - 1][index].view() : ColumnView();
}

std::string Result::Text(size_t column_index, size_t row) const {
  return engine::sql::VectorOfGiven(parts_.columns[column_index].type, column(column_index))
      .ValueAt(row)
      .ToText();
}

}  // namespace tape
