#include "format/layout/slice_view.h"

#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("slice: ", what, ", found ", found));
}

absl::Status CheckColumn(const ExtentView& extent, size_t rows, const SliceColumn& column) {
  if (extent.header().role != ExtentRole::kColumn) {
    return Damaged("role of a column", static_cast<uint8_t>(extent.header().role));
  }
  if (extent.rows() != rows) return Damaged("rows of a column", extent.rows());
  const bool sensitive = (extent.header().flags & kSensitive) != 0;
  if (sensitive != column.sensitive) return Damaged("SENSITIVE flag", sensitive ? 1 : 0);
  return absl::OkStatus();
}

// An order that is another one under a second name would be a second spelling of the slice.
absl::Status CheckOrder(const ExtentView& extent, const SliceShape& shape) {
  const bool late = shape.order.has_displacement;
  const bool arrival_differs = shape.clustered || late;
  const bool time_differs = shape.clustered && late;
  if (extent.order() == RowOrder::kArrival && !arrival_differs) {
    return Damaged("arrival order where all orders are one", extent.header().flags);
  }
  if (extent.order() == RowOrder::kTime && !time_differs) {
    return Damaged("time order where it is another one too", extent.header().flags);
  }
  return absl::OkStatus();
}

absl::Status CheckShape(const SliceSpec& spec, const SliceShape& shape) {
  if (shape.rows == 0 || shape.rows > kMaxSliceRows) return Damaged("rows", shape.rows);
  if (shape.clustered != shape.order.has_tape) return Damaged("tape", shape.order.has_tape ? 1 : 0);
  if (!shape.clustered) return absl::OkStatus();
  if (!spec.cluster_column.has_value() || *spec.cluster_column >= spec.columns.size()) {
    return Damaged("clustered without a cluster column", shape.rows);
  }
  if (!spec.columns[*spec.cluster_column].sensitive) return absl::OkStatus();
  return Damaged("directory of the SENSITIVE column", *spec.cluster_column);
}

}  // namespace

absl::StatusOr<SliceView> SliceView::Parse(const SliceSpec& spec, const SliceShape& shape,
                                           const SliceBytes& bytes) {
  if (bytes.columns.size() != spec.columns.size()) {
    return absl::InvalidArgumentError(Concat("slice: bytes of ", bytes.columns.size(), " columns, ",
                                             spec.columns.size(), " in the spec"));
  }
  if (absl::Status status = CheckShape(spec, shape); !status.ok()) return status;
  SliceView slice;
  slice.shape_ = shape;
  slice.cluster_column_ = spec.cluster_column;
  slice.extents_.resize(spec.columns.size());
  for (size_t i = 0; i < spec.columns.size(); ++i) {
    if (shape.clustered && spec.cluster_column == i) {
      absl::StatusOr<Directory> directory =
          Directory::Parse(bytes.columns[i], spec.columns[i].place, shape.rows);
      if (!directory.ok()) return directory.status();
      slice.directory_ = *std::move(directory);
      continue;
    }
    absl::StatusOr<ExtentView> extent = ExtentView::Parse(bytes.columns[i], spec.columns[i].place);
    if (!extent.ok()) return extent.status();
    absl::Status status = CheckColumn(*extent, shape.rows, spec.columns[i]);
    if (status.ok()) status = CheckOrder(*extent, shape);
    if (!status.ok()) return status;
    slice.extents_[i] = *extent;
  }
  const TapeSize size{shape.rows, shape.clustered ? slice.directory_->size() : 0};
  absl::StatusOr<OrderTape> order =
      OrderTape::Parse(bytes.order, spec.order_place, shape.order, size);
  if (!order.ok()) return order.status();
  slice.order_ = *std::move(order);
  return slice;
}

}  // namespace tape::format
