// The directory of a clustered slice: its symbol column. Which codes there are, ascending, and the
// stored row at which each one's rows begin. A code's place in it is its rank.
//
//   absl::StatusOr<Directory> directory = Directory::Parse(bytes, place, slice_rows);
//   absl::StatusOr<RowRange> rows = directory->Find(reader, code);   // empty when the slice has
//   none
//
// On disk: two extents end to end, codes (code32) and first rows (int32), so that a look-up decodes
// one block of each. Both ascend strictly, first rows from 0 to below the slice's rows: Parse holds
// the bounds of their blocks to that, and each block is held to its bounds when it is read.
//
// Immutable, does not own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/layout/extent_view.h"
#include "format/layout/extent_writer.h"
#include "format/layout/slice_order.h"

namespace tape::format {

struct RowRange {
  size_t begin = 0;
  size_t end = 0;
  size_t size() const { return end - begin; }
  bool operator==(const RowRange&) const = default;
};

// A stored row as the index-th row of a rank.
struct RankedRow {
  size_t rank = 0;
  size_t index = 0;
};

absl::Status AppendDirectory(const SliceOrder& order, ExtentPlace place, ExtentWriter& writer,
                             std::vector<std::byte>& out);

class Directory {
 public:
  static absl::StatusOr<Directory> Parse(std::span<const std::byte> bytes, const ExtentPlace& place,
                                         size_t slice_rows);

  // Codes, and so ranks.
  size_t size() const { return codes_->rows(); }
  const ExtentView& codes() const { return *codes_; }

  absl::StatusOr<RowRange> Find(ExtentReader& reader, uint32_t code) const;

  // Which rank a stored row belongs to.
  absl::StatusOr<RankedRow> RankOf(ExtentReader& reader, size_t row) const;

  // Everything.
  absl::Status ReadAll(ExtentReader& reader, std::vector<uint32_t>& codes,
                       std::vector<uint32_t>& first_rows) const;

 private:
  absl::StatusOr<size_t> FirstRow(ExtentReader& reader, size_t rank) const;

  std::optional<ExtentView> codes_;
  std::optional<ExtentView> first_rows_;
  size_t slice_rows_ = 0;
};

}  // namespace tape::format
