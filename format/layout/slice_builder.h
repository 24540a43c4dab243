// Columns in arrival order in, the extents of one slice out: a pure function.
//
//   SliceBuilder builder(BestKernels());
//   SliceSpec spec{.columns = {{}, {}, {}}, .time_column = 0, .cluster_column = 1};
//   BuiltSlice slice;
//   absl::Status status = builder.Build(columns, spec, slice);
//   // slice.columns[i] goes to column i's file at spec.columns[i].place, slice.order to the day's
//   order tape
//
// Rows are stored by (cluster code, time, arrival); slices where that would not pay are stored by
// (time, arrival) and say so (slice.shape); so are those whose cluster column is SENSITIVE, since a
// directory lists its values. A 64-bit column that never falls in arrival order or in time order
// (ids, sequence numbers, given on arrival or at the exchange) lies in that order, where it costs
// next to nothing.
//
// Thread-compatible; keeps some tens of bytes a row of scratch for the next slice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "format/kernels/kernels.h"
#include "format/layout/column_summary.h"
#include "format/layout/extent_view.h"
#include "format/layout/order_tape.h"
#include "tape/column_view.h"

namespace tape::format {

struct SliceColumn {
  uint32_t id = 0;           // in the catalog: what its summary is found by
  ExtentPlace place;         // where the extent will lie
  bool keeps_bounds = true;  // false for JSON, arrays
  bool keeps_sum = true;     // false where a sum means nothing: UUID, dates, times
  bool sensitive = false;
};

struct SliceSpec {
  std::vector<SliceColumn> columns{};
  std::optional<size_t> time_column{};     // int64, no NULLs
  std::optional<size_t> cluster_column{};  // code32
  ExtentPlace order_place{};               // of the order tape section
};

// What a slice's manifest record says of its layout; reading needs it.
struct SliceShape {
  uint32_t rows = 0;
  bool clustered = false;  // by code, with a directory in place of the cluster column's extent
  TapeContents order;

  bool operator==(const SliceShape&) const = default;
};

struct BuiltSlice {
  SliceShape shape;
  std::vector<std::vector<std::byte>>
      columns;  // the cluster column's is its directory, when clustered
  std::vector<std::byte> order;
  std::vector<ColumnSummary> summaries;  // of each column, for AppendSummary

  size_t size_bytes() const;  // of columns and order
};

class SliceBuilder {
 public:
  explicit SliceBuilder(const Kernels& kernels);
  ~SliceBuilder();
  SliceBuilder(const SliceBuilder&) = delete;
  SliceBuilder& operator=(const SliceBuilder&) = delete;

  // 1 to kMaxSliceRows rows. kInvalidArgument for columns that do not fit the spec.
  absl::Status Build(std::span<const ColumnView> columns, const SliceSpec& spec, BuiltSlice& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tape::format
