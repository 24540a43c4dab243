#include "engine/sql/session/row_set.h"

#include <utility>

#include "engine/exec/element.h"
#include "engine/sql/session/stored_values.h"
#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine::sql {

using exec::Element;
using exec::Selection;
using exec::Vector;
using format::Concat;

void RowSet::AddColumn(std::string_view name, NamedType type) {
  names_.emplace_back(name);
  types_.push_back(std::move(type));
}

uint64_t RowSet::BytesOf(std::span<const Vector> columns, const Selection& rows) const {
  uint64_t bytes = 0;
  for (const Vector& column : columns) {
    bytes += rows.size() * exec::ElementSize(exec::ElementOf(column.type()));
    if (exec::ElementOf(column.type()) != Element::kText || column.codes() != nullptr) continue;
    rows.ForEach([&](uint32_t row) {
      if (!column.IsNull(row)) bytes += column.At<std::string_view>(row).size();
    });
  }
  return bytes;
}

absl::Status RowSet::Append(std::span<const Vector> columns, const Selection& rows) {
  bytes_ += BytesOf(columns, rows);
  if (bytes_ > bytes_max_) {
    return absl::ResourceExhaustedError(
        Concat("the result has more than ", bytes_max_, " bytes (result_bytes_max)"));
  }
  size_t done = 0;
  std::vector<uint32_t> piece;
  while (done < rows.size()) {
    if (batches_.empty() || batches_.back()[0].rows() == kBlockRows) {
      std::vector<ColumnBuffer>& batch = batches_.emplace_back();
      for (const NamedType& type : types_) batch.emplace_back(GivenForm(type.type));
    }
    std::vector<ColumnBuffer>& batch = batches_.back();
    piece.clear();
    for (size_t left = kBlockRows - batch[0].rows(); left != 0 && done < rows.size(); --left) {
      piece.push_back(rows[done++]);
    }
    for (size_t i = 0; i < columns.size(); ++i) {
      AppendVector(columns[i], Selection::Of(piece), batch[i]);
    }
  }
  rows_ += rows.size();
  return absl::OkStatus();
}

exec::Batch RowSet::Batch(size_t index) const {
  exec::Batch batch{.rows = batches_[index][0].rows()};
  for (size_t i = 0; i < types_.size(); ++i) {
    batch.columns.push_back(VectorOfGiven(types_[i].type, batches_[index][i].view()));
  }
  return batch;
}

exec::Value RowSet::ValueAt(size_t column, uint64_t row) const {
  const ColumnBuffer& buffer = batches_[row / kBlockRows][column];
  return VectorOfGiven(types_[column].type, buffer.view()).ValueAt(row % kBlockRows);
}

Result::Parts RowSet::TakeParts() && {
  Result::Parts parts;
  for (size_t i = 0; i < names_.size(); ++i) {
    parts.columns.push_back({.name = std::move(names_[i]), .type = types_[i].type});
  }
  parts.batches = std::move(batches_);
  return parts;
}

}  // namespace tape::engine::sql
