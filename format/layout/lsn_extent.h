// Which commit each row of a slice came with: the LSNs of its rows, in arrival order. Bytes:
// docs/format/slice.md.
//
//   absl::Status status = AppendLsns(writer, lsns, {seeds, offset}, bytes);
//
//   absl::StatusOr<LsnExtentView> view = LsnExtentView::Parse(file.subspan(offset), {seeds,
//   offset});
//   LsnReader reader(BestKernels());                                      // scratch, one a thread
//   absl::StatusOr<size_t> rows = reader.RowsUpTo(*view, snapshot);       // the first so many
//
// LSNs never fall in arrival order. So what a snapshot sees of a slice is its first rows, and one
// number says how many: found by the block-range index and one decoded block.
//
// LsnExtentView: immutable, does not own; the bytes must outlive it and start at a multiple of 8 in
// memory. LsnReader: thread-compatible. Wrong bytes are kDataLoss.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/kernels/kernels.h"
#include "format/layout/extent_view.h"
#include "format/layout/extent_writer.h"
#include "tape/ids.h"

namespace tape::format {

// Appends one extent to `out`, whose size is a multiple of 64. kInvalidArgument, and nothing
// appended, for no LSN, one that is 0 or 2^63 or more, or one below the one before it.
absl::Status AppendLsns(ExtentWriter& writer, std::span<const Lsn> lsns, const ExtentPlace& place,
                        std::vector<std::byte>& out);

class LsnExtentView {
 public:
  // `bytes` starts with the extent and may go on after it. Checks everything but the data of its
  // blocks, which have checksums of their own, verified at use.
  static absl::StatusOr<LsnExtentView> Parse(std::span<const std::byte> bytes,
                                             const ExtentPlace& place);

  size_t rows() const { return extent_.rows(); }
  size_t size_bytes() const { return extent_.size_bytes(); }
  Lsn least() const { return least_; }
  Lsn greatest() const { return greatest_; }
  const ExtentView& extent() const { return extent_; }

 private:
  explicit LsnExtentView(const ExtentView& extent);

  ExtentView extent_;
  Lsn least_;
  Lsn greatest_;
};

class LsnReader {
 public:
  explicit LsnReader(const Kernels& kernels) : reader_(kernels) {}

  // How many rows, from the first on, have an LSN up to this one.
  absl::StatusOr<size_t> RowsUpTo(const LsnExtentView& lsns, Lsn snapshot);

  // Appends all of them: what a fold writes anew, and what verification reads.
  absl::Status ReadAll(const LsnExtentView& lsns, std::vector<Lsn>& out);

 private:
  ExtentReader reader_;
  alignas(64) std::array<int64_t, kBlockRows> values_;
};

}  // namespace tape::format
