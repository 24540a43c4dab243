// Rows that a statement gives: kept, since whoever asked for them may look at them when everything
// else has gone on.
//
//   RowSet rows;
//   rows.AddColumn("price", {.type = Type::Decimal(18, 8)});
//   absl::Status status = rows.Append(vectors, Selection::All(batch.rows));
//   Result::Parts parts = std::move(rows).TakeParts();
//
// kResourceExhausted above `bytes_max`. Thread-compatible.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "engine/exec/selection.h"
#include "engine/exec/value.h"
#include "engine/exec/vector.h"
#include "engine/sql/bind/binder.h"
#include "tape/column_view.h"
#include "tape/result.h"

namespace tape::engine::sql {

class RowSet {
 public:
  explicit RowSet(uint64_t bytes_max = std::numeric_limits<uint64_t>::max())
      : bytes_max_(bytes_max) {}

  void AddColumn(std::string_view name, NamedType type);
  // The selected rows of vectors, one for each column.
  absl::Status Append(std::span<const exec::Vector> columns, const exec::Selection& rows);

  size_t columns() const { return names_.size(); }
  const std::string& name(size_t column) const { return names_[column]; }
  const NamedType& type(size_t column) const { return types_[column]; }
  uint64_t rows() const { return rows_; }

  size_t batches() const { return batches_.size(); }
  // Shows this memory.
  exec::Batch Batch(size_t index) const;
  exec::Value ValueAt(size_t column, uint64_t row) const;

  // Names, types and rows, for a Result.
  Result::Parts TakeParts() &&;

 private:
  uint64_t BytesOf(std::span<const exec::Vector> columns, const exec::Selection& rows) const;

  uint64_t bytes_max_;
  uint64_t bytes_ = 0;
  uint64_t rows_ = 0;
  std::vector<std::string> names_;
  std::vector<NamedType> types_;
  std::vector<std::vector<ColumnBuffer>> batches_;
};

}  // namespace tape::engine::sql
