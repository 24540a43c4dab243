#include "format/layout/directory.h"

#include <algorithm>

#include "format/bytes/message.h"

namespace tape::format {
namespace {

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("directory: ", what, ", found ", found));
}

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
  const size_t second = codes->size_bytes();
  absl::StatusOr<ExtentView> first_rows =
      ExtentView::Parse(bytes.subspan(second), {place.seeds, place.offset + second});
  if (!first_rows.ok()) return first_rows.status();
  const bool roles = codes->header().role == ExtentRole::kDirectoryCodes &&
                     codes->physical() == Physical::kCode32 &&
                     first_rows->header().role == ExtentRole::kDirectoryFirstRows &&
                     first_rows->physical() == Physical::kInt32;
  if (!roles) return Damaged("role", static_cast<uint8_t>(codes->header().role));
  if (codes->rows() != first_rows->rows()) return Damaged("first rows", first_rows->rows());
  const bool possible = codes->rows() <= slice_rows && (codes->rows() > 0 || slice_rows == 0);
  if (!possible) return Damaged("codes", codes->rows());
  directory.codes_ = *codes;
  directory.first_rows_ = *first_rows;
  directory.slice_rows_ = slice_rows;
  return directory;
}

absl::StatusOr<size_t> Directory::FirstRow(ExtentReader& reader, size_t rank) const {
  if (rank == size()) return slice_rows_;
  alignas(64) int64_t rows[kBlockRows];
  absl::Status status = reader.ReadIntegers(*first_rows_, rank / kBlockRows, rows);
  if (!status.ok()) return status;
  const int64_t row = rows[rank % kBlockRows];
  if (row < 0 || row >= static_cast<int64_t>(slice_rows_)) {
    return Damaged("first row", static_cast<uint64_t>(row));
  }
  return static_cast<size_t>(row);
}

absl::StatusOr<RowRange> Directory::Find(ExtentReader& reader, uint32_t code) const {
  size_t low = 0;
  size_t high = codes_->blocks();
  while (low < high) {  // the first block whose greatest code is not below
    const size_t middle = (low + high) / 2;
    const bool below = codes_->Bounds(middle).max < static_cast<Int128>(code);
    (below ? low : high) = below ? middle + 1 : middle;
  }
  if (low == codes_->blocks()) return RowRange{};
  alignas(64) int64_t codes[kBlockRows];
  if (absl::Status status = reader.ReadIntegers(*codes_, low, codes); !status.ok()) return status;
  const int64_t* end = codes + codes_->BlockRows(low);
  const int64_t* at = std::lower_bound(static_cast<const int64_t*>(codes), end, int64_t{code});
  if (at == end || *at != int64_t{code}) return RowRange{};
  const size_t rank = low * kBlockRows + static_cast<size_t>(at - codes);
  absl::StatusOr<size_t> begin = FirstRow(reader, rank);
  if (!begin.ok()) return begin.status();
  absl::StatusOr<size_t> stop = FirstRow(reader, rank + 1);
  if (!stop.ok()) return stop.status();
  if (*begin >= *stop) return Damaged("first rows fall at rank", rank);
  return RowRange{*begin, *stop};
}

absl::StatusOr<RankedRow> Directory::RankOf(ExtentReader& reader, size_t row) const {
  size_t low = 0;
  size_t high = first_rows_->blocks();
  while (high - low > 1) {  // the last block that begins at or before the row
    const size_t middle = (low + high) / 2;
    (first_rows_->Bounds(middle).min > static_cast<Int128>(row) ? high : low) = middle;
  }
  alignas(64) int64_t rows[kBlockRows];
  absl::Status status = reader.ReadIntegers(*first_rows_, low, rows);
  if (!status.ok()) return status;
  const int64_t* end = rows + first_rows_->BlockRows(low);
  const int64_t* after =
      std::upper_bound(static_cast<const int64_t*>(rows), end, static_cast<int64_t>(row));
  if (after == rows) return Damaged("no rank for row", row);
  const auto at = static_cast<size_t>(after - rows) - 1;
  return RankedRow{low * kBlockRows + at, row - static_cast<size_t>(rows[at])};
}

absl::Status Directory::ReadAll(ExtentReader& reader, std::vector<uint32_t>& codes,
                                std::vector<uint32_t>& first_rows) const {
  ColumnBuffer code_column(Physical::kCode32);
  ColumnBuffer row_column(Physical::kInt32);
  if (absl::Status status = reader.AppendAll(*codes_, code_column); !status.ok()) return status;
  if (absl::Status status = reader.AppendAll(*first_rows_, row_column); !status.ok()) return status;
  const std::span<const uint32_t> code_values = code_column.view().Values<uint32_t>();
  const std::span<const int32_t> row_values = row_column.view().Values<int32_t>();
  codes.assign(code_values.begin(), code_values.end());
  first_rows.assign(row_values.begin(), row_values.end());
  for (size_t rank = 0; rank < codes.size(); ++rank) {
    const bool row_in_order =
        rank == 0 ? first_rows[0] == 0 : first_rows[rank] > first_rows[rank - 1];
    if (!row_in_order || first_rows[rank] >= slice_rows_) return Damaged("first row", rank);
    if (rank > 0 && codes[rank] <= codes[rank - 1]) return Damaged("codes do not ascend at", rank);
  }
  return absl::OkStatus();
}

}  // namespace tape::format
