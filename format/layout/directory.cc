#include "format/layout/directory.h"

#include <algorithm>

#include "format/bytes/message.h"
#include "format/layout/sequence_extent.h"

namespace tape::format {
namespace {

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("directory: ", what, ", found ", found));
}

constexpr SequenceSpec kCodes{ExtentRole::kDirectoryCodes, SequenceOrder::kAscending,
                              Physical::kCode32};
constexpr SequenceSpec kFirstRows{ExtentRole::kDirectoryFirstRows, SequenceOrder::kAscending,
                                  Physical::kInt32};

}  // namespace

absl::Status AppendDirectory(const SliceOrder& order, ExtentPlace place, ExtentWriter& writer,
                             std::vector<std::byte>& out) {
  const size_t begin = out.size();
  const std::span<const uint32_t> codes = order.ranked_codes();
  const std::span<const uint32_t> first_rows = order.first_rows();
  absl::Status status = writer.Append(
      ColumnView::Of(codes),
      {.role = ExtentRole::kDirectoryCodes, .seeds = place.seeds, .offset = place.offset}, out);
  if (!status.ok()) return status;
  return writer.Append(ColumnView::Fixed(Physical::kInt32, first_rows.data(), first_rows.size()),
                       {.role = ExtentRole::kDirectoryFirstRows,
                        .seeds = place.seeds,
                        .offset = place.offset + (out.size() - begin)},
                       out);
}

absl::StatusOr<Directory> Directory::Parse(std::span<const std::byte> bytes,
                                           const ExtentPlace& place, size_t slice_rows) {
  Directory directory;
  absl::StatusOr<ExtentView> codes = ExtentView::Parse(bytes, place);
  if (!codes.ok()) return codes.status();
  const size_t size = codes->rows();
  if (size > slice_rows) return Damaged("codes", size);
  if (absl::Status status = CheckSequence(*codes, kCodes, size); !status.ok()) return status;
  const size_t second = codes->size_bytes();
  absl::StatusOr<ExtentView> first_rows =
      ParseSequence(bytes.subspan(second), {place.seeds, place.offset + second}, kFirstRows, size);
  if (!first_rows.ok()) return first_rows.status();
  const int64_t least = LeastValue(*first_rows);
  const int64_t greatest = GreatestValue(*first_rows);
  if (least != 0) return Damaged("least first row", static_cast<uint64_t>(least));
  if (greatest >= static_cast<int64_t>(slice_rows)) {
    return Damaged("greatest first row", static_cast<uint64_t>(greatest));
  }
  directory.codes_ = *codes;
  directory.first_rows_ = *first_rows;
  directory.slice_rows_ = slice_rows;
  return directory;
}

absl::StatusOr<size_t> Directory::FirstRow(ExtentReader& reader, size_t rank) const {
  if (rank == size()) return slice_rows_;
  alignas(64) int64_t rows[kBlockRows];
  absl::Status status =
      ReadSequence(reader, *first_rows_, rank / kBlockRows, kFirstRows.order, rows);
  if (!status.ok()) return status;
  return static_cast<size_t>(rows[rank % kBlockRows]);
}

absl::StatusOr<RowRange> Directory::Find(ExtentReader& reader, uint32_t code) const {
  const size_t block = FirstBlockReaching(*codes_, code);
  if (block == codes_->blocks()) return RowRange{};
  alignas(64) int64_t codes[kBlockRows];
  absl::Status status = ReadSequence(reader, *codes_, block, kCodes.order, codes);
  if (!status.ok()) return status;
  const int64_t* end = codes + codes_->BlockRows(block);
  const int64_t* at = std::lower_bound(static_cast<const int64_t*>(codes), end, int64_t{code});
  if (at == end || *at != int64_t{code}) return RowRange{};
  const size_t rank = block * kBlockRows + static_cast<size_t>(at - codes);
  absl::StatusOr<size_t> begin = FirstRow(reader, rank);
  if (!begin.ok()) return begin.status();
  absl::StatusOr<size_t> stop = FirstRow(reader, rank + 1);
  if (!stop.ok()) return stop.status();
  return RowRange{*begin, *stop};
}

absl::StatusOr<RankedRow> Directory::RankOf(ExtentReader& reader, size_t row) const {
  const auto wanted = static_cast<int64_t>(row);
  const size_t reaching = FirstBlockReaching(*first_rows_, wanted);
  // The row belongs to that block, or to the last rank before it.
  const bool is_here =
      reaching < first_rows_->blocks() && first_rows_->Bounds(reaching).min <= wanted;
  const size_t block = is_here ? reaching : reaching - 1;
  alignas(64) int64_t rows[kBlockRows];
  absl::Status status = ReadSequence(reader, *first_rows_, block, kFirstRows.order, rows);
  if (!status.ok()) return status;
  const int64_t* end = rows + first_rows_->BlockRows(block);
  const int64_t* after = std::upper_bound(static_cast<const int64_t*>(rows), end, wanted);
  const auto at = static_cast<size_t>(after - rows) - 1;
  return RankedRow{block * kBlockRows + at, row - static_cast<size_t>(rows[at])};
}

absl::Status Directory::ReadAll(ExtentReader& reader, std::vector<uint32_t>& codes,
                                std::vector<uint32_t>& first_rows) const {
  const auto read = [&](const ExtentView& extent, std::vector<uint32_t>& out) {
    alignas(64) int64_t values[kBlockRows];
    out.clear();
    absl::Status status;
    for (size_t block = 0; status.ok() && block < extent.blocks(); ++block) {
      status = ReadSequence(reader, extent, block, SequenceOrder::kAscending, values);
      if (status.ok()) out.insert(out.end(), values, values + extent.BlockRows(block));
    }
    return status;
  };
  absl::Status status = read(*codes_, codes);
  return status.ok() ? read(*first_rows_, first_rows) : status;
}

}  // namespace tape::format
