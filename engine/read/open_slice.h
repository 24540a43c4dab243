// A slice with everything that its readers ask of it, in terms of the spec's columns.
//
//   absl::StatusOr<OpenedSlice> open = OpenedSlice::Open(table, spec, slice);
//   open->column(i);            // in the view, of the spec's i-th column; none: it came later
//   open->wanted();             // stored rows of the wanted codes
//
// Thread-compatible.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/read/part.h"
#include "engine/read/slice_rows.h"
#include "engine/read/table_snapshot.h"
#include "format/layout/directory.h"
#include "format/layout/slice_view.h"
#include "tape/column_view.h"

namespace tape::engine {

class OpenedSlice {
 public:
  static absl::StatusOr<OpenedSlice> Open(const TableSnapshot& table, const PartSpec& spec,
                                          const format::SliceEntry& slice);

  const format::SliceView& view() const { return mapped_->view(); }
  const SliceRows& rows() const { return rows_; }

  size_t columns() const { return columns_.size(); }
  std::optional<size_t> column(size_t index) const { return columns_[index]; }
  Physical physical(size_t index) const { return physical_[index]; }
  // What the slice has it as; the same unless the column was widened since.
  Physical stored(size_t index) const {
    return columns_[index].has_value() ? view().physical(*columns_[index]) : physical_[index];
  }
  // The rows of a column that came after the slice.
  void FillMissing(size_t index, size_t rows, ColumnBuffer& out) const;
  // Rows of a column as the slice has them, as the table has them now.
  ColumnView AsNow(size_t index, const ColumnView& rows, ColumnBuffer& out) const;
  // In the view.
  std::optional<size_t> time() const { return time_; }
  std::optional<size_t> cluster() const { return cluster_; }

  // Ranges of stored rows, ascending; everything where codes do not matter or there is no
  // directory.
  const std::vector<format::RowRange>& wanted() const { return wanted_; }
  // Whether rows have to be told by their codes.
  bool filters_codes() const { return filters_codes_; }
  // Whether all wanted rows are of one code.
  bool one_code() const { return one_code_; }

  absl::Status Named(const absl::Status& status) const;

 private:
  absl::Status FindCodes(const CodeSet& codes);
  absl::Status CheckForms(const TableSnapshot& table, const PartSpec& spec);

  std::shared_ptr<const MappedSlice> mapped_;
  std::string name_;
  SliceRows rows_;
  std::vector<std::optional<size_t>> columns_;
  std::vector<Physical> physical_;
  std::vector<ColumnBuffer> missing_;  // one row each; of the columns that are there, none
  std::optional<size_t> time_;
  std::optional<size_t> cluster_;
  std::vector<format::RowRange> wanted_;
  bool filters_codes_ = false;
  bool one_code_ = false;
};

}  // namespace tape::engine
