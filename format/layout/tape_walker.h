// Walks an order tape: the stored row of each time position, 1,024 at a time.
//
//   TapeWalker walker;
//   absl::Status status = walker.Start(slice, reader);
//   for (size_t block = 0; block < BlockCount(slice.rows()); ++block) {
//     status = walker.Next(slice, reader, rows);        // rows[0..1024), each below slice.rows()
//   }
//
// One cursor a rank moves through that rank's rows: no comparison, no search. A slice that is
// stored in time order has no tape and walks as 0, 1, 2, ...
//
// Thread-compatible; keeps its memory for the next slice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "format/layout/extent_view.h"

namespace tape::format {

class SliceView;

class TapeWalker {
 public:
  absl::Status Start(const SliceView& slice, ExtentReader& reader);

  // The next block of time positions; kDataLoss where tape and directory disagree.
  absl::Status Next(const SliceView& slice, ExtentReader& reader, uint32_t* rows);

  // After the last block: whether every rank's rows have been walked exactly once.
  absl::Status Finish(const SliceView& slice) const;

  // The slice's codes by rank; and the ranks of the block that Next gave rows for.
  const std::vector<uint32_t>& codes() const { return codes_; }
  const int32_t* ranks() const { return ranks_; }

 private:
  size_t block_ = 0;
  std::vector<uint32_t> codes_;
  std::vector<uint32_t> first_rows_;
  std::vector<uint32_t> cursors_;
  alignas(64) int32_t ranks_[kBlockRows];
};

}  // namespace tape::format
