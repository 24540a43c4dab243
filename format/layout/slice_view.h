// Reads a slice: its columns in stored, time or arrival order.
//
//   absl::StatusOr<SliceView> slice = SliceView::Parse(shape, {spec, columns, order});
//   SliceReader reader(BestKernels());
//   reader.Open(*slice);
//   ColumnBuffer prices(Physical::kInt64);
//   absl::Status status = reader.ReadColumn(4, RowOrder::kTime, prices);
//
// SliceView: immutable, does not own. SliceReader: thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/layout/directory.h"
#include "format/layout/extent_view.h"
#include "format/layout/order_tape.h"
#include "format/layout/slice_builder.h"

namespace tape::format {

// The bytes of a slice: each column's extent (or directory) and the order tape section.
struct SliceBytes {
  std::span<const std::span<const std::byte>> columns;
  std::span<const std::byte> order;
};

class SliceView {
 public:
  // `spec` and `shape` are what the slice was built with and as.
  static absl::StatusOr<SliceView> Parse(const SliceSpec& spec, const SliceShape& shape,
                                         const SliceBytes& bytes);

  size_t rows() const { return shape_.rows; }
  size_t columns() const { return extents_.size(); }
  const SliceShape& shape() const { return shape_; }
  std::optional<size_t> cluster_column() const { return cluster_column_; }

  // Empty for the cluster column of a clustered slice, which is the directory.
  const std::optional<ExtentView>& extent(size_t column) const { return extents_[column]; }
  const std::optional<Directory>& directory() const { return directory_; }
  const OrderTape& order() const { return *order_; }

  Physical physical(size_t column) const {
    return extents_[column].has_value() ? extents_[column]->physical() : Physical::kCode32;
  }

  // How the column's rows lie in its extent.
  RowOrder order_of(size_t column) const {
    return Canonical(extents_[column].has_value() ? extents_[column]->order() : RowOrder::kStored);
  }

  // One name for orders that are the same in this slice: kTime where stored order or arrival order
  // is that.
  RowOrder Canonical(RowOrder order) const {
    const bool differs =
        order == RowOrder::kStored ? shape_.clustered : shape_.order.has_displacement;
    return differs ? order : RowOrder::kTime;
  }

 private:
  SliceShape shape_;
  std::optional<size_t> cluster_column_;
  std::vector<std::optional<ExtentView>> extents_;
  std::optional<Directory> directory_;
  std::optional<OrderTape> order_;
};

class SliceReader {
 public:
  explicit SliceReader(const Kernels& kernels);
  ~SliceReader();
  SliceReader(const SliceReader&) = delete;
  SliceReader& operator=(const SliceReader&) = delete;

  // The slice that is read from now on; it must outlive the reading. Tape and displacements are
  // read when first needed, once.
  void Open(const SliceView& slice);

  // Appends all rows of one column in the given order, or nothing. The tape is walked only where
  // the column's rows lie in another one.
  absl::Status ReadColumn(size_t column, RowOrder wanted, ColumnBuffer& out);

  // Appends the value of one stored row. Decodes no more than the row's block, and for a column in
  // another order the interval of the tape that says which row it is.
  absl::Status ReadRow(size_t column, size_t row, ColumnBuffer& out);

  ExtentReader& extents();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tape::format
