#include "format/layout/slice_view.h"

#include "format/bytes/message.h"

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

absl::Status CheckTape(const SliceShape& shape, const OrderTape& order) {
  if (shape.clustered != shape.order.has_tape) return Damaged("tape", shape.order.has_tape ? 1 : 0);
  for (const std::optional<ExtentView>* extent : {&order.tape(), &order.displacement()}) {
    if (!extent->has_value() || (*extent)->rows() == shape.rows) continue;
    return Damaged("rows of the order tape or displacement", (*extent)->rows());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SliceView> SliceView::Parse(const SliceSpec& spec, const SliceShape& shape,
                                           const SliceBytes& bytes) {
  if (bytes.columns.size() != spec.columns.size()) {
    return absl::InvalidArgumentError(Concat("slice: bytes of ", bytes.columns.size(), " columns, ",
                                             spec.columns.size(), " in the spec"));
  }
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
    if (!status.ok()) return status;
    slice.extents_[i] = *extent;
  }
  if (shape.clustered != slice.directory_.has_value()) return Damaged("directory", 0);
  absl::StatusOr<OrderTape> order = OrderTape::Parse(bytes.order, spec.order_place, shape.order);
  if (!order.ok()) return order.status();
  if (absl::Status status = CheckTape(shape, *order); !status.ok()) return status;
  slice.order_ = *std::move(order);
  return slice;
}

}  // namespace tape::format
