// Streams the columns of a slice in (time, arrival) order, 1,024 rows at a time: what replay is
// made of.
//
//   TimeOrderReader reader(BestKernels());
//   absl::Status status = reader.Open(slice, columns);        // decodes them, in stored order
//   for (;;) {
//     absl::StatusOr<size_t> rows = reader.Next();            // 0 at the end
//     if (!rows.ok() || *rows == 0) break;
//     std::span<const int64_t> prices = reader.column(2).Values<int64_t>();
//   }
//
// Why gather from decoded columns: the rows of a batch come from hundreds of symbols, each of which
// is read from front to back, so that the cache holds one line a symbol and column. The next
// batch's new lines are fetched while this one is copied. Measured on the quotes of data set S:
// docs/performance.md.
//
// Thread-compatible; keeps the memory of the largest slice it has read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/kernels/kernels.h"
#include "format/layout/slice_view.h"
#include "tape/column_view.h"

namespace tape::format {

class TimeOrderReader {
 public:
  explicit TimeOrderReader(const Kernels& kernels);
  ~TimeOrderReader();
  TimeOrderReader(const TimeOrderReader&) = delete;
  TimeOrderReader& operator=(const TimeOrderReader&) = delete;

  // Starts at the slice's first row. The slice must outlive the reading. An error, here and in
  // Next, closes it.
  absl::Status Open(const SliceView& slice, std::span<const size_t> columns);

  // The rows of the next batch; 0 after the last, which is when tape and directory are known to
  // agree.
  absl::StatusOr<size_t> Next();

  // The batch's values of the index-th opened column, until the next call.
  const ColumnView& column(size_t index) const;

  // The arrival index of each row of the batch.
  std::span<const uint32_t> arrivals() const;

  ExtentReader& extents();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tape::format
