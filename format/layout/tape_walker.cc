#include "format/layout/tape_walker.h"

#include <algorithm>
#include <numeric>

#include "format/bytes/message.h"
#include "format/layout/slice_view.h"

namespace tape::format {
namespace {

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("order tape: ", what, ", found ", found));
}

}  // namespace

absl::Status TapeWalker::Start(const SliceView& slice, ExtentReader& reader) {
  block_ = 0;
  codes_.clear();
  first_rows_.clear();
  if (!slice.shape().clustered) return absl::OkStatus();
  if (absl::Status status = slice.directory()->ReadAll(reader, codes_, first_rows_); !status.ok()) {
    return status;
  }
  cursors_ = first_rows_;
  return absl::OkStatus();
}

absl::Status TapeWalker::Next(const SliceView& slice, ExtentReader& reader, uint32_t* rows) {
  const size_t first = block_ * kBlockRows;
  const size_t count = std::min(slice.rows() - first, size_t{kBlockRows});
  if (!slice.shape().clustered) {
    std::iota(rows, rows + count, static_cast<uint32_t>(first));
    ++block_;
    return absl::OkStatus();
  }
  if (absl::Status status = slice.order().ReadRanks(reader, block_, ranks_); !status.ok()) {
    return status;
  }
  uint32_t greatest = 0;
  for (size_t i = 0; i < count; ++i) {
    greatest = std::max(greatest, static_cast<uint32_t>(ranks_[i]));
  }
  if (greatest >= cursors_.size()) return Damaged("rank outside the directory", greatest);
  uint32_t* cursors = cursors_.data();
  for (size_t i = 0; i < count; ++i) rows[i] = cursors[ranks_[i]]++;
  greatest = *std::max_element(rows, rows + count);
  if (greatest >= slice.rows()) return Damaged("more rows of a rank than it has", greatest);
  ++block_;
  return absl::OkStatus();
}

absl::Status TapeWalker::Finish(const SliceView& slice) const {
  for (size_t rank = 0; rank < cursors_.size() && slice.shape().clustered; ++rank) {
    const size_t end = rank + 1 < first_rows_.size() ? first_rows_[rank + 1] : slice.rows();
    if (cursors_[rank] != end) return Damaged("rows of a rank end elsewhere, rank", rank);
  }
  return absl::OkStatus();
}

}  // namespace tape::format
